//! Letters that are posted at the same time share a transaction (group commit): to have one on disk takes as long as to
//! have all that wait.
//!
//! Of each organisation's letters one task takes all that wait, looks up whom they are for, has them stored, answers them,
//! and looks again. A file has one writer: there one more such task takes what all organisations have ready for it. Who
//! comes alone waits for nobody. The tasks are nobody's request: a sender who hangs up takes no other's letter with him.

mod queue;

use std::{collections::HashSet, sync::Arc};

use restante_model::Name;

use self::queue::{Queue, Turn};
use super::{Database, SqlStore, mail, people};
use crate::{Posted, StoreError};

/// Letters of a transaction at most, so that other writers have their turn.
const MOST_LETTERS: usize = 256;
/// Their recipients at most, where it is more than one letter.
const MOST_RECIPIENTS: usize = 10_000;
/// Bytes of their texts at most, where it is more than one letter: they are held twice meanwhile.
const MOST_BYTES: usize = 4 << 20;

/// What became of a letter.
type Answer = Result<Posted, StoreError>;
/// What became of letters that were stored together, in their order; an error where the transaction failed.
type Answers = Result<Vec<Answer>, StoreError>;

/// The letters that wait to be stored.
#[derive(Default)]
pub(super) struct Letters {
    by_organisation: Arc<Queue<Name, Arc<mail::Post>, Answer>>,
    /// Those whose recipients are known, by the file that they are to be in: each time one organisation's.
    by_file: Arc<Queue<String, Ready, Answers>>,
}

/// Letters of one organisation, and where they are to be stored.
struct Ready {
    database: Arc<Database>,
    delivery: mail::Delivery,
}

/// How much is stored together.
#[derive(Default)]
struct Load {
    letters: usize,
    recipients: usize,
    bytes: usize,
}

impl Load {
    fn add(&mut self, post: &mail::Post) {
        self.letters += 1;
        self.recipients += post.letter.to.len();
        self.bytes += post.letter.body.len();
    }

    fn fits(&self) -> bool {
        self.letters <= MOST_LETTERS && self.recipients <= MOST_RECIPIENTS && self.bytes <= MOST_BYTES
    }
}

/// How many letters of an organisation are stored together next, in the order in which they came; of two with the same
/// id the second has its answer from the first.
fn letters_together(waiting: &mut dyn Iterator<Item = &Arc<mail::Post>>) -> usize {
    let (mut ids, mut load) = (HashSet::new(), Load::default());
    let together = waiting.take_while(|post| {
        load.add(post);
        ids.insert(post.id) && (ids.len() == 1 || load.fits())
    });
    together.count()
}

/// How many organisations' letters are: of each once, since the ids of two organisations do not meet.
fn organisations_together(waiting: &mut dyn Iterator<Item = &Ready>) -> usize {
    let (mut organisations, mut load, mut lifetime) = (HashSet::new(), Load::default(), None);
    let together = waiting.take_while(|Ready { delivery, .. }| {
        delivery.posts.iter().for_each(|post| load.add(post));
        // Between two, an administrator may have changed it.
        let as_long = *lifetime.get_or_insert(delivery.lifetime) == delivery.lifetime;
        let organisation = delivery.posts.first().map(|post| post.sender.organisation.clone());
        organisations.insert(organisation) && as_long && (organisations.len() == 1 || load.fits())
    });
    together.count()
}

/// Whether a transaction may have failed for the sake of one letter in it.
fn of_one(error: &StoreError) -> bool {
    matches!(error, StoreError::Database { .. } | StoreError::Corrupt { .. })
}

impl SqlStore {
    /// Has a letter stored, together with those that wait as well.
    pub(super) async fn deliver(&self, post: mail::Post) -> Answer {
        let organisation = post.sender.organisation.clone();
        let (answered, begin) = self.letters.by_organisation.add(&organisation, Arc::new(post));
        if begin {
            tokio::spawn(self.clone().store_all_that_wait(organisation));
        }
        answered.await.unwrap_or_else(|_| Err(self.given_up()))
    }

    /// What is told where a task panicked.
    fn given_up(&self) -> StoreError {
        StoreError::Database {
            doing: "storing a message",
            database: self.address(),
            source: Arc::new(sqlx::Error::WorkerCrashed),
        }
    }

    async fn store_all_that_wait(self, organisation: Name) {
        let mut turn = Turn::of(&self.letters.by_organisation, organisation);
        loop {
            let (posts, answers) = turn.take(letters_together);
            if posts.is_empty() {
                return;
            }
            let posted = self.store_together(turn.key(), &posts).await;
            queue::answer(answers, posted);
        }
    }

    /// Stores letters of an organisation, no two of one id, in one transaction: nobody hears that his is stored before
    /// all are on disk, and where that fails it fails for all.
    pub(super) async fn store_together(&self, organisation: &Name, posts: &[Arc<mail::Post>]) -> Vec<Answer> {
        match self.try_together(organisation, posts).await {
            Ok(posted) => posted,
            // The transaction was undone: the others are not to suffer by it.
            Err(error) if posts.len() > 1 && of_one(&error) => {
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

    async fn try_together(&self, organisation: &Name, posts: &[Arc<mail::Post>]) -> Answers {
        let (database, terms) = self.office_and_terms(organisation).await?;
        let users = self.organisation_database(organisation).await?;
        let written: Vec<_> = posts.iter().map(|post| post.letter.to.as_slice()).collect();
        let recipients = people::resolve(&users, &written)
            .await
            .map_err(|fault| fault.at("looking up recipients", &users))?;
        let delivery = mail::Delivery { posts: posts.to_vec(), recipients, lifetime: terms.message_lifetime };
        if let Database::Postgres(_) = &*database {
            // It has many writers, and each locks the mailboxes of one organisation.
            return self.store(&database, &delivery).await;
        }
        let file = database.address();
        let (answered, begin) = self.letters.by_file.add(&file, Ready { database, delivery });
        if begin {
            tokio::spawn(self.clone().store_all_ready(file));
        }
        answered.await.unwrap_or_else(|_| Err(self.given_up()))
    }

    async fn store_all_ready(self, file: String) {
        let mut turn = Turn::of(&self.letters.by_file, file);
        loop {
            let (ready, answers) = turn.take(organisations_together);
            if ready.is_empty() {
                return;
            }
            let posted = self.store_ready(ready).await;
            queue::answer(answers, posted);
        }
    }

    /// Stores letters of several organisations in one transaction; each organisation's in one of its own, where that fails.
    async fn store_ready(&self, ready: Vec<Ready>) -> Vec<Answers> {
        let Some(Ready { database, delivery }) = ready.first() else { return Vec::new() };
        if ready.len() == 1 {
            return vec![self.store(database, delivery).await];
        }
        let of_all = mail::Delivery {
            posts: ready.iter().flat_map(|ready| ready.delivery.posts.iter().cloned()).collect(),
            recipients: ready.iter().flat_map(|ready| ready.delivery.recipients.iter().cloned()).collect(),
            lifetime: delivery.lifetime,
        };
        match self.store(database, &of_all).await {
            Ok(mut posted) => {
                let counts = ready.iter().map(|ready| ready.delivery.posts.len());
                counts.map(|count| Ok(posted.drain(..count.min(posted.len())).collect())).collect()
            }
            Err(error) if of_one(&error) => {
                let mut each = Vec::with_capacity(ready.len());
                for Ready { database, delivery } in &ready {
                    each.push(self.store(database, delivery).await);
                }
                each
            }
            Err(error) => ready.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn store(&self, database: &Database, delivery: &mail::Delivery) -> Answers {
        let storing = |fault: super::Fault| fault.at("storing a message", database);
        let posted = delivery.store(database, self.now().await?).await.map_err(storing)?;
        Ok(posted.into_iter().map(|posted| posted.map_err(storing)).collect())
    }
}

#[cfg(test)]
mod tests;
