use super::MemoryStore;
use crate::ports::{
    CreateError, Credentials, Devices, Directory, InvitationRow, LinkRow, NewPrincipal, PresenceWish,
    PrincipalChange, PrincipalCounts, ReconnectToken, Reconnects, StoreError, TokenHash,
};
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    id::{ConversationId, DeviceId, DomainId, PrincipalId, UnixMillis},
    principal::{Device, DeviceKey, Principal},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// Accounts and what they sign in with.
#[derive(Debug, Default)]
pub(super) struct Rows {
    domains: Vec<String>,
    pub(super) principals: HashMap<PrincipalId, Principal>,
    addresses: BTreeMap<Address, PrincipalId>,
    credentials: HashMap<PrincipalId, Credentials>,
    devices: HashMap<DeviceId, Device>,
    tokens: HashMap<TokenHash, DeviceId>,
    reconnects: HashMap<DeviceId, Reconnects>,
    invitations: HashMap<TokenHash, InvitationRow>,
    links: HashMap<String, LinkRow>,
    presence_wishes: HashMap<PrincipalId, PresenceWish>,
    /// People on other servers, each with who made them known.
    pub(super) remotes: HashMap<(DomainId, Address), (Principal, PrincipalId)>,
}

#[async_trait]
impl Directory for MemoryStore {
    async fn ensure_domain(&self, name: &str) -> Result<DomainId, StoreError> {
        let domains = &mut self.tables().directory.domains;
        let known = domains.iter().position(|domain| domain == name);
        let place = known.unwrap_or_else(|| {
            domains.push(name.to_owned());
            domains.len() - 1
        });
        Ok(DomainId(place as u32 + 1))
    }

    async fn create_principal(&self, new: NewPrincipal) -> Result<(), CreateError> {
        self.tables().directory.create_principal(new)
    }

    async fn find_principal(&self, address: &Address) -> Result<Option<Principal>, StoreError> {
        let rows = &self.tables().directory;
        Ok(rows.addresses.get(address).and_then(|id| rows.principals.get(id)).cloned())
    }

    async fn find_login(
        &self,
        address: &Address,
    ) -> Result<Option<(Principal, Option<Credentials>)>, StoreError> {
        let rows = &self.tables().directory;
        let principal = rows.addresses.get(address).and_then(|id| rows.principals.get(id));
        Ok(principal.map(|found| (found.clone(), rows.credentials.get(&found.id).cloned())))
    }

    async fn load_principals(&self, ids: &[PrincipalId]) -> Result<Vec<Principal>, StoreError> {
        let rows = &self.tables().directory;
        let everybody = rows.principals.values().chain(rows.remotes.values().map(|(remote, _)| remote));
        Ok(everybody.filter(|principal| ids.contains(&principal.id)).cloned().collect())
    }

    async fn search_principals(
        &self,
        domain: DomainId,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError> {
        let prefix = prefix.to_lowercase();
        let rows = &self.tables().directory;
        let found = rows
            .by_address(domain)
            .filter(|principal| principal.is_enabled && begins_with(principal, &prefix));
        Ok(found.take(limit).cloned().collect())
    }

    async fn list_principals(
        &self,
        domain: DomainId,
        is_enabled: Option<bool>,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError> {
        let rows = &self.tables().directory;
        let rest =
            rows.by_address(domain).filter(|principal| after.is_none_or(|after| principal.address > *after));
        let wanted = rest.filter(|principal| is_enabled.is_none_or(|it| principal.is_enabled == it));
        Ok(wanted.take(limit).cloned().collect())
    }

    async fn count_principals(&self, domain: DomainId) -> Result<PrincipalCounts, StoreError> {
        let mut counts = PrincipalCounts::default();
        for principal in self.tables().directory.by_address(domain) {
            let kind = if principal.is_enabled { &mut counts.enabled } else { &mut counts.disabled };
            *kind += 1;
        }
        Ok(counts)
    }

    async fn update_principal(&self, id: PrincipalId, change: PrincipalChange) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let Some(principal) = tables.directory.principals.get_mut(&id) else { return Ok(false) };
        principal.display_name = change.display_name.unwrap_or_else(|| principal.display_name.clone());
        principal.privacy = change.privacy.unwrap_or(principal.privacy);
        principal.is_enabled = change.is_enabled.unwrap_or(principal.is_enabled);
        principal.is_admin = change.is_admin.unwrap_or(principal.is_admin);
        Ok(true)
    }

    async fn load_credentials(&self, id: PrincipalId) -> Result<Option<Credentials>, StoreError> {
        Ok(self.tables().directory.credentials.get(&id).cloned())
    }

    async fn set_credentials(&self, id: PrincipalId, credentials: Credentials) -> Result<(), StoreError> {
        self.tables().directory.credentials.insert(id, credentials);
        Ok(())
    }

    async fn create_device(&self, device: Device, token: TokenHash) -> Result<(), StoreError> {
        let rows = &mut self.tables().directory;
        rows.tokens.insert(token, device.id);
        rows.devices.insert(device.id, device);
        Ok(())
    }

    async fn find_keyed_device(
        &self,
        owner: PrincipalId,
        key: &DeviceKey,
    ) -> Result<Option<Device>, StoreError> {
        Ok(self.tables().directory.keyed_device(owner, Some(key)).cloned())
    }

    async fn ensure_keyed_device(&self, device: Device) -> Result<Device, StoreError> {
        let rows = &mut self.tables().directory;
        if let Some(known) = rows.keyed_device(device.owner, device.key.as_ref()) {
            return Ok(known.clone());
        }
        rows.devices.insert(device.id, device.clone());
        Ok(device)
    }

    async fn issue_reconnect(
        &self,
        device: DeviceId,
        mechanism: &str,
        at: UnixMillis,
        works_from: UnixMillis,
    ) -> Result<Option<ReconnectToken>, StoreError> {
        let rows = &mut self.tables().directory;
        let is_known = rows.devices.contains_key(&device);
        Ok(is_known.then(|| rows.reconnects.entry(device).or_default().issue(mechanism, at, works_from)))
    }

    async fn reconnects(&self, owner: PrincipalId) -> Result<Vec<(Device, Reconnects)>, StoreError> {
        let rows = &self.tables().directory;
        let with_tokens = |device: &Device| Some((device.clone(), rows.reconnects.get(&device.id)?.clone()));
        Ok(rows.devices_of(owner).filter_map(with_tokens).collect())
    }

    async fn note_reconnect_used(&self, device: DeviceId, number: u64) -> Result<bool, StoreError> {
        let rows = &mut self.tables().directory;
        Ok(rows.reconnects.get_mut(&device).is_some_and(|reconnects| reconnects.note_used(number)))
    }

    async fn end_reconnects(&self, owner: PrincipalId, which: Devices) -> Result<(), StoreError> {
        let rows = &mut self.tables().directory;
        let meant: Vec<DeviceId> =
            rows.devices_of(owner).map(|device| device.id).filter(|id| is_meant(which, *id)).collect();
        for id in meant {
            if let Some(reconnects) = rows.reconnects.get_mut(&id) {
                reconnects.end_all();
            }
        }
        Ok(())
    }

    async fn find_device(&self, token: &TokenHash) -> Result<Option<(Device, Principal)>, StoreError> {
        let rows = &self.tables().directory;
        let device = rows.tokens.get(token).and_then(|id| rows.devices.get(id));
        let owned = device.and_then(|device| Some((device, rows.principals.get(&device.owner)?)));
        Ok(owned.map(|(device, owner)| (device.clone(), owner.clone())))
    }

    async fn load_device(
        &self,
        owner: PrincipalId,
        device: DeviceId,
    ) -> Result<Option<(Device, Principal)>, StoreError> {
        let rows = &self.tables().directory;
        let device = rows.devices.get(&device).filter(|device| device.owner == owner);
        let owned = device.and_then(|device| Some((device, rows.principals.get(&owner)?)));
        Ok(owned.map(|(device, owner)| (device.clone(), owner.clone())))
    }

    async fn list_devices(&self, owner: PrincipalId) -> Result<Vec<Device>, StoreError> {
        let mut devices: Vec<Device> = self.tables().directory.devices_of(owner).cloned().collect();
        devices.sort_by_key(|device| Reverse((device.created_at, device.id)));
        Ok(devices)
    }

    async fn revoke_devices(&self, owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>, StoreError> {
        let tables = &mut *self.tables();
        let rows = &mut tables.directory;
        let revoked: Vec<DeviceId> =
            rows.devices_of(owner).map(|device| device.id).filter(|id| is_meant(which, *id)).collect();
        tables.pushes.retain(|_, push| !revoked.contains(&push.device));
        rows.devices.retain(|id, _| !revoked.contains(id));
        rows.tokens.retain(|_, id| !revoked.contains(id));
        rows.reconnects.retain(|id, _| !revoked.contains(id));
        Ok(revoked)
    }

    async fn touch_devices(&self, seen: Vec<(DeviceId, UnixMillis)>) -> Result<(), StoreError> {
        let rows = &mut self.tables().directory;
        for (id, at) in seen {
            if let Some(device) = rows.devices.get_mut(&id) {
                device.last_seen_at = device.last_seen_at.max(at);
            }
        }
        Ok(())
    }

    async fn last_seen(&self, owner: PrincipalId) -> Result<Option<UnixMillis>, StoreError> {
        Ok(self.tables().directory.devices_of(owner).map(|device| device.last_seen_at).max())
    }

    async fn presence_wish(&self, owner: PrincipalId) -> Result<PresenceWish, StoreError> {
        Ok(self.tables().directory.presence_wishes.get(&owner).cloned().unwrap_or_default())
    }

    async fn set_presence_wish(&self, owner: PrincipalId, wish: PresenceWish) -> Result<(), StoreError> {
        self.tables().directory.presence_wishes.insert(owner, wish);
        Ok(())
    }

    async fn create_invitation(&self, invitation: InvitationRow) -> Result<(), StoreError> {
        self.tables().directory.invitations.insert(invitation.code, invitation);
        Ok(())
    }

    async fn find_invitation(&self, code: &TokenHash) -> Result<Option<InvitationRow>, StoreError> {
        Ok(self.tables().directory.invitations.get(code).cloned())
    }

    async fn list_invitations(
        &self,
        inviter: Option<PrincipalId>,
        now: UnixMillis,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        let rows = &self.tables().directory;
        let own = rows.invitations.values().filter(|invitation| invitation.inviter == inviter);
        Ok(own.filter(|invitation| still_invites(invitation, now)).cloned().collect())
    }

    async fn revoke_invitation(
        &self,
        inviter: Option<PrincipalId>,
        code: &TokenHash,
    ) -> Result<bool, StoreError> {
        let invitations = &mut self.tables().directory.invitations;
        let is_own = invitations.get(code).is_some_and(|invitation| invitation.inviter == inviter);
        Ok(is_own && invitations.remove(code).is_some())
    }

    async fn use_invitation(&self, code: &TokenHash, now: UnixMillis) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let invitation = tables.directory.invitations.get_mut(code).filter(|it| still_invites(it, now));
        let Some(invitation) = invitation else { return Ok(false) };
        invitation.uses_left -= 1;
        Ok(true)
    }

    async fn is_reserved(&self, domain: DomainId, name: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let is_for = |it: &InvitationRow| it.domain == domain && it.name.as_deref() == Some(name);
        let tables = self.tables();
        Ok(tables.directory.invitations.values().any(|it| is_for(it) && still_invites(it, now)))
    }

    async fn has_admin(&self, domain: DomainId) -> Result<bool, StoreError> {
        Ok(self.tables().directory.by_address(domain).any(|principal| principal.is_admin))
    }

    async fn create_link(&self, link: LinkRow) -> Result<(), StoreError> {
        self.tables().directory.links.insert(link.code.clone(), link);
        Ok(())
    }

    async fn find_link(&self, code: &str) -> Result<Option<LinkRow>, StoreError> {
        Ok(self.tables().directory.links.get(code).cloned())
    }

    async fn list_links(
        &self,
        conversation: ConversationId,
        now: UnixMillis,
    ) -> Result<Vec<LinkRow>, StoreError> {
        let rows = &self.tables().directory;
        let working =
            rows.links.values().filter(|link| link.conversation == conversation && lets_in(link, now));
        Ok(working.cloned().collect())
    }

    async fn revoke_link(&self, conversation: ConversationId, code: &str) -> Result<bool, StoreError> {
        let links = &mut self.tables().directory.links;
        let is_there = links.get(code).is_some_and(|link| link.conversation == conversation);
        Ok(is_there && links.remove(code).is_some())
    }

    async fn use_link(&self, code: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let link = tables.directory.links.get_mut(code).filter(|link| lets_in(link, now));
        let Some(link) = link else { return Ok(false) };
        link.uses_left = link.uses_left.map(|left| left - 1);
        Ok(true)
    }

    async fn return_link(&self, code: &str) -> Result<(), StoreError> {
        if let Some(link) = self.tables().directory.links.get_mut(code) {
            link.uses_left = link.uses_left.map(|left| left + 1);
        }
        Ok(())
    }
}

impl Rows {
    fn by_address(&self, domain: DomainId) -> impl Iterator<Item = &Principal> {
        let by_address = self.addresses.values().filter_map(|id| self.principals.get(id));
        by_address.filter(move |principal| principal.domain == domain)
    }

    fn keyed_device(&self, owner: PrincipalId, key: Option<&DeviceKey>) -> Option<&Device> {
        self.devices_of(owner).find(|device| device.key.is_some() && device.key.as_ref() == key)
    }

    pub(super) fn has_device(&self, owner: PrincipalId, device: DeviceId) -> bool {
        self.devices.get(&device).is_some_and(|device| device.owner == owner)
    }

    fn devices_of(&self, owner: PrincipalId) -> impl Iterator<Item = &Device> {
        self.devices.values().filter(move |device| device.owner == owner)
    }

    fn create_principal(&mut self, new: NewPrincipal) -> Result<(), CreateError> {
        let principal = new.principal;
        if let Some(code) = &new.invitation {
            let invitation = self.invitations.get(code).filter(|invitation| invites(invitation, &principal));
            invitation.ok_or(CreateError::InvitationInvalid)?;
        }
        if self.addresses.contains_key(&principal.address) {
            return Err(CreateError::NameTaken);
        }
        if let Some(invitation) = new.invitation.and_then(|code| self.invitations.get_mut(&code)) {
            invitation.uses_left -= 1;
        }
        if let Some(credentials) = new.credentials {
            self.credentials.insert(principal.id, credentials);
        }
        self.addresses.insert(principal.address.clone(), principal.id);
        self.principals.insert(principal.id, principal);
        Ok(())
    }
}

fn is_meant(which: Devices, id: DeviceId) -> bool {
    match which {
        Devices::One(one) => id == one,
        Devices::AllBut(kept) => id != kept,
        Devices::All => true,
    }
}

fn begins_with(principal: &Principal, prefix: &str) -> bool {
    let display_name = principal.display_name.to_lowercase();
    principal.address.name().starts_with(prefix)
        || display_name.starts_with(prefix)
        || display_name.split_whitespace().any(|word| word.starts_with(prefix))
}

fn invites(invitation: &InvitationRow, principal: &Principal) -> bool {
    still_invites(invitation, principal.created_at)
        && invitation.domain == principal.domain
        && invitation.name.as_ref().is_none_or(|name| name == principal.address.name())
}

fn still_invites(invitation: &InvitationRow, now: UnixMillis) -> bool {
    invitation.uses_left > 0 && invitation.expires_at.is_none_or(|end| now < end)
}

fn lets_in(link: &LinkRow, now: UnixMillis) -> bool {
    link.uses_left != Some(0) && link.expires_at.is_none_or(|end| now < end)
}
