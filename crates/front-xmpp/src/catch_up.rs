//! What came for somebody while none of their devices was here.

use crate::{context::Xmpp, direct, seat::Seat, stanza::Outgoing};
use parlance_core::{
    event::{Content, Event},
    id::{ConversationId, Seq},
};
use parlance_hub::{ports::Place, usecase::HistoryPlace};
use std::{collections::HashMap, sync::Arc};

/// Events read at once of a conversation, and how often; what is beyond is in the archive.
const PAGE: usize = 100;
const PAGES_MAX: usize = 20;

/// How a client that became available is told everything once: what was not delivered from the log, and
/// what comes meanwhile behind it.
#[derive(Default)]
pub(crate) struct CatchingUp {
    /// Conversations with something that came meanwhile, and its first place; `None` when that is over.
    missed: Option<HashMap<ConversationId, Seq>>,
    /// How far conversations were told from the log.
    told: HashMap<ConversationId, Seq>,
}

impl CatchingUp {
    /// From now on until [`tell`] is done, nothing is told live.
    pub(crate) fn begin(&mut self) {
        self.missed = Some(HashMap::new());
    }

    /// Everything before was told: what was told from the log need not be remembered.
    pub(crate) fn forget(&mut self) {
        if self.missed.is_none() {
            self.told = HashMap::new();
        }
    }

    /// Whether an event is not to be told now, because it was or will be told from the log.
    pub(crate) fn covers(&mut self, event: &Event) -> bool {
        if self.told.get(&event.conversation).is_some_and(|told| event.seq <= *told) {
            return true;
        }
        let Some(missed) = &mut self.missed else { return false };
        let first = missed.entry(event.conversation).or_insert(event.seq);
        *first = event.seq.min(*first);
        true
    }

    /// What came meanwhile; when there is nothing, news are told live again.
    fn take_missed(&mut self) -> Vec<(ConversationId, Seq)> {
        let missed = self.missed.take().unwrap_or_default();
        let told = &self.told;
        let is_new = |(id, first): &(ConversationId, Seq)| told.get(id).is_none_or(|told| told < first);
        let fresh: Vec<_> = missed.into_iter().filter(is_new).collect();
        if !fresh.is_empty() {
            self.missed = Some(HashMap::new());
        }
        fresh.into_iter().map(|(id, first)| (id, first.previous())).collect()
    }
}

/// Tells a client that became available what none of its owner's devices has received.
///
/// # Source
/// RFC 6121 section 8.5.2.2.1, XEP-0160 (1.0.1) section 3; the time of each is XEP-0203's.
pub(crate) async fn tell(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>) -> Vec<Outgoing> {
    let mut told = Vec::new();
    let mut from = xmpp.hub.undelivered(seat.caller).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was not delivered could not be read");
        Vec::new()
    });
    loop {
        for (conversation, after) in from {
            read(xmpp, seat, conversation, after, &mut told).await;
        }
        from = seat.with(|state| state.catching_up.take_missed());
        if from.is_empty() {
            return told;
        }
    }
}

async fn read(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    conversation: ConversationId,
    after: Seq,
    told: &mut Vec<Outgoing>,
) {
    let known = seat.with(|state| state.catching_up.told.get(&conversation).copied());
    let mut after = after.max(known.unwrap_or_default());
    for _ in 0..PAGES_MAX {
        let place = HistoryPlace::At(Place::After(after));
        let Ok(page) = xmpp.hub.history(seat.caller, conversation, place, PAGE).await else { break };
        for item in &page.items {
            after = item.event.seq;
            let is_own = item.event.sender == seat.caller.who;
            if is_own || matches!(item.event.content, Content::Deleted) {
                continue;
            }
            let sent_at = Some(item.event.said_at());
            if let Some(xml) = direct::stanza(xmpp, seat, &item.event, Some(&seat.full), sent_at).await {
                told.push(Outgoing { xml: xml.into(), tells: Some((conversation, item.event.seq)) });
            }
        }
        if !page.has_after {
            break;
        }
    }
    seat.with(|state| state.catching_up.told.insert(conversation, after));
}
