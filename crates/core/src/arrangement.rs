//! How somebody has sorted their conversations: folders, and the order of favourites.

use crate::{
    Rejection,
    id::{ConversationId, FolderId},
};
use serde::{Deserialize, Serialize};

/// Folders and the order of favourites, as one person has them on all their devices.
///
/// It may name conversations that the person is not in any more; whoever shows it leaves those out, and who
/// comes back finds them where they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    /// The folders, in order.
    pub folders: Vec<Folder>,
    /// The favourites, in order. Favourites that are not named come after those that are.
    pub favourites: Vec<ConversationId>,
}

/// Conversations under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Its identity, chosen by the device that made it.
    pub id: FolderId,
    /// The name its owner sees.
    pub name: String,
    /// What was put into it, oldest first.
    pub conversations: Vec<ConversationId>,
}

/// One change of an [`Arrangement`]. Each says how things are now, so that saying it twice changes nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rearrangement {
    /// A folder has this name; one that was not there comes last.
    Named {
        /// Which.
        folder: FolderId,
        /// Its name.
        name: String,
    },
    /// A folder is gone. The conversations in it stay.
    Deleted {
        /// Which.
        folder: FolderId,
    },
    /// The folders stand in this order; those that are not named follow as they stood.
    FoldersOrdered {
        /// All of them, or the first ones.
        folders: Vec<FolderId>,
    },
    /// A conversation is in a folder.
    PutIn {
        /// Which folder.
        folder: FolderId,
        /// What is in it.
        conversation: ConversationId,
    },
    /// A conversation is not in a folder.
    TakenOut {
        /// Which folder.
        folder: FolderId,
        /// What is not in it.
        conversation: ConversationId,
    },
    /// The favourites stand in this order.
    FavouritesOrdered {
        /// All of them, or the first ones.
        conversations: Vec<ConversationId>,
    },
}

impl Rearrangement {
    /// The conversation whose folders change.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::PutIn { conversation, .. } | Self::TakenOut { conversation, .. } => Some(*conversation),
            _ => None,
        }
    }
}

/// Most characters of a folder's name.
pub const FOLDER_NAME_CHARS_MAX: usize = 50;
/// Most conversations in one folder, and most favourites that have an order.
pub const ARRANGED_MAX: usize = 1_000;

/// What is wrong with a change, where it is not that too much would be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The change itself.
    Rejected(Rejection),
    /// More would be kept than there may be.
    TooMany,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl Arrangement {
    /// Whether a change may happen where one person has at most so many folders; the change as it is kept.
    ///
    /// # Errors
    /// `FolderNotFound`; `InvalidValue` for a name that is empty, too long or has control characters;
    /// `TooMany`.
    pub fn decide(&self, change: Rearrangement, folders_max: usize) -> Result<Rearrangement, Refusal> {
        match &change {
            Rearrangement::Named { folder, name } => {
                let name = checked_name(name)?;
                self.check_has_room(*folder, folders_max)?;
                return Ok(Rearrangement::Named { folder: *folder, name });
            }
            Rearrangement::Deleted { folder } | Rearrangement::TakenOut { folder, .. } => {
                self.folder(*folder)?;
            }
            Rearrangement::PutIn { folder, conversation } => {
                let conversations = &self.folder(*folder)?.conversations;
                check_count(conversations.len() + usize::from(!conversations.contains(conversation)))?;
            }
            Rearrangement::FoldersOrdered { folders } => {
                check_count(folders.len())?;
                folders.iter().try_for_each(|folder| self.folder(*folder).map(|_| ()))?;
            }
            Rearrangement::FavouritesOrdered { conversations } => check_count(conversations.len())?,
        }
        Ok(change)
    }

    fn check_has_room(&self, folder: FolderId, folders_max: usize) -> Result<(), Refusal> {
        let is_there = self.folders.iter().any(|other| other.id == folder);
        if is_there || self.folders.len() < folders_max { Ok(()) } else { Err(Refusal::TooMany) }
    }

    fn folder(&self, id: FolderId) -> Result<&Folder, Rejection> {
        self.folders.iter().find(|folder| folder.id == id).ok_or(Rejection::FolderNotFound)
    }

    fn folder_mut(&mut self, id: FolderId) -> Option<&mut Folder> {
        self.folders.iter_mut().find(|folder| folder.id == id)
    }

    /// Folds a change in; what it names and is not there is left alone.
    pub fn apply(&mut self, change: &Rearrangement) {
        match change {
            Rearrangement::Named { folder, name } => self.name(*folder, name),
            Rearrangement::Deleted { folder } => self.folders.retain(|other| other.id != *folder),
            Rearrangement::FoldersOrdered { folders } => {
                let place = |id| folders.iter().position(|other| *other == id).unwrap_or(folders.len());
                self.folders.sort_by_key(|folder| place(folder.id));
            }
            Rearrangement::PutIn { folder, conversation } => {
                if let Some(folder) = self.folder_mut(*folder)
                    && !folder.conversations.contains(conversation)
                {
                    folder.conversations.push(*conversation);
                }
            }
            Rearrangement::TakenOut { folder, conversation } => {
                if let Some(folder) = self.folder_mut(*folder) {
                    folder.conversations.retain(|other| other != conversation);
                }
            }
            Rearrangement::FavouritesOrdered { conversations } => {
                self.favourites = Vec::with_capacity(conversations.len());
                for conversation in conversations {
                    if !self.favourites.contains(conversation) {
                        self.favourites.push(*conversation);
                    }
                }
            }
        }
    }

    fn name(&mut self, id: FolderId, name: &str) {
        match self.folder_mut(id) {
            Some(folder) => name.clone_into(&mut folder.name),
            None => self.folders.push(Folder { id, name: name.to_owned(), conversations: Vec::new() }),
        }
    }
}

fn checked_name(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    if (1..=FOLDER_NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Rejection::InvalidValue("name: 1 to 50 characters"))
    }
}

fn check_count(count: usize) -> Result<(), Refusal> {
    if count > ARRANGED_MAX { Err(Refusal::TooMany) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const WORK: FolderId = FolderId(Uuid::from_u128(1));
    const HOME: FolderId = FolderId(Uuid::from_u128(2));
    const CLUB: FolderId = FolderId(Uuid::from_u128(3));

    fn conversation(number: u128) -> ConversationId {
        ConversationId(Uuid::from_u128(100 + number))
    }

    fn named(folder: FolderId, name: &str) -> Rearrangement {
        Rearrangement::Named { folder, name: name.to_owned() }
    }

    fn put_in(folder: FolderId, number: u128) -> Rearrangement {
        Rearrangement::PutIn { folder, conversation: conversation(number) }
    }

    fn after(changes: &[Rearrangement]) -> Arrangement {
        let mut arrangement = Arrangement::default();
        for change in changes {
            let change = arrangement.decide(change.clone(), 3).unwrap();
            arrangement.apply(&change);
            let once = arrangement.clone();
            arrangement.apply(&change);
            assert_eq!(arrangement, once, "saying {change:?} twice changes nothing more");
        }
        arrangement
    }

    fn names(arrangement: &Arrangement) -> Vec<&str> {
        arrangement.folders.iter().map(|folder| &*folder.name).collect()
    }

    #[test]
    fn folders_are_named_ordered_and_deleted() {
        let three = [named(WORK, " Work "), named(HOME, "Home"), named(CLUB, "Club")];
        assert_eq!(names(&after(&three)), ["Work", "Home", "Club"]);
        let ordered = Rearrangement::FoldersOrdered { folders: vec![CLUB, HOME] };
        let more = [named(HOME, "At home"), ordered, Rearrangement::Deleted { folder: HOME }];
        assert_eq!(names(&after(&[&three[..], &more].concat())), ["Club", "Work"]);
    }

    #[test]
    fn a_conversation_is_in_as_many_folders_as_one_likes_and_in_each_once() {
        let taken = Rearrangement::TakenOut { folder: WORK, conversation: conversation(1) };
        let changes = [
            named(WORK, "Work"),
            named(HOME, "Home"),
            put_in(WORK, 1),
            put_in(WORK, 2),
            put_in(HOME, 1),
            taken,
        ];
        let [work, home] = &after(&changes).folders[..] else { panic!("two folders") };
        assert_eq!(
            (&work.conversations, &home.conversations),
            (&vec![conversation(2)], &vec![conversation(1)])
        );
    }

    #[test]
    fn favourites_stand_as_they_were_last_ordered() {
        let ordered = |numbers: &[u128]| Rearrangement::FavouritesOrdered {
            conversations: numbers.iter().map(|number| conversation(*number)).collect(),
        };
        let arrangement = after(&[ordered(&[1, 2, 3]), ordered(&[3, 1, 3])]);
        assert_eq!(arrangement.favourites, [conversation(3), conversation(1)]);
    }

    #[test]
    fn names_have_up_to_fifty_characters() {
        let name = |name: &str| Arrangement::default().decide(named(WORK, name), 3);
        assert!(name(&"ü".repeat(50)).is_ok());
        for bad in ["", " \u{2003}", "a\nb", &"ü".repeat(51)] {
            assert_eq!(name(bad), Err(Rejection::InvalidValue("name: 1 to 50 characters").into()), "{bad:?}");
        }
    }

    #[test]
    fn there_are_bounds_and_one_can_still_rename_at_them() {
        let full = after(&[named(WORK, "Work"), named(HOME, "Home"), named(CLUB, "Club")]);
        assert_eq!(full.decide(named(FolderId(Uuid::nil()), "More"), 3), Err(Refusal::TooMany));
        assert!(full.decide(named(WORK, "Office"), 3).is_ok());
        let many: Vec<_> = (0..ARRANGED_MAX as u128).map(|number| put_in(WORK, number)).collect();
        let full = after(&[&[named(WORK, "Work")], &many[..]].concat());
        assert_eq!(full.decide(put_in(WORK, ARRANGED_MAX as u128), 3), Err(Refusal::TooMany));
        assert!(full.decide(put_in(WORK, 0), 3).is_ok(), "what is in it already");
        let conversations = vec![conversation(1); ARRANGED_MAX + 1];
        assert_eq!(full.decide(Rearrangement::FavouritesOrdered { conversations }, 3), Err(Refusal::TooMany));
    }

    #[test]
    fn only_what_is_there_is_changed() {
        let none = Arrangement::default();
        for change in [
            Rearrangement::Deleted { folder: WORK },
            put_in(WORK, 1),
            Rearrangement::TakenOut { folder: WORK, conversation: conversation(1) },
            Rearrangement::FoldersOrdered { folders: vec![WORK] },
        ] {
            assert_eq!(none.decide(change.clone(), 3), Err(Rejection::FolderNotFound.into()), "{change:?}");
            let mut folded = none.clone();
            folded.apply(&change);
            assert_eq!(folded, none, "{change:?}");
        }
    }
}
