//! What the service of rooms and each room say about themselves.

use super::{
    avatar,
    enter::{is_moderated, may_know},
    room_of,
};
use crate::{
    discovery::{INFO, ITEMS, write_info},
    iq::{Answer, At, Handler, Iq, Wants},
    xep::contact_addresses,
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    conversation::{Permission, Role, Settings},
    id::ConversationId,
};
use parlance_hub::{HubError, usecase::SyncRequest};
use parlance_xmpp::{
    StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
    write::Writer,
};
use std::collections::{BTreeMap, HashMap};

/// Most rooms in one answer.
const LISTED_MAX: usize = 200;
/// The node by which a client asks for its nickname.
const OWN_NICK: &str = "x-roomuser-item";

/// What the service supports.
const SERVICE_FEATURES: &[&str] = &[super::MUC, INFO, ITEMS, "urn:xmpp:ping", "urn:xmpp:occupant-id:0"];

/// What every room supports, whatever its settings.
const ROOM_FEATURES: &[&str] = &[
    super::MUC,
    INFO,
    ITEMS,
    "muc_persistent",
    "muc_nonanonymous",
    "muc_unsecured",
    "jabber:iq:register",
    "vcard-temp",
    "http://jabber.org/protocol/muc#stable_id",
    super::voice::REQUEST,
    "http://jabber.org/protocol/muc#self-ping-optimization",
    "urn:xmpp:sid:0",
    crate::xep::archive::MAM,
    crate::xep::archive::EXTENDED,
    "urn:xmpp:occupant-id:0",
    "urn:xmpp:message-moderate:1",
    "urn:xmpp:message-retract:1",
];

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Groups, wants: Wants::Get, namespace: INFO, name: "query", answer: service_info },
    Handler { at: At::Groups, wants: Wants::Get, namespace: ITEMS, name: "query", answer: rooms },
    Handler { at: At::Groups, wants: Wants::Get, namespace: "urn:xmpp:ping", name: "ping", answer: pong },
    Handler { at: At::Room, wants: Wants::Get, namespace: INFO, name: "query", answer: room_info },
    Handler { at: At::Room, wants: Wants::Get, namespace: ITEMS, name: "query", answer: occupants },
    Handler { at: At::Room, wants: Wants::Get, namespace: "urn:xmpp:ping", name: "ping", answer: pong },
];

fn pong(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Ok(String::new())).boxed()
}

/// # Source
/// XEP-0045 section 6.2.
fn service_info(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    write_info(&mut xml, ("conference", "text", "Groups"), SERVICE_FEATURES.iter().copied());
    contact_addresses::write(&iq.xmpp.settings.contacts, &mut xml);
    std::future::ready(Ok(xml.finish())).boxed()
}

/// The rooms that directories have, and those that the asker is in.
///
/// # Source
/// XEP-0045 section 6.3.
fn rooms(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let hub = &iq.xmpp.hub;
        let listed = hub.list_open(None, LISTED_MAX).await?;
        let mut rooms: BTreeMap<_, _> = listed.into_iter().map(|row| (row.name, row.settings.name)).collect();
        for (id, settings) in own_rooms(&iq).await? {
            rooms.insert(hub.name_of(id).await?, settings.name);
        }
        let mut xml = Writer::new();
        xml.start("query").namespace(ITEMS);
        for (name, title) in &rooms {
            let jid = format!("{name}@{}", iq.xmpp.settings.groups_domain);
            xml.start("item").attribute("jid", &jid).attribute("name", title).end();
        }
        Ok(xml.finish())
    }
    .boxed()
}

async fn own_rooms(iq: &Iq<'_>) -> Result<Vec<(ConversationId, Settings)>, HubError> {
    let request =
        SyncRequest { since: None, positions: HashMap::new(), window: 0, limit: LISTED_MAX, cursor: None };
    let page = iq.xmpp.hub.sync(iq.seat.caller, request).await?;
    let rows = page.conversations.into_iter().map(|conversation| conversation.row);
    let rooms = rows.filter(|row| row.kind.has_members_to_manage());
    Ok(rooms.map(|row| (row.conversation, row.settings)).collect())
}

/// What somebody may know of a room.
struct Known {
    settings: Settings,
    is_moderated: bool,
    may_change_subject: bool,
    members: usize,
    /// Whether more than its features is known to the asker.
    is_open_to_asker: bool,
}

/// # Source
/// XEP-0045 sections 6.4 and 7.12 (the own nickname).
fn room_info(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let who = iq.seat.caller.who;
        if iq.payload.attribute("node") == Some(OWN_NICK) {
            let nick = iq.seat.bare.split('@').next().unwrap_or_default();
            let mut xml = Writer::new();
            xml.start("query").namespace(INFO).attribute("node", OWN_NICK);
            write_info(&mut xml, ("conference", "text", nick), std::iter::empty());
            return Ok(xml.finish());
        }
        let known = iq.xmpp.hub.look_at(id, |state| Known {
            settings: state.settings.clone(),
            is_moderated: is_moderated(state),
            may_change_subject: state.role_for(Permission::Settings) <= Role::Member,
            members: state.members.len(),
            is_open_to_asker: may_know(state, who),
        });
        let known = known.await?;
        if known.members == 0 {
            return Err(StanzaCondition::ItemNotFound.into());
        }
        let here = iq.xmpp.in_room(id, |room| room.occupants().count()).unwrap_or(0);
        Ok(written(&known, here, &avatar::hash_of(iq.xmpp, id).await?))
    }
    .boxed()
}

fn written(known: &Known, here: usize, avatar: &str) -> String {
    let Known { settings, .. } = known;
    let flags = [
        (settings.open, "muc_open", "muc_membersonly"),
        (settings.listed, "muc_public", "muc_hidden"),
        (known.is_moderated, "muc_moderated", "muc_unmoderated"),
    ];
    let flags = flags.into_iter().map(|(is_on, on, off)| if is_on { on } else { off });
    let name = if known.is_open_to_asker { settings.name.as_str() } else { "" };
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    write_info(&mut xml, ("conference", "text", name), ROOM_FEATURES.iter().copied().chain(flags));
    if known.is_open_to_asker {
        let text = |name: &str, label, value: &str| {
            Field::new(name).kind(FieldType::TextSingle).label(label).value(value)
        };
        let avatar_hash = Field::new("muc#roominfo_avatarhash").kind(FieldType::TextMulti);
        let may_change = Field::new("muc#roominfo_subjectmod").kind(FieldType::Boolean);
        let may_change = may_change.label("Members may change the subject");
        Form::of_type(FormType::Result, "http://jabber.org/protocol/muc#roominfo")
            .field(text("muc#roominfo_description", "Description", &settings.topic))
            .field(text("muc#roominfo_subject", "Subject", &settings.topic))
            .field(may_change.value(if known.may_change_subject { "1" } else { "0" }))
            .field(text("muc#roominfo_occupants", "Who is here", &here.to_string()))
            .field(text("muc#roomconfig_roomname", "Name", &settings.name))
            .field(avatar_hash.label("Hash of the avatar").value(avatar))
            .write(&mut xml);
    }
    xml.finish()
}

/// # Source
/// XEP-0045 section 6.5.
fn occupants(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let who = iq.seat.caller.who;
        let may_know =
            iq.xmpp.hub.look_at(id, |state| state.settings.open || state.members.contains_key(&who)).await?;
        let mut here = iq
            .xmpp
            .in_room(id, |room| room.shown().filter_map(|who| room.address_of(who)).collect::<Vec<_>>())
            .filter(|_| may_know)
            .unwrap_or_default();
        here.sort_unstable();
        here.truncate(LISTED_MAX);
        let mut xml = Writer::new();
        xml.start("query").namespace(ITEMS);
        for jid in &here {
            let nick = jid.split_once('/').map(|(_, nick)| nick);
            xml.start("item").attribute("jid", jid).attribute_if("name", nick).end();
        }
        Ok(xml.finish())
    }
    .boxed()
}
