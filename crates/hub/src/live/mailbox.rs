use super::{
    Signal,
    relay::{Relay, Relays, Told},
};
use parking_lot::Mutex;
use parlance_core::{
    event::Offset,
    id::{ConversationId, Seq},
};
use std::collections::{HashMap, HashSet, VecDeque};
use tokio::sync::Notify;

/// Most signals that wait for one connection; the oldest are dropped.
const SIGNALS_MAX: usize = 256;

/// What waits for one connection: never messages, only where to look for them. Its size is bounded
/// by the number of conversations somebody is in, and by bounds of their own for signals and relays, so
/// that it can wait for minutes without anybody who takes from it.
pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    notify: Notify,
    closing: Notify,
}

struct Inner {
    /// Conversations with news, in the order in which the news came.
    news: VecDeque<ConversationId>,
    queued: HashSet<ConversationId>,
    /// How far conversations with recent news were sent.
    cursors: HashMap<ConversationId, Cursor>,
    /// Everything up to here was sent, or is not to be sent.
    floor: Offset,
    /// Everything up to here is in `news` or was sent.
    swept: Offset,
    /// Whether a mark is to be sent as soon as nothing else waits.
    is_mark_due: bool,
    signals: VecDeque<Signal>,
    relays: Relays,
    /// Whether a relay was taken last, so that conversations get their turn.
    has_relayed: bool,
    closed: Option<CloseReason>,
}

/// How far one conversation was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) seq: Seq,
    /// The offset of the event at that place; that of the floor where nothing was sent yet.
    pub(crate) offset: Offset,
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The device was revoked or the account switched off.
    Revoked,
    /// The server is about to stop.
    Draining,
    /// The same client is back over another transport.
    Superseded,
    /// Another connection took the name of this one.
    Replaced,
}

/// What a connection should do next.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// End.
    Closed(CloseReason),
    /// Pass this on.
    Signal(Signal),
    /// Read what is new here.
    Conversation(ConversationId),
    /// Everything up to this offset was sent.
    Mark(Offset),
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let inner = Inner {
            news: VecDeque::new(),
            queued: HashSet::new(),
            cursors: HashMap::new(),
            floor: Offset(0),
            swept: Offset(0),
            is_mark_due: false,
            signals: VecDeque::new(),
            relays: Relays::new(),
            has_relayed: false,
            closed: None,
        };
        Self { inner: Mutex::new(inner), notify: Notify::new(), closing: Notify::new() }
    }

    /// Says up to which offset nothing is to be sent. Called once, before anything is taken.
    pub(crate) fn begin(&self, floor: Offset) {
        let mut inner = self.inner.lock();
        inner.floor = floor;
        inner.swept = inner.swept.max(floor);
    }

    /// Something is new in a conversation.
    pub(crate) fn news(&self, conversation: ConversationId) {
        self.inner.lock().queue(conversation);
        self.notify.notify_one();
    }

    /// Everything committed up to this offset has been told through [`Mailbox::news`]. Only who was
    /// sent something since the last mark is told of it.
    pub(crate) fn swept(&self, offset: Offset) {
        let mut inner = self.inner.lock();
        inner.swept = inner.swept.max(offset);
        inner.is_mark_due = !(inner.cursors.is_empty() && inner.news.is_empty());
        let is_mark_due = inner.is_mark_due;
        drop(inner);
        if is_mark_due {
            self.notify.notify_one();
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.inner.lock().push_signal(signal);
        self.notify.notify_one();
    }

    /// Takes relays of this front end from now on.
    pub(crate) fn follow_relays(&self, front: &'static str) {
        let mut inner = self.inner.lock();
        if !inner.is_over() {
            inner.relays.follow(front);
        }
    }

    /// The bytes of the relays that wait.
    pub(crate) fn relay_bytes(&self) -> usize {
        self.inner.lock().relays.bytes()
    }

    /// Whether relays wait.
    pub(crate) fn has_relays(&self) -> bool {
        !self.inner.lock().relays.is_empty()
    }

    /// Adds a relay, when as many bytes wait for all connections of the same person.
    pub(crate) fn relay(&self, relay: Relay, of_person_bytes: usize) -> Told {
        let mut inner = self.inner.lock();
        if inner.is_over() {
            return Told::NotFollowed;
        }
        let told = inner.relays.push(relay, of_person_bytes);
        drop(inner);
        if told == Told::Yes {
            self.notify.notify_one();
        }
        told
    }

    /// Takes the relays that wait, and no more from now on.
    pub(crate) fn end_relays(&self) -> Vec<Relay> {
        self.inner.lock().relays.end()
    }

    pub(crate) fn close(&self, reason: CloseReason) {
        let mut inner = self.inner.lock();
        if !inner.is_over() {
            inner.closed = Some(reason);
        }
        drop(inner);
        self.notify.notify_one();
        self.closing.notify_one();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.inner.lock().closed.is_some()
    }

    /// Goes on after the client came back over another transport; what ends it for good stays.
    pub(crate) fn reopen(&self) {
        let mut inner = self.inner.lock();
        if inner.closed == Some(CloseReason::Superseded) {
            inner.closed = None;
        }
    }

    /// The next thing to do, closing first, then signals, then relays and conversations by turns; `None`
    /// when there is nothing.
    pub(crate) fn take(&self) -> Option<News> {
        self.inner.lock().take()
    }

    /// The conversations with news that were not taken.
    pub(crate) fn waiting_news(&self) -> Vec<ConversationId> {
        self.inner.lock().news.iter().copied().collect()
    }

    /// Waits until there may be something to take.
    pub(crate) async fn wait(&self) {
        self.notify.notified().await;
    }

    /// Waits until the connection is to be closed.
    pub(crate) async fn wait_for_closing(&self) {
        // A closing that was taken back has left its notice behind.
        while !self.is_closing() {
            self.closing.notified().await;
        }
    }

    pub(crate) fn cursor(&self, conversation: ConversationId) -> Option<Cursor> {
        self.inner.lock().cursors.get(&conversation).copied()
    }

    pub(crate) fn floor(&self) -> Offset {
        self.inner.lock().floor
    }

    /// Notes how far a conversation was sent, and whether there is more to send.
    pub(crate) fn sent(&self, conversation: ConversationId, cursor: Cursor, has_more: bool) {
        let mut inner = self.inner.lock();
        inner.cursors.insert(conversation, cursor);
        if has_more {
            inner.queue(conversation);
        }
    }
}

impl Inner {
    /// Whether it ends for good.
    fn is_over(&self) -> bool {
        !matches!(self.closed, None | Some(CloseReason::Superseded))
    }

    fn queue(&mut self, conversation: ConversationId) {
        if self.queued.insert(conversation) {
            self.news.push_back(conversation);
        }
    }

    fn push_signal(&mut self, signal: Signal) {
        if let Some(place) = self.signals.iter().position(|earlier| signal.supersedes(earlier)) {
            let merged = signal.merged_with(&self.signals[place]);
            self.signals[place] = merged;
            return;
        }
        if self.signals.len() == SIGNALS_MAX {
            self.signals.pop_front();
        }
        self.signals.push_back(signal);
    }

    fn take(&mut self) -> Option<News> {
        if let Some(reason) = self.closed {
            return Some(News::Closed(reason));
        }
        if let Some(signal) = self.signals.pop_front() {
            return Some(News::Signal(signal));
        }
        let is_turn_of_news = self.has_relayed && !self.news.is_empty();
        if let Some(relay) = (!is_turn_of_news).then(|| self.relays.pop()).flatten() {
            self.has_relayed = true;
            return Some(News::Signal(Signal::Relay(relay)));
        }
        self.has_relayed = false;
        if let Some(conversation) = self.news.pop_front() {
            self.queued.remove(&conversation);
            return Some(News::Conversation(conversation));
        }
        let is_mark_due = std::mem::take(&mut self.is_mark_due);
        if is_mark_due || self.cursors.is_empty() { self.take_mark() } else { None }
    }

    /// Nothing waits and everything up to `swept` was sent: places before it need no memory. Wakes
    /// may have been faster than the sweep, so what was sent beyond it is remembered. Who was sent
    /// nothing since the last mark is told of none.
    fn take_mark(&mut self) -> Option<News> {
        let had_news = !self.cursors.is_empty();
        self.floor = self.swept;
        self.cursors.retain(|_, cursor| cursor.offset > self.floor);
        self.cursors.shrink_to_fit();
        had_news.then_some(News::Mark(self.floor))
    }
}
