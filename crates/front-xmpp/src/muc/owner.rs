//! How a room is set up, and its end.

use super::{enter::is_moderated, live::end, room_of, standing::Affiliation};
use crate::{
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    conversation::{Kind, Permission, Role, Settings, SettingsChange, State},
    id::ConversationId,
};
use parlance_xmpp::{
    Element, StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
    ns,
    write::Writer,
};
use std::collections::BTreeMap;

const OWNER: &str = "http://jabber.org/protocol/muc#owner";
const CONFIG: &str = "http://jabber.org/protocol/muc#roomconfig";

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Room, wants: Wants::Get, namespace: OWNER, name: "query", answer: get },
    Handler { at: At::Room, wants: Wants::Set, namespace: OWNER, name: "query", answer: set },
];

/// What the form shows.
struct Setup {
    kind: Kind,
    settings: Settings,
    is_moderated: bool,
    who_invites: Role,
    who_changes_subject: Role,
}

impl Setup {
    fn of(state: &State) -> Self {
        Self {
            kind: state.kind,
            settings: state.settings.clone(),
            is_moderated: is_moderated(state),
            who_invites: state.role_for(Permission::Invite),
            who_changes_subject: state.role_for(Permission::Settings),
        }
    }
}

/// # Source
/// XEP-0045 sections 10.1.3 and 10.2.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        check_owner(&iq, id).await?;
        let setup = setup(&iq, id).await?;
        let mut xml = Writer::new();
        xml.start("query").namespace(OWNER);
        written(&setup, iq.xmpp.hub.settings().bounds.members_max).write(&mut xml);
        Ok(xml.finish())
    }
    .boxed()
}

/// How a room is set up, or is meant to be while it is unfinished: everybody may find and enter it.
///
/// # Source
/// XEP-0045 section 10.1.2 leaves it to the service; this is what its programs expect.
async fn setup(iq: &Iq<'_>, id: ConversationId) -> Result<Setup, Refused> {
    let mut setup = iq.xmpp.hub.look_at(id, Setup::of).await?;
    if is_unfinished(iq, id) {
        (setup.settings.open, setup.settings.listed) = (true, true);
    }
    Ok(setup)
}

fn is_unfinished(iq: &Iq<'_>, id: ConversationId) -> bool {
    iq.xmpp.in_room(id, |room| room.locked_by.is_some()).unwrap_or_default()
}

fn written(setup: &Setup, members_max: usize) -> Form {
    let settings = &setup.settings;
    let text = |name: &str, label, value: &str| field(name, FieldType::TextSingle, label).value(value);
    let flag = |name: &str, label, is_on: bool| {
        field(name, FieldType::Boolean, label).value(if is_on { "1" } else { "0" })
    };
    let most = members_max.to_string();
    let maxusers = field("maxusers", FieldType::ListSingle, "Most people").value(&most);
    let whois = field("whois", FieldType::ListSingle, "Who sees real addresses").value("anyone");
    let may_invite = setup.who_invites <= Role::Member;
    let may_change = setup.who_changes_subject <= Role::Member;
    Form::of_type(FormType::Form, CONFIG)
        .field(text("roomname", "Name", &settings.name))
        .field(text("roomdesc", "Description", &settings.topic))
        .field(maxusers.option(&most, &most))
        .field(flag("persistentroom", "Stays when the last one leaves", true))
        .field(flag("publicroom", "Is found in directories", settings.listed))
        .field(flag("membersonly", "Only members may enter", !settings.open))
        .field(flag("moderatedroom", "Newcomers have no voice", setup.is_moderated))
        .field(flag("allowinvites", "Members may invite", may_invite))
        .field(flag("changesubject", "Members may change name and subject", may_change))
        .field(whois.option("Everybody", "anyone"))
        .field(flag("passwordprotectedroom", "A password is needed", false))
        .field(field("roomsecret", FieldType::TextPrivate, "Password; rooms here have none"))
        .field(flag("enablelogging", "What is said is kept", true))
}

fn field(name: &str, kind: FieldType, label: &str) -> Field {
    Field::new(&format!("muc#roomconfig_{name}")).kind(kind).label(label)
}

/// # Source
/// XEP-0045 sections 10.1.2 (instant), 10.1.3, 10.2 and 10.9.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        check_owner(&iq, id).await?;
        if let Some(destroy) = iq.payload.child(OWNER, "destroy") {
            self::destroy(&iq, id, destroy).await?;
            return Ok(String::new());
        }
        let filled = iq.payload.child(ns::FORMS, "x").ok_or(StanzaCondition::BadRequest)?;
        let filled = Form::read(filled).map_err(|_| StanzaCondition::BadRequest)?;
        let is_unfinished = is_unfinished(&iq, id);
        if filled.kind == FormType::Cancel {
            if is_unfinished {
                iq.xmpp.hub.abandon_conversation(iq.seat.caller, id).await?;
            }
            return Ok(String::new());
        }
        if filled.kind != FormType::Submit {
            return Err(StanzaCondition::BadRequest.into());
        }
        let before = iq.xmpp.hub.look_at(id, Setup::of).await?;
        let mut change = wanted(&before, &filled)?;
        if is_unfinished {
            let intended = setup(&iq, id).await?.settings;
            change.open = change
                .open
                .or(flag(&filled, "muc#roomconfig_membersonly").is_none().then_some(intended.open));
            change.listed = change
                .listed
                .or(flag(&filled, "muc#roomconfig_publicroom").is_none().then_some(intended.listed));
        }
        if change != SettingsChange::default() {
            iq.xmpp.hub.change_settings(iq.seat.caller, id, change).await?;
        }
        if is_unfinished {
            let head = iq.xmpp.hub.look_at(id, |state| state.head).await?;
            iq.xmpp.in_room(id, |room| (room.locked_by, room.set_up_until) = (None, head));
        }
        Ok(String::new())
    }
    .boxed()
}

/// The settings that differ; fields that were left out stay as they are.
///
/// # Differs
/// Real addresses are seen by everybody, also when the form asks for something else: programs ask for it in
/// every public room and would not make it at all. Who enters is told (status 100). How many a room takes is
/// for the whole server to say; another number is not looked at.
fn wanted(setup: &Setup, filled: &Form) -> Result<SettingsChange, Refused> {
    let settings = &setup.settings;
    if flag(filled, "muc#roomconfig_passwordprotectedroom") == Some(true) {
        return Err(not_here("rooms here have members, no passwords"));
    }
    let text = |name, now: &str| filled.value(name).filter(|text| *text != now).map(str::to_owned);
    let changed = |name, now| flag(filled, name).filter(|is_on| *is_on != now);
    let name = text("muc#roomconfig_roomname", &settings.name).filter(|name| !name.trim().is_empty());
    Ok(SettingsChange {
        name,
        topic: text("muc#roomconfig_roomdesc", &settings.topic),
        listed: changed("muc#roomconfig_publicroom", settings.listed),
        open: changed("muc#roomconfig_membersonly", !settings.open).map(|members_only| !members_only),
        permissions: permissions(setup, filled),
        ..SettingsChange::default()
    })
}

fn permissions(setup: &Setup, filled: &Form) -> Option<BTreeMap<Permission, Role>> {
    let before = &setup.settings.permissions;
    let mut after = before.clone();
    if setup.kind == Kind::Group {
        match flag(filled, "muc#roomconfig_moderatedroom") {
            Some(true) => drop(after.entry(Permission::Post).or_insert(Role::Member)),
            Some(false) if setup.is_moderated => drop(after.remove(&Permission::Post)),
            _ => {}
        }
    }
    let members_too = [
        ("muc#roomconfig_allowinvites", Permission::Invite, setup.who_invites),
        ("muc#roomconfig_changesubject", Permission::Settings, setup.who_changes_subject),
    ];
    for (field, permission, now) in members_too {
        match flag(filled, field) {
            Some(true) if now > Role::Member => drop(after.insert(permission, Role::Member)),
            Some(false) if now <= Role::Member => drop(after.insert(permission, Role::Moderator)),
            _ => {}
        }
    }
    (after != *before).then_some(after)
}

/// Whether a field is on; `None` when it was left out.
fn flag(form: &Form, name: &str) -> Option<bool> {
    form.find(name)?.boolean()
}

fn not_here(why: &str) -> Refused {
    Refused::from(StanzaCondition::NotAcceptable).text(why)
}

async fn destroy(iq: &Iq<'_>, id: ConversationId, destroy: &Element) -> Result<(), Refused> {
    let mut xml = Writer::new();
    xml.start("destroy").attribute_if("jid", destroy.attribute("jid"));
    if let Some(reason) = destroy.text_of(OWNER, "reason") {
        xml.text_element("reason", &reason);
    }
    let ending = xml.finish();
    iq.xmpp.in_room(id, |room| room.ending = Some(ending));
    iq.xmpp.hub.destroy_conversation(iq.seat.caller, id).await?;
    // Everybody here is told before the one who asked for it.
    iq.xmpp.in_room(id, end);
    Ok(())
}

async fn check_owner(iq: &Iq<'_>, id: ConversationId) -> Result<(), Refused> {
    let own = iq.xmpp.hub.look_at(id, |state| Affiliation::of(state, iq.seat.caller.who)).await?;
    if own == Affiliation::Owner { Ok(()) } else { Err(StanzaCondition::Forbidden.into()) }
}
