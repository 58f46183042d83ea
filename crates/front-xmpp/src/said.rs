//! What clients say, as people read it in other programs.

use crate::{
    address::Entity,
    context::Xmpp,
    muc,
    refer::{REPLY, Talk},
    styling::{self, Rewritten, STYLING},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use parlance_core::{
    body::{Body, MENTIONS_MAX, Mention, Mentioned},
    id::{ConversationId, EventId, PrincipalId},
};
use parlance_xmpp::{Child, Element, Jid, Stanza, ns};
use std::ops::Range;

pub(crate) const REFERENCE: &str = "urn:xmpp:reference:0";
pub(crate) const FALLBACK: &str = "urn:xmpp:fallback:0";

/// What carries a message that only its receivers can read.
const SEALED: [(&str, &str); 3] = [
    ("eu.siacs.conversations.axolotl", "encrypted"),
    ("urn:xmpp:omemo:2", "encrypted"),
    ("urn:xmpp:openpgp:0", "openpgp"),
];

/// What somebody says, and where.
pub(crate) struct Spoken {
    pub(crate) conversation: ConversationId,
    pub(crate) body: Body,
    pub(crate) reply_to: Option<EventId>,
    pub(crate) thread: Option<EventId>,
}

/// Reads what a client says; `None` when it says nothing to people.
pub(crate) async fn read(talk: &Talk<'_>, stanza: &Stanza<'_>) -> Option<Spoken> {
    let reply_to = talk.answered(stanza).await;
    let body = body(talk.xmpp, stanza, reply_to.is_some()).await?;
    let thread = talk.thread(stanza).await;
    Some(Spoken { conversation: talk.id, body, reply_to, thread })
}

/// What a message says; `None` when it says nothing to people. Of an answer to a message that is known, the
/// quotation is left out, because every program shows what is answered.
///
/// # Source
/// XEP-0393 (1.1.1), XEP-0372 (0.2.0) section 3.1, XEP-0428 (0.2.1) section 3, XEP-0384 (0.8.3), XEP-0373
/// (0.7.0).
async fn body(xmpp: &Xmpp, stanza: &Stanza<'_>, is_answer: bool) -> Option<Body> {
    if let Some(sealed) = stanza.children().find_map(|child| sealed(&child)) {
        return Some(sealed);
    }
    let whole = stanza.child(ns::CLIENT, "body")?.text().into_owned();
    let quoted = if is_answer { quotation(stanza, &whole) } else { None };
    let without = quoted.clone().map_or_else(|| whole.clone(), |quoted| cut(&whole, &quoted));
    if without.trim().is_empty() {
        return None;
    }
    let is_plain = stanza.child(STYLING, "unstyled").is_some();
    let text = if is_plain { Rewritten::unchanged(without) } else { styling::to_markdown(&without) };
    let mentions = mentions(xmpp, stanza, &quoted.unwrap_or_default(), &text).await;
    Some(Body::Text { text: text.text, mentions })
}

/// An encrypted message. Without a payload it is between programs alone, such as an exchange of keys.
fn sealed(child: &Child<'_>) -> Option<Body> {
    let (scheme, _) = SEALED.iter().find(|(namespace, name)| child.is(namespace, name))?;
    let element = child.parse();
    if child.name() == "encrypted" && element.child(scheme, "payload").is_none() {
        return None;
    }
    let mut xml = String::new();
    child.write_within(ns::CLIENT, &mut xml);
    Some(Body::Opaque { scheme: (*scheme).into(), payload: BASE64.encode(xml) })
}

/// Which characters of the body are there for clients that do not know answers.
fn quotation(stanza: &Stanza<'_>, body: &str) -> Option<Range<usize>> {
    let is_for_answers = |child: &Child<'_>| {
        child.is(FALLBACK, "fallback") && child.attribute("for").as_deref() == Some(REPLY)
    };
    let fallback = stanza.children().find(is_for_answers)?.parse();
    let range = range(fallback.child(FALLBACK, "body")?, "start")?;
    (range.end <= body.chars().count()).then_some(range)
}

/// # Source
/// XEP-0426 (0.3.0) section 4: characters are Unicode code points, the end is not part of it.
fn range(element: &Element, start: &str) -> Option<Range<usize>> {
    let number = |name| element.attribute(name)?.trim().parse::<usize>().ok();
    let range = number(start)?..number("end")?;
    (range.start < range.end).then_some(range)
}

fn cut(text: &str, chars: &Range<usize>) -> String {
    let is_kept = |at: &usize| !chars.contains(at);
    text.chars().enumerate().filter(|(at, _)| is_kept(at)).map(|(_, char)| char).collect()
}

/// Those whom a message mentions, with their places in the text as it is now.
async fn mentions(xmpp: &Xmpp, stanza: &Stanza<'_>, cut: &Range<usize>, text: &Rewritten) -> Vec<Mention> {
    let chars = text.text.chars().count();
    let place = |at: usize| {
        let gone = at.min(cut.end).saturating_sub(cut.start);
        text.place(u32::try_from(at - gone).unwrap_or(u32::MAX))
    };
    let mut found = Vec::new();
    for reference in stanza.children().filter(|child| child.is(REFERENCE, "reference")).take(MENTIONS_MAX) {
        let reference = reference.parse();
        let Some(range) = range(&reference, "begin") else { continue };
        let Some(who) = mentioned(xmpp, &reference).await else { continue };
        let (start, end) = (place(range.start), place(range.end));
        if start < end && end as usize <= chars {
            found.push(Mention { start, end, who: Mentioned::Principal(who) });
        }
    }
    found
}

async fn mentioned(xmpp: &Xmpp, reference: &Element) -> Option<PrincipalId> {
    if reference.attribute("type") != Some("mention") {
        return None;
    }
    let uri = reference.attribute("uri")?.strip_prefix("xmpp:")?;
    let jid = Jid::parse(uri.split('?').next()?).ok()?;
    match xmpp.entity(&jid) {
        Entity::Account(address) | Entity::Resource(address, _) => {
            Some(xmpp.hub.person_at(address.as_str()).await.ok()?.id)
        }
        Entity::Occupant(room, nick) => muc::who_is(xmpp, room, nick).await,
        _ => None,
    }
}

#[cfg(test)]
mod tests;
