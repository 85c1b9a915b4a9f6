//! What must hold once everything has come to rest: agents and server agree, and nothing is lost.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, header},
};
use restante_local_api::RowState;
use restante_model::{DeliveryState, Folder, Importance, IntervalFrom, IntervalRange, MessageId};
use restante_server_api::{Change, ChangesPage, Direction, Settings};

use crate::{marks::Mark, office::Office, post_office::Sent};

/// A mailbox as the server tells it to a device that knows nothing.
#[derive(Default)]
struct Mailbox {
    received: BTreeMap<MessageId, DeliveryState>,
    sent: BTreeMap<(MessageId, String), DeliveryState>,
    /// Those of which it told twice.
    twice: Vec<MessageId>,
}

impl Office {
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
