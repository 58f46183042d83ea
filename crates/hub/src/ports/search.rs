use super::{FoldedEvent, StoreError};
use async_trait::async_trait;
use parlance_core::{
    event::Offset,
    id::{ConversationId, PrincipalId, UnixMillis},
    search::{Has, Word},
};

/// Full-text search over what somebody may read.
#[async_trait]
pub trait Search: Send + Sync {
    /// Messages that match, newest first: only from conversations the asker is in, only from the
    /// first place they may see, never deleted ones, edited ones by their newest text. The index
    /// follows the log; a search waits until the index has reached the log's end at its start.
    async fn search(&self, request: SearchRequest) -> Result<Vec<FoldedEvent>, StoreError>;
}

/// What to look for, with names resolved.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Who asks.
    pub who: PrincipalId,
    /// Words that must all be there.
    pub words: Vec<Word>,
    /// Whether the last word may be the beginning of one.
    pub last_is_prefix: bool,
    /// Only by this sender.
    pub from: Option<PrincipalId>,
    /// Only in these conversations; in all when empty.
    pub within: Vec<ConversationId>,
    /// What must be in it.
    pub has: Vec<Has>,
    /// Before this moment.
    pub before: Option<UnixMillis>,
    /// At or after this moment.
    pub after: Option<UnixMillis>,
    /// Only events older than this one, to continue a list.
    pub older_than: Option<Offset>,
    /// Most hits.
    pub limit: usize,
}
