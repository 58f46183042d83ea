use crate::{context::Xmpp, payload::Payload};
use parlance_core::{
    event::{Content, Event},
    id::DeviceId,
};
use parlance_hub::{Caller, HubError, live::Outward};
use parlance_xmpp::{
    ErrorType, StanzaCondition,
    write::{StanzaError, Writer},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// How often it is looked at, at most.
const LOOK_EVERY_MS: u64 = 30_000;
/// Most events that are read at once.
const EVENTS_AT_ONCE: usize = 100;

/// Gives back what waited too long for components that went away, until the program ends: its senders find in
/// the conversation that it did not arrive. Deletions go on waiting.
pub async fn give_back_undelivered(xmpp: Arc<Xmpp>) {
    let every = (xmpp.settings.component_wait_ms / 2).clamp(50, LOOK_EVERY_MS);
    let mut ticks = interval(Duration::from_millis(every));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for component in xmpp.settings.components.iter().filter(|it| !xmpp.hub.has_route(&it.domain)) {
            if let Err(error) = give_back(&xmpp, &component.domain).await {
                tracing::warn!(%error, "what waits for a component could not be read");
            }
        }
    }
}

async fn give_back(xmpp: &Arc<Xmpp>, domain: &str) -> Result<(), HubError> {
    let mut read = 0;
    loop {
        let waiting = xmpp.hub.outward(domain, read, EVENTS_AT_ONCE).await?;
        let Some(last) = waiting.last() else { return Ok(()) };
        read = last.id;
        for outward in waiting.iter().filter(|outward| is_over(xmpp, outward)) {
            // Who went online again at this moment is told by the log.
            if xmpp.hub.has_route(domain) {
                return Ok(());
            }
            if let Some(event) = &outward.event {
                report(xmpp, event).await;
            }
            xmpp.hub.finish_outward(domain, &[outward.id]).await?;
            metrics::counter!("parlance_outward_given_back_total").increment(1);
        }
    }
}

fn is_over(xmpp: &Xmpp, outward: &Outward) -> bool {
    let is_deletion =
        outward.event.as_ref().is_some_and(|event| matches!(event.content, Content::Delete { .. }));
    !is_deletion && xmpp.hub.now().ms_since(outward.since) >= xmpp.settings.component_wait_ms
}

/// Says in the conversation that an event did not arrive.
async fn report(xmpp: &Arc<Xmpp>, event: &Event) {
    let peer = xmpp.hub.look_at(event.conversation, |state| state.peer_of(event.sender)).await;
    let Ok(Some(peer)) = peer else { return };
    let mut inner = Writer::new();
    let error = StanzaError::new(StanzaCondition::RemoteServerTimeout).kind(ErrorType::Wait);
    error.write(&mut inner);
    let event_id = event.id.to_string();
    let sent = Payload::read(event.extras.as_ref()).unwrap_or_default();
    let id = if sent.id.is_empty() { &event_id } else { sent.id };
    let payload = Payload { id, kind: "error", to: sent.from, inner: &inner.finish(), ..Payload::default() };
    let caller = Caller { who: peer, device: DeviceId(Uuid::nil()) };
    if let Err(error) = xmpp.hub.post_foreign(caller, event.conversation, None, payload.keep()).await {
        tracing::debug!(%error, "a sender does not learn that a message did not arrive");
    }
}

#[cfg(test)]
mod tests;
