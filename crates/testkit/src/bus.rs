//! A bus that loses, doubles, delays and reorders wakes.

use crate::{
    chance::Chance,
    faults::Faults,
    pace::{self, elapsed_ms},
};
use parking_lot::Mutex;
use parlance_hub::ports::{Bus, Wake};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::{
    Notify,
    mpsc::{Receiver, Sender, channel},
};

/// Wakes that wait for one subscriber; further ones are lost, as on a real bus.
const WAITING_MAX: usize = 256;

/// Carries wakes between the nodes of a run.
#[derive(Debug)]
pub struct SimBus {
    chance: Chance,
    faults: Arc<Faults>,
    inner: Mutex<Inner>,
    notify: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    subscribers: BTreeMap<u64, Sender<Wake>>,
    subscribed: u64,
    /// Wakes on their way: when they arrive, in which order they were sent, and to whom.
    on_the_way: BTreeMap<(u64, u64), (u64, Wake)>,
    sent: u64,
}

impl SimBus {
    /// A bus without subscribers.
    pub fn new(chance: Chance, faults: Arc<Faults>) -> Self {
        Self { chance, faults, inner: Mutex::default(), notify: Notify::new() }
    }

    /// Delivers wakes as long as the run lasts.
    pub async fn run(&self) {
        loop {
            let is_idle = self.inner.lock().on_the_way.is_empty();
            if is_idle {
                self.notify.notified().await;
            }
            pace::pause(1).await;
            self.deliver(elapsed_ms());
        }
    }

    fn deliver(&self, now_ms: u64) {
        let mut inner = self.inner.lock();
        let later = inner.on_the_way.split_off(&(now_ms + 1, 0));
        let due = std::mem::replace(&mut inner.on_the_way, later);
        for (to, wake) in due.into_values() {
            if let Some(subscriber) = inner.subscribers.get(&to) {
                // One that is full or gone misses the wake.
                let _ = subscriber.try_send(wake);
            }
        }
    }

    /// When a wake arrives, once for each time it does.
    fn arrivals(&self) -> Vec<u64> {
        let now = elapsed_ms();
        let Some(rates) = self.faults.now() else { return vec![now] };
        if self.chance.happens(rates.lost_wake) {
            return Vec::new();
        }
        let copies = if self.chance.happens(rates.doubled_wake) { 2 } else { 1 };
        let delay = || self.chance.below(rates.late_wake_ticks + 1) * pace::TICK_MS;
        (0..copies).map(|_| now + delay()).collect()
    }
}

impl Bus for SimBus {
    fn publish(&self, wake: Wake) {
        let subscribers: Vec<u64> = self.inner.lock().subscribers.keys().copied().collect();
        for to in subscribers {
            for arrival in self.arrivals() {
                let mut inner = self.inner.lock();
                inner.sent += 1;
                let place = (arrival, inner.sent);
                inner.on_the_way.insert(place, (to, wake.clone()));
            }
        }
        self.notify.notify_one();
    }

    fn subscribe(&self) -> Receiver<Wake> {
        let (sender, receiver) = channel(WAITING_MAX);
        let mut inner = self.inner.lock();
        inner.subscribers.retain(|_, subscriber| !subscriber.is_closed());
        inner.subscribed += 1;
        let number = inner.subscribed;
        inner.subscribers.insert(number, sender);
        receiver
    }
}
