//! How many connections there are: in use, in all and from each address; and those kept between requests,
//! of which the one idle longest gives way (performance.md: a kept connection saves 95 % of a check).

use std::{
    collections::{BTreeMap, HashMap},
    future::poll_fn,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Poll, Waker},
};

use crate::{Limits, metrics};

/// All connections of a server. Those in use and the idle ones are bounded apart; a connection that wakes
/// is in use even where that is one too many, so both bounds together bound them all.
pub(crate) struct Places {
    limits: Limits,
    in_use: AtomicUsize,
    by_address: Mutex<HashMap<IpAddr, Arc<Here>>>,
    /// The next number of a connection, or of its coming to rest.
    next: AtomicU64,
    taken: Mutex<Taken>,
    /// Those between requests, by their keys.
    idle: Mutex<BTreeMap<u64, Arc<Seat>>>,
}

/// All connections.
struct Taken {
    /// What all were told, and who comes is told.
    told: Order,
    by_number: HashMap<u64, Arc<Seat>>,
}

/// One address's connections.
#[derive(Default)]
struct Here {
    /// In use and idle; changed only while the map is held.
    all: AtomicUsize,
    in_use: AtomicUsize,
}

/// What a connection is told; a later one stands over those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Stay,
    /// Others need its place: what came meanwhile is still answered.
    GiveWay,
    /// The server stops.
    Leave,
    /// It has had its time.
    Cut,
}

/// What others may do with a connection.
struct Seat {
    /// When it last came to rest, in numbers.
    rested: AtomicU64,
    /// The same when it was last put among the idle ones: a request that is answered at once does not move it.
    /// Changed only while they are held.
    key: AtomicU64,
    told: Mutex<(Order, Option<Waker>)>,
}

/// A connection's place; given back when dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    here: Arc<Here>,
    number: u64,
    resting: AtomicBool,
    seat: Arc<Seat>,
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
            next: AtomicU64::new(0),
            taken: Mutex::new(Taken { told: Order::Stay, by_number: HashMap::new() }),
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
        let number = self.next.fetch_add(1, Relaxed);
        let mut taken = held(&self.taken);
        let told = Mutex::new((taken.told, None));
        let seat = Arc::new(Seat { rested: AtomicU64::new(number), key: AtomicU64::new(number), told });
        taken.by_number.insert(number, Arc::clone(&seat));
        let resting = AtomicBool::new(false);
        Some(Place { places: Arc::clone(self), address, here, number, resting, seat })
    }

    /// Tells it to all connections that there are, and to those that come.
    pub(crate) fn tell_all(&self, order: Order) {
        let mut taken = held(&self.taken);
        taken.told = taken.told.max(order);
        for seat in taken.by_number.values() {
            seat.tell(order);
        }
    }

    /// Takes the connection out that is idle longest, not counting it any more.
    fn pop_longest_idle(idle: &mut BTreeMap<u64, Arc<Seat>>) -> Option<Arc<Seat>> {
        loop {
            let (key, seat) = idle.pop_first()?;
            let rested = seat.rested.load(Relaxed);
            if rested == key {
                return Some(seat);
            }
            // It was busy meanwhile, and all the others came to rest after its key.
            seat.key.store(rested, Relaxed);
            idle.insert(rested, seat);
        }
    }
}

impl Seat {
    fn tell(&self, order: Order) {
        let mut told = held(&self.told);
        if order > told.0 {
            told.0 = order;
            if let Some(waker) = told.1.take() {
                waker.wake();
            }
        }
    }
}

impl Place {
    pub(crate) fn limits(&self) -> &Limits {
        &self.places.limits
    }

    /// The connection waits for its next request; where too many do, the one that waits longest is told.
    pub(crate) fn rest(&self) {
        let number = self.places.next.fetch_add(1, Relaxed);
        self.seat.rested.store(number, Relaxed);
        if self.resting.swap(true, Relaxed) {
            return;
        }
        let mut idle = held(&self.places.idle);
        self.seat.key.store(number, Relaxed);
        idle.insert(number, Arc::clone(&self.seat));
        self.leave_use();
        if idle.len() > self.places.limits.idle_connections
            && let Some(longest) = Places::pop_longest_idle(&mut idle)
        {
            longest.tell(Order::GiveWay);
        }
    }

    /// A request comes that is not answered at once.
    pub(crate) fn wake(&self) {
        if self.resting.swap(false, Relaxed) {
            self.leave_rest();
            self.here.in_use.fetch_add(1, Relaxed);
            self.places.in_use.fetch_add(1, Relaxed);
        }
    }

    fn leave_rest(&self) {
        let mut idle = held(&self.places.idle);
        idle.remove(&self.seat.key.load(Relaxed));
    }

    fn leave_use(&self) {
        self.here.in_use.fetch_sub(1, Relaxed);
        self.places.in_use.fetch_sub(1, Relaxed);
    }

    /// Comes back when the connection is told more than it knows. One task asks at a time.
    pub(crate) async fn told_beyond(&self, known: Order) -> Order {
        poll_fn(|cx| {
            let mut told = held(&self.seat.told);
            if told.0 > known {
                return Poll::Ready(told.0);
            }
            if !told.1.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                told.1 = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if *self.resting.get_mut() {
            self.leave_rest();
        } else {
            self.leave_use();
        }
        held(&self.places.taken).by_number.remove(&self.number);
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
            order = place.told_beyond(Order::Stay) => order == Order::GiveWay,
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
        assert_eq!(held(&places.idle).len(), 0);
    }

    #[tokio::test]
    async fn a_connection_that_was_answered_at_once_is_idle_only_since_then() {
        let places = places(9, 9, 2);
        let mut kept = Vec::new();
        for _ in 0..2 {
            kept.push(places.take(address(1), false).unwrap());
            kept[kept.len() - 1].rest();
        }
        // Without having been in use in between.
        kept[0].rest();
        for (longest, spared) in [(1, 0), (0, 2)] {
            kept.push(places.take(address(1), false).unwrap());
            kept[kept.len() - 1].rest();
            assert!(gives_way(&kept[longest]).await);
            assert!(!gives_way(&kept[spared]).await);
        }
        drop(kept);
        assert_eq!((held(&places.idle).len(), held(&places.taken).by_number.len()), (0, 0));
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
