//! What the person looks for: in the cache by its index, and in what was written here and is not sent yet.

use restante_local_api::{Direction, FoundMessage, MessageRow, SearchPage};
use restante_model::Folder;

use crate::{
    ask_error::AskError,
    cache::{FoundRow, Wanted},
    effect::Answer,
    engine::{Engine, Result},
    ledger::WrittenLetter,
    local::Reply,
    rows::MAX_ROWS,
};

impl Engine {
    /// The messages that hold every word, the last one perhaps not yet written to its end; newest first,
    /// and before them what is still here to be written or sent. A question without a word finds nothing.
    pub(crate) fn search(&self, words: &str, before: Option<&str>, limit: u32) -> Result<Reply> {
        let before = match before.map(str::parse::<i64>) {
            None => None,
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => return Ok(Err(AskError::NoSuchPage)),
        };
        let Some(wanted) = Wanted::from_words(words) else {
            return Ok(Ok(Answer::Found(SearchPage { messages: Vec::new(), next_before: None })));
        };
        let mut messages = Vec::new();
        if before.is_none() {
            for draft in self.ledger.drafts()? {
                let row = self.draft_row(&draft)?;
                messages.extend(letter_found(&wanted, &draft.written, Folder::Drafts, row));
            }
            for waiting in self.ledger.outbox()? {
                let row = self.outbox_row(&waiting)?;
                messages.extend(letter_found(&wanted, &waiting.written, Folder::Outbox, row));
            }
        }
        let limit = limit.clamp(1, MAX_ROWS);
        let found = self.cache.search(&wanted, before, limit)?;
        let next_before =
            found.last().filter(|_| found.len() == limit as usize).map(|last| last.number.to_string());
        messages.extend(found.into_iter().map(|FoundRow { direction, row, .. }| {
            let folder = match direction {
                Direction::Received => Folder::Inbox,
                Direction::Sent => Folder::Sent,
            };
            FoundMessage { folder, row }
        }));
        Ok(Ok(Answer::Found(SearchPage { messages, next_before })))
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
