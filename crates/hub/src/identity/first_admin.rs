use super::{
    invitations::{hash_of, is_for_first_admin},
    secret,
};
use crate::{Hub, HubError, Redacted, ports::InvitationRow};

/// How long the first administrator's invitation works, in hours.
pub const FIRST_ADMIN_HOURS: u64 = 24;

impl Hub {
    /// Makes the invitation of the first administrator; `None` when the domain has one already.
    ///
    /// It works once and for 24 hours. Those of earlier starts end, so that only the newest works.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn first_admin_invitation(&self) -> Result<Option<Redacted<String>>, HubError> {
        if self.world.store.has_admin(self.domain).await? {
            return Ok(None);
        }
        self.end_first_admin_invitations().await?;
        let code = secret::code(self.world.entropy.as_ref());
        let row = InvitationRow {
            code: hash_of(&code),
            shown_code: None,
            domain: self.domain,
            inviter: None,
            contact: None,
            name: None,
            is_admin: true,
            expires_at: Some(self.now().plus_ms(FIRST_ADMIN_HOURS * 3_600_000)),
            uses_left: 1,
        };
        self.world.store.create_invitation(row).await?;
        Ok(Some(code))
    }

    async fn end_first_admin_invitations(&self) -> Result<(), HubError> {
        let of_server = self.world.store.list_invitations(None, self.now()).await?;
        for row in of_server.iter().filter(|row| row.domain == self.domain && is_for_first_admin(row)) {
            self.world.store.revoke_invitation(None, &row.code).await?;
        }
        Ok(())
    }
}
