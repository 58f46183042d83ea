mod devices;
mod domains;
mod invitations;
mod links;
mod presence;
mod principals;
mod reconnects;

pub(super) use principals::update as update_principal;

use super::SqliteStore;
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    id::{ConversationId, DeviceId, DomainId, PrincipalId, UnixMillis},
    principal::{Device, DeviceKey, Principal},
};
use parlance_hub::ports::{
    CreateError, Credentials, Devices, Directory, InvitationRow, LinkRow, NewPrincipal, PresenceWish,
    PrincipalChange, PrincipalCounts, ReconnectToken, Reconnects, StoreError, TokenHash,
};

#[async_trait]
impl Directory for SqliteStore {
    async fn ensure_domain(&self, name: &str) -> Result<DomainId, StoreError> {
        let name = name.to_lowercase();
        let asked = name.clone();
        if let Some(known) = self.readers.read(move |c| domains::find(c, &asked)).await? {
            return Ok(known);
        }
        self.write(move |c| domains::ensure(c, &name)).await
    }

    async fn create_principal(&self, new: NewPrincipal) -> Result<(), CreateError> {
        self.write(move |c| principals::create(c, &new)).await?
    }

    async fn find_principal(&self, address: &Address) -> Result<Option<Principal>, StoreError> {
        let address = address.clone();
        self.readers.read(move |c| principals::find(c, &address)).await
    }

    async fn find_login(
        &self,
        address: &Address,
    ) -> Result<Option<(Principal, Option<Credentials>)>, StoreError> {
        let address = address.clone();
        self.readers.read(move |c| principals::find_login(c, &address)).await
    }

    async fn load_principals(&self, ids: &[PrincipalId]) -> Result<Vec<Principal>, StoreError> {
        let ids = ids.to_vec();
        self.readers.read(move |c| principals::load(c, &ids)).await
    }

    async fn search_principals(
        &self,
        domain: DomainId,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError> {
        let prefix = prefix.to_owned();
        self.readers.read(move |c| principals::search(c, domain, &prefix, limit)).await
    }

    async fn list_principals(
        &self,
        domain: DomainId,
        is_enabled: Option<bool>,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError> {
        let after = after.map_or(String::new(), |address| address.name().to_owned());
        self.readers.read(move |c| principals::list(c, domain, is_enabled, &after, limit)).await
    }

    async fn count_principals(&self, domain: DomainId) -> Result<PrincipalCounts, StoreError> {
        self.readers.read(move |c| principals::count(c, domain)).await
    }

    async fn update_principal(&self, id: PrincipalId, change: PrincipalChange) -> Result<bool, StoreError> {
        self.write(move |c| principals::update(c, id, &change)).await
    }

    async fn load_credentials(&self, id: PrincipalId) -> Result<Option<Credentials>, StoreError> {
        self.readers.read(move |c| principals::load_credentials(c, id)).await
    }

    async fn set_credentials(&self, id: PrincipalId, credentials: Credentials) -> Result<(), StoreError> {
        self.write(move |c| principals::set_credentials(c, id, &credentials)).await
    }

    async fn create_device(&self, device: Device, token: TokenHash) -> Result<(), StoreError> {
        self.write(move |c| devices::create(c, &device, Some(&token))).await
    }

    async fn find_keyed_device(
        &self,
        owner: PrincipalId,
        key: &DeviceKey,
    ) -> Result<Option<Device>, StoreError> {
        let key = key.clone();
        self.readers.read(move |c| devices::find_keyed(c, owner, Some(&key))).await
    }

    async fn ensure_keyed_device(&self, device: Device) -> Result<Device, StoreError> {
        self.write(move |c| devices::ensure_keyed(c, &device)).await
    }

    async fn issue_reconnect(
        &self,
        device: DeviceId,
        mechanism: &str,
        at: UnixMillis,
        works_from: UnixMillis,
    ) -> Result<Option<ReconnectToken>, StoreError> {
        let mechanism = mechanism.to_owned();
        self.write(move |c| reconnects::issue(c, device, &mechanism, at, works_from)).await
    }

    async fn reconnects(&self, owner: PrincipalId) -> Result<Vec<(Device, Reconnects)>, StoreError> {
        self.readers.read(move |c| reconnects::list(c, owner)).await
    }

    async fn note_reconnect_used(&self, device: DeviceId, number: u64) -> Result<bool, StoreError> {
        self.write(move |c| reconnects::note_used(c, device, number)).await
    }

    async fn end_reconnects(&self, owner: PrincipalId, which: Devices) -> Result<(), StoreError> {
        self.write(move |c| reconnects::end(c, owner, which)).await
    }

    async fn find_device(&self, token: &TokenHash) -> Result<Option<(Device, Principal)>, StoreError> {
        let token = *token;
        self.readers.read(move |c| devices::find(c, &token)).await
    }

    async fn load_device(
        &self,
        owner: PrincipalId,
        device: DeviceId,
    ) -> Result<Option<(Device, Principal)>, StoreError> {
        self.readers.read(move |c| devices::load(c, owner, device)).await
    }

    async fn list_devices(&self, owner: PrincipalId) -> Result<Vec<Device>, StoreError> {
        self.readers.read(move |c| devices::list(c, owner)).await
    }

    async fn revoke_devices(&self, owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>, StoreError> {
        self.write(move |c| devices::revoke(c, owner, which)).await
    }

    async fn touch_devices(&self, seen: Vec<(DeviceId, UnixMillis)>) -> Result<(), StoreError> {
        if seen.is_empty() {
            return Ok(());
        }
        self.write(move |c| devices::touch(c, &seen)).await
    }

    async fn last_seen(&self, owner: PrincipalId) -> Result<Option<UnixMillis>, StoreError> {
        self.readers.read(move |c| devices::last_seen(c, owner)).await
    }

    async fn presence_wish(&self, owner: PrincipalId) -> Result<PresenceWish, StoreError> {
        self.readers.read(move |c| presence::load(c, owner)).await
    }

    async fn set_presence_wish(&self, owner: PrincipalId, wish: PresenceWish) -> Result<(), StoreError> {
        self.write(move |c| presence::set(c, owner, &wish)).await
    }

    async fn create_invitation(&self, invitation: InvitationRow) -> Result<(), StoreError> {
        self.write(move |c| invitations::create(c, &invitation)).await
    }

    async fn find_invitation(&self, code: &TokenHash) -> Result<Option<InvitationRow>, StoreError> {
        let code = *code;
        self.readers.read(move |c| invitations::find(c, &code)).await
    }

    async fn list_invitations(
        &self,
        inviter: Option<PrincipalId>,
        now: UnixMillis,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        self.readers.read(move |c| invitations::list(c, inviter, now)).await
    }

    async fn revoke_invitation(
        &self,
        inviter: Option<PrincipalId>,
        code: &TokenHash,
    ) -> Result<bool, StoreError> {
        let code = *code;
        self.write(move |c| invitations::revoke(c, inviter, &code)).await
    }

    async fn use_invitation(&self, code: &TokenHash, now: UnixMillis) -> Result<bool, StoreError> {
        let code = *code;
        self.write(move |c| invitations::use_if_working(c, &code, now)).await
    }

    async fn is_reserved(&self, domain: DomainId, name: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.readers.read(move |c| invitations::is_reserved(c, domain, &name, now)).await
    }

    async fn has_admin(&self, domain: DomainId) -> Result<bool, StoreError> {
        self.readers.read(move |c| principals::has_admin(c, domain)).await
    }

    async fn create_link(&self, link: LinkRow) -> Result<(), StoreError> {
        self.write(move |c| links::create(c, &link)).await
    }

    async fn find_link(&self, code: &str) -> Result<Option<LinkRow>, StoreError> {
        let code = code.to_owned();
        self.readers.read(move |c| links::find(c, &code)).await
    }

    async fn list_links(
        &self,
        conversation: ConversationId,
        now: UnixMillis,
    ) -> Result<Vec<LinkRow>, StoreError> {
        self.readers.read(move |c| links::list(c, conversation, now)).await
    }

    async fn revoke_link(&self, conversation: ConversationId, code: &str) -> Result<bool, StoreError> {
        let code = code.to_owned();
        self.write(move |c| links::revoke(c, conversation, &code)).await
    }

    async fn use_link(&self, code: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let code = code.to_owned();
        self.write(move |c| links::use_once(c, &code, now)).await
    }

    async fn return_link(&self, code: &str) -> Result<(), StoreError> {
        let code = code.to_owned();
        self.write(move |c| links::give_back(c, &code)).await
    }
}
