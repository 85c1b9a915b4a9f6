//! What must hold. Known is only what people did and were told.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use restante_engine::{
    effect::Answer,
    event::{Ask, CallId},
};
use restante_local_api::{Connection, FolderOrder, FolderPage, Message, MessageRow, Mode, RowState, Status};
use restante_model::{DeliveryState, Folder, Importance, IntervalFrom, IntervalRange, MessageId};
use restante_server_api::{Change, ChangesPage, Direction, Problem, ProblemKind, Settings};

use crate::{
    marks::Mark,
    office::Office,
    post_office::{Answered, Sent},
};

/// How late a run may be: twice the longest sleep of the storage of the scheduler, and a little.
const LATE_MS: i64 = 125_000;

/// A mailbox as the server tells it to a device that knows nothing.
#[derive(Default)]
struct Mailbox {
    received: BTreeMap<MessageId, DeliveryState>,
    sent: BTreeMap<(MessageId, String), DeliveryState>,
    /// Those of which it told twice.
    twice: Vec<MessageId>,
}

impl Office {
    /// Asks an agent something that changes nothing.
    fn question(&mut self, device: usize, ask: Ask) -> Option<Answer> {
        let now = self.devices[device].clock(self.agenda.now_ms());
        let call = CallId(0);
        let effects =
            self.devices[device].engine.as_mut()?.apply(restante_engine::Event::Asked { call, ask }, now);
        effects.into_iter().find_map(|effect| match effect {
            restante_engine::Effect::Answer { answer: Ok(answer), .. } => Some(answer),
            _ => None,
        })
    }

    fn rows(&mut self, device: usize, folder: Folder) -> Vec<MessageRow> {
        let (mut rows, mut before) = (Vec::new(), None);
        loop {
            let ask = Ask::Folder {
                folder,
                order: FolderOrder::default(),
                before: before.take(),
                limit: 500,
                unread: false,
            };
            let Some(Answer::Folder(FolderPage { messages, next_before })) = self.question(device, ask)
            else {
                return rows;
            };
            rows.extend(messages);
            if next_before.is_none() {
                return rows;
            }
            before = next_before;
        }
    }

    fn message(&mut self, device: usize, id: MessageId) -> Option<Message> {
        match self.question(device, Ask::Message(id)) {
            Some(Answer::Message(message)) => Some(*message),
            _ => None,
        }
    }

    fn status(&self, device: usize) -> Option<Status> {
        self.devices[device].engine.as_ref()?.status().ok()
    }

    /// Looks at everything that an agent shows, after every event.
    pub(crate) fn look(&mut self, device: usize) {
        let Some(status) = self.status(device) else { return };
        let own = &mut self.devices[device];
        match own.knows.offline {
            Some(offline) if offline != (status.mode == Mode::Offline) => {
                let what = format!("the person chose offline: {offline}, the agent is {:?}", status.mode);
                return self.found(device, Err(what));
            }
            _ => {}
        }
        let interval = restante_model::CheckInterval::from_seconds(status.interval.seconds);
        own.knows.longest_interval = own.knows.longest_interval.max(Some(interval));
        if status.connection == Connection::SignedOut {
            own.knows.quiet_since_ms = Some(self.agenda.now_ms());
        }
        let looked_at = Some((self.devices[device].life, status.mailbox_revision));
        if self.devices[device].knows.looked_at != looked_at {
            self.devices[device].knows.looked_at = looked_at;
            self.look_at_folders(device, status.unread);
        }
    }

    fn look_at_folders(&mut self, device: usize, unread: u64) {
        let inbox = self.rows(device, Folder::Inbox);
        if inbox.iter().any(|row| row.state == RowState::Expired) {
            self.marks.hit(Mark::ExpiredHere);
        }
        let seen = self.devices[device].knows.see_inbox(&inbox, unread);
        self.found(device, seen);
        let login = self.people[self.devices[device].person].login.to_string();
        for row in inbox {
            let meant = self.written.get(&row.id).is_some_and(|written| written.letter.to.contains(&login));
            if !meant {
                self.found(device, Err(format!("{} is here, and nobody wrote it to {login}", row.subject)));
            }
        }
        for row in self.rows(device, Folder::Sent) {
            self.devices[device].knows.sent.insert(row.id, row.clone());
            // What is settled for all stays so; asking for it each time would cost most of the run.
            if matches!(row.state, RowState::Read | RowState::Expired)
                && self.devices[device].knows.settled.contains(&row.id)
            {
                continue;
            }
            let Some(message) = self.message(device, row.id) else { continue };
            if matches!(row.state, RowState::Read | RowState::Expired) {
                self.devices[device].knows.settled.insert(row.id);
            }
            if message.recipients.is_empty() {
                // One that is also to oneself is shown as received.
                continue;
            }
            match self.devices[device].knows.see_sent(&message) {
                Ok(news) => {
                    for (login, state) in news {
                        self.told(device, row.id, &login, state);
                    }
                }

                Err(what) => self.found(device, Err(what)),
            }
        }
    }

    /// A sender was told what became of a copy: it must be so.
    fn told(&mut self, device: usize, id: MessageId, login: &str, state: DeliveryState) {
        let theirs = |it: &&crate::device::Device| self.people[it.person].login.as_str() == login;
        let mut devices = self.devices.iter().filter(theirs);
        let so = match state {
            DeliveryState::Waiting | DeliveryState::Expired => true,
            DeliveryState::Delivered => devices.any(|it| it.knows.inbox.contains_key(&id)),
            DeliveryState::Read => devices.any(|it| it.knows.maybe_read.contains(&id)),
            DeliveryState::Retracted => false,
        };
        match state {
            DeliveryState::Delivered => self.marks.hit(Mark::ToldDelivered),
            DeliveryState::Read => self.marks.hit(Mark::ToldRead),
            DeliveryState::Expired => self.marks.hit(Mark::ExpiredUnread),
            DeliveryState::Waiting | DeliveryState::Retracted => {}
        }
        if !so {
            let what = format!("is told that {id} is {} for {login}, and it is not", state.as_str());
            self.found(device, Err(what));
        }
    }

    /// An exchange failed: the agent must not look as if it had gone well.
    pub(crate) fn look_that_nothing_came(&mut self, device: usize) {
        let now = self.devices[device].clock(self.agenda.now_ms());
        if self.status(device).is_some_and(|status| status.last_good_at == Some(now)) {
            self.found(device, Err("a failed exchange looks as if our server had answered".into()));
        }
    }

    /// No agent that is awake and signed in waits for longer than its interval.
    pub(crate) fn look_for_silence(&mut self) {
        for device in 0..self.devices.len() {
            let own = &self.devices[device];
            let (Some(since), true) = (own.knows.quiet_since_ms, own.awake()) else { continue };
            let Some(status) = self.status(device) else { continue };
            if status.connection == Connection::SignedOut || own.enrolled_as.is_empty() {
                continue;
            }
            let longest = own.knows.longest_interval.map_or(0, restante_model::CheckInterval::seconds);
            // Without an answer of our server it asks ever more seldom.
            // A run that was put off by a failure, or by the server, comes within a quarter of an hour.
            let longest = longest.max(900);
            let allowed = i64::try_from(longest).unwrap_or(i64::MAX / 1_000) * 1_000 + LATE_MS;
            let unshown = own.knows.to_show.difference(&own.knows.handed_important).next();
            if let (Some(id), false) = (unshown, own.disk_was_full) {
                let what = format!("{id} is important, was unread at the start and is not shown");
                return self.found(device, Err(what));
            }
            let quiet = self.agenda.now_ms() - since;
            if quiet > allowed {
                let what = format!("no run for {} s, the interval is {longest} s: silent", quiet / 1_000);
                self.found(device, Err(what));
            }
        }
    }

    /// No mailbox's number goes back.
    pub(crate) fn look_at_the_numbers(&mut self) {
        for (login, now) in self.server.numbers() {
            let before = self.numbers.insert(login.clone(), now).unwrap_or(0);
            if before > now {
                self.find(format!("the mailbox of {login} went from {before} to {now}"));
            }
        }
    }

    /// What the server answered, before the network had it.
    pub(crate) fn see_answer(&mut self, sent: &Sent, answered: &Answered) {
        if answered.status.is_success() && sent.method == Method::PUT {
            let id = sent.path.rsplit('/').next().and_then(|id| id.parse::<MessageId>().ok());
            if let Some(written) = id.and_then(|id| self.written.get_mut(&id)) {
                if answered.status == StatusCode::OK {
                    self.marks.hit(Mark::RetryMetItsId);
                } else {
                    written.accepted_at_ms = Some(self.agenda.now_ms());
                    written.lost = false;
                }
            } else {
                self.marks.hit(Mark::IntervalPushed);
            }
        }
        match serde_json::from_slice::<Problem>(&answered.body).map(|problem| problem.code) {
            Ok(ProblemKind::CursorReset) => self.marks.hit(Mark::CursorReset),
            Ok(ProblemKind::OfficeUnavailable) => self.marks.hit(Mark::OfficeDetached),
            Ok(ProblemKind::IntervalLocked) => self.marks.hit(Mark::IntervalLocked),
            Ok(ProblemKind::Unauthenticated) => self.marks.hit(Mark::TokenRevoked),
            Ok(_) | Err(_) => {}
        }
    }

    /// Everything has come to rest.
    pub(crate) fn look_at_the_end(&mut self) {
        self.look_for_silence();
        for login in self.server.muddled_numbers() {
            self.find(format!("two changes in the mailbox of {login} have one number"));
        }
        for device in 0..self.devices.len() {
            let person = self.people[self.devices[device].person].clone();
            let (id, random) = (self.chance.hex(32), self.chance.hex(64));
            let (_, token) = self.server.enrol(&person, &id, &random);
            let mailbox = self.mailbox(&token);
            self.look_at_mail(device, &mailbox);
            self.look_at_letters(device);
            self.look_at_alerts(device);
            let settings: Option<Settings> = self.get(&token, restante_server_api::path::SETTINGS);
            self.look_at_interval(device, settings.as_ref());
        }
        let written: Vec<_> = self.written.keys().copied().collect();
        for id in written {
            self.look_at_delivery(id);
        }
    }

    fn get<T: serde::de::DeserializeOwned>(&mut self, token: &str, path: &str) -> Option<T> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a token is ASCII");
        headers.insert(header::AUTHORIZATION, value);
        let sent = Sent { method: Method::GET, path: path.to_owned(), headers, body: Bytes::default() };
        let answered = self.server.answer(&sent)?;
        let read = serde_json::from_slice(&answered.body);
        if read.is_err() {
            self.find(format!("{path} is answered with {}", answered.status));
        }
        read.ok()
    }

    fn mailbox(&mut self, token: &str) -> Mailbox {
        let mut mailbox = Mailbox::default();
        let mut path = restante_server_api::path::CHANGES.to_owned();
        while let Some(page) = self.get::<ChangesPage>(token, &path) {
            for change in page.changes {
                mailbox.take(change);
            }
            if !page.more {
                break;
            }
            path = format!("{}?since={}", restante_server_api::path::CHANGES, page.cursor);
        }
        mailbox
    }

    fn lost(&self, id: MessageId) -> bool {
        self.written.get(&id).is_some_and(|written| written.lost)
    }

    /// When the server may have taken it out; `None` while its lifetime lasts.
    fn expired_at_ms(&self, id: MessageId) -> Option<i64> {
        let at = self.written.get(&id)?.accepted_at_ms? + self.lifetime_ms;
        (at <= self.agenda.now_ms()).then_some(at)
    }

    /// Whether it expired so lately that not everybody has heard.
    fn just_expired(&self, id: MessageId) -> bool {
        self.expired_at_ms(id).is_some_and(|at| at > self.agenda.now_ms() - self.two_intervals_ms())
    }

    /// The device shows what the server has.
    fn look_at_mail(&mut self, device: usize, mailbox: &Mailbox) {
        if let Some(id) = mailbox.twice.first() {
            self.found(device, Err(format!("the server has {id} twice")));
        }
        let relaxed = self.copied_back;
        let here = self.devices[device].knows.inbox.clone();
        for (id, state) in &mailbox.received {
            let shown = here.get(id).map(|row| row.state);
            let at_server = RowState::from(*state);
            let undone = relaxed && shown.is_some_and(|shown| shown != RowState::Delivered);
            if shown != Some(at_server) && !undone {
                self.found(device, Err(format!("the server has {id} {at_server:?}, here it is {shown:?}")));
            }
        }
        for (id, row) in &here {
            let Some(message) = self.message(device, *id) else { continue };
            // Perhaps read here before the server could be told, and expired there.
            let expired = self.expired_at_ms(*id).is_some() && row.state != RowState::Delivered;
            let gone = expired || self.just_expired(*id) || self.lost(*id) || relaxed;
            if !mailbox.received.contains_key(id) && !gone {
                self.found(
                    device,
                    Err(format!("{} is {:?} here, the server has it not", row.subject, row.state)),
                );
            }
            if self.written.get(id).is_some_and(|written| written.letter.body != message.body) {
                self.found(device, Err(format!("{} has lost words", row.subject)));
            }
        }
        let copies = self.devices[device].knows.copies.clone();
        for (copy, state) in &mailbox.sent {
            let shown = copies.get(copy);
            let own = &self.people[self.devices[device].person].login;
            let to_oneself =
                self.written.get(&copy.0).is_some_and(|it| it.letter.to.contains(&own.to_string()));
            let settled = relaxed || to_oneself || self.just_expired(copy.0);
            if shown != Some(state) && !settled {
                let what = format!("the copy of {copy:?} is {state:?} at the server, here {shown:?}");
                self.found(device, Err(what));
            }
        }
    }

    /// Outbox and drafts.
    fn look_at_letters(&mut self, device: usize) {
        for row in self.rows(device, Folder::Outbox) {
            let to_nobody = self.written.get(&row.id).is_some_and(|written| written.to_nobody);
            if to_nobody && row.state == RowState::Refused {
                self.marks.hit(Mark::LetterRefused);
            } else {
                let what =
                    format!("{} is still in the outbox, {:?} {:?}", row.subject, row.state, row.refused);
                self.found(device, Err(what));
            }
        }
        let rows = self.rows(device, Folder::Drafts);
        let drafts: Vec<_> = rows.iter().filter_map(|row| self.message(device, row.id)).collect();
        for letter in self.devices[device].knows.drafts.clone().into_values() {
            // Under its own id, or as a copy where the server had another version.
            let whole = drafts.iter().any(|it| it.body == letter.body && it.row.subject == letter.subject);
            if !whole {
                self.found(device, Err(format!("the draft of {} is not what was written", letter.subject)));
            }
        }
    }

    /// What is unread was announced.
    fn look_at_alerts(&mut self, device: usize) {
        let knows = &self.devices[device].knows;
        let unread = |importance: Importance| {
            knows.inbox.values().filter(move |row| row.bold && row.importance == importance)
        };
        let unseen = unread(Importance::High)
            .find(|row| !knows.shown_important.contains(&row.id) && !knows.popups.contains_key(&row.id));
        let silent = unread(Importance::Normal).filter(|row| !knows.handed.contains(&row.id)).count();
        let what = if let Some(row) = unseen {
            Some(format!("{} is important, unread and was never shown", row.subject))
        } else if u64::try_from(silent).unwrap_or(u64::MAX) > knows.handed_in_summaries {
            Some(format!("{silent} unread messages were never announced"))
        } else {
            None
        };
        if let Some(what) = what {
            self.found(device, Err(what));
        }
    }

    fn look_at_interval(&mut self, device: usize, settings: Option<&Settings>) {
        let (Some(settings), Some(status)) = (settings, self.status(device)) else {
            return self.found(device, Err("does not run in the end".into()));
        };
        let server = settings.check_interval_seconds.seconds();
        if status.interval.seconds != server || status.interval.pending {
            let what = format!("follows {:?}, the server says {server} s", status.interval);
            return self.found(device, Err(what));
        }
        let first = self.devices.iter().position(|it| it.person == self.devices[device].person);
        if self.copied_back || first != Some(device) {
            return;
        }
        let wish = self.devices[device].read_settings().ok().and_then(|file| file.check_interval);
        let range =
            IntervalRange::new(settings.check_interval_min_seconds, settings.check_interval_max_seconds);
        let wished =
            wish.map(|wish| range.clamp(restante_model::CheckInterval::from_seconds(wish.get())).seconds());
        let own = (settings.check_interval_from == IntervalFrom::User).then_some(server);
        if own != wished {
            self.found(device, Err(format!("the file wishes {wished:?}, the server has {own:?}")));
        }
    }

    /// What the agent took reached everybody once, or expired with the sender told.
    fn look_at_delivery(&mut self, id: MessageId) {
        let written = &self.written[&id];
        if !written.promised || written.lost || written.to_nobody {
            return;
        }
        let sender = &self.devices[written.device];
        // Shown as received, without the others' copies: then the row tells of them.
        let to_oneself = written.letter.to.contains(&self.people[written.from].login.to_string());
        let mut missing = None;
        for login in &written.letter.to {
            let told = sender.knows.copies.get(&(id, login.clone()));
            let told_by_row = sender.knows.sent.get(&id).is_some_and(|row| row.not_delivered.contains(login));
            // He was told of a reading that the copied-back database has forgotten, so that it expired there unread.
            let undone =
                self.copied_back && told == Some(&DeliveryState::Read) && self.expired_at_ms(id).is_some();
            let expired = undone
                || told == Some(&DeliveryState::Expired)
                || to_oneself && (told_by_row || self.expired_at_ms(id).is_some());
            for device in self.devices.iter().filter(|it| self.people[it.person].login.as_str() == login) {
                if !device.knows.inbox.contains_key(&id) && !expired {
                    missing = Some(format!("{} never came to {}", written.letter.subject, device.name));
                }
                let state = device.knows.inbox.get(&id).map(|row| row.state);
                if device.knows.read_here.contains(&id)
                    && !matches!(state, Some(RowState::Read | RowState::Expired))
                {
                    missing = Some(format!("{} was read on {}", written.letter.subject, device.name));
                }
            }
        }
        if let Some(what) = missing {
            self.find(what);
        }
    }
}

impl Mailbox {
    fn take(&mut self, change: Change) {
        match change {
            Change::Message { message, .. } => match message.direction {
                Direction::Received { state } => {
                    if self.received.insert(message.id, state).is_some() {
                        self.twice.push(message.id);
                    }
                }
                Direction::Sent { recipients } => {
                    for recipient in recipients {
                        let copy = (message.id, recipient.person.login.to_string());
                        self.sent.insert(copy, recipient.state);
                    }
                }
            },
            Change::Delivery { message_id, user, state, .. } => {
                if let Some(copy) = self.sent.get_mut(&(message_id, user.to_string())) {
                    *copy = state;
                }
            }
            // What is still being written is looked for at its device.
            Change::Draft { .. } | Change::DraftRemoved { .. } | Change::Expiry { .. } => {}
            Change::Removed { message_id, .. } => {
                self.received.remove(&message_id);
            }
        }
    }
}
