use super::{
    super::{Portable, Read, Unreadable, VCARD, private_node, prosody::subscription},
    Tree,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parlance_core::account::Contact;
use parlance_hub::{
    Redacted,
    ports::{ScramHash, ScramVerifier},
};

const SCRAM: &str = "urn:xmpp:pie:0#scram";
const ROSTER: &str = "jabber:iq:roster";
const PRIVATE: &str = "jabber:iq:private";
const BLOCKING: &str = "urn:xmpp:blocking";

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
    Some(ScramVerifier {
        hash,
        salt: bytes("salt")?,
        iterations: element.text_of("iter-count")?.trim().parse().ok()?,
        stored_key: bytes("stored-key")?,
        server_key: bytes("server-key")?,
    })
}

/// What an element of somebody's holds.
pub(super) fn child(owner: &str, element: &Tree) -> Vec<Read> {
    match (element.namespace(), element.name()) {
        (ROSTER, "query") => element.children().filter_map(|item| listed(owner, item)).collect(),
        (BLOCKING, "blocklist") => element.children().filter_map(|item| blocked(owner, item)).collect(),
        (VCARD, "vCard") => vec![alone(owner, VCARD.to_owned(), element)],
        (PRIVATE, "query") => element.children().map(|kept| private(owner, kept)).collect(),
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
    let kept = Contact {
        alias: item.attribute("name").unwrap_or_default().to_owned(),
        groups: groups.collect(),
        is_listed: true,
        subscription: subscription(item.attribute("subscription").unwrap_or("none"), is_asking),
        ..Contact::nobody()
    };
    Some(Ok(contact(owner, item.attribute("jid")?, kept)))
}

fn blocked(owner: &str, item: &Tree) -> Option<Read> {
    let kept = Contact { blocked: true, ..Contact::nobody() };
    Some(Ok(contact(owner, item.attribute("jid")?, kept)))
}

fn contact(owner: &str, who: &str, contact: Contact) -> Portable {
    Portable::Contact { owner: owner.to_owned(), who: who.to_owned(), contact }
}
