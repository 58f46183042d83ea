use parlance_api::{
    error::{Problem, Retry},
    event::{Body, Content, Event, Message},
    ops,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Longest wait between two tries when the server does not say how long, in milliseconds.
const WAIT_MAX_MS: u64 = 30_000;

/// Something to be done once on the server, however often it has to be tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Send a message.
    Send(ops::Send),
    /// Replace the body of a message.
    Edit(ops::Edit),
    /// Delete a message.
    Delete(ops::DeleteEvent),
    /// Put an emoji on a message.
    React(ops::React),
    /// Take an emoji away.
    Unreact(ops::Unreact),
    /// Choose in a poll.
    Vote(ops::CastVote),
    /// Close a poll.
    ClosePoll(ops::ClosePoll),
    /// Confirm a message.
    Acknowledge(ops::Acknowledge),
}

impl Action {
    /// Where it happens.
    pub fn conversation(&self) -> &str {
        match self {
            Self::Send(op) => &op.conversation,
            Self::Edit(op) => &op.conversation,
            Self::Delete(op) => &op.conversation,
            Self::React(op) => &op.conversation,
            Self::Unreact(op) => &op.conversation,
            Self::Vote(op) => &op.conversation,
            Self::ClosePoll(op) => &op.conversation,
            Self::Acknowledge(op) => &op.conversation,
        }
    }

    /// The event it makes, given the server's answer; `None` when only the server knows what it says.
    pub fn into_event(self, sent: ops::Sent, sender: &str, client_ref: &str) -> Option<Event> {
        let conversation = self.conversation().to_owned();
        let content = match self {
            // What a forwarded message says, how a poll is worded, and what a vote replaces.
            Self::Send(ops::Send { forward: Some(_), .. } | ops::Send { poll: Some(_), .. })
            | Self::Vote(_) => {
                return None;
            }
            Self::Send(op) => Content::Message(Message {
                body: op.body,
                reply_to: op.reply_to,
                thread: op.thread,
                forwarded: None,
                sent_at: None,
                expires_at: None,
                poll: None,
                needs_acknowledgement: op.needs_acknowledgement,
            }),
            Self::Edit(op) => Content::Edit { target: op.event, body: op.body },
            Self::Delete(op) => Content::Delete { target: op.event },
            Self::React(op) => Content::Reaction { target: op.event, emoji: op.emoji, added: true },
            Self::Unreact(op) => Content::Reaction { target: op.event, emoji: op.emoji, added: false },
            Self::ClosePoll(op) => Content::PollClosed { target: op.event },
            Self::Acknowledge(op) => Content::Acknowledgement { target: op.event, again: false },
        };
        Some(Event {
            conversation,
            epoch: sent.epoch,
            seq: sent.seq,
            event_id: sent.event_id,
            at: sent.at,
            sender: sender.to_owned(),
            client_ref: Some(client_ref.to_owned()),
            content,
            fold: None,
        })
    }

    /// The text, for actions that carry one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Send(ops::Send { body: Body::Text { text, .. }, .. })
            | Self::Edit(ops::Edit { body: Body::Text { text, .. }, .. }) => Some(text),
            _ => None,
        }
    }
}

/// How an unsent action stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its turn or for a connection.
    Queued,
    /// Is being tried; whether the server has it is not known.
    Sending,
    /// The server asked for patience.
    Waiting {
        /// Not before this moment.
        until_ms: u64,
        /// Why.
        problem: Problem,
    },
    /// The server refused it for good.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// One unsent action.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEntry {
    /// Says it is the same action on every try.
    pub client_ref: String,
    /// What to do.
    pub action: Action,
    /// How it stands.
    pub state: OutboxState,
    /// How often the server has asked for patience.
    pub delays: u32,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server has it, on disk, at this place.
    Done(ops::Sent),
    /// The server refused.
    Refused(Problem),
    /// No answer: the server may have it or not.
    Unknown,
}

/// Unsent actions, oldest first.
///
/// In each conversation one action at a time is on its way, so that order is kept even when
/// answers are lost. An action that failed for good steps aside until somebody retries or discards it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox(Vec<OutboxEntry>);

impl Outbox {
    /// What an earlier run left, oldest first; what was being tried then is tried again.
    pub fn restore(entries: impl IntoIterator<Item = OutboxEntry>) -> Self {
        let mut outbox = Self(entries.into_iter().collect());
        outbox.interrupt();
        outbox
            .0
            .iter_mut()
            .filter(|entry| is_waiting(entry))
            .for_each(|entry| entry.state = OutboxState::Queued);
        outbox
    }

    /// Every unsent action.
    pub fn entries(&self) -> &[OutboxEntry] {
        &self.0
    }

    /// One unsent action.
    pub fn find(&self, client_ref: &str) -> Option<&OutboxEntry> {
        self.0.iter().find(|entry| entry.client_ref == client_ref)
    }

    /// Adds an action at the end.
    pub fn push(&mut self, client_ref: String, action: Action) {
        self.0.push(OutboxEntry { client_ref, action, state: OutboxState::Queued, delays: 0 });
    }

    /// The references of the actions to try now: at most one per conversation.
    pub fn due(&self, now_ms: u64) -> Vec<String> {
        let is_due = |entry: &&OutboxEntry| match entry.state {
            OutboxState::Queued => true,
            OutboxState::Waiting { until_ms, .. } => until_ms <= now_ms,
            _ => false,
        };
        self.foremost().filter(is_due).map(|entry| entry.client_ref.clone()).collect()
    }

    /// When the next wait is over.
    pub fn next_due_ms(&self) -> Option<u64> {
        let waits = self.foremost().filter_map(|entry| match entry.state {
            OutboxState::Waiting { until_ms, .. } => Some(until_ms),
            _ => None,
        });
        waits.min()
    }

    /// Marks an action as being tried; returns what to do.
    pub fn begin(&mut self, client_ref: &str) -> Option<Action> {
        let entry = self.entry_mut(client_ref)?;
        entry.state = OutboxState::Sending;
        Some(entry.action.clone())
    }

    /// Takes in how a try ended; returns the entry when it is done.
    pub fn settle(&mut self, client_ref: &str, verdict: &Verdict, now_ms: u64) -> Option<OutboxEntry> {
        let index = self.0.iter().position(|entry| entry.client_ref == client_ref)?;
        let entry = &mut self.0[index];
        match verdict {
            Verdict::Done(_) => return Some(self.0.remove(index)),
            Verdict::Unknown => entry.state = OutboxState::Queued,
            Verdict::Refused(problem) if problem.retry == Retry::Never => {
                entry.state = OutboxState::Failed { problem: problem.clone() };
            }
            Verdict::Refused(problem) => {
                let wait_ms = problem.retry_after_ms.unwrap_or_else(|| wait_ms(entry.delays));
                entry.delays += 1;
                entry.state = OutboxState::Waiting { until_ms: now_ms + wait_ms, problem: problem.clone() };
            }
        }
        None
    }

    /// The connection is gone: whatever was being tried is tried again with the same reference.
    pub fn interrupt(&mut self) {
        let tried = self.0.iter_mut().filter(|entry| entry.state == OutboxState::Sending);
        tried.for_each(|entry| entry.state = OutboxState::Queued);
    }

    /// Tries an action again that failed for good. Returns whether there was one.
    pub fn retry(&mut self, client_ref: &str) -> bool {
        let Some(entry) = self.entry_mut(client_ref) else { return false };
        let has_failed = matches!(entry.state, OutboxState::Failed { .. });
        if has_failed {
            entry.state = OutboxState::Queued;
        }
        has_failed
    }

    /// Removes an action whose event was seen in the log, or that nobody wants any more.
    pub fn remove(&mut self, client_ref: &str) -> Option<OutboxEntry> {
        let index = self.0.iter().position(|entry| entry.client_ref == client_ref)?;
        Some(self.0.remove(index))
    }

    /// The first of each conversation that has not failed.
    fn foremost(&self) -> impl Iterator<Item = &OutboxEntry> {
        let mut seen = HashSet::new();
        let open = self.0.iter().filter(|entry| !matches!(entry.state, OutboxState::Failed { .. }));
        open.filter(move |entry| seen.insert(entry.action.conversation()))
    }

    fn entry_mut(&mut self, client_ref: &str) -> Option<&mut OutboxEntry> {
        self.0.iter_mut().find(|entry| entry.client_ref == client_ref)
    }
}

fn is_waiting(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Waiting { .. })
}

fn wait_ms(delays: u32) -> u64 {
    (500u64 << delays.min(10)).min(WAIT_MAX_MS)
}

#[cfg(test)]
mod tests;
