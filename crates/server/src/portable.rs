//! What other servers of XMPP keep, read from their files one thing after the other.

pub(crate) mod ejabberd;
pub(crate) mod lua;
pub(crate) mod prosody;
pub(crate) mod xep0227;

use crate::admin::secret;
use parlance_core::account::Contact;
use parlance_hub::{Redacted, ports::ScramVerifier};
use serde::{Deserialize, Serialize};

/// One thing that another server keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Portable {
    /// An account with a password.
    Password {
        /// The name before the `@`.
        name: String,
        /// The password.
        #[serde(with = "secret")]
        password: Redacted<String>,
    },
    /// An account with what SCRAM keeps of its password.
    Verifiers {
        /// The name before the `@`.
        name: String,
        /// Each hash function once.
        verifiers: Vec<ScramVerifier>,
    },
    /// Somebody in an address book, or blocked.
    Contact {
        /// Whose address book.
        owner: String,
        /// `name@domain`.
        who: String,
        /// What is kept about them.
        contact: Contact,
    },
    /// An element that is alone in its node.
    Element {
        /// Whose node.
        owner: String,
        /// Its name.
        node: String,
        /// The element.
        payload: String,
    },
    /// A node, without its items.
    Node {
        /// Whose node.
        owner: String,
        /// Its name.
        node: String,
        /// The form with its configuration; empty when there is none.
        form: String,
        /// Who may read it where only those may whom the owner names.
        members: Vec<String>,
        /// Who subscribed to it.
        subscribers: Vec<String>,
    },
    /// An item of a node.
    Item {
        /// Whose node.
        owner: String,
        /// Its name.
        node: String,
        /// The id of the item.
        id: String,
        /// One element; empty when there is none.
        payload: String,
    },
    /// A message of somebody's archive.
    Message {
        /// Whose archive.
        owner: String,
        /// The id it has there; empty when it has none.
        id: String,
        /// When it was sent, in milliseconds since 1970.
        at: u64,
        /// The element, with its addresses.
        stanza: String,
    },
    /// A room, without what was said in it.
    Room {
        /// What stands before the `@` of its address.
        name: String,
        /// What people call it.
        title: String,
        /// Its subject.
        subject: String,
        /// Whether everybody may enter.
        is_open: bool,
        /// Whether it is found in directories.
        is_listed: bool,
        /// Addresses with their affiliations.
        affiliations: Vec<(String, String)>,
        /// When it began, in milliseconds since 1970.
        began_at: u64,
    },
    /// A message of a room's archive.
    RoomMessage {
        /// What stands before the `@` of the room's address.
        room: String,
        /// The id it has there; empty when it has none.
        id: String,
        /// When it was sent, in milliseconds since 1970.
        at: u64,
        /// The element, with the real address of its sender as rooms keep it.
        stanza: String,
    },
}

impl Portable {
    /// What a report counts it as.
    pub(crate) fn family(&self) -> &'static str {
        match self {
            Self::Password { .. } | Self::Verifiers { .. } => "accounts",
            Self::Contact { .. } => "contacts",
            Self::Element { .. } => "elements",
            Self::Node { .. } => "nodes",
            Self::Item { .. } => "items",
            Self::Message { .. } => "messages",
            Self::Room { .. } => "rooms",
            Self::RoomMessage { .. } => "messages of rooms",
        }
    }

    /// With which of so many passes it is taken over, the first being zero: people come before what is about
    /// them, and nodes before what is in them.
    pub(crate) fn pass(&self) -> usize {
        match self {
            Self::Password { .. } | Self::Verifiers { .. } => 0,
            Self::Node { .. } | Self::Room { .. } => 1,
            _ => 2,
        }
    }

    /// About how much it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Element { payload, .. } | Self::Item { payload, .. } => payload.len(),
            Self::Message { stanza, .. } | Self::RoomMessage { stanza, .. } => stanza.len(),
            Self::Node { form, .. } => form.len(),
            _ => 0,
        }
    }

    /// Whose it is, and what, for a line of a report.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Password { name, .. } | Self::Verifiers { name, .. } => name.clone(),
            Self::Contact { owner, who, .. } => format!("{owner}: contact {who}"),
            Self::Element { owner, node, .. } | Self::Node { owner, node, .. } => format!("{owner}: {node}"),
            Self::Item { owner, node, id, .. } => format!("{owner}: {node} {id}"),
            Self::Message { owner, id, .. } => format!("{owner}: message {id}"),
            Self::Room { name, .. } => format!("room {name}"),
            Self::RoomMessage { room, id, .. } => format!("room {room}: message {id}"),
        }
    }
}

/// How many passes there are.
pub(crate) const PASSES: usize = 3;

/// The node of a vCard.
pub(crate) const VCARD: &str = "vcard-temp";

/// The node of an element of private storage.
pub(crate) fn private_node(namespace: &str, name: &str) -> String {
    format!("jabber:iq:private#{namespace}#{name}")
}

/// Something that was read, or why a piece of a file was left out.
pub(crate) type Read = Result<Portable, Unreadable>;

/// A piece of a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Where.
    pub(crate) place: String,
    /// Why.
    pub(crate) why: String,
}
