//! Each effect, done as the engine says; nothing is decided here.

use std::{ops::ControlFlow, sync::Arc};

use restante_engine::{
    Effect, Event,
    effect::{Answer, PopupCarrier},
    event::NotShown,
    examine_database,
};
use restante_local_api::Status;

use super::Agent;
use crate::{problems, scheduler::Task, server_client::ServerClient, settings_text};

impl Agent {
    pub(super) fn carry_out(&mut self, effect: Effect) -> ControlFlow<()> {
        match effect {
            Effect::FindToken(key) => self.find_token(key),
            Effect::KeepToken(key) => self.keep_token(key),
            Effect::ForgetToken(key) => {
                let server = self.server.take();
                self.forget_token(key, server);
            }
            Effect::ForgetTokenHere(key) => {
                self.server = None;
                self.forget_token(key, None);
            }
            Effect::GiveUpExchanges => self.exchanges.give_up(),
            Effect::ChangePassword { call, wish } => self.change_password(call, wish),
            Effect::SignIn { call, login } => self.sign_in(call, login),

            Effect::Check { since } => {
                self.ask_server(|server| async move { Event::Checked(server.changes(since.as_ref()).await) });
            }
            Effect::ReportDelivered { cursor } => self.ask_server(|server| async move {
                let outcome = server.delivered(cursor.clone()).await;
                Event::DeliveredReported { cursor, outcome }
            }),
            Effect::ReportMarks { mark, ids } => self.ask_server(move |server| async move {
                let outcome = server.marks(mark, ids.clone()).await;
                Event::MarksReported { mark, ids, outcome }
            }),
            Effect::Retract { call, id } => self.ask_server(move |server| async move {
                Event::RecipientsTold { call, id, outcome: server.retract(id).await }
            }),
            Effect::PullRecipients { call, id } => self.ask_server(move |server| async move {
                Event::RecipientsTold { call, id, outcome: server.recipients(id).await }
            }),
            Effect::Post { id, letter } => self.ask_server(move |server| async move {
                let outcome = server.post(id, &letter).await;
                Event::Posted { id, outcome }
            }),
            Effect::SaveDraft { id, base_version, letter } => self.ask_server(move |server| async move {
                let content_sum = letter.content_sum();
                let outcome = server.save_draft(id, base_version, letter).await;
                Event::DraftSaved { id, content_sum, outcome }
            }),
            Effect::ThrowDraft { id, base_version } => self.ask_server(move |server| async move {
                let outcome = server.throw_draft(id, base_version).await;
                Event::DraftThrown { id, outcome }
            }),
            Effect::PullSettings => {
                self.ask_server(|server| async move { Event::SettingsPulled(server.settings().await) });
            }
            Effect::PushInterval { wish, base_revision } => self.ask_server(move |server| async move {
                let outcome = server.push_interval(wish, base_revision).await;
                Event::IntervalPushed { wish, outcome }
            }),
            Effect::PullDirectory { tag } => {
                self.ask_server(|server| async move { Event::DirectoryPulled(server.directory(tag).await) });
            }

            Effect::Schedule { interval, first_run_at } => {
                self.scheduler.schedule(Task::CheckMail, interval, first_run_at);
            }
            Effect::Unschedule => self.scheduler.unschedule(Task::CheckMail),
            Effect::ScheduleChore { chore, interval, first_run_at } => {
                self.scheduler.schedule(Task::Chore(chore), interval, first_run_at);
            }
            Effect::UnscheduleChore(chore) => self.scheduler.unschedule(Task::Chore(chore)),
            Effect::WakeAt { at } => self.alarm.set(at),
            Effect::WriteInterval { wish } => {
                let outcome = settings_text::write_interval(&self.settings_sources.file, wish);
                self.tell(Event::IntervalWritten(outcome));
            }
            Effect::WriteSetting { call, key, value } => {
                let outcome = self.settings_sources.write(key, value.as_deref());
                self.tell(Event::SettingWritten { call, outcome });
            }

            Effect::SetTray(face) => {
                if let Some(tray) = &self.tray {
                    tray.set(face);
                }
            }
            Effect::ShowPopup(popup) => match (popup.carrier, &self.notifier) {
                (PopupCarrier::Window, _) => self.popup_windows.show(&popup),
                (PopupCarrier::Desktop, Some(notifier)) => notifier.show(popup),
                (PopupCarrier::Desktop, None) => {
                    let outcome = Err(NotShown::Absent);
                    self.tell(Event::PopupShown { popup: popup.id, outcome });
                }
            },
            Effect::AdoptPopup { popup, at_service } => {
                if let Some(notifier) = &self.notifier {
                    notifier.adopt(popup, at_service);
                }
            }
            Effect::WithdrawPopup(popup) => {
                self.popup_windows.withdraw(popup);
                if let Some(notifier) = &self.notifier {
                    notifier.withdraw(popup);
                }
            }
            Effect::AskCarrier { carrier, over_full_screen } => match (carrier, &self.notifier) {
                (PopupCarrier::Window, _) => self.popup_windows.ask(over_full_screen),
                (PopupCarrier::Desktop, Some(notifier)) => notifier.ask(over_full_screen),
                (PopupCarrier::Desktop, None) => {
                    self.tell(Event::CarrierAnswered { carrier, outcome: Err(NotShown::Absent) });
                }
            },
            Effect::OpenImportant { ids } => self.programs.open_important(ids, &self.socket),
            Effect::CloseImportant => self.programs.close_important(),
            Effect::Speak(messages) => self.speech.say(&messages),
            Effect::RunHook { command, about } => self.hooks.run(command, about),
            Effect::OpenWindow { what, id } => self.programs.open_window(what, id, &self.socket),

            Effect::LookThrough { database, path } => {
                let events = self.events.clone();
                tokio::task::spawn_blocking(move || {
                    let outcome = examine_database(database, &path).map(drop);
                    // Nobody listens any more once the agent ends.
                    let _ = events.send(Event::LookedThrough(outcome));
                });
            }

            Effect::Answer { call, answer } => {
                if let Some(reply) = self.waiting.remove(&call) {
                    let answer = match answer {
                        Ok(Answer::Status(status)) => Ok(Answer::Status(Box::new(self.in_words(*status)))),
                        answer => answer.map_err(|error| problems::of_ask(&error, &self.words)),
                    };
                    // Who asked may have gone meanwhile.
                    let _ = reply.send(answer);
                }
            }
            Effect::Publish => match self.engine.status() {
                Ok(status) => {
                    self.published.send_replace(Arc::new(self.in_words(status)));
                }
                Err(error) => tracing::error!(%error, "the state could not be read"),
            },
            Effect::Quit => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    /// What the engine says of itself, in the words of the person at this desktop.
    fn in_words(&self, status: Status) -> Status {
        let settings_problem = problems::of_settings(self.engine.settings_problems(), &self.words);
        Status { settings_problem, ..status }
    }

    /// Lets a task ask the server, and the loop go on; the answer comes as an event.
    fn ask_server<F>(&mut self, ask: impl FnOnce(ServerClient) -> F + Send + 'static)
    where
        F: Future<Output = Event> + Send + 'static,
    {
        let (server, http, words) = (self.server.clone(), self.http.clone(), Arc::clone(&self.words));
        self.exchanges.begin(async move {
            let server = match server {
                Some(server) => server,
                // Without a token the server says that it is missing, which is an answer as well.
                None => ServerClient::new(http.client().await, "", None, &words),
            };
            ask(server).await
        });
    }
}
