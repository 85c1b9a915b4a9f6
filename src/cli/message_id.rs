//! A message by its id, or by the end of it, which is easier to type.

use restante_local_api::model::{Folder, MessageId};

use crate::{failure::Failure, session::Session};

/// The fewest characters that name a message: the last ones of an id are random, so two messages of a
/// mailbox of 10,000 share their last 8 with a probability of about 1 %, and are then told apart.
pub(crate) const SHORT_CHARACTERS: usize = 8;
/// The most rows that the agent is asked for at once.
const PAGE: u32 = 500;

/// The end of an id, for tables that people read.
pub(crate) fn short(id: MessageId) -> String {
    let id = id.to_string();
    id[id.len() - SHORT_CHARACTERS..].to_owned()
}

/// The message that `text` means, looked for in all folders where `text` is only the end of an id.
pub(crate) async fn find(session: &Session<'_, '_>, text: &str) -> Result<MessageId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let ending = text.to_lowercase();
    let hexadecimal = ending.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if !hexadecimal || ending.len() < SHORT_CHARACTERS {
        return Err(Failure::BadId(text.to_owned()));
    }
    let mut found: Vec<MessageId> = Vec::new();
    for folder in Folder::ALL {
        let mut before: Option<String> = None;
        loop {
            let page = session.client.folder(folder, before.as_deref(), PAGE, false).await?;
            found.extend(
                page.messages.iter().map(|row| row.id).filter(|id| id.to_string().ends_with(&ending)),
            );
            before = page.next_before;
            if before.is_none() {
                break;
            }
        }
    }
    // A letter to oneself lies in two folders.
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [] => Err(Failure::NoSuchMessage(text.to_owned())),
        [id] => Ok(id),
        _ => Err(Failure::AmbiguousId(text.to_owned(), found.iter().map(MessageId::to_string).collect())),
    }
}
