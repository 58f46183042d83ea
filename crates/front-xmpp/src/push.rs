//! Tells push services what waits for devices that are away (XEP-0357).
//!
//! A service is asked for one notification of a registration at a time, and the next one waits for its answer. The
//! store says when one without an answer is tried again, so that neither errors nor silence add anything.

mod summary;

use crate::context::Xmpp;
use parking_lot::Mutex;
use parlance_core::id::UnixMillis;
use parlance_hub::{
    HubError,
    live::DuePush,
    ports::{PushKey, PushSettled},
};
use parlance_xmpp::{ErrorType, Jid, Stanza, ns, write::StanzaError};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// How often it is looked at what waits, besides when something was added.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Most notifications whose answers are awaited at the same time.
const AWAITED_MAX: usize = 1_000;
/// Most notifications that are taken at once for one server.
const AT_ONCE: usize = 100;
/// How long an answer is awaited; then the notification is tried again.
const AWAITED_MS: u64 = 60_000;

/// The notifications whose answers are awaited, by the ids of their requests.
#[derive(Default)]
pub(crate) struct Awaited {
    sent: Mutex<HashMap<String, Sent>>,
}

struct Sent {
    key: PushKey,
    asked: u64,
    until: UnixMillis,
}

impl Awaited {
    /// How many more there may be.
    fn room(&self, now: UnixMillis) -> usize {
        let mut sent = self.sent.lock();
        sent.retain(|_, sent| sent.until > now);
        AWAITED_MAX - sent.len()
    }

    fn add(&self, due: &DuePush, until: UnixMillis) -> String {
        let id = format!("push-{:016x}", rand::random::<u64>());
        let sent = Sent { key: due.push.key.clone(), asked: due.push.asked, until };
        self.sent.lock().insert(id.clone(), sent);
        id
    }

    /// Takes the one that an answer of a service is for.
    fn take(&self, id: &str, from: &Jid) -> Option<Sent> {
        let mut sent = self.sent.lock();
        sent.get(id).filter(|sent| sent.key.service == from.to_string())?;
        sent.remove(id)
    }
}

/// Tells push services what waits, until the program ends.
pub async fn tell_push_services(xmpp: Arc<Xmpp>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = xmpp.hub.wait_for_pushes() => {}
        }
        if let Err(error) = tell_all(&xmpp).await {
            tracing::warn!(%error, "push services are told later");
        }
    }
}

pub(crate) async fn tell_all(xmpp: &Xmpp) -> Result<(), HubError> {
    for domain in xmpp.hub.open_routes() {
        tell_server(xmpp, &domain).await?;
    }
    metrics::gauge!("parlance_push_waiting").set(xmpp.hub.count_waiting_pushes().await? as f64);
    Ok(())
}

async fn tell_server(xmpp: &Xmpp, domain: &str) -> Result<(), HubError> {
    loop {
        let now = xmpp.hub.now();
        let limit = xmpp.push_awaited.room(now).min(AT_ONCE);
        let due = xmpp.hub.due_pushes(domain, limit).await?;
        for due in &due {
            let id = xmpp.push_awaited.add(due, now.plus_ms(AWAITED_MS));
            let xml = summary::write(xmpp, due, &id).await;
            // What has no place now is tried again at its time.
            if xmpp.hub.relay_outward(domain, xml.into()).is_err() {
                return Ok(());
            }
            metrics::counter!("parlance_push_sent_total").increment(1);
        }
        if due.is_empty() {
            return Ok(());
        }
    }
}

/// Takes the answer of a service to a notification; `false` when it is none.
///
/// # Source
/// XEP-0357 section 7.1: a registration is over with an error, unless waiting helps.
pub(crate) async fn take_answer(xmpp: &Xmpp, stanza: &Stanza<'_>, from: &Jid) -> bool {
    let is_error = match stanza.attribute("type").as_deref() {
        Some("result") if stanza.name() == "iq" => false,
        Some("error") if stanza.name() == "iq" => true,
        _ => return false,
    };
    let id = stanza.attribute("id").unwrap_or_default();
    let Some(sent) = xmpp.push_awaited.take(&id, from) else { return false };
    if is_error {
        metrics::counter!("parlance_push_refused_total").increment(1);
    }
    let settled = match is_error {
        true if is_passing(stanza) => return true,
        true => PushSettled::Ended,
        false => PushSettled::Done { asked: sent.asked },
    };
    if let Err(error) = xmpp.hub.settle_push(&sent.key, settled).await {
        tracing::warn!(%error, "a push service will be told twice");
    }
    true
}

/// Whether an error says that the same will work later.
fn is_passing(stanza: &Stanza<'_>) -> bool {
    let error = stanza.child(ns::CLIENT, "error").and_then(|error| StanzaError::read(&error.parse()));
    matches!(error, Some((ErrorType::Wait, _)))
}

#[cfg(test)]
mod tests;
