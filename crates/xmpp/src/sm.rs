//! Stream management: what was handled, what the peer has not acknowledged, and how both go on after a
//! connection was lost.
//!
//! [`StreamManagement`] is the same value while a connection is there and while it is not: whoever keeps
//! it for a peer that went away goes on to [`StreamManagement::push`], and resumes with it.

mod elements;

use std::collections::VecDeque;

use bytes::Bytes;

pub use elements::{Command, CommandError, Enabled, write_failed, write_resumed};

use crate::{
    Condition, OnStream, ns,
    write::{StreamError, Writer},
};

/// How much may wait for the acknowledgement of one peer, and when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmLimits {
    /// Stanzas that are not acknowledged.
    pub stanzas_max: usize,
    /// Their bytes.
    pub bytes_max: usize,
    /// An acknowledgement is asked for after so many stanzas.
    pub request_stanzas: usize,
    /// An acknowledgement is asked for after so many bytes.
    pub request_bytes: usize,
}

impl Default for SmLimits {
    /// 1,000 stanzas or 1 MiB; asks after 8 stanzas or 16 KiB.
    fn default() -> Self {
        Self { stanzas_max: 1000, bytes_max: 1024 * 1024, request_stanzas: 8, request_bytes: 16 * 1024 }
    }
}

/// The counters of one stream and what was sent on it. Each stanza has a tag by which the sender knows
/// again what was acknowledged.
///
/// # Source
/// XEP-0198 (1.6.3) sections 4 and 5.
#[derive(Clone, Debug)]
pub struct StreamManagement<T = ()> {
    limits: SmLimits,
    /// Stanzas of the peer that were handled, modulo 2^32.
    handled: u32,
    /// Stanzas that the peer has acknowledged, modulo 2^32.
    acknowledged: u32,
    waiting: VecDeque<(Bytes, T)>,
    waiting_bytes: usize,
    /// What was sent since an acknowledgement was last asked for.
    since_request: (usize, usize),
    is_requested: bool,
}

/// The peer owes more acknowledgements than it may. The stanza was not taken and must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much waits for an acknowledgement")]
pub struct QueueFull;

/// The peer acknowledged what it was never sent, or took an acknowledgement back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer acknowledged {h} stanzas and was sent {sent}")]
pub struct AckError {
    /// What the peer said.
    pub h: u32,
    /// How many stanzas it was sent, modulo 2^32.
    pub sent: u32,
}

impl AckError {
    /// Appends the stream error that tells the peer.
    ///
    /// # Source
    /// XEP-0198 (1.6.3) section 6.
    pub fn write(self, stream: OnStream<'_>, out: &mut String) {
        let mut xml = Writer::new();
        xml.start("handled-count-too-high").namespace(ns::SM);
        xml.attribute("h", &self.h.to_string()).attribute("send-count", &self.sent.to_string());
        let application = xml.finish();
        let text = self.to_string();
        StreamError::new(Condition::UndefinedCondition)
            .text(&text)
            .application(&application)
            .write(stream, out);
    }
}

impl<T> StreamManagement<T> {
    /// Nothing was sent or received.
    pub fn new(limits: SmLimits) -> Self {
        Self::restore(limits, 0, 0, [])
    }

    /// What another process kept: the counters of [`Self::handled`] and [`Self::acknowledged`], and what
    /// was [`Self::waiting`].
    pub fn restore(
        limits: SmLimits,
        handled: u32,
        acknowledged: u32,
        waiting: impl IntoIterator<Item = (Bytes, T)>,
    ) -> Self {
        let waiting: VecDeque<_> = waiting.into_iter().collect();
        let waiting_bytes = waiting.iter().map(|(stanza, _)| stanza.len()).sum();
        Self {
            limits,
            handled,
            acknowledged,
            waiting,
            waiting_bytes,
            since_request: (0, 0),
            is_requested: false,
        }
    }

    /// Counts a stanza of the peer. Call it when it was handled, and for nothing but `message`, `presence`
    /// and `iq`.
    pub fn count_handled(&mut self) {
        self.handled = self.handled.wrapping_add(1);
    }

    /// How many stanzas of the peer were handled: the `h` of an answer.
    pub fn handled(&self) -> u32 {
        self.handled
    }

    /// How many of our stanzas the peer has acknowledged.
    pub fn acknowledged(&self) -> u32 {
        self.acknowledged
    }

    /// How many stanzas the peer was sent, acknowledged or not.
    pub fn sent(&self) -> u32 {
        // The queue is bounded far below 2^32.
        self.acknowledged.wrapping_add(self.waiting.len() as u32)
    }

    /// What the peer has not acknowledged, oldest first.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &(Bytes, T)> {
        self.waiting.iter()
    }

    /// The bytes of what the peer has not acknowledged.
    pub fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Keeps a stanza that is about to be sent.
    ///
    /// # Errors
    /// [`QueueFull`] when it would be too much.
    pub fn push(&mut self, stanza: Bytes, tag: T) -> Result<(), QueueFull> {
        let bytes = self.waiting_bytes + stanza.len();
        if self.waiting.len() >= self.limits.stanzas_max || bytes > self.limits.bytes_max {
            return Err(QueueFull);
        }
        self.waiting_bytes = bytes;
        self.since_request.0 += 1;
        self.since_request.1 += stanza.len();
        self.waiting.push_back((stanza, tag));
        Ok(())
    }

    /// Whether `<r/>` is to be sent now. Enough was sent since the last one, and that one was answered.
    pub fn wants_request(&self) -> bool {
        let (stanzas, bytes) = self.since_request;
        let is_enough = stanzas >= self.limits.request_stanzas || bytes >= self.limits.request_bytes;
        is_enough && !self.is_requested
    }

    /// Notes that `<r/>` was sent, for whatever reason.
    pub fn requested(&mut self) {
        self.is_requested = true;
        self.since_request = (0, 0);
    }

    /// Whether `<r/>` was sent and not answered.
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// Takes an acknowledgement. Gives the tags of the stanzas that it covers, oldest first.
    ///
    /// # Errors
    /// [`AckError`] when it covers what was not sent. Nothing is changed then.
    ///
    /// # Source
    /// XEP-0198 (1.6.3) sections 4 and 6.
    pub fn acknowledge(&mut self, h: u32) -> Result<Vec<T>, AckError> {
        let count = h.wrapping_sub(self.acknowledged) as usize;
        if count > self.waiting.len() {
            return Err(AckError { h, sent: self.sent() });
        }
        self.is_requested = false;
        self.acknowledged = h;
        let covered: Vec<(Bytes, T)> = self.waiting.drain(..count).collect();
        self.waiting_bytes -= covered.iter().map(|(stanza, _)| stanza.len()).sum::<usize>();
        if self.waiting.is_empty() {
            self.since_request = (0, 0);
            self.waiting.shrink_to(8);
        }
        Ok(covered.into_iter().map(|(_, tag)| tag).collect())
    }

    /// Goes on with a new connection: takes the acknowledgement of `<resume/>`. Afterwards everything that
    /// is [`Self::waiting`] has to be sent again, in order.
    ///
    /// # Errors
    /// As [`Self::acknowledge`].
    ///
    /// # Source
    /// XEP-0198 (1.6.3) section 5.
    pub fn resume(&mut self, h: u32) -> Result<Vec<T>, AckError> {
        let covered = self.acknowledge(h)?;
        self.since_request = (self.waiting.len(), self.waiting_bytes);
        Ok(covered)
    }
}

#[cfg(test)]
mod tests;
