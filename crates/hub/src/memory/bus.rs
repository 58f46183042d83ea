use crate::ports::{Bus, Wake};
use parking_lot::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};

/// Carries wakes inside one process.
#[derive(Debug)]
pub struct LocalBus {
    waiting_max: usize,
    subscribers: Mutex<Vec<Sender<Wake>>>,
}

impl LocalBus {
    /// A bus that keeps up to `waiting_max` wakes (at least one) for each subscriber. Further ones
    /// are dropped and counted as `parlance_wakes_dropped_total`.
    pub fn new(waiting_max: usize) -> Self {
        Self { waiting_max: waiting_max.max(1), subscribers: Mutex::default() }
    }
}

impl Bus for LocalBus {
    fn publish(&self, wake: Wake) {
        self.subscribers.lock().retain(|subscriber| match subscriber.try_send(wake.clone()) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                metrics::counter!("parlance_wakes_dropped_total").increment(1);
                true
            }
            Err(TrySendError::Closed(_)) => false,
        });
    }

    fn subscribe(&self) -> Receiver<Wake> {
        let (sender, receiver) = channel(self.waiting_max);
        self.subscribers.lock().push(sender);
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlance_core::id::{ConversationId, Seq};

    fn wake(seq: u64) -> Wake {
        Wake { conversation: ConversationId(uuid::Uuid::from_u128(1)), seq: Seq(seq), event: None }
    }

    #[test]
    fn everybody_who_subscribed_is_told_and_a_full_one_misses_only_wakes() {
        let bus = LocalBus::new(2);
        let (mut one, mut other) = (bus.subscribe(), bus.subscribe());
        bus.publish(wake(1));
        bus.publish(wake(2));
        assert_eq!(one.try_recv().unwrap().seq, Seq(1));
        bus.publish(wake(3));
        let rest = |receiver: &mut Receiver<Wake>| {
            std::iter::from_fn(|| receiver.try_recv().ok()).map(|wake| wake.seq.0).collect::<Vec<_>>()
        };
        assert_eq!((rest(&mut one), rest(&mut other)), (vec![2, 3], vec![1, 2]));
    }

    #[test]
    fn who_went_away_is_forgotten() {
        let bus = LocalBus::new(1);
        drop(bus.subscribe());
        bus.publish(wake(1));
        assert!(bus.subscribers.lock().is_empty());
    }
}
