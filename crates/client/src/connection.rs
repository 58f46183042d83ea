//! One lasting connection: calls in, answers and pushes out, and coming back by itself.

mod drive;
mod frame;
mod socket;

use crate::{error::CallError, server::Server, task};
use parlance_api::{
    error::Problem,
    frame::{Push, Welcome},
    operation::Operation,
};
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most pushes that wait to be taken; beyond that the socket is not read.
const INCOMING_MAX: usize = 1024;
/// Most calls that wait to be written.
const CALLS_MAX: usize = 256;

/// How patient a connection is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Longest time for making a connection and being welcomed.
    pub connect: Duration,
    /// Longest time for an answer.
    pub answer: Duration,
    /// How often to ask a silent server whether it is there.
    pub ping_every: Duration,
    /// Longest silence after asking.
    pub pong_within: Duration,
    /// Bound of the first wait before connecting again.
    pub retry_first: Duration,
    /// Longest wait before connecting again.
    pub retry_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(20),
            ping_every: Duration::from_secs(20),
            pong_within: Duration::from_secs(10),
            retry_first: Duration::from_millis(500),
            retry_max: Duration::from_secs(30),
        }
    }
}

/// What a connection tells of itself, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A try begins.
    Connecting,
    /// Connected. What happens after the welcome's mark is pushed from here on.
    Welcome(Box<Welcome>),
    /// The server pushed something.
    Push(Box<Push>),
    /// Not connected; the next try begins by itself.
    Offline {
        /// Why, for people.
        reason: String,
        /// When the next try begins.
        retry_in: Duration,
    },
    /// The server does not want this sign-in any more; there will be no further try.
    Refused(Box<Problem>),
}

/// A handle to a connection; clones share it. The connection ends with its last handle.
#[derive(Clone, Debug)]
pub struct Connection {
    calls: mpsc::Sender<Call>,
    answer_within: Duration,
}

#[derive(Debug)]
struct Call {
    name: &'static str,
    args: Box<RawValue>,
    answer: oneshot::Sender<Result<Box<RawValue>, CallError>>,
}

impl Connection {
    /// Begins to connect, and tells what comes of it on the returned channel.
    ///
    /// The channel must be read: while it is full, nothing is read from the socket either.
    pub fn open(server: Server, token: String, patience: Patience) -> (Self, mpsc::Receiver<Incoming>) {
        let (calls, calls_in) = mpsc::channel(CALLS_MAX);
        let (incoming_out, incoming) = mpsc::channel(INCOMING_MAX);
        task::spawn(drive::Driver::new(server, token, patience, calls_in, incoming_out).run());
        (Self { calls, answer_within: patience.answer }, incoming)
    }

    /// Calls one operation.
    ///
    /// # Errors
    /// [`CallError`]. After [`CallError::Lost`] and [`CallError::TimedOut`] the operation may have
    /// been done; repeat it with the same `client_ref`.
    ///
    /// # Cancel safety
    /// Dropping the future forgets the answer; the operation may be done all the same.
    pub async fn call<Op: Operation>(&self, operation: &Op) -> Result<Op::Answer, CallError> {
        let args = serde_json::value::to_raw_value(operation)?;
        let (answer, answered) = oneshot::channel();
        let call = Call { name: Op::DESCRIPTION.name, args, answer };
        self.calls.send(call).await.map_err(|_| CallError::Offline)?;
        match tokio::time::timeout(self.answer_within, answered).await {
            Ok(Ok(answer)) => Ok(serde_json::from_str(answer?.get())?),
            Ok(Err(_)) => Err(CallError::Lost),
            Err(_) => Err(CallError::TimedOut),
        }
    }
}
