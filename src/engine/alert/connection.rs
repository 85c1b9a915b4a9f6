//! States of the connection that need a person: one calm popup for each change into one of them.

use restante_local_api::Connection;
use restante_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{About, Effect, Engine, Result};
use crate::effect::PopupContent;

/// What was said of the connection; kept in the ledger, so that a restart does not say it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConnectionAlert {
    /// The state that it is about.
    pub(crate) connection: Connection,
    /// Whether it was handed to the desktop; until then it is due.
    pub(crate) told: bool,
}

impl Engine {
    /// Notes that the connection came into a state that needs a person, or out of it.
    pub(super) fn note_connection(&mut self, now: Timestamp) -> Result<()> {
        let before = self.alerts.connection;
        match self.connection {
            Connection::SignedOut if self.alerts.revoked => {}
            Connection::OfficeUnavailable | Connection::ClientTooOld => {}
            Connection::Ok | Connection::SignedOut if before.is_some() => return self.forget_connection(),
            // Not to be reached says nothing of the state behind it.
            Connection::Ok | Connection::SignedOut | Connection::Unreachable | Connection::Untried => {
                return Ok(());
            }
        }
        if before.is_some_and(|alert| alert.connection == self.connection) {
            return Ok(());
        }
        self.forget_connection()?;
        self.set_connection_alert(Some(ConnectionAlert { connection: self.connection, told: false }))?;
        self.announce(now)
    }

    fn forget_connection(&mut self) -> Result<()> {
        self.set_connection_alert(None)?;
        let popups: Vec<_> = self.alerts.popups_about(|about| *about == About::Connection).collect();
        for popup in popups {
            self.alerts.popups.remove(&popup);
            self.alerts.outgoing.push(Effect::WithdrawPopup(popup));
        }
        Ok(())
    }

    pub(super) fn set_connection_alert(&mut self, alert: Option<ConnectionAlert>) -> Result<()> {
        if alert != self.alerts.connection {
            self.ledger.set_connection_alert(alert)?;
            self.alerts.connection = alert;
        }
        Ok(())
    }

    /// Whether something is to be said of the connection.
    pub(super) fn connection_due(&self) -> bool {
        self.alerts.connection.is_some_and(|alert| !alert.told)
    }

    /// Says it, written down first: like ordinary mail it is said at most once.
    pub(super) fn announce_connection(&mut self, now: Timestamp) -> Result<Option<Effect>> {
        // What was held back and is over by now is not said any more.
        let due = |alert: &ConnectionAlert| !alert.told && alert.connection == self.connection;
        let Some(alert) = self.alerts.connection.filter(due) else { return Ok(None) };
        if self.hush_at(now).ordinary_until().is_some() {
            return Ok(None);
        }
        let Some(carrier) = self.popup_carrier(self.settings.over_full_screen, now) else { return Ok(None) };
        self.set_connection_alert(Some(ConnectionAlert { told: true, ..alert }))?;
        let content =
            PopupContent::Connection { state: alert.connection, detail: self.connection_detail.clone() };
        Ok(Some(self.popup(About::Connection, content, carrier, now)))
    }
}
