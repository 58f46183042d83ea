//! Requests: one table says who answers what.

use crate::{
    address::Entity,
    context::Xmpp,
    deliver::relay_to,
    elsewhere,
    errors::Refused,
    muc, pubsub,
    seat::Seat,
    stanza::{Outgoing, refusal, result},
    xep,
};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use parlance_xmpp::{Element, Jid, Stanza, StanzaCondition};
use std::sync::Arc;

/// What an answer takes: XML to put into the result.
pub(crate) type Answer = Result<String, Refused>;

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The server.
    Server,
    /// The account that asks.
    Own,
    /// Another account of this server.
    Other,
    /// The service of groups.
    Groups,
    /// A group.
    Room,
}

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// To know something.
    Get,
    /// To change something.
    Set,
}

/// A request of somebody who is signed in.
pub(crate) struct Iq<'a> {
    pub(crate) xmpp: &'a Arc<Xmpp>,
    pub(crate) seat: &'a Arc<Seat>,
    /// The one element it holds.
    pub(crate) payload: Element,
    /// The address it is for; the own bare one when it named none.
    pub(crate) to: Jid,
    /// What its sender is told before the answer.
    pub(crate) outbox: &'a Mutex<Vec<Outgoing>>,
}

/// Who answers what. The payload is known by its namespace and name.
pub(crate) struct Handler {
    pub(crate) at: At,
    pub(crate) wants: Wants,
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) answer: for<'a> fn(Iq<'a>) -> BoxFuture<'a, Answer>,
}

/// Deals with a request; what its sender is told.
pub(crate) async fn handle(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, stanza: Stanza<'_>) -> Vec<Outgoing> {
    let wants = match stanza.attribute("type").as_deref() {
        Some("get") => Some(Wants::Get),
        Some("set") => Some(Wants::Set),
        Some("result" | "error") => None,
        _ => return vec![refusal(&stanza, &seat.full, &StanzaCondition::BadRequest.into()).into()],
    };
    if wants.is_none()
        && let Some(told) = pubsub::on_answer(xmpp, seat, &stanza).await
    {
        return told;
    }
    let outbox = Mutex::default();
    let answer = match (route(xmpp, seat, stanza, wants, &outbox).await, wants) {
        (_, None) | (Ok(None), _) => return Vec::new(),
        (Ok(Some(payload)), Some(_)) => result(&stanza, &seat.full, &payload),
        (Err(refused), Some(_)) => refusal(&stanza, &seat.full, &refused),
    };
    let mut told = outbox.into_inner();
    told.extend(muc::in_order(xmpp, seat, &stanza, answer.into()));
    told
}

/// The payload of the answer; `None` when somebody else answers.
///
/// # Source
/// RFC 6120 section 10.3 and 10.5, RFC 6121 section 8.5.
async fn route(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    wants: Option<Wants>,
    outbox: &Mutex<Vec<Outgoing>>,
) -> Result<Option<String>, Refused> {
    if stanza.attribute("id").is_none() {
        return Err(StanzaCondition::BadRequest.into());
    }
    let to = stanza.attribute("to").unwrap_or_else(|| seat.bare.as_str().into());
    let to = Jid::parse(&to).map_err(|_| StanzaCondition::JidMalformed)?;
    let at = match xmpp.entity(&to) {
        Entity::Server => At::Server,
        Entity::Account(address) if address.as_str() == seat.bare => At::Own,
        Entity::Account(_) => At::Other,
        Entity::Groups => At::Groups,
        Entity::Room(_) => At::Room,
        Entity::Occupant(room, nick) => {
            return muc::occupant_iq(xmpp, seat, &stanza, (room, nick), wants).await;
        }
        Entity::Nobody => return Err(StanzaCondition::ServiceUnavailable.into()),
        Entity::Remote => {
            elsewhere::pass(xmpp, seat, &stanza, &to).await?;
            return Ok(None);
        }
        Entity::Resource(address, resource) => {
            let who = xmpp.hub.person_at(address.as_str()).await?.id;
            xep::blocking::check(xmpp, seat, who).await?;
            relay_to(xmpp, seat, &stanza, who, Some(resource))?;
            return Ok(None);
        }
    };
    let Some(wants) = wants else { return Ok(None) };
    let mut children = stanza.children();
    let (Some(child), None) = (children.next(), children.next()) else {
        return Err(StanzaCondition::BadRequest.into());
    };
    let handlers = xep::HANDLERS.iter().chain(muc::HANDLERS).flat_map(|handlers| handlers.iter());
    let known: Vec<_> = handlers.filter(|it| it.at == at && child.namespace() == it.namespace).collect();
    let handler = known.iter().find(|it| it.name == child.name() && it.wants == wants);
    let handler = handler.ok_or_else(|| not_answered(&known, child.name()))?;
    (handler.answer)(Iq { xmpp, seat, payload: child.parse(), to, outbox }).await.map(Some)
}

/// Nobody answers an element of this name in a namespace with these handlers.
///
/// # Source
/// RFC 6120 section 8.3.3.3: who knows the namespace but not the name says so.
fn not_answered(known: &[&Handler], name: &str) -> StanzaCondition {
    let is_only_the_name = !known.is_empty() && known.iter().all(|it| it.name != name);
    if is_only_the_name {
        StanzaCondition::FeatureNotImplemented
    } else {
        StanzaCondition::ServiceUnavailable
    }
}

#[cfg(test)]
mod tests {
    use crate::stage::Stage;

    /// XEP-0441 (0.2.0) section 2.1: this is how a server says that archiving is not up to its users.
    #[tokio::test]
    async fn an_unknown_name_in_a_known_namespace_is_told_from_an_unknown_namespace() {
        let stage = Stage::new().await;
        let mut romeo = stage.client("romeo").await;
        romeo.send("<iq type='get' id='p'><prefs xmlns='urn:xmpp:mam:2'/></iq>").await;
        romeo.sees(&["id='p'", "type='error'", "<feature-not-implemented"]).await;
        romeo.send("<iq type='get' id='u'><query xmlns='urn:example:unheard'/></iq>").await;
        romeo.sees(&["id='u'", "type='error'", "<service-unavailable"]).await;
    }

    #[tokio::test]
    async fn the_server_names_the_nodes_of_accounts_for_programs_that_ask_it() {
        let stage = Stage::new().await;
        let mut romeo = stage.client("romeo").await;
        let get = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
        romeo.send(&format!("<iq type='get' id='d' to='example.org'>{get}</iq>")).await;
        let info = romeo.sees(&["id='d'", "category='server' type='im'"]).await;
        assert!(info.contains("category='pubsub' type='pep'"), "{info}");
        assert!(info.contains("var='http://jabber.org/protocol/pubsub'"), "{info}");
        assert!(!info.contains("urn:xmpp:bookmarks"), "{info}");
    }
}
