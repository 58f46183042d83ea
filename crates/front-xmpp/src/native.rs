//! What is said and done in other programs, as elements of XMPP.

use crate::{
    context::Xmpp,
    refer::{CORRECT, MARKERS, REACTIONS, RECEIPTS, REPLY, RETRACT},
    said::{FALLBACK, REFERENCE},
    styling,
};
use parlance_core::{
    body::{Body, Mentioned},
    event::{Content, Event},
    id::PrincipalId,
};
use parlance_xmpp::write::Writer;

/// What stands for something that only other programs can open.
const SEALED: &str = "This message is encrypted for other programs.";
/// Characters of a message that are quoted in an answer.
const QUOTED_MAX: usize = 200;

/// Everybody who is named when a client is told of an event.
pub(crate) fn people_in(event: &Event) -> impl Iterator<Item = PrincipalId> {
    let body = match &event.content {
        Content::Message(message) => Some(&message.body),
        Content::Edit { body, .. } => Some(body),
        _ => None,
    };
    let mentioned = body.map(Body::mentioned_principals).unwrap_or_default();
    std::iter::once(event.sender).chain(mentioned)
}

/// Writes what a message says, behind what it quotes. Those it mentions are to be known already.
///
/// # Source
/// XEP-0393 (1.1.1), XEP-0372 (0.2.0) section 3.1, XEP-0428 (0.2.1) section 3.
pub(crate) fn write_body(xmpp: &Xmpp, xml: &mut Writer<'_>, body: &Body, quoted: &str) {
    let Body::Text { text, mentions } = body else {
        xml.text_element("body", SEALED);
        return;
    };
    let styled = styling::from_markdown(text);
    xml.text_element("body", &format!("{quoted}{}", styled.text));
    let start = u32::try_from(quoted.chars().count()).unwrap_or(u32::MAX);
    if start > 0 {
        xml.start("fallback").namespace(FALLBACK).attribute("for", REPLY).start("body");
        xml.attribute("start", "0").attribute("end", &start.to_string()).end().end();
    }
    for mention in mentions {
        let Mentioned::Principal(who) = mention.who else { continue };
        let Some(person) = xmpp.hub.known_person(who) else { continue };
        let place = |at| (start + styled.place(at)).to_string();
        xml.start("reference").namespace(REFERENCE).attribute("type", "mention");
        xml.attribute("begin", &place(mention.start)).attribute("end", &place(mention.end));
        xml.attribute("uri", &format!("xmpp:{}", person.address)).end();
    }
}

/// What is answered, as clients show it that do not know answers.
pub(crate) fn quotation(body: &Body) -> String {
    let Body::Text { text, .. } = body else { return String::new() };
    let short: String = styling::from_markdown(text).text.chars().take(QUOTED_MAX).collect();
    short.lines().flat_map(|line| ["> ", line, "\n"]).collect()
}

/// # Source
/// XEP-0461 (0.2.0) section 3.1.
pub(crate) fn write_reply(xml: &mut Writer<'_>, to: Option<&str>, id: &str) {
    xml.start("reply").namespace(REPLY).attribute_if("to", to).attribute("id", id).end();
}

/// # Source
/// XEP-0308 (1.2.1) section 3.
pub(crate) fn write_correction(xml: &mut Writer<'_>, id: &str) {
    xml.start("replace").namespace(CORRECT).attribute("id", id).end();
}

/// # Source
/// XEP-0424 (0.4.2) section 5.
pub(crate) fn write_retraction(xml: &mut Writer<'_>, id: &str) {
    xml.start("retract").namespace(RETRACT).attribute("id", id).end();
    xml.empty("store", "urn:xmpp:hints");
}

/// What stands in an archive for a message that is gone.
///
/// # Source
/// XEP-0424 (0.4.2) section 5.
///
/// # Differs
/// It does not say when and by what: the retraction stands in the same archive, with its time.
pub(crate) fn write_tombstone(xml: &mut Writer<'_>) {
    xml.empty("retracted", RETRACT);
}

/// # Source
/// XEP-0444 (0.2.0) section 3.1: all of somebody's at once.
pub(crate) fn write_reactions<'a>(xml: &mut Writer<'_>, id: &str, emojis: impl Iterator<Item = &'a str>) {
    xml.start("reactions").namespace(REACTIONS).attribute("id", id);
    emojis.for_each(|emoji| {
        xml.start("reaction").text(emoji).end();
    });
    xml.end().empty("store", "urn:xmpp:hints");
}

/// What asks to be answered.
///
/// # Source
/// XEP-0184 (1.4.0) section 5.3, XEP-0333 (0.5.0) section 4.
pub(crate) fn write_requests(xml: &mut Writer<'_>) {
    xml.empty("request", RECEIPTS).empty("markable", MARKERS);
}
