//! Letters that are posted at the same time share a transaction (group commit): to have one on disk takes as long as to
//! have all that wait.
//!
//! Of each organisation's letters one task takes all that wait, stores them, answers them, and looks again. Who comes
//! alone waits for nobody. The task is nobody's request: a sender who hangs up takes no other's letter with him.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use restante_model::Name;
use tokio::sync::oneshot;

use super::{Database, SqlStore, mail, people};
use crate::{Posted, StoreError};

/// Letters of a transaction at most, so that other writers have their turn.
const MOST_LETTERS: usize = 256;
/// Their recipients at most, where it is more than one letter.
const MOST_RECIPIENTS: usize = 10_000;
/// Bytes of their texts at most, where it is more than one letter: they are held twice meanwhile.
const MOST_BYTES: usize = 4 << 20;

/// The letters that wait to be stored, by organisation. There is an entry for as long as a task is at it.
#[derive(Default)]
pub(super) struct Letters(Mutex<HashMap<Name, VecDeque<Waiting>>>);

/// A letter, and where its sender waits.
struct Waiting {
    post: mail::Post,
    answer: oneshot::Sender<Result<Posted, StoreError>>,
}

impl Letters {
    /// Adds one, and says whether a task must be begun for its organisation.
    fn add(&self, waiting: Waiting) -> bool {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let organisation = &waiting.post.sender.organisation;
        if let Some(others) = letters.get_mut(organisation) {
            others.push_back(waiting);
            return false;
        }
        letters.insert(organisation.clone(), VecDeque::from([waiting]));
        true
    }

    /// Takes those that are stored together next, in the order in which they came; of two with the same id the second
    /// has its answer from the first. Where there is none, the task has ended.
    fn take(&self, organisation: &Name) -> Vec<Waiting> {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = letters.get_mut(organisation) else { return Vec::new() };
        let (mut ids, mut recipients, mut bytes) = (HashSet::new(), 0, 0);
        let together = waiting.iter().take(MOST_LETTERS).take_while(|waiting| {
            recipients += waiting.post.letter.to.len();
            bytes += waiting.post.letter.body.len();
            let fit = recipients <= MOST_RECIPIENTS && bytes <= MOST_BYTES;
            ids.insert(waiting.post.id) && (ids.len() == 1 || fit)
        });
        let count = together.count();
        if count == 0 {
            letters.remove(organisation);
            return Vec::new();
        }
        waiting.drain(..count).collect()
    }

    /// How many wait for the task that is at work; `None` where there is none.
    #[cfg(test)]
    fn waiting(&self, organisation: &Name) -> Option<usize> {
        self.0.lock().unwrap().get(organisation).map(VecDeque::len)
    }
}

/// A task of an organisation. If it panics, those that wait are told so, and the next letter begins another one.
struct Turn {
    letters: Arc<Letters>,
    organisation: Name,
    /// Nothing waited any more, and the place may be another task's.
    done: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.done {
            self.letters.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.organisation);
        }
    }
}

impl SqlStore {
    /// Has a letter stored, together with those that wait as well.
    pub(super) async fn deliver(&self, post: mail::Post) -> Result<Posted, StoreError> {
        let organisation = post.sender.organisation.clone();
        let (answer, answered) = oneshot::channel();
        if self.letters.add(Waiting { post, answer }) {
            tokio::spawn(self.clone().store_all_that_wait(organisation));
        }
        answered.await.unwrap_or_else(|_| {
            Err(StoreError::Database {
                doing: "storing a message",
                database: self.address(),
                source: Arc::new(sqlx::Error::WorkerCrashed),
            })
        })
    }

    async fn store_all_that_wait(self, organisation: Name) {
        let mut turn = Turn { letters: Arc::clone(&self.letters), organisation, done: false };
        loop {
            let (posts, answers): (Vec<_>, Vec<_>) = turn
                .letters
                .take(&turn.organisation)
                .into_iter()
                .map(|waiting| (waiting.post, waiting.answer))
                .unzip();
            if posts.is_empty() {
                turn.done = true;
                return;
            }
            let posted = self.store_together(&turn.organisation, &posts).await;
            for (answer, posted) in answers.into_iter().zip(posted) {
                // A sender who has hung up tries again under the same id.
                let _ = answer.send(posted);
            }
        }
    }

    /// Stores letters of an organisation, no two of one id, in one transaction: nobody hears that his is stored before
    /// all are on disk, and where that fails it fails for all.
    pub(super) async fn store_together(
        &self,
        organisation: &Name,
        posts: &[mail::Post],
    ) -> Vec<Result<Posted, StoreError>> {
        match self.try_together(organisation, posts).await {
            Ok(posted) => posted,
            // The transaction was undone, perhaps for the sake of one letter: the others are not to suffer by it.
            Err(StoreError::Database { .. } | StoreError::Corrupt { .. }) if posts.len() > 1 => {
                let mut posted = Vec::with_capacity(posts.len());
                for post in posts {
                    let alone = self.try_together(organisation, std::slice::from_ref(post)).await;
                    posted.extend(alone.unwrap_or_else(|error| vec![Err(error)]));
                }
                posted
            }
            Err(error) => posts.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn try_together(
        &self,
        organisation: &Name,
        posts: &[mail::Post],
    ) -> Result<Vec<Result<Posted, StoreError>>, StoreError> {
        let (database, terms) = self.office_and_terms(organisation).await?;
        let users = self.organisation_database(organisation).await?;
        let written: Vec<_> = posts.iter().map(|post| post.letter.to.as_slice()).collect();
        let recipients = people::resolve(&users, &written)
            .await
            .map_err(|fault| fault.at("looking up recipients", &users))?;
        let delivery = mail::Delivery {
            organisation,
            lifetime: terms.message_lifetime,
            now: self.now().await?,
            posts,
            recipients,
        };
        let storing = |fault: super::Fault, database: &Database| fault.at("storing a message", database);
        let posted = delivery.store(&database).await.map_err(|fault| storing(fault, &database))?;
        Ok(posted.into_iter().map(|posted| posted.map_err(|fault| storing(fault, &database))).collect())
    }
}

#[cfg(test)]
mod tests;
