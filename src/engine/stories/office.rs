//! A post office for the drafts and letters of one user, and devices of his that can be killed.

use std::collections::BTreeMap;

use restante_server_api::{Draft, Recipient};
use tempfile::TempDir;

use super::*;

/// What the post office has. Its rules are those of the store's stories.
#[derive(Default)]
pub(super) struct Office {
    /// Each life of its database: a cursor of another one is reset.
    life: u64,
    modseq: u64,
    pub(super) drafts: BTreeMap<MessageId, (u64, Draft)>,
    /// Every letter that was accepted.
    pub(super) letters: BTreeMap<MessageId, (u64, Letter)>,
    /// Letters with this subject are for nobody.
    pub(super) refused_subject: Option<String>,
}

impl Office {
    /// The same address with a database that has forgotten everything.
    pub(super) fn restored() -> Self {
        Self { life: 1, ..Self::default() }
    }

    /// Does as it is asked, and answers; `None` where it was not asked at all.
    pub(super) fn answer(&mut self, effect: &Effect, now: Timestamp) -> Option<Event> {
        Some(match effect {
            Effect::Check { since: Some(since) } if since.epoch != self.life.to_string() => {
                let reset = Problem::new(ProblemKind::CursorReset, "of another time");
                Event::Checked(Err(ServerError::Refused(Box::new(reset))))
            }
            Effect::Check { since } => Event::Checked(Ok(self.changes(since.as_ref(), now))),
            Effect::ReportDelivered { cursor } => {
                Event::DeliveredReported { cursor: cursor.clone(), outcome: Ok(()) }
            }
            Effect::ReportMarks { mark, ids } => {
                Event::MarksReported { mark: *mark, ids: ids.clone(), outcome: Ok(()) }
            }
            Effect::PullSettings => Event::SettingsPulled(Ok(settings(300, 1))),
            Effect::PullDirectory { .. } => Event::DirectoryPulled(Ok(None)),
            Effect::Post { id, letter } => {
                Event::Posted { id: *id, outcome: self.post(*id, letter, now).map_err(ServerError::Refused) }
            }
            Effect::SaveDraft { id, base_version, letter } => Event::DraftSaved {
                id: *id,
                content_sum: letter.content_sum(),
                outcome: self.save(*id, *base_version, letter, now).map_err(ServerError::Refused),
            },
            Effect::ThrowDraft { id, base_version } => Event::DraftThrown {
                id: *id,
                outcome: self.throw(*id, *base_version, now).map_err(ServerError::Refused),
            },
            _ => return None,
        })
    }

    /// The same where nobody answers: from the server's side, or from the network's.
    pub(super) fn no_answer(effect: &Effect) -> Option<Event> {
        let away = || ServerError::Unreachable("no answer in time".into());
        Some(match effect {
            Effect::Check { .. } => Event::Checked(Err(away())),
            Effect::ReportDelivered { cursor } => {
                Event::DeliveredReported { cursor: cursor.clone(), outcome: Err(away()) }
            }
            Effect::ReportMarks { mark, ids } => {
                Event::MarksReported { mark: *mark, ids: ids.clone(), outcome: Err(away()) }
            }
            Effect::PullSettings => Event::SettingsPulled(Err(away())),
            Effect::PullDirectory { .. } => Event::DirectoryPulled(Err(away())),
            Effect::Post { id, .. } => Event::Posted { id: *id, outcome: Err(away()) },
            Effect::SaveDraft { id, letter, .. } => {
                Event::DraftSaved { id: *id, content_sum: letter.content_sum(), outcome: Err(away()) }
            }
            Effect::ThrowDraft { id, .. } => Event::DraftThrown { id: *id, outcome: Err(away()) },
            _ => return None,
        })
    }

    fn next(&mut self) -> u64 {
        self.modseq += 1;
        self.modseq
    }

    fn post(&mut self, id: MessageId, letter: &Letter, now: Timestamp) -> Result<Accepted, Box<Problem>> {
        if self.refused_subject.as_ref() == Some(&letter.subject) {
            return Err(Box::new(Problem::new(ProblemKind::UnknownRecipient, "nobody here is called anna")));
        }
        if self.letters.get(&id).is_some_and(|(_, known)| known != letter) {
            return Err(Box::new(Problem::new(ProblemKind::IdReused, "names another message")));
        }
        if !self.letters.contains_key(&id) {
            let modseq = self.next();
            self.letters.insert(id, (modseq, letter.clone()));
        }
        let recipient = AcceptedRecipient { person: person("anna"), state: DeliveryState::Waiting };
        Ok(Accepted { id, accepted_at: now, expires_at: now.plus_ms(1), recipients: vec![recipient] })
    }

    fn save(
        &mut self,
        id: MessageId,
        base: Option<u64>,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<SavedDraft, Box<Problem>> {
        let known = self.drafts.get(&id).map(|(_, draft)| draft.clone());
        let version = match known {
            Some(known) if known.content.as_ref() == Some(letter) => {
                return Ok(SavedDraft { id, version: known.version, saved_at: known.saved_at });
            }
            Some(known) if base != Some(known.version) => return Err(conflict(known)),
            Some(known) => known.version + 1,
            None => base.unwrap_or(0) + 1,
        };
        let draft = Draft { id, version, saved_at: now, content: Some(letter.clone()) };
        let modseq = self.next();
        self.drafts.insert(id, (modseq, draft));
        Ok(SavedDraft { id, version, saved_at: now })
    }

    fn throw(&mut self, id: MessageId, base: u64, now: Timestamp) -> Result<(), Box<Problem>> {
        let Some((_, known)) = self.drafts.get(&id).cloned() else {
            return Err(Box::new(Problem::new(ProblemKind::NotFound, "no such draft")));
        };
        if known.content.is_none() {
            return Ok(());
        }
        if base != known.version {
            return Err(conflict(known));
        }
        let gone = Draft { id, version: known.version + 1, saved_at: now, content: None };
        let modseq = self.next();
        self.drafts.insert(id, (modseq, gone));
        Ok(())
    }

    /// Pages of two, so that a crash can come between them.
    fn changes(&self, since: Option<&Cursor>, now: Timestamp) -> Checked {
        let after = since.map_or(0, |cursor| cursor.modseq);
        let letters = self.letters.iter().map(|(id, (modseq, letter))| (*modseq, sent(*id, letter)));
        let drafts = self.drafts.values().map(|(modseq, draft)| (*modseq, told(draft)));
        let mut changes: Vec<_> = letters.chain(drafts).filter(|(modseq, _)| *modseq > after).collect();
        if changes.is_empty() && since.is_some() {
            return Checked::Unchanged { settings_revision: None };
        }
        changes.sort_by_key(|(modseq, _)| *modseq);
        let more = changes.len() > 2;
        changes.truncate(2);
        let modseq = if more { changes[1].0 } else { self.modseq };
        Checked::Page(Box::new(ChangesPage {
            cursor: Cursor { epoch: self.life.to_string(), generation: "g".into(), modseq },
            more,
            unread: 0,
            changes: changes.into_iter().map(|(_, change)| change).collect(),
            settings_revision: 1,
            next_check_in_seconds: None,
            server_time: now,
        }))
    }

    /// The texts of the drafts that stand here.
    pub(super) fn draft_texts(&self) -> Vec<(MessageId, String)> {
        let there =
            self.drafts.iter().filter_map(|(id, (_, draft))| Some((*id, draft.content.clone()?.body)));
        there.collect()
    }
}

fn conflict(known: Draft) -> Box<Problem> {
    let mut problem = Problem::new(ProblemKind::RevisionConflict, "another version");
    problem.draft = Some(Box::new(known));
    Box::new(problem)
}

fn told(draft: &Draft) -> Change {
    match &draft.content {
        Some(_) => Change::Draft { draft: Box::new(draft.clone()) },
        None => Change::DraftRemoved { draft_id: draft.id, version: draft.version, at: draft.saved_at },
    }
}

fn sent(id: MessageId, letter: &Letter) -> Change {
    let recipient = Recipient {
        person: person("anna"),
        state: DeliveryState::Waiting,
        since: at(0),
        delivered_at: None,
        acknowledged_at: None,
        not_delivered_because: None,
    };
    let message = Message {
        id,
        from: person("boris"),
        to: vec![person("anna")],
        subject: letter.subject.clone(),
        body: letter.body.clone(),
        importance: letter.importance,
        sent_at: at(0),
        expires_at: at(604_800),
        text_removed_at: None,
        direction: Direction::Sent { recipients: vec![recipient] },
    };
    Change::Message { message: Box::new(message), state: None }
}

/// The process died.
#[derive(Debug)]
pub(super) struct Killed;

/// What happens to what a device does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// All is well.
    Well,
    /// It dies when so many effects more are done; the last one may reach the server all the same.
    DiesAfterEffects { left: usize, reaches: bool },
    /// The server hears all of it, and its answers are lost from so many exchanges on, for so many.
    AnswersLost { from: usize, many: usize },
    /// Each request comes twice, and each answer.
    Doubled,
    /// Nothing gets through.
    Away,
}

/// One device of the user, on databases in files.
pub(super) struct Device {
    engine: Engine,
    folder: TempDir,
    pub(super) now: Timestamp,
    pub(super) fate: Fate,
    /// Answers to front ends since the start of this process.
    answered: Vec<(CallId, bool)>,
    next_call: u64,
    alarm: Option<Timestamp>,
    /// Every request to the server: a slow network may bring it again.
    requests: Vec<Effect>,
}

impl Device {
    pub(super) fn new(office: &mut Office) -> Self {
        // In memory where that can be had: what dies here is a process, never the machine.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let engine = open(&folder);
        let mut device = Self {
            engine,
            folder,
            now: at(0),
            fate: Fate::Well,
            answered: Vec::new(),
            next_call: 0,
            alarm: None,
            requests: Vec::new(),
        };
        device.happens(office, Event::Started { settings: Ok(SettingsFile::default()) }).unwrap();
        device.happens(office, session(at(0))).unwrap();
        device
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The disk takes so many commits more, and none after them: the process dies at the next one.
    pub(super) fn dies_at_commit(&mut self, left: usize) {
        for connection in [self.engine.ledger.connection(), self.engine.cache.connection()] {
            connection.commit_hook(Some(no_commit_left)).unwrap();
        }
        COMMITS_LEFT.set(Some(left));
    }

    /// Killed and started again, with the network as it should be.
    pub(super) fn restarts(&mut self, office: &mut Office) -> Result<(), Killed> {
        COMMITS_LEFT.set(None);
        self.fate = Fate::Well;
        self.engine = open(&self.folder);
        self.answered.clear();
        self.alarm = None;
        self.happens(office, Event::Started { settings: Ok(SettingsFile::default()) })?;
        self.happens(office, Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)))
    }

    /// Whether the front end was answered well; `Killed` where the process died first.
    pub(super) fn asks(&mut self, office: &mut Office, ask: Ask) -> Result<bool, Killed> {
        self.next_call += 1;
        let call = CallId(self.next_call);
        self.happens(office, Event::Asked { call, ask })?;
        Ok(self.answered.iter().any(|(answered, good)| *answered == call && *good))
    }

    pub(super) fn checks(&mut self, office: &mut Office) -> Result<(), Killed> {
        self.happens(office, Event::CheckDue { stalled: false })
    }

    /// Time passes; the alarm rings where it is set for then.
    pub(super) fn waits(&mut self, office: &mut Office, seconds: u64) -> Result<(), Killed> {
        self.now = self.now.plus(Seconds::new(seconds));
        if self.alarm.is_some_and(|alarm| alarm <= self.now) {
            self.alarm = None;
            self.happens(office, Event::Woke)?;
        }
        Ok(())
    }

    /// Whatever was ever asked of the server comes there once more.
    pub(super) fn everything_comes_late(&self, office: &mut Office) {
        for request in &self.requests {
            let _unheard = office.answer(request, self.now);
        }
    }

    fn happens(&mut self, office: &mut Office, event: Event) -> Result<(), Killed> {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.now = self.now.plus_ms(1);
            let effects = self.engine.apply(event, self.now);
            if COMMIT_FAILED.take() {
                return Err(Killed);
            }
            for effect in effects {
                events.extend(self.carry_out(office, &effect)?);
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, office: &mut Office, effect: &Effect) -> Result<Vec<Event>, Killed> {
        if matches!(effect, Effect::SetTray(_) | Effect::Publish) {
            // Nobody outside the process notices whether it was done.
            return Ok(Vec::new());
        }
        if let Fate::DiesAfterEffects { left, reaches } = &mut self.fate {
            if *left == 0 {
                if *reaches {
                    // The server hears it, and nobody is there for the answer.
                    let _unheard = office.answer(effect, self.now);
                }
                return Err(Killed);
            }
            *left -= 1;
        }
        match effect {
            Effect::Answer { call, answer } => self.answered.push((*call, answer.is_ok())),
            Effect::WakeAt { at } => self.alarm = *at,
            _ => {}
        }
        let Some(unanswered) = Office::no_answer(effect) else { return Ok(Vec::new()) };
        self.requests.push(effect.clone());
        Ok(match &mut self.fate {
            Fate::Away => vec![unanswered],
            Fate::AnswersLost { from: 0, many } if *many > 0 => {
                *many -= 1;
                office.answer(effect, self.now).map(|_lost| unanswered).into_iter().collect()
            }
            Fate::AnswersLost { from, .. } => {
                *from = from.saturating_sub(1);
                office.answer(effect, self.now).into_iter().collect()
            }
            Fate::Doubled => (0..2).filter_map(|_| office.answer(effect, self.now)).collect(),
            Fate::Well | Fate::DiesAfterEffects { .. } => {
                office.answer(effect, self.now).into_iter().collect()
            }
        })
    }

    /// The drafts that a person sees on it.
    pub(super) fn draft_texts(&self) -> Vec<(MessageId, String)> {
        let drafts = self.engine.ledger.drafts().unwrap();
        let mut texts: Vec<_> =
            drafts.into_iter().map(|draft| (draft.written.id, draft.written.letter.body)).collect();
        texts.sort();
        texts
    }
}

fn open(folder: &TempDir) -> Engine {
    Engine::open(Some(&folder.path().join("ledger")), Some(&folder.path().join("cache"))).unwrap()
}

thread_local! {
    /// How many commits succeed before the disk fails; none: as many as one likes.
    static COMMITS_LEFT: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
}

/// Whether SQLite is to undo the transaction that it is about to commit.
fn no_commit_left() -> bool {
    let left = COMMITS_LEFT.get();
    COMMITS_LEFT.set(left.map(|left| left.saturating_sub(1)));
    if left == Some(0) {
        COMMIT_FAILED.set(true);
    }
    left == Some(0)
}

thread_local! {
    static COMMIT_FAILED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}
