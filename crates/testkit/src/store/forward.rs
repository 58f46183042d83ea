//! What a simulated store passes on to the tables without a word of its own.

use super::SimStore;
use crate::faults::Mistake;
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    arrangement::Arrangement,
    body::Body,
    event::Offset,
    id::{ConversationId, DeviceId, DomainId, EventId, PrincipalId, Seq, UnixMillis},
    principal::{Device, DeviceKey, Principal},
};
use parlance_hub::ports::*;
use smol_str::SmolStr;

macro_rules! forward {
    (impl $port:ident { $(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        impl $port for SimStore {
            $(async fn $name(&self, $($argument: $type),*) -> $answer {
                self.read(self.disk.memory.$name($($argument),*)).await
            })+
        }
    };
}

forward! {
    impl Names {
        fn find_name(domain: DomainId, name: &str) -> Result<Option<ConversationId>, StoreError>;
        fn list_listed(domain: DomainId, after: Option<&str>, limit: usize) -> Result<Vec<ListedRow>, StoreError>;
        fn load_name(conversation: ConversationId) -> Result<Option<SmolStr>, StoreError>;
        fn release_name(conversation: ConversationId) -> Result<(), StoreError>;
    }
}

forward! {
    impl Directory {
        fn ensure_domain(name: &str) -> Result<DomainId, StoreError>;
        fn create_principal(new: NewPrincipal) -> Result<(), CreateError>;
        fn find_principal(address: &Address) -> Result<Option<Principal>, StoreError>;
        fn find_login(address: &Address) -> Result<Option<(Principal, Option<Credentials>)>, StoreError>;
        fn load_principals(ids: &[PrincipalId]) -> Result<Vec<Principal>, StoreError>;
        fn search_principals(domain: DomainId, prefix: &str, limit: usize) -> Result<Vec<Principal>, StoreError>;
        fn list_principals(domain: DomainId, is_enabled: Option<bool>, after: Option<&Address>, limit: usize) -> Result<Vec<Principal>, StoreError>;
        fn count_principals(domain: DomainId) -> Result<PrincipalCounts, StoreError>;
        fn update_principal(id: PrincipalId, change: PrincipalChange) -> Result<bool, StoreError>;
        fn load_credentials(id: PrincipalId) -> Result<Option<Credentials>, StoreError>;
        fn set_credentials(id: PrincipalId, credentials: Credentials) -> Result<(), StoreError>;
        fn create_device(device: Device, token: TokenHash) -> Result<(), StoreError>;
        fn find_keyed_device(owner: PrincipalId, key: &DeviceKey) -> Result<Option<Device>, StoreError>;
        fn ensure_keyed_device(device: Device) -> Result<Device, StoreError>;
        fn issue_reconnect(device: DeviceId, mechanism: &str, at: UnixMillis, works_from: UnixMillis) -> Result<Option<ReconnectToken>, StoreError>;
        fn reconnects(owner: PrincipalId) -> Result<Vec<(Device, Reconnects)>, StoreError>;
        fn note_reconnect_used(device: DeviceId, number: u64) -> Result<bool, StoreError>;
        fn end_reconnects(owner: PrincipalId, which: Devices) -> Result<(), StoreError>;
        fn find_device(token: &TokenHash) -> Result<Option<(Device, Principal)>, StoreError>;
        fn load_device(owner: PrincipalId, device: DeviceId) -> Result<Option<(Device, Principal)>, StoreError>;
        fn list_devices(owner: PrincipalId) -> Result<Vec<Device>, StoreError>;
        fn revoke_devices(owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>, StoreError>;
        fn touch_devices(seen: Vec<(DeviceId, UnixMillis)>) -> Result<(), StoreError>;
        fn last_seen(owner: PrincipalId) -> Result<Option<UnixMillis>, StoreError>;
        fn presence_wish(owner: PrincipalId) -> Result<PresenceWish, StoreError>;
        fn set_presence_wish(owner: PrincipalId, wish: PresenceWish) -> Result<(), StoreError>;
        fn create_invitation(invitation: InvitationRow) -> Result<(), StoreError>;
        fn find_invitation(code: &TokenHash) -> Result<Option<InvitationRow>, StoreError>;
        fn list_invitations(inviter: Option<PrincipalId>, now: UnixMillis) -> Result<Vec<InvitationRow>, StoreError>;
        fn revoke_invitation(inviter: Option<PrincipalId>, code: &TokenHash) -> Result<bool, StoreError>;
        fn use_invitation(code: &TokenHash, now: UnixMillis) -> Result<bool, StoreError>;
        fn is_reserved(domain: DomainId, name: &str, now: UnixMillis) -> Result<bool, StoreError>;
        fn has_admin(domain: DomainId) -> Result<bool, StoreError>;
        fn create_link(link: LinkRow) -> Result<(), StoreError>;
        fn find_link(code: &str) -> Result<Option<LinkRow>, StoreError>;
        fn list_links(conversation: ConversationId, now: UnixMillis) -> Result<Vec<LinkRow>, StoreError>;
        fn revoke_link(conversation: ConversationId, code: &str) -> Result<bool, StoreError>;
        fn use_link(code: &str, now: UnixMillis) -> Result<bool, StoreError>;
        fn return_link(code: &str) -> Result<(), StoreError>;
    }
}

forward! {
    impl Remotes {
        fn find_remote(domain: DomainId, address: &Address) -> Result<Option<Principal>, StoreError>;
        fn ensure_remote(new: NewRemote) -> Result<Option<Principal>, StoreError>;
    }
}

forward! {
    impl Pushes {
        fn enable_push(new: NewPush) -> Result<bool, StoreError>;
        fn disable_pushes(owner: PrincipalId, service: &str, node: Option<&str>) -> Result<(), StoreError>;
        fn push_devices(owner: Option<PrincipalId>) -> Result<Vec<(PrincipalId, DeviceId)>, StoreError>;
        fn ask_pushes(devices: &[DeviceId]) -> Result<(), StoreError>;
        fn claim_pushes(server: &str, now: UnixMillis, limit: usize) -> Result<Vec<Push>, StoreError>;
        fn settle_push(key: &PushKey, settled: PushSettled) -> Result<(), StoreError>;
        fn count_waiting_pushes() -> Result<u64, StoreError>;
    }
}

forward! {
    impl Reports {
        fn keep_report(report: Report, bounds: ReportBounds) -> Result<usize, StoreError>;
        fn list_reports(before: Option<ReportId>, limit: usize) -> Result<Vec<Report>, StoreError>;
        fn find_report(id: ReportId) -> Result<Option<Report>, StoreError>;
        fn settle_report(id: ReportId, conversation: ConversationId) -> Result<bool, StoreError>;
        fn remove_report(id: ReportId) -> Result<bool, StoreError>;
        fn erase_reports(reporter: PrincipalId) -> Result<(), StoreError>;
    }
}

forward! {
    impl Schedule {
        fn keep_scheduled(scheduled: Scheduled, owner_max: usize) -> Result<Option<Scheduled>, StoreError>;
        fn list_scheduled(owner: PrincipalId) -> Result<Vec<Scheduled>, StoreError>;
        fn find_scheduled(owner: PrincipalId, id: ScheduledId) -> Result<Option<Scheduled>, StoreError>;
        fn change_scheduled(owner: PrincipalId, id: ScheduledId, change: ScheduledChange) -> Result<Option<Scheduled>, StoreError>;
        fn cancel_scheduled(owner: PrincipalId, id: ScheduledId) -> Result<Option<Scheduled>, StoreError>;
        fn claim_scheduled(now: UnixMillis, until: UnixMillis, limit: usize) -> Result<Vec<Scheduled>, StoreError>;
        fn claim_scheduled_now(owner: PrincipalId, id: ScheduledId, now: UnixMillis, until: UnixMillis) -> Result<Option<Scheduled>, StoreError>;
        fn settle_scheduled(id: ScheduledId, refused: Option<ScheduledRefusal>) -> Result<(), StoreError>;
        fn erase_scheduled(owner: PrincipalId) -> Result<(), StoreError>;
    }
}

forward! {
    impl Search {
        fn search(request: SearchRequest) -> Result<Vec<FoldedEvent>, StoreError>;
    }
}

forward! {
    impl WorkQueue {
        fn claim_work(queue: &str, now: UnixMillis, until: UnixMillis, limit: usize) -> Result<Vec<Work>, StoreError>;
        fn waiting_work(queue: &str, after: u64, limit: usize) -> Result<Vec<Work>, StoreError>;
        fn finish_work(ids: &[u64]) -> Result<(), StoreError>;
    }
}

forward! {
    impl Archive {
        fn archive(who: PrincipalId, scope: ArchiveScope, range: ArchiveRange) -> Result<Option<Vec<ArchivedEvent>>, StoreError>;
        fn archived(who: PrincipalId, scope: ArchiveScope, ids: &[EventId]) -> Result<Vec<ArchivedEvent>, StoreError>;
    }
}

forward! {
    impl Nodes {
        fn publish(publish: Publish) -> Result<Published, NodeError>;
        fn retract(node: &NodeKey, ids: &[String]) -> Result<Vec<String>, StoreError>;
        fn items(node: &NodeKey, which: Items) -> Result<Vec<Item>, StoreError>;
        fn create_node(node: &NodeKey, config: &str, bounds: NodeBounds) -> Result<(), NodeError>;
        fn find_node(node: &NodeKey) -> Result<Option<NodeRow>, StoreError>;
        fn list_nodes(owner: NodeOwner) -> Result<Vec<NodeRow>, StoreError>;
        fn configure_node(node: &NodeKey, config: &str, bounds: NodeBounds) -> Result<(), NodeError>;
        fn purge_node(node: &NodeKey) -> Result<bool, StoreError>;
        fn delete_node(node: &NodeKey) -> Result<bool, StoreError>;
        fn subscribe(node: &NodeKey, subscriber: &str, bounds: NodeBounds) -> Result<(), NodeError>;
        fn unsubscribe(node: &NodeKey, subscriber: &str) -> Result<bool, StoreError>;
        fn subscribers(node: &NodeKey) -> Result<Vec<String>, StoreError>;
        fn subscriptions(subscriber: &str) -> Result<Vec<NodeKey>, StoreError>;
        fn erase_nodes(owner: NodeOwner) -> Result<(), StoreError>;
        fn erase_subscriptions(subscriber: &str) -> Result<(), StoreError>;
    }
}

/// Views by their one name; what a hash map hands out in any order is put in one.
#[async_trait]
impl Views for SimStore {
    async fn memberships(
        &self,
        who: PrincipalId,
        range: MembershipRange,
    ) -> Result<Vec<MembershipRow>, StoreError> {
        let mut rows = self.read(self.disk.memory.memberships(who, range)).await?;
        if self.makes(Mistake::SeqOutsideCommit) {
            for row in &mut rows {
                row.head =
                    self.renumbered_log(row.conversation).await?.last().map_or(row.head, |last| last.seq);
            }
        }
        Ok(rows)
    }

    async fn membership(
        &self,
        who: PrincipalId,
        conversation: ConversationId,
    ) -> Result<Option<MembershipRow>, StoreError> {
        self.read(self.disk.memory.membership(who, conversation)).await
    }

    async fn conversations_count(&self, who: PrincipalId) -> Result<usize, StoreError> {
        self.read(self.disk.memory.conversations_count(who)).await
    }

    async fn left_after(&self, who: PrincipalId, offset: Offset) -> Result<Vec<ConversationId>, StoreError> {
        let mut left = self.read(self.disk.memory.left_after(who, offset)).await?;
        left.sort_unstable();
        Ok(left)
    }

    async fn page(
        &self,
        conversation: ConversationId,
        visible_from: Seq,
        place: Place,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        let mut page = self.read(self.disk.memory.page(conversation, visible_from, place, limit)).await?;
        for folded in &mut page {
            folded.event = self.renumbered(&folded.event);
        }
        Ok(page)
    }

    async fn edits(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Vec<(UnixMillis, Body)>, StoreError> {
        self.read(self.disk.memory.edits(conversation, seq)).await
    }

    async fn pins(&self, conversation: ConversationId) -> Result<Vec<FoldedEvent>, StoreError> {
        self.read(self.disk.memory.pins(conversation)).await
    }

    async fn thread(
        &self,
        conversation: ConversationId,
        root: Seq,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        self.read(self.disk.memory.thread(conversation, root, after, limit)).await
    }

    async fn receipts(&self, conversation: ConversationId) -> Result<Vec<ReceiptRow>, StoreError> {
        let mut receipts = self.read(self.disk.memory.receipts(conversation)).await?;
        receipts.sort_by_key(|row| row.who);
        Ok(receipts)
    }

    async fn set_delivered(&self, delivered: Vec<Delivered>) -> Result<(), StoreError> {
        self.read(self.disk.memory.set_delivered(delivered)).await
    }

    async fn undelivered(
        &self,
        who: PrincipalId,
        limit: usize,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        self.read(self.disk.memory.undelivered(who, limit)).await
    }

    async fn contacts(&self, who: PrincipalId) -> Result<Vec<ContactRow>, StoreError> {
        self.read(self.disk.memory.contacts(who)).await
    }

    async fn contact(&self, owner: PrincipalId, who: PrincipalId) -> Result<Option<ContactRow>, StoreError> {
        self.read(self.disk.memory.contact(owner, who)).await
    }

    async fn address_book(&self, owner: PrincipalId) -> Result<(Seq, Vec<ContactRow>), StoreError> {
        self.read(self.disk.memory.address_book(owner)).await
    }

    async fn arrangement(&self, owner: PrincipalId) -> Result<Arrangement, StoreError> {
        self.read(self.disk.memory.arrangement(owner)).await
    }

    async fn is_blocked(&self, one: PrincipalId, other: PrincipalId) -> Result<bool, StoreError> {
        self.read(self.disk.memory.is_blocked(one, other)).await
    }

    async fn acquainted(
        &self,
        who: PrincipalId,
        others: &[PrincipalId],
    ) -> Result<Vec<PrincipalId>, StoreError> {
        self.read(self.disk.memory.acquainted(who, others)).await
    }
}
