use super::MemoryStore;
use crate::ports::{NewPush, Push, PushKey, PushSettled, Pushes, StoreError, retry_at};
use async_trait::async_trait;
use parlance_core::id::{DeviceId, PrincipalId, UnixMillis};

/// One registration.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) device: DeviceId,
    server: String,
    options: String,
    asked: u64,
    told: u64,
    tries: u32,
    due_at: UnixMillis,
}

#[async_trait]
impl Pushes for MemoryStore {
    async fn enable_push(&self, new: NewPush) -> Result<bool, StoreError> {
        let tables = &mut *self.tables();
        let others =
            || tables.pushes.iter().filter(|(key, _)| key.owner == new.key.owner && **key != new.key);
        let of_device = others().filter(|(_, row)| row.device == new.device).count();
        let is_full = others().count() >= new.owner_max || of_device >= new.device_max;
        if is_full || !tables.directory.has_device(new.key.owner, new.device) {
            return Ok(false);
        }
        let (asked, told) = tables.pushes.get(&new.key).map_or((0, 0), |row| (row.asked, row.told));
        let NewPush { key, device, server, options, .. } = new;
        let row = Row { device, server, options, asked, told, tries: 0, due_at: UnixMillis(0) };
        tables.pushes.insert(key, row);
        Ok(true)
    }

    async fn disable_pushes(
        &self,
        owner: PrincipalId,
        service: &str,
        node: Option<&str>,
    ) -> Result<(), StoreError> {
        let is_meant = |key: &PushKey| {
            key.owner == owner && key.service == service && node.is_none_or(|node| key.node == node)
        };
        self.tables().pushes.retain(|key, _| !is_meant(key));
        Ok(())
    }

    async fn push_devices(
        &self,
        owner: Option<PrincipalId>,
    ) -> Result<Vec<(PrincipalId, DeviceId)>, StoreError> {
        let tables = self.tables();
        let rows = tables.pushes.iter().filter(|(key, _)| owner.is_none_or(|owner| key.owner == owner));
        let mut devices: Vec<_> = rows.map(|(key, row)| (key.owner, row.device)).collect();
        devices.sort_unstable();
        devices.dedup();
        Ok(devices)
    }

    async fn ask_pushes(&self, devices: &[DeviceId]) -> Result<(), StoreError> {
        let mut tables = self.tables();
        tables.pushes.values_mut().filter(|row| devices.contains(&row.device)).for_each(|row| row.asked += 1);
        Ok(())
    }

    async fn claim_pushes(
        &self,
        server: &str,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Push>, StoreError> {
        let mut tables = self.tables();
        let rows = tables.pushes.iter_mut();
        let due = rows.filter(|(_, row)| row.server == server && row.waits() && row.due_at <= now);
        Ok(due.take(limit).map(|(key, row)| row.claim(key, now)).collect())
    }

    async fn settle_push(&self, key: &PushKey, settled: PushSettled) -> Result<(), StoreError> {
        let mut tables = self.tables();
        match settled {
            PushSettled::Ended => drop(tables.pushes.remove(key)),
            PushSettled::Done { asked } => {
                if let Some(row) = tables.pushes.get_mut(key) {
                    row.told = row.told.max(asked);
                    (row.tries, row.due_at) = (0, UnixMillis(0));
                }
            }
        }
        Ok(())
    }

    async fn count_waiting_pushes(&self) -> Result<u64, StoreError> {
        Ok(self.tables().pushes.values().filter(|row| row.waits()).count() as u64)
    }
}

impl Row {
    fn waits(&self) -> bool {
        self.asked > self.told
    }

    fn claim(&mut self, key: &PushKey, now: UnixMillis) -> Push {
        let Self { device, asked, tries, .. } = *self;
        self.due_at = retry_at(now, tries);
        self.tries += 1;
        Push { key: key.clone(), device, options: self.options.clone(), asked, tries }
    }
}
