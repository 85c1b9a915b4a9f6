//! How many connections there are: in use, in all and from each address; and those kept between requests,
//! of which the one idle longest gives way (performance.md: a kept connection saves 95 % of a check).

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::sync::Notify;

use crate::{Limits, metrics};

/// All connections of a server. Those in use and the idle ones are bounded apart; a connection that wakes
/// is in use even where that is one too many, so both bounds together bound them all.
pub(crate) struct Places {
    limits: Limits,
    in_use: AtomicUsize,
    by_address: Mutex<HashMap<IpAddr, Arc<Here>>>,
    idle: Mutex<Idle>,
}

/// One address's connections.
#[derive(Default)]
struct Here {
    /// In use and idle; changed only while the map is held.
    all: AtomicUsize,
    in_use: AtomicUsize,
}

/// Connections between requests, the one idle longest first.
#[derive(Default)]
struct Idle {
    next: u64,
    connections: BTreeMap<u64, Arc<Notify>>,
}

/// A connection's place; given back when dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    here: Arc<Here>,
    /// Its number among the idle ones, while it is one.
    resting: Mutex<Option<u64>>,
    give_way: Arc<Notify>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is whole between any two steps.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            limits: limits.clone(),
            in_use: AtomicUsize::new(0),
            by_address: Mutex::default(),
            idle: Mutex::default(),
        })
    }

    /// A place for a new connection, unless all are taken; behind a proxy stand many clients.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Option<Place> {
        let here_at_most =
            if is_proxy { self.limits.connections } else { self.limits.connections_per_address };
        let mut by_address = held(&self.by_address);
        let here = Arc::clone(by_address.entry(address).or_default());
        if self.in_use.load(Relaxed) >= self.limits.connections || here.in_use.load(Relaxed) >= here_at_most {
            if here.all.load(Relaxed) == 0 {
                by_address.remove(&address);
            }
            return None;
        }
        here.all.fetch_add(1, Relaxed);
        here.in_use.fetch_add(1, Relaxed);
        self.in_use.fetch_add(1, Relaxed);
        metrics::connection_opened();
        let (resting, give_way) = (Mutex::new(None), Arc::new(Notify::new()));
        Some(Place { places: Arc::clone(self), address, here, resting, give_way })
    }
}

impl Place {
    /// The connection waits for its next request; where too many do, the one that waits longest is told.
    pub(crate) fn rest(&self) {
        let mut resting = held(&self.resting);
        if resting.is_some() {
            return;
        }
        let mut idle = held(&self.places.idle);
        let number = idle.next;
        idle.next += 1;
        idle.connections.insert(number, Arc::clone(&self.give_way));
        *resting = Some(number);
        self.leave_use();
        if idle.connections.len() > self.places.limits.idle_connections
            && let Some((_, longest)) = idle.connections.pop_first()
        {
            longest.notify_one();
        }
    }

    /// A request comes.
    pub(crate) fn wake(&self) {
        if let Some(number) = held(&self.resting).take() {
            held(&self.places.idle).connections.remove(&number);
            self.here.in_use.fetch_add(1, Relaxed);
            self.places.in_use.fetch_add(1, Relaxed);
        }
    }

    fn leave_use(&self) {
        self.here.in_use.fetch_sub(1, Relaxed);
        self.places.in_use.fetch_sub(1, Relaxed);
    }

    /// Comes back when the connection is to close for another's sake. A request that came meanwhile is
    /// answered before it does.
    pub(crate) async fn asked_to_give_way(&self) {
        self.give_way.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match held(&self.resting).take() {
            Some(number) => drop(held(&self.places.idle).connections.remove(&number)),
            None => self.leave_use(),
        }
        let mut by_address = held(&self.places.by_address);
        if self.here.all.fetch_sub(1, Relaxed) == 1 {
            by_address.remove(&self.address);
        }
        metrics::connection_closed();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(number))
    }

    fn places(connections: usize, connections_per_address: usize, idle_connections: usize) -> Arc<Places> {
        Places::new(&Limits { connections, connections_per_address, idle_connections, ..Limits::default() })
    }

    async fn gives_way(place: &Place) -> bool {
        tokio::select! {
            biased;
            () = place.asked_to_give_way() => true,
            () = std::future::ready(()) => false,
        }
    }

    #[test]
    fn places_are_bounded_in_all_and_from_one_address() {
        let places = places(3, 2, 10);
        let first = places.take(address(1), false).unwrap();
        let second = places.take(address(1), false).unwrap();
        assert!(places.take(address(1), false).is_none(), "two from one address");
        let third = places.take(address(2), false).unwrap();
        assert!(places.take(address(3), false).is_none(), "three in all");
        drop(third);
        assert!(places.take(address(1), true).is_some(), "a proxy brings everybody's");
        drop((first, second));
        assert!(places.take(address(1), false).is_some());
        assert_eq!(held(&places.by_address).len(), 0, "addresses without a connection are forgotten");
    }

    #[tokio::test]
    async fn idle_connections_take_no_place_in_use_and_the_longest_idle_gives_way() {
        let places = places(1, 1, 2);
        let mut kept = Vec::new();
        for _ in 0..2 {
            let place = places.take(address(1), false).unwrap();
            place.rest();
            place.rest();
            kept.push(place);
        }
        // The first one asks again, so the second is idle longest.
        kept[0].wake();
        assert!(places.take(address(1), false).is_none(), "it is in use again");
        kept[0].rest();
        let third = places.take(address(1), false).unwrap();
        third.rest();
        assert!(!gives_way(&kept[0]).await);
        assert!(gives_way(&kept[1]).await);
        assert!(!gives_way(&third).await);
        drop(kept);
        drop(third);
        assert_eq!(places.in_use.load(Relaxed), 0);
        assert_eq!(held(&places.idle).connections.len(), 0);
    }

    #[test]
    fn a_request_that_comes_while_its_connection_is_told_to_give_way_is_counted() {
        let places = places(9, 9, 1);
        let (first, second) =
            (places.take(address(1), false).unwrap(), places.take(address(1), false).unwrap());
        first.rest();
        second.rest();
        first.wake();
        assert_eq!(places.in_use.load(Relaxed), 1);
        drop(first);
        drop(second);
        assert_eq!(places.in_use.load(Relaxed), 0);
    }
}
