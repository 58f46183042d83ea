use super::heads::Heads;
use parlance_hub::ports::StoreError;
use rusqlite::{Connection, Result};
use tokio::sync::oneshot;

/// The inside of one transaction.
pub(super) struct Batch<'a> {
    pub(super) connection: &'a Connection,
    pub(super) heads: &'a mut Heads,
    pub(super) next_offset: &'a mut u64,
}

impl Batch<'_> {
    /// Runs a job so that nothing is left of it when it fails.
    pub(super) fn in_savepoint(&mut self, job: &mut dyn Job) -> Result<()> {
        self.heads.flush(self.connection)?;
        let offset = *self.next_offset;
        self.connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        let outcome = job.run(self).and_then(|()| self.heads.flush(self.connection));
        if outcome.is_err() {
            *self.next_offset = offset;
            self.heads.forget();
            self.connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE job")?.execute([])?;
        outcome
    }
}

/// Something to write, and somebody who waits for it.
pub(super) trait Job: Send {
    /// Writes. May be run again when the transaction did not happen, so it keeps its input.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<()>;

    /// Whether it may find out half-way that it must not happen, and so needs a savepoint.
    fn may_fail(&self) -> bool;

    /// Tells who waits. `Ok` comes after the commit is on disk.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A job made of a function.
pub(super) struct FnJob<F, T> {
    function: F,
    made: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> FnJob<F, T>
where
    F: FnMut(&Connection) -> Result<T> + Send,
    T: Send,
{
    pub(super) fn new(function: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { function, made: None, reply }
    }
}

impl<F, T> Job for FnJob<F, T>
where
    F: FnMut(&Connection) -> Result<T> + Send,
    T: Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        self.made = Some((self.function)(batch.connection)?);
        Ok(())
    }

    fn may_fail(&self) -> bool {
        true
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let made = self.made.ok_or_else(super::writer::stopped);
        // Who asked may have gone away; what was written stays.
        let _ = self.reply.send(outcome.and(made));
    }
}
