//! Accepting letters: their messages and all copies of them in one transaction, in a number of statements that grows
//! with the letters, not with their recipients.

use std::collections::{BTreeMap, HashMap, HashSet};

use restante_model::{Letter, MessageId, Name, Person, Seconds, Timestamp};

use super::{
    Database, Fault, Numbers, Row, Tx,
    fixed::{FIXED, Fixed},
    json, ledger, message, stored, unsigned,
};
use crate::{Accepted, Account, Owner, Posted, Touched, sql};

/// A letter at the counter.
pub(in super::super) struct Post {
    pub(in super::super) sender: Account,
    pub(in super::super) id: MessageId,
    pub(in super::super) letter: Letter,
}

/// Letters of one organisation, no two of one id, that are accepted together.
pub(in super::super) struct Delivery<'a> {
    pub(in super::super) organisation: &'a Name,
    pub(in super::super) lifetime: Seconds,
    pub(in super::super) now: Timestamp,
    pub(in super::super) posts: &'a [Post],
    /// The recipients of each, each of them named once; or those that are nobody.
    pub(in super::super) recipients: Vec<Result<Vec<Person>, Vec<String>>>,
}

/// A letter that is to be stored.
struct New<'a> {
    post: &'a Post,
    recipients: &'a [Person],
}

/// What becomes of letters, by id; one that is damaged is its own misfortune.
type Answers = HashMap<MessageId, Result<Posted, Fault>>;

/// Mailboxes by login.
type Keys = HashMap<String, i64>;

impl Delivery<'_> {
    /// Stores those that are new and can be delivered; the answers are in the order of the letters. One that is
    /// refused, or known already, changes nothing.
    pub(in super::super) async fn store(
        &self,
        database: &Database,
    ) -> Result<Vec<Result<Posted, Fault>>, Fault> {
        loop {
            if let Some(mut answers) = self.try_to_store(database).await? {
                let missing = |id| Err(Fault::corrupt("message", &id, &"it has no answer"));
                let answers = self
                    .posts
                    .iter()
                    .map(|post| answers.remove(&post.id).unwrap_or_else(|| missing(post.id)));
                return Ok(answers.collect());
            }
        }
    }

    /// `None`, with nothing changed, where another sender took one of the ids in the same moment: now it is known.
    async fn try_to_store(&self, database: &Database) -> Result<Option<Answers>, Fault> {
        let mut tx = database.write_mail().await?;
        let mut answers = self.known(&mut tx).await?;
        let mut new = Vec::new();
        for (post, recipients) in self.posts.iter().zip(&self.recipients) {
            match recipients {
                _ if answers.contains_key(&post.id) => {}
                Ok(recipients) => new.push(New { post, recipients }),
                Err(unknown) => {
                    answers.insert(post.id, Ok(Posted::UnknownRecipients(unknown.clone())));
                }
            }
        }
        if new.is_empty() {
            return Ok(Some(answers));
        }
        self.ensure_mailboxes(&mut tx, &new).await?;
        if tx.others_write() {
            // One may have come in at another server before its sender's mailbox was locked.
            answers.extend(self.known(&mut tx).await?);
            new.retain(|new| !answers.contains_key(&new.post.id));
        }
        let Some(accepted) = self.insert(&mut tx, &new).await? else { return Ok(None) };
        tx.commit().await?;
        answers.extend(accepted);
        Ok(Some(answers))
    }

    /// The answers to those that are there. Within an organisation an id is taken or not, whoever wrote the message; who
    /// is told so already knew the id, and learns nothing else. Other organisations' ids do not meet.
    async fn known(&self, tx: &mut Tx) -> Result<Answers, Fault> {
        let query = format!(
            "SELECT m.key, {FIXED}, b.login FROM message m JOIN mailbox b ON b.key = m.sender \
             WHERE m.organisation = $1 AND m.id IN (SELECT value FROM json_each($2))"
        );
        let ids: Vec<_> = self.posts.iter().map(|post| post.id.to_string()).collect();
        let rows = sql::query(sqlx::AssertSqlSafe(query))
            .bind(self.organisation.as_str())
            .bind(ids)
            .fetch_all(tx)
            .await?;
        let mut answers = HashMap::new();
        for row in rows {
            let id: String = row.try_get("id")?;
            let id: MessageId = stored(&id, "message", &id)?;
            let Some(post) = self.posts.iter().find(|post| post.id == id) else { continue };
            answers.insert(id, post.again(tx, &row).await);
        }
        Ok(answers)
    }

    /// Everybody concerned has a mailbox that knows what he is called, and that nobody else changes before this
    /// transaction ends. Sorted as [`lock_mailboxes`](super::lock_mailboxes) sorts, and each once.
    async fn ensure_mailboxes(&self, tx: &mut Tx, new: &[New<'_>]) -> Result<(), Fault> {
        let people: BTreeMap<_, _> =
            concerned(new).map(|person| (person.login.as_str(), person.name.as_str())).collect();
        let people: Vec<_> = people.into_iter().collect();
        sql::query(
            "INSERT INTO mailbox (organisation, login, name) \
             SELECT $1, value ->> 0, value ->> 1 FROM json_each($2) WHERE true \
             ON CONFLICT (organisation, login) DO UPDATE SET name = excluded.name WHERE mailbox.name <> excluded.name",
        )
        .bind(self.organisation.as_str())
        .bind(json(&people)?)
        .execute(tx)
        .await?;
        Ok(())
    }

    /// The mailboxes of everybody concerned.
    async fn keys(&self, tx: &mut Tx, new: &[New<'_>]) -> Result<Keys, Fault> {
        let logins: HashSet<_> = concerned(new).map(|person| person.login.as_str()).collect();
        // By a list, for which SQLite takes the index: joined to rows it would look through all mailboxes for each.
        let rows = sql::query(
            "SELECT key, login FROM mailbox WHERE organisation = $1 AND login IN (SELECT value FROM json_each($2))",
        )
        .bind(self.organisation.as_str())
        .bind(logins.into_iter().collect::<Vec<_>>().as_slice())
        .fetch_all(tx)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("login")?, row.try_get("key")?))).collect()
    }

    /// Somebody's mailbox, by key, and its next change.
    fn next(
        &self,
        keys: &Keys,
        numbers: &mut Numbers,
        person: &Person,
    ) -> Result<(i64, i64, Touched), Fault> {
        let login = &person.login;
        let key = key(keys, person)?;
        let number = numbers.next(key)?;
        let owner = Owner { organisation: self.organisation.clone(), login: login.clone() };
        Ok((key, number, Touched { owner, modseq: unsigned(number, "mailbox", login)? }))
    }

    /// Stores these; `None` where an id is taken.
    async fn insert(&self, tx: &mut Tx, new: &[New<'_>]) -> Result<Option<Answers>, Fault> {
        let keys = self.keys(tx, new).await?;
        let mut changes = HashMap::new();
        for person in concerned(new) {
            *changes.entry(key(&keys, person)?).or_default() += 1;
        }
        let mut numbers = Numbers::take(tx, &changes).await?;
        let expires_at = self.now.plus(self.lifetime);
        let (mut messages, mut copies, mut answers) = (Vec::new(), Vec::new(), Answers::new());
        for New { post, recipients } in new {
            let (sender, number, sent) = self.next(&keys, &mut numbers, &post.sender.person)?;
            let Some(message) = self.insert_message(tx, post, sender, number, expires_at).await? else {
                return Ok(None);
            };
            let mut touched = vec![sent];
            for (position, recipient) in recipients.iter().enumerate() {
                let (mailbox, number, arrived) = self.next(&keys, &mut numbers, recipient)?;
                copies.push((message, mailbox, sender, position, number));
                touched.push(arrived);
            }
            messages.push(message);
            let recipients = recipients.to_vec();
            let accepted = Accepted { id: post.id, accepted_at: self.now, expires_at, recipients };
            answers.insert(post.id, Ok(Posted::Accepted(accepted, touched)));
        }
        sql::query(
            "INSERT INTO delivery (message, recipient, sender, position, since, expires_at, arrived_modseq) \
             SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT), \
             CAST(value ->> 3 AS BIGINT), $2, $3, CAST(value ->> 4 AS BIGINT) FROM json_each($1)",
        )
        .bind(json(&copies)?)
        .bind(self.now.unix_ms())
        .bind(expires_at.unix_ms())
        .execute(tx)
        .await?;
        ledger::note_accepted(tx, &messages, self.now).await?;
        Ok(Some(answers))
    }

    async fn insert_message(
        &self,
        tx: &mut Tx,
        post: &Post,
        sender: i64,
        sent_modseq: i64,
        expires_at: Timestamp,
    ) -> Result<Option<i64>, Fault> {
        let fixed = Fixed {
            organisation: self.organisation.to_string(),
            id: post.id,
            sender,
            accepted_at: self.now,
            expires_at,
            content_sum: post.letter.content_sum().to_vec(),
        };
        let key = sql::query_scalar(
            "INSERT INTO message (organisation, id, sender, written_to, subject, body, importance, \
             content_sum, accepted_at, expires_at, sent_modseq, row_sum) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (organisation, id) DO NOTHING RETURNING key",
        )
        .bind(self.organisation.as_str())
        .bind(post.id.to_string())
        .bind(sender)
        .bind(json(&post.letter.to)?)
        .bind(&post.letter.subject)
        .bind(&post.letter.body)
        .bind(post.letter.importance.as_str())
        .bind(fixed.content_sum.as_slice())
        .bind(self.now.unix_ms())
        .bind(expires_at.unix_ms())
        .bind(sent_modseq)
        .bind(fixed.sum().as_slice())
        .fetch_optional(tx)
        .await?;
        Ok(key)
    }
}

/// Each sender and each recipient of each letter.
fn concerned<'n>(new: &'n [New<'_>]) -> impl Iterator<Item = &'n Person> {
    new.iter().flat_map(|new| new.recipients.iter().chain([&new.post.sender.person]))
}

fn key(keys: &Keys, person: &Person) -> Result<i64, Fault> {
    let missing = || Fault::corrupt("mailbox", &person.login, &"is not there");
    keys.get(person.login.as_str()).copied().ok_or_else(missing)
}

impl Post {
    /// The answer where a message of this id is there, in this row.
    async fn again(&self, tx: &mut Tx, row: &Row) -> Result<Posted, Fault> {
        let fixed = Fixed::from_row(row)?;
        let same_sender = row.try_get::<String, _>("login")? == self.sender.person.login.as_str();
        let same_content = fixed.content_sum == self.letter.content_sum();
        if !(same_sender && same_content) {
            return Ok(Posted::IdReused);
        }
        let key = row.try_get("key")?;
        let copies = message::copies(tx, &[key]).await?.remove(&key).unwrap_or_default();
        Ok(Posted::Repeated(Accepted {
            id: self.id,
            accepted_at: fixed.accepted_at,
            expires_at: fixed.expires_at,
            recipients: copies.into_iter().map(|copy| copy.person).collect(),
        }))
    }
}
