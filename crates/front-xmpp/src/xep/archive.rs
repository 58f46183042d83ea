//! XEP-0313: Message Archive Management (1.1.3): one's own conversations, and those of rooms.

use crate::{
    address::Entity,
    direct, elsewhere,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    muc,
    native::people_in,
    stanza::Outgoing,
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    event::{EventKind, EventKinds},
    id::{EventId, UnixMillis},
};
use parlance_hub::{
    ports::{ArchiveScope, ArchiveSide, ArchivedEvent},
    usecase::{ArchivePage, ArchiveQuery},
};
use parlance_xmpp::{
    Element, Jid, StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
    forwarded::{Delay, write_forwarded},
    ns,
    paging::{PageRequest, PageResult, Position},
    write::{Writer, format_date_time, parse_date_time},
};

pub(crate) const MAM: &str = "urn:xmpp:mam:2";
pub(crate) const EXTENDED: &str = "urn:xmpp:mam:2#extended";
/// Messages on one page at most, and where a client does not say how many.
const PAGE_MAX: usize = 250;
const PAGE_USUAL: usize = 100;

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: MAM, name: "query", answer: form },
    Handler { at: At::Own, wants: Wants::Set, namespace: MAM, name: "query", answer: query },
    Handler { at: At::Own, wants: Wants::Get, namespace: MAM, name: "metadata", answer: metadata },
    Handler { at: At::Room, wants: Wants::Get, namespace: MAM, name: "query", answer: form },
    Handler { at: At::Room, wants: Wants::Set, namespace: MAM, name: "query", answer: query },
    Handler { at: At::Room, wants: Wants::Get, namespace: MAM, name: "metadata", answer: metadata },
];

/// What can be asked for.
///
/// # Source
/// XEP-0313 section 4.1.1.
fn form(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    let single = |name| Field::new(name).kind(FieldType::TextSingle);
    let form = Form::of_type(FormType::Form, MAM)
        .field(Field::new("with").kind(FieldType::JidSingle))
        .field(single("start"))
        .field(single("end"))
        .field(single("before-id"))
        .field(single("after-id"))
        .field(Field::new("ids").kind(FieldType::ListMulti));
    let mut xml = Writer::new();
    xml.start("query").namespace(MAM);
    form.write(&mut xml);
    std::future::ready(Ok(xml.finish())).boxed()
}

/// # Source
/// XEP-0313 section 5.
fn metadata(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let scope = scope(&iq).await?;
        let ends = iq.xmpp.hub.archive_ends(iq.seat.caller, scope, kinds(scope)).await?;
        let mut xml = Writer::new();
        xml.start("metadata").namespace(MAM);
        if let Some((first, last)) = ends {
            for (name, end) in [("start", first), ("end", last)] {
                xml.start(name).attribute("id", &end.id.to_string());
                xml.attribute("timestamp", &date_time(end.at)).end();
            }
        }
        Ok(xml.finish())
    }
    .boxed()
}

/// Sends what was asked for, each message in a stanza of its own, before the answer.
///
/// # Source
/// XEP-0313 section 4.
fn query(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let scope = scope(&iq).await?;
        let asked = Asked::read(&iq, scope).await?;
        let page = match &asked.ids {
            Some(ids) => {
                let items = iq.xmpp.hub.archive_events(iq.seat.caller, scope, ids).await?;
                ArchivePage { items, is_complete: true }
            }
            None => iq.xmpp.hub.archive(iq.seat.caller, scope, asked.query).await?,
        };
        let (first, last) = (page.first(), page.last());
        let mut items = page.items;
        if asked.is_flipped {
            items.reverse();
        }
        let _ = iq.xmpp.hub.meet(items.iter().flat_map(|item| people_in(&item.folded.event))).await;
        let query_id = iq.payload.attribute("queryid");
        for item in &items {
            if let Some(stanza) = result(&iq, item, query_id).await {
                iq.outbox.lock().push(stanza);
            }
        }
        let mut xml = Writer::new();
        xml.start("fin").namespace(MAM);
        xml.attribute_if("complete", page.is_complete.then_some("true"));
        let (first, last) = (first.map(|id| id.to_string()), last.map(|id| id.to_string()));
        PageResult { first: first.as_deref(), index: None, last: last.as_deref(), count: None }
            .write(&mut xml);
        Ok(xml.finish())
    }
    .boxed()
}

/// Whose archive it is.
async fn scope(iq: &Iq<'_>) -> Result<ArchiveScope, Refused> {
    match iq.to.local().filter(|_| iq.to.domain() == iq.xmpp.settings.groups_domain) {
        None => Ok(ArchiveScope::Personal),
        Some(room) => {
            let id = iq.xmpp.hub.conversation_named(room).await?.ok_or(StanzaCondition::ItemNotFound)?;
            let is_member =
                |state: &parlance_core::conversation::State| state.members.contains_key(&iq.seat.caller.who);
            match iq.xmpp.hub.look_at(id, is_member).await? {
                true => Ok(ArchiveScope::Conversation(id)),
                false => Err(StanzaCondition::Forbidden.into()),
            }
        }
    }
}

/// What is told of in an archive; in that of a room also changes of its subject.
fn kinds(scope: ArchiveScope) -> EventKinds {
    use EventKind::{Delete, Edit, Foreign, Message, Reaction, Settings};
    match scope {
        ArchiveScope::Personal => EventKinds::of(&[Message, Edit, Delete, Reaction, Foreign]),
        ArchiveScope::Conversation(_) => {
            EventKinds::of(&[Message, Edit, Delete, Reaction, Foreign, Settings])
        }
    }
}

/// What a client asks for.
struct Asked {
    query: ArchiveQuery,
    ids: Option<Vec<EventId>>,
    is_flipped: bool,
}

impl Asked {
    async fn read(iq: &Iq<'_>, scope: ArchiveScope) -> Result<Self, Refused> {
        let payload = &iq.payload;
        let form = payload.child(ns::FORMS, "x").map(Form::read).transpose();
        let form = form.map_err(|_| StanzaCondition::BadRequest)?;
        let value = |name| form.as_ref().and_then(|form| form.value(name));
        let moment = |name| match value(name).map(parse_date_time) {
            None => Ok(None),
            Some(Some(at)) => Ok(Some(UnixMillis(u64::try_from(at).unwrap_or(0)))),
            Some(None) => Err(Refused::from(StanzaCondition::BadRequest)),
        };
        let with = match value("with") {
            None => None,
            Some(with) => Some(person(iq, with).await?),
        };
        let page = page(payload)?;
        let (page_after, page_before, side) = match &page.position {
            Position::Start => (None, None, ArchiveSide::Oldest),
            Position::After(id, behind) => (Some(id), behind.as_ref(), ArchiveSide::Oldest),
            Position::Before(id) => (None, Some(id), ArchiveSide::Newest),
            Position::End => (None, None, ArchiveSide::Newest),
            Position::Index(_) => return Err(StanzaCondition::FeatureNotImplemented.into()),
        };
        let after = bounds(value("after-id"), page_after)?;
        let before = bounds(value("before-id"), page_before)?;
        let limit = page.max.map_or(PAGE_USUAL, |max| (max as usize).min(PAGE_MAX));
        let (start, end) = (moment("start")?, moment("end")?.map(|end| through(value("end"), end)));
        let ids = form
            .as_ref()
            .and_then(|form| form.find("ids"))
            .map(|field| field.values.iter().map(|id| event(Some(id))).collect::<Result<Vec<_>, _>>());
        let ids = ids.transpose()?.map(|ids| ids.into_iter().flatten().collect());
        let query = ArchiveQuery { with, after, before, start, end, kinds: kinds(scope), side, limit };
        Ok(Self { query, ids, is_flipped: payload.child(MAM, "flip-page").is_some() })
    }
}

/// An end that names no part of a second means all of that second: clients that know only seconds ask up to
/// now, and what was said just before belongs to it.
///
/// # Source
/// XEP-0313 section 4.1.2; XEP-0082 section 3.2.
fn through(text: Option<&str>, end: UnixMillis) -> UnixMillis {
    let is_whole = text.is_some_and(|text| !text.contains('.'));
    UnixMillis(end.0.saturating_add(if is_whole { 999 } else { 0 }))
}

fn page(payload: &Element) -> Result<PageRequest, Refused> {
    match payload.child(ns::RSM, "set").map(PageRequest::read) {
        None => Ok(PageRequest { max: None, position: Position::Start }),
        Some(page) => page.map_err(|_| StanzaCondition::BadRequest.into()),
    }
}

/// The range that is asked for and the page of it both have an end.
///
/// # Source
/// XEP-0313 section 4.1.3; section 4.3 for pages.
fn bounds(of_range: Option<&str>, of_page: Option<&String>) -> Result<Vec<EventId>, Refused> {
    let ids = of_range.into_iter().chain(of_page.map(String::as_str));
    ids.filter_map(|id| event(Some(id)).transpose()).collect()
}

/// An id that no archive has is one that is not found.
fn event(id: Option<&str>) -> Result<Option<EventId>, Refused> {
    id.map(|id| id.parse().map_err(|_| StanzaCondition::ItemNotFound.into())).transpose()
}

async fn person(iq: &Iq<'_>, address: &str) -> Result<parlance_core::id::PrincipalId, Refused> {
    let jid = Jid::parse(address).map_err(|_| StanzaCondition::BadRequest)?;
    let found = match iq.xmpp.entity(&jid) {
        Entity::Remote => iq.xmpp.hub.person_elsewhere(&elsewhere::address(&jid)?).await?,
        _ => iq.xmpp.hub.person_at(jid.bare()).await.ok(),
    };
    Ok(found.ok_or(StanzaCondition::ItemNotFound)?.id)
}

/// One message of an archive.
///
/// # Source
/// XEP-0313 section 4.2.
async fn result(iq: &Iq<'_>, item: &ArchivedEvent, query_id: Option<&str>) -> Option<Outgoing> {
    let event = &item.folded.event;
    let is_room = iq.to.domain() == iq.xmpp.settings.groups_domain;
    let stanza = match is_room {
        false => direct::stanza(iq.xmpp, iq.seat, event, None, None).await?,
        true => muc::archived(iq.xmpp, iq.seat, iq.to.bare(), event).await?,
    };
    let mut xml = Writer::new();
    xml.start("message").attribute("from", iq.to.bare()).attribute("to", &iq.seat.full);
    xml.start("result").namespace(MAM).attribute_if("queryid", query_id);
    xml.attribute("id", &event.id.to_string());
    let delay = Delay { unix_ms: i64::try_from(event.said_at().0).unwrap_or(i64::MAX), from: None };
    write_forwarded(Some(&delay), &direct::standalone(&stanza), &mut xml);
    Some(xml.finish().into())
}

fn date_time(at: UnixMillis) -> String {
    format_date_time(i64::try_from(at.0).unwrap_or(i64::MAX))
}
