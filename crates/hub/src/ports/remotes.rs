use super::StoreError;
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    id::{DomainId, PrincipalId},
    principal::Principal,
};

/// People on other servers. They are loaded by identity like everybody else
/// ([`Directory::load_principals`](super::Directory::load_principals)), and are in no list of accounts.
#[async_trait]
pub trait Remotes: Send + Sync {
    /// Somebody whom a tenant knows, by address.
    async fn find_remote(&self, domain: DomainId, address: &Address)
    -> Result<Option<Principal>, StoreError>;

    /// Somebody whom a tenant knows, made when nobody is known by this address; of fifty at once exactly one
    /// is made. `None` when the introducer has made as many known as they may.
    async fn ensure_remote(&self, new: NewRemote) -> Result<Option<Principal>, StoreError>;
}

/// Somebody who becomes known.
#[derive(Clone, Debug)]
pub struct NewRemote {
    /// Who, as [`Principal::remote`] makes them.
    pub principal: Principal,
    /// Because of whom.
    pub introducer: PrincipalId,
    /// Most people whom the introducer makes known.
    pub introduced_max: usize,
}
