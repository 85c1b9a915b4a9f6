//! What waits for one task of its kind, which takes all that can be done together, and looks again.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// What waits, by what it waits for, each with where its answer goes. There is an entry for as long as a task is at it.
pub(super) struct Queue<K, T, A>(Mutex<Entries<K, T, A>>);

type Entries<K, T, A> = HashMap<K, VecDeque<(T, oneshot::Sender<A>)>>;

impl<K, T, A> Default for Queue<K, T, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, T, A> Queue<K, T, A> {
    /// Adds something; where its answer comes, and whether a task must be begun for it.
    pub(super) fn add(&self, key: &K, thing: T) -> (oneshot::Receiver<A>, bool) {
        let (answer, answered) = oneshot::channel();
        let mut entries = self.entries();
        let begin = !entries.contains_key(key);
        entries.entry(key.clone()).or_default().push_back((thing, answer));
        (answered, begin)
    }

    /// How many wait for the task that is at work; `None` where there is none.
    #[cfg(test)]
    pub(super) fn waiting(&self, key: &K) -> Option<usize> {
        self.entries().get(key).map(VecDeque::len)
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, T, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place. If it panics, those that wait are told so, and the next thing begins another one.
pub(super) struct Turn<K: Clone + Eq + Hash, T, A> {
    queue: Arc<Queue<K, T, A>>,
    key: K,
    /// Nothing waited any more, and the place may be another task's.
    done: bool,
}

impl<K: Clone + Eq + Hash, T, A> Turn<K, T, A> {
    pub(super) fn of(queue: &Arc<Queue<K, T, A>>, key: K) -> Self {
        Self { queue: Arc::clone(queue), key, done: false }
    }

    pub(super) fn key(&self) -> &K {
        &self.key
    }

    /// Takes as many as `together` counts, from the first on. Where there is nothing, the task has ended.
    pub(super) fn take(
        &mut self,
        together: impl FnOnce(&mut dyn Iterator<Item = &T>) -> usize,
    ) -> (Vec<T>, Vec<oneshot::Sender<A>>) {
        let mut entries = self.queue.entries();
        let waiting = entries.get_mut(&self.key);
        let taken: Vec<_> = waiting.map_or_else(Vec::new, |waiting| {
            let count = together(&mut waiting.iter().map(|(thing, _)| thing));
            waiting.drain(..count).collect()
        });
        if taken.is_empty() {
            entries.remove(&self.key);
            self.done = true;
        }
        taken.into_iter().unzip()
    }
}

impl<K: Clone + Eq + Hash, T, A> Drop for Turn<K, T, A> {
    fn drop(&mut self) {
        if !self.done {
            self.queue.entries().remove(&self.key);
        }
    }
}

/// Gives each its answer. One who has hung up tries again under the same id.
pub(super) fn answer<A>(waiting: Vec<oneshot::Sender<A>>, answers: Vec<A>) {
    for (waiting, answer) in waiting.into_iter().zip(answers) {
        let _ = waiting.send(answer);
    }
}
