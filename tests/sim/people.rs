//! What people do at their desks.

use restante_engine::{
    Event,
    effect::{Answer, PopupContent},
    event::{Ask, PopupAction, TrayItem},
    settings_file,
};
use restante_local_api::{Connection, LocalProblemKind, Mode, Undo};
use restante_model::{CheckInterval, Importance, Letter, MessageId, Seconds};

use crate::{
    agenda::Happening,
    marks::Mark,
    office::{Office, Written},
};

const MINUTE_MS: i64 = 60_000;
/// Behind the first, an alarm is so many important letters at once: more than have a popup each.
const ALARM_LETTERS: u32 = 4;

impl Office {
    /// One person does one thing at one of his devices.
    pub(crate) fn person_acts(&mut self, person: usize) {
        let ms = self.chance.ms(MINUTE_MS, if self.calm { 3 } else { 30 } * MINUTE_MS);
        self.agenda.after(ms, Happening::PersonActs(person));
        self.look_for_silence();
        self.look_at_the_numbers();
        let own = |office: &Self, device: &usize| office.devices[*device].person == person;
        let awake: Vec<_> = (0..self.devices.len())
            .filter(|device| own(self, device) && self.devices[*device].awake())
            .collect();
        for device in &awake {
            self.come_back(*device);
        }
        if awake.is_empty() || self.calm {
            return;
        }
        let device = self.chance.pick(&awake);
        if !self.devices[device].awake() || self.devices[device].enrolled_as.is_empty() {
            return;
        }
        match self.chance.below(100) {
            0..38 => self.send(device),
            38..44 => (0..6).for_each(|_| self.send(device)),
            44..62 => self.read_something(device),
            62..70 => self.write_draft(device),
            70..75 => self.send_draft(device),
            75..77 => self.throw_draft_away(device),
            77..81 => {
                self.tell(device, Event::TrayPicked(TrayItem::CheckNow));
                // And thinks better of it.
                if self.chance.one_in(2) && self.devices[device].awake() {
                    self.toggle_offline(device);
                }
            }
            81..88 => self.toggle_offline(device),
            88..93 => self.wish_interval(device),
            _ => self.use_popup(device),
        }
    }

    /// What a person does whenever he sees that it is needed: sign in again; in the end, leave offline mode.
    fn come_back(&mut self, device: usize) {
        let Some(Ok(status)) = self.devices[device].engine.as_ref().map(restante_engine::Engine::status)
        else {
            return;
        };
        if status.connection == Connection::SignedOut && !self.devices[device].signing_in {
            self.devices[device].signing_in = true;
            let ms = if self.calm { 1 } else { self.chance.ms(MINUTE_MS, 20 * MINUTE_MS) };
            self.agenda.after(ms, Happening::PersonSignsIn(device));
        }
        if self.calm && status.mode == Mode::Offline {
            self.set_mode(device, Mode::Online);
        }
        if self.calm {
            self.ask_once_more(device);
        }
    }

    fn letter(&mut self, from: usize) -> (Letter, bool) {
        let number = self.number();
        let mut to = vec![self.people[self.chance.below(self.people.len())].login.to_string()];
        if self.chance.one_in(3) {
            let also = self.people[self.chance.below(self.people.len())].login.to_string();
            if !to.contains(&also) {
                to.push(also);
            }
        }
        let to_nobody = self.chance.one_in(12);
        if to_nobody {
            to.push("nobody".into());
        }
        if to.iter().any(|login| *login == self.people[from].login.to_string()) {
            self.marks.hit(Mark::WroteToOneself);
        }
        let importance = if self.chance.one_in(6) { Importance::High } else { Importance::Normal };
        let body = format!("Words of letter {number}.\n");
        (Letter { to, subject: format!("letter {number}"), body, importance }, to_nobody)
    }

    pub(crate) fn send(&mut self, device: usize) {
        if !self.devices[device].awake() {
            return;
        }
        if self.chance.one_in(3) {
            return self.ask_once_more(device);
        }
        let from = self.devices[device].person;
        let (letter, to_nobody) = self.letter(from);
        let undo = self.undo();
        let alarm = letter.importance == Importance::High && !to_nobody && self.chance.one_in(3);
        let to = letter.to.clone();
        self.post(device, letter, to_nobody, undo);
        for _ in 0..if alarm { ALARM_LETTERS } else { 0 } {
            let (more, _) = self.letter(from);
            let letter = Letter { to: to.clone(), importance: Importance::High, ..more };
            self.post(device, letter, false, Undo::AtOnce);
        }
    }

    /// One that goes out at once, to this person alone.
    pub(crate) fn send_to(&mut self, device: usize, person: usize) {
        if self.devices[device].awake() && !self.devices[device].enrolled_as.is_empty() {
            let (letter, _) = self.letter(self.devices[device].person);
            let to = vec![self.people[person].login.to_string()];
            self.post(device, Letter { to, ..letter }, false, Undo::AtOnce);
        }
    }

    fn post(&mut self, device: usize, letter: Letter, to_nobody: bool, undo: Undo) {
        let from = self.devices[device].person;
        let id = self.chance.message_id(self.agenda.now_ms());
        let written = Written {
            letter: letter.clone(),
            from,
            device,
            promised: false,
            to_nobody,
            accepted_at_ms: None,
            lost: false,
        };
        self.written.insert(id, written);
        let reply = self.ask(device, Ask::Send { id, letter, undo });
        self.heard_of_letter(id, reply);
    }

    /// How long the letter may be taken back.
    fn undo(&mut self) -> Undo {
        self.chance.pick(&[Undo::AtOnce, Undo::Setting, Undo::Seconds(Seconds::new(60))])
    }

    fn heard_of_letter(&mut self, id: MessageId, reply: Option<crate::device::Reply>) {
        match reply {
            Some(Ok(Answer::Letter(_))) => {
                if let Some(written) = self.written.get_mut(&id) {
                    written.promised = true;
                }
            }
            // He keeps it and tries again.
            Some(Err(error))
                if matches!(error.kind(), LocalProblemKind::Internal | LocalProblemKind::SignedOut) => {}
            None => {}
            Some(other) => self.find(format!("a letter was answered with {other:?}")),
        }
    }

    /// Whoever had no answer asks once more with what he wrote, under the same id.
    fn ask_once_more(&mut self, device: usize) {
        let waits = |written: &&MessageId| {
            let written = &self.written[*written];
            written.device == device && !written.promised
        };
        let waiting: Vec<_> = self.written.keys().filter(waits).copied().collect();
        for id in waiting {
            if self.devices[device].awake() {
                self.marks.hit(Mark::AskedAgainWithTheSameId);
                let letter = self.written[&id].letter.clone();
                let undo = self.undo();
                let reply = self.ask(device, Ask::Send { id, letter, undo });
                self.heard_of_letter(id, reply);
            }
        }
    }

    fn read_something(&mut self, device: usize) {
        let unread = |(id, row): (&MessageId, &restante_local_api::MessageRow)| row.bold.then_some(*id);
        let unread: Vec<_> = self.devices[device].knows.inbox.iter().filter_map(unread).collect();
        let times = if self.chance.one_in(3) { unread.len() } else { 1 };
        for id in unread.into_iter().take(times) {
            if self.devices[device].awake() {
                self.mark_read(device, id);
            }
        }
        let important = std::mem::take(&mut self.devices[device].important);
        if !important.is_empty() {
            self.tell_later(device, 1, 50, Event::ImportantClosed { ids: important });
        }
    }

    fn mark_read(&mut self, device: usize, id: MessageId) {
        self.devices[device].knows.maybe_read.insert(id);
        if let Some(Ok(Answer::Done)) = self.ask(device, Ask::MarkRead(id)) {
            self.devices[device].knows.read_here.insert(id);
        }
    }

    fn use_popup(&mut self, device: usize) {
        let Some((id, popup)) = self.devices[device].popups.pop_first() else { return };
        let action = self.chance.pick(&[PopupAction::Open, PopupAction::MarkRead, PopupAction::Closed]);
        if let (PopupContent::Message { id, .. }, PopupAction::MarkRead) = (&popup.content, action) {
            self.devices[device].knows.maybe_read.insert(*id);
        } else if action == PopupAction::MarkRead {
            // Which those of a summary are, it does not say.
            let all: Vec<_> = self.devices[device].knows.inbox.keys().copied().collect();
            self.devices[device].knows.maybe_read.extend(all);
        }
        match action {
            PopupAction::MarkRead => self.marks.hit(Mark::PopupMarkedRead),
            PopupAction::Open => self.marks.hit(Mark::PopupOpened),
            PopupAction::Later | PopupAction::Closed => {}
        }
        self.tell(device, Event::PopupEnded { popup: id, action });
    }

    fn write_draft(&mut self, device: usize) {
        let from = self.devices[device].person;
        let (mut letter, _) = self.letter(from);
        letter.to.retain(|login| login != "nobody");
        let drafts: Vec<_> = self.devices[device].knows.drafts.keys().copied().collect();
        let id = if drafts.is_empty() || self.chance.one_in(2) {
            self.chance.message_id(self.agenda.now_ms())
        } else {
            self.chance.pick(&drafts)
        };
        let reply = self.ask(device, Ask::SaveDraft { id, letter: letter.clone(), base_version: None });
        let knows = &mut self.devices[device].knows;
        match reply {
            Some(Ok(Answer::Letter(_))) => {
                knows.drafts.insert(id, letter);
                knows.unsure_drafts.remove(&id);
            }
            Some(Err(error)) if error.kind() == LocalProblemKind::Internal => {}
            None => {
                knows.drafts.remove(&id);
                knows.unsure_drafts.insert(id);
            }
            Some(other) => self.find(format!("a draft was answered with {other:?}")),
        }
    }

    fn send_draft(&mut self, device: usize) {
        let Some((id, letter)) = self.devices[device].knows.drafts.pop_first() else { return };
        let from = self.devices[device].person;
        let written = Written {
            letter: letter.clone(),
            from,
            device,
            promised: false,
            to_nobody: false,
            accepted_at_ms: None,
            lost: false,
        };
        self.written.insert(id, written);
        let undo = self.undo();
        let reply = self.ask(device, Ask::SendDraft { id, undo });
        if let Some(Ok(_)) = &reply {
            self.marks.hit(Mark::DraftSent);
        }
        self.heard_of_letter(id, reply);
    }

    fn throw_draft_away(&mut self, device: usize) {
        let Some((id, letter)) = self.devices[device].knows.drafts.pop_last() else { return };
        match self.ask(device, Ask::DeleteDraft(id)) {
            Some(Ok(Answer::Done)) => self.marks.hit(Mark::DraftThrownAway),
            Some(Err(error)) if error.kind() == LocalProblemKind::Internal => {
                self.devices[device].knows.drafts.insert(id, letter);
            }
            None => {}
            Some(other) => self.find(format!("throwing a draft away was answered with {other:?}")),
        }
    }

    fn toggle_offline(&mut self, device: usize) {
        let mode = match self.devices[device].knows.offline {
            Some(true) => Mode::Online,
            Some(false) | None => Mode::Offline,
        };
        self.set_mode(device, mode);
    }

    fn set_mode(&mut self, device: usize, mode: Mode) {
        if mode == Mode::Offline && self.exchanges.values().any(|it| it.device == device) {
            self.marks.hit(Mark::OfflineInExchange);
        }
        let waiting = self.devices[device].engine.as_ref().and_then(|engine| engine.status().ok());
        if mode == Mode::Online && waiting.is_some_and(|status| status.outbox.waiting > 0) {
            self.marks.hit(Mark::OfflineLeftWithLetters);
        }
        // Leaving asks the server before the answer is seen.
        let before = self.devices[device].knows.offline.take();
        match self.ask(device, Ask::SetMode(mode)) {
            Some(Ok(Answer::Status(status))) => {
                self.devices[device].knows.offline = Some(status.mode == Mode::Offline);
                if status.mode != mode {
                    self.find(format!("asked for {mode:?}, the agent is {:?}", status.mode));
                }
            }
            Some(Err(_)) => self.devices[device].knows.offline = before,
            // He sees it when the agent is there again.
            Some(Ok(_)) | None => {}
        }
    }

    /// One device of each person changes his interval, so that what he wishes last is known.
    pub(crate) fn wish_interval(&mut self, device: usize) {
        let person = self.devices[device].person;
        if self.devices.iter().position(|it| it.person == person) != Some(device) {
            return;
        }
        let wish = self.a_wish();
        if self.chance.one_in(2) {
            let _ = self.ask(device, Ask::SetInterval(wish));
            return;
        }
        self.edit_by_hand(device, wish);
        self.settings_seen(device);
    }

    /// The file changed while no agent ran.
    pub(crate) fn edit_before_start(&mut self, device: usize) {
        let person = self.devices[device].person;
        let first = self.devices.iter().position(|it| it.person == person) == Some(device);
        if first && !self.calm && self.devices[device].token.is_some() && self.chance.one_in(4) {
            let wish = self.a_wish();
            self.edit_by_hand(device, wish);
        }
    }

    fn a_wish(&mut self) -> Option<Seconds> {
        let seconds = [None, Some(90), Some(300), Some(900), Some(1_800), Some(5), Some(100_000)];
        self.chance.pick(&seconds).map(Seconds::new)
    }

    fn edit_by_hand(&mut self, device: usize, wish: Option<Seconds>) {
        let wish = wish.map(|wish| CheckInterval::from_seconds(wish.get()));
        let edited = settings_file::with_check_interval(&self.devices[device].settings, wish, "config.toml");
        self.devices[device].settings = edited.expect("the file is good");
    }
}
