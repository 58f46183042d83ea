mod acquaintances;
mod arrangements;
mod folded;
mod memberships;
mod pages;
mod receipts;

pub(super) use arrangements::arrangement;
pub(super) use folded::{by_offset, by_place};
pub(super) use memberships::peer;

use super::{SqliteStore, event_log::consistently};
use async_trait::async_trait;
use parlance_core::{
    arrangement::Arrangement,
    body::Body,
    event::Offset,
    id::{ConversationId, PrincipalId, Seq, UnixMillis},
};
use parlance_hub::ports::{
    ContactRow, Delivered, FoldedEvent, MembershipRange, MembershipRow, Place, ReceiptRow, StoreError, Views,
};

#[async_trait]
impl Views for SqliteStore {
    async fn memberships(
        &self,
        who: PrincipalId,
        range: MembershipRange,
    ) -> Result<Vec<MembershipRow>, StoreError> {
        self.readers.read(move |c| consistently(c, |c| memberships::list(c, who, range))).await
    }

    async fn membership(
        &self,
        who: PrincipalId,
        conversation: ConversationId,
    ) -> Result<Option<MembershipRow>, StoreError> {
        self.readers.read(move |c| consistently(c, |c| memberships::find(c, who, conversation))).await
    }

    async fn conversations_count(&self, who: PrincipalId) -> Result<usize, StoreError> {
        self.readers.read(move |c| memberships::count(c, who)).await
    }

    async fn left_after(&self, who: PrincipalId, offset: Offset) -> Result<Vec<ConversationId>, StoreError> {
        self.readers.read(move |c| memberships::left_after(c, who, offset)).await
    }

    async fn page(
        &self,
        conversation: ConversationId,
        visible_from: Seq,
        place: Place,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        self.readers
            .read(move |c| consistently(c, |c| pages::page(c, conversation, visible_from, place, limit)))
            .await
    }

    async fn edits(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Vec<(UnixMillis, Body)>, StoreError> {
        self.readers.read(move |c| consistently(c, |c| pages::edits(c, conversation, seq))).await
    }

    async fn pins(&self, conversation: ConversationId) -> Result<Vec<FoldedEvent>, StoreError> {
        self.readers.read(move |c| consistently(c, |c| pages::pins(c, conversation))).await
    }

    async fn thread(
        &self,
        conversation: ConversationId,
        root: Seq,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        self.readers
            .read(move |c| consistently(c, |c| pages::thread(c, conversation, root, after, limit)))
            .await
    }

    async fn receipts(&self, conversation: ConversationId) -> Result<Vec<ReceiptRow>, StoreError> {
        self.readers.read(move |c| receipts::list(c, conversation)).await
    }

    async fn set_delivered(&self, delivered: Vec<Delivered>) -> Result<(), StoreError> {
        if delivered.is_empty() {
            return Ok(());
        }
        self.write(move |c| receipts::set_delivered(c, &delivered)).await
    }

    async fn undelivered(
        &self,
        who: PrincipalId,
        limit: usize,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        self.readers.read(move |c| receipts::undelivered(c, who, limit)).await
    }

    async fn contacts(&self, owner: PrincipalId) -> Result<Vec<ContactRow>, StoreError> {
        self.readers.read(move |c| acquaintances::contacts(c, owner)).await
    }

    async fn contact(&self, owner: PrincipalId, who: PrincipalId) -> Result<Option<ContactRow>, StoreError> {
        self.readers.read(move |c| acquaintances::contact(c, owner, who)).await
    }

    async fn address_book(&self, owner: PrincipalId) -> Result<(Seq, Vec<ContactRow>), StoreError> {
        let both =
            move |c: &_| Ok((acquaintances::last_removal(c, owner)?, acquaintances::contacts(c, owner)?));
        self.readers.read(move |c| consistently(c, both)).await
    }

    async fn arrangement(&self, owner: PrincipalId) -> Result<Arrangement, StoreError> {
        self.readers.read(move |c| arrangement(c, owner)).await
    }

    async fn is_blocked(&self, one: PrincipalId, other: PrincipalId) -> Result<bool, StoreError> {
        self.readers.read(move |c| acquaintances::is_blocked(c, one, other)).await
    }

    async fn acquainted(
        &self,
        who: PrincipalId,
        others: &[PrincipalId],
    ) -> Result<Vec<PrincipalId>, StoreError> {
        let others = others.to_vec();
        self.readers.read(move |c| consistently(c, |c| acquaintances::acquainted(c, who, others))).await
    }
}
