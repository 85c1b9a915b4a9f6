//! `restante search`

use clap::Args;
use restante_l10n::Value;
use restante_local_api::{SearchPage, model::Importance};
use restante_process::Exit;

use super::list;
use crate::{failure::Failure, message_id, session::Session, table::Table};

/// The most rows that the agent is asked for at once.
const PAGE: u32 = 500;

/// The messages that hold all of these words in any form, newest first
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words of the text, the subject or the names; the last one may be only the beginning of one
    #[arg(required = true)]
    words: Vec<String>,
    /// At most so many
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 50)]
    limit: u32,
}

impl Search {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let found = self.fetch(session).await?;
        print(session, &found)?;
        Ok(if found.messages.is_empty() { Exit::No } else { Exit::Done })
    }

    /// As many pages as the limit takes, as one.
    async fn fetch(&self, session: &Session<'_, '_>) -> Result<SearchPage, Failure> {
        let words = self.words.join(" ");
        let mut all = SearchPage { messages: Vec::new(), next_before: None };
        let mut left = self.limit;
        while left > 0 {
            let before = all.next_before.take();
            let page = session.client.search(&words, before.as_deref(), left.min(PAGE)).await?;
            left = left.saturating_sub(u32::try_from(page.messages.len()).unwrap_or(u32::MAX));
            all.messages.extend(page.messages);
            all.next_before = page.next_before;
            if all.next_before.is_none() {
                break;
            }
        }
        Ok(all)
    }
}

fn print(session: &mut Session<'_, '_>, found: &SearchPage) -> Result<(), Failure> {
    if session.json {
        return session.object(found);
    }
    let words = session.words;
    if found.messages.is_empty() {
        session.note(&words.text("cli-nothing-found"));
        return Ok(());
    }
    let title = |key: &str| words.with(key, &[]).to_uppercase();
    let mut table = Table::new()
        .column(title("cli-title-id"))
        .column(title("cli-title-folder"))
        .column(title("cli-title-state"))
        .column("!")
        .flexible(title("from"))
        .flexible(title("subject"))
        .column(title("date"));
    for message in &found.messages {
        let row = &message.row;
        let id = if session.columns().is_some() { message_id::short(row.id) } else { row.id.to_string() };
        table.row([
            id,
            list::folder_name(words, message.folder),
            list::state(words, message.folder, row.state),
            if row.importance == Importance::High { "!".to_owned() } else { String::new() },
            list::name(&row.from),
            row.subject.clone(),
            session.when(row.sent_at),
        ]);
    }
    for line in table.lines(session.columns()) {
        session.line(&line)?;
    }
    if found.next_before.is_some() {
        session.note(&words.with("cli-more", &[("count", Value::Number(found.messages.len() as u64))]));
    }
    Ok(())
}
