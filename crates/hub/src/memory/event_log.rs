use super::{MemoryStore, Tables, log::Log};
use crate::ports::{Append, AppendError, Appended, EventLog, Expired, Mark, StoreError};
use async_trait::async_trait;
use parlance_core::{
    account::AccountChange,
    conversation::{State, TargetFacts},
    event::{Content, Event, Offset},
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, Seq, UnixMillis},
};
use std::sync::Arc;

#[async_trait]
impl EventLog for MemoryStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.tables().append(append)
    }

    async fn load_state(&self, conversation: ConversationId) -> Result<Option<State>, StoreError> {
        let state = self.tables().logs.get(&conversation).map(|log| log.state.clone());
        Ok(state.map(|state| State { departed: Default::default(), ..state }))
    }

    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let tables = self.tables();
        let events = tables.logs.get(&conversation).map_or(&[][..], |log| &log.events);
        Ok(events.iter().filter(|event| event.seq > after).take(limit).cloned().collect())
    }

    async fn find_ref(
        &self,
        conversation: ConversationId,
        device: DeviceId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let tables = self.tables();
        let log = tables.logs.get(&conversation);
        Ok(log.and_then(|log| log.find_ref(device, client_ref)).cloned())
    }

    async fn find_ref_of(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let is_meant = |event: &&Arc<Event>| {
            event.sender == sender && event.device.is_some() && event.client_ref.as_ref() == Some(client_ref)
        };
        let tables = self.tables();
        Ok(tables.logs.get(&conversation).and_then(|log| log.events.iter().rfind(is_meant)).cloned())
    }

    async fn find_event(
        &self,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        Ok(self.tables().logs.get(&conversation).and_then(|log| log.find(id).cloned()))
    }

    async fn find_target(
        &self,
        conversation: ConversationId,
        id: EventId,
        emoji: Option<&str>,
    ) -> Result<Option<TargetFacts>, StoreError> {
        Ok(self.tables().logs.get(&conversation).and_then(|log| log.find_target(id, emoji)))
    }

    async fn last_post_at(
        &self,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<Option<UnixMillis>, StoreError> {
        Ok(self.tables().logs.get(&conversation).and_then(|log| log.last_post_at(who)))
    }

    async fn expired(&self, now: UnixMillis, limit: usize) -> Result<Vec<Expired>, StoreError> {
        let tables = self.tables();
        let mut expired: Vec<_> = tables.logs.values().flat_map(|log| log.expired(now)).collect();
        expired.sort_unstable_by_key(|event| (event.content.expires_at(), event.offset));
        let expired = expired.into_iter().take(limit).map(|event| Expired {
            conversation: event.conversation,
            sender: event.sender,
            target: event.as_target(),
        });
        Ok(expired.collect())
    }

    async fn mark(&self) -> Result<Mark, StoreError> {
        Ok(Mark { life: 1, offset: self.tables().offset })
    }

    async fn seq_at(&self, conversation: ConversationId, offset: Offset) -> Result<Seq, StoreError> {
        Ok(self.tables().logs.get(&conversation).map_or(Seq::ZERO, |log| log.seq_at(offset)))
    }

    async fn changed_between(
        &self,
        after: Offset,
        up_to: Offset,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        let is_between = |event: &&Arc<Event>| event.offset > after && event.offset <= up_to;
        let tables = self.tables();
        let newest = |(id, log): (&ConversationId, &Log)| {
            log.events.iter().rfind(is_between).map(|event| (*id, event.seq))
        };
        Ok(tables.logs.iter().filter_map(newest).collect())
    }
}

impl Tables {
    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        if let Some(log) = self.logs.get(&append.conversation) {
            if let Some(appended) = log.find_made(&append)? {
                return Ok(appended);
            }
            check_decision(log, &append)?;
        } else {
            let create = append.create.as_ref().ok_or(AppendError::NoConversation)?;
            self.claim_name(append.conversation, create)?;
            self.logs.insert(append.conversation, Log::new(append.conversation, create));
        }
        let log = self.logs.get_mut(&append.conversation).expect("invariant: looked up or made above");
        let events = log.push_all(&append, &mut self.offset);
        for event in &events {
            self.apply_profile(event);
        }
        for work in append.work {
            self.add_work(work);
        }
        Ok(Appended { events, is_duplicate: false })
    }

    /// The one account change that is kept outside the account log, because others see it.
    fn apply_profile(&mut self, event: &Event) {
        let Content::Account(AccountChange::Profile { display_name, privacy }) = &event.content else {
            return;
        };
        if let Some(principal) = self.directory.principals.get_mut(&event.sender) {
            principal.display_name.clone_from(display_name);
            principal.privacy = *privacy;
        }
    }
}

/// Refuses what was decided on something else than what there is.
fn check_decision(log: &Log, append: &Append) -> Result<(), AppendError> {
    let is_current = append.rules_version.is_none_or(|version| version == log.state.rules_version);
    if append.create.is_none() && is_current { Ok(()) } else { Err(AppendError::Conflict) }
}
