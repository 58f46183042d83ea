//! The account log: what only a principal's own devices follow.

use crate::{
    Rejection,
    arrangement::Rearrangement,
    count::Counts,
    id::{ConversationId, PrincipalId, Seq},
    principal::Privacy,
    subscription::{Request, Subscription},
};
use serde::{Deserialize, Serialize};

/// One change in an account log. Each says how things are now, so the newest of a kind wins; only
/// read positions are folded one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    /// A conversation was read up to here.
    Read {
        /// The conversation.
        conversation: ConversationId,
        /// How far; moves the position on, never back.
        seq: Seq,
    },
    /// A conversation was marked as unread from here on. What others were told of reading stays.
    Unread {
        /// The conversation.
        conversation: ConversationId,
        /// The first unread place; moves the position back, never on.
        from: Seq,
    },
    /// A draft was written, or cleared when empty.
    Draft {
        /// The conversation.
        conversation: ConversationId,
        /// The text so far.
        text: String,
    },
    /// Preferences for a conversation.
    Preferences {
        /// The conversation.
        conversation: ConversationId,
        /// All of them.
        preferences: Preferences,
    },
    /// A contact was added or changed.
    Contact {
        /// Who.
        who: PrincipalId,
        /// All that is kept about them.
        #[serde(flatten)]
        contact: Contact,
        /// What they have just said about presence, if that is why; the owner's devices are told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Request>,
    },
    /// Nothing is kept about somebody any more.
    ContactRemoved {
        /// Who.
        who: PrincipalId,
        /// What they have just said about presence, if that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Request>,
    },
    /// The profile changed.
    Profile {
        /// The name people see.
        display_name: String,
        /// Who may see what.
        privacy: Privacy,
    },
    /// The list of devices changed.
    Devices,
    /// What waits to be sent to a conversation at a later time changed.
    Scheduled {
        /// The conversation.
        conversation: ConversationId,
    },
    /// Conversations were sorted in another way.
    Arranged {
        /// How.
        change: Rearrangement,
    },
}

/// What somebody keeps about somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// A name of one's own for them; empty for none.
    pub alias: String,
    /// Whether they are blocked.
    pub blocked: bool,
    /// Whether they are in the list of contacts. Somebody may be kept for a block or a request that waits
    /// alone.
    #[serde(default = "listed", skip_serializing_if = "is_true")]
    pub is_listed: bool,
    /// The groups they are sorted into, in order, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Who of the two sees the other's presence.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subscription: Subscription,
}

impl Contact {
    /// Longest alias, in characters.
    pub const ALIAS_CHARS_MAX: usize = 64;
    /// Most groups one contact is in.
    pub const GROUPS_MAX: usize = 32;
    /// Longest name of a group, in characters.
    pub const GROUP_CHARS_MAX: usize = 128;

    /// Somebody about whom nothing is kept.
    pub fn nobody() -> Self {
        Self {
            alias: String::new(),
            blocked: false,
            is_listed: false,
            groups: Vec::new(),
            subscription: Subscription::default(),
        }
    }

    /// Whether there is nothing to keep.
    pub fn is_nobody(&self) -> bool {
        !self.is_listed && !self.blocked && self.subscription == Subscription::default()
    }

    /// Takes them out of the list of contacts; a block stays.
    pub fn unlist(&mut self) {
        *self = Self { blocked: self.blocked, ..Self::nobody() };
    }
}

/// An alias as it is kept.
///
/// # Errors
/// `InvalidValue` for more than 64 characters, or control characters.
pub fn check_alias(alias: &str) -> Result<(), Rejection> {
    if alias.chars().count() > Contact::ALIAS_CHARS_MAX || alias.chars().any(char::is_control) {
        return Err(Rejection::InvalidValue("alias: up to 64 characters"));
    }
    Ok(())
}

/// Names of groups in order, each once.
///
/// # Errors
/// `InvalidValue` for more than 32, and for one that is empty, longer than 128 characters, or has control
/// characters.
///
/// # Source
/// RFC 6121 section 2.3.3: an empty group is refused.
pub fn tidy_groups(mut groups: Vec<String>) -> Result<Vec<String>, Rejection> {
    groups.sort_unstable();
    groups.dedup();
    let is_name = |name: &String| {
        (1..=Contact::GROUP_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control)
    };
    if groups.len() > Contact::GROUPS_MAX || !groups.iter().all(is_name) {
        return Err(Rejection::InvalidValue("groups: up to 32, each of 1 to 128 characters"));
    }
    Ok(groups)
}

/// What was written before somebody could be kept without being listed.
fn listed() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What one person wants of one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// No notifications.
    pub muted: bool,
    /// Listed first.
    pub favourite: bool,
    /// Not in the list but in one's archive, until something is said after `hidden_at`; while it is muted also
    /// then.
    pub hidden: bool,
    /// The newest place when it was hidden; zero while it is not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden_at: Seq,
    /// Notifications only for messages that mention one, unless it is muted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mentions_only: bool,
}

/// What somebody wants otherwise of one conversation; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreferencesChange {
    /// No notifications.
    pub muted: Option<bool>,
    /// Listed first.
    pub favourite: Option<bool>,
    /// In one's archive.
    pub hidden: Option<bool>,
    /// Notifications only for messages that mention one.
    pub mentions_only: Option<bool>,
}

impl Preferences {
    /// These with a change, in a conversation whose newest place is `head`.
    #[must_use]
    pub fn after(self, change: PreferencesChange, head: Seq) -> Self {
        Self {
            muted: change.muted.unwrap_or(self.muted),
            favourite: change.favourite.unwrap_or(self.favourite),
            hidden: change.hidden.unwrap_or(self.hidden),
            hidden_at: match change.hidden {
                Some(true) => head,
                Some(false) => Seq::ZERO,
                None => self.hidden_at,
            },
            mentions_only: change.mentions_only.unwrap_or(self.mentions_only),
        }
    }

    /// How many of the messages that wait to be read are to be notified of.
    pub fn notable(&self, counts: Counts) -> u64 {
        match (self.muted, self.mentions_only) {
            (true, _) => 0,
            (false, true) => counts.mentions,
            (false, false) => counts.unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::Direction;
    use uuid::Uuid;

    #[test]
    fn a_contact_from_before_there_were_groups_is_listed_and_subscribed_to_nothing() {
        let who = Uuid::from_u128(7);
        let text = format!(r#"{{"contact":{{"who":"{who}","alias":"B","blocked":true}}}}"#);
        let contact = Contact { alias: "B".into(), blocked: true, is_listed: true, ..Contact::nobody() };
        let change = AccountChange::Contact { who: PrincipalId(who), contact, said: None };
        assert_eq!(serde_json::from_str::<AccountChange>(&text).unwrap(), change);
        assert_eq!(serde_json::to_string(&change).unwrap(), text, "and is written as it was");
    }

    #[test]
    fn everything_about_a_contact_comes_back() {
        let subscription =
            Subscription { outgoing: Direction::Granted, incoming: Direction::Pending, is_approved: true };
        let contact = Contact { groups: vec!["Friends".into()], subscription, ..Contact::nobody() };
        let change =
            AccountChange::Contact { who: PrincipalId(Uuid::nil()), contact, said: Some(Request::Subscribe) };
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<AccountChange>(&text).unwrap(), change, "{text}");
    }

    #[test]
    fn preferences_say_what_is_notified_of() {
        let counts = Counts { unread: 5, mentions: 2 };
        let usual = Preferences::default();
        assert_eq!(usual.notable(counts), 5);
        let mentions = Preferences { mentions_only: true, ..usual };
        assert_eq!(mentions.notable(counts), 2);
        assert_eq!(Preferences { muted: true, ..mentions }.notable(counts), 0);
    }

    #[test]
    fn a_change_of_preferences_leaves_the_others_and_remembers_where_it_hid() {
        let muted = PreferencesChange { muted: Some(true), ..PreferencesChange::default() };
        let hidden = PreferencesChange { hidden: Some(true), ..PreferencesChange::default() };
        let both = Preferences::default().after(hidden, Seq(4)).after(muted, Seq(7));
        assert_eq!(
            both,
            Preferences { muted: true, hidden: true, hidden_at: Seq(4), ..Preferences::default() }
        );
        assert_eq!(both.after(hidden, Seq(9)).hidden_at, Seq(9));
        let shown = PreferencesChange { hidden: Some(false), ..PreferencesChange::default() };
        assert_eq!(both.after(shown, Seq(9)), Preferences { muted: true, ..Preferences::default() });
    }

    #[test]
    fn preferences_from_before_there_were_mentions_alone_are_read_and_written_as_they_were() {
        let text = r#"{"muted":true,"favourite":false,"hidden":false}"#;
        let preferences = Preferences { muted: true, ..Preferences::default() };
        assert_eq!(serde_json::from_str::<Preferences>(text).unwrap(), preferences);
        assert_eq!(serde_json::to_string(&preferences).unwrap(), text);
    }

    #[test]
    fn groups_are_kept_in_order_and_once() {
        let groups = |names: &[&str]| tidy_groups(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(groups(&["b", "a", "b"]).unwrap(), ["a", "b"]);
        assert!(groups(&[""]).is_err() && groups(&["a\n"]).is_err());
        assert!(groups(&[&"x".repeat(128)]).is_ok() && groups(&[&"x".repeat(129)]).is_err());
        let many: Vec<String> = (0..33).map(|number| format!("{number}")).collect();
        assert!(tidy_groups(many[..32].to_vec()).is_ok() && tidy_groups(many).is_err());
    }
}
