use super::{MemoryStore, Tables};
use crate::ports::{AppendError, Create, ListedRow, Names, Naming, StoreError};
use async_trait::async_trait;
use parlance_core::{
    conversation::State,
    id::{ConversationId, DomainId},
};
use smol_str::{SmolStr, ToSmolStr};

#[async_trait]
impl Names for MemoryStore {
    async fn find_name(&self, domain: DomainId, name: &str) -> Result<Option<ConversationId>, StoreError> {
        Ok(self.tables().names.get(&(domain, name.into())).copied())
    }

    async fn load_name(&self, conversation: ConversationId) -> Result<Option<SmolStr>, StoreError> {
        let tables = self.tables();
        let own = tables.names.iter().find(|(_, owner)| **owner == conversation);
        Ok(own.map(|((_, name), _)| name.clone()))
    }

    async fn release_name(&self, conversation: ConversationId) -> Result<(), StoreError> {
        self.tables().names.retain(|_, owner| *owner != conversation);
        Ok(())
    }

    async fn list_listed(
        &self,
        domain: DomainId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedRow>, StoreError> {
        let tables = self.tables();
        let mut rows: Vec<ListedRow> = tables
            .logs
            .values()
            .map(|log| &log.state)
            .filter(|state| state.domain == domain && state.settings.listed && !state.members.is_empty())
            .map(|state| tables.listed(state))
            .filter(|row| after.is_none_or(|after| row.name.as_str() > after))
            .collect();
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        rows.truncate(limit);
        Ok(rows)
    }
}

impl Tables {
    fn listed(&self, state: &State) -> ListedRow {
        let own = self.names.iter().find(|(_, owner)| **owner == state.id);
        ListedRow {
            conversation: state.id,
            kind: state.kind,
            name: own.map_or_else(|| state.id.to_smolstr(), |((_, name), _)| name.clone()),
            settings: state.settings.clone(),
            members_count: state.members.len() as u64,
        }
    }

    /// Gives a new conversation the name it wants, before anything else of it is made.
    pub(super) fn claim_name(&mut self, id: ConversationId, create: &Create) -> Result<(), AppendError> {
        let is_free = |name: &&SmolStr| !self.names.contains_key(&(create.domain, (*name).clone()));
        let name = match &create.naming {
            Naming::Nameless => None,
            Naming::Exactly(name) => Some(Some(name).filter(is_free).ok_or(AppendError::NameTaken)?),
            Naming::FirstFree(names) => names.iter().find(is_free),
        };
        if let Some(name) = name.cloned() {
            self.names.insert((create.domain, name), id);
        }
        Ok(())
    }
}
