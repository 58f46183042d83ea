use super::{
    commit::{Attached, single},
    import::{Import, importer},
    post::Post,
};
use crate::{
    Hub, HubError,
    ports::{Create, Naming},
};
use parlance_core::{
    Rejection,
    conversation::{HistoryVisibility, Kind, Role, SettingsChange, State, chosen_name},
    event::{Content, Event, Imported, MembershipChange},
    id::{ConversationId, PrincipalId, UnixMillis},
};
use std::sync::Arc;

/// A group as it was on another server.
#[derive(Clone, Debug)]
pub struct RoomImport {
    /// What stands before the `@` of its address.
    pub name: String,
    /// What people call it, its topic, whether it is open and listed.
    pub settings: SettingsChange,
    /// Who is in it; one of them owns it.
    pub members: Vec<(PrincipalId, Role)>,
    /// Who may not come back.
    pub banned: Vec<PrincipalId>,
    /// When it began.
    pub began_at: UnixMillis,
}

impl Hub {
    /// Makes a group as it was, unless its name is taken: `false`.
    ///
    /// # Errors
    /// `InvalidValue` for a name, settings or a group without an owner, `TooManyMembers`,
    /// `TooManyConversations`, `Unavailable`.
    pub async fn import_room(&self, room: RoomImport) -> Result<bool, HubError> {
        let name = chosen_name(&room.name)?;
        if self.world.store.find_name(self.domain, &name).await?.is_some() {
            return Ok(false);
        }
        let owner = room.members.iter().find(|(_, role)| *role == Role::Owner);
        let (owner, _) = *owner.ok_or(Rejection::InvalidValue("members: nobody owns the group"))?;
        if room.members.len() > self.settings.bounds.members_max {
            return Err(HubError::TooMany);
        }
        for (who, _) in &room.members {
            self.check_may_be_in_one_more(*who).await?;
        }
        let settings = SettingsChange { history: Some(HistoryVisibility::All), ..room.settings };
        settings.check()?;
        let bans = room.banned.into_iter().map(|who| (who, MembershipChange::Banned));
        let bans = bans.map(|(who, change)| Content::Membership { who, change });
        let founding = Kind::Group.founding(settings, &room.members).into_iter().chain(bans).collect();
        let id = ConversationId(self.world.entropy.uuid_v7(self.now()));
        let create = Create { naming: Naming::Exactly(name), ..Create::new(self.domain, Kind::Group) };
        let attached =
            Attached { import: Some(Import { id: "".into(), at: room.began_at }), ..Attached::default() };
        self.found_with(importer(owner), id, create, attached, founding).await?;
        Ok(true)
    }

    /// Puts a message that was sent to a group elsewhere into its log, also of who is in it no more.
    ///
    /// # Errors
    /// Those of [`parlance_core::body::Body::check`], `ConversationNotFound`, `Unavailable`.
    pub async fn import_room_message(
        &self,
        sender: PrincipalId,
        post: Post,
        import: Import,
    ) -> Result<Arc<Event>, HubError> {
        let caller = importer(sender);
        post.body.check(self.settings.bounds.body_bytes_max)?;
        let mut message = parlance_core::event::Message::plain(post.body);
        message.imported = Some(Imported { id: import.id.clone(), at: import.at });
        let attached = Attached { client_ref: post.client_ref, extras: post.extras, import: Some(import) };
        let decide = |_: &State| Ok(vec![Content::Message(message.clone())]);
        Ok(single(self.commit(caller, post.conversation, attached, decide).await?))
    }
}
