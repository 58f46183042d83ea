use crate::{Caller, Hub, HubError, ports::ContactRow};
use parlance_core::id::{ConversationId, Epoch, Seq};

/// A state of somebody's address book: the place of the newest change in their account log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterVersion {
    /// The life of the account log.
    pub epoch: Epoch,
    /// The place; zero when nothing was ever kept.
    pub seq: Seq,
}

impl Hub {
    /// Everybody about whom the caller keeps something, and the version of that.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn roster(&self, caller: Caller) -> Result<(RosterVersion, Vec<ContactRow>), HubError> {
        let (version, _, rows) = self.read_roster(caller).await?;
        Ok((version, rows))
    }

    /// The version of the caller's address book.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn roster_version(&self, caller: Caller) -> Result<RosterVersion, HubError> {
        Ok(self.read_roster(caller).await?.0)
    }

    /// What the caller keeps and has changed after a version, oldest change first, with the version that
    /// this makes; `None` when that cannot be said, because somebody was removed since or the version is of
    /// another life, and all has to be asked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    ///
    /// # Source
    /// RFC 6121 section 2.6.
    pub async fn roster_changes(
        &self,
        caller: Caller,
        since: RosterVersion,
    ) -> Result<Option<(RosterVersion, Vec<ContactRow>)>, HubError> {
        let (version, removed, mut rows) = self.read_roster(caller).await?;
        if since.epoch != version.epoch || since.seq > version.seq || since.seq < removed {
            return Ok(None);
        }
        rows.retain(|row| row.changed > since.seq);
        rows.sort_by_key(|row| row.changed);
        Ok(Some((version, rows)))
    }

    /// The version, the newest removal, and the rows.
    async fn read_roster(&self, caller: Caller) -> Result<(RosterVersion, Seq, Vec<ContactRow>), HubError> {
        let log = self.rooms.load(&*self.world.store, ConversationId::account(caller.who)).await?;
        let epoch = log.map_or(Epoch(1), |room| room.with(|state| state.epoch));
        let (removed, rows) = self.world.store.address_book(caller.who).await?;
        let seq = rows.iter().map(|row| row.changed).max().unwrap_or_default().max(removed);
        Ok((RosterVersion { epoch, seq }, removed, rows))
    }
}
