//! Popups that the notification service shows, so that the next process of the agent knows them too (row B6).

use restante_model::MessageId;
use rusqlite::{Transaction, params};

use super::{Ledger, Result, database};
use crate::{
    event::{PopupId, ServicePopup},
    storage,
};

/// What a popup of the ledger tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PopupAbout {
    Messages,
    Connection,
    Expiry,
}

impl PopupAbout {
    fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Connection => "connection",
            Self::Expiry => "expiry",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Messages, Self::Connection, Self::Expiry].into_iter().find(|about| about.as_str() == name)
    }
}

/// A popup that the service took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownPopup {
    pub(crate) id: PopupId,
    pub(crate) about: PopupAbout,
    pub(crate) at_service: ServicePopup,
}

impl Ledger {
    /// The largest number of a popup here, so that none is given twice.
    pub(crate) fn newest_popup(&self) -> Result<PopupId> {
        let newest = self.connection.query_row("SELECT coalesce(max(id), 0) FROM popup", [], |row| {
            row.get(0).map(i64::cast_unsigned)
        });
        newest.map(PopupId).map_err(database)
    }

    /// The popups that this service has, and the messages that each tells of. What another one had went with it,
    /// and is forgotten.
    pub(crate) fn popups_of(&mut self, service: &str) -> Result<Vec<(ShownPopup, Vec<MessageId>)>> {
        let transaction = self.connection.transaction().map_err(database)?;
        let found =
            forget_others(&transaction, service).and_then(|()| read(&transaction)).map_err(database)?;
        transaction.commit().map_err(database)?;
        Ok(found)
    }

    /// It is on the screen no more.
    pub(crate) fn forget_popup(&mut self, popup: PopupId) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM popup WHERE id = ?1")
            .and_then(|mut delete| delete.execute([popup.0.cast_signed()]))
            .map(drop)
            .map_err(database)
    }
}

/// Within the transaction that says that it is shown.
pub(super) fn note(transaction: &Transaction<'_>, popup: &ShownPopup) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO popup (id, about, service, number) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET about = excluded.about, service = excluded.service,
                 number = excluded.number",
        )?
        .execute(params![
            popup.id.0.cast_signed(),
            popup.about.as_str(),
            popup.at_service.service,
            popup.at_service.number
        ])
        .map(drop)
}

fn forget_others(transaction: &Transaction<'_>, service: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM popup WHERE service <> ?1", [service]).map(drop)
}

fn read(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<(ShownPopup, Vec<MessageId>)>> {
    let mut popups = transaction.prepare("SELECT id, about, service, number FROM popup ORDER BY id")?;
    let mut messages = transaction.prepare(
        "SELECT message_id FROM alert WHERE popup = ?1
         UNION ALL SELECT message_id FROM expiry_warning WHERE popup = ?1 ORDER BY message_id",
    )?;
    let shown = popups.query_map([], |row| {
        Ok(ShownPopup {
            id: PopupId(row.get::<_, i64>(0)?.cast_unsigned()),
            about: storage::named(row, 1, PopupAbout::from_name)?,
            at_service: ServicePopup { service: row.get(2)?, number: row.get(3)? },
        })
    })?;
    shown
        .map(|popup| {
            let popup = popup?;
            let ids = messages.query_map([popup.id.0.cast_signed()], |row| storage::message_id(row, 0))?;
            let ids = ids.collect::<rusqlite::Result<_>>()?;
            Ok((popup, ids))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    /// A ledger as version 2 of the schema left it.
    #[test]
    fn alerts_of_the_second_schema_stay_and_have_no_popup() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let id = "01936a70-1b3c-7000-8000-000000000001";
        let old = Connection::open(&path).unwrap();
        old.execute_batch(include_str!("schema_1.sql")).unwrap();
        old.execute_batch(include_str!("schema_2.sql")).unwrap();
        old.execute_batch(&format!(
            "INSERT INTO alert (message_id, importance, state, at) VALUES ('{id}', 'high', 'shown', 1);
             PRAGMA user_version = 2",
        ))
        .unwrap();
        drop(old);
        let mut ledger = Ledger::open(Some(&path)).unwrap();
        assert_eq!(ledger.alert_state(id.parse().unwrap()).as_deref(), Some("shown"));
        assert_eq!(
            (ledger.newest_popup().unwrap(), ledger.popups_of("any").unwrap()),
            (PopupId(0), Vec::new())
        );
        assert_eq!(ledger.set_aside(), None);
    }
}
