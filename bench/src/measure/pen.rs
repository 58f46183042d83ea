use crate::{
    latency::Latencies,
    letter::{Arrival, Clock, Letter},
};
use anyhow::{Context, bail};
use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

/// Two hundred bytes with the moment in front of it.
pub(crate) const FILLER: &str = "the quick brown fox jumps over the lazy dog and then the lazy dog jumps \
    over the quick brown fox until both of them are tired and lie down in the shade of the old tree";

/// Somebody's pen: writes messages into one conversation and knows which wait for an answer.
pub(super) struct Pen {
    clock: Clock,
    letter: Letter,
    next_id: u64,
    in_flight: HashMap<u64, u64>,
}

impl Pen {
    pub(super) fn new(clock: Clock, conversation: &str) -> anyhow::Result<Self> {
        // Numbers below are those of requests before the line was tended.
        const FIRST_ID: u64 = 1_000;
        Ok(Self { clock, letter: Letter::to(conversation)?, next_id: FIRST_ID, in_flight: HashMap::new() })
    }

    /// Adds one message to `out`.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, text: &str) {
        let now = self.clock.micros();
        self.letter.push(out, self.next_id, now, text);
        self.in_flight.insert(self.next_id, now);
        self.next_id += 1;
    }

    /// How long an answer took.
    pub(super) fn answered(&mut self, id: u64) -> anyhow::Result<Duration> {
        let sent = self.in_flight.remove(&id).context("an answer to no request")?;
        Ok(self.clock.since(sent))
    }
}

/// What many lines together saw.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) written: usize,
    pub(super) acknowledgements: Latencies,
    pub(super) deliveries: Latencies,
    /// Messages that did not follow the one before: lost, doubled or out of order.
    pub(super) out_of_order: usize,
}

pub(super) type SharedTally = Rc<RefCell<Tally>>;

impl Tally {
    /// Whether everything written was acknowledged and delivered `copies` times.
    pub(super) fn is_complete(&self, copies: usize) -> bool {
        self.acknowledgements.count() == self.written && self.deliveries.count() >= self.written * copies
    }
}

/// Hears what somebody receives who only reads.
pub(super) fn reader(
    clock: Clock,
    tally: SharedTally,
) -> impl FnMut(Arrival<'_>, &mut Vec<u8>) -> anyhow::Result<()> {
    let mut last = None;
    move |arrival, _| match arrival {
        Arrival::Message { seq, sent_micros } => {
            let mut tally = tally.borrow_mut();
            tally.deliveries.add(clock.since(sent_micros));
            tally.out_of_order += usize::from(last.is_some_and(|last| seq != last + 1));
            last = Some(seq);
            Ok(())
        }
        Arrival::Refusal(refusal) => bail!("{refusal}"),
        Arrival::Answer { .. } | Arrival::Other => Ok(()),
    }
}

/// Waits until a condition holds; `false` when it does not in time.
pub(crate) async fn eventually(mut holds: impl FnMut() -> bool, within: Duration) -> bool {
    const LOOK: Duration = Duration::from_millis(5);
    let looks = within.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if holds() {
            return true;
        }
        tokio::time::sleep(LOOK).await;
    }
    holds()
}
