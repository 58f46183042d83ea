use super::{
    attempt::Attempt,
    check_password::enabled,
    scram::{self, ScramProof},
};
use crate::{
    Hub, HubError, IdentityRefusal,
    ports::{ScramHash, ScramVerifier},
};
use parlance_core::principal::Principal;
use std::net::IpAddr;

/// A SCRAM exchange between the server's first message and the client's last.
#[derive(Debug)]
pub struct ScramExchange {
    verifier: ScramVerifier,
    principal: Option<Principal>,
    attempt: Attempt,
}

impl Hub {
    /// Finds what the server's first message needs. For accounts that do not exist, or have no
    /// password, it is made up, always the same, and no proof will fit.
    ///
    /// # Errors
    /// `Limited`, `Unavailable`.
    pub async fn begin_scram(
        &self,
        user: &str,
        hash: ScramHash,
        peer: IpAddr,
    ) -> Result<ScramExchange, HubError> {
        let attempt = self.attempt(user, peer)?;
        let (principal, stored) = self.find_login(user).await?;
        let decoy = self.decoy(hash, attempt.name()).await?;
        let known = stored.and_then(|stored| stored.scram.into_iter().find(|one| one.hash == hash));
        Ok(match known {
            Some(verifier) => ScramExchange { verifier, principal, attempt },
            None => ScramExchange { verifier: decoy, principal: None, attempt },
        })
    }
}

impl ScramExchange {
    /// The salt to send.
    pub fn salt(&self) -> &[u8] {
        &self.verifier.salt
    }

    /// The iteration count to send.
    pub fn iterations(&self) -> u32 {
        self.verifier.iterations
    }

    /// Checks the client's proof; who it is, and the signature that proves the server to them.
    ///
    /// # Errors
    /// `WrongCredentials`; `AccountDisabled` once the proof is right; `Limited`.
    pub fn finish(self, hub: &Hub, proof: ScramProof<'_>) -> Result<(Principal, Vec<u8>), HubError> {
        let signature = scram::verify(&self.verifier, proof);
        self.attempt.judge(hub, signature.is_some() && self.principal.is_some())?;
        let principal = enabled(self.principal)?;
        Ok((principal, signature.ok_or(IdentityRefusal::WrongCredentials)?))
    }
}
