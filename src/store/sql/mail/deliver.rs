//! Accepting letters: their messages and all copies of them in one transaction, in a number of statements that grows
//! neither with the letters nor with their recipients (on SQLite, where a statement costs less than many values, with a
//! small part of them).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

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

/// Letters that are accepted together: on PostgreSQL of one organisation, and nowhere two of one id in an organisation.
pub(in super::super) struct Delivery {
    pub(in super::super) posts: Vec<Arc<Post>>,
    /// The recipients of each, each of them named once; or those that are nobody.
    pub(in super::super) recipients: Vec<Result<Vec<Person>, Vec<String>>>,
    pub(in super::super) lifetime: Seconds,
}

/// A letter that is to be stored.
struct New<'a> {
    /// Which of those that came.
    place: usize,
    post: &'a Post,
    recipients: &'a [Person],
}

/// What becomes of each letter, where it is known; one that is damaged is its own misfortune.
type Answers = Vec<Option<Result<Posted, Fault>>>;

/// The mailbox of somebody concerned.
struct Mailbox {
    key: i64,
    name: String,
    /// Its newest change, those of this transaction among them.
    modseq: i64,
    /// How many those are.
    steps: i64,
}

/// Mailboxes by organisation and login.
type Mailboxes = HashMap<String, HashMap<String, Mailbox>>;

/// What people are called, by organisation and login.
type People<'a> = BTreeMap<(&'a str, &'a str), &'a str>;

impl Post {
    fn organisation(&self) -> &Name {
        &self.sender.organisation
    }
}

impl Delivery {
    /// Stores those that are new and can be delivered; the answers are in the order of the letters. One that is
    /// refused, or known already, changes nothing.
    pub(in super::super) async fn store(
        &self,
        database: &Database,
        now: Timestamp,
    ) -> Result<Vec<Result<Posted, Fault>>, Fault> {
        // One whose recipients are nobody any more may have been accepted when they were somebody.
        let mut may_be_known = self.recipients.iter().any(Result::is_err);
        loop {
            if let Some(answers) = self.try_to_store(database, now, may_be_known).await? {
                let missing = |post: &Post| Fault::corrupt("message", &post.id, &"it has no answer");
                let answers = answers.into_iter().zip(&self.posts);
                return Ok(answers
                    .map(|(answer, post)| answer.unwrap_or_else(|| Err(missing(post))))
                    .collect());
            }
            may_be_known = true;
        }
    }

    /// `None`, with nothing changed, where one of the ids is taken: hardly ever, so that it is not asked before, unless one
    /// `may_be_known`.
    async fn try_to_store(
        &self,
        database: &Database,
        now: Timestamp,
        may_be_known: bool,
    ) -> Result<Option<Answers>, Fault> {
        let mut tx = database.write_mail().await?;
        let mut answers = self.posts.iter().map(|_| None).collect();
        if may_be_known {
            self.known(&mut tx, &mut answers).await?;
        }
        let mut new = Vec::new();
        for (place, ((post, recipients), answer)) in
            self.posts.iter().zip(&self.recipients).zip(&mut answers).enumerate()
        {
            match recipients {
                _ if answer.is_some() => {}
                Ok(recipients) => new.push(New { place, post, recipients }),
                Err(unknown) => *answer = Some(Ok(Posted::UnknownRecipients(unknown.clone()))),
            }
        }
        if new.is_empty() {
            return Ok(Some(answers));
        }
        let mut mailboxes = mailboxes(&mut tx, &new).await?;
        let expires_at = now.plus(self.lifetime);
        if !insert(&mut tx, &new, &mut mailboxes, [now, expires_at], &mut answers).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(answers))
    }

    /// The answers to those that are there. Within an organisation an id is taken or not, whoever wrote the message; who
    /// is told so already knew the id, and learns nothing else. Other organisations' ids do not meet.
    async fn known(&self, tx: &mut Tx, answers: &mut Answers) -> Result<(), Fault> {
        let query = format!(
            "SELECT m.key, {FIXED}, b.login FROM message m JOIN mailbox b ON b.key = m.sender \
             WHERE m.organisation = $1 AND m.id IN (SELECT value FROM json_each($2))"
        );
        let organisations: BTreeSet<&Name> = self.posts.iter().map(|post| post.organisation()).collect();
        for organisation in organisations {
            let of_it =
                || self.posts.iter().enumerate().filter(|(_, post)| post.organisation() == organisation);
            let ids: Vec<_> = of_it().map(|(_, post)| post.id.to_string()).collect();
            let rows = sql::query(sqlx::AssertSqlSafe(query.clone()))
                .bind(organisation.as_str())
                .bind(ids)
                .fetch_all(tx)
                .await?;
            for row in rows {
                let id: String = row.try_get("id")?;
                let id: MessageId = stored(&id, "message", &id)?;
                let Some((place, post)) = of_it().find(|(_, post)| post.id == id) else { continue };
                let again = post.again(tx, &row).await;
                if let Some(answer) = answers.get_mut(place) {
                    *answer = Some(again);
                }
            }
        }
        Ok(())
    }
}

/// The mailboxes of everybody concerned, each knowing what he is called. Nobody else changes them before this transaction
/// ends.
async fn mailboxes(tx: &mut Tx, new: &[New<'_>]) -> Result<Mailboxes, Fault> {
    // Sorted as [`lock_mailboxes`](super::lock_mailboxes) sorts, and each once.
    let people: People<'_> = concerned(new).collect();
    let mut outdated = people.clone();
    // Where others write, the one statement that makes or renames them is what locks them all.
    if !tx.others_write() {
        let mailboxes = read_mailboxes(tx, &people).await?;
        outdated.retain(|(organisation, login), name| {
            let mailbox = mailboxes.get(*organisation).and_then(|mailboxes| mailboxes.get(*login));
            mailbox.is_none_or(|mailbox| mailbox.name != *name)
        });
        if outdated.is_empty() {
            return Ok(mailboxes);
        }
    }
    write_mailboxes(tx, &outdated).await?;
    read_mailboxes(tx, &people).await
}

async fn write_mailboxes(tx: &mut Tx, people: &People<'_>) -> Result<(), Fault> {
    let rows: Vec<_> =
        people.iter().map(|((organisation, login), name)| (organisation, login, name)).collect();
    sql::query(
        "INSERT INTO mailbox (organisation, login, name) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true \
         ON CONFLICT (organisation, login) DO UPDATE SET name = excluded.name WHERE mailbox.name <> excluded.name",
    )
    .bind(json(&rows)?)
    .execute(tx)
    .await?;
    Ok(())
}

async fn read_mailboxes(tx: &mut Tx, people: &People<'_>) -> Result<Mailboxes, Fault> {
    let organisations: BTreeSet<&str> = people.keys().map(|(organisation, _)| *organisation).collect();
    let one = organisations.first().filter(|_| organisations.len() == 1);
    let rows = if let Some(organisation) = one {
        // By a list, which costs SQLite less than rows do; PostgreSQL has an index for it.
        sql::query(
            "SELECT organisation, key, login, name, modseq FROM mailbox \
             WHERE organisation = $1 AND login IN (SELECT value FROM json_each($2))",
        )
        .bind(*organisation)
        .bind(people.keys().map(|(_, login)| *login).collect::<Vec<_>>().as_slice())
    } else {
        // Crosswise, so that SQLite takes the index for each row: it would look through all mailboxes for each.
        sql::query(
            "SELECT m.organisation, m.key, m.login, m.name, m.modseq FROM json_each($1) wanted \
             CROSS JOIN mailbox m WHERE m.organisation = wanted.value ->> 0 AND m.login = wanted.value ->> 1",
        )
        .bind(json(&people.keys().collect::<Vec<_>>())?)
    };
    let mut mailboxes = Mailboxes::new();
    for row in rows.fetch_all(tx).await? {
        let (key, name, modseq) = (row.try_get("key")?, row.try_get("name")?, row.try_get("modseq")?);
        let mailbox = Mailbox { key, name, modseq, steps: 0 };
        mailboxes.entry(row.try_get("organisation")?).or_default().insert(row.try_get("login")?, mailbox);
    }
    Ok(mailboxes)
}

/// Somebody's mailbox, by key, and its next change.
fn next(
    mailboxes: &mut Mailboxes,
    organisation: &Name,
    person: &Person,
) -> Result<(i64, i64, Touched), Fault> {
    let login = &person.login;
    let mailbox = mailboxes.get_mut(organisation.as_str()).and_then(|of_it| of_it.get_mut(login.as_str()));
    let mailbox = mailbox.ok_or_else(|| Fault::corrupt("mailbox", login, &"is not there"))?;
    mailbox.steps += 1;
    mailbox.modseq += 1;
    let modseq = unsigned(mailbox.modseq, "mailbox", login)?;
    let owner = Owner { organisation: organisation.clone(), login: login.clone() };
    Ok((mailbox.key, mailbox.modseq, Touched { owner, modseq }))
}

/// Stores these, accepted and to expire then, and says so in the answers; `false` where an id is taken.
async fn insert(
    tx: &mut Tx,
    new: &[New<'_>],
    mailboxes: &mut Mailboxes,
    [now, expires_at]: [Timestamp; 2],
    answers: &mut Answers,
) -> Result<bool, Fault> {
    let (mut sent, mut copies) = (Vec::new(), Copies::default());
    for New { place, post, recipients } in new {
        let organisation = post.organisation();
        let (sender, number, of_sender) = next(mailboxes, organisation, &post.sender.person)?;
        let mut touched = Vec::with_capacity(recipients.len() + 1);
        touched.push(of_sender);
        for (position, recipient) in (0..).zip(*recipients) {
            let (mailbox, number, arrived) = next(mailboxes, organisation, recipient)?;
            copies.add(sent.len(), mailbox, sender, position, number);
            touched.push(arrived);
        }
        sent.push((*post, sender, number));
        if tx.others_write() {
            tx.tells(News::Touched(touched.clone()));
        }
        let recipients = recipients.to_vec();
        let accepted = Accepted { id: post.id, accepted_at: now, expires_at, recipients };
        if let Some(answer) = answers.get_mut(*place) {
            *answer = Some(Ok(Posted::Accepted(accepted, touched)));
        }
    }
    let Some(messages) = insert_messages(tx, &sent, [now, expires_at]).await? else { return Ok(false) };
    count_on(tx, mailboxes).await?;
    copies.insert(tx, &messages, now, expires_at).await?;
    Ok(true)
}

/// Their keys, in the same order; of each letter its sender's mailbox and the number there are given.
async fn insert_messages(
    tx: &mut Tx,
    sent: &[(&Post, i64, i64)],
    [accepted_at, expires_at]: [Timestamp; 2],
) -> Result<Option<Vec<i64>>, Fault> {
    let (mut ids, mut written_to, mut sums, mut row_sums) = (vec![], vec![], vec![], vec![]);
    for (post, sender, _) in sent {
        let content_sum = post.letter.content_sum();
        let fixed = Fixed {
            organisation: post.organisation().to_string(),
            id: post.id,
            sender: *sender,
            accepted_at,
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
        head: "INSERT INTO message (accepted_at, expires_at, organisation, id, sender, sent_modseq, \
               written_to, subject, body, importance, content_sum, row_sum)",
        same: vec![accepted_at.unix_ms().into(), expires_at.unix_ms().into()],
        own: vec![
            Values::Texts(sent.iter().map(|(post, ..)| post.organisation().as_str()).collect()),
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
        tail: "ON CONFLICT (organisation, id) DO NOTHING RETURNING key, id, sender",
    };
    // A sender's mailbox says of which organisation it is.
    let mut keys: HashMap<(String, i64), i64> = HashMap::new();
    for row in insert.run(tx).await? {
        keys.insert((row.try_get("id")?, row.try_get("sender")?), row.try_get("key")?);
    }
    Ok(ids.into_iter().zip(sent).map(|(id, (_, sender, _))| keys.remove(&(id, *sender))).collect())
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
fn concerned<'n>(new: &'n [New<'_>]) -> impl Iterator<Item = ((&'n str, &'n str), &'n str)> {
    new.iter().flat_map(|new| {
        let organisation = new.post.organisation().as_str();
        let people = new.recipients.iter().chain([&new.post.sender.person]);
        people.map(move |person| ((organisation, person.login.as_str()), person.name.as_str()))
    })
}

/// Writes how far these mailboxes have come: one statement for all that came as far.
async fn count_on(tx: &mut Tx, mailboxes: &Mailboxes) -> Result<(), Fault> {
    let mut keys: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for mailbox in mailboxes.values().flat_map(HashMap::values).filter(|mailbox| mailbox.steps > 0) {
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
