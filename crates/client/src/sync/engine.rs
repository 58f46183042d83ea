use super::{core::Core, effect::Done, notice::Notice};
use crate::{
    connection::{Connection, Incoming},
    error::{ClientError, StoreError},
    task::{self, Clock},
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::sleep_until,
};

/// Inputs that share one durable transaction.
const BATCH_MAX: usize = 64;
/// Notices that wait for a slow listener before it is told to look at everything.
const NOTICES_MAX: usize = 512;

type Later = Box<dyn FnOnce() + Send>;
type Request = Box<dyn FnOnce(&mut Core, u64) -> Result<Later, StoreError> + Send>;

/// Asks the engine; clones share it. The engine stops with its last handle.
#[derive(Clone)]
pub(crate) struct Handle {
    requests: mpsc::Sender<Request>,
    notices: broadcast::Sender<Notice>,
}

impl Handle {
    /// Runs something on the core; the answer comes once everything it changed is durable.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Core, u64) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, ClientError> {
        let (answer, answered) = oneshot::channel();
        let request: Request = Box::new(move |core, now_ms| {
            let value = question(core, now_ms)?;
            Ok(Box::new(move || drop(answer.send(value))))
        });
        self.requests.send(request).await.map_err(|_| ClientError::Closed)?;
        answered.await.map_err(|_| ClientError::Closed)
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }
}

enum Input {
    News(Incoming),
    Request(Request),
    Done(Box<Done>),
    Timeout,
}

/// Waits for the world and hands it to the core.
pub(crate) struct Engine {
    core: Core,
    connection: Connection,
    incoming: mpsc::Receiver<Incoming>,
    requests: mpsc::Receiver<Request>,
    notices: broadcast::Sender<Notice>,
    running: FuturesUnordered<BoxFuture<'static, Done>>,
    clock: Clock,
}

impl Engine {
    /// Starts the engine.
    pub(crate) fn start(core: Core, connection: Connection, incoming: mpsc::Receiver<Incoming>) -> Handle {
        let (requests_out, requests) = mpsc::channel(BATCH_MAX);
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let running = FuturesUnordered::new();
        let clock = Clock::start();
        let handle = Handle { requests: requests_out, notices: notices.clone() };
        let engine = Self { core, connection, incoming, requests, notices, running, clock };
        task::spawn(engine.run());
        handle
    }

    async fn run(mut self) {
        while let Some(input) = self.wait().await {
            if let Err(error) = self.take_batch(input) {
                tracing::error!(%error, "the local store failed");
                // Nobody may be listening.
                drop(self.notices.send(Notice::Broken { reason: error.to_string() }));
                return;
            }
        }
    }

    /// Waits for something to happen; `None` when nobody needs the client any more.
    async fn wait(&mut self) -> Option<Input> {
        let deadline = self.core.next_deadline_ms().map(|at_ms| self.clock.instant(at_ms));
        tokio::select! {
            biased;
            request = self.requests.recv() => request.map(Input::Request),
            Some(news) = self.incoming.recv() => Some(Input::News(news)),
            Some(done) = self.running.next() => Some(Input::Done(Box::new(done))),
            () = async { sleep_until(deadline.expect("invariant: guarded")).await }, if deadline.is_some() => {
                Some(Input::Timeout)
            }
        }
    }

    /// What has happened already. News go first, so that an answer never overtakes the pushes that
    /// were sent before it.
    fn next_ready(&mut self) -> Option<Input> {
        if let Ok(news) = self.incoming.try_recv() {
            return Some(Input::News(news));
        }
        match self.running.next().now_or_never() {
            Some(Some(done)) => Some(Input::Done(Box::new(done))),
            _ => self.requests.try_recv().map(Input::Request).ok(),
        }
    }

    /// Handles an input and what waits behind it in one durable transaction, and only then lets
    /// anything out.
    fn take_batch(&mut self, first: Input) -> Result<(), StoreError> {
        self.core.begin()?;
        let mut answers = Vec::new();
        let mut next = Some(first);
        for _ in 0..BATCH_MAX {
            let Some(input) = next.take().or_else(|| self.next_ready()) else { break };
            answers.extend(self.take(input)?);
        }
        self.core.commit()?;
        for effect in self.core.take_effects() {
            self.running.push(effect.perform(self.connection.clone()).boxed());
        }
        answers.into_iter().for_each(|answer| answer());
        for notice in self.core.take_notices() {
            // Nobody may be listening.
            drop(self.notices.send(notice));
        }
        Ok(())
    }

    fn take(&mut self, input: Input) -> Result<Option<Later>, StoreError> {
        let now_ms = self.clock.now_ms();
        match input {
            Input::News(news) => self.core.handle_incoming(now_ms, news)?,
            Input::Done(done) => self.core.handle_done(now_ms, *done)?,
            Input::Timeout => self.core.handle_timeout(now_ms)?,
            Input::Request(request) => return request(&mut self.core, now_ms).map(Some),
        }
        Ok(None)
    }
}
