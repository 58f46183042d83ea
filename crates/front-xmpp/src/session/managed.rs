//! Stream management within a session.

use super::{Call, Stage, XmppSession};
use crate::stanza::Outgoing;
use parlance_core::id::{ConversationId, Seq};
use parlance_front::Output;
use parlance_xmpp::{
    Condition, StanzaBuf, StanzaCondition,
    sm::{self, Command, Enabled, SmLimits, StreamManagement},
    write::Writer,
};
use std::collections::BTreeSet;

/// What one client may owe before it is told nothing more, and before its stream ends.
const LIMITS: SmLimits =
    SmLimits { stanzas_max: 4_000, bytes_max: 4 << 20, request_stanzas: 8, request_bytes: 16 << 10 };
const PAUSED_AT_STANZAS: usize = 1_000;
const PAUSED_AT_BYTES: usize = 1 << 20;

/// The counters of a stream, and its name when it can be resumed.
pub(crate) struct Managed {
    counters: StreamManagement<Option<(ConversationId, Seq)>>,
    pub(super) name: Option<String>,
}

impl Managed {
    pub(super) fn new(name: Option<String>) -> Self {
        Self { counters: StreamManagement::new(LIMITS), name }
    }

    /// Whether the client owes so much that it is told nothing more for now.
    pub(super) fn is_full(&self) -> bool {
        self.counters.waiting().len() >= PAUSED_AT_STANZAS || self.counters.waiting_bytes() >= PAUSED_AT_BYTES
    }

    /// The conversations of what was sent and not acknowledged.
    fn unacknowledged(&self) -> impl Iterator<Item = ConversationId> {
        self.counters.waiting().filter_map(|(_, tells)| tells.map(|(conversation, _)| conversation))
    }

    pub(super) fn count_handled(&mut self, stanzas: u64) {
        (0..stanzas).for_each(|_| self.counters.count_handled());
    }
}

impl XmppSession {
    /// Takes a first-level element of stream management from a client that is bound. `false` when it has
    /// to wait until the stanzas before it are done.
    pub(super) fn take_command(&mut self, command: Command) -> bool {
        match command {
            Command::Enable { resume, .. } => {
                if !self.flight.is_empty() {
                    return false;
                }
                if self.managed().is_some() {
                    self.refuse_command(StanzaCondition::UnexpectedRequest);
                } else {
                    let enabled = self.enable(resume);
                    self.send_raw(enabled);
                }
            }
            // The answer tells of everything that came before the question.
            Command::Request if !self.flight.is_empty() => return false,
            Command::Request => self.answer_request(),
            Command::Answer { h } => self.take_answer(h),
            Command::Resume { .. } => self.refuse_command(StanzaCondition::UnexpectedRequest),
            _ => self.fail(Condition::InvalidXml, "only a server says this"),
        }
        true
    }

    /// Begins to count; the answer.
    ///
    /// # Source
    /// XEP-0198 (1.6.3) sections 3 and 5.
    pub(super) fn enable(&mut self, resume: bool) -> String {
        let name = resume.then(|| self.facts.resume_name.clone());
        let max_seconds = u32::try_from(self.facts.resume_ms / 1_000).ok();
        let mut enabled = Writer::new();
        Enabled { id: name.as_deref(), max_seconds: max_seconds.filter(|_| resume), location: None }
            .write(&mut enabled);
        if let Stage::Bound(bound) = &mut self.stage {
            bound.managed = Some(Managed::new(name.clone()));
        }
        if let Some(name) = name {
            self.outputs.push_back(Output::Call(Call::MakeResumable(name)));
        }
        enabled.finish()
    }

    pub(super) fn refuse_command(&mut self, condition: StanzaCondition) {
        let mut failed = Writer::new();
        sm::write_failed(condition, None, &mut failed);
        self.send_raw(failed.finish());
    }

    fn answer_request(&mut self) {
        let Some(managed) = self.managed() else {
            return self.refuse_command(StanzaCondition::UnexpectedRequest);
        };
        let mut answer = String::new();
        Command::write_answer(managed.counters.handled(), &mut answer);
        self.send_raw(answer);
    }

    fn take_answer(&mut self, h: u32) {
        let Some(managed) = self.managed() else { return };
        match managed.counters.acknowledge(h) {
            Ok(told) => self.sent.extend(told.into_iter().flatten()),
            Err(error) => self.fail_acknowledging(error),
        }
    }

    fn fail_acknowledging(&mut self, error: sm::AckError) {
        let mut xml = String::new();
        error.write(self.wire.on_stream(), &mut xml);
        self.send_raw(xml);
        self.is_lost_for_good = true;
        self.close();
    }

    /// The newest place of each conversation among what the client has, since it was asked last.
    pub(super) fn take_delivered(&mut self) -> Option<Call> {
        let mut newest = std::mem::take(&mut self.sent);
        newest.sort_unstable_by(|one, other| other.cmp(one));
        newest.dedup_by_key(|(conversation, _)| *conversation);
        (!newest.is_empty()).then_some(Call::Delivered(newest))
    }

    /// Sends a stanza and remembers it until it is acknowledged.
    pub(super) fn send_managed(&mut self, stanza: Outgoing) {
        let framed = self.wire.framed(stanza.xml);
        let Some(managed) = self.managed() else {
            self.outputs.push_back(Output::Send(framed));
            self.sent.extend(stanza.tells);
            return;
        };
        if managed.counters.push(framed.clone(), stanza.tells).is_err() {
            self.is_lost_for_good = true;
            return self.fail(Condition::PolicyViolation, "too much was not acknowledged");
        }
        self.outputs.push_back(Output::Send(framed));
    }

    /// Asks for an acknowledgement when it is time for one.
    pub(super) fn ask_for_answer(&mut self) {
        if self.managed().is_some_and(|managed| managed.counters.wants_request()) {
            self.request_answer();
        }
    }

    pub(super) fn request_answer(&mut self) {
        let Some(managed) = self.managed() else { return };
        managed.counters.requested();
        let mut request = String::new();
        Command::write_request(&mut request);
        self.send_raw(request);
    }

    /// Goes on with a stream that lost its transport: what the client has not handled is sent again.
    /// The element that answers; `None` when the stream had to end.
    ///
    /// # Source
    /// XEP-0198 (1.6.3) section 5.
    pub(super) fn resume(&mut self, mut bound: Box<super::Bound>, h: u32) -> Option<String> {
        let managed = bound.managed.as_mut().expect("invariant: only managed streams are parked");
        let told = match managed.counters.resume(h) {
            Ok(told) => told,
            Err(error) => {
                self.fail_acknowledging(error);
                return None;
            }
        };
        let name = managed.name.clone().unwrap_or_default();
        let mut resumed = Writer::new();
        sm::write_resumed(managed.counters.handled(), &name, &mut resumed);
        self.stage = Stage::Bound(bound);
        self.sent.extend(told.into_iter().flatten());
        self.outputs.push_back(Output::Call(Call::MakeResumable(name)));
        Some(resumed.finish())
    }

    /// Sends what waits for the client again.
    pub(super) fn send_again(&mut self) {
        let Some(managed) = self.managed() else { return };
        let waiting: Vec<_> = managed.counters.waiting().map(|(stanza, _)| stanza.clone()).collect();
        for stanza in waiting {
            self.outputs.push_back(Output::Send(stanza));
        }
        self.request_answer();
    }

    pub(super) fn managed(&mut self) -> Option<&mut Managed> {
        match &mut self.stage {
            Stage::Bound(bound) => bound.managed.as_mut(),
            _ => None,
        }
    }

    /// What goes on over another transport, if this one was lost and the stream can be resumed.
    pub(crate) fn into_resumable(self) -> Option<Box<super::Bound>> {
        let bound = match self.stage {
            Stage::Bound(bound) => bound,
            Stage::Over(Some(bound)) => bound,
            _ => return None,
        };
        let can_resume = !self.is_lost_for_good && bound.managed.as_ref().is_some_and(|it| it.name.is_some());
        can_resume.then_some(bound)
    }

    /// The conversations of which the client may have missed something when its transport is lost.
    pub(crate) fn missed(&self) -> BTreeSet<ConversationId> {
        let (Stage::Bound(bound) | Stage::Over(Some(bound))) = &self.stage else { return BTreeSet::new() };
        bound.managed.iter().flat_map(Managed::unacknowledged).collect()
    }

    /// A command that has to wait.
    pub(super) fn hold(&mut self, element: StanzaBuf) {
        self.held = Some(element);
    }
}
