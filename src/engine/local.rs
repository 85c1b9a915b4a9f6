//! What front ends ask: the whole local API, answered from cache and ledger.

use restante_local_api::{Direction, Message, Mode, Trigger};
use restante_model::{CheckInterval, Letter, MessageId, Seconds, Timestamp};

use crate::{
    alert::MAX_SNOOZE_SECONDS,
    ask_error::AskError,
    effect::{Answer, Effect},
    engine::{Engine, Result},
    event::{Ask, CallId},
    settings_file::{KEYS, SettingNotWritten, value_of},
};

pub(crate) type Reply = std::result::Result<Answer, AskError>;

/// What is to be written for a wish of a person: the interval goes the way of its own, since the server
/// hears of it.
enum SettingWish {
    Interval(Option<CheckInterval>),
    Other { key: &'static str, value: Option<String> },
}

fn setting_wish(key: &str, text: Option<&str>) -> std::result::Result<SettingWish, SettingNotWritten> {
    let known = KEYS.iter().find(|it| it.path == key).map(|it| it.path);
    let key = known.ok_or_else(|| SettingNotWritten::UnknownKey(key.to_owned()))?;
    let value = text.map(|text| value_of(key, text)).transpose()?.map(|(_, value)| value);
    if key != "check_interval" {
        return Ok(SettingWish::Other { key, value });
    }
    let wish = text.and_then(|text| text.trim().parse::<Seconds>().ok());
    Ok(SettingWish::Interval(wish.map(|wish| CheckInterval::from_seconds(wish.get()))))
}

/// The setting stands in the file, or could not be written there.
pub(crate) fn setting_written(call: CallId, outcome: std::result::Result<(), SettingNotWritten>) -> Effect {
    let answer = outcome.map(|()| Answer::Done).map_err(AskError::Setting);
    Effect::Answer { call, answer }
}

impl Engine {
    /// Answers a front end, at once or when what it waits for is complete.
    pub(crate) fn asked(&mut self, call: CallId, ask: Ask, now: Timestamp) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        let reply = match ask {
            Ask::Status => self.status_answer(),
            Ask::Folders => Ok(Answer::Folders(self.folders()?)),
            Ask::Folder { folder, order, start, limit, unread } => {
                self.page(folder, order, start, limit, unread)?
            }
            Ask::Position { id, folder, order, unread } => match self.position(id, folder, order, unread)? {
                Some(position) => Ok(Answer::Position(position)),
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::Message(id) => match self.find(id)? {
                Some(message) => Ok(Answer::Message(Box::new(message))),
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::Directory { text } => Ok(Answer::People(self.cache.people(&text)?)),
            Ask::Search { words, start, limit } => self.search(&words, start, limit)?,
            Ask::FoundPosition { id, words } => match self.found_position(id, &words)? {
                Some(position) => Ok(Answer::Position(position)),
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::Jobs => Ok(Answer::Jobs(self.jobs())),
            Ask::Check { wait } => return self.check_asked(call, wait, now),
            Ask::MarkRead(id) => match self.mark_read(id, now)? {
                Some(more) => {
                    effects.extend(more);
                    Ok(Answer::Done)
                }
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::Unread(ids) => self.unread_of(ids)?,
            Ask::MarkUnread(id) => self.mark_unread(id)?,
            Ask::DeleteMessage(id) => match self.delete_message(id, now)? {
                Some(more) => {
                    effects.extend(more);
                    Ok(Answer::Done)
                }
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::Recipients(id) => {
                return self.ask_about_sent(call, id, Effect::PullRecipients { call, id });
            }
            Ask::Retract(id) => return self.ask_about_sent(call, id, Effect::Retract { call, id }),
            Ask::Acknowledge(id) => match self.acknowledge(id, now)? {
                Some(more) => {
                    effects.extend(more);
                    Ok(Answer::Done)
                }
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::RemindLater { seconds, .. } | Ask::SnoozeAlerts { seconds: Some(seconds) }
                if !(1..=MAX_SNOOZE_SECONDS).contains(&seconds) =>
            {
                Err(AskError::NoTimeOfPeace)
            }
            Ask::RemindLater { id, seconds } => match self.remind_later(id, seconds, now)? {
                Some(more) => {
                    effects.extend(more);
                    Ok(Answer::Done)
                }
                None => Err(AskError::NoSuchMessage(id)),
            },
            Ask::SnoozeAlerts { seconds } => {
                self.snooze_alerts(seconds, now)?;
                self.status_answer()
            }
            Ask::Send { id, letter, undo } => return self.send(call, id, letter, undo, now),
            Ask::SaveDraft { id, letter, base_version } => self.save_draft(id, letter, base_version, now)?,
            Ask::SendDraft { id, undo } => return self.send_draft(call, id, undo, now),
            Ask::DeleteDraft(id) => self.delete_draft(id)?,
            Ask::TakeBack(id) => self.take_back(id, now)?,
            Ask::SendAnew(id) => return self.send_anew(call, id, now),
            Ask::DeleteLetter(id) => self.delete_letter(id)?,
            Ask::SetMode(mode) => {
                effects.extend(self.set_mode(mode, now)?);
                self.status_answer()
            }
            Ask::SetInterval(Some(seconds)) if seconds.get() == 0 => Err(AskError::NoInterval),
            Ask::SetInterval(wish) => {
                let wish = wish.map(|seconds| CheckInterval::from_seconds(seconds.get()));
                return Ok(self.wish_interval(wish, call));
            }
            Ask::ChangePassword(wish) => return Ok(vec![self.change_password(wish, call)]),
            Ask::SetSetting { key, text } => match setting_wish(&key, text.as_deref()) {
                Ok(SettingWish::Interval(wish)) => return Ok(self.wish_interval(wish, call)),
                Ok(SettingWish::Other { key, value }) => {
                    return Ok(vec![Effect::WriteSetting { call, key, value }]);
                }
                Err(why) => Err(AskError::Setting(why)),
            },
            Ask::Login(login) => return Ok(vec![self.login(login, call)?]),
            Ask::Logout => {
                effects.extend(self.logout());
                self.ledger.set_token_place(None)?;
                Ok(Answer::Done)
            }
            Ask::Show { what, id } => {
                self.opened(id, now)?;
                effects.push(self.window(what, id));
                Ok(Answer::Done)
            }
            Ask::Quit => {
                effects.push(Effect::Quit);
                Ok(Answer::Done)
            }
        };
        // The answer comes first: quitting ends what would carry it.
        effects.insert(0, Effect::Answer { call, answer: reply });
        Ok(effects)
    }

    pub(crate) fn status_answer(&self) -> Reply {
        self.status().map(|status| Answer::Status(Box::new(status))).map_err(|error| AskError::from(&error))
    }

    pub(crate) fn check_asked(&mut self, call: CallId, wait: bool, now: Timestamp) -> Result<Vec<Effect>> {
        let answer = |answer| Ok(vec![Effect::Answer { call, answer }]);
        if self.mode == Mode::Offline {
            return answer(Err(AskError::Offline));
        }
        if !self.signed_in {
            return Ok(self.check_with_token(call, wait));
        }
        let joined = self.run.is_some();
        let mut effects = self.start_run(Trigger::Manual, now)?;
        effects.extend(self.keep_token_again());
        if wait {
            self.wait_for_run(call, joined);
        } else {
            let answer = Ok(Answer::Check(restante_local_api::CheckAnswer { check: None, joined }));
            effects.insert(0, Effect::Answer { call, answer });
        }
        Ok(effects)
    }

    fn find(&self, id: MessageId) -> Result<Option<Message>> {
        if let Some(message) = self.cache.message(id)? {
            return Ok(Some(message));
        }
        let (row, body, version) = if let Some(waiting) = self.ledger.outbox_letter(id)? {
            (self.outbox_row(&waiting)?, waiting.written.letter.body, None)
        } else if let Some(draft) = self.ledger.draft(id)? {
            (self.draft_row(&draft)?, draft.written.letter.body, Some(draft.version))
        } else {
            return Ok(None);
        };
        let direction = Direction::Sent;
        Ok(Some(Message { row, direction, body, expires_at: None, version, recipients: Vec::new() }))
    }
}

/// Whether a sent message says what this letter says.
pub(crate) fn same(sent: &Message, letter: &Letter) -> bool {
    sent.body == letter.body && sent.row.subject == letter.subject
}
