use std::sync::atomic::{AtomicU8, Ordering};

/// How far the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// Not all listeners accept yet.
    Starting = 0,
    /// Everything works.
    Ready = 1,
    /// Told to stop; open connections may finish.
    Draining = 2,
}

/// How far the server is, for everybody who asks.
#[derive(Debug, Default)]
pub(crate) struct Health(AtomicU8);

impl Health {
    /// Notes a new state.
    pub(crate) fn set(&self, state: State) {
        self.0.store(state as u8, Ordering::Release);
    }

    /// The present state.
    pub(crate) fn state(&self) -> State {
        match self.0.load(Ordering::Acquire) {
            0 => State::Starting,
            1 => State::Ready,
            _ => State::Draining,
        }
    }
}
