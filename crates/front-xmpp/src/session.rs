//! One stream of XMPP as a value: negotiation, order, stream management, and the end.

pub(crate) mod flight;
mod inline;
mod managed;
mod negotiate;
mod register;

pub(crate) use inline::{Binding, Inline, InlineReply};
pub(crate) use negotiate::limits_before_sign_in;

use crate::{
    csi::{self, CSI},
    login::{LoginReply, LoginStep},
    seat::Seat,
    stanza::Outgoing,
    wire::{Received, Wire},
};
use flight::Flight;
use managed::Managed;
use parlance_core::id::{ConversationId, Seq, UnixMillis};
use parlance_front::{Output, Secured, Session};
use parlance_hub::{Registration, live::CloseReason};
use parlance_xmpp::{
    Condition, Limits, StanzaBuf, ns,
    sasl::{Mechanism, Profile},
    sm::Command,
    write::{StreamError, Writer},
};
use std::{collections::VecDeque, sync::Arc};

/// How often signing in may fail on one stream, besides once with every mechanism that is offered, before
/// the next time ends it.
///
/// # Source
/// RFC 6120 section 6.4.5: two to five.
///
/// COMPAT(slixmpp 1.8): it tries every mechanism with a kind of channel binding that TLS 1.3 does not have.
const SIGN_IN_FAILURES_MAX: usize = 5;
/// Close code of the transport; XMPP has none, over a WebSocket it follows `<close/>`.
const CLOSE: u16 = 1000;

/// What a session needs to know of the server.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The name of the domain.
    pub(crate) domain: String,
    /// Whether signing in without encryption is allowed.
    pub(crate) allow_plaintext: bool,
    /// Whether STARTTLS can be offered.
    pub(crate) has_starttls: bool,
    /// Bounds of one stanza, once somebody is signed in.
    pub(crate) stanza: Limits,
    /// What the ids of the streams on this connection begin with.
    pub(crate) id: String,
    /// How many milliseconds a client may take to sign in and to take a resource.
    pub(crate) sign_in_ms: u64,
    /// The name to resume the stream by, which nobody can guess.
    pub(crate) resume_name: String,
    /// How accounts are made.
    pub(crate) registration: Registration,
    /// What stands for everything that the server supports.
    pub(crate) version: String,
    /// For how many milliseconds after a loss a stream can be resumed.
    pub(crate) resume_ms: u64,
}

/// One stream of a client.
pub(crate) struct XmppSession {
    facts: Facts,
    wire: Wire,
    stage: Stage,
    secured: Option<Secured>,
    outputs: VecDeque<Output<Call>>,
    flight: Flight,
    /// Events that the client has.
    sent: Vec<(ConversationId, Seq)>,
    /// An element that waits until the stanzas before it are done.
    held: Option<StanzaBuf>,
    /// When the connection ends unless a resource was taken.
    sign_in_until: UnixMillis,
    /// How often signing in has failed.
    sign_in_failures: usize,
    /// The mechanism that somebody signs in with, as far as it is known.
    trying: Option<Mechanism>,
    /// The mechanisms that have failed once.
    tried: Vec<Mechanism>,
    /// How many streams this connection has had.
    streams: u32,
    /// Whether the client ended its stream, so that it will not come back to it.
    is_lost_for_good: bool,
}

/// A client that has its resource; what goes on over another transport.
pub(crate) struct Bound {
    pub(crate) seat: Arc<Seat>,
    managed: Option<Managed>,
}

/// How far the negotiation of a stream has come.
///
/// # Source
/// RFC 6120 section 4.3.
enum Stage {
    /// The peer's header is awaited; `true` once somebody is signed in.
    Opening(bool),
    /// Encryption or a mechanism is to be chosen.
    Anonymous,
    /// A request for an account is being dealt with.
    Registering,
    /// A step of signing in is being looked at, or the client's next one is awaited.
    SigningIn(Turn, Profile, Box<Inline>),
    /// Somebody is signed in and has no resource yet.
    SignedIn,
    /// A resource is being bound, or a stream taken over.
    Binding,
    /// Stanzas flow.
    Bound(Box<Bound>),
    /// Nothing is read any more.
    Over(Option<Box<Bound>>),
}

/// Whose turn it is while somebody signs in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ours,
    Theirs,
}

/// What a session asks for.
#[derive(Debug)]
pub(crate) enum Call {
    /// A step of signing in.
    SignIn(LoginStep),
    /// A request of somebody who wants an account.
    Register(StanzaBuf),
    /// What a client wants done together with signing in.
    Inline(Box<Inline>),
    /// Take this resource, or one of the server's choice.
    Bind {
        /// The request, which is answered.
        request: StanzaBuf,
        /// The resource.
        resource: Option<String>,
    },
    /// Go on with a stream that lost its transport.
    Resume {
        /// Its name.
        previd: String,
        /// How many stanzas of ours the client has handled.
        h: u32,
    },
    /// This stream can be resumed by a name.
    MakeResumable(String),
    /// Deal with a stanza.
    Stanza {
        /// Which of those in flight.
        number: u64,
        /// The stanza.
        stanza: StanzaBuf,
    },
    /// The peer has these events.
    Delivered(Vec<(ConversationId, Seq)>),
}

/// What came of it.
pub(crate) enum Reply {
    /// How signing in goes on.
    SignIn(LoginReply),
    /// What somebody is told who wants an account, and whether they were refused.
    Registered(String, bool),
    /// What was done together with signing in.
    Inline(Box<InlineReply>),
    /// Bound, or why not.
    Bound {
        /// The answer.
        answer: String,
        /// The seat, unless it was refused.
        seat: Option<Arc<Seat>>,
    },
    /// The stream to go on with, if there is one, and how much the client has handled.
    Resumed(Option<Box<Bound>>, u32),
    /// Dealt with; what the peer is to be told.
    Stanza {
        /// Which of those in flight.
        number: u64,
        /// Answers, in order.
        answers: Vec<Outgoing>,
    },
    /// Done.
    Done,
}

impl XmppSession {
    /// A session on a transport; `secured` when that is encrypted already.
    pub(crate) fn new(facts: Facts, wire: Wire, secured: Option<Secured>, now: UnixMillis) -> Self {
        let sign_in_until = now.plus_ms(facts.sign_in_ms);
        Self {
            facts,
            wire,
            stage: Stage::Opening(false),
            secured,
            outputs: VecDeque::new(),
            flight: Flight::default(),
            sent: Vec::new(),
            held: None,
            sign_in_until,
            sign_in_failures: 0,
            trying: None,
            tried: Vec::new(),
            streams: 0,
            is_lost_for_good: false,
        }
    }

    /// When the connection ends, as long as no resource was taken.
    fn sign_in_until(&self) -> Option<UnixMillis> {
        let is_due = !matches!(self.stage, Stage::Bound(_) | Stage::Over(_));
        is_due.then_some(self.sign_in_until)
    }

    /// Takes what has arrived, as far as it can be taken now.
    fn pump(&mut self) {
        while self.can_take() {
            match self.wire.poll() {
                Ok(Some(received)) => self.take(received),
                Ok(None) => break,
                Err(error) => {
                    self.is_lost_for_good = true;
                    return self.fail(error.condition(), &error.to_string());
                }
            }
        }
        self.ask_for_answer();
    }

    fn can_take(&self) -> bool {
        match &self.stage {
            Stage::Opening(_) | Stage::Anonymous | Stage::SignedIn => true,
            Stage::SigningIn(turn, ..) => *turn == Turn::Theirs,
            Stage::Registering | Stage::Binding | Stage::Over(_) => false,
            Stage::Bound(_) => self.held.is_none() && self.flight.has_room(),
        }
    }

    fn take(&mut self, received: Received) {
        match received {
            Received::Opened { to, version, is_client } => {
                self.take_opening(to.as_deref(), version.as_deref(), is_client);
            }
            Received::Closed => {
                self.is_lost_for_good = true;
                self.close();
            }
            Received::Element(element) => match &self.stage {
                Stage::Opening(_) => self.fail(Condition::BadFormat, "the stream was not opened"),
                Stage::Anonymous | Stage::SigningIn(..) => self.take_step(element),
                Stage::SignedIn => self.take_bind(element),
                Stage::Bound(_) => self.take_bound_element(element),
                Stage::Registering | Stage::Binding | Stage::Over(_) => {}
            },
        }
    }

    fn take_bound_element(&mut self, element: StanzaBuf) {
        let stanza = element.get();
        match (stanza.namespace(), stanza.name()) {
            (ns::CLIENT, "message" | "presence" | "iq") => self.take_stanza(element),
            (CSI, "active") => self.activate(),
            (CSI, "inactive") => {
                if let Stage::Bound(bound) = &self.stage {
                    csi::deactivate(&bound.seat);
                }
            }
            _ => match Command::read(&stanza) {
                Some(Ok(command)) => {
                    if !self.take_command(command) {
                        self.hold(element);
                    }
                }
                Some(Err(error)) => self.fail(Condition::InvalidXml, &error.to_string()),
                None => self.fail(Condition::UnsupportedStanzaType, "not a stanza"),
            },
        }
    }

    /// Somebody looks at the client again: what was held back goes out.
    fn activate(&mut self) {
        let Stage::Bound(bound) = &self.stage else { return };
        let held = csi::activate(&bound.seat);
        held.into_iter().for_each(|stanza| self.send(stanza));
    }

    /// Stanzas are dealt with in order; messages may be on their way to the store together.
    ///
    /// # Source
    /// RFC 6120 section 10.1.
    fn take_stanza(&mut self, element: StanzaBuf) {
        let Stage::Bound(bound) = &self.stage else { return };
        let stanza = element.get();
        if let Some(from) = stanza.attribute("from")
            && from != *bound.seat.full
            && from != *bound.seat.bare
        {
            return self.fail(Condition::InvalidFrom, "the address is somebody else's");
        }
        if stanza.name() == "message" || self.flight.is_empty() {
            self.start(element);
        } else {
            self.held = Some(element);
        }
    }

    fn start(&mut self, stanza: StanzaBuf) {
        let is_message = stanza.get().name() == "message";
        let number = self.flight.start(is_message);
        self.outputs.push_back(Output::Call(Call::Stanza { number, stanza }));
    }

    fn finish(&mut self, number: u64, answers: Vec<Outgoing>) {
        answers.into_iter().for_each(|answer| self.send(answer));
        let done = self.flight.finish(number);
        if let Some(managed) = self.managed() {
            managed.count_handled(done);
        }
        if self.flight.is_empty()
            && let Some(held) = self.held.take()
        {
            self.take_bound_element(held);
        }
    }

    fn send(&mut self, xml: impl Into<Outgoing>) {
        self.send_managed(xml.into());
    }

    fn send_raw(&mut self, xml: String) {
        self.outputs.push_back(Output::Send(xml.into()));
    }

    /// Ends the stream with an error.
    ///
    /// # Source
    /// RFC 6120 section 4.9; before our header is sent, it goes first (4.9.1.2).
    fn fail(&mut self, condition: Condition, text: &str) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        if matches!(self.stage, Stage::Opening(_)) {
            self.open();
        }
        let mut error = String::new();
        StreamError::new(condition).text(text).write(self.wire.on_stream(), &mut error);
        self.send_raw(error);
        self.close();
    }

    /// Sends our header, with an id of its own.
    fn open(&mut self) {
        self.streams += 1;
        let id = format!("{}-{}", self.facts.id, self.streams);
        let open = self.wire.open(&self.facts.domain, &id);
        self.send_raw(open);
    }

    fn close(&mut self) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        let close = self.wire.close();
        self.send_raw(close);
        self.outputs.push_back(Output::Close { code: CLOSE, reason: "" });
        self.stage = match std::mem::replace(&mut self.stage, Stage::Binding) {
            Stage::Bound(bound) => Stage::Over(Some(bound)),
            _ => Stage::Over(None),
        };
    }
}

impl Session for XmppSession {
    type Call = Call;
    type Reply = Reply;
    type Outbound = Outgoing;

    fn handle_frame(&mut self, _now: UnixMillis, frame: &[u8]) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        match self.wire.feed(frame) {
            Ok(()) => self.pump(),
            Err(error) => {
                self.is_lost_for_good = true;
                self.fail(error.condition(), &error.to_string());
            }
        }
    }

    fn handle_reply(&mut self, _now: UnixMillis, reply: Reply) {
        match reply {
            Reply::SignIn(reply) => self.take_sign_in(reply),
            Reply::Registered(answer, is_refused) => self.take_registered(answer, is_refused),
            Reply::Inline(reply) => self.take_inline(*reply),
            Reply::Bound { answer, seat } => self.take_bound(answer, seat),
            Reply::Resumed(bound, h) => self.take_resumed(bound, h),
            Reply::Stanza { number, answers } => self.finish(number, answers),
            Reply::Done => {}
        }
        self.pump();
    }

    fn handle_outbound(&mut self, news: Outgoing) {
        if matches!(self.stage, Stage::Bound(_)) {
            self.send(news);
            self.ask_for_answer();
        }
    }

    fn handle_closing(&mut self, reason: CloseReason) {
        self.is_lost_for_good |= reason != CloseReason::Superseded;
        match reason {
            CloseReason::Revoked => self.fail(Condition::NotAuthorized, "sign in again"),
            CloseReason::Draining => self.fail(Condition::SystemShutdown, "the server stops; connect again"),
            CloseReason::Superseded | CloseReason::Replaced => {
                self.fail(Condition::Conflict, "another connection took over");
            }
        }
    }

    fn handle_secured(&mut self, secured: Secured) {
        self.secured = Some(secured);
        self.stage = Stage::Opening(false);
    }

    fn handle_timeout(&mut self, now: UnixMillis) {
        if self.sign_in_until().is_some_and(|until| now >= until) {
            self.fail(Condition::ConnectionTimeout, "nobody signed in and took a resource in time");
        }
    }

    /// # Source
    /// RFC 6120 section 4.6.4, XEP-0198 section 4, XEP-0199 section 4.1.
    fn handle_silence(&mut self) -> bool {
        if self.managed().is_some() {
            self.request_answer();
            return true;
        }
        let Stage::Bound(bound) = &self.stage else { return false };
        let mut ping = Writer::new();
        ping.start("iq").attribute("type", "get").attribute("id", "silence");
        ping.attribute("from", &self.facts.domain).attribute("to", &bound.seat.full);
        ping.empty("ping", "urn:xmpp:ping");
        let ping = ping.finish();
        self.send(ping);
        true
    }

    fn is_ready(&self) -> bool {
        self.can_take()
    }

    fn takes_news(&self) -> bool {
        match &self.stage {
            Stage::Bound(bound) => !bound.managed.as_ref().is_some_and(Managed::is_full),
            _ => true,
        }
    }

    fn poll(&mut self) -> Output<Call> {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        // Most streams have nothing to say for hours, and need no room for it meanwhile.
        self.outputs = VecDeque::new();
        self.take_delivered().map_or_else(|| Output::Wait(self.sign_in_until()), Output::Call)
    }
}

#[cfg(test)]
mod tests;
