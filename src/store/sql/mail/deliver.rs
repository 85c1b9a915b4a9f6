//! Accepting letters: their messages and all copies of them in one transaction, in a number of statements that grows
//! neither with the letters nor with their recipients (on SQLite, where a statement costs less than many values, with a
//! small part of them).

use std::collections::{BTreeMap, HashMap};

use restante_model::{Letter, MessageId, Name, Person, Seconds, Timestamp};

use super::{
    Database, Fault, Row, Tx,
    fixed::{FIXED, Fixed},
    json, ledger, message, stored, unsigned,
};
use crate::{
    Accepted, Account, News, Owner, Posted, Touched,
    sql::{self, Insert, Values},
};

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
        // One whose recipients are nobody any more may have been accepted when they were somebody.
        let mut may_be_known = self.recipients.iter().any(Result::is_err);
        loop {
            if let Some(mut answers) = self.try_to_store(database, may_be_known).await? {
                let missing = |id| Err(Fault::corrupt("message", &id, &"it has no answer"));
                let answers = self
                    .posts
                    .iter()
                    .map(|post| answers.remove(&post.id).unwrap_or_else(|| missing(post.id)));
                return Ok(answers.collect());
            }
            may_be_known = true;
        }
    }

    /// `None`, with nothing changed, where one of the ids is taken: hardly ever, so that it is not asked before, unless one
    /// `may_be_known`.
    async fn try_to_store(&self, database: &Database, may_be_known: bool) -> Result<Option<Answers>, Fault> {
        let mut tx = database.write_mail().await?;
        let mut answers = if may_be_known { self.known(&mut tx).await? } else { Answers::new() };
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
        let (mut sent, mut copies, mut answers) = (Vec::new(), Copies::default(), Answers::new());
        for New { post, recipients } in new {
            let (sender, number, of_sender) = self.next(mailboxes, &post.sender.person)?;
            let mut touched = Vec::with_capacity(recipients.len() + 1);
            touched.push(of_sender);
            for (position, recipient) in (0..).zip(*recipients) {
                let (mailbox, number, arrived) = self.next(mailboxes, recipient)?;
                copies.add(sent.len(), mailbox, sender, position, number);
                touched.push(arrived);
            }
            sent.push((*post, sender, number));
            if tx.others_write() {
                tx.tells(News::Touched(touched.clone()));
            }
            let recipients = recipients.to_vec();
            let accepted = Accepted { id: post.id, accepted_at: self.now, expires_at, recipients };
            answers.insert(post.id, Ok(Posted::Accepted(accepted, touched)));
        }
        let Some(messages) = self.insert_messages(tx, &sent, expires_at).await? else { return Ok(None) };
        count_on(tx, mailboxes).await?;
        copies.insert(tx, &messages, self.now, expires_at).await?;
        Ok(Some(answers))
    }

    /// Their keys, in the same order; of each letter its sender's mailbox and the number there are given.
    async fn insert_messages(
        &self,
        tx: &mut Tx,
        sent: &[(&Post, i64, i64)],
        expires_at: Timestamp,
    ) -> Result<Option<Vec<i64>>, Fault> {
        let (mut ids, mut written_to, mut sums, mut row_sums) = (vec![], vec![], vec![], vec![]);
        for (post, sender, _) in sent {
            let content_sum = post.letter.content_sum();
            let fixed = Fixed {
                organisation: self.organisation.to_string(),
                id: post.id,
                sender: *sender,
                accepted_at: self.now,
                expires_at,
                content_sum: content_sum.to_vec(),
            };
            ids.push(post.id.to_string());
            written_to.push(json(&post.letter.to)?);
            sums.push(content_sum);
            row_sums.push(fixed.sum());
        }
        let letters = || sent.iter().map(|(post, ..)| &post.letter);
        let insert = Insert {
            head: "INSERT INTO message (organisation, accepted_at, expires_at, id, sender, sent_modseq, \
                   written_to, subject, body, importance, content_sum, row_sum)",
            same: vec![
                self.organisation.as_str().into(),
                self.now.unix_ms().into(),
                expires_at.unix_ms().into(),
            ],
            own: vec![
                Values::Texts(ids.iter().map(String::as_str).collect()),
                Values::Numbers(sent.iter().map(|(_, sender, _)| *sender).collect()),
                Values::Numbers(sent.iter().map(|(.., number)| *number).collect()),
                Values::Texts(written_to.iter().map(String::as_str).collect()),
                Values::Texts(letters().map(|letter| letter.subject.as_str()).collect()),
                Values::Texts(letters().map(|letter| letter.body.as_str()).collect()),
                Values::Texts(letters().map(|letter| letter.importance.as_str()).collect()),
                Values::Sums(sums),
                Values::Sums(row_sums),
            ],
            tail: "ON CONFLICT (organisation, id) DO NOTHING RETURNING key, id",
        };
        let mut keys: HashMap<String, i64> = HashMap::new();
        for row in insert.run(tx).await? {
            keys.insert(row.try_get("id")?, row.try_get("key")?);
        }
        Ok(ids.iter().map(|id| keys.remove(id)).collect())
    }
}

/// The copies of letters, column by column.
#[derive(Default)]
struct Copies {
    /// Which of the letters.
    letter: Vec<usize>,
    recipient: Vec<i64>,
    sender: Vec<i64>,
    position: Vec<i64>,
    arrived_modseq: Vec<i64>,
}

impl Copies {
    fn add(&mut self, letter: usize, recipient: i64, sender: i64, position: i64, arrived_modseq: i64) {
        self.letter.push(letter);
        self.recipient.push(recipient);
        self.sender.push(sender);
        self.position.push(position);
        self.arrived_modseq.push(arrived_modseq);
    }

    async fn insert(
        self,
        tx: &mut Tx,
        messages: &[i64],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), Fault> {
        let message: Vec<_> =
            self.letter.iter().filter_map(|letter| messages.get(*letter).copied()).collect();
        let ledger = [message.clone(), self.recipient.clone()];
        let insert = Insert {
            head: "INSERT INTO delivery (since, expires_at, message, recipient, sender, position, arrived_modseq)",
            same: vec![now.unix_ms().into(), expires_at.unix_ms().into()],
            own: [message, self.recipient, self.sender, self.position, self.arrived_modseq]
                .into_iter()
                .map(Values::Numbers)
                .collect(),
            tail: "",
        };
        insert.run(tx).await?;
        ledger::note_accepted(tx, ledger, now).await
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
