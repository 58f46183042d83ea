use crate::{Hub, HubError};
use parlance_core::id::ConversationId;
use smol_str::{SmolStr, ToSmolStr};

impl Hub {
    /// The domain of the addresses of groups and channels.
    pub fn groups_domain(&self) -> String {
        format!("groups.{}", self.settings.domain)
    }

    /// The group or channel with a name, whether or not anybody is in it any more. Who may know of it is
    /// for the caller to ask.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn conversation_named(&self, name: &str) -> Result<Option<ConversationId>, HubError> {
        let name = name.to_ascii_lowercase();
        if let Some(found) = self.world.store.find_name(self.domain, &name).await? {
            return Ok(Some(found));
        }
        let Ok(id) = name.parse::<ConversationId>() else { return Ok(None) };
        let room = self.rooms.load(&*self.world.store, id).await?;
        let has_name = |state: &parlance_core::conversation::State| {
            state.kind.has_members_to_manage() && state.domain == self.domain
        };
        let is_it = room.is_some_and(|room| room.with(has_name)) && self.name_of(id).await? == name;
        Ok(is_it.then_some(id))
    }

    /// The name of a conversation: the one it was given, or its id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn name_of(&self, conversation: ConversationId) -> Result<SmolStr, HubError> {
        if let Some(known) = self.names.get(&conversation) {
            return Ok(known);
        }
        let name = match self.world.store.load_name(conversation).await? {
            Some(name) => name,
            // Only one that is there already will never get another.
            None if self.rooms.load(&*self.world.store, conversation).await?.is_none() => {
                return Ok(conversation.to_smolstr());
            }
            None => conversation.to_smolstr(),
        };
        self.names.insert(conversation, name.clone());
        Ok(name)
    }

    /// The address of a group or channel.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn address_of(&self, conversation: ConversationId) -> Result<String, HubError> {
        Ok(format!("{}@{}", self.name_of(conversation).await?, self.groups_domain()))
    }
}
