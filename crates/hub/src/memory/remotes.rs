use super::MemoryStore;
use crate::ports::{NewRemote, Remotes, StoreError};
use async_trait::async_trait;
use parlance_core::{address::Address, id::DomainId, principal::Principal};

#[async_trait]
impl Remotes for MemoryStore {
    async fn find_remote(
        &self,
        domain: DomainId,
        address: &Address,
    ) -> Result<Option<Principal>, StoreError> {
        let known = &self.tables().directory.remotes;
        Ok(known.get(&(domain, address.clone())).map(|(remote, _)| remote.clone()))
    }

    async fn ensure_remote(&self, new: NewRemote) -> Result<Option<Principal>, StoreError> {
        let known = &mut self.tables().directory.remotes;
        let key = (new.principal.domain, new.principal.address.clone());
        if let Some((remote, _)) = known.get(&key) {
            return Ok(Some(remote.clone()));
        }
        let introduced = known.values().filter(|(_, introducer)| *introducer == new.introducer).count();
        if introduced >= new.introduced_max {
            return Ok(None);
        }
        known.insert(key, (new.principal.clone(), new.introducer));
        Ok(Some(new.principal))
    }
}
