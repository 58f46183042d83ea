use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{collections::VecDeque, future::Future, pin::Pin};

/// The calls of one connection that are under way. They go on whatever their connection waits for:
/// one that stood still while it holds a lock, or its turn in a queue, would stop others with it.
///
/// Each is in a box of its own: the set keeps room for one of its futures even when it is empty.
pub(crate) struct Calls<Call: Future> {
    running: FuturesUnordered<Pin<Box<Call>>>,
    done: VecDeque<Call::Output>,
}

impl<Call: Future> Calls<Call> {
    pub(crate) fn new() -> Self {
        Self { running: FuturesUnordered::new(), done: VecDeque::new() }
    }

    /// How many were started whose outcome was not taken.
    pub(crate) fn len(&self) -> usize {
        self.running.len() + self.done.len()
    }

    pub(crate) fn start(&mut self, call: Call) {
        self.running.push(Box::pin(call));
    }

    /// The next outcome; `None` when nothing is under way.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Option<Call::Output> {
        match self.done.pop_front() {
            Some(outcome) => Some(outcome),
            None => self.running.next().await,
        }
    }

    /// Waits for something else while the calls go on; their outcomes are kept for [`Calls::next`].
    pub(crate) async fn beside<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                biased;
                done = &mut other => return done,
                Some(outcome) = self.running.next() => self.done.push_back(outcome),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Calls;
    use std::future::ready;
    use tokio::sync::Mutex;

    #[tokio::test]
    async fn a_call_that_waits_for_its_turn_does_not_stop_the_connection_that_waits_behind_it() {
        let turn = Mutex::new(());
        let held = turn.lock().await;
        let mut calls = Calls::new();
        calls.start(async { drop(turn.lock().await) });
        calls.beside(ready(())).await;
        calls.beside(tokio::task::yield_now()).await;
        // The call is first in the queue now.
        drop(held);
        calls.beside(async { drop(turn.lock().await) }).await;
        assert_eq!(calls.len(), 1, "its outcome waits to be taken");
        assert_eq!(calls.next().await, Some(()));
        assert_eq!((calls.len(), calls.next().await), (0, None));
    }

    #[tokio::test]
    async fn calls_begin_in_the_order_in_which_they_were_started() {
        let begun = std::cell::RefCell::new(Vec::new());
        let mut calls = Calls::new();
        for number in 0..40 {
            let begun = &begun;
            calls.start(async move {
                begun.borrow_mut().push(number);
                tokio::task::yield_now().await;
            });
        }
        while calls.next().await.is_some() {}
        assert_eq!(*begun.borrow(), (0..40).collect::<Vec<_>>());
    }
}
