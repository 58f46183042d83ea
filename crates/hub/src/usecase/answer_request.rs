use crate::{Hub, HubError};
use parlance_core::id::{ConversationId, PrincipalId};

impl Hub {
    /// Whether a direct conversation waits for the answer of one of the two: the other one is no contact of theirs,
    /// and they have said nothing in it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_request(
        &self,
        who: PrincipalId,
        peer: PrincipalId,
        conversation: ConversationId,
    ) -> Result<bool, HubError> {
        if self.answered.contains_key(&(who, conversation)) {
            return Ok(false);
        }
        if self.world.store.last_post_at(conversation, who).await?.is_some() {
            // What was said once stays said; only this is remembered.
            self.answered.insert((who, conversation), ());
            return Ok(false);
        }
        Ok(!self.contact(who, peer).await?.is_listed)
    }

    /// The same of any conversation; `peer` is the other one of a direct one.
    pub(crate) async fn waits_for_answer(
        &self,
        who: PrincipalId,
        peer: Option<PrincipalId>,
        conversation: ConversationId,
    ) -> Result<bool, HubError> {
        match peer {
            Some(peer) => self.is_request(who, peer, conversation).await,
            None => Ok(false),
        }
    }
}
