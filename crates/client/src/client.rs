mod sending;

pub use sending::Draft;

use crate::{
    connection::{Connection, Patience},
    error::{CallError, ClientError},
    http::HttpCaller,
    model::Timeline,
    server::Server,
    store::{SignIn, Store},
    sync::{ConnectionState, ConversationView, Core, Engine, Handle, Notice, TimelineView},
};
use parlance_api::{
    event::Event,
    model::{Conversation, ConversationKind, Hole, Me, SignedIn},
    operation::Operation,
    ops,
};
use std::path::Path;
use tokio::sync::{broadcast, oneshot};

/// One signed-in account: the cache, the outbox and a connection that comes back by itself.
///
/// Everything that is shown works without a connection, from the cache. What is sent is kept until
/// the server has it, across restarts. Clones share the account; it ends with the last of them.
#[derive(Clone)]
pub struct Client {
    handle: Handle,
    connection: Connection,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The messages, newest first.
    pub hits: Vec<Event>,
    /// Whether everything was searched, or only what is stored here.
    pub is_from_server: bool,
}

impl Client {
    /// Signs in with a password and keeps the sign-in in `store`, with what was cached there before.
    ///
    /// # Errors
    /// [`ClientError::Call`] with the server's problem, or a failure of the store.
    pub async fn sign_in(server: &Server, store: &Store, request: &ops::SignIn) -> Result<(), ClientError> {
        let signed_in = HttpCaller::new(server)?.call(request).await?;
        keep(server, store, signed_in)
    }

    /// Makes an account, signs in and keeps the sign-in in `store`.
    ///
    /// # Errors
    /// [`ClientError::Call`] with the server's problem, or a failure of the store.
    pub async fn register(
        server: &Server,
        store: &Store,
        request: &ops::Register,
    ) -> Result<(), ClientError> {
        let signed_in = HttpCaller::new(server)?.call(request).await?;
        keep(server, store, signed_in)
    }

    /// Starts from a store in which somebody is signed in. Needs no connection.
    ///
    /// # Errors
    /// [`ClientError::NotSignedIn`], or a failure of the store.
    pub fn start(store: Store) -> Result<Self, ClientError> {
        Self::start_with(store, Patience::default())
    }

    /// Like [`Client::start`], with other patience.
    ///
    /// # Errors
    /// [`ClientError::NotSignedIn`], or a failure of the store.
    pub fn start_with(store: Store, patience: Patience) -> Result<Self, ClientError> {
        let SignIn { server, token, me } = store.load_sign_in()?.ok_or(ClientError::NotSignedIn)?;
        let server = Server::parse(&server)?;
        let core = Core::load(store, me)?;
        let (connection, incoming) = Connection::open(server, token, patience);
        let handle = Engine::start(core, connection.clone(), incoming);
        Ok(Self { handle, connection })
    }

    /// The store of an account inside a data folder.
    ///
    /// # Errors
    /// [`ClientError::Store`] when the file cannot be used.
    pub fn open_store(folder: &Path, address: &str) -> Result<Store, ClientError> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_@".contains(letter);
        let name: String =
            address.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        Ok(Store::open(&folder.join(format!("{name}.db")))?)
    }

    /// Tells from now on what changes.
    pub fn subscribe(&self) -> Changes {
        Changes(self.handle.subscribe())
    }

    /// How the connection stands.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn connection_state(&self) -> Result<ConnectionState, ClientError> {
        self.handle.ask(|core, _| Ok(core.connection_state())).await
    }

    /// One's own account.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn me(&self) -> Result<Me, ClientError> {
        self.handle.ask(|core, _| Ok(core.me())).await
    }

    /// Every conversation: favourites first, then the newest.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn conversations(&self) -> Result<Vec<ConversationView>, ClientError> {
        self.handle.ask(|core, now_ms| Ok(core.conversations(now_ms))).await
    }

    /// What is in memory of a conversation; asks the server for what is missing at its end.
    ///
    /// # Errors
    /// [`ClientError::UnknownConversation`] or [`ClientError::Closed`].
    pub async fn timeline(&self, conversation: &str) -> Result<TimelineView, ClientError> {
        let id = conversation.to_owned();
        let view = self.handle.ask(move |core, now_ms| {
            core.open(&id)?;
            Ok(core.timeline_view(now_ms, &id))
        });
        view.await?.ok_or(ClientError::UnknownConversation)
    }

    /// The log of a conversation as far as it is in memory.
    ///
    /// # Errors
    /// [`ClientError::UnknownConversation`] or [`ClientError::Closed`].
    pub async fn log(&self, conversation: &str) -> Result<Timeline, ClientError> {
        let id = conversation.to_owned();
        let log = self.handle.ask(move |core, _| {
            core.open(&id)?;
            Ok(core.timeline(&id).cloned())
        });
        log.await?.ok_or(ClientError::UnknownConversation)
    }

    /// Says that everything up to `seq` was read; said again until the server knows.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn mark_read(&self, conversation: &str, seq: u64) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        self.handle.ask(move |core, _| core.mark_read(&id, seq)).await
    }

    /// Makes a place and everything after it unread again, here and on one's other devices; nobody else
    /// learns of it. Said again until the server knows.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn mark_unread(&self, conversation: &str, from: u64) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        self.handle.ask(move |core, _| core.mark_unread(&id, from)).await
    }

    /// Keeps what is being written, here and for one's other devices.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn set_draft(&self, conversation: &str, text: &str) -> Result<(), ClientError> {
        let (id, text) = (conversation.to_owned(), text.to_owned());
        self.handle.ask(move |core, now_ms| core.set_draft(now_ms, &id, &text)).await
    }

    /// Says that one is typing, or no longer. May be called with every key.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn set_typing(&self, conversation: &str, active: bool) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        let typing = self.handle.ask(move |core, now_ms| {
            core.set_typing(now_ms, &id, active);
            Ok(())
        });
        typing.await
    }

    /// Brings older events into the timeline, from the cache or the server.
    ///
    /// # Errors
    /// [`CallError::Offline`] when they are not cached and there is no connection; refusals.
    pub async fn load_older(&self, conversation: &str) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        self.page(move |core, waiter| core.load_older(&id, waiter)).await
    }

    /// Brings the newest part of a hole into the timeline.
    ///
    /// # Errors
    /// As [`Client::load_older`].
    pub async fn fill(&self, conversation: &str, hole: Hole) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        self.page(move |core, waiter| core.fill(&id, hole, waiter)).await
    }

    /// Brings what stands around a place into the timeline, to jump there.
    ///
    /// # Errors
    /// As [`Client::load_older`].
    pub async fn load_around(&self, conversation: &str, seq: u64) -> Result<(), ClientError> {
        let id = conversation.to_owned();
        self.page(move |core, waiter| core.load_around(&id, seq, waiter)).await
    }

    /// Finds messages, newest first; `words` may say `from:`, `in:`, `has:`, `before:`, `after:`.
    ///
    /// Without a connection it looks for plain words in what is stored here, and says so.
    ///
    /// # Errors
    /// Refusals, and [`ClientError::Closed`].
    pub async fn search(&self, words: &str, conversation: Option<&str>) -> Result<Found, ClientError> {
        const HITS_MAX: u32 = 50;
        let op = ops::Search {
            query: words.to_owned(),
            conversation: conversation.map(str::to_owned),
            limit: HITS_MAX,
            cursor: None,
        };
        match self.call(&op).await {
            Ok(page) => Ok(Found { hits: page.items, is_from_server: true }),
            Err(CallError::Offline | CallError::Lost | CallError::TimedOut) => {
                let ops::Search { query, conversation, .. } = op;
                let hits = self
                    .handle
                    .ask(move |core, _| core.find_stored(&query, conversation.as_deref(), HITS_MAX as usize));
                Ok(Found { hits: hits.await?, is_from_server: false })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The direct conversation with somebody (`name@domain`); made when there is none.
    ///
    /// # Errors
    /// Refusals and failures of the connection.
    pub async fn open_direct(&self, user: &str) -> Result<String, ClientError> {
        let conversation = self.call(&ops::OpenDirect { user: user.to_owned() }).await?;
        self.adopt(conversation).await
    }

    /// Makes a group with these people.
    ///
    /// # Errors
    /// Refusals and failures of the connection.
    pub async fn create_group(&self, name: &str, members: Vec<String>) -> Result<String, ClientError> {
        let op = ops::CreateConversation {
            kind: ConversationKind::Group,
            name: name.to_owned(),
            address_name: None,
            topic: String::new(),
            members,
            history: None,
            client_ref: Some(sending::new_ref()),
        };
        let conversation = self.call(&op).await?;
        self.adopt(conversation).await
    }

    /// Calls any operation of the protocol; nothing of it is kept or repeated.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<Op: Operation>(&self, operation: &Op) -> Result<Op::Answer, CallError> {
        self.connection.call(operation).await
    }

    async fn adopt(&self, conversation: Conversation) -> Result<String, ClientError> {
        let id = conversation.conversation.clone();
        let opened = id.clone();
        let adopted = self.handle.ask(move |core, now_ms| {
            core.adopt(now_ms, conversation)?;
            core.open(&opened)
        });
        adopted.await?;
        Ok(id)
    }

    async fn page(
        &self,
        request: impl FnOnce(
            &mut Core,
            oneshot::Sender<Result<(), ClientError>>,
        ) -> Result<(), crate::error::StoreError>
        + Send
        + 'static,
    ) -> Result<(), ClientError> {
        let (waiter, told) = oneshot::channel();
        self.handle.ask(move |core, _| request(core, waiter)).await?;
        told.await.map_err(|_| ClientError::Closed)?
    }
}

/// What changes, as it changes.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Notice>);

impl Changes {
    /// The next change; `None` when the client is closed.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Notice> {
        match self.0.recv().await {
            Ok(notice) => Some(notice),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Notice::Everything),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

fn keep(server: &Server, store: &Store, signed_in: SignedIn) -> Result<(), ClientError> {
    let SignedIn { token, me } = signed_in;
    Ok(store.save_sign_in(&SignIn { server: server.to_string(), token, me })?)
}
