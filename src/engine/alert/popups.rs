//! Popups in the corner: which are shown, by whom, and what becomes of them.

use std::collections::HashSet;

use restante_local_api::ShowWhat;
use restante_model::{Importance, MessageId, Timestamp};

use super::{Alerts, ConnectionAlert, Effect, Engine, Result};
use crate::{
    effect::{OverFullScreen, Popup, PopupCarrier, PopupContent},
    event::{NotShown, PopupAction, PopupId, ServicePopup},
    ledger::{AlertState, PopupAbout, ShownPopup},
    settings_file::{Carrier, Preview, Sound},
};

/// More messages than this at once are one summary, and so are more than this on the screen.
pub(super) const MAX_POPUPS: usize = 3;
/// How much later somebody is reminded who asks for it from a popup; its words name it.
const LATER_SECONDS: u64 = 600;
/// What the desktop plays for new mail (freedesktop.org, "Sound Naming Specification").
const NEW_MAIL_SOUND: &str = "message-new-email";

/// A popup that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenPopup {
    pub(super) about: About,
    pub(super) carrier: PopupCarrier,
}

/// What a popup is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Ordinary mail.
    Messages(Vec<MessageId>),
    /// Important mail, newest first.
    Important(Vec<MessageId>),
    /// That these expire soon.
    Expiry(Vec<MessageId>),
    Connection,
}

impl About {
    /// The messages whose alert it is.
    pub(super) fn messages(&self) -> &[MessageId] {
        match self {
            Self::Messages(ids) | Self::Important(ids) => ids,
            Self::Expiry(_) | Self::Connection => &[],
        }
    }

    fn kind(&self) -> PopupAbout {
        match self {
            Self::Messages(_) | Self::Important(_) => PopupAbout::Messages,
            Self::Expiry(_) => PopupAbout::Expiry,
            Self::Connection => PopupAbout::Connection,
        }
    }
}

impl Alerts {
    pub(super) fn popups_about(&self, is_so: impl Fn(&About) -> bool) -> impl Iterator<Item = PopupId> {
        self.popups.iter().filter(move |(_, open)| is_so(&open.about)).map(|(id, _)| *id)
    }

    pub(super) fn open_popup(&self, popup: PopupId) -> Option<&OpenPopup> {
        self.popups.get(&popup)
    }

    pub(super) fn forget_popup(&mut self, popup: PopupId) {
        self.popups.remove(&popup);
    }
}

impl Engine {
    /// Ordinary mail: written down as showing first, then shown, at most once.
    pub(super) fn announce_ordinary(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let off = self.settings.ordinary == Carrier::Off;
        let carrier = if off { None } else { self.popup_carrier(self.settings.over_full_screen, now) };
        if carrier.is_none() && !off {
            return Ok(Vec::new());
        }
        let due = self.due(Importance::Normal, now)?;
        let ids: Vec<_> = due.iter().map(|alert| alert.message_id).collect();
        let Some(carrier) = carrier.filter(|_| !ids.is_empty()) else {
            self.ledger.settle_alerts(&ids, now)?;
            return Ok(Vec::new());
        };
        let held = due.iter().any(|alert| alert.held);
        let (beside, important) = match carrier {
            PopupCarrier::Window => (
                self.windows_open(|about| matches!(about, About::Messages(_))),
                self.windows_open(|about| matches!(about, About::Important(_))),
            ),
            // What the desktop's service does with many is its own affair.
            PopupCarrier::Desktop => (Vec::new(), Vec::new()),
        };
        let ordinary = ids.len() + beside.len();
        let too_many = ordinary > 1 && ordinary + important.len() > MAX_POPUPS;
        self.noted_as_showing(&ids, now, |engine| {
            if too_many || ids.len() > 1 && held {
                return engine.summary(ids.clone(), &beside, carrier, now);
            }
            let popup = |id: &MessageId| engine.message_popup(About::Messages(vec![*id]), *id, carrier, now);
            ids.iter().map(popup).collect()
        })
    }

    /// Makes popups, and has them on their way once that is written down: neither where one of both fails.
    pub(super) fn noted_as_showing(
        &mut self,
        ids: &[MessageId],
        now: Timestamp,
        popups: impl FnOnce(&mut Self) -> Result<Vec<Effect>>,
    ) -> Result<Vec<Effect>> {
        let before = self.alerts.popups.clone();
        let noted = popups(self).and_then(|effects| {
            self.ledger.set_alerts(ids, AlertState::Showing, now)?;
            Ok(effects)
        });
        if noted.is_err() {
            self.alerts.popups = before;
        }
        noted
    }

    fn windows_open(&self, such: impl Fn(&About) -> bool) -> Vec<PopupId> {
        let open = self.alerts.popups.iter();
        let windows = open.filter(|(_, open)| open.carrier == PopupCarrier::Window && such(&open.about));
        windows.map(|(id, _)| *id).collect()
    }

    /// One popup for all of these, for those in the popups that it takes the place of, and for those of
    /// which nobody knows whether they were shown.
    fn summary(
        &mut self,
        mut ids: Vec<MessageId>,
        in_place_of: &[PopupId],
        carrier: PopupCarrier,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        for popup in in_place_of {
            if let Some(open) = self.alerts.popups.remove(popup) {
                ids.extend(open.about.messages());
                effects.push(Effect::WithdrawPopup(*popup));
            }
        }
        for id in self.ledger.doubtful_alerts()? {
            if self.cache.unread_message(id)? {
                ids.push(id);
            }
        }
        let content = PopupContent::Summary { count: ids.len() as u64 };
        effects.push(self.popup(About::Messages(ids), content, carrier, now));
        Ok(effects)
    }

    /// A popup about one message, in place of the one about it that is there.
    pub(super) fn message_popup(
        &mut self,
        about: About,
        id: MessageId,
        carrier: PopupCarrier,
        now: Timestamp,
    ) -> Result<Effect> {
        let content = self.message_content(id)?;
        Ok(self.popup(about, content, carrier, now))
    }

    /// What is told of one message: no more of it than the person wants others to see or hear.
    pub(super) fn message_content(&self, id: MessageId) -> Result<PopupContent> {
        let shown = self.settings.preview == Preview::Shown;
        let message = self.cache.message(id)?;
        Ok(PopupContent::Message {
            id,
            important: message.as_ref().is_some_and(|it| it.row.importance == Importance::High),
            from: message.as_ref().filter(|_| shown).map(|it| it.row.from.clone()),
            subject: message.filter(|_| shown).map(|it| it.row.subject),
        })
    }

    pub(super) fn popup(
        &mut self,
        about: About,
        content: PopupContent,
        carrier: PopupCarrier,
        now: Timestamp,
    ) -> Effect {
        let there = self.alerts.popups_about(|other| *other == about).next();
        self.popup_under(there, about, content, carrier, now)
    }

    /// The same under a number that is there already, and so in place of that one.
    pub(super) fn popup_under(
        &mut self,
        there: Option<PopupId>,
        about: About,
        content: PopupContent,
        carrier: PopupCarrier,
        now: Timestamp,
    ) -> Effect {
        let id = there.unwrap_or(PopupId(self.alerts.next_popup));
        self.alerts.next_popup = self.alerts.next_popup.max(id.0 + 1);
        let quiet = self.hush_at(now).quiet_until.is_some();
        let sound = match &self.settings.sound {
            _ if quiet => None,
            Sound::Off => None,
            Sound::NewMail => Some(NEW_MAIL_SOUND.to_owned()),
            Sound::Named(name) => Some(name.clone()),
        };
        let over_full_screen = match &content {
            PopupContent::Message { important: true, .. } | PopupContent::ImportantSummary { .. } => {
                OverFullScreen::Shown
            }
            _ => self.settings.over_full_screen,
        };
        self.alerts.popups.insert(id, OpenPopup { about, carrier });
        Effect::ShowPopup(Popup { id, content, carrier, sound, over_full_screen })
    }

    /// Of the popups about such things, one that is about these alone goes away; one that is about others too stays,
    /// and where it counts important mail its number is mended.
    pub(super) fn take_back_popups(
        &mut self,
        ids: &[MessageId],
        such: impl Fn(&About) -> bool,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let ids: HashSet<_> = ids.iter().collect();
        let (mut effects, mut fewer) = (Vec::new(), Vec::new());
        self.alerts.popups.retain(|popup, open| {
            if !such(&open.about) {
                return true;
            }
            let important = matches!(open.about, About::Important(_));
            let (About::Messages(about) | About::Important(about) | About::Expiry(about)) = &mut open.about
            else {
                return true;
            };
            let before = about.len();
            about.retain(|id| !ids.contains(id));
            if about.is_empty() {
                effects.push(Effect::WithdrawPopup(*popup));
            } else if important && about.len() < before {
                fewer.push(*popup);
            }
            !about.is_empty()
        });
        for popup in fewer {
            effects.extend(self.correct_important(popup, now)?);
        }
        Ok(effects)
    }

    /// The carrier took a popup, or not.
    pub(crate) fn popup_shown(
        &mut self,
        popup: PopupId,
        outcome: std::result::Result<Option<ServicePopup>, NotShown>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let Some(open) = self.alerts.popups.get(&popup).cloned() else { return Ok(Vec::new()) };
        match outcome {
            Ok(at_service) => {
                self.alerts.carriers.take_popups();
                let about = open.about.kind();
                let shown = at_service.map(|at_service| ShownPopup { id: popup, about, at_service });
                match (&open.about, &shown) {
                    (About::Expiry(ids), Some(shown)) => self.ledger.expiry_shown(ids, shown)?,
                    (About::Expiry(_), None) => {}
                    (About::Messages(_) | About::Important(_) | About::Connection, shown) => {
                        let rhythm = self.settings.important_rhythm;
                        self.ledger.alerts_shown(open.about.messages(), shown.as_ref(), rhythm, now)?;
                    }
                }
            }
            // It may yet appear on the screen, so it stays `showing`: at most one popup.
            Err(NotShown::Hung) => {
                let service = self.alerts.service.clone().unwrap_or_default();
                self.ledger.note_unanswered(open.about.messages(), &service)?;
            }
            Err(why @ NotShown::Absent) => {
                self.alerts.carriers.turned_away(open.carrier, why);
                self.not_shown(popup, now)?;
            }
            // It is told with what comes meanwhile, at the first check that finds the screen free.
            Err(why @ NotShown::FullScreen) => {
                self.alerts.carriers.turned_away(open.carrier, why);
                self.not_shown(popup, now)?;
                self.ledger.hold_alerts(open.about.messages())?;
            }
        }
        Ok(Vec::new())
    }

    fn not_shown(&mut self, popup: PopupId, now: Timestamp) -> Result<()> {
        match self.alerts.popups.remove(&popup).map(|open| open.about) {
            Some(About::Messages(ids) | About::Important(ids)) => self.ledger.alerts_not_shown(&ids, now)?,
            Some(About::Expiry(ids)) => self.ledger.set_expiry_told(&ids, false)?,
            Some(About::Connection) => {
                let due = self.alerts.connection.map(|alert| ConnectionAlert { told: false, ..alert });
                self.set_connection_alert(due)?;
            }
            None => {}
        }
        Ok(())
    }

    /// Our own corner window is not to be had: the notification service is asked instead.
    pub(crate) fn popup_window_failed(&mut self, popup: PopupId, reason: &str, now: Timestamp) -> Result<()> {
        tracing::warn!(reason, "a popup of our own could not be shown");
        self.alerts.carriers.window_failed();
        self.not_shown(popup, now)?;
        self.announce(now)
    }

    /// The person acted on a popup, or it went away.
    pub(crate) fn popup_ended(
        &mut self,
        popup: PopupId,
        action: PopupAction,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        self.ledger.forget_popup(popup)?;
        let Some(open) = self.alerts.popups.remove(&popup) else { return Ok(Vec::new()) };
        match action {
            PopupAction::Closed => Ok(Vec::new()),
            PopupAction::Open => {
                let of = match open.about {
                    About::Important(ids) => return self.open_important_popup(ids, now),
                    About::Messages(ids) => {
                        self.ledger.settle_alerts(&ids, now)?;
                        ids
                    }
                    About::Expiry(ids) => ids,
                    About::Connection => Vec::new(),
                };
                let id = if let [id] = of[..] { Some(id) } else { None };
                Ok(vec![Effect::OpenWindow { what: ShowWhat::Mailbox, id }])
            }
            PopupAction::MarkRead => {
                let mut effects = Vec::new();
                for id in open.about.messages() {
                    effects.extend(self.mark_read(*id, now)?.unwrap_or_default());
                }
                Ok(effects)
            }
            PopupAction::Later => {
                let mut effects = Vec::new();
                for id in open.about.messages() {
                    effects.extend(self.remind_later(*id, LATER_SECONDS, now)?.unwrap_or_default());
                }
                Ok(effects)
            }
        }
    }
}
