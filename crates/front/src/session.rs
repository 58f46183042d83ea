use bytes::Bytes;
use parlance_core::{event::Offset, id::UnixMillis};
use parlance_hub::live::{Batch, CloseReason, Connection, Signal};
use std::future::Future;

/// One connection's protocol as a value: inputs in, outputs out. No sockets, no clock, no waiting.
pub trait Session: Send {
    /// What a session asks the front end to do.
    type Call: Send;
    /// What comes of it.
    type Reply: Send;
    /// News as they are encoded for the peer.
    type Outbound: AsRef<[u8]> + Send;

    /// Takes a whole frame (or a piece of a stream) from the peer.
    fn handle_frame(&mut self, now: UnixMillis, frame: &[u8]);
    /// Takes what came of a call.
    fn handle_reply(&mut self, now: UnixMillis, reply: Self::Reply);
    /// Takes encoded news for the peer.
    fn handle_outbound(&mut self, news: Self::Outbound);
    /// Hears that the server ends this connection.
    fn handle_closing(&mut self, reason: CloseReason);
    /// Hears that the moment named by [`Output::Wait`] has come.
    fn handle_timeout(&mut self, now: UnixMillis);
    /// Hears that the transport is encrypted, from the start or since [`Output::Secure`].
    fn handle_secured(&mut self, secured: Secured) {
        let _ = secured;
    }
    /// Hears that the peer has been silent for long; `true` when the session asks it for a sign of life by
    /// itself, so that the transport need not.
    fn handle_silence(&mut self) -> bool {
        false
    }
    /// Whether more may be read from the peer; `false` while what was read has to wait for replies.
    fn is_ready(&self) -> bool {
        true
    }
    /// Whether more news may be read for the peer; `false` while it owes too much.
    fn takes_news(&self) -> bool {
        true
    }
    /// What to do next. Called until it answers [`Output::Wait`] or [`Output::Close`].
    fn poll(&mut self) -> Output<Self::Call>;
}

/// A session that is handed on without being copied: what waits for a function of its own keeps room for
/// each value that it was given, and for each place it moved it to.
impl<S: Session> Session for Box<S> {
    type Call = S::Call;
    type Reply = S::Reply;
    type Outbound = S::Outbound;

    fn handle_frame(&mut self, now: UnixMillis, frame: &[u8]) {
        (**self).handle_frame(now, frame);
    }
    fn handle_reply(&mut self, now: UnixMillis, reply: Self::Reply) {
        (**self).handle_reply(now, reply);
    }
    fn handle_outbound(&mut self, news: Self::Outbound) {
        (**self).handle_outbound(news);
    }
    fn handle_closing(&mut self, reason: CloseReason) {
        (**self).handle_closing(reason);
    }
    fn handle_timeout(&mut self, now: UnixMillis) {
        (**self).handle_timeout(now);
    }
    fn handle_secured(&mut self, secured: Secured) {
        (**self).handle_secured(secured);
    }
    fn handle_silence(&mut self) -> bool {
        (**self).handle_silence()
    }
    fn is_ready(&self) -> bool {
        (**self).is_ready()
    }
    fn takes_news(&self) -> bool {
        (**self).takes_news()
    }
    fn poll(&mut self) -> Output<Self::Call> {
        (**self).poll()
    }
}

/// What is known of an encrypted transport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secured {
    /// Keying material that only both ends of this connection know (RFC 9266 section 2); absent
    /// where the version of TLS has none that is safe.
    pub exporter: Option<[u8; 32]>,
    /// A hash of the server's certificate (RFC 5929 section 4).
    pub end_point: Option<Bytes>,
}

/// What a session wants done.
#[derive(Debug)]
pub enum Output<Call> {
    /// Send this to the peer.
    Send(Bytes),
    /// Do this and bring back the reply.
    Call(Call),
    /// Encrypt the transport now that everything before is written; comes back as
    /// [`Session::handle_secured`].
    Secure,
    /// Say goodbye with this code and reason, and end.
    Close {
        /// The close code of the protocol.
        code: u16,
        /// A short reason.
        reason: &'static str,
    },
    /// Nothing until something comes in, or until this moment.
    Wait(Option<UnixMillis>),
}

/// What came of a call.
pub struct Outcome<Reply> {
    /// For the session.
    pub reply: Reply,
    /// The hub's connection, when the call was a successful sign-in.
    pub connection: Option<Connection>,
}

/// Something that arrived for the peer of a connection.
pub enum Arrived {
    /// Events of one conversation, by `seq`.
    Batch(Batch),
    /// Something true now and not kept.
    Signal(Signal),
    /// Everything up to this offset has been sent.
    Mark(Offset),
}

/// What connects sessions of one protocol to the hub.
pub trait Front: Send + Sync {
    /// The protocol.
    type Session: Session;

    /// Gets ready for a call, one after the other: what [`Front::run`] needs in memory is read here,
    /// so that calls reach the store in the order in which the peer made them.
    fn prepare(&self, call: &<Self::Session as Session>::Call) -> impl Future<Output = ()> + Send;

    /// Does what a session asked for.
    fn run(
        &self,
        call: <Self::Session as Session>::Call,
    ) -> impl Future<Output = Outcome<<Self::Session as Session>::Reply>> + Send;

    /// Encodes what arrived, once for all receivers where that is possible.
    fn encode(
        &self,
        connection: &Connection,
        arrived: Arrived,
    ) -> impl Future<Output = Vec<<Self::Session as Session>::Outbound>> + Send;
}
