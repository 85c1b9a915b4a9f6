//! The rows of the folders, in the order that a front end asks for: received and sent mail from the cache, letters
//! from the ledger.

use std::cmp::Ordering;

use restante_local_api::{
    Direction, FolderOrder, FolderPage, MessageRow, OnItsWay, RowPosition, RowState, SortBy,
};
use restante_model::{Folder, Importance, Login, MessageId, Person};

use crate::{
    ask_error::AskError,
    cache::{Place, sort_key, who_key},
    effect::Answer,
    engine::{Engine, Result},
    event::PageStart,
    ledger::{Draft, OutboxLetter, WrittenLetter},
    local::Reply,
    outbox,
};

/// The most rows of one page.
pub(crate) const MAX_ROWS: u32 = 500;

impl Engine {
    pub(crate) fn page(
        &self,
        folder: Folder,
        order: FolderOrder,
        start: PageStart,
        limit: u32,
        unread: bool,
    ) -> Result<Reply> {
        let limit = limit.clamp(1, MAX_ROWS);
        let direction = match folder {
            Folder::Inbox => Direction::Received,
            Folder::Sent => Direction::Sent,
            Folder::Drafts | Folder::Outbox => {
                let mut messages = self.letter_rows(folder, order)?;
                let count = u64::try_from(messages.len()).ok();
                if let PageStart::Row(from) = start {
                    messages.drain(..messages.len().min(usize::try_from(from).unwrap_or(usize::MAX)));
                }
                return Ok(Ok(Answer::Folder(FolderPage { messages, next_before: None, count })));
            }
        };
        let (messages, count) = match start {
            PageStart::Behind(text) => match Place::parse(order, &text) {
                Some(place) => (self.cache.rows(direction, order, &place, limit, unread)?, None),
                None => return Ok(Err(AskError::NoSuchPage)),
            },
            PageStart::Row(from) => {
                let (rows, count) = self.cache.rows_from(direction, order, from, limit, unread)?;
                (rows, Some(count))
            }
        };
        let full = messages.len() == limit as usize;
        let last = messages.last().filter(|_| full);
        let next_before = last.map(|last| Place::of(direction, order, last).to_string());
        Ok(Ok(Answer::Folder(FolderPage { messages, next_before, count })))
    }

    /// How many rows stand before a message in a folder of this order; `None` where it is not among them.
    pub(crate) fn position(
        &self,
        id: MessageId,
        folder: Folder,
        order: FolderOrder,
        unread: bool,
    ) -> Result<Option<RowPosition>> {
        let rows_before = match folder {
            Folder::Inbox => self.cache.rows_before(Direction::Received, order, id, unread)?,
            Folder::Sent => self.cache.rows_before(Direction::Sent, order, id, unread)?,
            Folder::Drafts | Folder::Outbox => {
                let place = self.letter_rows(folder, order)?.iter().position(|row| row.id == id);
                place.and_then(|place| u64::try_from(place).ok())
            }
        };
        Ok(rows_before.map(|position| RowPosition { position }))
    }

    /// Letters of this device: few, and all of them worth seeing, so one page holds them.
    fn letter_rows(&self, folder: Folder, order: FolderOrder) -> Result<Vec<MessageRow>> {
        let rows: Result<Vec<_>> = match folder {
            Folder::Drafts => self.ledger.drafts()?.iter().map(|draft| self.draft_row(draft)).collect(),
            Folder::Outbox => self.ledger.outbox()?.iter().map(|waiting| self.outbox_row(waiting)).collect(),
            Folder::Inbox | Folder::Sent => Ok(Vec::new()),
        };
        let mut rows = rows?;
        if order != FolderOrder::default() {
            rows.sort_by(|one, other| {
                let smaller = compare(order.sort, one, other);
                if order.ascending { smaller } else { smaller.reverse() }
            });
        }
        Ok(rows)
    }

    pub(crate) fn draft_row(&self, draft: &Draft) -> Result<MessageRow> {
        self.letter_row(&draft.written, RowState::Draft)
    }

    pub(crate) fn outbox_row(&self, waiting: &OutboxLetter) -> Result<MessageRow> {
        let state = match &waiting.refused {
            Some(_) => RowState::Refused,
            None if self.posting(waiting.written.id) => RowState::Sending,
            None => RowState::Waiting,
        };
        let row = self.letter_row(&waiting.written, state)?;
        let refused = waiting.refused.as_ref();
        Ok(MessageRow {
            bold: refused.is_some(),
            refused: refused.map(|refusal| refusal.why.clone()),
            on_its_way: Some(OnItsWay {
                goes_out_at: waiting.goes_out_at,
                tried_at: waiting.tried_at,
                refused_at: refused.map(|refusal| refusal.at),
                may_be_taken_back: outbox::may_be_taken_back(waiting),
            }),
            ..row
        })
    }

    fn letter_row(&self, written: &WrittenLetter, state: RowState) -> Result<MessageRow> {
        // Letters are only taken from somebody signed in, drafts perhaps from before that.
        let from = self.account.as_ref().map_or_else(nobody, |account| account.user.clone());
        let to: Result<Vec<Person>> = written
            .letter
            .to
            .iter()
            .filter_map(|login| login.parse::<Login>().ok())
            .map(|login| self.cache.person(&login))
            .collect();
        Ok(MessageRow {
            id: written.id,
            from,
            to: to?,
            subject: written.letter.subject.clone(),
            importance: written.letter.importance,
            sent_at: written.written_at,
            state,
            bold: false,
            not_delivered: Vec::new(),
            refused: None,
            on_its_way: None,
        })
    }
}

fn compare(sort: SortBy, one: &MessageRow, other: &MessageRow) -> Ordering {
    let who = |row: &MessageRow| who_key(Direction::Sent, &row.from, &row.to);
    let by_key = match sort {
        SortBy::Time => Ordering::Equal,
        SortBy::Who => who(one).cmp(&who(other)),
        SortBy::Subject => sort_key(&one.subject).cmp(&sort_key(&other.subject)),
        SortBy::Importance => {
            (one.importance == Importance::High).cmp(&(other.importance == Importance::High))
        }
    };
    by_key.then_with(|| (one.sent_at, one.id).cmp(&(other.sent_at, other.id)))
}

fn nobody() -> Person {
    let login: Login = "nobody".parse().unwrap_or_else(|_| unreachable!("six letters are a login"));
    Person { name: String::new(), login }
}
