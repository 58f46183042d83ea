//! A server in memory that speaks the frames of the protocol and can be told to fail.
#![allow(clippy::disallowed_methods, reason = "the tasks of a test end with its runtime")]

use futures_util::{SinkExt, StreamExt};
use parlance_client::{
    Client, Notice,
    api::{
        error::{ErrorCode, Problem},
        event::{Body, Content, Event, Message, Role},
        frame::{Push, Welcome},
        model::*,
        ops,
    },
    connection::Patience,
    model::{Timeline, count},
    store::{SignIn, Store},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::broadcast,
};
use tokio_tungstenite::{accept_async, tungstenite::Message as Frame};

pub(crate) const ROMEO: &str = "romeo@localhost";
pub(crate) const JULIET: &str = "juliet@localhost";

/// What goes wrong with the next request of a kind.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is done, and the connection is cut instead of an answer.
    DoneThenCut,
    /// The connection is cut before anything is done.
    Cut,
    /// It is done and never answered.
    DoneThenSilent,
    /// It is refused.
    Refuse(Problem),
}

#[derive(Clone, Debug)]
enum Out {
    Push(String),
    Cut,
}

#[derive(Default)]
struct State {
    logs: BTreeMap<String, Vec<Event>>,
    epoch: u64,
    order: Vec<(String, u64)>,
    sent: HashMap<String, ops::Sent>,
    read: HashMap<String, u64>,
    gone: Vec<String>,
    resets: bool,
    receipts: Vec<Receipt>,
    is_closed: bool,
    faults: Vec<(String, Fault)>,
    requests: Vec<(String, Value)>,
}

/// The server.
#[derive(Clone)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    out: broadcast::Sender<Out>,
    address: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = State { epoch: 1, ..State::default() };
        let world = Self { state: Arc::new(Mutex::new(state)), out: broadcast::channel(4096).0, address };
        tokio::spawn(world.clone().accept(listener));
        world
    }

    /// A store in which Romeo is signed in.
    pub(crate) fn signed_in(&self, store: Store) -> Store {
        let sign_in = SignIn { server: self.address.clone(), token: "token".into(), me: romeo() };
        store.save_sign_in(&sign_in).unwrap();
        store
    }

    pub(crate) fn client(&self) -> Client {
        self.client_on(Store::in_memory().unwrap())
    }

    pub(crate) fn client_on(&self, store: Store) -> Client {
        let patience = Patience {
            answer: Duration::from_millis(400),
            retry_first: Duration::from_millis(20),
            retry_max: Duration::from_millis(100),
            ..Patience::default()
        };
        Client::start_with(self.signed_in(store), patience).unwrap()
    }

    /// Somebody says something: stored, and pushed to everybody connected.
    pub(crate) fn say(&self, conversation: &str, sender: &str, words: &str) -> Event {
        self.append(conversation, sender, None, message(words))
    }

    pub(crate) fn append(
        &self,
        conversation: &str,
        sender: &str,
        client_ref: Option<String>,
        content: Content,
    ) -> Event {
        let event = self.store(conversation, sender, client_ref, content);
        self.push_again(&event);
        event
    }

    /// Stored without telling anybody, as while nobody is connected.
    pub(crate) fn store(
        &self,
        conversation: &str,
        sender: &str,
        client_ref: Option<String>,
        content: Content,
    ) -> Event {
        let mut state = self.state.lock().unwrap();
        let epoch = state.epoch;
        let log = state.logs.entry(conversation.to_owned()).or_default();
        let seq = log.len() as u64 + 1;
        let event = Event {
            conversation: conversation.to_owned(),
            epoch,
            seq,
            event_id: format!("{conversation}-{epoch}-{seq}"),
            at: format!("2024-01-01T00:{:02}:{:02}.000Z", seq / 60, seq % 60),
            sender: sender.to_owned(),
            client_ref,
            content,
            fold: None,
        };
        log.push(event.clone());
        state.order.push((conversation.to_owned(), seq));
        event
    }

    pub(crate) fn push_again(&self, event: &Event) {
        self.push(&Push::Event { event: Box::new(event.clone()) });
    }

    pub(crate) fn push(&self, push: &Push) {
        drop(self.out.send(Out::Push(serde_json::to_string(push).unwrap())));
    }

    pub(crate) fn cut(&self) {
        drop(self.out.send(Out::Cut));
    }

    /// Cuts everybody off and lets nobody in any more.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap().is_closed = true;
        self.cut();
    }

    pub(crate) fn reopen(&self) {
        self.state.lock().unwrap().is_closed = false;
    }

    pub(crate) fn fault(&self, op: &str, fault: Fault) {
        self.state.lock().unwrap().faults.push((op.to_owned(), fault));
    }

    pub(crate) fn log(&self, conversation: &str) -> Vec<Event> {
        self.state.lock().unwrap().logs.get(conversation).cloned().unwrap_or_default()
    }

    pub(crate) fn read_seq(&self, conversation: &str) -> u64 {
        self.state.lock().unwrap().read.get(conversation).copied().unwrap_or(0)
    }

    pub(crate) fn requests(&self, op: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.requests.iter().filter(|(name, _)| name == op).map(|(_, args)| args.clone()).collect()
    }

    /// The log is restored from a copy that ended earlier.
    pub(crate) fn restore(&self, conversation: &str, keep: usize) {
        let mut state = self.state.lock().unwrap();
        state.epoch += 1;
        let epoch = state.epoch;
        let log = state.logs.get_mut(conversation).unwrap();
        log.truncate(keep);
        log.iter_mut().for_each(|event| event.epoch = epoch);
        state.resets = true;
    }

    /// Somebody has read this far; nobody is told.
    pub(crate) fn store_receipt(&self, conversation: &str, user: &str, seq: u64) {
        let receipt = Receipt {
            conversation: conversation.to_owned(),
            user: user.to_owned(),
            delivered_seq: seq,
            read_seq: seq,
        };
        self.state.lock().unwrap().receipts.push(receipt);
    }

    pub(crate) fn remove_reader(&self, conversation: &str) {
        let mut state = self.state.lock().unwrap();
        state.logs.remove(conversation);
        state.gone.push(conversation.to_owned());
    }

    async fn accept(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            if !self.state.lock().unwrap().is_closed {
                tokio::spawn(self.clone().serve(stream));
            }
        }
    }

    async fn serve(self, stream: TcpStream) {
        let Ok(mut socket) = accept_async(stream).await else { return };
        let mut out = self.out.subscribe();
        loop {
            tokio::select! {
                frame = socket.next() => {
                    let Some(Ok(frame)) = frame else { return };
                    let Frame::Text(text) = frame else { continue };
                    match self.answer(&text) {
                        Reply::Say(text) => drop(socket.send(Frame::text(text)).await),
                        Reply::Nothing => {}
                        Reply::Cut => return,
                    }
                }
                out = out.recv() => match out {
                    Ok(Out::Push(text)) => drop(socket.send(Frame::text(text)).await),
                    _ => return,
                }
            }
        }
    }

    fn answer(&self, text: &str) -> Reply {
        let request: Value = serde_json::from_str(text).unwrap();
        let (id, op) = (request["id"].clone(), request["op"].as_str().unwrap().to_owned());
        let args = request["args"].clone();
        let fault = self.take_fault(&op);
        self.state.lock().unwrap().requests.push((op.clone(), args.clone()));
        match fault {
            Some(Fault::Cut) => return Reply::Cut,
            Some(Fault::Refuse(problem)) => {
                return Reply::Say(json!({"id": id, "error": problem}).to_string());
            }
            _ => {}
        }
        let frame = match self.perform(&op, args) {
            Ok(ok) => json!({"id": id, "ok": ok}),
            Err(problem) => json!({"id": id, "error": problem}),
        };
        match fault {
            Some(Fault::DoneThenCut) => Reply::Cut,
            Some(Fault::DoneThenSilent) => Reply::Nothing,
            _ => Reply::Say(frame.to_string()),
        }
    }

    fn take_fault(&self, op: &str) -> Option<Fault> {
        let faults = &mut self.state.lock().unwrap().faults;
        let index = faults.iter().position(|(name, _)| name == op)?;
        Some(faults.remove(index).1)
    }

    fn perform(&self, op: &str, args: Value) -> Result<Value, Box<Problem>> {
        let text = |field: &str| args[field].as_str().unwrap_or_default().to_owned();
        match op {
            "hello" => Ok(to_value(&Welcome { me: romeo(), server: server_info(), mark: self.mark() })),
            "sync" => Ok(to_value(&self.sync(&serde_json::from_value(args).unwrap()))),
            "conversation.get" => match self.describe(&text("conversation")) {
                Some(conversation) => Ok(to_value(&conversation)),
                None => Err(Box::new(ErrorCode::ConversationNotFound.into())),
            },
            "event.list" => Ok(to_value(&self.list(&serde_json::from_value(args).unwrap()))),
            "event.send" => {
                let op: ops::Send = serde_json::from_value(args).unwrap();
                let content = Content::Message(Message {
                    body: op.body,
                    reply_to: op.reply_to,
                    thread: op.thread,
                    forwarded: None,
                    sent_at: None,
                    expires_at: None,
                    poll: None,
                    needs_acknowledgement: false,
                });
                Ok(self.once(&op.conversation, &op.client_ref, content))
            }
            "event.react" => {
                let content = Content::Reaction { target: text("event"), emoji: text("emoji"), added: true };
                Ok(self.once(&text("conversation"), &text("client_ref"), content))
            }
            "event.delete" => {
                let content = Content::Delete { target: text("event") };
                Ok(self.once(&text("conversation"), &text("client_ref"), content))
            }
            "conversation.mark_read" => {
                let seq = args["seq"].as_u64().unwrap();
                let mut state = self.state.lock().unwrap();
                let position = state.read.entry(text("conversation")).or_default();
                *position = seq.max(*position);
                Ok(json!({}))
            }
            "conversation.mark_unread" => {
                let from = args["seq"].as_u64().unwrap();
                let mut state = self.state.lock().unwrap();
                let position = state.read.entry(text("conversation")).or_default();
                *position = from.saturating_sub(1).min(*position);
                Ok(json!({}))
            }
            "event.receipts" => Ok(json!({"items": self.state.lock().unwrap().receipts})),
            "member.list" | "presence.get" => Ok(json!({"items": []})),
            _ => Ok(json!({})),
        }
    }

    fn once(&self, conversation: &str, client_ref: &str, content: Content) -> Value {
        let known = self.state.lock().unwrap().sent.get(client_ref).cloned();
        let sent = known.unwrap_or_else(|| {
            let event = self.append(conversation, ROMEO, Some(client_ref.to_owned()), content);
            let sent =
                ops::Sent { event_id: event.event_id, epoch: event.epoch, seq: event.seq, at: event.at };
            self.state.lock().unwrap().sent.insert(client_ref.to_owned(), sent.clone());
            sent
        });
        to_value(&sent)
    }

    fn mark(&self) -> String {
        self.state.lock().unwrap().order.len().to_string()
    }

    fn sync(&self, op: &ops::Sync) -> ops::Synced {
        let since: usize = op.since.as_deref().unwrap_or("0").parse().unwrap();
        let (ids, gone, reset) = {
            let mut state = self.state.lock().unwrap();
            let reset = std::mem::take(&mut state.resets);
            let since = if reset { 0 } else { since };
            let mut ids: Vec<String> = state.order[since..].iter().map(|(id, _)| id.clone()).collect();
            ids.sort();
            ids.dedup();
            ids.retain(|id| state.logs.contains_key(id));
            (ids, std::mem::take(&mut state.gone), reset)
        };
        let skip: usize = op.cursor.as_deref().unwrap_or("0").parse().unwrap();
        let here: Vec<Conversation> = ids
            .iter()
            .skip(skip)
            .take(op.limit as usize)
            .map(|id| self.describe_with_events(id, op, reset))
            .collect();
        let seen = skip + here.len();
        ops::Synced {
            conversations: here,
            gone,
            reset,
            next: (seen < ids.len()).then(|| seen.to_string()),
            mark: self.mark(),
        }
    }

    fn describe_with_events(&self, id: &str, op: &ops::Sync, reset: bool) -> Conversation {
        let mut conversation = self.describe(id).unwrap();
        let position = op.positions.get(id).filter(|_| !reset).map_or(0, |position| position.seq);
        let log = self.log(id);
        let first = (log.len().saturating_sub(op.window as usize)).max(position as usize);
        conversation.events = log[first.min(log.len())..].to_vec();
        conversation.hole =
            (first as u64 > position).then_some(Hole { from: position + 1, to: first as u64 });
        conversation
    }

    fn describe(&self, id: &str) -> Option<Conversation> {
        let log = self.state.lock().unwrap().logs.get(id).cloned()?;
        let read_seq = self.read_seq(id);
        let epoch = self.state.lock().unwrap().epoch;
        let mut timeline = Timeline::new(ROMEO, epoch);
        log.iter().for_each(|event| drop(timeline.apply(event.clone())));
        let counts = count(&timeline, read_seq);
        Some(Conversation {
            conversation: id.to_owned(),
            kind: ConversationKind::Group,
            address: None,
            peer: None,
            is_request: false,
            settings: Settings {
                name: id.to_owned(),
                topic: String::new(),
                history: parlance_client::api::event::HistoryVisibility::All,
                slow_mode_s: 0,
                archived: false,
                permissions: BTreeMap::new(),
                open: false,
                listed: false,
                expire_after_s: None,
                thread_display: None,
            },
            epoch,
            head: log.len() as u64,
            members_count: 2,
            membership: Membership {
                role: Role::Member,
                visible_from: 1,
                read_seq,
                preferences: Preferences::default(),
                draft: String::new(),
            },
            unread: counts.unread,
            mentions: counts.mentions,
            changed_at: log.last().map_or_else(String::new, |event| event.at.clone()),
            receipts: Vec::new(),
            events: Vec::new(),
            hole: None,
        })
    }

    fn list(&self, op: &ops::ListEvents) -> ops::EventPage {
        let log = self.log(&op.conversation);
        let (len, limit) = (log.len() as u64, u64::from(op.limit));
        let (from, to) = match (op.before, op.after, op.around) {
            (_, Some(after), _) => (after, (after + limit).min(len)),
            (_, _, Some(around)) => (around.saturating_sub(limit / 2), (around + limit / 2).min(len)),
            (before, ..) => {
                let to = before.map_or(len, |before| (before - 1).min(len));
                (to.saturating_sub(limit), to)
            }
        };
        let epoch = self.state.lock().unwrap().epoch;
        let items = log[from as usize..to as usize].to_vec();
        ops::EventPage { epoch, items, has_before: from > 0, has_after: to < len }
    }
}

enum Reply {
    Say(String),
    Nothing,
    Cut,
}

fn to_value<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap()
}

pub(crate) fn message(words: &str) -> Content {
    let body = Body::Text { text: words.to_owned(), mentions: Vec::new() };
    Content::Message(Message {
        body,
        reply_to: None,
        thread: None,
        forwarded: None,
        sent_at: None,
        expires_at: None,
        poll: None,
        needs_acknowledgement: false,
    })
}

fn romeo() -> Me {
    let user = User { address: ROMEO.into(), display_name: "Romeo".into(), kind: UserKind::Person };
    let privacy = Privacy { show_last_seen: true, show_read: true };
    Me { user, device: "d1".into(), admin: false, privacy }
}

fn server_info() -> ServerInfo {
    ServerInfo {
        domain: "localhost".into(),
        version: "0".into(),
        registration: Registration::Closed,
        limits: ServerLimits {
            body_bytes_max: 65_536,
            request_bytes_max: 1 << 20,
            page_events_max: 200,
            poll_options_max: 20,
        },
    }
}

/// Waits until something is so, looking again whenever the client says that something changed.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
    client: &Client,
    what: &str,
    look: impl Fn(Client) -> F,
) -> T {
    let mut changes = client.subscribe();
    let waiting = async {
        loop {
            if let Some(found) = look(client.clone()).await {
                return found;
            }
            let notice = tokio::time::timeout(Duration::from_millis(100), changes.next()).await;
            assert_ne!(notice, Ok(None), "the client has stopped");
            assert!(!matches!(notice, Ok(Some(Notice::Broken { .. }))), "{notice:?}");
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    found.unwrap_or_else(|_| panic!("never happened: {what}"))
}

/// The words of the messages in memory, oldest first, holes as `…`.
pub(crate) async fn words(client: &Client, conversation: &str) -> Vec<String> {
    use parlance_client::model::{Line, What};
    let Ok(view) = client.timeline(conversation).await else { return Vec::new() };
    view.lines
        .iter()
        .filter_map(|line| match line {
            Line::Hole(_) => Some("…".to_owned()),
            Line::Entry(entry) => match &entry.what {
                What::Message(message) => match &message.body {
                    Body::Text { text, .. } => Some(text.clone()),
                    Body::Opaque { .. } => None,
                },
                What::Deleted => Some("deleted".to_owned()),
                _ => None,
            },
        })
        .collect()
}

pub(crate) async fn until_words(client: &Client, conversation: &'static str, expected: &[&str]) {
    until(client, &format!("{expected:?} in {conversation}"), |client| async move {
        let words = words(&client, conversation).await;
        (words == expected).then_some(())
    })
    .await;
}
