//! Requests that only the owner of a node may make.

use super::{
    OWNER,
    config::NodeConfig,
    errors::Condition,
    node::{Pep, is_derived},
    notify::{self, News},
    requests::{is_config, node_of, read_form},
};
use crate::{
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::{BareJid, Element, StanzaCondition, write::Writer};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: OWNER, name: "pubsub", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: OWNER, name: "pubsub", answer: set },
    Handler { at: At::Other, wants: Wants::Get, namespace: OWNER, name: "pubsub", answer: forbidden },
    Handler { at: At::Other, wants: Wants::Set, namespace: OWNER, name: "pubsub", answer: forbidden },
];

/// Most people who may read one node because the owner names them.
const MEMBERS_MAX: usize = 100;

fn forbidden(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Err(StanzaCondition::Forbidden.into())).boxed()
}

fn request_of<'e>(iq: &'e Iq<'_>) -> Result<&'e Element, Refused> {
    let request = iq.payload.children().find(|child| child.namespace() == OWNER);
    Ok(request.ok_or(StanzaCondition::BadRequest)?)
}

fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::of(iq.xmpp, iq.seat);
        let request = request_of(&iq)?;
        match request.name() {
            "default" => Ok(write(|xml| {
                xml.start("default");
                NodeConfig::default().form().write(xml);
            })),
            "configure" => configuration(&pep, node_of(request)?).await,
            "affiliations" => affiliations(&pep, node_of(request)?).await,
            "subscriptions" => subscriptions(&pep, node_of(request)?).await,
            _ => Err(StanzaCondition::FeatureNotImplemented.into()),
        }
    }
    .boxed()
}

fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::of(iq.xmpp, iq.seat);
        let request = request_of(&iq)?;
        match request.name() {
            "configure" => configure(&pep, &iq, request).await,
            "delete" => delete(&pep, &iq, node_of(request)?).await,
            "purge" => purge(&pep, &iq, node_of(request)?).await,
            "affiliations" => set_affiliations(&pep, request).await,
            "subscriptions" => set_subscriptions(&pep, request).await,
            _ => Err(StanzaCondition::FeatureNotImplemented.into()),
        }
    }
    .boxed()
}

fn write(fill: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(OWNER);
    fill(&mut xml);
    xml.finish()
}

/// # Source
/// XEP-0060 (1.26.0) section 8.2.
async fn configuration(pep: &Pep<'_>, node: &str) -> Answer {
    let config = pep.config(node).await?;
    Ok(write(|xml| {
        xml.start("configure").attribute("node", node);
        config.form().write(xml);
    }))
}

/// # Source
/// XEP-0060 (1.26.0) section 8.2.4.
async fn configure(pep: &Pep<'_>, iq: &Iq<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    let mut config = pep.config(node).await?;
    if request.children().next().is_none() {
        return Err(Condition::ConfigurationRequired.into());
    }
    let Some(form) = read_form(request)?.filter(is_config) else { return Ok(String::new()) };
    config.apply(&form)?;
    keep(pep, node, &config).await?;
    if config.tells_of_configuring() {
        let event = about(node, "configuration");
        notify::tell(pep, iq.seat.caller, &News { node, config: &config, event }).await?;
    }
    Ok(String::new())
}

/// Keeps how a node is set up; one that is always there is made for it.
async fn keep(pep: &Pep<'_>, node: &str, config: &NodeConfig) -> Result<(), Refused> {
    let is_there = !is_derived(node) || pep.nodes().find(node).await?.is_some();
    match is_there {
        true => pep.nodes().configure(node, &config.keep()).await?,
        false => pep.nodes().create(node, &config.keep()).await?,
    }
    Ok(())
}

fn about(node: &str, what: &str) -> String {
    let mut xml = Writer::new();
    xml.start(what).attribute("node", node);
    xml.finish()
}

/// # Source
/// XEP-0060 (1.26.0) section 8.4.
async fn delete(pep: &Pep<'_>, iq: &Iq<'_>, node: &str) -> Answer {
    let config = pep.config(node).await?;
    let event = about(node, "delete");
    let news = News { node, config: &config, event };
    // Nobody finds anything in it any more; subscribers are known until it is gone.
    pep.nodes().purge(node).await?;
    if config.tells_of_deleting() {
        notify::tell(pep, iq.seat.caller, &news).await?;
    }
    pep.nodes().delete(node).await?;
    Ok(String::new())
}

/// # Source
/// XEP-0060 (1.26.0) section 8.5.
async fn purge(pep: &Pep<'_>, iq: &Iq<'_>, node: &str) -> Answer {
    let config = pep.config(node).await?;
    pep.nodes().purge(node).await?;
    if config.tells_of_retracting() {
        let event = about(node, "purge");
        notify::tell(pep, iq.seat.caller, &News { node, config: &config, event }).await?;
    }
    Ok(String::new())
}

/// # Source
/// XEP-0060 (1.26.0) section 8.9.1.
async fn affiliations(pep: &Pep<'_>, node: &str) -> Answer {
    let config = pep.config(node).await?;
    Ok(write(|xml| {
        xml.start("affiliations").attribute("node", node);
        let owner = std::iter::once((pep.address.as_str(), "owner"));
        let members = config.members.iter().map(|member| (member.as_str(), "member"));
        for (jid, affiliation) in owner.chain(members) {
            xml.start("affiliation").attribute("jid", jid).attribute("affiliation", affiliation).end();
        }
    }))
}

/// Names who may read a node that is for those alone.
///
/// # Source
/// XEP-0060 (1.26.0) section 8.9.2.
async fn set_affiliations(pep: &Pep<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    let mut config = pep.config(node).await?;
    for one in request.children().filter(|child| child.is(OWNER, "affiliation")) {
        let jid = one.attribute("jid").and_then(|jid| BareJid::parse(jid).ok());
        let jid = jid.ok_or(StanzaCondition::BadRequest)?.to_string();
        let is_owner = jid == pep.address;
        config.members.retain(|member| *member != jid);
        match one.attribute("affiliation") {
            Some("owner") if is_owner => {}
            Some("member") if !is_owner => config.members.push(jid),
            Some("none") if !is_owner => {}
            _ => return Err(StanzaCondition::NotAcceptable.into()),
        }
    }
    if config.members.len() > MEMBERS_MAX {
        return Err(StanzaCondition::ResourceConstraint.into());
    }
    keep(pep, node, &config).await?;
    Ok(String::new())
}

/// # Source
/// XEP-0060 (1.26.0) section 8.8.1.
async fn subscriptions(pep: &Pep<'_>, node: &str) -> Answer {
    let subscribers = pep.nodes().subscribers(node).await?;
    Ok(write(|xml| {
        xml.start("subscriptions").attribute("node", node);
        for jid in &subscribers {
            xml.start("subscription").attribute("jid", jid).attribute("subscription", "subscribed").end();
        }
    }))
}

/// Ends subscriptions of others; nobody can be subscribed by somebody else.
///
/// # Source
/// XEP-0060 (1.26.0) section 8.8.2.
async fn set_subscriptions(pep: &Pep<'_>, request: &Element) -> Answer {
    let node = node_of(request)?;
    for one in request.children().filter(|child| child.is(OWNER, "subscription")) {
        match (one.attribute("jid"), one.attribute("subscription")) {
            (Some(jid), Some("none")) => {
                pep.nodes().unsubscribe(node, jid).await?;
            }
            _ => return Err(StanzaCondition::NotAcceptable.into()),
        }
    }
    Ok(String::new())
}
