use super::{
    core::{Core, page_key},
    effect::Done,
    notice::Notice,
};
use crate::{
    error::{CallError, StoreError},
    model::Verdict,
};
use parlance_api::{model, ops};

impl Core {
    /// Takes in what came of an effect.
    pub(crate) fn handle_done(&mut self, now_ms: u64, done: Done) -> Result<(), StoreError> {
        match done {
            Done::Synced(number, result) => self.handle_synced(now_ms, number, result)?,
            Done::Got(conversation, result) => self.handle_got(now_ms, &conversation, result)?,
            Done::Listed(op, result) => self.handle_listed(now_ms, &op, result)?,
            Done::Members(conversation, result) => self.handle_members(&conversation, result)?,
            Done::Receipts(conversation, Ok(page)) => self.take_receipts(&conversation, &page.items)?,
            Done::Acted(client_ref, verdict) => self.handle_acted(now_ms, &client_ref, verdict)?,
            Done::Said(conversation, said, result) => {
                let is_settled = matches!(result, Ok(_) | Err(CallError::Refused(_)));
                self.handle_said(&conversation, &said, is_settled)?;
            }
            Done::Delivered(conversation, result) => self.handle_delivered(&conversation, result.is_ok()),
            Done::Watched(Ok(page)) => {
                for presence in page.items {
                    self.presence.insert(presence.user.clone(), presence);
                }
                self.notify(Notice::Presence);
            }
            Done::Receipts(_, Err(_)) | Done::Watched(Err(_)) | Done::Signalled => {}
        }
        self.send_due(now_ms)
    }

    fn handle_got(
        &mut self,
        now_ms: u64,
        conversation: &str,
        result: Result<Box<model::Conversation>, CallError>,
    ) -> Result<(), StoreError> {
        match result {
            Ok(described) if self.has_moved_since_asked(conversation) => {
                self.take_picture(now_ms, *described, true)?;
                self.ask_again_when_stale(conversation);
                Ok(())
            }
            Ok(described) => {
                let is_first = !self.rooms.contains_key(conversation);
                self.take_conversation(now_ms, *described)?;
                if is_first {
                    self.ask_for_newest(conversation);
                    self.watch_peers();
                }
                Ok(())
            }
            Err(error) if error.code() == Some("conversation.not_found") => self.forget_room(conversation),
            Err(_) => Ok(()),
        }
    }

    /// Whether the read position is another than when the counters were asked for: the answer may be
    /// from before that.
    fn has_moved_since_asked(&self, conversation: &str) -> bool {
        let Some(room) = self.rooms.get(conversation) else { return false };
        room.asked_about.is_some_and(|(_, read_seq)| read_seq != room.info.membership.read_seq)
    }

    /// Takes in a conversation that was just made or joined.
    pub(crate) fn adopt(&mut self, now_ms: u64, described: model::Conversation) -> Result<(), StoreError> {
        let conversation = described.conversation.clone();
        self.handle_got(now_ms, &conversation, Ok(Box::new(described)))
    }

    pub(super) fn ask_for_newest(&mut self, conversation: &str) {
        let op = ops::ListEvents {
            conversation: conversation.to_owned(),
            limit: super::core::LOADED_EVENTS,
            ..ops::ListEvents::default()
        };
        self.ask_for_page(op, None);
    }

    fn handle_listed(
        &mut self,
        now_ms: u64,
        op: &ops::ListEvents,
        result: Result<ops::EventPage, CallError>,
    ) -> Result<(), StoreError> {
        let waiters = self.pages.remove(&page_key(op)).unwrap_or_default();
        let outcome = match result {
            Ok(page) => {
                self.absorb(&op.conversation, &page.items)?;
                if let Some(last) = page.items.last() {
                    self.note_delivered(now_ms, &op.conversation, last.seq);
                }
                self.notify(Notice::Timeline { conversation: op.conversation.clone() });
                None
            }
            Err(error) => Some(error),
        };
        for waiter in waiters {
            let told = outcome.as_ref().map_or(Ok(()), |error| Err(repeat(error).into()));
            // Whoever asked may have stopped waiting.
            drop(waiter.send(told));
        }
        Ok(())
    }

    fn handle_members(
        &mut self,
        conversation: &str,
        result: Result<ops::Page<model::Member>, CallError>,
    ) -> Result<(), StoreError> {
        let Ok(page) = result else {
            self.described.remove(conversation);
            return Ok(());
        };
        for member in page.items {
            self.remember_name(&member.user.address, &member.user.display_name)?;
        }
        self.notify(Notice::Timeline { conversation: conversation.to_owned() });
        Ok(())
    }

    fn handle_acted(&mut self, now_ms: u64, client_ref: &str, verdict: Verdict) -> Result<(), StoreError> {
        let Some(entry) = self.outbox.find(client_ref) else { return Ok(()) };
        let conversation = entry.action.conversation().to_owned();
        if let Verdict::Done(sent) = &verdict
            && self.is_ahead_of_pushes(&conversation, sent)
        {
            // The event comes as a push right after those before it, and then ends the waiting.
            return Ok(());
        }
        if let Some(entry) = self.outbox.settle(client_ref, &verdict, now_ms) {
            self.store.remove_outbox(client_ref)?;
            if let Verdict::Done(sent) = verdict {
                let sender = self.me.user.address.clone();
                let event = entry.action.into_event(sent, &sender, client_ref);
                self.absorb(&conversation, event.as_slice())?;
            }
        } else if let Some(entry) = self.outbox.find(client_ref) {
            self.store.save_outbox(entry)?;
        }
        self.notify(Notice::Timeline { conversation });
        Ok(())
    }

    /// Whether events before this one are still to come on this connection.
    fn is_ahead_of_pushes(&self, conversation: &str, sent: &ops::Sent) -> bool {
        self.is_connected()
            && self.rooms.get(conversation).is_some_and(|room| {
                sent.epoch == room.timeline.epoch() && sent.seq > room.timeline.head() + 1
            })
    }
}

/// The same error for one more listener.
fn repeat(error: &CallError) -> CallError {
    match error {
        CallError::Refused(problem) => CallError::Refused(problem.clone()),
        CallError::Offline => CallError::Offline,
        CallError::TimedOut => CallError::TimedOut,
        CallError::Unreachable { server, reason } => {
            CallError::Unreachable { server: server.clone(), reason: reason.clone() }
        }
        CallError::Lost | CallError::Malformed(_) => CallError::Lost,
    }
}
