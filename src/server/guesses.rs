//! Slows the guessing of passwords, so that nobody gets in by trying and nobody locks another out.
//!
//! A wrong password counts for its account and address together and, unless that account has signed in
//! from there before, for the address as well. So who tries many accounts is slowed like one who tries
//! many passwords, while the people who always sign in from that address still can.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use restante_model::{Login, Name, Timestamp};

/// How long it takes until one more guess is allowed: 100 an hour.
const REFILL_MS: i64 = 36_000;
/// How many times the allowance of one account is that of a whole address: an office shares one.
const ADDRESS_FACTOR: u32 = 10;
/// Pairs remembered; beyond it the ones that are nearest to a full allowance are forgotten first.
const MAX_PAIRS: usize = 20_000;

/// What guesses at a user's password are counted under.
pub(crate) fn account(organisation: &Name, login: &Login) -> String {
    format!("{organisation} {login}")
}

/// Wrong passwords, by account as written and address.
pub(crate) struct Guesses {
    allowance: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By pair, and by address alone, when the allowance would be full again (generic cell rate algorithm).
    pairs: HashMap<(String, IpAddr), Timestamp>,
    addresses: HashMap<IpAddr, Timestamp>,
    /// From where accounts signed in.
    known: HashSet<(String, IpAddr)>,
}

/// A guess taken from the allowance. Forgotten, it counts as wrong.
#[must_use]
pub(crate) struct Guess {
    pair: (String, IpAddr),
    /// Whether it was taken from the address's allowance as well.
    of_address: bool,
}

impl Guesses {
    /// With so many wrong passwords at once.
    pub(crate) fn new(allowance: u32) -> Self {
        Self { allowance, state: Mutex::default() }
    }

    /// Takes one guess from the allowance; or says in how many seconds there is one. Taken before the
    /// password is compared, many at once cannot slip through.
    pub(crate) fn take(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<Guess, u64> {
        let pair = (account.to_owned(), place(address));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { pairs, addresses, known } = &mut *state;
        let of_address = !known.contains(&pair);
        let next_of_pair = next(pairs.get(&pair), self.allowance, now)?;
        if of_address {
            let allowance = self.allowance.saturating_mul(ADDRESS_FACTOR);
            let next_of_address = next(addresses.get(&pair.1), allowance, now)?;
            forget(addresses, now);
            addresses.insert(pair.1, next_of_address);
        }
        forget(pairs, now);
        pairs.insert(pair.clone(), next_of_pair);
        Ok(Guess { pair, of_address })
    }

    /// The password was right: the account's whole allowance is there again, and its address is known.
    pub(crate) fn right(&self, guess: Guess) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.give_back_address(&guess);
        state.pairs.remove(&guess.pair);
        if state.known.len() >= MAX_PAIRS {
            // Rare, and harmless: those who are forgotten share their address's allowance again.
            state.known.clear();
        }
        state.known.insert(guess.pair);
    }

    /// Nothing was compared: it was no guess.
    pub(crate) fn untried(&self, guess: &Guess) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.give_back_address(guess);
        if let Some(full_at) = state.pairs.get_mut(&guess.pair) {
            *full_at = full_at.plus_ms(-REFILL_MS);
        }
    }
}

impl State {
    fn give_back_address(&mut self, guess: &Guess) {
        if guess.of_address
            && let Some(full_at) = self.addresses.get_mut(&guess.pair.1)
        {
            *full_at = full_at.plus_ms(-REFILL_MS);
        }
    }
}

/// When an allowance would be full again after one more guess; or in how many seconds there is one.
fn next(full_at: Option<&Timestamp>, allowance: u32, now: Timestamp) -> Result<Timestamp, u64> {
    let next = full_at.map_or(now, |full_at| now.max(*full_at)).plus_ms(REFILL_MS);
    let over_ms = next.ms_since(now) - i64::from(allowance) * REFILL_MS;
    if over_ms > 0 { Err(u64::try_from(over_ms).unwrap_or(0).div_ceil(1000)) } else { Ok(next) }
}

/// Makes room for one more: forgets full allowances and, where that is not enough, the fuller half.
fn forget<K: Eq + std::hash::Hash>(allowances: &mut HashMap<K, Timestamp>, now: Timestamp) {
    if allowances.len() < MAX_PAIRS {
        return;
    }
    allowances.retain(|_, full_at| *full_at > now);
    if allowances.len() >= MAX_PAIRS {
        let mut times: Vec<_> = allowances.values().copied().collect();
        let (_, median, _) = times.select_nth_unstable(MAX_PAIRS / 2);
        let median = *median;
        allowances.retain(|_, full_at| *full_at > median);
    }
}

/// The address as far as one client cannot choose it freely: of IPv6, the network of 64 bits.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_ms(seconds * 1000)
    }

    fn wait(taken: Result<Guess, u64>) -> Option<u64> {
        taken.err()
    }

    #[test]
    fn a_thousand_guesses_a_minute_become_a_hundred_an_hour() {
        let guesses = Guesses::new(10);
        let tried = (0..60_000)
            .filter(|n| guesses.take("anna", HERE, Timestamp::from_unix_ms(n * 60)).is_ok())
            .count();
        assert!((100..=110).contains(&tried), "{tried} guesses in an hour");
    }

    #[test]
    fn so_do_a_thousand_accounts_tried_from_one_address() {
        let guesses = Guesses::new(10);
        let tried = (0..60_000)
            .filter(|n| guesses.take(&n.to_string(), HERE, Timestamp::from_unix_ms(n * 60)).is_ok())
            .count();
        assert!((190..=200).contains(&tried), "{tried} guesses in an hour, 100 of them at once");
        assert_eq!(wait(guesses.take("anna", THERE, at(3600))), None, "another address is not held up");
    }

    #[test]
    fn the_owner_at_another_address_is_not_held_up() {
        let guesses = Guesses::new(3);
        for _ in 0..3 {
            assert_eq!(wait(guesses.take("anna", HERE, at(0))), None);
        }
        assert_eq!(wait(guesses.take("anna", HERE, at(0))), Some(36));
        assert_eq!(wait(guesses.take("anna", THERE, at(0))), None);
        assert_eq!(wait(guesses.take("boris", HERE, at(0))), None);
        assert_eq!(wait(guesses.take("anna", HERE, at(36))), None);
    }

    #[test]
    fn who_signed_in_from_an_address_is_not_held_up_by_others_there() {
        let guesses = Guesses::new(3);
        guesses.right(guesses.take("anna", HERE, at(0)).unwrap());
        for n in 0..100 {
            let _ = guesses.take(&n.to_string(), HERE, at(0));
        }
        assert!(wait(guesses.take("boris", HERE, at(0))).is_some(), "the address is used up");
        assert_eq!(wait(guesses.take("anna", HERE, at(0))), None);
    }

    #[test]
    fn right_passwords_and_untried_ones_cost_nothing() {
        let guesses = Guesses::new(3);
        for n in 0..1000 {
            let account = (n % 50).to_string();
            guesses.right(guesses.take(&account, HERE, at(0)).expect("right ones go on"));
            guesses.untried(&guesses.take("boris", HERE, at(0)).expect("untried ones too"));
        }
    }

    #[test]
    fn a_client_of_ipv6_is_known_by_its_network() {
        let guesses = Guesses::new(1);
        let from = |address: &str| guesses.take("anna", address.parse().unwrap(), at(0));
        assert_eq!(wait(from("2001:db8:1:2::1")), None);
        assert_eq!(wait(from("2001:db8:1:2:ffff::9")), Some(36));
        assert_eq!(wait(from("2001:db8:1:3::1")), None);
        assert_eq!(wait(from("10.0.0.9")), None);
        assert_eq!(wait(from("::ffff:10.0.0.9")), Some(36));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let guesses = Guesses::new(3);
        for n in 0..3 * u32::try_from(MAX_PAIRS).unwrap() {
            let address = IpAddr::V4(std::net::Ipv4Addr::from_bits(n));
            guesses.right(guesses.take(&n.to_string(), address, at(0)).unwrap());
            let _ = guesses.take(&n.to_string(), address, at(0));
            let _ = guesses.take("x", address, at(0));
        }
        let state = guesses.state.lock().unwrap();
        let remembered = [state.pairs.len(), state.addresses.len(), state.known.len()];
        assert!(remembered.iter().all(|count| (1..=MAX_PAIRS).contains(count)), "{remembered:?}");
    }
}
