//! What the agent around the engine does, done by the story: the one place that knows every effect.

use std::sync::Arc;

use restante_agent::Plan;
use restante_engine::{
    Effect, Event,
    effect::{Answer, Popup, PopupContent},
    event::{Ask, CallId, NotShown, TokenFound, TokenProblem},
    settings_file,
};
use restante_local_api::KeyringState;
use restante_model::{Importance, Seconds};

use crate::{
    agenda::Happening,
    device::{Reply, Service},
    exchange::{Exchange, Task, Wire, client},
    marks::Mark,
    office::Office,
};

/// How long the notifier waits for a notification service that does not answer.
const HUNG_MS: i64 = 5_000;

impl Office {
    pub(crate) fn new_call(&mut self, device: usize) -> CallId {
        let device = &mut self.devices[device];
        device.next_call += 1;
        CallId(device.next_call)
    }

    /// A front end asks; `None` where the agent died over the answer, or will answer later.
    pub(crate) fn ask(&mut self, device: usize, ask: Ask) -> Option<Reply> {
        let call = self.new_call(device);
        self.tell(device, Event::Asked { call, ask });
        self.devices[device].replies.remove(&call.0)
    }

    /// Something happens to an agent: it decides, what it shows is looked at, and what it wants is done.
    pub(crate) fn tell(&mut self, device: usize, event: Event) {
        let now = self.devices[device].clock(self.agenda.now_ms());
        self.note(|office| format!("{} <- {}", office.devices[device].name, crate::words::event(&event)));
        let noted = match &event {
            Event::PopupShown { popup, outcome: Ok(_) | Err(NotShown::Absent) } => Some(*popup),
            _ => None,
        };
        let own = &mut self.devices[device];
        match &event {
            Event::Started { .. } => own.noted_nothing_yet = true,
            Event::Checked(_) => own.noted_nothing_yet = false,
            _ => {}
        }
        let Some(engine) = &mut own.engine else { return };
        let effects = engine.apply(event, now);
        if let Some(popup) = noted.filter(|_| !own.disk_full) {
            own.on_their_way.remove(&popup);
        }
        self.look(device);
        let alerts = |effect: &&Effect| matches!(effect, Effect::ShowPopup(_) | Effect::OpenImportant { .. });
        if self.devices[device].noted_nothing_yet && effects.iter().any(|effect| alerts(&effect)) {
            self.marks.hit(Mark::AlertRecovered);
        }
        for effect in &effects {
            if let Effect::ShowPopup(popup) = effect {
                // Written down as showing: after a crash it was perhaps shown, and stays in the count.
                self.devices[device].knows.hand_over(popup);
            }
        }
        if self.devices[device].disk_full {
            self.marks.hit(Mark::AgentDiskFull);
            // Between two things that are written down, as far as the disk can tell.
            if self.troubles.agents_die && !self.calm && self.chance.one_in(6) {
                return self.kill_agent(device);
            }
        }
        for effect in effects {
            // What must be neither doubled nor forgotten is where it hurts.
            let times = if alerts(&&effect) { 25 } else { 250 };
            if self.troubles.agents_die && !self.calm && self.chance.one_in(times) {
                self.marks.hit(Mark::AgentKilledAtEffect);
                return self.kill_agent(device);
            }
            self.carry_out(device, effect);
        }
    }

    fn carry_out(&mut self, device: usize, effect: Effect) {
        self.note(|office| format!("{} -> {}", office.devices[device].name, crate::words::effect(&effect)));
        match effect {
            Effect::FindToken(_) => {
                let found = match (&self.devices[device].token, self.devices[device].keyring_locked) {
                    (_, true) => {
                        self.marks.hit(Mark::KeyringLocked);
                        TokenFound::Problem(TokenProblem::Locked)
                    }
                    (Some(_), false) => TokenFound::Found(KeyringState::Ok),
                    (None, false) => TokenFound::None(KeyringState::Ok),
                };
                self.devices[device].has_token = matches!(found, TokenFound::Found(_));
                self.tell_later(device, 5, 1_000, Event::TokenFound(found));
            }
            Effect::KeepToken(_) => {
                self.tell_later(device, 5, 1_000, Event::TokenKept(Ok(KeyringState::Ok)));
            }
            // Nobody signs out or in by a front end here; a sign-in is told by the story.
            Effect::ForgetToken(_)
            | Effect::ForgetTokenHere(_)
            | Effect::ChangePassword { .. }
            | Effect::SignIn { .. } => {
                self.find("the agent dealt with a password that nobody gave it".into());
            }

            Effect::Check { since } => {
                // Whoever asks for mail is not silent, whatever it was that had him ask.
                self.devices[device].knows.quiet_since_ms = Some(self.agenda.now_ms());
                self.exchange(device, "changes", |client| {
                    Box::pin(async move { Event::Checked(client.changes(since.as_ref()).await) })
                });
            }
            Effect::ReportDelivered { cursor } => self.exchange(device, "delivered", |client| {
                Box::pin(async move {
                    let outcome = client.delivered(cursor.clone()).await;
                    Event::DeliveredReported { cursor, outcome }
                })
            }),
            Effect::ReportMarks { mark, ids } => self.exchange(device, "marks", move |client| {
                Box::pin(async move {
                    let outcome = client.marks(mark, ids.clone()).await;
                    Event::MarksReported { mark, ids, outcome }
                })
            }),
            Effect::Retract { call, id } => self.exchange(device, "retract", move |client| {
                Box::pin(async move { Event::RecipientsTold { call, id, outcome: client.retract(id).await } })
            }),
            Effect::PullRecipients { call, id } => self.exchange(device, "recipients", move |client| {
                Box::pin(
                    async move { Event::RecipientsTold { call, id, outcome: client.recipients(id).await } },
                )
            }),
            Effect::Post { id, letter } => self.exchange(device, "post", |client| {
                Box::pin(async move {
                    let outcome = client.post(id, &letter).await;
                    Event::Posted { id, outcome }
                })
            }),
            Effect::SaveDraft { id, base_version, letter } => self.exchange(device, "draft", |client| {
                Box::pin(async move {
                    let content_sum = letter.content_sum();
                    let outcome = client.save_draft(id, base_version, letter).await;
                    Event::DraftSaved { id, content_sum, outcome }
                })
            }),
            Effect::ThrowDraft { id, base_version } => self.exchange(device, "no draft", |client| {
                Box::pin(async move {
                    let outcome = client.throw_draft(id, base_version).await;
                    Event::DraftThrown { id, outcome }
                })
            }),
            Effect::PullSettings => self.exchange(device, "settings", |client| {
                Box::pin(async move { Event::SettingsPulled(client.settings().await) })
            }),
            Effect::PushInterval { wish, base_revision } => self.exchange(device, "interval", |client| {
                Box::pin(async move {
                    let outcome = client.push_interval(wish, base_revision).await;
                    Event::IntervalPushed { wish, outcome }
                })
            }),
            Effect::PullDirectory { tag } => self.exchange(device, "directory", |client| {
                Box::pin(async move { Event::DirectoryPulled(client.directory(tag).await) })
            }),

            Effect::Schedule { interval, first_run_at } => {
                let now = self.devices[device].clock(self.agenda.now_ms());
                let plan = Plan::new(interval, first_run_at, now);
                let knows = &mut self.devices[device].knows;
                // Whoever puts off or brings forward a run does not make a burst.
                knows.runs_ms.clear();
                knows.longest_interval = knows.longest_interval.max(Some(interval));
                self.devices[device].plan = Some(plan);
                self.look_at_the_clock_after(device, 1);
                self.tell_later(device, 0, 0, Event::Scheduled { next_run_at: Some(plan.next_run_at) });
            }
            Effect::Unschedule => {
                self.devices[device].plan = None;
                self.tell_later(device, 0, 0, Event::Scheduled { next_run_at: None });
            }
            Effect::ScheduleChore { chore, interval, first_run_at } => {
                let now = self.devices[device].clock(self.agenda.now_ms());
                let plan = Plan::new(interval, first_run_at, now);
                self.devices[device].chores.insert(chore, plan);
                self.look_at_the_clock_after(device, 1);
                let next_run_at = Some(plan.next_run_at);
                self.tell_later(device, 0, 0, Event::ChoreScheduled { chore, next_run_at });
            }
            Effect::UnscheduleChore(chore) => {
                self.devices[device].chores.remove(&chore);
                self.tell_later(device, 0, 0, Event::ChoreScheduled { chore, next_run_at: None });
            }
            Effect::GiveUpExchanges => {
                let life = self.devices[device].life;
                for exchange in self.exchanges.values_mut() {
                    exchange.given_up |= exchange.device == device && exchange.life == life;
                }
            }
            Effect::WakeAt { at } => {
                self.devices[device].alarm_at = at;
                self.set_alarm(device);
            }
            Effect::WriteInterval { wish } => {
                let own = &mut self.devices[device];
                let outcome = settings_file::with_check_interval(&own.settings, wish, "config.toml")
                    .map(|text| own.settings = text);
                self.tell_later(device, 1, 20, Event::IntervalWritten(outcome));
                self.settings_seen(device);
            }

            Effect::WriteSetting { call, key, value } => {
                let own = &mut self.devices[device];
                let outcome =
                    settings_file::with_setting(&own.settings, key, value.as_deref(), "config.toml")
                        .map(|text| own.settings = text)
                        .map_err(settings_file::SettingNotWritten::from);
                self.tell_later(device, 1, 20, Event::SettingWritten { call, outcome });
                self.settings_seen(device);
            }

            Effect::ShowPopup(popup) => self.show_popup(device, popup),
            Effect::WithdrawPopup(popup) => {
                if let Some(popup) = self.devices[device].popups.remove(&popup) {
                    self.marks.hit(Mark::PopupWithdrawn);
                    // Where it gives way to a summary, that one counts its message too.
                    let knows = &mut self.devices[device].knows;
                    knows.counted_again += match popup.content {
                        PopupContent::Message { id, .. } => {
                            u64::from(knows.inbox.get(&id).is_some_and(|row| row.bold))
                        }
                        PopupContent::Summary { count } => count,
                        PopupContent::ImportantSummary { .. }
                        | PopupContent::Expiring { .. }
                        | PopupContent::Connection { .. } => 0,
                    };
                }
            }
            Effect::AskCarrier { carrier, .. } => {
                let outcome = match self.devices[device].service {
                    Service::Here => Ok(()),
                    Service::Away | Service::Hung => Err(NotShown::Absent),
                };
                self.tell_later(device, 1, 300, Event::CarrierAnswered { carrier, outcome });
            }
            Effect::OpenImportant { ids } => {
                self.devices[device].knows.handed_important.extend(&ids);
                if !self.calm && self.chance.one_in(12) {
                    self.marks.hit(Mark::ImportantFailed);
                    let outcome = Err("no such program".into());
                    return self.tell_later(device, 1, 300, Event::ImportantOpened { ids, outcome });
                }
                self.marks.hit(Mark::ImportantOpened);
                self.devices[device].important.clone_from(&ids);
                self.devices[device].knows.shown_important.extend(&ids);
                self.tell_later(device, 1, 300, Event::ImportantOpened { ids, outcome: Ok(()) });
            }
            Effect::LookThrough { .. } => {
                self.find("databases in memory have no file to look through".into());
            }
            Effect::CloseImportant => {
                let ids = std::mem::take(&mut self.devices[device].important);
                self.tell_later(device, 1, 300, Event::ImportantClosed { ids });
            }

            Effect::Answer { call, answer } => {
                if let Ok(Answer::Check(_)) = &answer {
                    return;
                }
                self.devices[device].replies.insert(call.0, answer);
            }
            Effect::Quit => self.find("an agent quit although nobody told it to".into()),
            // What they show was looked at already; nobody has set a hook; no desktop here outlives its agent.
            Effect::AdoptPopup { .. }
            | Effect::Speak(_)
            | Effect::RunHook { .. }
            | Effect::SetTray(_)
            | Effect::Publish
            | Effect::OpenWindow { .. } => {}
        }
    }

    fn exchange(
        &mut self,
        device: usize,
        what: &'static str,
        task: impl FnOnce(restante_agent::ServerClient) -> Task,
    ) {
        let own = &self.devices[device];
        if own.knows.offline == Some(true) {
            return self.find(format!("{} asks for {what} although it is offline", own.name));
        }
        let Some(token) = own.token.clone().filter(|_| own.has_token) else {
            return self.find(format!("{} asks for {what} without a token", own.name));
        };
        let (life, http) = (own.life, self.http.clone());
        let fate = self.fate();
        let exchange =
            Exchange::begin(device, life, what, fate, |wire: Arc<Wire>| task(client(&http, &token, wire)));
        let number = self.number();
        self.exchanges.insert(number, exchange);
        let ms = self.chance.ms(1, 200);
        self.agenda.after(ms, Happening::RequestArrives(number));
    }

    /// The agent sees that its settings file changed.
    pub(crate) fn settings_seen(&mut self, device: usize) {
        let settings = self.devices[device].read_settings();
        self.tell_later(device, 20, 500, Event::SettingsEdited(settings));
    }

    fn show_popup(&mut self, device: usize, popup: Popup) {
        let id = popup.id;
        let own = &mut self.devices[device];
        let about = match &popup.content {
            PopupContent::Message { .. } => 1,
            PopupContent::Summary { count } => *count,
            PopupContent::ImportantSummary { .. }
            | PopupContent::Expiring { .. }
            | PopupContent::Connection { .. } => 0,
        };
        own.on_their_way.insert(id, about);
        let (outcome, ms) = match own.service {
            Service::Here => (Ok(None), 1),
            Service::Away => {
                self.marks.hit(Mark::ServiceAway);
                (Err(NotShown::Absent), 1)
            }
            Service::Hung => {
                self.marks.hit(Mark::ServiceHung);
                (Err(NotShown::Hung), HUNG_MS)
            }
        };
        if outcome.is_ok() {
            self.see_popup(device, popup);
        }
        self.tell_later(device, ms, ms + 300, Event::PopupShown { popup: id, outcome });
    }

    /// It is on the screen.
    fn see_popup(&mut self, device: usize, popup: Popup) {
        let knows = &mut self.devices[device].knows;
        let seen = match &popup.content {
            PopupContent::Message { id, .. } => {
                self.marks.hit(Mark::PopupShown);
                // What opens the window for important mail, and could not, may come again.
                let high = knows.inbox.get(id).is_some_and(|row| row.importance == Importance::High);
                knows.see_popup(*id, high)
            }
            PopupContent::Expiring { .. } | PopupContent::Connection { .. } => Ok(()),
            PopupContent::ImportantSummary { ids, .. } => {
                self.marks.hit(Mark::ImportantSummary);
                knows.shown_important.extend(ids);
                Ok(())
            }
            PopupContent::Summary { count } => {
                self.marks.hit(Mark::Summary);
                knows.summed += count;
                Ok(())
            }
        };
        let shown = knows.ordinary_popups() + knows.summed;
        let (ordinary, again) = (knows.ordinary(), knows.counted_again);
        self.found(device, seen);
        if shown > ordinary + again {
            let what = format!(
                "{shown} ordinary messages were announced, {ordinary} came, {again} of them perhaps twice"
            );
            self.found(device, Err(what));
        }
        self.devices[device].popups.insert(popup.id, popup);
    }

    /// The interval that is in force on a device, as it says.
    pub(crate) fn interval(&self, device: usize) -> Seconds {
        let status = self.devices[device].engine.as_ref().and_then(|engine| engine.status().ok());
        Seconds::new(status.map_or(0, |status| status.interval.seconds))
    }
}
