use crate::observe::metrics::{self, RefusedBecause};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, hash_map::Entry},
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};
use tokio::sync::watch;

/// Counts open connections, all together and for each address.
#[derive(Debug)]
pub(crate) struct Slots {
    /// The name of the listener in metrics.
    listener: &'static str,
    connections_max: Option<u32>,
    connections_per_address_max: Option<u32>,
    by_address: Mutex<HashMap<IpAddr, u32>>,
    open: watch::Sender<u32>,
}

/// A place that one connection holds until this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    /// `None` for those who are not counted by address.
    address: Option<IpAddr>,
}

impl Slots {
    /// No connections yet; `None` is no bound.
    pub(crate) fn new(
        listener: &'static str,
        connections_max: Option<u32>,
        connections_per_address_max: Option<u32>,
    ) -> Arc<Self> {
        let (open, _) = watch::channel(0);
        Arc::new(Self {
            listener,
            connections_max,
            connections_per_address_max,
            by_address: Mutex::default(),
            open,
        })
    }

    /// Takes a place for a connection; `address` is `None` for proxies, who bring many people.
    pub(super) fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Slot, RefusedBecause> {
        if self.connections_max.is_some_and(|max| *self.open.borrow() >= max) {
            return Err(RefusedBecause::Total);
        }
        let address = address.map(counted_as);
        if let Some(address) = address {
            let mut by_address = self.by_address.lock();
            let count = by_address.entry(address).or_insert(0);
            if self.connections_per_address_max.is_some_and(|max| *count >= max) {
                return Err(RefusedBecause::Address);
            }
            *count += 1;
        }
        self.open.send_modify(|open| *open += 1);
        metrics::connection_opened(self.listener);
        Ok(Slot { slots: Arc::clone(self), address })
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> u32 {
        *self.open.borrow()
    }

    /// Waits until no connection is open.
    pub(crate) async fn wait_until_empty(&self) {
        let is_empty = self.open.subscribe().wait_for(|open| *open == 0).await.is_ok();
        debug_assert!(is_empty, "the sender lives in self");
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(address) = self.address
            && let Entry::Occupied(mut count) = self.slots.by_address.lock().entry(address)
        {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        self.slots.open.send_modify(|open| *open -= 1);
        metrics::connection_closed(self.slots.listener);
    }
}

/// An IPv6 network of 64 bits belongs to one household, so it counts as one address.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn an_address_gets_its_places_back_when_connections_close() {
        let slots = Slots::new("http", None, Some(2));
        let first = slots.take(address("192.0.2.1")).expect("free");
        let _second = slots.take(address("192.0.2.1")).expect("free");
        assert_eq!(slots.take(address("192.0.2.1")).err(), Some(RefusedBecause::Address));
        slots.take(address("192.0.2.2")).expect("another address");
        drop(first);
        slots.take(address("192.0.2.1")).expect("free again");
        assert_eq!(slots.open(), 1);
    }

    #[test]
    fn all_together_are_bounded_too() {
        let slots = Slots::new("http", Some(1), None);
        let held = slots.take(None).expect("free");
        assert_eq!(slots.take(address("192.0.2.1")).err(), Some(RefusedBecause::Total));
        drop(held);
        slots.take(address("192.0.2.1")).expect("free again");
        assert!(slots.by_address.lock().is_empty());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let slots = Slots::new("http", None, Some(1));
        let _held = slots.take(address("2001:db8::1")).expect("free");
        assert!(slots.take(address("2001:db8::2")).is_err());
        assert!(slots.take(address("2001:db8:0:1::1")).is_ok());
    }
}
