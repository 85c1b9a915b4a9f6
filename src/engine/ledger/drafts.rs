//! The drafts: letters still being written, here and on the user's other devices.
//!
//! Each change here takes a new `version`; each save on the server grows the server's. What the server has and
//! what stands here part ways when two devices write at once: then what stands here keeps the id, and
//! the other one becomes a draft of its own. Nothing written is ever overwritten unseen.

use restante_model::{Letter, MessageId, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{
    Ledger, Result, database,
    letters::{self, COLUMNS, ServerSide, WrittenLetter},
};
use crate::{ids, storage};

/// A letter that is still being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The letter so far.
    pub(crate) written: WrittenLetter,
    /// Another one after every change here.
    pub(crate) version: u64,
    /// What the server has of it.
    pub(crate) server: ServerSide,
    /// Since when the server lacks what stands here.
    pub(crate) unsaved_since: Option<Timestamp>,
}

/// A draft as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerDraft {
    /// The letter; `None` once it was thrown away there.
    pub(crate) letter: Option<Letter>,
    /// The server's version.
    pub(crate) version: u64,
    /// When it was saved there.
    pub(crate) saved_at: Timestamp,
}

/// A draft that is to go from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThrownDraft {
    /// Which.
    pub(crate) id: MessageId,
    /// What the server has of it.
    pub(crate) server: ServerSide,
}

/// What a draft of the server did here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenDraft {
    /// Nothing that anybody would see.
    Nothing,
    /// The drafts look different.
    Changed,
}

const DRAFT: &str = "version, server_version, handed, unsaved_since FROM draft";

impl Ledger {
    /// Saves what there is of a letter, and gives its version. An empty one never takes the place of a
    /// written one. Where `base` is a version that stands here no more, another device's save has come
    /// in between: it becomes a draft of its own first.
    pub(crate) fn save_draft(&mut self, written: &WrittenLetter, base: Option<u64>) -> Result<u64> {
        let known = self.draft(written.id)?;
        let transaction = self.connection.transaction().map_err(database)?;
        if let Some(known) = known {
            if written.letter.is_empty() || known.written.letter == written.letter {
                return Ok(known.version);
            }
            if base.is_some_and(|base| base != known.version) {
                put_copy(&transaction, written.id, &known.written.letter, written.written_at)?;
            }
        }
        let version = put(&transaction, written)?;
        transaction.commit().map_err(database)?;
        Ok(version)
    }

    /// Every draft, newest first.
    pub(crate) fn drafts(&self) -> Result<Vec<Draft>> {
        let sql = format!("SELECT {COLUMNS}, {DRAFT} ORDER BY written_at DESC, id DESC");
        self.letters("draft", &sql, [], read)
    }

    /// One draft.
    pub(crate) fn draft(&self, id: MessageId) -> Result<Option<Draft>> {
        let sql = format!("SELECT {COLUMNS}, {DRAFT} WHERE id = ?1");
        Ok(self.letters("draft", &sql, [id.to_string()], read)?.pop())
    }

    /// How many drafts there are.
    pub(crate) fn draft_count(&self) -> Result<u64> {
        self.one_row("SELECT count(*) FROM draft", |row| row.get(0))
    }

    /// Throws a draft away, here and, once the server has heard of it, there; `false` where there is none.
    pub(crate) fn throw_draft(&mut self, id: MessageId) -> Result<bool> {
        let transaction = self.connection.transaction().map_err(database)?;
        transaction
            .execute(
                "INSERT OR REPLACE INTO thrown_draft (id, server_version, handed)
                 SELECT id, server_version, handed FROM draft
                  WHERE id = ?1 AND (server_version IS NOT NULL OR length(handed) > 0)",
                [id.to_string()],
            )
            .map_err(database)?;
        let rows =
            transaction.execute("DELETE FROM draft WHERE id = ?1", [id.to_string()]).map_err(database)?;
        transaction.commit().map_err(database)?;
        Ok(rows > 0)
    }

    /// Drafts that the server lacks as they are here, the longest unsaved first.
    pub(crate) fn unsaved_drafts(&self) -> Result<Vec<Draft>> {
        let sql = format!(
            "SELECT {COLUMNS}, {DRAFT} WHERE unsaved_since IS NOT NULL ORDER BY unsaved_since, id LIMIT 100"
        );
        self.letters("draft", &sql, [], read)
    }

    /// Drafts that are to go from the server.
    pub(crate) fn thrown_drafts(&self) -> Result<Vec<ThrownDraft>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, server_version, handed FROM thrown_draft ORDER BY id LIMIT 100")
            .map_err(database)?;
        let rows = query.query_map([], |row| {
            Ok(ThrownDraft { id: storage::message_id(row, 0)?, server: ServerSide::read(row, 1)? })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// A draft is about to be handed to the server, which may have it from now on.
    pub(crate) fn note_draft_handed(&mut self, draft: &Draft) -> Result<()> {
        let mut server = draft.server.clone();
        server.hand(draft.written.letter.content_sum());
        self.connection
            .execute(
                "UPDATE draft SET handed = ?2 WHERE id = ?1",
                params![draft.written.id.to_string(), server.handed],
            )
            .map(drop)
            .map_err(database)
    }

    /// The server saved this content of a draft under this version. What was written meanwhile is still
    /// unsaved.
    pub(crate) fn note_draft_saved(&mut self, id: MessageId, sum: &[u8; 32], version: u64) -> Result<()> {
        self.connection
            .execute(
                "UPDATE draft SET server_version = ?3, handed = x'',
                        unsaved_since = CASE WHEN content_sum = ?2 THEN NULL ELSE unsaved_since END
                  WHERE id = ?1 AND coalesce(server_version, 0) <= ?3",
                params![id.to_string(), sum, version],
            )
            .map(drop)
            .map_err(database)
    }

    /// The server has a thrown draft no more, or never had it.
    pub(crate) fn forget_thrown_draft(&mut self, id: MessageId) -> Result<()> {
        self.connection
            .execute("DELETE FROM thrown_draft WHERE id = ?1", [id.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// The server is of another time: what it has of the drafts is to be found out anew.
    pub(crate) fn doubt_saved_drafts(&mut self, at: Timestamp) -> Result<()> {
        self.connection
            .execute(
                "UPDATE draft SET server_version = NULL, unsaved_since = coalesce(unsaved_since, ?1)",
                [at.unix_ms()],
            )
            .map(drop)
            .map_err(database)
    }

    /// Takes what the server has of a draft: from another device, from a time before, or what was handed
    /// over from here and never answered.
    pub(crate) fn take_server_draft(&mut self, id: MessageId, told: &ServerDraft) -> Result<TakenDraft> {
        let here = self.draft(id)?;
        let transaction = self.connection.transaction().map_err(database)?;
        let taken = match here {
            Some(here) => meet(&transaction, &here, told)?,
            None => arrive(&transaction, id, told)?,
        };
        transaction.commit().map_err(database)?;
        Ok(taken)
    }
}

/// A draft that is here as well.
fn meet(transaction: &Transaction<'_>, here: &Draft, told: &ServerDraft) -> Result<TakenDraft> {
    let id = here.written.id;
    if here.server.version.is_some_and(|known| told.version <= known) {
        return Ok(TakenDraft::Nothing);
    }
    let unsaved = here.unsaved_since.is_some();
    let sum = told.letter.as_ref().map(Letter::content_sum);
    match (&told.letter, sum) {
        // What was written here since outlives the end of what was there before.
        (None, _) if unsaved => follow(transaction, id, told.version, true)?,
        (None, _) => {
            execute(transaction, "DELETE FROM draft WHERE id = ?1", params![id.to_string()])?;
            return Ok(TakenDraft::Changed);
        }
        (Some(letter), _) if *letter == here.written.letter => {
            follow(transaction, id, told.version, false)?;
        }
        (Some(_), Some(sum)) if unsaved && here.server.may_have(&sum) => {
            follow(transaction, id, told.version, true)?;
        }
        (Some(letter), _) if unsaved => {
            put_copy(transaction, id, letter, told.saved_at)?;
            follow(transaction, id, told.version, true)?;
            return Ok(TakenDraft::Changed);
        }
        (Some(letter), _) => {
            let written = WrittenLetter { id, letter: letter.clone(), written_at: told.saved_at };
            put(transaction, &written)?;
            follow(transaction, id, told.version, false)?;
            return Ok(TakenDraft::Changed);
        }
    }
    Ok(TakenDraft::Nothing)
}

/// A draft that is not here: new, or on its way out as a letter, or thrown away.
fn arrive(transaction: &Transaction<'_>, id: MessageId, told: &ServerDraft) -> Result<TakenDraft> {
    let Some(letter) = &told.letter else {
        execute(transaction, "DELETE FROM thrown_draft WHERE id = ?1", params![id.to_string()])?;
        return Ok(TakenDraft::Nothing);
    };
    let sum = letter.content_sum();
    for (table, key) in [("outbox", "draft_id"), ("thrown_draft", "id")] {
        let known = transaction
            .query_row(
                &format!("SELECT server_version, handed FROM {table} WHERE {key} = ?1"),
                [id.to_string()],
                |row| ServerSide::read(row, 0),
            )
            .optional()
            .map_err(database)?;
        let Some(known) = known else { continue };
        if known.version.is_some_and(|known| told.version <= known) || known.may_have(&sum) {
            execute(
                transaction,
                &format!("UPDATE {table} SET server_version = ?2 WHERE {key} = ?1"),
                params![id.to_string(), told.version],
            )?;
            return Ok(TakenDraft::Nothing);
        }
        // Another device has written on: that is not what was sent or thrown away here.
    }
    execute(transaction, "DELETE FROM thrown_draft WHERE id = ?1", params![id.to_string()])?;
    put(transaction, &WrittenLetter { id, letter: letter.clone(), written_at: told.saved_at })?;
    follow(transaction, id, told.version, false)?;
    Ok(TakenDraft::Changed)
}

/// From now on the draft here follows this version of the server's.
fn follow(transaction: &Transaction<'_>, id: MessageId, version: u64, unsaved: bool) -> Result<()> {
    execute(
        transaction,
        "UPDATE draft SET server_version = ?2, unsaved_since = CASE WHEN ?3 THEN unsaved_since END,
                handed = CASE WHEN ?3 THEN handed ELSE x'' END
          WHERE id = ?1",
        params![id.to_string(), version, unsaved],
    )
}

/// Writes a draft as it is now, and gives its version; the server lacks it.
fn put(transaction: &Transaction<'_>, written: &WrittenLetter) -> Result<u64> {
    let version = next_version(transaction)?;
    letters::write(
        transaction,
        "INSERT INTO draft (id, recipients, subject, body, importance, content_sum, written_at, version,
             unsaved_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7)
         ON CONFLICT (id) DO UPDATE SET recipients = excluded.recipients, subject = excluded.subject,
             body = excluded.body, importance = excluded.importance, content_sum = excluded.content_sum,
             written_at = excluded.written_at, version = excluded.version,
             unsaved_since = coalesce(draft.unsaved_since, excluded.unsaved_since)",
        written,
        params![version],
    )?;
    adopt(transaction, written.id)?;
    Ok(version)
}

/// A draft that was thrown away and is written on is the same one for the server.
pub(super) fn adopt(transaction: &Transaction<'_>, id: MessageId) -> Result<()> {
    execute(
        transaction,
        "UPDATE draft SET server_version = thrown.server_version, handed = thrown.handed
           FROM thrown_draft thrown
          WHERE draft.id = ?1 AND thrown.id = ?1 AND draft.server_version IS NULL",
        params![id.to_string()],
    )?;
    execute(transaction, "DELETE FROM thrown_draft WHERE id = ?1", params![id.to_string()])
}

/// A version that no draft ever had.
pub(super) fn next_version(transaction: &Transaction<'_>) -> Result<u64> {
    transaction
        .query_row("UPDATE draft_version SET newest = newest + 1 RETURNING newest", [], |row| row.get(0))
        .map_err(database)
}

/// Keeps a letter that would be overwritten as a draft of its own. Its id comes from its content, so that
/// the same one is kept once, whichever device keeps it.
fn put_copy(transaction: &Transaction<'_>, of: MessageId, letter: &Letter, at: Timestamp) -> Result<()> {
    let id = ids::derived(of, "copy", &letter.content_sum());
    let there: bool = transaction
        .query_row("SELECT EXISTS (SELECT 1 FROM draft WHERE id = ?1)", [id.to_string()], |row| row.get(0))
        .map_err(database)?;
    if there || letter.is_empty() {
        return Ok(());
    }
    put(transaction, &WrittenLetter { id, letter: letter.clone(), written_at: at }).map(drop)
}

fn execute(transaction: &Transaction<'_>, sql: &str, params: impl rusqlite::Params) -> Result<()> {
    transaction.execute(sql, params).map(drop).map_err(database)
}

fn read(written: WrittenLetter, row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        written,
        version: row.get(7)?,
        server: ServerSide::read(row, 8)?,
        unsaved_since: row.get::<_, Option<i64>>(10)?.map(Timestamp::from_unix_ms),
    })
}

#[cfg(test)]
mod tests {
    use restante_model::Importance;

    use super::*;
    use crate::ledger::letters::samples::{NOW, id, letter, written};

    fn told(body: &str, version: u64) -> ServerDraft {
        ServerDraft { letter: Some(letter(body)), version, saved_at: NOW }
    }

    fn bodies(ledger: &Ledger) -> Vec<String> {
        let mut bodies: Vec<_> =
            ledger.drafts().unwrap().into_iter().map(|draft| draft.written.letter.body).collect();
        bodies.sort();
        bodies
    }

    #[test]
    fn an_empty_draft_never_takes_the_place_of_a_written_one() {
        let mut ledger = Ledger::open(None).unwrap();
        let empty =
            Letter { to: vec![], subject: String::new(), body: " \n".into(), importance: Importance::Normal };
        ledger.save_draft(&written(1, "long"), None).unwrap();
        ledger.save_draft(&WrittenLetter { letter: empty, ..written(1, "") }, None).unwrap();
        assert_eq!(ledger.draft(id(1)).unwrap().unwrap().written.letter, letter("long"));
    }

    #[test]
    fn a_save_upon_an_old_version_keeps_what_came_in_between() {
        let mut ledger = Ledger::open(None).unwrap();
        let base = ledger.save_draft(&written(1, "mine"), None).unwrap();
        ledger.note_draft_saved(id(1), &letter("mine").content_sum(), 1).unwrap();
        ledger.take_server_draft(id(1), &told("theirs", 2)).unwrap();
        assert_eq!(bodies(&ledger), ["theirs"]);
        ledger.save_draft(&written(1, "mine, longer"), Some(base)).unwrap();
        assert_eq!(bodies(&ledger), ["mine, longer", "theirs"]);
        assert_eq!(ledger.draft(id(1)).unwrap().unwrap().written.letter.body, "mine, longer");
    }

    #[test]
    fn what_was_handed_over_and_never_answered_is_known_again() {
        let mut ledger = Ledger::open(None).unwrap();
        ledger.save_draft(&written(1, "one"), None).unwrap();
        ledger.note_draft_handed(&ledger.draft(id(1)).unwrap().unwrap()).unwrap();
        ledger.save_draft(&written(1, "one, two"), None).unwrap();
        assert_eq!(ledger.take_server_draft(id(1), &told("one", 1)).unwrap(), TakenDraft::Nothing);
        let draft = ledger.draft(id(1)).unwrap().unwrap();
        assert_eq!((draft.written.letter.body.as_str(), draft.server.version), ("one, two", Some(1)));
        assert!(draft.unsaved_since.is_some());
    }

    #[test]
    fn a_draft_thrown_away_here_does_not_come_back_but_another_devices_next_words_do() {
        let mut ledger = Ledger::open(None).unwrap();
        ledger.take_server_draft(id(1), &told("one", 3)).unwrap();
        assert!(ledger.throw_draft(id(1)).unwrap());
        ledger.take_server_draft(id(1), &told("one", 3)).unwrap();
        assert_eq!(ledger.draft_count().unwrap(), 0);
        ledger.take_server_draft(id(1), &told("one, two", 4)).unwrap();
        assert_eq!(bodies(&ledger), ["one, two"]);
        assert!(ledger.thrown_drafts().unwrap().is_empty());
    }
}
