//! What clients want to know, learnt from what they say that they support.
//!
//! # Source
//! XEP-0115 (1.6.0); XEP-0163 (1.2.2) section 4.3.2.

use super::notify;
use crate::{context::Xmpp, seat::Seat, stanza::Outgoing};
use base64::{Engine, prelude::BASE64_STANDARD};
use moka::sync::Cache;
use parlance_core::id::PrincipalId;
use parlance_xmpp::{
    Element, Stanza,
    forms::{Field, Form},
    ns,
    write::Writer,
};
use sha2::Digest;
use smol_str::SmolStr;
use std::{collections::BTreeSet, sync::Arc};

pub(crate) const CAPS: &str = "http://jabber.org/protocol/caps";
const INFO: &str = "http://jabber.org/protocol/disco#info";
/// How many kinds of clients are remembered.
const KINDS_MAX: u64 = 4_096;
/// Most nodes one client is told of.
const NODES_MAX: usize = 256;
/// Longest name of a hash, a version or a program that is looked at, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// Names of nodes.
pub(crate) type Nodes = Arc<BTreeSet<SmolStr>>;

/// What kinds of clients want to know, by hash and version.
pub(crate) struct KnownCaps(Cache<Version, Nodes>);

impl Default for KnownCaps {
    fn default() -> Self {
        Self(Cache::new(KINDS_MAX))
    }
}

/// How a client names what it supports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Version {
    hash: SmolStr,
    ver: SmolStr,
}

/// What one client wants to know.
#[derive(Default)]
pub(crate) struct Interests {
    /// The nodes it wants to know of.
    pub(crate) nodes: Nodes,
    /// What it said last.
    said: Option<Version>,
    /// The id of the question that it has not answered.
    asked: Option<String>,
}

/// Looks at what a client that is there says about itself. It is sent the newest items of what it wants to
/// know of, or asked for what it supports.
pub(crate) async fn on_available(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>) -> Vec<Outgoing> {
    let Some((node, version)) = announced(seat) else { return Vec::new() };
    if seat.with(|state| state.interests.said.as_ref() == Some(&version)) {
        return Vec::new();
    }
    if let Some(nodes) = xmpp.known_caps.0.get(&version) {
        seat.with(|state| {
            state.interests = Interests { nodes: Arc::clone(&nodes), said: Some(version), asked: None };
        });
        return last_items(xmpp, seat, &nodes).await;
    }
    let id = format!("caps-{:016x}", rand::random::<u64>());
    let question = question(&xmpp.settings.domain, &seat.full, &id, &format!("{node}#{}", version.ver));
    // Until it answers it wants what it wanted before.
    seat.with(|state| (state.interests.said, state.interests.asked) = (Some(version), Some(id)));
    vec![question.into()]
}

/// The newest items of everything that a client wants to know of, when it was not told of some.
pub(crate) async fn on_missed(xmpp: &Arc<Xmpp>, seat: &Seat) -> Vec<Outgoing> {
    let nodes = seat.with(|state| Arc::clone(&state.interests.nodes));
    last_items(xmpp, seat, &nodes).await
}

/// The newest items of somebody whose presence a client begins to see.
///
/// # Source
/// XEP-0163 (1.2.2) section 4.3.2.
pub(crate) async fn on_seen(xmpp: &Arc<Xmpp>, seat: &Seat, who: PrincipalId) -> Vec<Outgoing> {
    let nodes = seat.with(|state| Arc::clone(&state.interests.nodes));
    if nodes.is_empty() {
        return Vec::new();
    }
    notify::last_items_of(xmpp, seat, who, &nodes).await.unwrap_or_else(|refused| {
        tracing::warn!(?refused, "the newest items could not be read");
        Vec::new()
    })
}

/// Forgets what a client that went away said; it is told everything anew when it comes back.
pub(crate) fn on_unavailable(seat: &Seat) {
    seat.with(|state| state.interests = Interests::default());
}

/// Takes the answer to a question of ours; `None` when it is none.
pub(crate) async fn on_answer(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: &Stanza<'_>,
) -> Option<Vec<Outgoing>> {
    let id = stanza.attribute("id")?;
    let version = seat.with(|state| {
        let is_ours = state.interests.asked.as_deref() == Some(&*id);
        is_ours.then(|| state.interests.asked = None).and(state.interests.said.clone())
    })?;
    let Some(query) = stanza.child(INFO, "query").map(|query| query.parse()) else { return Some(Vec::new()) };
    let nodes: Nodes = Arc::new(wanted(&query));
    // What does not match its hash is believed of this client alone.
    if verification(&query, &version.hash).is_some_and(|ver| ver == version.ver) {
        xmpp.known_caps.0.insert(version, Arc::clone(&nodes));
    }
    seat.with(|state| state.interests.nodes = Arc::clone(&nodes));
    Some(last_items(xmpp, seat, &nodes).await)
}

async fn last_items(xmpp: &Arc<Xmpp>, seat: &Seat, nodes: &Nodes) -> Vec<Outgoing> {
    notify::last_items(xmpp, seat, nodes).await.unwrap_or_else(|refused| {
        tracing::warn!(?refused, "the newest items could not be read");
        Vec::new()
    })
}

/// The program and the version of what it supports, from the presence.
fn announced(seat: &Seat) -> Option<(String, Version)> {
    let payload = seat.with(|state| Some(Arc::clone(&state.presence.as_ref()?.payload)))?;
    let presence = super::xml::read(&format!("<presence xmlns='{}'>{payload}</presence>", ns::CLIENT))?;
    let caps = presence.child(CAPS, "c")?;
    let value = |name| caps.attribute(name).filter(|value| (1..=NAME_BYTES_MAX).contains(&value.len()));
    let version = Version { hash: value("hash")?.into(), ver: value("ver")?.into() };
    Some((value("node")?.to_owned(), version))
}

fn question(from: &str, to: &str, id: &str, node: &str) -> String {
    let mut xml = Writer::new();
    xml.start("iq").attribute("type", "get").attribute("from", from).attribute("to", to).attribute("id", id);
    xml.start("query").namespace(INFO).attribute("node", node);
    xml.finish()
}

fn wanted(query: &Element) -> BTreeSet<SmolStr> {
    features(query)
        .filter_map(|feature| Some(feature.strip_suffix("+notify")?.into()))
        .take(NODES_MAX)
        .collect()
}

fn features(query: &Element) -> impl Iterator<Item = &str> {
    let features = query.children().filter(|child| child.is(INFO, "feature"));
    features.filter_map(|feature| feature.attribute("var"))
}

/// What stands for an answer to a question about what is supported; `None` when it leaves open what it says.
pub(crate) fn version_of(info: &str) -> Option<String> {
    verification(&super::xml::read(info)?, "sha-1")
}

/// What the version has to be; `None` for hashes that are not known, and answers that leave open what
/// they say.
///
/// # Source
/// XEP-0115 (1.6.0) sections 5.1 and 5.4.
fn verification(query: &Element, hash: &str) -> Option<String> {
    let mut text = String::new();
    let identities = query.children().filter(|child| child.is(INFO, "identity")).map(|identity| {
        let value = |name| identity.attribute(name).unwrap_or_default();
        let lang = identity.language().unwrap_or_default();
        format!("{}/{}/{lang}/{}", value("category"), value("type"), value("name"))
    });
    push_sorted(identities.collect(), &mut text)?;
    push_sorted(features(query).map(str::to_owned).collect(), &mut text)?;
    let forms = query.children().filter(|child| child.is(ns::FORMS, "x"));
    let mut forms: Vec<_> = forms.map(|form| Form::read(form).ok()).collect::<Option<_>>()?;
    forms.retain(|form| form.form_type().is_some());
    forms.sort_by(|one, other| one.form_type().cmp(&other.form_type()));
    if forms.windows(2).any(|pair| pair[0].form_type() == pair[1].form_type()) {
        return None;
    }
    for form in &mut forms {
        text.push_str(form.form_type().unwrap_or_default());
        text.push('<');
        push_fields(&mut form.fields, &mut text);
    }
    Some(match hash {
        "sha-1" => BASE64_STANDARD.encode(sha1::Sha1::digest(text)),
        "sha-256" => BASE64_STANDARD.encode(sha2::Sha256::digest(text)),
        "sha-512" => BASE64_STANDARD.encode(sha2::Sha512::digest(text)),
        _ => return None,
    })
}

fn push_fields(fields: &mut [Field], text: &mut String) {
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    for field in fields.iter_mut().filter(|field| field.name != "FORM_TYPE") {
        field.values.sort_unstable();
        for part in std::iter::once(&field.name).chain(&field.values) {
            text.push_str(part);
            text.push('<');
        }
    }
}

/// Adds these in order; `None` when one is there twice.
fn push_sorted(mut parts: Vec<String>, text: &mut String) -> Option<()> {
    parts.sort_unstable();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 && parts[index - 1] == *part {
            return None;
        }
        text.push_str(part);
        text.push('<');
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pubsub::xml::read;

    /// The example of XEP-0115 section 5.2.
    #[test]
    fn the_published_hash_comes_out() {
        let simple = "<query xmlns='http://jabber.org/protocol/disco#info'>\
            <identity category='client' name='Exodus 0.9.1' type='pc'/>\
            <feature var='http://jabber.org/protocol/caps'/>\
            <feature var='http://jabber.org/protocol/disco#info'/>\
            <feature var='http://jabber.org/protocol/disco#items'/>\
            <feature var='http://jabber.org/protocol/muc'/></query>";
        let query = read(simple).unwrap();
        assert_eq!(verification(&query, "sha-1").as_deref(), Some("QgayPKawpkPSDYmwT/WM94uAlu0="));
        assert_eq!(verification(&query, "md5"), None);
        let twice = simple.replace("</query>", "<feature var='http://jabber.org/protocol/muc'/></query>");
        assert_eq!(verification(&read(&twice).unwrap(), "sha-1"), None);
    }

    /// The example of XEP-0115 section 5.3.
    #[test]
    fn forms_are_part_of_the_hash() {
        let field = |name: &str, values: &[&str]| {
            let values: String = values.iter().map(|value| format!("<value>{value}</value>")).collect();
            format!("<field var='{name}'>{values}</field>")
        };
        let fields: String = [
            "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>"
                .to_owned(),
            field("ip_version", &["ipv4", "ipv6"]),
            field("os", &["Mac"]),
            field("os_version", &["10.5.1"]),
            field("software", &["Psi"]),
            field("software_version", &["0.11"]),
        ]
        .concat();
        let query = format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
             <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
             <identity xml:lang='el' category='client' name='\u{3a8} 0.11' type='pc'/>\
             <feature var='http://jabber.org/protocol/caps'/>\
             <feature var='http://jabber.org/protocol/disco#info'/>\
             <feature var='http://jabber.org/protocol/disco#items'/>\
             <feature var='http://jabber.org/protocol/muc'/>\
             <x xmlns='jabber:x:data' type='result'>{fields}</x></query>"
        );
        let found = verification(&read(&query).unwrap(), "sha-1");
        assert_eq!(found.as_deref(), Some("q07IKJEyjvHSyhy//CH0CxmKi8w="));
    }
}
