//! What is remembered: answers by what was asked for, each only as long as nothing said otherwise.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use restante_model::Timestamp;

use crate::{
    ChangesQuery, ChangesReply, Checked, Enrolled, News, NothingNew, Owner, Poll, Settings, Standing, Touched,
};

/// What nobody asked for during so long is forgotten: twice the longest usual interval.
const INACTIVE_MS: i64 = 2 * 60 * 60 * 1_000;
/// Mailboxes forgotten at one taking of the lock: a few microseconds, as long as one who waits for it looks again and
/// again before he goes to sleep.
const FORGOTTEN_TOGETHER: usize = 32;

/// What is kept, under one lock: all of it is a few words and held for less than a microsecond.
pub(super) struct Memory {
    kept: Mutex<Kept>,
    /// Of each kind.
    capacity: usize,
}

struct Kept {
    /// The standing under which all of it was read.
    standing: u64,
    /// The latest time that the databases' clock can have shown: what expires by then may be expired, even
    /// when the clock was set back meanwhile.
    latest: Timestamp,
    /// Since when nothing inactive was dropped.
    swept_at: Timestamp,
    next_ticket: u64,
    tokens: Kind<[u8; 32], Bearer>,
    mailboxes: Kind<Owner, Place>,
    settings: Kind<Owner, Settings>,
}

/// Whose a token is.
struct Bearer {
    enrolled: Arc<Enrolled>,
    owner: Owner,
}

/// A mailbox of which nothing new is known.
struct Place {
    /// The one cursor for which there is nothing new, as text: that of an earlier start of a server is answered
    /// with a page, though an empty one.
    cursor: Box<str>,
    next_expiry: Option<Timestamp>,
}

impl Bearer {
    fn of(&self, organisation_tag: &str) -> bool {
        self.enrolled.account.organisation_tag == organisation_tag
    }
}

impl Place {
    /// Whether there is nothing new since this cursor, as far as time can tell.
    fn unchanged(&self, since: &str, latest: Timestamp) -> bool {
        *self.cursor == *since && self.next_expiry.is_none_or(|expiry| expiry > latest)
    }
}

/// Somebody asks the database; his answer is kept unless news come before it.
#[derive(Clone, Copy)]
pub(super) struct Ticket(u64);

impl Memory {
    pub(super) fn new(capacity: usize) -> Self {
        let kept = Kept {
            standing: 0,
            latest: Timestamp::EPOCH,
            swept_at: Timestamp::EPOCH,
            next_ticket: 0,
            tokens: Kind::default(),
            mailboxes: Kind::default(),
            settings: Kind::default(),
        };
        Self { kept: Mutex::new(kept), capacity }
    }

    /// A panic while it is held leaves it whole, so a poisoned lock is used on.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same after a look at the standing.
    fn believed(&self, standing: Standing) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept();
        if kept.standing != standing.number {
            kept.forget_all();
            kept.standing = standing.number;
        }
        kept.latest = kept.latest.max(standing.latest_now);
        // A clock that was set back starts the time anew.
        if !(0..INACTIVE_MS).contains(&standing.latest_now.ms_since(kept.swept_at)) {
            kept.swept_at = standing.latest_now;
            kept.tokens.sweep();
            kept.mailboxes.sweep();
            kept.settings.sweep();
        }
        kept
    }

    pub(super) fn token(
        &self,
        standing: Standing,
        organisation_tag: &str,
        sum: &[u8; 32],
    ) -> Option<Enrolled> {
        let mut kept = self.believed(standing);
        let bearer = kept.tokens.get(sum)?;
        bearer.of(organisation_tag).then(|| Enrolled::clone(&bearer.enrolled))
    }

    pub(super) fn settings(&self, standing: Standing, owner: &Owner) -> Option<Settings> {
        self.believed(standing).settings.get(owner).cloned()
    }

    /// The answer to a check that brings nothing.
    pub(super) fn unchanged(
        &self,
        standing: Standing,
        owner: &Owner,
        query: &ChangesQuery,
    ) -> Option<Checked> {
        // As the database does: `unless` counts where `since` has nothing against it.
        let asked = query.since.as_ref().or(query.unless.as_ref())?;
        let mut kept = self.believed(standing);
        let latest = kept.latest;
        let place = kept.mailboxes.get(owner)?;
        place.unchanged(&asked.to_string(), latest).then(|| Checked {
            reply: ChangesReply::UpToDate(asked.clone()),
            expired: Vec::new(),
            next_expiry: place.next_expiry,
        })
    }

    /// All that a poll is told which brings nothing.
    pub(super) fn nothing_new(&self, standing: Standing, poll: &Poll<'_>) -> Option<NothingNew> {
        let kept = &mut *self.believed(standing);
        let bearer = kept.tokens.get(poll.token_sum).filter(|bearer| bearer.of(poll.organisation_tag))?;
        if !kept.mailboxes.get(&bearer.owner)?.unchanged(poll.since, kept.latest) {
            return None;
        }
        let settings_revision = kept.settings.get(&bearer.owner)?.revision;
        Some(NothingNew { enrolled: Arc::clone(&bearer.enrolled), settings_revision })
    }

    pub(super) fn ask_token(&self, standing: Standing, sum: [u8; 32]) -> Ticket {
        let mut kept = self.believed(standing);
        let ticket = kept.ticket();
        kept.tokens.ask(sum, ticket, self.capacity);
        ticket
    }

    pub(super) fn ask_settings(&self, standing: Standing, owner: &Owner) -> Ticket {
        let mut kept = self.believed(standing);
        let ticket = kept.ticket();
        kept.settings.ask(owner.clone(), ticket, self.capacity);
        ticket
    }

    pub(super) fn ask_changes(&self, standing: Standing, owner: &Owner) -> Ticket {
        let mut kept = self.believed(standing);
        let ticket = kept.ticket();
        kept.mailboxes.ask(owner.clone(), ticket, self.capacity);
        ticket
    }

    pub(super) fn learn_token(&self, ticket: Ticket, sum: &[u8; 32], enrolled: &Enrolled) {
        let bearer = Bearer { enrolled: Arc::new(enrolled.clone()), owner: enrolled.account.owner() };
        self.kept().tokens.learn(sum, ticket, bearer);
    }

    pub(super) fn learn_settings(&self, ticket: Ticket, owner: &Owner, settings: &Settings) {
        self.kept().settings.learn(owner, ticket, settings.clone());
    }

    pub(super) fn learn_changes(&self, ticket: Ticket, owner: &Owner, checked: &Checked) {
        let cursor = match &checked.reply {
            ChangesReply::UpToDate(cursor) => cursor,
            ChangesReply::Page(page) if !page.more => &page.cursor,
            ChangesReply::Page(_) | ChangesReply::Reset => return,
        };
        let place = Place { cursor: cursor.to_string().into(), next_expiry: checked.next_expiry };
        self.kept().mailboxes.learn(owner, ticket, place);
    }

    /// The databases may have expired what was due by now.
    pub(super) fn time_passed(&self, standing: Option<Standing>) {
        if let Some(standing) = standing {
            drop(self.believed(standing));
        }
    }

    /// Forgets what is not so any more.
    pub(super) fn hear(&self, news: &News) {
        match news {
            // The lock is not fair: whoever waits for it must find it free.
            News::Touched(touched) => self.forget_in_steps(touched, thread::yield_now),
            News::User(owner) => {
                let mut kept = self.kept();
                kept.mailboxes.forget(owner);
                kept.settings.forget(owner);
                kept.tokens.retain(|bearer| bearer.owner != *owner);
            }
            News::Everything => self.kept().forget_all(),
        }
    }

    /// Each mailbox is a matter of its own, so that no poll need wait until all are done.
    fn forget_in_steps(&self, touched: &[Touched], between: impl Fn()) {
        for (step, touched) in touched.chunks(FORGOTTEN_TOGETHER).enumerate() {
            if step > 0 {
                between();
            }
            let mut kept = self.kept();
            for touched in touched {
                kept.mailboxes.forget(&touched.owner);
            }
        }
    }
}

impl Kept {
    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    fn forget_all(&mut self) {
        self.latest = Timestamp::EPOCH;
        self.tokens = Kind::default();
        self.mailboxes = Kind::default();
        self.settings = Kind::default();
    }
}

/// Answers of one kind, in two generations: what is not used in one is dropped with the next.
struct Kind<K, V> {
    young: HashMap<K, Slot<V>>,
    old: HashMap<K, Slot<V>>,
}

enum Slot<V> {
    Known(V),
    /// The database is being asked.
    Asked(Ticket),
}

impl<K, V> Default for Kind<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Eq + Hash + Clone, V> Kind<K, V> {
    fn sweep(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }

    fn get(&mut self, key: &K) -> Option<&V> {
        if !self.old.is_empty()
            && let Some((key, slot)) = self.old.remove_entry(key)
        {
            self.young.insert(key, slot);
        }
        match self.young.get(key)? {
            Slot::Known(value) => Some(value),
            Slot::Asked(_) => None,
        }
    }

    fn ask(&mut self, key: K, ticket: Ticket, capacity: usize) {
        self.forget(&key);
        if self.young.len() >= capacity / 2 {
            self.sweep();
        }
        self.young.insert(key, Slot::Asked(ticket));
    }

    fn learn(&mut self, key: &K, ticket: Ticket, value: V) {
        let slot = self.young.get_mut(key).or_else(|| self.old.get_mut(key));
        if let Some(slot) = slot
            && let Slot::Asked(asked) = slot
            && asked.0 == ticket.0
        {
            *slot = Slot::Known(value);
        }
    }

    fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    /// What is being asked for may be of those that go.
    fn retain(&mut self, keeps: impl Fn(&V) -> bool) {
        for slots in [&mut self.young, &mut self.old] {
            slots.retain(|_, slot| matches!(slot, Slot::Known(value) if keeps(value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use restante_model::Cursor;

    use super::*;

    #[test]
    fn an_answer_that_news_overtook_is_not_kept() {
        let mut kind = Kind::default();
        kind.ask("anna", Ticket(1), 100);
        kind.forget(&"anna");
        kind.learn(&"anna", Ticket(1), 5);
        assert_eq!(kind.get(&"anna"), None);
        kind.ask("anna", Ticket(2), 100);
        kind.ask("anna", Ticket(3), 100);
        kind.learn(&"anna", Ticket(2), 5);
        assert_eq!(kind.get(&"anna"), None, "somebody asked after him");
        kind.learn(&"anna", Ticket(3), 6);
        assert_eq!(kind.get(&"anna"), Some(&6));
    }

    #[test]
    fn it_holds_no_more_than_its_capacity_and_keeps_what_is_used() {
        let mut kind = Kind::default();
        for number in 0..1_000_u64 {
            kind.ask(number, Ticket(number), 100);
            kind.learn(&number, Ticket(number), number);
            assert_eq!(kind.get(&0), Some(&0), "used all along");
            assert!(kind.young.len() + kind.old.len() <= 102, "{number}");
        }
        assert_eq!(kind.get(&500), None);
    }

    #[test]
    fn polls_have_the_memory_between_the_steps_in_which_mailboxes_are_forgotten() {
        let memory = Memory::new(10_000);
        let standing = Standing { number: 1, latest_now: Timestamp::EPOCH };
        let owner = |number: usize| Owner {
            organisation: "town".parse().unwrap(),
            login: format!("user{number}").parse().unwrap(),
        };
        let touched: Vec<_> =
            (0..5 * FORGOTTEN_TOGETHER).map(|number| Touched { owner: owner(number), modseq: 1 }).collect();
        for touched in &touched {
            let ticket = memory.ask_changes(standing, &touched.owner);
            let cursor = Cursor { epoch: "e".into(), generation: "g".into(), modseq: 1 };
            let reply = ChangesReply::UpToDate(cursor);
            memory.learn_changes(
                ticket,
                &touched.owner,
                &Checked { reply, next_expiry: None, expired: vec![] },
            );
        }
        let known = || {
            // Whoever polls finds the lock free.
            let mut kept = memory.kept.try_lock().unwrap();
            touched.iter().filter(|touched| kept.mailboxes.get(&touched.owner).is_some()).count()
        };
        assert_eq!(known(), touched.len());
        let seen = std::cell::RefCell::default();
        memory.forget_in_steps(&touched, || Vec::push(&mut seen.borrow_mut(), known()));
        let left: Vec<_> = (1..5).rev().map(|steps| steps * FORGOTTEN_TOGETHER).collect();
        assert_eq!((seen.into_inner(), known()), (left, 0));
    }
}
