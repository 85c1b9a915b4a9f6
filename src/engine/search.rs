//! What the person looks for: in the cache by its index, and in what was written here and is not sent yet.

use restante_local_api::{Direction, FoundMessage, MessageRow, RowPosition, SearchPage};
use restante_model::{Folder, MessageId};

use crate::{
    ask_error::AskError,
    cache::{FoundPage, FoundRow, Wanted},
    effect::Answer,
    engine::{Engine, Result},
    event::PageStart,
    ledger::WrittenLetter,
    local::Reply,
    rows::MAX_ROWS,
};

impl Engine {
    /// The messages that hold every word, the last one perhaps not yet written to its end; newest first,
    /// and before them what is still here to be written or sent. A question without a word finds nothing.
    pub(crate) fn search(&self, words: &str, start: PageStart, limit: u32) -> Result<Reply> {
        let limit = limit.clamp(1, MAX_ROWS);
        let wanted = Wanted::from_words(words);
        let page = match (wanted, start) {
            (None, PageStart::Row(_)) => page_of(FoundPage::default(), None, Some(0)),
            (None, PageStart::Behind(_)) => page_of(FoundPage::default(), None, None),
            (Some(wanted), PageStart::Row(from)) => self.found_from(&wanted, from, limit)?,
            (Some(wanted), PageStart::Behind(number)) => {
                let Ok(number) = number.parse() else { return Ok(Err(AskError::NoSuchPage)) };
                let rows = self.cache.search(&wanted, number, limit)?;
                let last = rows.last().filter(|_| rows.len() == limit as usize).map(|last| last.number);
                page_of(FoundPage { rows, ..FoundPage::default() }, last, None)
            }
        };
        Ok(Ok(Answer::Found(page)))
    }

    /// From a row on, as from one that is scrolled to. Letters are few, so a page is never cut among them.
    fn found_from(&self, wanted: &Wanted, from: u64, limit: u32) -> Result<SearchPage> {
        let mut letters = self.letters_found(wanted)?;
        let written = letters.len() as u64;
        letters.drain(..letters.len().min(usize::try_from(from).unwrap_or(usize::MAX)));
        let room = limit.saturating_sub(u32::try_from(letters.len()).unwrap_or(u32::MAX));
        let passed_over = from.saturating_sub(written);
        let found = self.cache.search_from(wanted, passed_over, room)?;
        let count = written + found.count;
        let ended = found.count <= passed_over + found.rows.len() as u64 && !found.more;
        let last = (!ended).then(|| found.rows.last().map_or(i64::MAX, |last| last.number));
        let mut page = page_of(found, last, Some(count));
        page.messages.splice(..0, letters);
        Ok(page)
    }

    /// How many rows of the answer stand before a message; `None` where it is not among them.
    pub(crate) fn found_position(&self, id: MessageId, words: &str) -> Result<Option<RowPosition>> {
        let Some(wanted) = Wanted::from_words(words) else { return Ok(None) };
        let letters = self.letters_found(&wanted)?;
        let position = match letters.iter().position(|letter| letter.row.id == id) {
            Some(place) => Some(place as u64),
            None => self.cache.found_before(&wanted, id)?.map(|before| before + letters.len() as u64),
        };
        Ok(position.map(|position| RowPosition { position }))
    }

    fn letters_found(&self, wanted: &Wanted) -> Result<Vec<FoundMessage>> {
        let mut letters = Vec::new();
        for draft in self.ledger.drafts()? {
            let row = self.draft_row(&draft)?;
            letters.extend(letter_found(wanted, &draft.written, Folder::Drafts, row));
        }
        for waiting in self.ledger.outbox()? {
            let row = self.outbox_row(&waiting)?;
            letters.extend(letter_found(wanted, &waiting.written, Folder::Outbox, row));
        }
        Ok(letters)
    }
}

/// What was found of the mail; `last` is the number behind which the next page begins.
fn page_of(found: FoundPage, last: Option<i64>, count: Option<u64>) -> SearchPage {
    let messages = found.rows.into_iter().map(|FoundRow { direction, row, .. }| {
        let folder = match direction {
            Direction::Received => Folder::Inbox,
            Direction::Sent => Folder::Sent,
        };
        FoundMessage { folder, row }
    });
    SearchPage {
        messages: messages.collect(),
        next_before: last.map(|last| last.to_string()),
        count,
        more_than_count: found.more,
    }
}

/// Letters here are few, so none of them is in an index.
fn letter_found(
    wanted: &Wanted,
    written: &WrittenLetter,
    folder: Folder,
    row: MessageRow,
) -> Option<FoundMessage> {
    let texts = [written.letter.subject.as_str(), &written.letter.body];
    let people = [&row.from].into_iter().chain(&row.to);
    let texts =
        texts.into_iter().chain(people.flat_map(|person| [person.name.as_str(), person.login.as_str()]));
    wanted.found_in(texts).then_some(FoundMessage { folder, row })
}
