use crate::{
    calls::Calls,
    session::{Arrived, Front, Outcome, Output, Secured, Session},
};
use bytes::Bytes;
use parlance_core::id::UnixMillis;
use parlance_hub::{
    HubError,
    live::{CloseReason, Connection, News},
    ports::Clock,
};
use std::{
    future::Future,
    pin::{Pin, pin},
    time::Duration,
};
use tokio::time::{Sleep, sleep, timeout};

#[cfg(test)]
mod tests;

/// Most news handled, and bytes made of them, before they are written and the peer is listened to.
const NEWS_PER_TURN: usize = 16;
const NEWS_BYTES_PER_TURN: usize = 64 * 1024;
/// How long a connection waits when the store cannot be read.
const STORE_PAUSE: Duration = Duration::from_millis(200);

/// How long news and calls under way may take to end, and a goodbye to be written, once a connection is to
/// be closed. A connection that lost its right has to be gone within a second: together well below it.
const LAST_NEWS_TIME_MAX: Duration = Duration::from_millis(100);
const LAST_CALLS_TIME_MAX: Duration = Duration::from_millis(300);
const GOODBYE_TIME_MAX: Duration = Duration::from_millis(300);

/// Bounds of one connection, as plain values from the settings.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Most calls at the same time; the peer is not read while there are as many.
    pub calls_max: usize,
    /// Milliseconds of silence after which the peer is asked whether it is there; it has as long to answer.
    pub keep_alive_ms: u64,
    /// Milliseconds a write may take before the peer counts as gone.
    pub write_timeout_ms: u64,
}

/// What came from a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A whole frame, or a piece of a stream.
    Frame(Bytes),
    /// A sign of life.
    Alive,
    /// Something that the layer below the protocol forbids: the connection ends with this close code.
    Broken {
        /// The close code of the protocol.
        code: u16,
        /// A short reason.
        reason: &'static str,
    },
    /// The end.
    End,
}

/// Frames over some byte stream.
pub trait Transport: Send {
    /// The next frame.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    fn receive(&mut self) -> impl Future<Output = Received> + Send;
    /// Writes a frame, perhaps only into a small buffer. `Err` means that the peer is gone.
    fn send(&mut self, frame: Bytes) -> impl Future<Output = Result<(), Gone>> + Send;
    /// Writes what is in the buffer.
    fn flush(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    /// Asks the peer for a sign of life.
    fn ping(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    /// Encrypts what follows. Only transports whose protocol knows this need it.
    fn secure(&mut self) -> impl Future<Output = Result<Secured, Gone>> + Send {
        std::future::ready(Err(Gone))
    }
    /// Says goodbye.
    fn close(&mut self, code: u16, reason: &'static str) -> impl Future<Output = ()> + Send;
}

/// The peer is gone.
#[derive(Clone, Copy, Debug)]
pub struct Gone;

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The peer left or did not answer any more.
    PeerGone,
    /// The session or the server ended it.
    Closed,
}

/// What is left of a session whose transport has ended; it may go on over another one.
pub struct Driven<S> {
    /// Why.
    pub ended: Ended,
    /// The session.
    pub session: S,
    /// The hub's connection, when somebody was signed in.
    pub connection: Option<Connection>,
}

/// Drives a session until its transport ends. A slow peer is waited for, not buffered: while it
/// does not read, neither the log nor further requests are read for it.
pub async fn drive<F: Front, T: Transport>(
    front: &F,
    session: F::Session,
    transport: T,
    clock: &dyn Clock,
    limits: SessionLimits,
) -> Driven<F::Session> {
    let heard_at = clock.now();
    let mut driver = Driver {
        front,
        session,
        transport,
        clock,
        limits,
        connection: None,
        store_pause: None,
        heard_at,
        pinged: false,
    };
    let ended = driver.run().await;
    Driven { ended, session: driver.session, connection: driver.connection }
}

struct Driver<'a, F: Front, T> {
    front: &'a F,
    session: F::Session,
    transport: T,
    clock: &'a dyn Clock,
    limits: SessionLimits,
    connection: Option<Connection>,
    /// Until its end the store is not asked for news, because it could not be read.
    store_pause: Option<Pin<Box<Sleep>>>,
    heard_at: UnixMillis,
    pinged: bool,
}

/// What is left when some news were passed on.
enum Left {
    Nothing,
    /// Perhaps more news.
    More,
    /// The end, which the server wants.
    Closing(CloseReason),
}

/// What to do after the outputs of the session are dealt with.
enum Next {
    WaitUntil(Option<UnixMillis>),
    End(Ended),
}

type Reply<F> = <<F as Front>::Session as Session>::Reply;

impl<F: Front, T: Transport> Driver<'_, F, T> {
    async fn run(&mut self) -> Ended {
        let front = self.front;
        let mut calls = Calls::new();
        loop {
            let left = match self.take_news() {
                // What a connection that waits has no use for is in boxes, which end with it.
                Some(news) => calls.beside(Box::pin(self.pass_news_on(news))).await,
                None => Left::Nothing,
            };
            if let Left::Closing(reason) = left {
                Box::pin(self.take_last_outcomes(&mut calls)).await;
                self.session.handle_closing(reason);
            }
            let wait_until = match Box::pin(self.perform(&mut calls, |call| front.run(call))).await {
                Next::WaitUntil(moment) => moment,
                Next::End(ended) => {
                    Box::pin(self.take_last_outcomes(&mut calls)).await;
                    return ended;
                }
            };
            let can_listen = calls.len() < self.limits.calls_max && self.session.is_ready();
            let timer = self.sleep_until(wait_until);
            tokio::select! {
                received = self.transport.receive(), if can_listen => {
                    self.heard_at = self.clock.now();
                    self.pinged = false;
                    match received {
                        Received::Frame(frame) => self.session.handle_frame(self.heard_at, &frame),
                        Received::Alive => {}
                        Received::Broken { code, reason } => return self.say_goodbye(code, reason).await,
                        Received::End => {
                            Box::pin(self.take_last_outcomes(&mut calls)).await;
                            return Ended::PeerGone;
                        }
                    }
                }
                Some(outcome) = calls.next() => self.take_outcome(outcome),
                () = wait_for_news(self.connection.as_ref(), self.store_pause.as_mut(), &left) => self.store_pause = None,
                () = timer => if self.timed_out().await.is_err() { return Ended::PeerGone },
            }
        }
    }

    /// Deals with everything the session wants done now.
    async fn perform<Call, Running: Future>(
        &mut self,
        calls: &mut Calls<Running>,
        run: impl Fn(Call) -> Running,
    ) -> Next
    where
        F::Session: Session<Call = Call>,
    {
        let mut wrote = false;
        loop {
            match self.session.poll() {
                Output::Send(bytes) => {
                    wrote = true;
                    if calls.beside(self.write(Some(bytes))).await.is_err() {
                        return Next::End(Ended::PeerGone);
                    }
                }
                Output::Call(call) => {
                    calls.beside(self.front.prepare(&call)).await;
                    calls.start(run(call));
                }
                Output::Secure => {
                    wrote = false;
                    let secured = match calls.beside(self.write(None)).await {
                        Ok(()) => calls.beside(self.transport.secure()).await,
                        Err(gone) => Err(gone),
                    };
                    match secured {
                        Ok(secured) => self.session.handle_secured(secured),
                        Err(Gone) => return Next::End(Ended::PeerGone),
                    }
                }
                Output::Close { code, reason } => {
                    return Next::End(self.say_goodbye(code, reason).await);
                }
                Output::Wait(moment) => {
                    let flushed = if wrote { calls.beside(self.write(None)).await } else { Ok(()) };
                    return if flushed.is_err() {
                        Next::End(Ended::PeerGone)
                    } else {
                        Next::WaitUntil(moment)
                    };
                }
            }
        }
    }

    fn take_news(&self) -> Option<News> {
        let connection = self.connection.as_ref().filter(|_| self.store_pause.is_none())?;
        let may_take = self.session.takes_news() || connection.is_closing();
        may_take.then(|| connection.take_news()).flatten()
    }

    /// Hands some news to the session. A connection that is to be closed waits for the store only so long
    /// that what is at hand is not lost to a session that goes on over another transport.
    async fn pass_news_on(&mut self, first: News) -> Left {
        let Some(connection) = &self.connection else { return Left::Nothing };
        let mut next = Some(first);
        let mut bytes_made = 0;
        for _ in 0..NEWS_PER_TURN {
            let news = match next.take().or_else(|| connection.take_news()) {
                None => return Left::Nothing,
                Some(News::Closed(reason)) => return Left::Closing(reason),
                Some(news) => news,
            };
            let mut reading = pin!(read(self.front, connection, news));
            let read = tokio::select! {
                biased;
                read = &mut reading => read,
                () = connection.wait_for_closing() => match timeout(LAST_NEWS_TIME_MAX, reading).await {
                    Ok(read) => read,
                    Err(_) => continue,
                },
            };
            let frames = match read {
                Ok(frames) => frames,
                Err(error) => {
                    tracing::warn!(%error, "news wait for the store");
                    self.store_pause = Some(Box::pin(sleep(STORE_PAUSE)));
                    return Left::Nothing;
                }
            };
            for frame in frames {
                bytes_made += frame.as_ref().len();
                self.session.handle_outbound(frame);
            }
            if bytes_made >= NEWS_BYTES_PER_TURN {
                break;
            }
        }
        Left::More
    }

    /// Takes what comes of calls that end soon: one of them may be what closes the connection, and
    /// whoever made it is to hear that it was done.
    async fn take_last_outcomes<Running>(&mut self, calls: &mut Calls<Running>)
    where
        Running: Future<Output = Outcome<Reply<F>>>,
    {
        let outcomes = async {
            while let Some(outcome) = calls.next().await {
                self.take_outcome(outcome);
            }
        };
        let _ = timeout(LAST_CALLS_TIME_MAX, outcomes).await;
    }

    /// Writes a frame, or what is buffered. A peer that does not read loses its connection after a
    /// while, or at once when the server ends it.
    async fn write(&mut self, frame: Option<Bytes>) -> Result<(), Gone> {
        let transport = &mut self.transport;
        let write = async {
            match frame {
                Some(frame) => transport.send(frame).await,
                None => transport.flush().await,
            }
        };
        tokio::select! {
            biased;
            written = write => written,
            () = wait_for_closing(self.connection.as_ref()) => Err(Gone),
            () = sleep(Duration::from_millis(self.limits.write_timeout_ms)) => Err(Gone),
        }
    }

    async fn say_goodbye(&mut self, code: u16, reason: &'static str) -> Ended {
        let goodbye = self.transport.close(code, reason);
        let _ = timeout(GOODBYE_TIME_MAX, goodbye).await;
        Ended::Closed
    }

    fn take_outcome(&mut self, outcome: Outcome<Reply<F>>) {
        if outcome.connection.is_some() {
            self.connection = outcome.connection;
        }
        self.session.handle_reply(self.clock.now(), outcome.reply);
    }

    async fn timed_out(&mut self) -> Result<(), Gone> {
        let now = self.clock.now();
        self.session.handle_timeout(now);
        let silent_ms = now.ms_since(self.heard_at);
        if silent_ms >= 2 * self.limits.keep_alive_ms {
            return Err(Gone);
        }
        if silent_ms >= self.limits.keep_alive_ms && !self.pinged {
            self.pinged = true;
            if !self.session.handle_silence() {
                return self.transport.ping().await;
            }
        }
        Ok(())
    }

    /// Until the session's own moment, or the next one at which silence means something.
    fn sleep_until(&self, moment: Option<UnixMillis>) -> Sleep {
        let silence = self.limits.keep_alive_ms * if self.pinged { 2 } else { 1 };
        let keep_alive = self.heard_at.plus_ms(silence);
        let until = moment.map_or(keep_alive, |moment| moment.min(keep_alive));
        sleep(Duration::from_millis(until.ms_since(self.clock.now()).max(1)))
    }
}

/// Reads one of the news and writes it out for the peer.
async fn read<F: Front>(
    front: &F,
    connection: &Connection,
    news: News,
) -> Result<Vec<<F::Session as Session>::Outbound>, HubError> {
    let arrived = match news {
        News::Closed(_) => return Ok(Vec::new()),
        News::Signal(signal) => Arrived::Signal(signal),
        News::Mark(offset) => Arrived::Mark(offset),
        News::Conversation(id) => Arrived::Batch(connection.read_news(id).await?),
    };
    Ok(front.encode(connection, arrived).await)
}

/// Until there may be news, or the store may be asked again for those there are.
async fn wait_for_news(connection: Option<&Connection>, pause: Option<&mut Pin<Box<Sleep>>>, left: &Left) {
    match (connection, pause) {
        (Some(connection), Some(pause)) => tokio::select! {
            () = pause => {}
            () = connection.wait_for_closing() => {}
        },
        (Some(connection), None) if matches!(left, Left::Nothing) => connection.wait_for_news().await,
        (Some(_), None) => {}
        (None, _) => std::future::pending().await,
    }
}

async fn wait_for_closing(connection: Option<&Connection>) {
    match connection {
        Some(connection) => connection.wait_for_closing().await,
        None => std::future::pending().await,
    }
}
