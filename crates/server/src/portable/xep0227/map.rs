use super::{
    super::{Portable, Read, Unreadable, VCARD, private_node, prosody::subscription},
    Map, PIE, Tree,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parlance_core::{
    account::Contact,
    subscription::{Direction, Subscription},
};
use parlance_hub::{
    Redacted,
    ports::{ScramHash, ScramVerifier},
};
use parlance_xmpp::{ns, write::parse_date_time};

const SCRAM: &str = "urn:xmpp:pie:0#scram";
const ROSTER: &str = "jabber:iq:roster";
const PRIVATE: &str = "jabber:iq:private";
const PRIVACY: &str = "jabber:iq:privacy";
const BLOCKING: &str = "urn:xmpp:blocking";
const ARCHIVE: &str = "urn:xmpp:pie:0#mam";
const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
const PUBSUB_OWNER: &str = "http://jabber.org/protocol/pubsub#owner";

/// With what somebody signed in.
pub(super) struct Credentials {
    password: Option<String>,
    verifiers: Vec<ScramVerifier>,
}

impl Credentials {
    pub(super) fn new(password: Option<&str>) -> Self {
        Self { password: password.map(str::to_owned), verifiers: Vec::new() }
    }

    /// Whether the element belongs to credentials. Hash functions that are not known are left out.
    ///
    /// # Source
    /// XEP-0227 (1.1) section 4.2.
    pub(super) fn takes(&mut self, element: &Tree) -> bool {
        let is_scram = element.is(SCRAM, "scram-credentials");
        if is_scram {
            self.verifiers.extend(verifier(element));
        }
        is_scram
    }

    pub(super) fn account(self, name: &str) -> Read {
        let place = name.to_owned();
        match self.password {
            Some(password) => Ok(Portable::Password { name: place, password: Redacted::new(password) }),
            None if self.verifiers.is_empty() => {
                Err(Unreadable { place, why: "no password or verifier that can be used".to_owned() })
            }
            None => Ok(Portable::Verifiers { name: place, verifiers: self.verifiers }),
        }
    }
}

fn verifier(element: &Tree) -> Option<ScramVerifier> {
    let bytes = |name| STANDARD.decode(element.text_of(name)?.trim()).ok();
    let hash = match element.attribute("mechanism")? {
        "SCRAM-SHA-1" => ScramHash::Sha1,
        "SCRAM-SHA-256" => ScramHash::Sha256,
        "SCRAM-SHA-512" => ScramHash::Sha512,
        _ => return None,
    };
    let mut found = ScramVerifier {
        hash,
        salt: bytes("salt")?,
        iterations: element.text_of("iter-count")?.trim().parse().ok()?,
        stored_key: bytes("stored-key")?,
        server_key: bytes("server-key")?,
    };
    // COMPAT(ejabberd 23.01): it writes base64 of what is base64 already, which is longer than any key.
    let twice = [&found.salt, &found.stored_key, &found.server_key].map(|text| STANDARD.decode(text).ok());
    if let [Some(salt), Some(stored_key), Some(server_key)] = twice
        && found.stored_key.len() != key_bytes(hash)
    {
        found = ScramVerifier { salt, stored_key, server_key, ..found };
    }
    Some(found)
}

fn key_bytes(hash: ScramHash) -> usize {
    match hash {
        ScramHash::Sha1 => 20,
        ScramHash::Sha256 => 32,
        ScramHash::Sha512 => 64,
    }
}

/// How an element of somebody's is read.
pub(super) enum Part {
    /// Child by child.
    Each(Map),
    /// The items of nodes.
    Items,
    /// How nodes are set up.
    SetUps,
    /// At once.
    Whole,
}

impl Part {
    pub(super) fn of(element: &Tree) -> Self {
        match (element.namespace(), element.name()) {
            (ARCHIVE, "archive") => Self::Each(archived),
            (PIE, "offline-messages") => Self::Each(waiting),
            (PUBSUB, "pubsub") => Self::Items,
            (PUBSUB_OWNER, "pubsub") => Self::SetUps,
            _ => Self::Whole,
        }
    }
}

/// # Source
/// XEP-0227 (1.1) section 4.10.
fn archived(owner: &str, result: &Tree) -> Read {
    let forwarded = result.child(ns::FORWARD, "forwarded");
    let stanza = forwarded.and_then(|forwarded| forwarded.child(ns::CLIENT, "message"));
    message(owner, result.attribute("id"), forwarded.and_then(sent_at).zip(stanza))
}

/// A message that was not delivered yet.
///
/// # Source
/// XEP-0227 (1.1) section 4.4.
fn waiting(owner: &str, stanza: &Tree) -> Read {
    message(owner, None, sent_at(stanza).map(|at| (at, stanza)))
}

fn message(owner: &str, id: Option<&str>, found: Option<(u64, &Tree)>) -> Read {
    let owner = owner.to_owned();
    match found {
        Some((at, stanza)) => {
            let (id, stanza) = (id.unwrap_or_default().to_owned(), stanza.xml());
            Ok(Portable::Message { owner, id, at, stanza })
        }
        None => Err(Unreadable { place: owner, why: "a message without its time".to_owned() }),
    }
}

/// Milliseconds since 1970.
fn sent_at(element: &Tree) -> Option<u64> {
    let stamp = element.child(ns::DELAY, "delay")?.attribute("stamp")?;
    parse_date_time(stamp).and_then(|at| u64::try_from(at).ok())
}

/// An item of a node.
pub(super) fn item(owner: &str, node: &str, item: &Tree) -> Portable {
    Portable::Item {
        owner: owner.to_owned(),
        node: node.to_owned(),
        id: item.attribute("id").unwrap_or_default().to_owned(),
        payload: item.children().next().map(Tree::xml).unwrap_or_default(),
    }
}

/// The addresses of those of a list that are something.
pub(super) fn named(list: &Tree, (name, value): (&str, &str)) -> Vec<String> {
    let those = list.children().filter(|one| one.attribute(name) == Some(value));
    those.filter_map(|one| one.attribute("jid").map(str::to_owned)).collect()
}

/// What an element of somebody's holds.
pub(super) fn child(owner: &str, element: &Tree) -> Vec<Read> {
    match (element.namespace(), element.name()) {
        (ROSTER, "query") => element.children().filter_map(|item| listed(owner, item)).collect(),
        (BLOCKING, "blocklist") => element.children().filter_map(|item| blocked(owner, item)).collect(),
        (VCARD, "vCard") => vec![alone(owner, VCARD.to_owned(), element)],
        (PRIVATE, "query") => element.children().map(|kept| private(owner, kept)).collect(),
        (PRIVACY, "query") => denied(owner, element),
        (ns::CLIENT, "presence") => asking(owner, element).into_iter().collect(),
        (namespace, name) => {
            let why = format!("{name} of {namespace} is not taken over");
            vec![Err(Unreadable { place: owner.to_owned(), why })]
        }
    }
}

fn private(owner: &str, kept: &Tree) -> Read {
    alone(owner, private_node(kept.namespace(), kept.name()), kept)
}

fn alone(owner: &str, node: String, element: &Tree) -> Read {
    Ok(Portable::Element { owner: owner.to_owned(), node, payload: element.xml() })
}

fn listed(owner: &str, item: &Tree) -> Option<Read> {
    let groups = item.children().filter(|child| child.is(ROSTER, "group")).map(Tree::text);
    let is_asking = item.attribute("ask") == Some("subscribe");
    let state = item.attribute("subscription").unwrap_or("none");
    let is_approved = matches!(item.attribute("approved"), Some("true" | "1"));
    let kept = Contact {
        alias: item.attribute("name").unwrap_or_default().to_owned(),
        groups: groups.collect(),
        is_listed: true,
        subscription: Subscription { is_approved, ..subscription(state, is_asking) },
        ..Contact::nobody()
    };
    Some(Ok(contact(owner, item.attribute("jid")?, kept)))
}

/// Of privacy lists, whom the one that is in force keeps out altogether: ejabberd keeps blocks so.
///
/// # Source
/// XEP-0016 (1.7) section 2.1; XEP-0191 (1.3) section 5.
fn denied(owner: &str, lists: &Tree) -> Vec<Read> {
    let in_force = lists.child(PRIVACY, "default").and_then(|default| default.attribute("name"));
    let is_block = |item: &&Tree| {
        let is = |name, value| item.attribute(name) == Some(value);
        is("type", "jid") && is("action", "deny") && item.children().next().is_none()
    };
    let (mut found, mut others) = (Vec::new(), 0);
    for list in lists.children().filter(|child| child.is(PRIVACY, "list")) {
        let is_in_force = list.attribute("name") == in_force;
        for item in list.children() {
            match item.attribute("value").filter(|_| is_in_force && is_block(&item)) {
                Some(who) => {
                    found.push(Ok(contact(owner, who, Contact { blocked: true, ..Contact::nobody() })))
                }
                None => others += 1,
            }
        }
    }
    if others > 0 {
        let why = format!("{others} rules of privacy lists are not taken over");
        found.push(Err(Unreadable { place: owner.to_owned(), why }));
    }
    found
}

/// # Source
/// XEP-0227 (1.1) section 4.8.
fn asking(owner: &str, presence: &Tree) -> Option<Read> {
    let who = presence.attribute("from").filter(|_| presence.attribute("type") == Some("subscribe"))?;
    let subscription = Subscription { incoming: Direction::Pending, ..Subscription::default() };
    let kept = Contact { subscription, ..Contact::nobody() };
    Some(Ok(contact(owner, who, kept)))
}

fn blocked(owner: &str, item: &Tree) -> Option<Read> {
    let kept = Contact { blocked: true, ..Contact::nobody() };
    Some(Ok(contact(owner, item.attribute("jid")?, kept)))
}

fn contact(owner: &str, who: &str, contact: Contact) -> Portable {
    Portable::Contact { owner: owner.to_owned(), who: who.to_owned(), contact }
}
