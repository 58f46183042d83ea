use super::Report;
use crate::pace;
use parking_lot::Mutex;
use parlance_core::{
    Rejection,
    conversation::Permission,
    event::Content,
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, Seq},
};

/// What happened in a run, as far as the checks need to know.
#[derive(Debug, Default)]
pub(super) struct Journal {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    trace: Vec<String>,
    violations: Vec<String>,
    sends: Vec<Sent>,
    refusals: Vec<Refused>,
    sightings: Vec<Sighting>,
    reads: Vec<(PrincipalId, ConversationId, Seq)>,
    steps: u64,
    accepted: u64,
}

/// Something a device sent with a reference of its own, tried until it was answered or given up.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) device: DeviceId,
    pub(super) who: PrincipalId,
    pub(super) conversation: ConversationId,
    pub(super) client_ref: ClientRef,
    /// The order in which things began and ended.
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) outcome: Outcome,
    /// Whether an attempt before the last one was not answered.
    pub(super) was_in_doubt: bool,
}

/// How sending ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// Accepted, at this place.
    Accepted { seq: Seq, id: EventId, content: Box<Content> },
    /// Refused for good.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// A refusal, and how far the log had come meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused {
    pub(super) who: PrincipalId,
    pub(super) conversation: ConversationId,
    /// What was needed beside being a member.
    pub(super) permission: Option<Permission>,
    pub(super) why: Rejection,
    pub(super) head_before: Seq,
    pub(super) head_after: Seq,
}

/// An event that somebody saw, and how far the log had come by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) who: PrincipalId,
    pub(super) conversation: ConversationId,
    pub(super) seq: Seq,
    pub(super) head: Seq,
}

impl Refused {
    /// Whether it is wrong for a member with the permission. Without a permission to judge by, only
    /// that somebody is not a member can be.
    pub(super) fn is_unfounded(&self) -> bool {
        self.permission.is_some() || self.why == Rejection::ConversationNotFound
    }
}

impl Journal {
    /// Writes a line into the trace.
    pub(super) fn note(&self, line: String) {
        let line = format!("{:>6} {line}", pace::elapsed_ms());
        self.inner.lock().trace.push(line);
    }

    /// Writes down a broken promise.
    pub(super) fn violation(&self, line: String) {
        self.note(format!("VIOLATION {line}"));
        self.inner.lock().violations.push(line);
    }

    /// The next number in the order of things.
    pub(super) fn step(&self) -> u64 {
        let mut inner = self.inner.lock();
        inner.steps += 1;
        inner.steps
    }

    pub(super) fn sent(&self, sent: Sent) {
        let mut inner = self.inner.lock();
        inner.accepted += u64::from(matches!(sent.outcome, Outcome::Accepted { .. }));
        inner.sends.push(sent);
    }

    pub(super) fn refused(&self, refused: Refused) {
        self.inner.lock().refusals.push(refused);
    }

    pub(super) fn saw(&self, sighting: Sighting) {
        self.inner.lock().sightings.push(sighting);
    }

    /// Somebody was told that they have read up to here.
    pub(super) fn read(&self, who: PrincipalId, conversation: ConversationId, seq: Seq) {
        self.inner.lock().reads.push((who, conversation, seq));
    }

    pub(super) fn reads(&self) -> Vec<(PrincipalId, ConversationId, Seq)> {
        self.inner.lock().reads.clone()
    }

    pub(super) fn sends(&self) -> Vec<Sent> {
        self.inner.lock().sends.clone()
    }

    pub(super) fn refusals(&self) -> Vec<Refused> {
        self.inner.lock().refusals.clone()
    }

    pub(super) fn sightings(&self) -> Vec<Sighting> {
        self.inner.lock().sightings.clone()
    }

    pub(super) fn report(&self, seed: u64) -> Report {
        let inner = self.inner.lock();
        Report {
            seed,
            trace: inner.trace.clone(),
            trace_hash: hash(&inner.trace),
            violations: inner.violations.clone(),
            accepted: inner.accepted,
            delivered: inner.sightings.len() as u64,
        }
    }
}

/// FNV-1a over the lines.
fn hash(lines: &[String]) -> u64 {
    let bytes = lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
