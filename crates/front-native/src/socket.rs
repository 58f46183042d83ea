//! The native WebSocket: the upgrade, the frames, and the bridge to the hub.

use crate::{
    context::{Api, Context, peer},
    errors::problem,
    http::{authenticate, refuse, token},
    outbound,
    session::{Call, NativeSession, Reply},
};
use axum::{
    extract::{
        FromRequestParts, Request, State, WebSocketUpgrade,
        ws::{self, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{StatusCode, header};
use parlance_api::{
    error::{ErrorCode, Problem},
    frame::{Hello, Push, Welcome},
    model::AccountChange,
    operation::Cost,
};
use parlance_core::{
    account,
    conversation::Kind,
    event::{Content, Event},
};
use parlance_front::{
    Arrived, Front, Outcome, drive,
    websocket::{WebSocket, bounded},
};
use parlance_hub::{
    Redacted,
    live::{Batch, Connection, Signal},
    ports::Mark,
};
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock, atomic::Ordering},
};

/// Place of our encodings in an entry.
const FRONT: usize = 0;

/// Turns a request into a socket.
///
/// # Source
/// RFC 6455 section 4.2; an unknown version is answered as section 4.4 says.
pub(crate) async fn upgrade(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let peer = peer(&parts);
    let header_token = match token(&parts.headers) {
        Ok(token) => token,
        Err(problem) => return refuse(&problem),
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)) => {
            return (StatusCode::UPGRADE_REQUIRED, [(header::SEC_WEBSOCKET_VERSION, "13")]).into_response();
        }
        Err(rejection) => {
            return refuse(&Problem::new(ErrorCode::RequestMalformed).with_detail(rejection.body_text()));
        }
    };
    let Some(seat) = Seat::take(&api) else { return refuse(&ErrorCode::LimitConnections.into()) };
    let bytes_max = usize::try_from(api.settings.limits.request_bytes_max).unwrap_or(usize::MAX);
    bounded(upgrade, bytes_max).on_upgrade(move |socket| serve(seat, peer, header_token, Box::new(socket)))
}

/// One of the sockets there may be.
struct Seat {
    api: Arc<Api>,
}

impl Seat {
    fn take(api: &Arc<Api>) -> Option<Self> {
        let taken = api.sockets.fetch_add(1, Ordering::Relaxed);
        let seat = Self { api: Arc::clone(api) };
        metrics::gauge!("parlance_websockets").increment(1.0);
        (taken < api.settings.sockets_max).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.api.sockets.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("parlance_websockets").decrement(1.0);
    }
}

async fn serve(seat: Seat, peer: IpAddr, header_token: Option<Redacted<String>>, socket: Box<ws::WebSocket>) {
    let api = Arc::clone(&seat.api);
    let front = NativeFront { api: Arc::clone(&api), peer, header_token, context: OnceLock::new() };
    let session = NativeSession::new(api.hub.now());
    let driven = drive(&front, session, WebSocket::new(socket), api.hub.clock(), api.settings.session).await;
    tracing::debug!(peer.addr = %peer, ended = ?driven.ended, "websocket ended");
}

struct NativeFront {
    api: Arc<Api>,
    peer: IpAddr,
    header_token: Option<Redacted<String>>,
    /// Set once somebody is signed in.
    context: OnceLock<Context>,
}

impl Front for NativeFront {
    type Session = NativeSession;

    async fn prepare(&self, call: &Call) {
        let Call::Operation { op, args, .. } = call else { return };
        let is_message =
            self.api.table.find(op).is_some_and(|handler| handler.description.cost == Cost::Message);
        if !is_message {
            return;
        }
        if let Ok(place) = serde_json::from_str::<Place>(args.get())
            && let Ok(conversation) = place.conversation.parse()
        {
            self.api.hub.warm_up(conversation).await;
        }
    }

    async fn run(&self, call: Call) -> Outcome<Reply> {
        match call {
            Call::Hello { id, hello } => match self.greet(hello).await {
                Ok((welcome, connection)) => {
                    Outcome { reply: Reply::Hello { id, result: Ok(welcome) }, connection: Some(connection) }
                }
                Err(problem) => {
                    Outcome { reply: Reply::Hello { id, result: Err(problem) }, connection: None }
                }
            },
            Call::Operation { id, op, args } => {
                let result = match (self.api.table.find(&op), self.context.get()) {
                    (Some(handler), Some(context)) => handler.call(context, &args).await,
                    (None, Some(context)) => Err(context.refuse_unknown(op)),
                    (_, None) => Err(ErrorCode::AuthRequired.into()),
                };
                Outcome { reply: Reply::Operation { id, result }, connection: None }
            }
            Call::Refuse { id, problem } => {
                let problem = match self.context.get() {
                    Some(context) => context.refuse(problem),
                    None => self.nobody().refuse(problem),
                };
                Outcome { reply: Reply::Refused { id, problem }, connection: None }
            }
        }
    }

    async fn encode(&self, connection: &Connection, arrived: Arrived) -> Vec<Bytes> {
        match arrived {
            Arrived::Batch(batch) => self.encode_batch(batch).await,
            Arrived::Signal(signal) => self.signal(signal).await.iter().map(json).collect(),
            Arrived::Mark(offset) => {
                let mark = Mark { offset, ..connection.mark() };
                vec![json(&Push::Mark { mark: outbound::mark(mark) })]
            }
        }
    }
}

/// The part of a request that says where.
#[derive(serde::Deserialize)]
struct Place {
    conversation: String,
}

impl NativeFront {
    /// Whoever has not said who they are.
    fn nobody(&self) -> Context {
        Context { api: Arc::clone(&self.api), caller: None, peer: self.peer, connection: None }
    }

    async fn greet(&self, hello: Hello) -> Result<(Bytes, Connection), Problem> {
        let token = hello.token.map(Redacted::new);
        let token = token.as_ref().or(self.header_token.as_ref()).ok_or(ErrorCode::AuthRequired)?;
        let caller = authenticate(&self.api, token).await?;
        let connection = self.api.hub.connect(caller).await.map_err(problem)?;
        // Asked again, now that a revocation would close the connection.
        authenticate(&self.api, token).await?;
        let context = Context { caller: Some(caller), connection: Some(connection.id()), ..self.nobody() };
        let me = self.api.hub.me(caller).await.map_err(problem)?;
        let welcome = Welcome {
            me: outbound::me(&me, caller),
            server: context.server_info(),
            mark: outbound::mark(connection.mark()),
        };
        let _ = self.context.set(context);
        Ok((json(&welcome), connection))
    }

    /// Events are encoded once for everybody; changes of an account, and votes that others may not see, for
    /// their owner.
    async fn encode_batch(&self, batch: Batch) -> Vec<Bytes> {
        let hub = &self.api.hub;
        let people = batch.entries.iter().flat_map(|entry| outbound::people_in(&entry.event));
        if let Err(error) = hub.meet(people).await {
            tracing::warn!(%error, "names could not be read");
        }
        let mut frames = Vec::with_capacity(batch.entries.len());
        for entry in batch.entries {
            match &entry.event.content {
                Content::Account(change) => frames.extend(self.account_change(change).await),
                Content::Membership { .. } if batch.kind == Kind::Account => {}
                content if content.is_secret_vote() && self.is_mine(&entry.event) => {
                    frames.push(json(&Push::Event {
                        event: Box::new(outbound::event_for(hub, entry.event.sender, &entry.event)),
                    }));
                }
                _ => frames.push(entry.encoding(FRONT, |event| {
                    json(&Push::Event { event: Box::new(outbound::event(hub, event)) })
                })),
            }
        }
        frames
    }

    fn is_mine(&self, event: &Event) -> bool {
        self.context.get().and_then(|context| context.caller).is_some_and(|caller| caller.who == event.sender)
    }

    async fn account_change(&self, change: &account::AccountChange) -> Option<Bytes> {
        let hub = &self.api.hub;
        let change = match change {
            account::AccountChange::Read { conversation, seq } => {
                AccountChange::Read { conversation: conversation.to_string(), read_seq: seq.0 }
            }
            account::AccountChange::Unread { conversation, from } => {
                AccountChange::Unread { conversation: conversation.to_string(), unread_from: from.0 }
            }
            account::AccountChange::Draft { conversation, text } => {
                AccountChange::Draft { conversation: conversation.to_string(), text: text.clone() }
            }
            account::AccountChange::Preferences { conversation, preferences } => AccountChange::Preferences {
                conversation: conversation.to_string(),
                preferences: outbound::preferences(*preferences),
            },
            account::AccountChange::Contact { who, contact, .. } if outbound::is_shown(contact) => {
                AccountChange::Contact(outbound::contact(&*hub.person(*who).await.ok()?, contact))
            }
            account::AccountChange::Contact { who, .. }
            | account::AccountChange::ContactRemoved { who, .. } => {
                let person = hub.person(*who).await.ok()?;
                AccountChange::ContactRemoved { user: person.address.to_string() }
            }
            account::AccountChange::Profile { display_name, privacy } => AccountChange::Profile {
                display_name: display_name.clone(),
                privacy: outbound::privacy(*privacy),
            },
            account::AccountChange::Devices => AccountChange::Devices {},
            account::AccountChange::Scheduled { conversation } => {
                AccountChange::Scheduled { conversation: conversation.to_string() }
            }
            account::AccountChange::Arranged { .. } => AccountChange::Arrangement {},
        };
        Some(json(&Push::Account { change }))
    }

    async fn signal(&self, signal: Signal) -> Option<Push> {
        let hub = &self.api.hub;
        Some(match signal {
            Signal::Typing { conversation, who, active, .. } => {
                let _ = hub.meet([who]).await;
                let user = outbound::address(hub, who);
                Push::Typing { conversation: conversation.to_string(), user, active }
            }
            Signal::Receipt { conversation, who, delivered, read, .. } => {
                let _ = hub.meet([who]).await;
                let row = parlance_hub::ports::ReceiptRow { who, delivered, read };
                Push::Receipt(outbound::receipt(hub, &conversation.to_string(), &row))
            }
            Signal::Presence { who, shown } => {
                let _ = hub.meet([who]).await;
                Push::Presence(outbound::presence(hub, who, shown))
            }
            Signal::Relay(_) => return None,
        })
    }
}

fn json<T: serde::Serialize>(value: &T) -> Bytes {
    serde_json::to_vec(value).expect("invariant: frames have string keys only").into()
}
