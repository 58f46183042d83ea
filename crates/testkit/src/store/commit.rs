use super::{Disk, SimStore};
use crate::{faults::Mistake, pace};
use parking_lot::Mutex;
use parlance_hub::ports::{Append, AppendError, Appended, EventLog, StoreError};
use tokio::sync::{Notify, oneshot};

/// Appends that wait for the next commit of a node.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Vec<Queued>>,
    notify: Notify,
}

#[derive(Debug)]
struct Queued {
    append: Append,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

impl SimStore {
    /// Commits what waits, everything at once, as long as the node lives.
    pub async fn run_commits(&self) {
        loop {
            let is_idle = self.queue.waiting.lock().is_empty();
            if is_idle {
                self.queue.notify.notified().await;
            }
            let ticks = self.faults.now().map_or(1, |rates| 1 + self.chance.below(rates.commit_ticks));
            pace::pause(ticks).await;
            self.commit_all().await;
        }
    }

    async fn commit_all(&self) {
        let group = std::mem::take(&mut *self.queue.waiting.lock());
        let mut answers = Vec::with_capacity(group.len());
        for queued in group {
            *self.disk.queued.lock() -= queued.append.events.len() as u64;
            answers.push((queued.answer, self.disk.commit(queued.append).await));
        }
        // A crash between the commit and the answers leaves everybody in doubt.
        self.after_read().await;
        for (answer, result) in answers {
            let is_lost = self.faults.now().is_some_and(|rates| self.chance.happens(rates.lost_answer));
            // Who asked may have gone.
            let _ = answer.send(if is_lost { Err(unavailable()) } else { result });
        }
    }

    pub(super) async fn queue_append(&self, mut append: Append) -> Result<Appended, AppendError> {
        self.plant(&mut append);
        self.before_read().await?;
        if self.faults.now().is_some_and(|rates| self.chance.happens(rates.failed_append)) {
            return Err(unavailable());
        }
        let hasty = self.answer_before_commit(&append).await?;
        if self.makes(Mistake::SeqOutsideCommit) {
            self.disk.numbers.reserve(&self.disk.memory, &append).await?;
        }
        let (answer, committed) = oneshot::channel();
        *self.disk.queued.lock() += append.events.len() as u64;
        self.queue.waiting.lock().push(Queued { append, answer });
        self.queue.notify.notify_one();
        match hasty {
            Some(appended) => Ok(appended),
            None => self.renumber_appended(committed.await.map_err(|_| unavailable())??),
        }
    }

    fn plant(&self, append: &mut Append) {
        if self.makes(Mistake::UncheckedRules) {
            append.rules_version = None;
        }
        if self.makes(Mistake::ForgottenRefs) {
            append.client_ref = None;
        }
    }

    fn renumber_appended(&self, mut appended: Appended) -> Result<Appended, AppendError> {
        appended.events = appended.events.iter().map(|event| self.renumbered(event)).collect();
        Ok(appended)
    }

    /// What a store that answers too early would answer: what will happen if nothing goes wrong.
    async fn answer_before_commit(&self, append: &Append) -> Result<Option<Appended>, AppendError> {
        if !self.makes(Mistake::AnswerBeforeCommit) || append.create.is_some() {
            return Ok(None);
        }
        let foreseen = MemoryCopy::of(&self.disk, append).await?;
        Ok(foreseen.filter(|appended| !appended.is_duplicate))
    }
}

/// Looks into the future of one conversation.
struct MemoryCopy;

impl MemoryCopy {
    async fn of(disk: &Disk, append: &Append) -> Result<Option<Appended>, AppendError> {
        use parlance_core::{event::Event, event::Offset, id::UnixMillis};
        let Some(state) = disk.memory.load_state(append.conversation).await? else { return Ok(None) };
        if append.rules_version.is_some_and(|version| version != state.rules_version) {
            return Ok(None);
        }
        if let (Some(device), Some(client_ref)) = (append.device, &append.client_ref)
            && disk.memory.find_ref(append.conversation, device, client_ref).await?.is_some()
        {
            return Ok(None);
        }
        let mark = disk.memory.mark().await?;
        let mut seq = state.head;
        let events = append.events.iter().map(|draft| {
            seq = seq.next();
            std::sync::Arc::new(Event {
                conversation: append.conversation,
                epoch: state.epoch,
                seq,
                id: draft.id,
                sender: append.sender,
                device: append.device,
                client_ref: append.client_ref.clone(),
                at: UnixMillis(append.at.0),
                content: draft.content.clone(),
                extras: draft.extras.clone(),
                offset: Offset(mark.offset.0 + 1),
            })
        });
        Ok(Some(Appended { events: events.collect(), is_duplicate: false }))
    }
}

impl Disk {
    async fn commit(&self, append: Append) -> Result<Appended, AppendError> {
        let result = self.memory.append(append).await;
        if let Ok(appended) = &result {
            let mut heads = self.heads.lock();
            for event in &appended.events {
                let head = heads.entry(event.conversation).or_default();
                *head = event.seq.max(*head);
            }
        }
        result
    }
}

impl Drop for SimStore {
    /// What a crash leaves in the queue never happens.
    fn drop(&mut self) {
        for queued in self.queue.waiting.lock().drain(..) {
            *self.disk.queued.lock() -= queued.append.events.len() as u64;
        }
    }
}

pub(super) fn unavailable() -> AppendError {
    AppendError::Store(StoreError::Unavailable("simulated".into()))
}
