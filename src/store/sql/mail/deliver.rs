//! Accepting letters: their messages and all copies of them in one transaction, in a number of statements that grows
//! with the letters, not with their recipients.

use std::collections::{BTreeMap, HashMap};

use restante_model::{Letter, MessageId, Name, Person, Seconds, Timestamp};

use super::{
    Database, Fault, Row, Tx,
    fixed::{FIXED, Fixed},
    json, ledger, message, stored, unsigned,
};
use crate::{Accepted, Account, News, Owner, Posted, Touched, sql};

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

/// The mailbox of somebody concerned.
struct Mailbox {
    key: i64,
    name: String,
    /// Its newest change, those of this transaction among them.
    modseq: i64,
    /// How many those are.
    steps: i64,
}

/// Mailboxes by login.
type Mailboxes = HashMap<String, Mailbox>;

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
        let mut mailboxes = self.mailboxes(&mut tx, &new).await?;
        if tx.others_write() {
            // One may have come in at another server before its sender's mailbox was locked.
            answers.extend(self.known(&mut tx).await?);
            new.retain(|new| !answers.contains_key(&new.post.id));
        }
        let Some(accepted) = self.insert(&mut tx, &new, &mut mailboxes).await? else { return Ok(None) };
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

    /// The mailboxes of everybody concerned, each knowing what he is called. Nobody else changes them before this
    /// transaction ends.
    async fn mailboxes(&self, tx: &mut Tx, new: &[New<'_>]) -> Result<Mailboxes, Fault> {
        // Sorted as [`lock_mailboxes`](super::lock_mailboxes) sorts, and each once.
        let people: BTreeMap<_, _> =
            concerned(new).map(|person| (person.login.as_str(), person.name.as_str())).collect();
        let mut outdated = people.clone();
        // Where others write, the one statement that makes or renames them is what locks them all.
        if !tx.others_write() {
            let mailboxes = self.read_mailboxes(tx, &people).await?;
            outdated.retain(|login, name| mailboxes.get(*login).is_none_or(|mailbox| mailbox.name != *name));
            if outdated.is_empty() {
                return Ok(mailboxes);
            }
        }
        self.write_mailboxes(tx, outdated.into_iter().collect()).await?;
        self.read_mailboxes(tx, &people).await
    }

    async fn write_mailboxes(&self, tx: &mut Tx, people: Vec<(&str, &str)>) -> Result<(), Fault> {
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

    async fn read_mailboxes(&self, tx: &mut Tx, people: &BTreeMap<&str, &str>) -> Result<Mailboxes, Fault> {
        // By a list, for which SQLite takes the index: joined to rows it would look through all mailboxes for each.
        let rows = sql::query(
            "SELECT key, login, name, modseq FROM mailbox \
             WHERE organisation = $1 AND login IN (SELECT value FROM json_each($2))",
        )
        .bind(self.organisation.as_str())
        .bind(people.keys().copied().collect::<Vec<_>>().as_slice())
        .fetch_all(tx)
        .await?;
        rows.iter()
            .map(|row| {
                let (key, name, modseq) = (row.try_get("key")?, row.try_get("name")?, row.try_get("modseq")?);
                Ok((row.try_get("login")?, Mailbox { key, name, modseq, steps: 0 }))
            })
            .collect()
    }

    /// Somebody's mailbox, by key, and its next change.
    fn next(&self, mailboxes: &mut Mailboxes, person: &Person) -> Result<(i64, i64, Touched), Fault> {
        let login = &person.login;
        let missing = || Fault::corrupt("mailbox", login, &"is not there");
        let mailbox = mailboxes.get_mut(login.as_str()).ok_or_else(missing)?;
        mailbox.steps += 1;
        mailbox.modseq += 1;
        let modseq = unsigned(mailbox.modseq, "mailbox", login)?;
        let owner = Owner { organisation: self.organisation.clone(), login: login.clone() };
        Ok((mailbox.key, mailbox.modseq, Touched { owner, modseq }))
    }

    /// Stores these; `None` where an id is taken.
    async fn insert(
        &self,
        tx: &mut Tx,
        new: &[New<'_>],
        mailboxes: &mut Mailboxes,
    ) -> Result<Option<Answers>, Fault> {
        let expires_at = self.now.plus(self.lifetime);
        let (mut messages, mut copies, mut answers) = (Vec::new(), Vec::new(), Answers::new());
        for New { post, recipients } in new {
            let (sender, number, sent) = self.next(mailboxes, &post.sender.person)?;
            let Some(message) = self.insert_message(tx, post, sender, number, expires_at).await? else {
                return Ok(None);
            };
            let mut touched = Vec::with_capacity(recipients.len() + 1);
            touched.push(sent);
            for (position, recipient) in (0..).zip(*recipients) {
                let (mailbox, number, arrived) = self.next(mailboxes, recipient)?;
                copies.push([message, mailbox, sender, position, number]);
                touched.push(arrived);
            }
            messages.push(message);
            if tx.others_write() {
                tx.tells(News::Touched(touched.clone()));
            }
            let recipients = recipients.to_vec();
            let accepted = Accepted { id: post.id, accepted_at: self.now, expires_at, recipients };
            answers.insert(post.id, Ok(Posted::Accepted(accepted, touched)));
        }
        count_on(tx, mailboxes).await?;
        sql::insert_rows(
            tx,
            "INSERT INTO delivery (since, expires_at, message, recipient, sender, position, arrived_modseq)",
            [self.now.unix_ms(), expires_at.unix_ms()],
            &copies,
        )
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

/// Writes how far these mailboxes have come: one statement for all that came as far.
async fn count_on(tx: &mut Tx, mailboxes: &Mailboxes) -> Result<(), Fault> {
    let mut keys: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for mailbox in mailboxes.values().filter(|mailbox| mailbox.steps > 0) {
        keys.entry(mailbox.steps).or_default().push(mailbox.key);
    }
    for (steps, keys) in keys {
        sql::query("UPDATE mailbox SET modseq = modseq + $2 WHERE key IN (SELECT value FROM json_each($1))")
            .bind(keys.as_slice())
            .bind(steps)
            .execute(tx)
            .await?;
    }
    Ok(())
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
