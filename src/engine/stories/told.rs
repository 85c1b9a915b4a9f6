//! Stories in files: what happens, a line each, and below it what the agent does. The lines of what it does
//! are written anew with `RESTANTE_UPDATE_STORIES=1 cargo test -p restante-engine told`.

use std::{fmt::Write as _, path::PathBuf};

use restante_local_api::{FolderOrder, KeyringState, Mode, NotificationsState, Undo};
use restante_model::{DeliveryState, Folder, Importance, Letter, MessageId};
use restante_server_api::{Change, Problem, ProblemKind, RemovedReason};

use super::{Story, at, id, person, received, settings};
use crate::{
    Effect, Engine, Event,
    effect::PopupContent,
    event::{Ask, CallId, PageStart, PopupAction, PopupId, ServerError, TokenFound},
    settings_file::{self, SettingsFile},
};

/// Begins a line that the runner writes.
const DONE: &str = "    ";

struct Teller {
    story: Story,
    folder: tempfile::TempDir,
    settings: SettingsFile,
    written: String,
}

impl Teller {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(
            Some(&folder.path().join("ledger.sqlite")),
            Some(&folder.path().join("cache.sqlite")),
        );
        let story = Story::with(engine.unwrap());
        Self { story, folder, settings: SettingsFile::default(), written: String::new() }
    }

    /// Lets the event happen and all that follows from it, and writes down what the agent does.
    fn happens(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            self.story.now = self.story.now.plus_ms(1);
            for effect in self.story.engine.apply(event, self.story.now) {
                if let Some(words) = words(&effect) {
                    writeln!(self.written, "{DONE}{words}").unwrap();
                }
                if matches!(effect, Effect::FindToken(_)) {
                    events.push(Event::TokenFound(TokenFound::Found(KeyringState::Ok)));
                } else if let Some(answer) = self.story.answer(&effect) {
                    events.push(answer);
                }
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        self.happens(Event::Asked { call: CallId(1), ask });
    }

    /// Killed and started anew, before anything more reached it.
    fn restart(&mut self) {
        let ledger = self.folder.path().join("ledger.sqlite");
        let cache = self.folder.path().join("cache.sqlite");
        self.story.engine = Engine::open(Some(&ledger), Some(&cache)).unwrap();
        self.happens(Event::Started { settings: Ok(self.settings.clone()) });
    }

    /// An event, and nothing of what would answer its effects: the agent is killed over them.
    fn killed_over(&mut self, event: Event) {
        for effect in self.story.engine.apply(event, self.story.now) {
            if let Some(words) = words(&effect) {
                writeln!(self.written, "{DONE}{words}").unwrap();
            }
        }
        self.restart();
    }

    /// One line of a story; the words are the whole language.
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["at", second] => self.story.now = at(second.parse().unwrap()),
            ["server", "away"] => self.story.reachable = false,
            ["server", "back"] => self.story.reachable = true,
            ["office", "interval", seconds] => self.story.settings = settings(seconds.parse().unwrap(), 1),
            ["mail", number, importance, state] => {
                let change = received(number.parse().unwrap(), importance_of(importance), state_of(state));
                self.story.waiting.push(change);
            }
            ["copy", number, "of", login, state] => self.story.waiting.push(Change::Delivery {
                message_id: message(number),
                user: person(login).login,
                state: state_of(state),
                at: self.story.now,
                acknowledged_at: None,
            }),
            ["copy", number, "of", login, state, "acknowledged"] => {
                self.story.waiting.push(Change::Delivery {
                    message_id: message(number),
                    user: person(login).login,
                    state: state_of(state),
                    at: self.story.now,
                    acknowledged_at: Some(self.story.now),
                });
            }
            ["retracted", number] => self
                .story
                .waiting
                .push(Change::Removed { message_id: message(number), reason: RemovedReason::Retracted }),
            ["retract", number] => self.ask(Ask::Retract(message(number))),
            ["acknowledge", number] => self.ask(Ask::Acknowledge(message(number))),
            ["expired", number] => self
                .story
                .waiting
                .push(Change::Removed { message_id: message(number), reason: RemovedReason::Expired }),
            ["check", "due"] => self.happens(Event::CheckDue { stalled: false }),
            ["woken"] => self.happens(Event::Resumed),
            ["read", number] => self.ask(Ask::MarkRead(message(number))),
            ["send", number, "to", ref to @ ..] => {
                self.ask(Ask::Send { id: message(number), letter: letter(to), undo: Undo::AtOnce });
            }
            ["draft", number, "to", ref to @ ..] => {
                self.ask(Ask::SaveDraft { id: message(number), letter: letter(to), base_version: None });
            }
            ["send", "draft", number] => self.ask(Ask::SendDraft { id: message(number), undo: Undo::AtOnce }),
            ["list", folder] => {
                let folder = [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Outbox]
                    .into_iter()
                    .find(|it| it.as_str() == folder)
                    .unwrap();
                self.ask(Ask::Folder {
                    folder,
                    order: FolderOrder::default(),
                    start: PageStart::Row(0),
                    limit: 100,
                    unread: false,
                });
            }
            ["offline"] => self.ask(Ask::SetMode(Mode::Offline)),
            ["online"] => self.ask(Ask::SetMode(Mode::Online)),
            ["file", "says", ref text @ ..] => {
                self.settings = settings_file::parse(&text.join(" "), "config.toml").unwrap();
                self.happens(Event::SettingsEdited(Ok(self.settings.clone())));
            }
            ["popup", number, action] => {
                let action = match action {
                    "open" => PopupAction::Open,
                    "read" => PopupAction::MarkRead,
                    "later" => PopupAction::Later,
                    _ => PopupAction::Closed,
                };
                self.happens(Event::PopupEnded { popup: PopupId(number.parse().unwrap()), action });
            }
            ["notifications", "here"] => self.happens(Event::NotificationsChanged(NotificationsState::Ok)),
            ["restarted"] => self.restart(),
            ["killed", "over", "a", "page"] => {
                let _asked = self.story.engine.apply(Event::CheckDue { stalled: false }, self.story.now);
                let page = self.story.answer(&Effect::Check { since: None }).unwrap();
                self.killed_over(page);
            }
            ["refused", code] => {
                let code = ProblemKind::ALL.iter().find(|it| it.code() == code).unwrap();
                let problem = Box::new(Problem::new(*code, "no"));
                let _asked = self.story.engine.apply(Event::CheckDue { stalled: false }, self.story.now);
                self.happens(Event::Checked(Err(ServerError::Refused(problem))));
            }
            _ => panic!("{line:?} is no line of a story"),
        }
    }

    /// What people see when all has happened.
    fn end(&mut self) {
        let status = self.story.engine.status().unwrap();
        writeln!(
            self.written,
            "in the end: {} unread, {} important; outbox {} waiting, {} refused; {} drafts; {:?}, {:?}; every {} s",
            status.unread,
            status.unread_high,
            status.outbox.waiting,
            status.outbox.refused,
            status.drafts,
            status.mode,
            status.connection,
            status.interval.seconds
        )
        .unwrap();
    }
}

fn message(number: &str) -> MessageId {
    id(number.parse().unwrap())
}

fn at_start() -> restante_model::Timestamp {
    at(0)
}

fn number(id: MessageId) -> u128 {
    id.uuid().as_u128()
}

fn letter(to: &[&str]) -> Letter {
    let to = to.iter().map(ToString::to_string).collect();
    Letter { to, subject: "s".into(), body: "b".into(), importance: Importance::Normal }
}

fn importance_of(word: &str) -> Importance {
    Importance::from_name(word).unwrap()
}

fn state_of(word: &str) -> DeliveryState {
    DeliveryState::from_name(word).unwrap()
}

/// An effect in words; `None` for what says only that something is to be shown anew.
fn words(effect: &Effect) -> Option<String> {
    let numbers =
        |ids: &[MessageId]| ids.iter().map(|id| number(*id).to_string()).collect::<Vec<_>>().join(", ");
    Some(match effect {
        Effect::Publish => return None,
        Effect::FindToken(_) => "asks the keyring".into(),
        Effect::KeepToken(_) => "offers the token to the keyring".into(),
        Effect::ForgetToken(_) => "forgets the token".into(),
        Effect::Check { since: None } => "asks for everything".into(),
        Effect::Check { since: Some(since) } => format!("asks what changed since {}", since.modseq),
        Effect::ReportDelivered { cursor } => format!("reports everything to {} as here", cursor.modseq),
        Effect::ReportMarks { mark, ids } => {
            format!("reports {} as {}", numbers(ids), format!("{mark:?}").to_lowercase())
        }
        Effect::Retract { id, .. } => format!("takes {} back", number(*id)),
        Effect::PullRecipients { id, .. } => format!("asks what became of {}", number(*id)),
        Effect::Post { id, letter } => format!("posts {} to {}", number(*id), letter.to.join(", ")),
        Effect::SaveDraft { id, .. } => format!("saves draft {}", number(*id)),
        Effect::ThrowDraft { id, .. } => format!("throws draft {} away", number(*id)),
        Effect::WakeAt { at } => match at {
            Some(moment) => format!("wants to be woken at {} s", moment.ms_since(at_start()) / 1_000),
            None => "need not be woken".into(),
        },
        Effect::ForgetTokenHere(_) => "forgets the token here".into(),
        Effect::GiveUpExchanges => "gives up what it asked".into(),
        Effect::ScheduleChore { chore, interval, .. } => {
            format!("does {chore:?} every {} s", interval.seconds())
        }
        Effect::UnscheduleChore(chore) => format!("does {chore:?} no more"),
        Effect::PullSettings => "asks for the settings".into(),
        Effect::PushInterval { wish: Some(wish), .. } => format!("saves the interval {} s", wish.seconds()),
        Effect::PushInterval { wish: None, .. } => "gives the interval up".into(),
        Effect::PullDirectory { .. } => "asks who is there".into(),
        Effect::SignIn { .. } => "signs in".into(),
        Effect::ChangePassword { .. } => "changes the password".into(),
        Effect::Schedule { interval, .. } => format!("checks every {} s", interval.seconds()),
        Effect::Unschedule => "checks no more".into(),
        Effect::WriteInterval { .. } => "writes the interval into the file".into(),
        Effect::WriteSetting { key, .. } => format!("writes {key} into the file"),
        Effect::SetTray(face) => {
            format!("tray: {} unread, {} important, {:?}", face.unread, face.unread_high, face.connection)
        }
        Effect::ShowPopup(popup) => match &popup.content {
            PopupContent::Message { id, .. } => format!("popup {}: message {}", popup.id.0, number(*id)),
            PopupContent::Connection { state, .. } => format!("popup {}: {state:?}", popup.id.0),
            PopupContent::Expiring { count, .. } => format!("popup {}: {count} expire soon", popup.id.0),
            PopupContent::Summary { count } => format!("popup {}: {count} messages", popup.id.0),
            PopupContent::ImportantSummary { ids, .. } => {
                format!("popup {}: important {}", popup.id.0, numbers(ids))
            }
        },
        Effect::AdoptPopup { popup, .. } => format!("takes popup {} over", popup.0),
        Effect::AskCarrier { carrier, .. } => format!("asks for room by {carrier:?}"),
        Effect::WithdrawPopup(popup) => format!("takes popup {} away", popup.0),
        Effect::OpenImportant { ids } => format!("important window: {}", numbers(ids)),
        Effect::Speak(said) => format!("speaks of {} messages", said.len()),
        Effect::RunHook { .. } => "runs the hook".into(),
        Effect::CloseImportant => "closes the important window".into(),
        Effect::LookThrough { database, .. } => format!("looks through the {database}"),
        Effect::OpenWindow { what, id } => format!("opens {what:?} {:?}", id.map(number)),
        Effect::Answer { answer: Ok(crate::effect::Answer::Folder(page)), .. } => {
            let row = |row: &restante_local_api::MessageRow| {
                let bold = if row.bold { ", bold" } else { "" };
                format!("{} {:?}{bold}", number(row.id), row.state)
            };
            format!("shows [{}]", page.messages.iter().map(row).collect::<Vec<_>>().join("; "))
        }
        Effect::Answer { answer: Ok(_), .. } => "answers".into(),
        Effect::Answer { answer: Err(error), .. } => format!("answers no: {:?}", error.kind()),
        Effect::Quit => "ends".into(),
    })
}

#[test]
fn told_stories_come_out_as_written() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("stories");
    let update = std::env::var_os("RESTANTE_UPDATE_STORIES").is_some();
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "story")).collect();
    files.sort();
    assert!(files.len() >= 10, "{files:?}");
    for file in files {
        let told = std::fs::read_to_string(&file).unwrap();
        let mut teller = Teller::new();
        for line in told.lines().filter(|line| !line.starts_with(DONE) && !line.starts_with("in the end:")) {
            writeln!(teller.written, "{line}").unwrap();
            if !line.is_empty() && !line.starts_with('#') {
                teller.line(line);
            }
        }
        teller.end();
        if update {
            std::fs::write(&file, &teller.written).unwrap();
        } else {
            assert_eq!(teller.written, told, "{}", file.display());
        }
    }
}
