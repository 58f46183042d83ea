use super::{COMPONENT, ComponentSecret};
use crate::{session::flight::Flight, stanza::Outgoing};
use bytes::Bytes;
use parlance_core::id::UnixMillis;
use parlance_front::{Output, Secured, Session};
use parlance_hub::live::CloseReason;
use parlance_xmpp::{
    Condition, Error, Forward, Frame, Framed, Header, Jid, Limits, OnStream, Stanza, StanzaBuf, Tokenizer,
    ns,
    write::{STREAM_END, StreamError, Writer},
};
use sha1::{Digest, Sha1};
use std::collections::VecDeque;

/// What the stream of a component needs to know of the server.
pub(super) struct Facts {
    /// The name of the domain.
    pub(super) server: String,
    /// The components that may connect.
    pub(super) components: Vec<ComponentSecret>,
    /// The name of the stream, which nobody can guess.
    pub(super) id: String,
    /// When the connection ends unless the component has proved its secret.
    pub(super) shake_until: UnixMillis,
    /// Bounds of one stanza afterwards.
    pub(super) stanza: Limits,
}

/// The stream of one component.
pub(super) struct ComponentSession {
    facts: Facts,
    tokenizer: Tokenizer,
    stage: Stage,
    outputs: VecDeque<Output<Call>>,
    flight: Flight,
    /// Whether our header was sent.
    has_begun: bool,
    /// A stanza that waits until those before it are done.
    held: Option<StanzaBuf>,
}

/// How far the stream has come.
enum Stage {
    /// The header is awaited.
    Opening,
    /// The proof of this component is awaited.
    Shaking(ComponentSecret),
    /// Its domain is being taken.
    Connecting(String),
    /// Stanzas flow.
    Open(String),
    /// Nothing is read any more.
    Over,
}

/// What a stream asks for.
#[derive(Debug)]
pub(super) enum Call {
    /// Take this domain.
    Connect(String),
    /// Deal with a stanza.
    Stanza {
        /// Which of those in flight.
        number: u64,
        /// The stanza, in the namespace of clients.
        stanza: StanzaBuf,
    },
    /// The component was told this.
    Told(u64),
    /// Give the domain back.
    Leave,
}

/// What came of it.
pub(super) enum Reply {
    /// The domain is taken, or why not.
    Connected(Result<(), Condition>),
    /// Dealt with; what the component is told.
    Stanza {
        /// Which of those in flight.
        number: u64,
        /// Answers, in order.
        answers: Vec<Outgoing>,
    },
    /// Done.
    Done,
}

/// Something for a component.
pub(super) struct News {
    /// The stanza; empty when nothing is to be said.
    pub(super) xml: Bytes,
    /// The piece of work that is done with it.
    pub(super) work: Option<u64>,
}

impl AsRef<[u8]> for News {
    fn as_ref(&self) -> &[u8] {
        &self.xml
    }
}

impl ComponentSession {
    pub(super) fn new(facts: Facts, limits: Limits) -> Self {
        Self {
            facts,
            tokenizer: Tokenizer::new(limits),
            stage: Stage::Opening,
            outputs: VecDeque::new(),
            flight: Flight::default(),
            has_begun: false,
            held: None,
        }
    }

    fn pump(&mut self) {
        while self.can_take() {
            match self.tokenizer.poll() {
                Ok(None) => return,
                Ok(Some(frame)) => {
                    let taken = Taken::from(frame);
                    self.take(taken);
                }
                Err(error) => return self.fail_with(&error),
            }
        }
    }

    fn can_take(&self) -> bool {
        match self.stage {
            Stage::Opening | Stage::Shaking(_) => true,
            Stage::Open(_) => self.held.is_none() && self.flight.has_room(),
            Stage::Connecting(_) | Stage::Over => false,
        }
    }

    fn take(&mut self, taken: Taken) {
        match (taken, &self.stage) {
            (Taken::Nothing, _) => {}
            (Taken::End, _) => self.close(),
            (Taken::Header { namespace, to }, Stage::Opening) => self.open(&namespace, &to),
            (Taken::Element(element), Stage::Shaking(_)) => self.shake(&element),
            (Taken::Element(element), Stage::Open(_)) => self.take_stanza(element),
            _ => self.fail(Condition::BadFormat, "this does not come here"),
        }
    }

    /// # Source
    /// XEP-0114 section 3: the header names the component, and so does ours.
    fn open(&mut self, namespace: &str, to: &str) {
        let known = self.facts.components.iter().find(|known| known.domain.eq_ignore_ascii_case(to));
        let known = known.cloned();
        self.send_header(known.as_ref().map_or(&*self.facts.server.clone(), |known| &known.domain));
        match known {
            _ if namespace != COMPONENT => {
                self.fail(Condition::InvalidNamespace, "this is a stream for components");
            }
            None => self.fail(Condition::HostUnknown, "no component has this domain"),
            Some(known) => self.stage = Stage::Shaking(known),
        }
    }

    fn send_header(&mut self, from: &str) {
        self.has_begun = true;
        let mut xml = Writer::new();
        xml.start("stream:stream").namespace(COMPONENT).attribute("xmlns:stream", ns::STREAMS);
        xml.attribute("from", from).attribute("id", &self.facts.id);
        let header = xml.finish();
        let start = header.strip_suffix("/>").expect("invariant: the writer ends what is empty");
        self.send(format!("<?xml version='1.0'?>{start}>"));
    }

    /// # Source
    /// XEP-0114 section 3.
    fn shake(&mut self, element: &StanzaBuf) {
        let Stage::Shaking(known) = &self.stage else { return };
        let stanza = element.get();
        if !stanza.is(COMPONENT, "handshake") {
            return self.fail(Condition::NotAuthorized, "prove the secret first");
        }
        if !is_proof(&stanza.text(), &self.facts.id, known.secret.expose()) {
            return self.fail(Condition::NotAuthorized, "that is not the secret");
        }
        let domain = known.domain.clone();
        self.outputs.push_back(Output::Call(Call::Connect(domain.clone())));
        self.stage = Stage::Connecting(domain);
    }

    fn connected(&mut self, connected: Result<(), Condition>) {
        let Stage::Connecting(domain) = &self.stage else { return };
        match connected {
            Ok(()) => {
                self.stage = Stage::Open(domain.clone());
                self.tokenizer.lift_limits(self.facts.stanza);
                self.send("<handshake/>".to_owned());
            }
            Err(condition) => self.fail(condition, "the domain cannot be taken now"),
        }
    }

    /// # Source
    /// XEP-0114 section 4.1: a component speaks for its own domain only.
    fn take_stanza(&mut self, element: StanzaBuf) {
        let Stage::Open(domain) = &self.stage else { return };
        let stanza = element.get();
        if stanza.namespace() != COMPONENT || !matches!(stanza.name(), "message" | "presence" | "iq") {
            return self.fail(Condition::UnsupportedStanzaType, "not a stanza");
        }
        let from = stanza.attribute("from").and_then(|from| Jid::parse(&from).ok());
        if from.is_none_or(|from| from.domain() != domain) {
            return self.fail(Condition::InvalidFrom, "the address is not of this component");
        }
        match of_clients(&stanza) {
            Err(error) => self.fail_with(&error),
            Ok(stanza) if stanza.get().name() == "message" || self.flight.is_empty() => self.start(stanza),
            Ok(stanza) => self.held = Some(stanza),
        }
    }

    fn start(&mut self, stanza: StanzaBuf) {
        let number = self.flight.start(stanza.get().name() == "message");
        self.outputs.push_back(Output::Call(Call::Stanza { number, stanza }));
    }

    fn finish(&mut self, number: u64, answers: Vec<Outgoing>) {
        answers.into_iter().for_each(|answer| self.outputs.push_back(Output::Send(answer.xml)));
        self.flight.finish(number);
        if self.flight.is_empty()
            && let Some(held) = self.held.take()
        {
            self.start(held);
        }
    }

    fn send(&mut self, xml: String) {
        self.outputs.push_back(Output::Send(xml.into()));
    }

    fn fail_with(&mut self, error: &Error) {
        self.fail(error.condition(), &error.to_string());
    }

    fn fail(&mut self, condition: Condition, text: &str) {
        if !self.has_begun {
            self.send_header(&self.facts.server.clone());
        }
        let mut error = String::new();
        StreamError::new(condition).text(text).write(OnStream::Default(COMPONENT), &mut error);
        self.send(error);
        self.close();
    }

    fn close(&mut self) {
        if !matches!(self.stage, Stage::Over) {
            // Whoever hears that the stream is over may come back at once.
            self.outputs.push_back(Output::Call(Call::Leave));
            self.send(STREAM_END.to_owned());
            self.outputs.push_back(Output::Close { code: 1000, reason: "" });
            self.stage = Stage::Over;
        }
    }

    fn shake_until(&self) -> Option<UnixMillis> {
        matches!(self.stage, Stage::Opening | Stage::Shaking(_)).then_some(self.facts.shake_until)
    }
}

/// What was read, without what it was read from.
enum Taken {
    Nothing,
    Header { namespace: String, to: String },
    Element(StanzaBuf),
    End,
}

impl From<Frame<'_>> for Taken {
    fn from(frame: Frame<'_>) -> Self {
        let namespace = |header: &Header| header.content_namespace().to_owned();
        match frame {
            Frame::Whitespace => Self::Nothing,
            Frame::End => Self::End,
            Frame::Stanza(stanza) => Self::Element(stanza.into()),
            Frame::Header(header) => Self::Header {
                namespace: namespace(&header),
                to: header.attribute("to").unwrap_or_default().to_owned(),
            },
        }
    }
}

/// A stanza as clients write it.
fn of_clients(stanza: &Stanza<'_>) -> Result<StanzaBuf, Error> {
    let mut xml = String::with_capacity(stanza.raw().len() + 64);
    Forward::new(stanza).content_namespace(COMPONENT, ns::CLIENT).write(OnStream::Nothing, &mut xml);
    let mut framed = Framed::new(Limits::default());
    let read = framed.read(xml.as_bytes())?;
    Ok(read.into())
}

/// Whether a text proves that somebody knows the secret; how long it takes does not tell how much of it is right.
///
/// # Source
/// XEP-0114 section 3: the SHA-1 of stream id and secret, in small hexadecimal digits.
fn is_proof(text: &str, id: &str, secret: &str) -> bool {
    let digest = Sha1::new().chain_update(id).chain_update(secret).finalize();
    let right: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let given = text.trim().as_bytes();
    let differences = given.iter().zip(right.as_bytes()).fold(0, |found, (one, other)| found | (one ^ other));
    given.len() == right.len() && differences == 0
}

impl Session for ComponentSession {
    type Call = Call;
    type Reply = Reply;
    type Outbound = News;

    fn handle_frame(&mut self, _now: UnixMillis, frame: &[u8]) {
        if matches!(self.stage, Stage::Over) {
            return;
        }
        self.tokenizer.feed(frame);
        self.pump();
    }

    fn handle_reply(&mut self, _now: UnixMillis, reply: Reply) {
        match reply {
            Reply::Connected(connected) => self.connected(connected),
            Reply::Stanza { number, answers } => self.finish(number, answers),
            Reply::Done => {}
        }
        self.pump();
    }

    fn handle_outbound(&mut self, news: News) {
        if !matches!(self.stage, Stage::Open(_)) {
            return;
        }
        if !news.xml.is_empty() {
            self.outputs.push_back(Output::Send(news.xml));
        }
        if let Some(work) = news.work {
            self.outputs.push_back(Output::Call(Call::Told(work)));
        }
    }

    fn handle_closing(&mut self, reason: CloseReason) {
        match reason {
            CloseReason::Draining => self.fail(Condition::SystemShutdown, "the server stops; connect again"),
            _ => self.fail(Condition::Conflict, "another connection took over"),
        }
    }

    fn handle_secured(&mut self, _secured: Secured) {}

    fn handle_timeout(&mut self, now: UnixMillis) {
        if self.shake_until().is_some_and(|until| now >= until) {
            self.fail(Condition::ConnectionTimeout, "the secret was not proved in time");
        }
    }

    /// # Source
    /// RFC 6120 section 4.6.4, XEP-0199 section 4.1.
    fn handle_silence(&mut self) -> bool {
        let Stage::Open(domain) = &self.stage else { return false };
        let mut ping = Writer::new();
        ping.start("iq").attribute("type", "get").attribute("id", "silence");
        ping.attribute("from", &self.facts.server).attribute("to", domain).empty("ping", "urn:xmpp:ping");
        let ping = ping.finish();
        self.send(ping);
        true
    }

    fn is_ready(&self) -> bool {
        self.can_take()
    }

    /// What was read from the log is not read again before it was told.
    fn takes_news(&self) -> bool {
        matches!(self.stage, Stage::Open(_))
    }

    fn poll(&mut self) -> Output<Call> {
        self.outputs.pop_front().unwrap_or(Output::Wait(self.shake_until()))
    }
}

#[cfg(test)]
mod tests;
