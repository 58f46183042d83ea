//! What goes to other servers, by whatever way leads there.

use crate::{
    contacts,
    context::Xmpp,
    deliver::passed_on,
    errors::Refused,
    message::{self, Message, Receiver},
    presence,
    seat::Seat,
    stanza::Outgoing,
    xep::blocking,
};
use parlance_core::{address::Address, id::PrincipalId, principal::Principal, subscription::Request};
use parlance_hub::usecase::Turn;
use parlance_xmpp::{ErrorType, Jid, Stanza, StanzaCondition};
use std::sync::Arc;

/// Whom an address of another server names, whatever resource it has.
pub(crate) fn address(jid: &Jid) -> Result<Address, Refused> {
    Address::elsewhere(jid.bare()).map_err(|_| StanzaCondition::JidMalformed.into())
}

impl Xmpp {
    /// Refuses what cannot be told to another server now.
    pub(crate) fn check_reaches(&self, to: &Jid) -> Result<(), Refused> {
        let is_known = || self.settings.components.iter().any(|known| known.domain == to.domain());
        match self.hub.has_route(to.domain()) {
            true => Ok(()),
            false if is_known() => {
                let refused = Refused::from(StanzaCondition::ServiceUnavailable).kind(ErrorType::Wait);
                Err(refused.text("the service is not connected"))
            }
            false => Err(StanzaCondition::RemoteServerNotFound.into()),
        }
    }

    /// Passes a stanza to another server as it is.
    pub(crate) fn send_elsewhere(&self, to: &Jid, xml: String) -> Result<(), Refused> {
        self.check_reaches(to)?;
        Ok(self.hub.relay_outward(to.domain(), xml.into())?)
    }

    /// Somebody on another server whom a contact names, if it is one.
    pub(crate) fn remote(&self, who: PrincipalId) -> Option<Arc<Principal>> {
        self.hub.known_person(who).filter(|person| person.is_remote())
    }

    /// Tells somebody on another server something about presence, if that server can be reached.
    pub(crate) fn tell_remote(&self, remote: &Principal, xml: String) {
        // Who could not be told asks when their server is back.
        let _ = self.hub.relay_outward(remote.address.domain(), xml.into());
    }
}

/// Passes a stanza to another server.
pub(crate) async fn pass(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    stanza: &Stanza<'_>,
    to: &Jid,
) -> Result<(), Refused> {
    xmpp.check_reaches(to)?;
    if let Some(known) = xmpp.hub.person_elsewhere(&address(to)?).await? {
        blocking::check(xmpp, seat, known.id).await?;
    }
    xmpp.send_elsewhere(to, passed_on(xmpp, seat, stanza))
}

/// A message to somebody on another server: it stands in the conversation with them, and is told from there.
pub(crate) async fn message(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    to: &Jid,
    turn: Turn,
) -> Result<(), Refused> {
    xmpp.check_reaches(to)?;
    let address = address(to)?;
    let is_said = message::says_something(&message.stanza);
    let known = match xmpp.hub.person_elsewhere(&address).await? {
        None if is_said => Some(xmpp.hub.meet_elsewhere(&address, seat.caller.who).await?),
        known => known,
    };
    let is_of_room = matches!(message.kind.as_str(), "groupchat" | "error" | "headline");
    match known.filter(|_| !is_of_room) {
        Some(known) => {
            blocking::check(xmpp, seat, known.id).await?;
            let resource = to.resource().unwrap_or_default();
            let receiver = Receiver { who: known.id, resource, elsewhere: Some(to) };
            message::tell(xmpp, seat, message, receiver, turn).await
        }
        None => pass(xmpp, seat, &message.stanza, to).await,
    }
}

/// Says something about seeing presence to somebody on another server.
///
/// # Source
/// RFC 6121 section 3.
pub(crate) async fn say(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    to: &Jid,
    request: Request,
) -> Result<Vec<Outgoing>, Refused> {
    let address = address(to)?;
    let remote = match request {
        Request::Subscribe | Request::Subscribed => {
            Some(xmpp.hub.meet_elsewhere(&address, seat.caller.who).await?)
        }
        _ => xmpp.hub.person_elsewhere(&address).await?,
    };
    let Some(remote) = remote.map(|remote| remote.id) else { return Ok(Vec::new()) };
    let (hub, caller) = (&xmpp.hub, seat.caller);
    let answer = match request {
        Request::Subscribe => hub.request_presence(caller, remote).await?,
        Request::Subscribed => hub.approve_presence(caller, remote).await?,
        Request::Unsubscribe => hub.cancel_presence(caller, remote).await?,
        Request::Unsubscribed => hub.deny_presence(caller, remote).await?,
    };
    contacts::note_watchers(xmpp, caller.who, remote, answer.subscription);
    if answer.is_told {
        xmpp.send_elsewhere(to, presence::said(request, &seat.bare, to.bare()))?;
        match request {
            Request::Subscribed => presence::show_everything(xmpp, caller.who, remote, true),
            Request::Unsubscribed => presence::show_everything(xmpp, caller.who, remote, false),
            _ => {}
        }
    }
    Ok(Vec::new())
}
