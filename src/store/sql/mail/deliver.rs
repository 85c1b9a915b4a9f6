//! Accepting a letter: the message and all its copies in one transaction, in a fixed number of
//! statements however many recipients there are.

use std::collections::BTreeMap;

use restante_model::{Letter, MessageId, Person, Seconds, Timestamp};

use super::{
    Database, Fault, Numbers, Tx,
    fixed::{FIXED, Fixed},
    json, ledger, message, stored, unsigned,
};
use crate::{Accepted, Account, News, Owner, Posted, Touched, sql};

/// A letter at the counter.
pub(in super::super) struct Post<'a> {
    pub(in super::super) sender: &'a Account,
    pub(in super::super) id: MessageId,
    pub(in super::super) letter: &'a Letter,
    pub(in super::super) lifetime: Seconds,
    pub(in super::super) now: Timestamp,
}

impl Post<'_> {
    /// The answer to a request that was answered before; `None` when the id is new.
    pub(in super::super) async fn repeated(&self, database: &Database) -> Result<Option<Posted>, Fault> {
        self.known(&mut database.read().await?).await
    }

    /// Within an organisation an id is taken or not, whoever wrote the message; who is told so already
    /// knew the id, and learns nothing else. Other organisations' ids do not meet.
    async fn known(&self, tx: &mut Tx) -> Result<Option<Posted>, Fault> {
        let query = format!(
            "SELECT m.key, {FIXED}, b.login FROM message m JOIN mailbox b ON b.key = m.sender \
             WHERE m.organisation = $1 AND m.id = $2"
        );
        let row = sql::query(sqlx::AssertSqlSafe(query))
            .bind(self.sender.organisation.as_str())
            .bind(self.id.to_string())
            .fetch_optional(tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fixed = Fixed::from_row(&row)?;
        let same_sender = row.try_get::<String, _>("login")? == self.sender.person.login.as_str();
        let same_content = fixed.content_sum == self.letter.content_sum();
        if !(same_sender && same_content) {
            return Ok(Some(Posted::IdReused));
        }
        let key = row.try_get("key")?;
        let copies = message::copies(tx, &[key]).await?.remove(&key).unwrap_or_default();
        Ok(Some(Posted::Repeated(Accepted {
            id: self.id,
            accepted_at: fixed.accepted_at,
            expires_at: fixed.expires_at,
            recipients: copies.into_iter().map(|copy| copy.person).collect(),
        })))
    }

    /// Stores it for these recipients, each named once.
    pub(in super::super) async fn store(
        &self,
        database: &Database,
        recipients: Vec<Person>,
    ) -> Result<Posted, Fault> {
        let mut tx = database.write_mail().await?;
        let organisation = self.sender.organisation.as_str();
        let expires_at = self.now.plus(self.lifetime);
        self.ensure_mailboxes(&mut tx, &recipients).await?;
        // Another request with this id may have come in between; from here on its sender waits.
        if let Some(answer) = self.known(&mut tx).await? {
            return Ok(answer);
        }
        let sender: i64 = sql::query_scalar("SELECT key FROM mailbox WHERE organisation = $1 AND login = $2")
            .bind(organisation)
            .bind(self.sender.person.login.as_str())
            .fetch_one(&mut tx)
            .await?;
        let fixed = Fixed {
            organisation: organisation.to_owned(),
            id: self.id,
            sender,
            accepted_at: self.now,
            expires_at,
            content_sum: self.letter.content_sum().to_vec(),
        };
        let mut numbers = Numbers::take(&mut tx, &[(sender, 1)].into()).await?;
        let message: Option<i64> = sql::query_scalar(
            "INSERT INTO message (organisation, id, sender, written_to, subject, body, importance, \
             content_sum, accepted_at, expires_at, sent_modseq, row_sum) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (organisation, id) DO NOTHING RETURNING key",
        )
        .bind(organisation)
        .bind(self.id.to_string())
        .bind(sender)
        .bind(json(&self.letter.to)?)
        .bind(&self.letter.subject)
        .bind(&self.letter.body)
        .bind(self.letter.importance.as_str())
        .bind(fixed.content_sum.as_slice())
        .bind(self.now.unix_ms())
        .bind(expires_at.unix_ms())
        .bind(numbers.next(sender)?)
        .bind(fixed.sum().as_slice())
        .fetch_optional(&mut tx)
        .await?;
        // Of two senders, of whom neither waits for the other, one got the id.
        let Some(message) = message else { return Ok(Posted::IdReused) };
        let logins: Vec<_> = recipients.iter().map(|person| person.login.as_str()).collect();
        let logins = logins.as_slice();
        let mut touched = numbers.touched;
        touched.extend(arrive(&mut tx, organisation, logins).await?);
        // The numbers just taken stand in the mailboxes until this transaction ends.
        sql::query(
            "INSERT INTO delivery (message, recipient, sender, position, since, expires_at, arrived_modseq) \
             SELECT $1, b.key, $2, v.key, $3, $4, b.modseq \
             FROM json_each($5) v JOIN mailbox b ON b.organisation = $6 AND b.login = v.value",
        )
        .bind(message)
        .bind(sender)
        .bind(self.now.unix_ms())
        .bind(expires_at.unix_ms())
        .bind(logins)
        .bind(organisation)
        .execute(&mut tx)
        .await?;
        ledger::note_accepted(&mut tx, message, self.now).await?;
        tx.commit().await?;
        let accepted = Accepted { id: self.id, accepted_at: self.now, expires_at, recipients };
        Ok(Posted::Accepted(accepted, touched))
    }

    /// Everybody concerned has a mailbox that knows what he is called, and that nobody else changes before this
    /// transaction ends. Sorted as [`lock_mailboxes`](super::lock_mailboxes) sorts, and each once.
    async fn ensure_mailboxes(&self, tx: &mut Tx, recipients: &[Person]) -> Result<(), Fault> {
        let people: BTreeMap<_, _> = recipients
            .iter()
            .chain([&self.sender.person])
            .map(|person| (person.login.as_str(), person.name.as_str()))
            .collect();
        let people: Vec<_> = people.into_iter().collect();
        sql::query(
            "INSERT INTO mailbox (organisation, login, name) \
             SELECT $1, value ->> 0, value ->> 1 FROM json_each($2) WHERE true \
             ON CONFLICT (organisation, login) DO UPDATE SET name = excluded.name WHERE mailbox.name <> excluded.name",
        )
        .bind(self.sender.organisation.as_str())
        .bind(json(&people)?)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// One change in each recipient's mailbox.
async fn arrive(tx: &mut Tx, organisation: &str, logins: &[&str]) -> Result<Vec<Touched>, Fault> {
    let rows = sql::query(
        "UPDATE mailbox SET modseq = modseq + 1 \
         WHERE organisation = $1 AND login IN (SELECT value FROM json_each($2)) RETURNING login, modseq",
    )
    .bind(organisation)
    .bind(logins)
    .fetch_all(tx)
    .await?;
    let touched = rows
        .iter()
        .map(|row| {
            let login: String = row.try_get("login")?;
            let owner = Owner {
                organisation: stored(organisation, "mailbox", &login)?,
                login: stored(&login, "mailbox", &login)?,
            };
            Ok(Touched { owner, modseq: unsigned(row.try_get("modseq")?, "mailbox", &login)? })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    tx.tells(News::Touched(touched.clone()));
    Ok(touched)
}
