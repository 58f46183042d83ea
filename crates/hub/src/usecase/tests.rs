//! What the use cases promise beyond the rules of the core and of the store.

mod acquainting;
mod answering;
mod archiving;
mod arranging;
mod blocking;
mod bounding;
mod commenting;
mod committing;
mod expiring;
mod farewell;
mod folding;
mod foreign;
mod inviting;
mod moderating;
mod naming;
mod nodes;
mod opening;
mod publishing;
mod reacting;
mod requesting;
mod retrying;
mod scheduling;
mod syncing;

use super::*;
use crate::{
    Caller, HubError, Registration,
    identity::NewAccount,
    test_world::{TestWorld, settings},
};
use parlance_core::{
    Rejection,
    body::Body,
    conversation::{HistoryVisibility, Kind},
    event::Event,
    id::{ClientRef, ConversationId, DeviceId},
};
use std::sync::Arc;
use uuid::Uuid;

impl TestWorld {
    /// A server where nobody has to wait.
    async fn with_people() -> Self {
        let mut settings = settings(Registration::Open);
        settings.limits.enabled = false;
        Self::new(settings).await
    }

    async fn person(&self, name: &str) -> Caller {
        let new = NewAccount { name: name.into(), display_name: None, is_admin: false };
        let added = self.hub.administration().add(new, &"correct horse".into()).await.unwrap();
        Caller { who: added.id, device: DeviceId(Uuid::from_u128(added.id.0.as_u128() + 1)) }
    }

    async fn group(&self, owner: Caller) -> ConversationId {
        let new = NewConversation {
            kind: Kind::Group,
            address_name: None,
            name: "Group".into(),
            topic: String::new(),
            history: HistoryVisibility::All,
            members: Vec::new(),
            client_ref: None,
        };
        self.hub.create_conversation(owner, new).await.unwrap()
    }

    async fn say(
        &self,
        caller: Caller,
        conversation: ConversationId,
        client_ref: Option<&str>,
    ) -> Result<Arc<Event>, HubError> {
        let post = Post {
            conversation,
            client_ref: client_ref.map(|text| ClientRef::new(text).unwrap()),
            body: Body::text("hello"),
            reply_to: None,
            thread: None,
            forward: None,
            poll: None,
            needs_acknowledgement: false,
            extras: None,
        };
        self.hub.post(caller, post).await
    }
}

/// The refusal, or what came instead.
fn rejection<T: std::fmt::Debug>(answer: Result<T, HubError>) -> Rejection {
    match answer {
        Err(HubError::Rule(rejection)) => rejection,
        other => panic!("not refused: {other:?}"),
    }
}
