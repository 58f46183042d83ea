use super::MemoryStore;
use crate::ports::{
    Schedule, Scheduled, ScheduledChange, ScheduledId, ScheduledRefusal, ScheduledState, StoreError,
};
use async_trait::async_trait;
use parlance_core::id::{PrincipalId, UnixMillis};

/// A message that waits, and until when it is being sent.
#[derive(Debug)]
pub(super) struct Row {
    scheduled: Scheduled,
    taken_until: Option<UnixMillis>,
}

#[async_trait]
impl Schedule for MemoryStore {
    async fn keep_scheduled(
        &self,
        scheduled: Scheduled,
        owner_max: usize,
    ) -> Result<Option<Scheduled>, StoreError> {
        let rows = &mut self.tables().scheduled;
        let key = |it: &Scheduled| (it.device, it.conversation, it.client_ref.clone());
        let of_owner = || rows.values().filter(|row| row.scheduled.owner == scheduled.owner);
        if let Some(known) = of_owner().find(|row| key(&row.scheduled) == key(&scheduled)) {
            return Ok(Some(known.scheduled.clone()));
        }
        if of_owner().count() >= owner_max {
            return Ok(None);
        }
        rows.insert(scheduled.id, Row { scheduled: scheduled.clone(), taken_until: None });
        Ok(Some(scheduled))
    }

    async fn list_scheduled(&self, owner: PrincipalId) -> Result<Vec<Scheduled>, StoreError> {
        let tables = self.tables();
        let mut listed: Vec<_> = tables.scheduled.values().map(|row| row.scheduled.clone()).collect();
        listed.retain(|scheduled| scheduled.owner == owner);
        listed.sort_by_key(|scheduled| (scheduled.due_at, scheduled.id));
        Ok(listed)
    }

    async fn find_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError> {
        let tables = self.tables();
        let found = tables.scheduled.get(&id).filter(|row| row.scheduled.owner == owner);
        Ok(found.map(|row| row.scheduled.clone()))
    }

    async fn change_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        change: ScheduledChange,
    ) -> Result<Option<Scheduled>, StoreError> {
        let mut tables = self.tables();
        let found = tables.scheduled.get_mut(&id).filter(|row| row.is_at_rest_for(owner));
        Ok(found.map(|row| {
            let scheduled = &mut row.scheduled;
            scheduled.message.body = change.body.unwrap_or_else(|| scheduled.message.body.clone());
            scheduled.due_at = change.due_at.unwrap_or(scheduled.due_at);
            scheduled.state = ScheduledState::Waiting;
            scheduled.clone()
        }))
    }

    async fn cancel_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError> {
        let rows = &mut self.tables().scheduled;
        let is_there = rows.get(&id).is_some_and(|row| row.is_at_rest_for(owner));
        Ok(if is_there { rows.remove(&id).map(|row| row.scheduled) } else { None })
    }

    async fn claim_scheduled(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Scheduled>, StoreError> {
        let mut tables = self.tables();
        let mut due: Vec<_> = tables.scheduled.values_mut().filter(|row| row.is_due(now)).collect();
        due.sort_by_key(|row| (row.scheduled.due_at, row.scheduled.id));
        Ok(due.into_iter().take(limit).map(|row| row.take(until)).collect())
    }

    async fn claim_scheduled_now(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Option<Scheduled>, StoreError> {
        let mut tables = self.tables();
        let found = tables.scheduled.get_mut(&id).filter(|row| row.is_at_rest_for(owner));
        Ok(found.map(|row| {
            row.scheduled.due_at = row.scheduled.due_at.min(now);
            row.take(until)
        }))
    }

    async fn settle_scheduled(
        &self,
        id: ScheduledId,
        refused: Option<ScheduledRefusal>,
    ) -> Result<(), StoreError> {
        let rows = &mut self.tables().scheduled;
        match (refused, rows.get_mut(&id)) {
            (Some(refusal), Some(row)) => {
                row.scheduled.state = ScheduledState::Refused(refusal);
                row.taken_until = None;
            }
            (Some(_), None) => {}
            (None, _) => drop(rows.remove(&id)),
        }
        Ok(())
    }

    async fn erase_scheduled(&self, owner: PrincipalId) -> Result<(), StoreError> {
        self.tables().scheduled.retain(|_, row| row.scheduled.owner != owner);
        Ok(())
    }
}

impl Row {
    fn is_at_rest_for(&self, owner: PrincipalId) -> bool {
        self.scheduled.owner == owner && self.scheduled.state != ScheduledState::Sending
    }

    fn is_due(&self, now: UnixMillis) -> bool {
        let is_free = self.taken_until.is_none_or(|until| until <= now);
        let is_refused = matches!(self.scheduled.state, ScheduledState::Refused(_));
        self.scheduled.due_at <= now && is_free && !is_refused
    }

    fn take(&mut self, until: UnixMillis) -> Scheduled {
        self.scheduled.state = ScheduledState::Sending;
        self.taken_until = Some(until);
        self.scheduled.clone()
    }
}
