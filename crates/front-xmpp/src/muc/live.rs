//! Following the log of a room.

use super::{
    MUC_USER,
    desk::Shared,
    elsewhere,
    enter::usual_nick,
    room::{Room, Telling},
    standing::Standing,
    write::{Said, text_element},
};
use crate::{context::Xmpp, native, payload::Payload, seat::Seat, stanza::Outgoing};
use parlance_core::{
    body::Body,
    conversation::SettingsChange,
    event::{Content, Event, MembershipChange, Message, Target},
    id::{ConversationId, PrincipalId},
};
use parlance_hub::live::{Batch, Entry};
use parlance_xmpp::write::Writer;
use smol_str::SmolStr;
use std::{collections::HashMap, sync::Arc};

/// Where the encoding for rooms has its place; the first is that of the native protocol.
const ENCODING: usize = 1;
/// How often it is looked again who stands how, when somebody enters meanwhile.
const ATTEMPTS_MAX: usize = 8;

/// What of a batch a client is told: messages when it is in the room, and that it was invited when not.
pub(crate) async fn encode(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, batch: &Batch) -> Vec<Outgoing> {
    let Some(first) = batch.entries.first() else { return Vec::new() };
    let id = first.event.conversation;
    let here = xmpp.in_room(id, |room| room.has(seat).then(|| (room.address.clone(), room.seen)));
    let Some((room, seen)) = here.flatten() else {
        return super::invite::invited(xmpp, seat, id, batch).await;
    };
    let is_news = |event: &Event| event.seq > seen && event.content.changes_rules();
    if batch.entries.iter().any(|entry| is_news(&entry.event)) {
        tell_changes(xmpp, id, batch).await;
    }
    let mut told = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let seq = entry.event.seq;
        for stanza in told_of(xmpp, seat, &room, entry).await {
            let mut stanza = stanza.to(&seat.full);
            stanza.tells = (entry.event.sender != seat.caller.who).then_some((id, seq));
            told.push((seq, stanza));
        }
    }
    xmpp.in_room(id, |room| told.into_iter().for_each(|(seq, stanza)| room.pass(seat, seq, stanza)));
    // Over the desk, because what others have put there meanwhile comes before it.
    seat.rooms.take()
}

/// Tells everybody here of comings, goings, roles and the end, once for this node.
async fn tell_changes(xmpp: &Arc<Xmpp>, id: ConversationId, batch: &Batch) {
    for _ in 0..ATTEMPTS_MAX {
        let known = xmpp.in_room(id, |room| {
            let here: Vec<_> = room.occupants().map(|(who, _)| who).collect();
            (room.seen, here)
        });
        let Some((seen, here)) = known else { return };
        let news: Vec<_> =
            batch.entries.iter().map(|entry| &*entry.event).filter(|it| it.seq > seen).collect();
        if !news.iter().any(|event| event.content.changes_rules()) {
            return;
        }
        let look = |state: &parlance_core::conversation::State| -> HashMap<PrincipalId, Option<Standing>> {
            here.iter().map(|who| (*who, Standing::of(state, *who))).collect()
        };
        let Ok(standings) = xmpp.hub.look_at(id, look).await else { return };
        let actors: HashMap<_, _> =
            news.iter().filter_map(|event| Some((event.sender, actor(xmpp, event.sender)?))).collect();
        let done = xmpp.in_room(id, |room| {
            let is_known = room.occupants().all(|(who, _)| standings.contains_key(&who));
            if is_known {
                news.iter().for_each(|event| apply(room, event, &standings, &actors));
            }
            is_known
        });
        if done != Some(false) {
            return meet_newcomers(xmpp, id, &news).await;
        }
    }
}

/// Who became a member may be here by another front end already.
async fn meet_newcomers(xmpp: &Arc<Xmpp>, id: ConversationId, news: &[&Event]) {
    for event in news {
        if let Content::Membership { who, change: MembershipChange::Joined(_) } = event.content {
            elsewhere::refresh(xmpp, id, who).await;
        }
    }
}

fn apply(
    room: &mut Room,
    event: &Event,
    standings: &HashMap<PrincipalId, Option<Standing>>,
    actors: &HashMap<PrincipalId, SmolStr>,
) {
    if event.seq <= room.seen {
        return;
    }
    room.seen = event.seq;
    let by = room.occupant(event.sender).map(|occupant| occupant.nick.clone());
    let by = by.or_else(|| actors.get(&event.sender).cloned());
    match &event.content {
        Content::Membership { who, change } => {
            let reason = room.reasons.remove(who);
            let telling = Telling {
                actor: by.as_deref().filter(|_| event.sender != *who),
                reason: reason.as_deref(),
                ..Telling::default()
            };
            apply_membership(room, *who, *change, standings.get(who).copied().flatten(), telling);
        }
        Content::Settings(SettingsChange { destroyed: Some(true), .. }) => end(room),
        Content::Settings(SettingsChange { permissions: Some(_), .. }) => {
            let changed: Vec<_> = room
                .occupants()
                .filter_map(|(who, it)| Some((who, standings.get(&who).copied().flatten()?, it.standing)))
                .filter(|(_, now, before)| now != before)
                .collect();
            changed.iter().for_each(|(who, now, _)| room.change(*who, *now, &Telling::default()));
        }
        _ => {}
    }
}

/// # Source
/// XEP-0045 sections 9.1 (301), 9.4 and 15.6.2 (321).
fn apply_membership(
    room: &mut Room,
    who: PrincipalId,
    change: MembershipChange,
    now: Option<Standing>,
    telling: Telling<'_>,
) {
    match (change, now) {
        (MembershipChange::Banned, _) => {
            room.remove(who, Standing::BANNED, &Telling { statuses: &[301], ..telling });
        }
        (MembershipChange::Removed, _) => {
            room.remove(who, Standing::GONE, &Telling { statuses: &[321], ..telling });
        }
        (MembershipChange::Left, _) => room.remove(who, Standing::GONE, &telling),
        (MembershipChange::Joined(_) | MembershipChange::Role(_), Some(standing)) => {
            let is_other = room.occupant(who).is_some_and(|occupant| occupant.standing != standing);
            if is_other {
                room.change(who, standing, &telling);
            }
        }
        _ => {}
    }
}

/// Takes everybody out of a room that is no more.
///
/// # Source
/// XEP-0045 section 10.9.
pub(super) fn end(room: &mut Room) {
    let destroyed = room.ending.take().unwrap_or_else(|| "<destroy/>".to_owned());
    let everybody: Vec<_> = room.occupants().map(|(who, _)| who).collect();
    let telling = Telling { destroyed: &destroyed, ..Telling::default() };
    everybody.iter().for_each(|who| room.remove(*who, Standing::GONE, &telling));
}

fn actor(xmpp: &Xmpp, who: PrincipalId) -> Option<SmolStr> {
    Some(xmpp.hub.known_person(who)?.address.as_str().into())
}

/// The stanzas that everybody in the room gets of an event; made once where that is possible.
async fn told_of(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, room: &SmolStr, entry: &Entry) -> Vec<Shared> {
    let event = &*entry.event;
    if let Content::Settings(change) = &event.content {
        return settings_changed(xmpp, room, event, change);
    }
    let rest = match entry.known_encoding(ENCODING) {
        Some(known) => known,
        None => {
            let made = message_for(xmpp, seat, room, event).await;
            entry.encoding(ENCODING, |_| made.map(|message| message.rest).unwrap_or_default())
        }
    };
    if rest.is_empty() { Vec::new() } else { vec![Shared { name: "message", rest }] }
}

async fn message_for(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, room: &SmolStr, event: &Event) -> Option<Shared> {
    if let Content::Message(message) = &event.content {
        return Some(message_of(xmpp, room, event, message, None, false));
    }
    let is_retraction = matches!(event.content, Content::Delete { .. });
    if let Some(kept) = Payload::read(event.extras.as_ref()).filter(|_| !is_retraction) {
        return Some(said(xmpp, room, event, Some(&kept), kept.inner, false));
    }
    let mut xml = Writer::new();
    match &event.content {
        Content::Edit { target, body, .. } => {
            let found = xmpp.hub.visible_event(seat.caller, event.conversation, target.id).await.ok()?;
            let id = Payload::read(found.event.extras.as_ref()).map(|it| it.id.to_owned());
            native::write_body(xmpp, &mut xml, body, "");
            let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| target.id.to_string());
            native::write_correction(&mut xml, &id);
        }
        Content::Reaction { target, .. } => {
            let found = xmpp.hub.visible_event(seat.caller, event.conversation, target.id).await.ok()?;
            let all = found.fold.map(|fold| fold.reactions).unwrap_or_default();
            let own = all.iter().filter(|(_, people)| people.contains(&event.sender));
            native::write_reactions(&mut xml, &target.id.to_string(), own.map(|(emoji, _)| emoji.as_str()));
        }
        Content::Delete { target } => {
            let found = xmpp.hub.visible_event(seat.caller, event.conversation, target.id).await;
            let is_authors = found.is_ok_and(|found| found.event.sender == event.sender);
            return Some(retracted(xmpp, room, event, target, is_authors));
        }
        _ => return None,
    }
    Some(said(xmpp, room, event, None, &xml.finish(), false))
}

/// A message as everybody in the room gets it; with its time when it is history, and with its newest body
/// when that is another one.
pub(super) fn message_of(
    xmpp: &Xmpp,
    room: &str,
    event: &Event,
    message: &Message,
    edited: Option<&Body>,
    is_history: bool,
) -> Shared {
    let kept = Payload::read(event.extras.as_ref());
    let own = match (&kept, edited) {
        (Some(kept), None) => kept.inner,
        _ => &spoken(xmpp, edited.unwrap_or(&message.body), message),
    };
    said(xmpp, room, event, kept.as_ref(), own, is_history)
}

/// An event of a room as it stands in the archive; `None` for what is not told of there.
pub(crate) async fn archived(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    room: &str,
    event: &Event,
) -> Option<String> {
    let room = SmolStr::new(room);
    let stanza = match &event.content {
        Content::Settings(change) => subject_changed(xmpp, &room, event, change.topic.as_deref()?),
        Content::Deleted => {
            let mut xml = Writer::new();
            native::write_tombstone(&mut xml);
            said(xmpp, &room, event, None, &xml.finish(), false)
        }
        _ => message_for(xmpp, seat, &room, event).await?,
    };
    Some(String::from_utf8_lossy(&stanza.to(&seat.bare).xml).into_owned())
}

fn said(
    xmpp: &Xmpp,
    room: &str,
    event: &Event,
    kept: Option<&Payload<'_>>,
    inner: &str,
    is_history: bool,
) -> Shared {
    let id = event.id.to_string();
    let kept_nick = kept.filter(|kept| kept.kind == "groupchat").map(|kept| kept.from);
    Said {
        from: &format!(
            "{room}/{}",
            kept_nick.map_or_else(|| nick_of(xmpp, event.conversation, event.sender), SmolStr::new)
        ),
        id: kept.map(|kept| kept.id).unwrap_or(&id),
        lang: kept.map(|kept| kept.lang).unwrap_or_default(),
        inner,
        event: &id,
        occupant: &xmpp.rooms.occupant_id(event.conversation, event.sender),
        at: is_history.then_some(event.said_at().0),
    }
    .write()
}

/// The nickname of who did something in another front end.
pub(super) fn nick_of(xmpp: &Xmpp, conversation: ConversationId, who: PrincipalId) -> SmolStr {
    let here = xmpp.in_room(conversation, |room| room.occupant(who).map(|occupant| occupant.nick.clone()));
    let usual = || usual_nick(xmpp, who);
    here.flatten().or_else(usual).unwrap_or_else(|| SmolStr::new_static("somebody"))
}

fn spoken(xmpp: &Xmpp, body: &Body, message: &Message) -> String {
    let mut xml = Writer::new();
    native::write_body(xmpp, &mut xml, body, "");
    if let Some(target) = message.reply_to {
        native::write_reply(&mut xml, None, &target.id.to_string());
    }
    if let Some(target) = message.thread {
        xml.text_element("thread", &target.id.to_string());
    }
    xml.finish()
}

/// # Source
/// XEP-0424 (0.4.2) section 5 for the author; XEP-0425 (0.3.0) section 5 for moderators: then it is the
/// room that speaks.
fn retracted(xmpp: &Xmpp, room: &str, event: &Event, target: &Target, is_authors: bool) -> Shared {
    let event_id = event.id.to_string();
    let kept = Payload::read(event.extras.as_ref());
    let id = kept.map(|kept| kept.id).filter(|id| !id.is_empty()).unwrap_or(&event_id);
    let by = format!("{room}/{}", nick_of(xmpp, event.conversation, event.sender));
    let occupant = xmpp.rooms.occupant_id(event.conversation, event.sender);
    let mut xml = Writer::new();
    xml.start("retract").namespace("urn:xmpp:message-retract:1").attribute("id", &target.id.to_string());
    if !is_authors {
        xml.start("moderated").namespace("urn:xmpp:message-moderate:1").attribute("by", &by);
        xml.start("occupant-id").namespace("urn:xmpp:occupant-id:0").attribute("id", &occupant).end();
        xml.end();
        let reason = xmpp.in_room(event.conversation, |room| room.moderation_reason(target.id)).flatten();
        if let Some(reason) = reason {
            xml.text_element("reason", &reason);
        }
    }
    if !is_authors {
        xml.end();
        write_for_older_clients(&mut xml, target, &by);
    }
    let inner = xml.finish();
    let from = if is_authors { &by } else { room };
    let occupant = if is_authors { occupant.as_str() } else { "" };
    Said { from, id, inner: &inner, event: &event_id, occupant, ..Said::default() }.write()
}

/// # Source
/// XEP-0425 (0.2.1) section 4, as clients knew it before 2023.
fn write_for_older_clients(xml: &mut Writer<'_>, target: &Target, by: &str) {
    xml.start("apply-to").namespace("urn:xmpp:fasten:0").attribute("id", &target.id.to_string());
    xml.start("moderated").namespace("urn:xmpp:message-moderate:0").attribute("by", by);
    xml.empty("retract", "urn:xmpp:message-retract:0").end().end();
}

/// # Source
/// XEP-0045 section 10.2.1.
pub(super) fn config_changed(room: &str) -> Shared {
    let mut xml = Writer::new();
    xml.start("x").namespace(MUC_USER).start("status").attribute("code", "104").end();
    Said { from: room, inner: &xml.finish(), ..Said::default() }.write()
}

/// # Source
/// XEP-0045 section 8.1.
fn subject_changed(xmpp: &Xmpp, room: &SmolStr, event: &Event, topic: &str) -> Shared {
    let sent = xmpp.in_room(event.conversation, |room| {
        let subject = room.subject.as_ref();
        subject.filter(|it| it.by == event.sender && it.text == topic).map(|it| it.id.clone())
    });
    let id = sent.flatten().unwrap_or_else(|| event.id.to_string());
    Said {
        from: &format!("{room}/{}", nick_of(xmpp, event.conversation, event.sender)),
        id: &id,
        inner: &text_element("subject", topic),
        event: &event.id.to_string(),
        occupant: &xmpp.rooms.occupant_id(event.conversation, event.sender),
        ..Said::default()
    }
    .write()
}

/// # Source
/// XEP-0045 section 10.2.1.
fn settings_changed(xmpp: &Xmpp, room: &SmolStr, event: &Event, change: &SettingsChange) -> Vec<Shared> {
    let mut told = Vec::new();
    if let Some(topic) = &change.topic {
        told.push(subject_changed(xmpp, room, event, topic));
    }
    let others = SettingsChange { topic: None, ..change.clone() };
    let is_setting_up = |room: &mut Room| room.locked_by.is_some() || event.seq <= room.set_up_until;
    let is_news = !xmpp.in_room(event.conversation, is_setting_up).unwrap_or_default();
    if is_news && others != SettingsChange::default() {
        told.push(config_changed(room));
    }
    told
}
