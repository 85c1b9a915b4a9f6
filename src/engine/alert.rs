//! What is announced, when, and when it is taken back. Decided from the ledger, after a batch is complete;
//! a message alerts once a device (reliability, "What one alert means").

mod carriers;
mod connection;
mod expiry;
mod hook;
mod hush;
mod important;
mod important_popups;
mod popups;
mod rhythm;
mod service;
#[cfg(test)]
mod stories;

use std::collections::BTreeMap;

use restante_local_api::{AlertsStatus, Connection, NotificationsState, Trigger};
use restante_model::{Importance, LocalTime, MessageId, Timestamp};

pub(crate) use connection::ConnectionAlert;
pub(crate) use hush::{Hush, MAX_SNOOZE_SECONDS};
pub use rhythm::Rhythm;

use carriers::Carriers;
use popups::{About, OpenPopup};

use crate::{
    effect::{Effect, Mark},
    engine::{Engine, Result},
    event::PopupId,
    ledger::{DueAlert, Ledger},
};

/// How long after the start what was due before is announced, in milliseconds: a front end that waits for the agent has
/// its answer by then.
const FIRST_ALERT_AFTER_MS: i64 = 100;

/// How far the process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its databases are open; nothing is announced before it has its settings.
    Opened,
    /// It has its settings.
    Started,
    /// What was on its way to the screen when the process before ended is known.
    Recovered,
}

/// What is known of alerts since the start, and what of it the ledger says.
pub(crate) struct Alerts {
    /// How the clock on the wall is set.
    pub(crate) local: LocalTime,
    /// Popups handed out and not ended yet.
    popups: BTreeMap<PopupId, OpenPopup>,
    next_popup: u64,
    /// What the window for important mail shows; empty while it is closed.
    important: Vec<MessageId>,
    /// When the person asked for peace, and until when.
    snoozed: Option<(Timestamp, Timestamp)>,
    /// What is held back, as of the last event.
    hush: Hush,
    /// A batch of pages has begun; what it holds is announced when it is complete or given up.
    pub(crate) batch_open: bool,
    /// What was said of the connection.
    connection: Option<ConnectionAlert>,
    /// The server refused the token that it had given.
    pub(crate) revoked: bool,
    /// The bus name of the notification service.
    service: Option<String>,
    carriers: Carriers,
    pub(crate) stage: Stage,
    /// When something will be due next.
    next_at: Option<Timestamp>,
    /// When what was due at the start is announced, where nothing announces it sooner.
    begins_at: Option<Timestamp>,
    /// What goes to the desktop with the event at hand.
    outgoing: Vec<Effect>,
}

impl Alerts {
    pub(crate) fn open(ledger: &Ledger) -> Result<Self> {
        Ok(Self {
            local: LocalTime::default(),
            popups: BTreeMap::new(),
            next_popup: ledger.newest_popup()?.0 + 1,
            important: Vec::new(),
            snoozed: ledger.snoozed()?,
            hush: Hush::default(),
            batch_open: ledger.batch_open()?,
            connection: ledger.connection_alert()?,
            revoked: false,
            service: None,
            carriers: Carriers::default(),
            stage: Stage::Opened,
            next_at: None,
            begins_at: None,
            outgoing: Vec::new(),
        })
    }

    /// Another account signed in: nothing of the one before is announced any more.
    pub(crate) fn forget(&mut self) {
        self.batch_open = false;
        self.connection = None;
    }
}

impl Engine {
    /// Shows every alert that is due and not held back. What is to be shown goes out with the event, whatever
    /// fails behind it: the ledger says already that it is on its way.
    pub(crate) fn announce(&mut self, now: Timestamp) -> Result<()> {
        if self.alerts.batch_open || self.alerts.stage == Stage::Opened {
            return Ok(());
        }
        // Before this process shows anything, so that what stands as showing is another's.
        if self.alerts.stage == Stage::Started {
            self.ledger.recover_alerts()?;
            self.alerts.stage = Stage::Recovered;
        }
        self.alerts.begins_at = None;
        let hooks = self.run_hooks()?;
        self.alerts.outgoing.extend(hooks);
        self.ledger.begin_repeats(now)?;
        let hush = self.hush_at(now);
        if hush.ordinary_until().is_some() {
            self.ledger.hold_due_alerts(Importance::Normal, now)?;
        } else if self.ledger.has_due_alerts(Importance::Normal, now)? {
            let popups = self.announce_ordinary(now)?;
            self.alerts.outgoing.extend(popups);
        }
        if hush.important_until(self.settings.important_in_quiet_hours).is_some() {
            self.ledger.hold_due_alerts(Importance::High, now)?;
        } else if self.ledger.has_due_alerts(Importance::High, now)? {
            let shown = self.announce_important(now)?;
            self.alerts.outgoing.extend(shown);
        }
        let expiries = self.announce_expiries(now)?;
        self.alerts.outgoing.extend(expiries);
        let connection = self.announce_connection(now)?;
        self.alerts.outgoing.extend(connection);
        Ok(())
    }

    /// What alerts have to say to the desktop since it was last taken.
    pub(crate) fn take_alerts(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.alerts.outgoing)
    }

    /// The settings changed: what they held back or could not show may go out now.
    pub(crate) fn announce_by_new_settings(&mut self, now: Timestamp) -> Result<()> {
        self.ledger.follow_rhythm(self.settings.important_rhythm)?;
        self.alerts.carriers.try_all();
        self.announce(now)
    }

    /// What was due when the agent ended is due still, with or without a server. It may be much, and whoever waits for
    /// the agent's first answer does not wait for that.
    pub(crate) fn announce_after_start(&mut self, now: Timestamp) -> Result<()> {
        self.ledger.follow_rhythm(self.settings.important_rhythm)?;
        self.alerts.begins_at = Some(now.plus_ms(FIRST_ALERT_AFTER_MS));
        Ok(())
    }

    /// What is due of this importance: asked for only where it can be shown, since it may be the whole mailbox. What
    /// was read meanwhile is due no longer.
    fn due(&mut self, importance: Importance, now: Timestamp) -> Result<Vec<DueAlert>> {
        let (mut due, mut settled) = (Vec::new(), Vec::new());
        for alert in self.ledger.due_alerts(importance, now)? {
            if self.cache.unread_message(alert.message_id)? {
                due.push(alert);
            } else if self.cache.has(alert.message_id)? {
                settled.push(alert.message_id);
            }
            // One that is not here yet was noted before a crash: the next page decides.
        }
        self.ledger.settle_alerts(&settled, now)?;
        Ok(due)
    }

    /// These messages are no longer unread, or the person knows of them: what announces them goes away.
    pub(crate) fn withdraw(&mut self, ids: &[MessageId], now: Timestamp) -> Result<Vec<Effect>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.ledger.settle_alerts(ids, now)?;
        self.take_down(ids, now)
    }

    fn take_down(&mut self, ids: &[MessageId], now: Timestamp) -> Result<Vec<Effect>> {
        let mut effects = self.take_back_popups(ids, |_| true, now)?;
        effects.extend(self.take_back_important(ids));
        Ok(effects)
    }

    /// The person opened a message; `None` where it is not here. Written down first, told to the server
    /// when it can be.
    pub(crate) fn mark_read(&mut self, id: MessageId, now: Timestamp) -> Result<Option<Vec<Effect>>> {
        if !self.cache.unread_message(id)? {
            return Ok(self.cache.message(id)?.map(|_| Vec::new()));
        }
        self.ledger.note_mark(Mark::Read, id, now)?;
        self.ledger.forget_kept_unread(id)?;
        self.cache.mark_read(id)?;
        self.mailbox_revision += 1;
        let mut effects = self.withdraw(&[id], now)?;
        effects.extend(self.start_run(Trigger::Send, now)?);
        Ok(Some(effects))
    }

    /// More pages follow this one: nothing is announced until they are here, or the run is given up.
    pub(crate) fn open_batch(&mut self, more: bool) -> Result<()> {
        if more && !self.alerts.batch_open {
            self.ledger.set_batch_open(true)?;
            self.alerts.batch_open = true;
        }
        Ok(())
    }

    /// The batch is complete, or will not be for now.
    pub(crate) fn close_batch(&mut self) -> Result<()> {
        if std::mem::take(&mut self.alerts.batch_open) {
            self.ledger.set_batch_open(false)?;
            self.cache.no_more_come()?;
        }
        Ok(())
    }

    /// After every event: announces what has become due by it or by the time, and notes when something
    /// next will be.
    pub(crate) fn follow_alerts(&mut self, now: Timestamp) -> Result<()> {
        if self.alerts.stage == Stage::Opened {
            return Ok(());
        }
        if self.alerts.batch_open && self.run.is_none() && !self.token_sought {
            self.close_batch()?;
            self.announce(now)?;
        }
        self.note_connection(now)?;
        if self.alerts.next_at.is_some_and(|at| at <= now) {
            self.announce(now)?;
        }
        self.alerts.hush = self.hush_at(now);
        self.alerts.next_at = self.next_alert(now)?;
        Ok(())
    }

    /// When something will be due next, as of the last event.
    pub(crate) fn alerts_need_wake(&self) -> Option<Timestamp> {
        self.alerts.next_at
    }

    fn next_alert(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let hush = self.alerts.hush;
        let mut moments = vec![self.ledger.next_reminder(now)?, hush.snoozed_until, self.alerts.begins_at];
        if self.connection_due()
            || self.ledger.has_due_alerts(Importance::Normal, now)?
            || self.ledger.has_due_expiry_warnings()?
        {
            moments.push(hush.ordinary_until().or_else(|| self.alerts.patience_ends_at()));
        }
        if self.ledger.has_due_alerts(Importance::High, now)? {
            moments.push(hush.important_until(self.settings.important_in_quiet_hours));
        }
        Ok(moments.into_iter().flatten().filter(|at| *at > now).min())
    }

    /// What front ends are told of alerts.
    pub(crate) fn alerts_status(&self) -> AlertsStatus {
        AlertsStatus {
            snoozed_until: self.alerts.hush.snoozed_until,
            quiet_until: self.alerts.hush.quiet_until,
        }
    }

    /// The notification service came, went or hung.
    pub(crate) fn notifications_changed(&mut self, state: NotificationsState, now: Timestamp) -> Result<()> {
        self.carriers.notifications = state;
        match state {
            NotificationsState::Ok => {
                self.alerts.carriers.service_came();
                self.announce(now)
            }
            NotificationsState::Absent | NotificationsState::Hung => Ok(()),
        }
    }

    /// The server refused the token.
    pub(crate) fn token_refused(&mut self) {
        self.signed_in = false;
        self.alerts.revoked = true;
        self.connection = Connection::SignedOut;
    }
}
