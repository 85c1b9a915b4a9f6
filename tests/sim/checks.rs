//! What must hold. Known is only what people did and were told.

use axum::http::{Method, StatusCode};
use restante_engine::{
    effect::Answer,
    event::{Ask, CallId, PageStart},
};
use restante_local_api::{Connection, FolderOrder, Message, MessageRow, Mode, RowState, Status};
use restante_model::{DeliveryState, Folder, MessageId};
use restante_server_api::{Problem, ProblemKind};

use crate::{
    marks::Mark,
    office::Office,
    post_office::{Answered, Sent},
};

/// How late a run may be: twice the longest sleep of the storage of the scheduler, and a little.
const LATE_MS: i64 = 125_000;

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

    pub(crate) fn rows(&mut self, device: usize, folder: Folder) -> Vec<MessageRow> {
        let (mut rows, mut start) = (Vec::new(), PageStart::Row(0));
        loop {
            let order = FolderOrder::default();
            let ask = Ask::Folder { folder, order, start, limit: 500, unread: false };
            let Some(Answer::Folder(page)) = self.question(device, ask) else { return rows };
            rows.extend(page.messages);
            match page.next_before {
                Some(before) => start = PageStart::Behind(before),
                None => return rows,
            }
        }
    }

    pub(crate) fn message(&mut self, device: usize, id: MessageId) -> Option<Message> {
        match self.question(device, Ask::Message(id)) {
            Some(Answer::Message(message)) => Some(*message),
            _ => None,
        }
    }

    pub(crate) fn status(&self, device: usize) -> Option<Status> {
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
}
