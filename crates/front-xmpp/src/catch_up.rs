//! What came for somebody while none of their devices was here.

use crate::{context::Xmpp, direct, seat::Seat, stanza::Outgoing};
use parlance_core::{
    event::{Content, Event, Offset},
    id::{ConversationId, Seq},
};
use parlance_hub::{ports::Place, usecase::HistoryPlace};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// Events read at once of a conversation, and how often; what is beyond is in the archive.
const PAGE: usize = 100;
const PAGES_MAX: usize = 20;
/// Messages that a client was told before it became available, of which it is known that they were.
const EARLY_MAX: usize = 256;

/// How a client that became available is told everything once: what was not delivered from the log, and
/// what comes meanwhile behind it.
#[derive(Default)]
pub(crate) struct CatchingUp {
    /// Conversations with something that came meanwhile, and its first place; `None` when that is over.
    missed: Option<HashMap<ConversationId, Seq>>,
    /// What of conversations was told from the log.
    told: HashMap<ConversationId, Told>,
    /// What was told live before the client became available, because it was for its resource by name.
    early: VecDeque<(ConversationId, Seq)>,
}

/// Consecutive events of a conversation.
#[derive(Clone, Copy)]
struct Told {
    /// The place before the first.
    after: Seq,
    last: Seq,
    /// Where the last stands in the log of everything.
    offset: Offset,
}

impl Told {
    fn covers(&self, seq: Seq) -> bool {
        self.after < seq && seq <= self.last
    }
}

impl CatchingUp {
    /// From now on until [`tell`] is done, nothing is told live.
    pub(crate) fn begin(&mut self) {
        self.missed = Some(HashMap::new());
    }

    /// Everything up to a place was told live: what was told from the log before it need not be remembered.
    pub(crate) fn forget(&mut self, mark: Offset) {
        self.told.retain(|_, told| told.offset > mark);
        self.told.shrink_to_fit();
    }

    /// Whether an event is not to be told now, because it was or will be told from the log. One that is told
    /// although the client is not available is remembered.
    pub(crate) fn covers(&mut self, event: &Event, is_available: bool) -> bool {
        if self.is_told(event.conversation, event.seq) {
            return true;
        }
        let Some(missed) = &mut self.missed else {
            if !is_available {
                self.early.truncate(EARLY_MAX - 1);
                self.early.push_front((event.conversation, event.seq));
            }
            return false;
        };
        let first = missed.entry(event.conversation).or_insert(event.seq);
        *first = event.seq.min(*first);
        true
    }

    fn is_told(&self, conversation: ConversationId, seq: Seq) -> bool {
        self.told.get(&conversation).is_some_and(|told| told.covers(seq))
            || self.early.contains(&(conversation, seq))
    }

    /// What came meanwhile; when there is nothing, news are told live again.
    fn take_missed(&mut self) -> Vec<(ConversationId, Seq)> {
        let missed = self.missed.take().unwrap_or_default();
        let told = &self.told;
        let is_new =
            |(id, first): &(ConversationId, Seq)| told.get(id).is_none_or(|told| !told.covers(*first));
        let fresh: Vec<_> = missed.into_iter().filter(is_new).collect();
        if !fresh.is_empty() {
            self.missed = Some(HashMap::new());
        }
        fresh.into_iter().map(|(id, first)| (id, first.previous())).collect()
    }

    /// Notes that the events behind a place were told, up to this one.
    fn note(&mut self, after: Seq, last: &Event) {
        let told =
            self.told.entry(last.conversation).or_insert(Told { after, last: last.seq, offset: last.offset });
        told.after = told.after.min(after);
        if told.last < last.seq {
            (told.last, told.offset) = (last.seq, last.offset);
        }
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
    let mut place = after;
    for _ in 0..PAGES_MAX {
        let before = HistoryPlace::At(Place::After(place));
        let Ok(page) = xmpp.hub.history(seat.caller, conversation, before, PAGE).await else { break };
        for item in &page.items {
            place = item.event.seq;
            let is_told = seat.with(|state| state.catching_up.is_told(conversation, place));
            if is_told
                || item.event.sender == seat.caller.who
                || matches!(item.event.content, Content::Deleted)
            {
                continue;
            }
            let sent_at = Some(item.event.said_at());
            if let Some(xml) = direct::stanza(xmpp, seat, &item.event, Some(&seat.full), sent_at).await {
                told.push(Outgoing { xml: xml.into(), tells: Some((conversation, place)) });
            }
        }
        if let Some(last) = page.items.last() {
            seat.with(|state| state.catching_up.note(after, &last.event));
        }
        if !page.has_after {
            break;
        }
    }
}

#[cfg(test)]
mod tests;
