use super::StoreError;
use async_trait::async_trait;
use parlance_core::{
    conversation::{Kind, Settings},
    id::{ConversationId, DomainId},
};
use smol_str::SmolStr;

/// Names of conversations, as they stand in addresses. A name is claimed when a conversation is made
/// ([`super::Create::naming`]) and is never given twice, whatever becomes of the conversation, unless it is given back.
#[async_trait]
pub trait Names: Send + Sync {
    /// The conversation with a name.
    async fn find_name(&self, domain: DomainId, name: &str) -> Result<Option<ConversationId>, StoreError>;

    /// The name of a conversation that has one.
    async fn load_name(&self, conversation: ConversationId) -> Result<Option<SmolStr>, StoreError>;

    /// Gives the name of a conversation back, which goes by its id from then on.
    async fn release_name(&self, conversation: ConversationId) -> Result<(), StoreError>;

    /// Listed conversations of a domain that somebody is in, by name, after a name. One without a name goes
    /// by its id.
    async fn list_listed(
        &self,
        domain: DomainId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedRow>, StoreError>;
}

/// What everybody may know of a listed conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// What kind.
    pub kind: Kind,
    /// Its name in addresses.
    pub name: SmolStr,
    /// What people call it, its topic and the like.
    pub settings: Settings,
    /// How many members there are.
    pub members_count: u64,
}

/// Which name a new conversation gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// None.
    #[default]
    Nameless,
    /// This one; the conversation is not made when somebody has it.
    Exactly(SmolStr),
    /// The first of these that nobody has; none when all are taken.
    FirstFree(Vec<SmolStr>),
}
