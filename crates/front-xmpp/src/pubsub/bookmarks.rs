//! XEP-0402: PEP Native Bookmarks (1.2.0): the groups and channels that somebody is in, and what they
//! bookmarked besides.
//!
//! A group is among the bookmarks because one is in it, without anybody publishing anything. An item of
//! one's own for it stands in its place. Taking away a bookmark of a group leaves a mark that hides it: one
//! stays a member.

use super::{
    config::NodeConfig,
    node::{Draft, Pep, published, retracted},
    notification_settings::{self, with_level},
    notify, xml,
};
use crate::{context::Xmpp, errors::Refused, seat::Seat, stanza::Outgoing};
use parlance_core::{
    account::AccountChange,
    event::{Content, Event, MembershipChange},
    id::ConversationId,
};
use parlance_hub::{
    Caller,
    ports::{Item, Items, MembershipRow, NodeError},
    usecase::{NODE_ITEMS_MAX, NewItem},
};
use parlance_xmpp::{Element, StanzaCondition, write::Writer};
use std::sync::Arc;

/// The node, the namespace of its items at the same time.
pub(crate) const NODE: &str = "urn:xmpp:bookmarks:1";
/// Bookmarks as they were before.
pub(crate) const STORAGE: &str = "storage:bookmarks";
/// Most groups that are looked at.
const GROUPS_MAX: usize = 5_000;
/// What hides the bookmark of a group.
pub(crate) const HIDDEN: &str = "";

/// The bookmarks of the one who asks.
pub(super) async fn items(pep: &Pep<'_>, caller: Caller) -> Result<Vec<Item>, Refused> {
    let mut items = kept(pep).await?;
    let mut derived = Vec::new();
    let nick = pep.xmpp.hub.person(pep.owner).await?.display_name.clone();
    for row in pep.xmpp.hub.memberships(caller, GROUPS_MAX).await? {
        if !row.kind.has_members_to_manage() {
            continue;
        }
        let id = pep.xmpp.hub.address_of(row.conversation).await?;
        match items.iter_mut().find(|item| item.id == id) {
            Some(item) if item.payload == HIDDEN => {}
            Some(item) => item.payload = with_level(&item.payload, row.preferences),
            None => {
                let payload = with_level(&conference(&row.settings.name, true, &nick), row.preferences);
                derived.push(Item { id, place: 0, payload, publisher: pep.owner, at: row.changed_at });
            }
        }
    }
    items.retain(|item| item.payload != HIDDEN);
    items.splice(..0, derived);
    Ok(items)
}

/// What was published, and what hides groups.
async fn kept(pep: &Pep<'_>) -> Result<Vec<Item>, Refused> {
    match pep.nodes().items(NODE, Items::Before(None, NODE_ITEMS_MAX)).await {
        Err(NodeError::NoNode) => Ok(Vec::new()),
        other => Ok(other?),
    }
}

async fn kept_one(pep: &Pep<'_>, id: &str) -> Result<Option<Item>, Refused> {
    match pep.nodes().items(NODE, Items::Named(vec![id.to_owned()])).await {
        Err(NodeError::NoNode) => Ok(None),
        other => Ok(other?.pop()),
    }
}

/// # Source
/// XEP-0402 (1.2.0) section 3.
fn conference(name: &str, autojoin: bool, nick: &str) -> String {
    let mut xml = Writer::new();
    xml.start("conference").namespace(NODE);
    xml.attribute_if("name", Some(name).filter(|name| !name.is_empty()));
    xml.attribute("autojoin", if autojoin { "true" } else { "false" });
    if !nick.is_empty() {
        xml.text_element("nick", nick);
    }
    xml.finish()
}

/// Takes a bookmark away. Nobody leaves a group by that.
pub(super) async fn retract(
    pep: &Pep<'_>,
    caller: Caller,
    config: &NodeConfig,
    id: &str,
) -> Result<(), Refused> {
    if items(pep, caller).await?.iter().all(|item| item.id != id) {
        return Err(StanzaCondition::ItemNotFound.into());
    }
    if membership(pep, caller, id).await?.is_some() {
        let (config, payload) = (config.keep(), HIDDEN.to_owned());
        let item = NewItem { config, id: id.to_owned(), payload, items_max: NODE_ITEMS_MAX };
        pep.nodes().publish(pep.owner, NODE, item).await?;
    } else {
        pep.nodes().retract(NODE, &[id.to_owned()]).await?;
    }
    Ok(())
}

/// The group of an address, for a member of it.
async fn membership(pep: &Pep<'_>, caller: Caller, address: &str) -> Result<Option<MembershipRow>, Refused> {
    let Some((name, domain)) = address.split_once('@') else { return Ok(None) };
    if domain != pep.xmpp.settings.groups_domain {
        return Ok(None);
    }
    let Some(conversation) = pep.xmpp.hub.conversation_named(name).await? else { return Ok(None) };
    Ok(pep.xmpp.hub.conversation(caller, conversation).await.ok().map(|found| found.row))
}

/// Takes over what a bookmark that is published says about notifications. One that says nothing changes nothing,
/// and gets what holds.
pub(super) async fn take_level(
    pep: &Pep<'_>,
    caller: Caller,
    id: &str,
    payload: String,
) -> Result<String, Refused> {
    let Some(row) = membership(pep, caller, id).await? else { return Ok(payload) };
    let said = xml::read(&payload).and_then(|conference| notification_settings::read(&conference));
    let Some(level) = said else { return Ok(with_level(&payload, row.preferences)) };
    pep.xmpp.hub.change_preferences(caller, row.conversation, level.change()).await?;
    Ok(payload)
}

/// Tells a client that its owner wants to be notified of other things in a group than before. What one of their
/// clients of XMPP said was told when it was published.
pub(crate) async fn level_news(xmpp: &Arc<Xmpp>, seat: &Seat, event: &Event) -> Option<Outgoing> {
    let Content::Account(AccountChange::Preferences { conversation, .. }) = &event.content else {
        return None;
    };
    let is_published =
        xmpp.seats.of(seat.caller.who).iter().any(|seat| Some(seat.caller.device) == event.device);
    if is_published || !notify::wants(seat, NODE) {
        return None;
    }
    let pep = Pep::of(xmpp, seat);
    let id = xmpp.hub.address_of(*conversation).await.ok()?;
    let item = items(&pep, seat.caller).await.ok()?.into_iter().find(|item| item.id == id)?;
    let event = published(NODE, &id, &item.payload);
    Some(notify::message(&pep.address, &seat.full, "headline", &event, "").into())
}

/// Tells a client of a change of its owner's membership.
pub(crate) async fn news(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    conversation: ConversationId,
    change: MembershipChange,
) -> Option<Outgoing> {
    if !notify::wants(seat, NODE) {
        return None;
    }
    match told(xmpp, seat, conversation, change).await {
        Ok(news) => news,
        Err(refused) => {
            tracing::warn!(?refused, "a bookmark could not be read");
            None
        }
    }
}

async fn told(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    conversation: ConversationId,
    change: MembershipChange,
) -> Result<Option<Outgoing>, Refused> {
    let pep = Pep::of(xmpp, seat);
    let id = xmpp.hub.address_of(conversation).await?;
    let own = kept_one(&pep, &id).await?;
    if own.as_ref().is_some_and(|item| item.payload != HIDDEN) {
        return Ok(None);
    }
    let event = match change {
        MembershipChange::Joined(_) => {
            if own.is_some() {
                pep.nodes().retract(NODE, std::slice::from_ref(&id)).await?;
            }
            let Ok(found) = xmpp.hub.conversation(seat.caller, conversation).await else { return Ok(None) };
            let nick = xmpp.hub.person(pep.owner).await?.display_name.clone();
            published(NODE, &id, &conference(&found.row.settings.name, true, &nick))
        }
        MembershipChange::Left | MembershipChange::Removed | MembershipChange::Banned => retracted(NODE, &id),
        _ => return Ok(None),
    };
    Ok(Some(notify::message(&pep.address, &seat.full, "headline", &event, "").into()))
}

/// The bookmarks as they were before.
///
/// # Source
/// XEP-0048 (1.2) section 3; XEP-0411 (1.1.0) section 2.
pub(crate) async fn as_storage(pep: &Pep<'_>, caller: Caller) -> Result<String, Refused> {
    let items = items(pep, caller).await?;
    let mut out = Writer::new();
    out.start("storage").namespace(STORAGE);
    for item in &items {
        let Some(element) = xml::read(&item.payload) else { continue };
        out.start("conference").attribute("jid", &item.id);
        out.attribute_if("name", element.attribute("name"));
        out.attribute("autojoin", if is_autojoin(&element) { "true" } else { "false" });
        for name in ["nick", "password"] {
            if let Some(text) = element.text_of(NODE, name) {
                out.text_element(name, &text);
            }
        }
        out.end();
    }
    Ok(out.finish())
}

/// Takes over bookmarks as they were before: those that are not among them go.
///
/// # Source
/// XEP-0411 (1.1.0) section 2.
pub(crate) async fn take_storage(pep: &Pep<'_>, caller: Caller, storage: &Element) -> Result<(), Refused> {
    let before = items(pep, caller).await?;
    let wanted: Vec<_> = storage.children().filter(|child| child.is(STORAGE, "conference")).collect();
    let jid_of = |conference: &Element| conference.attribute("jid").map(str::to_owned);
    for conference in &wanted {
        let Some(id) = jid_of(conference) else { continue };
        let known = before.iter().find(|item| item.id == id);
        let payload = converted(conference, known.and_then(|item| xml::read(&item.payload)).as_ref());
        if known.is_none_or(|item| item.payload != payload) {
            pep.publish(caller, NODE, Draft { id: Some(id), payload }, None).await?;
        }
    }
    for item in before {
        if wanted.iter().all(|conference| jid_of(conference).as_ref() != Some(&item.id)) {
            pep.retract(caller, NODE, &item.id, true).await?;
        }
    }
    Ok(())
}

/// A bookmark as it is now; what only the new kind has is kept.
fn converted(conference: &Element, before: Option<&Element>) -> String {
    let mut out = Writer::new();
    out.start("conference").namespace(NODE);
    out.attribute_if("name", conference.attribute("name").filter(|name| !name.is_empty()));
    out.attribute("autojoin", if is_autojoin(conference) { "true" } else { "false" });
    for name in ["nick", "password"] {
        if let Some(text) = conference.text_of(STORAGE, name).filter(|text| !text.is_empty()) {
            out.text_element(name, &text);
        }
    }
    if let Some(extensions) = before.and_then(|before| before.child(NODE, "extensions")) {
        out.raw(&xml::standalone(extensions));
    }
    out.finish()
}

fn is_autojoin(conference: &Element) -> bool {
    matches!(conference.attribute("autojoin"), Some("1" | "true"))
}
