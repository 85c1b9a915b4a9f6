//! Stories of one agent: events in, effects out, real SQLite in memory.

mod by_hand;
mod checks;
mod chores;
mod crash;
mod damage;
mod dense_beginnings;
mod drafts;
mod garbage;
mod interval;
mod letters;
mod office;
mod offline;
mod search;
mod told;
mod upgrades;
mod weather;

use restante_local_api::{CheckOutcome, Connection, Mode, Undo};
use restante_model::{
    CheckInterval, Cursor, DeliveryState, Importance, IntervalFrom, Letter, MessageId, Person, Seconds,
    Timestamp,
};
use restante_server_api::{
    Accepted, AcceptedRecipient, Change, ChangesPage, Device, Direction, Directory, Message, Organisation,
    Problem, ProblemKind, SavedDraft, Session, Settings,
};

use crate::{
    Effect, Engine, Event,
    effect::Answer,
    event::{Ask, CallId, Checked, PageStart, ServerError, TokenFound},
    settings_file::SettingsFile,
};

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_ms(1_790_000_000_000 + second * 1_000)
}

pub(crate) fn id(number: u128) -> MessageId {
    MessageId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(crate) fn person(login: &str) -> Person {
    Person { login: login.parse().unwrap(), name: login.to_uppercase() }
}

pub(crate) fn settings(seconds: u64, revision: u64) -> Settings {
    Settings {
        check_interval_seconds: CheckInterval::from_seconds(seconds),
        check_interval_from: IntervalFrom::Office,
        locked: false,
        check_interval_min_seconds: CheckInterval::from_seconds(30),
        check_interval_max_seconds: CheckInterval::from_seconds(3_600),
        message_lifetime_seconds: Seconds::new(604_800),
        revision,
        wished_seconds: None,
        clamped: None,
    }
}

pub(crate) fn received(number: u128, importance: Importance, state: DeliveryState) -> Change {
    let message = Message {
        id: id(number),
        from: person("anna"),
        to: vec![person("boris")],
        subject: format!("subject {number}"),
        body: "text".into(),
        importance,
        sent_at: at(0),
        expires_at: at(604_800),
        text_removed_at: None,
        direction: Direction::Received { state },
    };
    Change::Message { message: Box::new(message), state: Some(state) }
}

fn about(number: u128, subject: &str, body: &str) -> Change {
    let mut change = received(number, Importance::Normal, DeliveryState::Waiting);
    if let Change::Message { message, .. } = &mut change {
        message.subject = subject.into();
        message.body = body.into();
        message.from.name = "Мария Кузнецова".into();
    }
    change
}

/// Boris signed in.
pub(crate) fn session(at: Timestamp) -> Event {
    let device =
        Device { id: "d1".into(), name: "pc".into(), created_at: None, last_seen_at: None, current: true };
    let session = Session {
        token: "secret".into(),
        device,
        user: person("boris"),
        organisation: Organisation { name: "hall".parse().unwrap(), title: "Hall".into() },
        server_time: at,
    };
    Event::SignedIn { call: CallId(0), server: "http://127.0.0.1:1".into(), outcome: Ok(Box::new(session)) }
}

/// A post office that says what the story wants, and an agent that asks it.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that goes wrong in some story")]
pub(crate) struct Story {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    modseq: u64,
    /// What the next `Check` brings; nothing: 304.
    pub(crate) waiting: Vec<Change>,
    /// All that was fetched: what a `Check` from the beginning brings again.
    kept: Vec<Change>,
    /// Whether the server answers.
    pub(crate) reachable: bool,
    /// Whether the post office knows nobody.
    unknown: bool,
    /// A letter that never gets through.
    stuck: Option<MessageId>,
    /// The settings that the server has.
    settings: Settings,
    /// What it says instead of doing as asked.
    refusal: Option<Problem>,
    /// When it wants to be asked next, as its pages say.
    next_check_in_seconds: Option<u64>,
    /// Every exchange with the server, in order.
    asked: Vec<Effect>,
    /// Every effect that is no exchange with the server.
    pub(crate) done: Vec<Effect>,
    /// Every letter posted.
    posted: Vec<MessageId>,
    checks: u32,
    /// How many changes a page holds.
    pub(crate) page_size: usize,
    /// After so many pages more the server is away, for one exchange.
    pub(crate) breaks_after_pages: Option<usize>,
    /// The desktop does not answer by itself: the story does.
    pub(crate) silent: bool,
    /// The server does not answer by itself: the story does.
    pub(crate) silent_server: bool,
}

impl Story {
    pub(crate) fn signed_in() -> Self {
        Self::with(Engine::open(None, None).unwrap())
    }

    /// A person signs in to this agent.
    pub(crate) fn with(engine: Engine) -> Self {
        let mut story = Self {
            engine,
            kept: Vec::new(),
            now: at(0),
            modseq: 0,
            waiting: Vec::new(),
            settings: settings(300, 1),
            reachable: true,
            unknown: false,
            stuck: None,
            refusal: None,
            next_check_in_seconds: None,
            asked: Vec::new(),
            done: Vec::new(),
            posted: Vec::new(),
            checks: 0,
            page_size: 500,
            breaks_after_pages: None,
            silent: false,
            silent_server: false,
        };
        story.happens(Event::Started { settings: Ok(SettingsFile::default()) });
        story.happens(session(at(0)));
        story
    }

    /// Applies an event and answers every exchange that follows from it, until the agent rests.
    pub(crate) fn happens(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            self.now = self.now.plus_ms(1);
            for effect in self.engine.apply(event, self.now) {
                match self.answer(&effect) {
                    Some(answer) => events.push(answer),
                    None => self.done.push(effect),
                }
            }
        }
    }

    pub(crate) fn answer(&mut self, effect: &Effect) -> Option<Event> {
        let verdict = match &self.refusal {
            _ if !self.reachable => Err(ServerError::Unreachable("connection refused".into())),
            Some(problem) => Err(ServerError::Refused(Box::new(problem.clone()))),
            None => Ok(()),
        };
        let ok = || verdict.clone();
        if effect.uses_network() {
            self.asked.push(effect.clone());
        }
        Some(match effect {
            Effect::Check { since } => {
                self.checks += 1;
                if self.silent_server {
                    return None;
                }
                match &mut self.breaks_after_pages {
                    Some(0) => {
                        self.breaks_after_pages = None;
                        return Some(Event::Checked(Err(ServerError::Unreachable(
                            "connection refused".into(),
                        ))));
                    }
                    Some(pages) => *pages -= 1,
                    None => {}
                }
                let mut changes =
                    if verdict.is_ok() { std::mem::take(&mut self.waiting) } else { Vec::new() };
                self.waiting = changes.split_off(changes.len().min(self.page_size));
                self.modseq += changes.len() as u64;
                if verdict.is_ok() && since.is_none() {
                    changes.splice(0..0, self.kept.iter().cloned());
                    self.kept.clear();
                }
                self.kept.extend(changes.iter().cloned());
                let cursor = Cursor { epoch: "e".into(), generation: "g".into(), modseq: self.modseq };
                let page = ChangesPage {
                    cursor,
                    more: !self.waiting.is_empty(),
                    unread: 0,
                    settings_revision: 1,
                    next_check_in_seconds: self.next_check_in_seconds,
                    server_time: self.now,
                    changes,
                };
                let checked = if page.changes.is_empty() && page.next_check_in_seconds.is_none() {
                    Checked::Unchanged { settings_revision: Some(self.settings.revision) }
                } else {
                    Checked::Page(Box::new(page))
                };
                Event::Checked(ok().map(|()| checked))
            }
            Effect::ReportDelivered { cursor } => {
                Event::DeliveredReported { cursor: cursor.clone(), outcome: ok() }
            }
            Effect::ReportMarks { mark, ids } => {
                Event::MarksReported { mark: *mark, ids: ids.clone(), outcome: ok() }
            }
            Effect::PullSettings => Event::SettingsPulled(ok().map(|()| self.settings.clone())),
            Effect::PullDirectory { .. } => Event::DirectoryPulled(
                ok().map(|()| Some((Directory { users: vec![person("anna")] }, "t".into()))),
            ),
            Effect::Post { id, .. } => {
                self.posted.push(*id);
                let accepted = Accepted {
                    id: *id,
                    accepted_at: self.now,
                    expires_at: at(604_800),
                    recipients: vec![AcceptedRecipient {
                        person: person("anna"),
                        state: DeliveryState::Waiting,
                    }],
                };
                let outcome = if self.stuck == Some(*id) {
                    Err(ServerError::Unreachable("connection refused".into()))
                } else if self.unknown && self.reachable {
                    let problem = Problem::new(ProblemKind::UnknownRecipient, "nobody here is called anna");
                    Err(ServerError::Refused(Box::new(problem)))
                } else {
                    ok().map(|()| accepted)
                };
                Event::Posted { id: *id, outcome }
            }
            Effect::SaveDraft { id, letter, base_version } => {
                let content_sum = letter.content_sum();
                let saved =
                    SavedDraft { id: *id, version: base_version.unwrap_or(0) + 1, saved_at: self.now };
                Event::DraftSaved { id: *id, content_sum, outcome: ok().map(|()| saved) }
            }
            Effect::ThrowDraft { id, .. } => Event::DraftThrown { id: *id, outcome: ok() },
            Effect::PushInterval { wish, .. } => {
                if verdict.is_ok() {
                    self.settings = Settings {
                        check_interval_from: wish.map_or(IntervalFrom::Office, |_| IntervalFrom::User),
                        ..settings(
                            wish.map_or(300, CheckInterval::seconds).max(30),
                            self.settings.revision + 1,
                        )
                    };
                }
                Event::IntervalPushed { wish: *wish, outcome: ok().map(|()| self.settings.clone()) }
            }
            Effect::ShowPopup(_) | Effect::OpenImportant { .. } if self.silent => return None,
            Effect::ShowPopup(popup) => {
                self.done.push(effect.clone());
                Event::PopupShown { popup: popup.id, outcome: Ok(None) }
            }
            Effect::AskCarrier { carrier, .. } if !self.silent => {
                Event::CarrierAnswered { carrier: *carrier, outcome: Ok(()) }
            }
            Effect::OpenImportant { ids } => {
                self.done.push(effect.clone());
                Event::ImportantOpened { ids: ids.clone(), outcome: Ok(()) }
            }
            _ => return None,
        })
    }

    pub(crate) fn due(&mut self) {
        self.happens(Event::CheckDue { stalled: false });
    }

    pub(crate) fn popups(&self) -> usize {
        self.done.iter().filter(|effect| matches!(effect, Effect::ShowPopup(_))).count()
    }

    pub(crate) fn unread(&self) -> u64 {
        self.engine.status().unwrap().unread
    }
}

pub(crate) fn letter() -> Letter {
    Letter { to: vec!["anna".into()], subject: "s".into(), body: "b".into(), importance: Importance::Normal }
}

#[test]
fn a_letter_written_while_the_server_is_away_goes_out_once_under_its_id() {
    let mut story = Story::signed_in();
    story.reachable = false;
    story.happens(Event::Asked {
        call: CallId(1),
        ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce },
    });
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 1);
    story.reachable = true;
    story.due();
    assert_eq!(story.posted, [id(7), id(7)], "the retry keeps its id");
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 0);
    story.due();
    assert_eq!(story.posted.len(), 2);
    let sent = story.engine.cache.message(id(7)).unwrap().unwrap();
    assert_eq!((sent.row.not_delivered, sent.row.bold), (vec!["anna".to_owned()], true));
}

#[test]
fn a_refused_letter_holds_up_no_other() {
    let mut story = Story::signed_in();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    for number in [1, 2] {
        story.happens(Event::Asked {
            call: CallId(2),
            ask: Ask::Send { id: id(number), letter: letter(), undo: Undo::AtOnce },
        });
    }
    assert!(story.posted.is_empty(), "nothing is sent offline");
    let why = "there is no user nobody".to_owned();
    let refusal = crate::ledger::Refusal { why, at: story.now };
    story.engine.ledger.refuse_outbox(id(1), &refusal).unwrap();
    story.happens(Event::Asked { call: CallId(3), ask: Ask::SetMode(Mode::Online) });
    assert_eq!(story.posted, [id(2)]);
    assert_eq!(story.engine.status().unwrap().outbox.refused, 1);
}

#[test]
fn offline_nothing_is_asked_and_the_run_is_counted_as_skipped() {
    let mut story = Story::signed_in();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    let checks = story.checks;
    story.due();
    assert_eq!((story.checks, story.engine.jobs()[0].skipped), (checks, 1));
}

#[test]
fn an_interval_edited_in_the_file_is_followed_at_once_and_pushed() {
    let mut story = Story::signed_in();
    story.reachable = false;
    let edited = SettingsFile { check_interval: Some(Seconds::new(120)), ..SettingsFile::default() };
    story.happens(Event::SettingsEdited(Ok(edited)));
    let interval = story.engine.status().unwrap().interval;
    assert_eq!((interval.seconds, interval.pending), (120, true));
    let scheduled =
        |effect: &Effect| matches!(effect, Effect::Schedule { interval, .. } if interval.seconds() == 120);
    assert!(story.done.iter().any(scheduled));
    story.reachable = true;
    story.due();
    let interval = story.engine.status().unwrap().interval;
    assert_eq!((interval.seconds, interval.pending, interval.from), (120, false, IntervalFrom::User));
}

#[test]
fn an_interval_changed_at_the_office_is_followed_within_the_hour_although_no_mail_comes() {
    let mut story = Story::signed_in();
    story.settings = settings(900, 1);
    story.now = at(1_800);
    story.due();
    assert_eq!(story.engine.status().unwrap().interval.seconds, 300, "nothing told of it yet");
    story.now = at(3_700);
    story.due();
    assert_eq!(story.engine.status().unwrap().interval.seconds, 900);
}
