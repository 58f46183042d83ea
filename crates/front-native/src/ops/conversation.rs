use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound,
};
use parlance_api::{
    error::Problem,
    model::{Conversation, ConversationKind},
    ops::*,
};
use parlance_core::{
    account::PreferencesChange,
    conversation::HistoryVisibility,
    id::{ConversationId, Seq},
};
use parlance_hub::usecase::{NewConversation, SyncRequest};

/// Most conversations of one page.
const CONVERSATIONS_MAX: u64 = 200;

impl Context {
    /// One conversation as the caller sees it.
    pub(crate) async fn conversation_view(&self, id: ConversationId) -> Result<Conversation, Problem> {
        let caller = self.caller().map_err(problem)?;
        let synced = self.hub().conversation(caller, id).await.map_err(problem)?;
        self.api.conversation(caller, synced).await
    }
}

impl Handle for ListConversations {
    async fn handle(self, context: &Context) -> Result<Page<Conversation>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let request = SyncRequest {
            window: 1,
            limit: inbound::limit(self.limit, CONVERSATIONS_MAX)?,
            cursor: inbound::sync_cursor(self.cursor.as_deref())?,
            ..SyncRequest::default()
        };
        let page = context.hub().sync(caller, request).await.map_err(problem)?;
        let mut items = Vec::with_capacity(page.conversations.len());
        for synced in page.conversations {
            items.push(context.api.conversation(caller, synced).await?);
        }
        let older = page.next.filter(|cursor| cursor.before.is_some());
        Ok(Page { items, next: older.map(outbound::sync_cursor) })
    }
}

impl Handle for CreateConversation {
    async fn handle(self, context: &Context) -> Result<Conversation, Problem> {
        if !matches!(self.kind, ConversationKind::Group | ConversationKind::Channel) {
            return Err(invalid("kind: group or channel"));
        }
        let mut members = Vec::with_capacity(self.members.len().min(101));
        for address in self.members.iter().take(101) {
            members.push(context.user(address).await?);
        }
        let new = NewConversation {
            kind: inbound::kind(self.kind),
            name: self.name,
            address_name: self.address_name,
            topic: self.topic,
            history: self.history.map_or_else(HistoryVisibility::default, inbound::history),
            members,
            client_ref: inbound::maybe_client_ref(self.client_ref.as_deref())?,
        };
        let caller = context.caller().map_err(problem)?;
        let id = context.hub().create_conversation(caller, new).await.map_err(problem)?;
        context.conversation_view(id).await
    }
}

impl Handle for OpenDirect {
    async fn handle(self, context: &Context) -> Result<Conversation, Problem> {
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        let id = context.hub().open_direct(caller, who).await.map_err(problem)?;
        context.conversation_view(id).await
    }
}

impl Handle for OpenNotes {
    async fn handle(self, context: &Context) -> Result<Conversation, Problem> {
        let caller = context.caller().map_err(problem)?;
        let id = context.hub().open_notes(caller).await.map_err(problem)?;
        context.conversation_view(id).await
    }
}

impl Handle for GetConversation {
    async fn handle(self, context: &Context) -> Result<Conversation, Problem> {
        context.conversation_view(inbound::conversation(&self.conversation)?).await
    }
}

impl Handle for ChangeSettings {
    async fn handle(self, context: &Context) -> Result<Conversation, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().change_settings(caller, id, inbound::settings(self)).await.map_err(problem)?;
        context.conversation_view(id).await
    }
}

impl Handle for SetPreferences {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let change = PreferencesChange {
            muted: Some(self.muted),
            favourite: Some(self.favourite),
            hidden: Some(self.hidden),
            mentions_only: None,
        };
        context.hub().change_preferences(caller, id, change).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for ChangePreferences {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let change = PreferencesChange {
            muted: self.muted,
            favourite: self.favourite,
            hidden: self.hidden,
            mentions_only: None,
        };
        context.hub().change_preferences(caller, id, change).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for SetDraft {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().set_draft(caller, id, self.text).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for MarkRead {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().mark_read(caller, id, Seq(self.seq)).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for MarkUnread {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().mark_unread(caller, id, Seq(self.seq)).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for MarkDelivered {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().mark_delivered(caller, id, Seq(self.seq)).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for SetTyping {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().set_typing(caller, id, self.active).await.map_err(problem)?;
        Ok(Done {})
    }
}
