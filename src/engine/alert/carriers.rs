//! By whom popups are shown now, and when one that was turned away is tried again.
//!
//! What a popup tells of is written down message by message before it is shown: to try one of a hundred thousand messages
//! costs as much as they are many. So a carrier that turned one away is asked first whether it would take one now, at
//! each check, and nothing is written while it would not.

use restante_local_api::NotificationsState;
use restante_model::Timestamp;

use super::{Alerts, Effect, Engine, Result};
use crate::{
    effect::{OverFullScreen, PopupCarrier},
    event::NotShown,
    settings_file::Carrier,
};

/// How long a notification service may take to come (at login it often comes later than we) before our
/// own corner window stands in for it, in milliseconds.
const PATIENCE_MS: i64 = 30_000;

/// What is known of those that show popups.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carriers {
    /// Since when something waits for a notification service that does not answer.
    away_since: Option<Timestamp>,
    /// Who turned the last popup away, and why.
    turned_away: Option<(PopupCarrier, NotShown)>,
    /// Our own corner window could not be shown: there is no screen, say. New settings or a new start try again.
    window_failed: bool,
    /// The window for important mail could not be shown. More important mail, new settings, an hour or a new start try
    /// again; each time it falls back on a popup that is taken, too.
    important_window_failed: bool,
}

impl Carriers {
    /// A popup was turned away.
    pub(super) fn turned_away(&mut self, by: PopupCarrier, why: NotShown) {
        self.turned_away = Some((by, why));
    }

    /// A popup was taken, or would be.
    pub(super) fn take_popups(&mut self) {
        self.turned_away = None;
    }

    /// A notification service is there and answers.
    pub(super) fn service_came(&mut self) {
        self.away_since = None;
        self.take_popups();
    }

    /// New settings: all of them are worth another try.
    pub(super) fn try_all(&mut self) {
        *self = Self { away_since: self.away_since, ..Self::default() };
    }

    pub(super) fn window_failed(&mut self) {
        self.window_failed = true;
    }

    pub(super) fn important_window_fails(&mut self) {
        self.important_window_failed = true;
    }
}

impl Alerts {
    /// When our own window stands in for the service that is waited for.
    pub(super) fn patience_ends_at(&self) -> Option<Timestamp> {
        self.carriers.away_since.map(|since| since.plus_ms(PATIENCE_MS))
    }

    /// Whether the window for important mail could not be shown when it was last tried.
    pub(super) fn important_window_failed(&self) -> bool {
        self.carriers.important_window_failed
    }
}

impl Engine {
    /// By what a popup is shown now; `None` where it has to wait. Where it waits for a carrier that turned one away,
    /// that one is asked.
    pub(super) fn popup_carrier(&mut self, over: OverFullScreen, now: Timestamp) -> Option<PopupCarrier> {
        let carrier = self.carrier_in_turn(now)?;
        let over_full_screen = match self.alerts.carriers.turned_away {
            Some((by, NotShown::FullScreen)) if by == carrier && over == OverFullScreen::GivesWay => over,
            Some((by, NotShown::Absent | NotShown::Hung)) if by == carrier => OverFullScreen::Shown,
            Some(_) | None => return Some(carrier),
        };
        let ask = Effect::AskCarrier { carrier, over_full_screen };
        if !self.alerts.outgoing.contains(&ask) {
            self.alerts.outgoing.push(ask);
        }
        None
    }

    /// Whether important mail has neither a window nor a popup to come in.
    pub(super) fn important_waits(&mut self, now: Timestamp) -> bool {
        self.alerts.important_window_failed() && self.popup_carrier(OverFullScreen::Shown, now).is_none()
    }

    /// The window for important mail is worth another try.
    pub(crate) fn try_important_window(&mut self) {
        self.alerts.carriers.important_window_failed = false;
    }

    fn carrier_in_turn(&mut self, now: Timestamp) -> Option<PopupCarrier> {
        let window = !self.alerts.carriers.window_failed;
        if self.settings.ordinary == Carrier::Window && window {
            return Some(PopupCarrier::Window);
        }
        let state = self.carriers.notifications;
        if state == NotificationsState::Ok {
            return Some(PopupCarrier::Desktop);
        }
        self.alerts.carriers.away_since.get_or_insert(now);
        match state {
            _ if window && self.alerts.patience_ends_at().is_some_and(|end| end <= now) => {
                Some(PopupCarrier::Window)
            }
            // It would lie unseen in front of a service that does not look.
            NotificationsState::Hung => None,
            // The bus may start one when it is asked for.
            NotificationsState::Absent | NotificationsState::Ok => Some(PopupCarrier::Desktop),
        }
    }

    /// A carrier that was asked says whether it would take a popup now.
    pub(crate) fn carrier_answered(
        &mut self,
        carrier: PopupCarrier,
        outcome: std::result::Result<(), NotShown>,
        now: Timestamp,
    ) -> Result<()> {
        match outcome {
            Ok(()) => {
                self.alerts.carriers.take_popups();
                self.announce(now)
            }
            Err(why) => {
                self.alerts.carriers.turned_away(carrier, why);
                Ok(())
            }
        }
    }
}
