use super::{Call, Incoming, Patience, frame::Frame, socket};
use crate::{backoff::Backoff, error::CallError, server::Server};
use parlance_api::{
    error::{Problem, Retry},
    frame::Push,
};
use serde_json::value::RawValue;
use socket::{OpenError, Socket};
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};

type Waiting = HashMap<u64, oneshot::Sender<Result<Box<RawValue>, CallError>>>;

/// Keeps one connection alive until nobody holds it any more.
pub(super) struct Driver {
    server: Server,
    token: String,
    patience: Patience,
    calls: mpsc::Receiver<Call>,
    incoming: mpsc::Sender<Incoming>,
    backoff: Backoff,
}

/// Why a connection is over.
enum End {
    /// Nobody needs it any more.
    Unwanted,
    /// Come back.
    Lost { reason: String, advice: Option<Duration> },
    /// Do not come back.
    Refused(Box<Problem>),
}

impl Driver {
    pub(super) fn new(
        server: Server,
        token: String,
        patience: Patience,
        calls: mpsc::Receiver<Call>,
        incoming: mpsc::Sender<Incoming>,
    ) -> Self {
        let backoff = Backoff::new(patience.retry_first, patience.retry_max);
        Self { server, token, patience, calls, incoming, backoff }
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.connect_and_serve().await {
                End::Unwanted => return,
                End::Refused(problem) => {
                    self.tell(Incoming::Refused(problem)).await;
                    return;
                }
                End::Lost { reason, advice } => {
                    let retry_in = self.backoff.next(advice, rand::random::<f64>());
                    tracing::debug!(reason, ?retry_in, "connection lost");
                    self.tell(Incoming::Offline { reason, retry_in }).await;
                    if !self.decline_calls_during(tokio::time::sleep(retry_in)).await {
                        return;
                    }
                }
            }
        }
    }

    async fn connect_and_serve(&mut self) -> End {
        self.tell(Incoming::Connecting).await;
        let (server, token, within) = (self.server.clone(), self.token.clone(), self.patience.connect);
        let opening = async move { timeout(within, Socket::open(&server, &token)).await };
        tokio::pin!(opening);
        let opened = loop {
            tokio::select! {
                opened = &mut opening => break opened,
                call = self.calls.recv() => match call {
                    Some(call) => decline(call),
                    None => return End::Unwanted,
                },
            }
        };
        match opened {
            Err(_) => lost("the server does not answer"),
            Ok(Err(OpenError::Weather(reason))) => lost(reason),
            Ok(Err(OpenError::Problem(problem))) => ended_by(problem),
            Ok(Ok((socket, welcome))) => {
                self.backoff.reset();
                self.tell(Incoming::Welcome(welcome)).await;
                self.serve(socket).await
            }
        }
    }

    async fn serve(&mut self, mut socket: Socket) -> End {
        let mut waiting = Waiting::new();
        let mut last_id = socket::HELLO_ID;
        let mut liveness = Liveness::new(self.patience);
        loop {
            tokio::select! {
                frame = socket.next() => {
                    liveness.heard();
                    match frame {
                        Ok(Some(frame)) => if let Some(end) = self.take_frame(frame, &mut waiting).await {
                            socket.close().await;
                            return end;
                        },
                        Ok(None) => {}
                        Err(reason) => return lost(reason),
                    }
                }
                call = self.calls.recv() => {
                    let Some(call) = call else {
                        socket.close().await;
                        return End::Unwanted;
                    };
                    last_id += 1;
                    waiting.retain(|_, answer| !answer.is_closed());
                    waiting.insert(last_id, call.answer);
                    if let Err(error) = socket.send(last_id, call.name, call.args).await {
                        return lost(socket::in_words(&error));
                    }
                }
                () = sleep_until(liveness.next) => {
                    if !liveness.ask() {
                        return lost("the server has fallen silent");
                    }
                    if let Err(error) = socket.ping().await {
                        return lost(socket::in_words(&error));
                    }
                }
            }
        }
    }

    async fn take_frame(&self, frame: Frame, waiting: &mut Waiting) -> Option<End> {
        match frame {
            Frame::Answer { id, result } => {
                if let Some(answer) = waiting.remove(&id) {
                    // Whoever asked may have stopped waiting.
                    drop(answer.send(result.map_err(|problem| CallError::Refused(Box::new(problem)))));
                }
            }
            Frame::Push(push) => {
                if let Push::Closing { error } = *push {
                    return Some(ended_by(Box::new(error)));
                }
                self.tell(Incoming::Push(push)).await;
            }
            Frame::Complaint(problem) => return Some(ended_by(Box::new(problem))),
            Frame::Unknown => {}
        }
        None
    }

    /// Declines calls until `pause` is over; `false` when nobody needs the connection any more.
    async fn decline_calls_during(&mut self, pause: impl Future<Output = ()>) -> bool {
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => return true,
                call = self.calls.recv() => match call {
                    Some(call) => decline(call),
                    None => return false,
                },
            }
        }
    }

    async fn tell(&self, news: Incoming) {
        // Without a listener the last handle is about to go as well.
        drop(self.incoming.send(news).await);
    }
}

fn decline(call: Call) {
    drop(call.answer.send(Err(CallError::Offline)));
}

fn lost(reason: impl Into<String>) -> End {
    End::Lost { reason: reason.into(), advice: None }
}

/// Only what concerns the sign-in itself ends the connection for good.
fn ended_by(problem: Box<Problem>) -> End {
    if problem.retry == Retry::Never && problem.code.starts_with("auth.") {
        return End::Refused(problem);
    }
    End::Lost { reason: problem.to_string(), advice: problem.retry_after_ms.map(Duration::from_millis) }
}

/// When to ask a silent server whether it is there, and when to give it up.
struct Liveness {
    patience: Patience,
    is_asked: bool,
    next: Instant,
}

impl Liveness {
    fn new(patience: Patience) -> Self {
        let mut liveness = Self { patience, is_asked: false, next: now() };
        liveness.heard();
        liveness
    }

    fn heard(&mut self) {
        self.is_asked = false;
        self.next = now() + self.patience.ping_every;
    }

    /// Returns `false` when the server was asked before and has said nothing since.
    fn ask(&mut self) -> bool {
        self.next = now() + self.patience.pong_within;
        !std::mem::replace(&mut self.is_asked, true)
    }
}

fn now() -> Instant {
    crate::task::Clock::start().instant(0)
}
