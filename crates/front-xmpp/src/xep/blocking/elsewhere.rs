//! What somebody blocks that is nobody: other servers, single resources there, and addresses of this server
//! without an account. They are kept for the day on which something comes from there.

use super::{BLOCKING, set, write_items};
use crate::{address::Entity, deliver::relay_xml, errors::Refused, iq::Iq, pubsub::node::Pep};
use parlance_hub::{
    ports::{Items, NodeError},
    usecase::NewItem,
};
use parlance_xmpp::{Jid, StanzaCondition, write::Writer};

/// Nobody but the owner reads the node, and nobody is told of it.
const CONFIG: &str = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#;
/// Most addresses.
const ADDRESSES_MAX: usize = 1_000;

/// The addresses, those blocked first before the others.
pub(super) async fn addresses(pep: &Pep<'_>) -> Result<Vec<String>, Refused> {
    match pep.nodes().items(BLOCKING, Items::Before(None, ADDRESSES_MAX)).await {
        Err(NodeError::NoNode) => Ok(Vec::new()),
        other => Ok(other?.into_iter().map(|item| item.id).collect()),
    }
}

/// Takes blocks of people on other servers over to the contacts. They stood here before such people were known.
pub(super) async fn move_to_contacts(iq: &Iq<'_>) -> Result<(), Refused> {
    let pep = Pep::of(iq.xmpp, iq.seat);
    for text in addresses(&pep).await? {
        let Ok(jid) = Jid::parse(&text) else { continue };
        if iq.xmpp.entity(&jid) != Entity::Remote || jid.local().is_none() || jid.resource().is_some() {
            continue;
        }
        let address = crate::elsewhere::address(&jid)?;
        let who = iq.xmpp.hub.meet_elsewhere(&address, iq.seat.caller.who).await?.id;
        set(iq, who, true).await?;
        pep.nodes().retract(BLOCKING, &[text]).await?;
    }
    Ok(())
}

pub(super) async fn block(iq: &Iq<'_>, addresses: Vec<String>) -> Result<(), Refused> {
    if addresses.is_empty() {
        return Ok(());
    }
    let pep = Pep::of(iq.xmpp, iq.seat);
    if self::addresses(&pep).await?.len() + addresses.len() > ADDRESSES_MAX {
        return Err(Refused::from(StanzaCondition::ResourceConstraint).text("so many blocks are not kept"));
    }
    for id in addresses.clone() {
        let item =
            NewItem { config: CONFIG.to_owned(), id, payload: String::new(), items_max: ADDRESSES_MAX };
        pep.nodes().publish(pep.owner, BLOCKING, item).await?;
    }
    push(iq, "block", &addresses);
    Ok(())
}

pub(super) async fn unblock(iq: &Iq<'_>, addresses: Vec<String>) -> Result<(), Refused> {
    match Pep::of(iq.xmpp, iq.seat).nodes().retract(BLOCKING, &addresses).await {
        Err(NodeError::NoNode) => {}
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => push(iq, "unblock", &gone),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// # Source
/// XEP-0191 sections 3.3 and 3.4.
fn push(iq: &Iq<'_>, what: &'static str, addresses: &[String]) {
    for seat in iq.xmpp.seats.of(iq.seat.caller.who) {
        if !seat.with(|state| state.wants_blocks) {
            continue;
        }
        let mut xml = Writer::new();
        xml.start("iq")
            .attribute("type", "set")
            .attribute("id", &format!("block-{:016x}", rand::random::<u64>()));
        xml.attribute("to", &seat.full).start(what).namespace(BLOCKING);
        write_items(&mut xml, addresses);
        if let Err(refused) = relay_xml(iq.xmpp, &seat, xml.finish()) {
            tracing::debug!(?refused, "a client reads its list of blocks again when it is back");
        }
    }
}
