//! People and conversations to try a store with.

use crate::ports::{
    Append, AppendError, Appended, Create, Draft, MembershipRow, NewPrincipal, Store, TokenHash,
};
use parlance_core::{
    account::AccountChange,
    address::Address,
    body::{Body, Mention, Mentioned},
    conversation::{Kind, Role, SettingsChange, State},
    event::{Content, Event, MembershipChange, Message},
    id::{ConversationId, DeviceId, DomainId, EventId, PrincipalId, Seq, UnixMillis},
    principal::{Device, DeviceKey, Principal, PrincipalKind, Privacy},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

/// When everything happens that does not say when.
pub(super) const NOON: UnixMillis = UnixMillis(1_800_000_000_000);

/// A number that was not used before in this process.
pub(super) fn fresh() -> u64 {
    static MADE: AtomicU64 = AtomicU64::new(1);
    MADE.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn fresh_uuid() -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(
        NOON.0,
        &u128::from(fresh()).to_be_bytes()[6..].try_into().expect("ten bytes"),
    )
    .into_uuid()
}

/// Somebody with one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: PrincipalId,
    pub(super) device: DeviceId,
}

/// A store with a domain.
#[derive(Clone)]
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) domain: DomainId,
}

impl World {
    pub(super) async fn new(store: Arc<dyn Store>) -> Self {
        let domain = store.ensure_domain("conformance.example").await.unwrap();
        Self { store, domain }
    }

    /// An account that does not exist yet.
    pub(super) fn principal(&self, name: &str) -> Principal {
        Principal {
            id: PrincipalId(fresh_uuid()),
            domain: self.domain,
            address: Address::new(name, "conformance.example").unwrap(),
            display_name: name.to_owned(),
            kind: PrincipalKind::Person,
            is_admin: false,
            is_enabled: true,
            privacy: Privacy::default(),
            created_at: NOON,
        }
    }

    pub(super) async fn register(&self, principal: Principal) {
        let new = NewPrincipal { principal, credentials: None, invitation: None };
        self.store.create_principal(new).await.unwrap();
    }

    pub(super) async fn device(&self, owner: PrincipalId) -> (Device, TokenHash) {
        let device = new_device(owner, None);
        let token = fresh_token();
        self.store.create_device(device.clone(), token).await.unwrap();
        (device, token)
    }

    /// An account with a device and an account log.
    pub(super) async fn person(&self) -> Person {
        let principal = self.principal(&format!("p{}", fresh()));
        let id = principal.id;
        self.register(principal).await;
        let device = self.device(id).await.0.id;
        let person = Person { id, device };
        let create = Some(Create::new(self.domain, Kind::Account));
        let log = ConversationId::account(id);
        let founding = Kind::Account.founding(SettingsChange::default(), &[(id, Role::Owner)]);
        let begin = Append { create, ..append(log, person, founding) };
        self.store.append(begin).await.unwrap();
        person
    }

    pub(super) async fn people<const N: usize>(&self) -> [Person; N] {
        let mut people = Vec::with_capacity(N);
        for _ in 0..N {
            people.push(self.person().await);
        }
        people.try_into().expect("as many as were made")
    }

    /// A group; the first is its owner.
    pub(super) async fn group(&self, members: &[Person]) -> Room {
        self.room(Kind::Group, ConversationId(fresh_uuid()), members).await
    }

    pub(super) async fn direct(&self, one: Person, other: Person) -> Room {
        self.room(Kind::Direct, ConversationId::direct(one.id, other.id), &[one, other]).await
    }

    pub(super) async fn room(&self, kind: Kind, id: ConversationId, members: &[Person]) -> Room {
        let create = Some(Create::new(self.domain, kind));
        let founding = Append { create, ..append(id, members[0], founding(kind, members)) };
        self.store.append(founding).await.unwrap();
        Room { store: Arc::clone(&self.store), id }
    }

    pub(super) async fn account(&self, who: Person, change: AccountChange) -> Arc<Event> {
        let append = append(ConversationId::account(who.id), who, vec![Content::Account(change)]);
        only(self.store.append(append).await.unwrap())
    }
}

/// What a new conversation begins with; the first one is its owner.
pub(super) fn founding(kind: Kind, members: &[Person]) -> Vec<Content> {
    let name = Some("a conversation".to_owned());
    let roles: Vec<_> = members
        .iter()
        .enumerate()
        .map(|(place, member)| (member.id, if place == 0 { Role::Owner } else { Role::Member }))
        .collect();
    kind.founding(SettingsChange { name, ..SettingsChange::default() }, &roles)
}

/// A device that does not exist yet.
pub(super) fn new_device(owner: PrincipalId, key: Option<&str>) -> Device {
    Device {
        id: DeviceId(fresh_uuid()),
        owner,
        name: "a device".to_owned(),
        created_at: NOON,
        last_seen_at: NOON,
        key: key.and_then(DeviceKey::new),
    }
}

pub(super) fn fresh_token() -> TokenHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&fresh().to_be_bytes());
    TokenHash(hash)
}

pub(super) fn draft(content: Content) -> Draft {
    Draft { id: EventId(fresh_uuid()), content, extras: None }
}

/// An append that does not care for rules.
pub(super) fn append(conversation: ConversationId, by: Person, contents: Vec<Content>) -> Append {
    Append {
        conversation,
        create: None,
        rules_version: None,
        sender: by.id,
        device: Some(by.device),
        client_ref: None,
        at: NOON,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

pub(super) fn only(appended: Appended) -> Arc<Event> {
    let [event] = appended.events.try_into().expect("one event");
    event
}

pub(super) fn message(text: &str) -> Content {
    Content::Message(Message::plain(Body::text(text)))
}

/// A text that mentions somebody in its first character.
pub(super) fn mentioning(who: Mentioned) -> Body {
    Body::Text { text: "@ hello".to_owned(), mentions: vec![Mention { start: 0, end: 1, who }] }
}

/// A conversation to act in.
pub(super) struct Room {
    pub(super) store: Arc<dyn Store>,
    pub(super) id: ConversationId,
}

impl Room {
    pub(super) async fn state(&self) -> State {
        self.store.load_state(self.id).await.unwrap().unwrap()
    }

    /// An append decided on the rules as they are now.
    pub(super) async fn prepare(&self, by: Person, contents: Vec<Content>) -> Append {
        let rules_version = Some(self.state().await.rules_version);
        Append { rules_version, ..append(self.id, by, contents) }
    }

    pub(super) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.store.append(append).await
    }

    pub(super) async fn add(&self, by: Person, content: Content) -> Arc<Event> {
        only(self.append(self.prepare(by, vec![content]).await).await.unwrap())
    }

    pub(super) async fn say(&self, by: Person, text: &str) -> Arc<Event> {
        self.add(by, message(text)).await
    }

    pub(super) async fn say_at(&self, by: Person, text: &str, at: UnixMillis) -> Arc<Event> {
        let append = Append { at, ..self.prepare(by, vec![message(text)]).await };
        only(self.append(append).await.unwrap())
    }

    pub(super) async fn answer(&self, by: Person, root: &Event, text: &str) -> Arc<Event> {
        let thread = Some(root.as_target());
        self.add(by, Content::Message(Message { thread, ..Message::plain(Body::text(text)) })).await
    }

    pub(super) async fn edit(&self, by: Person, event: &Event, body: Body) -> Arc<Event> {
        self.add(by, Content::Edit { target: event.as_target(), body, expires_at: None }).await
    }

    pub(super) async fn delete(&self, by: Person, event: &Event) -> Arc<Event> {
        self.add(by, Content::Delete { target: event.as_target() }).await
    }

    pub(super) async fn react(&self, by: Person, event: &Event, emoji: &str, added: bool) -> Arc<Event> {
        let emoji = emoji.into();
        self.add(by, Content::Reaction { target: event.as_target(), emoji, added }).await
    }

    pub(super) async fn pin(&self, by: Person, event: &Event, pinned: bool) -> Arc<Event> {
        self.add(by, Content::Pin { target: event.as_target(), pinned }).await
    }

    pub(super) async fn member(&self, by: Person, who: Person, change: MembershipChange) -> Arc<Event> {
        self.add(by, Content::Membership { who: who.id, change }).await
    }

    pub(super) async fn join(&self, who: Person) -> Arc<Event> {
        self.member(who, who, MembershipChange::Joined(Role::Member)).await
    }

    pub(super) async fn leave(&self, who: Person) -> Arc<Event> {
        self.member(who, who, MembershipChange::Left).await
    }

    pub(super) async fn row(&self, who: Person) -> MembershipRow {
        self.store.membership(who.id, self.id).await.unwrap().unwrap()
    }

    pub(super) async fn read(&self, who: Person, seq: Seq) -> Arc<Event> {
        let change = AccountChange::Read { conversation: self.id, seq };
        let append = append(ConversationId::account(who.id), who, vec![Content::Account(change)]);
        only(self.append(append).await.unwrap())
    }

    pub(super) async fn unread(&self, who: Person, from: Seq) -> Arc<Event> {
        let change = AccountChange::Unread { conversation: self.id, from };
        let append = append(ConversationId::account(who.id), who, vec![Content::Account(change)]);
        only(self.append(append).await.unwrap())
    }

    /// The whole log.
    pub(super) async fn log(&self) -> Vec<Arc<Event>> {
        self.store.read_after(self.id, Seq::ZERO, usize::MAX).await.unwrap()
    }
}
