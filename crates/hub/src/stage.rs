//! People and conversations on a hub of tests.

use crate::{
    Caller, Hub, Registration,
    ports::{Entropy, NewPrincipal, SystemEntropy},
    test_world::{TestWorld, settings},
    usecase::{NewConversation, Post},
};
use parlance_core::{
    address::Address,
    body::Body,
    conversation::{HistoryVisibility, Kind},
    event::Event,
    id::{ClientRef, ConversationId, DeviceId, DomainId, PrincipalId, UnixMillis},
    principal::{Principal, PrincipalKind, Privacy},
};
use std::sync::Arc;
use uuid::Uuid;

/// A hub with people on it.
pub(crate) struct Stage {
    pub(crate) world: TestWorld,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self { world: TestWorld::new(settings(Registration::Closed)).await }
    }

    /// Another node on the same store.
    pub(crate) async fn another_node(&self) -> Arc<Hub> {
        self.world.another_hub(settings(Registration::Closed)).await
    }

    /// A device nobody has.
    pub(crate) fn device(&self) -> DeviceId {
        DeviceId(SystemEntropy.uuid_v7(UnixMillis(0)))
    }

    /// People, each with a device.
    pub(crate) async fn people<const N: usize>(&self) -> [Caller; N] {
        let mut people = Vec::with_capacity(N);
        for number in 0..N {
            people.push(self.person(number).await);
        }
        people.try_into().expect("as many as were made")
    }

    async fn person(&self, number: usize) -> Caller {
        let who = PrincipalId(Uuid::from_u128(1 + number as u128));
        let principal = Principal {
            id: who,
            domain: DomainId(1),
            address: Address::new(&format!("person{number}"), "example.org").unwrap(),
            display_name: format!("Person {number}"),
            kind: PrincipalKind::Person,
            is_admin: false,
            is_enabled: true,
            privacy: Privacy::default(),
            created_at: UnixMillis(0),
        };
        let new = NewPrincipal { principal, credentials: None, invitation: None };
        self.world.world.store.create_principal(new).await.unwrap();
        Caller { who, device: self.device() }
    }

    /// A group; its first three events are the settings, its owner and the first of the others.
    pub(crate) async fn group(
        &self,
        owner: Caller,
        others: &[Caller],
        history: HistoryVisibility,
    ) -> ConversationId {
        let members = others.iter().map(|other| other.who).collect();
        let topic = String::new();
        let new = NewConversation {
            kind: Kind::Group,
            address_name: None,
            name: "group".into(),
            topic,
            history,
            members,
            client_ref: None,
        };
        self.world.hub.create_conversation(owner, new).await.unwrap()
    }

    pub(crate) async fn direct(&self, one: Caller, other: Caller) -> ConversationId {
        self.world.hub.open_direct(one, other.who).await.unwrap()
    }

    pub(crate) async fn post(&self, by: Caller, conversation: ConversationId, text: &str) -> Arc<Event> {
        self.world.hub.post(by, message(conversation, text, None)).await.unwrap()
    }
}

/// A message to post.
pub(crate) fn message(conversation: ConversationId, text: &str, client_ref: Option<&str>) -> Post {
    Post {
        conversation,
        client_ref: client_ref.and_then(ClientRef::new),
        body: Body::text(text),
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    }
}
