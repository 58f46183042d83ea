use super::{
    commit::{Attached, single},
    post::Post,
};
use crate::{Caller, Hub, HubError, ports::Create};
use parlance_core::{
    conversation::{Kind, PostFacts, Role, SettingsChange, State},
    event::{Event, Imported},
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, Seq, UnixMillis},
};
use smol_str::SmolStr;
use std::sync::Arc;
use uuid::Uuid;

/// What is known of something that was not sent here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The id it had where it was; empty when it had none.
    pub id: SmolStr,
    /// When it was sent.
    pub at: UnixMillis,
}

impl Import {
    /// The identity it has here: the one it had, when that was made as ours are.
    ///
    /// # Source
    /// RFC 9562 section 5.7.
    pub(crate) fn event_id(&self) -> Option<EventId> {
        let id: EventId = self.id.parse().ok()?;
        (id.0.get_version_num() == 7).then_some(id)
    }
}

/// Who imported things are by: their sender, with a device that stands for all imports, so that references
/// find them again as they do for every device.
pub fn importer(who: PrincipalId) -> Caller {
    Caller { who, device: DeviceId(Uuid::new_v5(&who.0, b"import")) }
}

impl Hub {
    /// The conversation of two people, or the notes of one, as it is to be when its first message was sent at
    /// `began_at`. One that is there already is not changed.
    ///
    /// # Errors
    /// `TooManyConversations` when one of them is in as many as there may be.
    pub async fn import_direct(
        &self,
        one: PrincipalId,
        other: PrincipalId,
        began_at: UnixMillis,
    ) -> Result<ConversationId, HubError> {
        let id = ConversationId::between(one, other);
        if self.rooms.load(&*self.world.store, id).await?.is_some() {
            return Ok(id);
        }
        let both = [(one, Role::Member), (other, Role::Member)];
        let (kind, members) =
            if one == other { (Kind::Notes, &both[..1]) } else { (Kind::Direct, &both[..]) };
        for (who, _) in members {
            self.check_may_be_in_one_more(*who).await?;
        }
        let import = Some(Import { id: SmolStr::default(), at: began_at });
        let attached = Attached { import, ..Attached::default() };
        let founding = kind.founding(SettingsChange::default(), members);
        self.found_with(importer(one), id, Create::new(self.domain, kind), attached, founding).await?;
        Ok(id)
    }

    /// Whether something was imported before, or never left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_imported(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        import: &Import,
        reference: &ClientRef,
    ) -> Result<bool, HubError> {
        let store = &self.world.store;
        if let Some(id) = import.event_id()
            && store.find_event(conversation, id).await?.is_some()
        {
            return Ok(true);
        }
        Ok(store.find_ref(conversation, importer(sender).device, reference).await?.is_some())
    }

    /// Puts a message that was sent elsewhere into the log. Who blocked whom since then does not matter.
    ///
    /// # Errors
    /// The refusals of [`State::decide_post`].
    pub async fn import_message(
        &self,
        sender: PrincipalId,
        post: Post,
        import: Import,
    ) -> Result<Arc<Event>, HubError> {
        let caller = importer(sender);
        let mut message = self.compose(caller, &post).await?;
        message.imported = Some(Imported { id: import.id.clone(), at: import.at });
        let attached = Attached { client_ref: post.client_ref, extras: post.extras, import: Some(import) };
        let facts = PostFacts { last_post_at: None, is_blocked: false };
        let decide = |state: &State| {
            Ok(vec![state.decide_post(self.asking(caller), &self.settings.bounds, facts, message.clone())?])
        };
        Ok(single(self.commit(caller, post.conversation, attached, decide).await?))
    }

    /// Those members of a conversation for whom nothing in it waits to be read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn who_read_all(&self, conversation: ConversationId) -> Result<Vec<PrincipalId>, HubError> {
        let members: Vec<_> =
            self.room(conversation).await?.with(|state| state.members.keys().copied().collect());
        let mut found = Vec::new();
        for who in members {
            let row = self.world.store.membership(who, conversation).await?;
            found.extend(row.filter(|row| row.counts.unread == 0).map(|_| who));
        }
        Ok(found)
    }

    /// Notes that somebody has read a conversation to its end: what they had elsewhere is not news.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn mark_all_read(
        &self,
        who: PrincipalId,
        conversation: ConversationId,
    ) -> Result<(), HubError> {
        let row = self.world.store.membership(who, conversation).await?;
        let head = row.map_or(Seq::ZERO, |row| row.head);
        self.mark_read(importer(who), conversation, head).await
    }
}
