//! Requests about nodes.

use super::{
    PUBSUB,
    access::veil,
    config::{NODE_CONFIG, NodeConfig},
    errors::Condition,
    node::{Draft, Pep},
    xml::standalone,
};
use crate::{
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    payload::FRONT,
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_hub::{
    live::Relay,
    ports::{Item, Items, NodeOwner, NodeRow},
};
use parlance_xmpp::{
    Element, StanzaCondition,
    forms::{Form, FormType},
    jid::Jid,
    ns,
    paging::{PageRequest, PageResult, Position},
    write::Writer,
};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: PUBSUB, name: "pubsub", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: PUBSUB, name: "pubsub", answer: set },
    Handler { at: At::Other, wants: Wants::Get, namespace: PUBSUB, name: "pubsub", answer: get },
    Handler { at: At::Other, wants: Wants::Set, namespace: PUBSUB, name: "pubsub", answer: set },
];

/// Most items in one answer.
const ITEMS_MAX: usize = 500;
/// Most bytes of items in one answer, unless there is only one.
const ITEMS_BYTES_MAX: usize = 1 << 20;
/// Most items that one request publishes or retracts.
const BATCH_MAX: usize = 100;

fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let request = iq.payload.children().find(|child| child.namespace() == PUBSUB);
        let request = request.ok_or(StanzaCondition::BadRequest)?;
        let pep = Pep::asked(&iq).await?;
        let answer = match request.name() {
            "items" => items(&pep, &iq, request).await,
            "subscriptions" => subscriptions(&pep, &iq, request).await,
            "affiliations" => affiliations(&pep, &iq).await,
            "default" if pep.owner == iq.seat.caller.who => Ok(usual_config()),
            _ => Err(StanzaCondition::FeatureNotImplemented.into()),
        };
        veil(iq.xmpp, pep.owner, iq.seat.caller.who, answer).await
    }
    .boxed()
}

fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let request = iq.payload.children().find(|child| child.namespace() == PUBSUB);
        let request = request.ok_or(StanzaCondition::BadRequest)?;
        let is_owner = iq.to.bare() == iq.seat.bare;
        if matches!(request.name(), "publish" | "retract" | "create") && !is_owner {
            return Err(StanzaCondition::Forbidden.into());
        }
        let pep = Pep::asked(&iq).await?;
        let answer = match request.name() {
            "publish" => publish(&pep, &iq, request).await,
            "retract" => retract(&pep, &iq, request).await,
            "create" => create(&pep, &iq, request).await,
            "subscribe" => subscribe(&pep, &iq, request).await,
            "unsubscribe" => unsubscribe(&pep, &iq, request).await,
            _ => Err(StanzaCondition::FeatureNotImplemented.into()),
        };
        veil(iq.xmpp, pep.owner, iq.seat.caller.who, answer).await
    }
    .boxed()
}

/// The node that a request names.
pub(super) fn node_of(request: &Element) -> Result<&str, Refused> {
    let node = request.attribute("node").filter(|node| !node.is_empty());
    Ok(node.ok_or(Condition::NodeIdRequired)?)
}

/// # Source
/// XEP-0060 (1.26.0) section 6.5.
async fn items(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    pep.readable(node, iq.seat).await?;
    let caller = iq.seat.caller;
    let ids: Vec<_> = ids_of(request).map(str::to_owned).collect();
    if !ids.is_empty() {
        let items = pep.items(caller, node, Items::Named(ids)).await?;
        return Ok(write_items(node, &items, None));
    }
    let most = request.attribute("max_items").map(str::parse::<usize>).transpose();
    let most = most.map_err(|_| StanzaCondition::BadRequest)?.unwrap_or(ITEMS_MAX).min(ITEMS_MAX);
    let page = iq.payload.child(ns::RSM, "set").map(PageRequest::read).transpose();
    let page = page.map_err(|_| StanzaCondition::BadRequest)?;
    let most = page.as_ref().and_then(|page| page.max).map_or(most, |max| most.min(max as usize));
    let which = match page.as_ref().map(|page| &page.position) {
        None | Some(Position::End) => Items::Before(None, most),
        Some(Position::Start) => Items::After(0, most),
        Some(Position::After(id, _)) => Items::After(place_of(pep, iq, node, id).await?, most),
        Some(Position::Before(id)) => Items::Before(Some(place_of(pep, iq, node, id).await?), most),
        Some(Position::Index(_)) => return Err(StanzaCondition::FeatureNotImplemented.into()),
    };
    let is_newest_first = matches!(which, Items::Before(..));
    let mut items = pep.items(caller, node, which).await?;
    fit(&mut items, is_newest_first);
    let count = pep.nodes().find(node).await?.map_or(items.len(), |row| row.items_count.max(items.len()));
    let is_page = page.is_some() || items.len() < count && request.attribute("max_items").is_none();
    Ok(write_items(node, &items, is_page.then_some(count)))
}

/// Leaves out what is too much for one answer.
fn fit(items: &mut Vec<Item>, is_newest_first: bool) {
    let mut room = ITEMS_BYTES_MAX;
    let mut takes = |item: &Item| {
        let fits = item.payload.len() <= room;
        room = room.saturating_sub(item.payload.len());
        fits
    };
    if is_newest_first {
        let kept = items.iter().rev().take_while(|item| takes(item)).count().max(1);
        items.drain(..items.len().saturating_sub(kept));
    } else {
        let kept = items.iter().take_while(|item| takes(item)).count().max(1);
        items.truncate(kept);
    }
}

async fn place_of(pep: &Pep<'_>, iq: &Iq<'_>, node: &str, id: &str) -> Result<u64, Refused> {
    let found = pep.items(iq.seat.caller, node, Items::Named(vec![id.to_owned()])).await?;
    Ok(found.first().ok_or(StanzaCondition::ItemNotFound)?.place)
}

fn write_items(node: &str, items: &[Item], count: Option<usize>) -> String {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("items").attribute("node", node);
    for item in items {
        xml.start("item").attribute("id", &item.id).raw(&item.payload).end();
    }
    xml.end();
    if let Some(count) = count {
        let (first, last) = (items.first(), items.last());
        let page = PageResult {
            first: first.map(|item| item.id.as_str()),
            index: None,
            last: last.map(|item| item.id.as_str()),
            count: Some(count as u64),
        };
        page.write(&mut xml);
    }
    xml.finish()
}

fn ids_of(request: &Element) -> impl Iterator<Item = &str> {
    let items = request.children().filter(|child| child.is(PUBSUB, "item"));
    items.filter_map(|item| item.attribute("id")).take(BATCH_MAX)
}

/// # Source
/// XEP-0060 (1.26.0) section 7.1.
async fn publish(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    let options = match iq.payload.child(PUBSUB, "publish-options") {
        Some(options) => read_form(options)?,
        None => None,
    };
    let drafts: Vec<_> = request.children().filter(|child| child.is(PUBSUB, "item")).collect();
    if drafts.is_empty() {
        return Err(Condition::ItemRequired.into());
    }
    if drafts.len() > BATCH_MAX {
        return Err(StanzaCondition::PolicyViolation.into());
    }
    let drafts = drafts.into_iter().map(draft).collect::<Result<Vec<_>, _>>()?;
    let mut ids = Vec::with_capacity(drafts.len());
    for draft in drafts {
        ids.push(pep.publish(iq.seat.caller, node, draft, options.as_ref()).await?);
    }
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("publish").attribute("node", node);
    for id in &ids {
        xml.start("item").attribute("id", id).end();
    }
    Ok(xml.finish())
}

fn draft(item: &Element) -> Result<Draft, Refused> {
    let mut payloads = item.children();
    let payload = payloads.next().ok_or(Condition::PayloadRequired)?;
    if payloads.next().is_some() {
        return Err(Condition::InvalidPayload.into());
    }
    let id = item.attribute("id").filter(|id| !id.is_empty()).map(str::to_owned);
    Ok(Draft { id, payload: standalone(payload) })
}

/// The form in an element, unless it was cancelled.
pub(super) fn read_form(around: &Element) -> Result<Option<Form>, Refused> {
    let Some(form) = around.child(ns::FORMS, "x") else { return Ok(None) };
    let form = Form::read(form).map_err(|_| StanzaCondition::BadRequest)?;
    Ok(Some(form).filter(|form| form.kind == FormType::Submit))
}

/// # Source
/// XEP-0060 (1.26.0) section 7.2.
async fn retract(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    let notifies = matches!(request.attribute("notify"), Some("1" | "true"));
    let ids: Vec<_> = ids_of(request).collect();
    if ids.is_empty() {
        return Err(Condition::ItemRequired.into());
    }
    for id in ids {
        pep.retract(iq.seat.caller, node, id, notifies).await?;
    }
    Ok(String::new())
}

/// # Source
/// XEP-0060 (1.26.0) section 8.1.
async fn create(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let named = request.attribute("node").filter(|node| !node.is_empty());
    let node = named.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
    let mut config = NodeConfig::usual(&node);
    if let Some(configure) = iq.payload.child(PUBSUB, "configure")
        && let Some(form) = read_form(configure)?
    {
        config.apply(&form)?;
    }
    pep.nodes().create(&node, &config.keep()).await?;
    if named.is_some() {
        return Ok(String::new());
    }
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("create").attribute("node", &node);
    Ok(xml.finish())
}

/// # Source
/// XEP-0060 (1.26.0) section 6.1.
async fn subscribe(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    check_is_own(iq, request)?;
    let config = pep.readable(node, iq.seat).await?;
    pep.nodes().subscribe(node, &iq.seat.bare).await?;
    if let Some(item) = pep.last(node).await? {
        let xml = super::notify::last(pep, &iq.seat.full, &config, node, &item);
        let relay = Relay { front: FRONT, payload: xml.into() };
        iq.xmpp.hub.relay(iq.seat.caller.who, Some(iq.seat.line), &relay)?;
    }
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB);
    write_subscription(&mut xml, node, &iq.seat.bare);
    Ok(xml.finish())
}

/// # Source
/// XEP-0060 (1.26.0) section 6.2.
async fn unsubscribe(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    check_is_own(iq, request)?;
    match pep.nodes().unsubscribe(node, &iq.seat.bare).await? {
        true => Ok(String::new()),
        false => Err(Condition::NotSubscribed.into()),
    }
}

fn check_is_own(iq: &Iq<'_>, request: &Element) -> Result<(), Refused> {
    let jid = request.attribute("jid").and_then(|jid| Jid::parse(jid).ok());
    let is_own = jid.is_some_and(|jid| jid.bare() == iq.seat.bare);
    if is_own { Ok(()) } else { Err(Condition::InvalidJid.into()) }
}

fn write_subscription(xml: &mut Writer<'_>, node: &str, jid: &str) {
    xml.start("subscription").attribute("node", node).attribute("jid", jid);
    xml.attribute("subscription", "subscribed").end();
}

/// # Source
/// XEP-0060 (1.26.0) section 5.6.
async fn subscriptions(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("subscriptions");
    let asked = request.attribute("node");
    let mut keys = iq.xmpp.hub.node_subscriptions(&iq.seat.bare).await?;
    keys.retain(|key| {
        asked.is_none_or(|node| node == key.name) && key.owner == NodeOwner::Principal(pep.owner)
    });
    check_is_something(pep, iq, keys.len())?;
    keys.iter().for_each(|key| write_subscription(&mut xml, &key.name, &iq.seat.bare));
    Ok(xml.finish())
}

/// # Source
/// XEP-0060 (1.26.0) section 5.7.
async fn affiliations(pep: &Pep<'_>, iq: &Iq<'_>) -> Answer {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("affiliations");
    let is_owner = pep.owner == iq.seat.caller.who;
    let affiliation = if is_owner { "owner" } else { "member" };
    let is_member =
        |row: &NodeRow| NodeConfig::read(&row.config).members.iter().any(|it| *it == iq.seat.bare);
    let mut rows = pep.nodes().list().await?;
    rows.retain(|row| is_owner || is_member(row));
    check_is_something(pep, iq, rows.len())?;
    for row in rows {
        xml.start("affiliation").attribute("node", &row.key.name);
        xml.attribute("affiliation", affiliation).end();
    }
    Ok(xml.finish())
}

/// Of somebody else there is no empty list, since there is none of those who do not exist.
fn check_is_something(pep: &Pep<'_>, iq: &Iq<'_>, count: usize) -> Result<(), Refused> {
    match count == 0 && pep.owner != iq.seat.caller.who {
        true => Err(StanzaCondition::ServiceUnavailable.into()),
        false => Ok(()),
    }
}

/// # Source
/// XEP-0060 (1.26.0) section 8.3, in the namespace in which programs also ask.
fn usual_config() -> String {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB).start("default");
    NodeConfig::default().form().write(&mut xml);
    xml.finish()
}

/// What the fields of `publish-options` mean is that of a configuration.
pub(super) fn is_config(form: &Form) -> bool {
    form.form_type().is_none_or(|kind| kind == NODE_CONFIG)
}
