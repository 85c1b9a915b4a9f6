//! `restante search`

use clap::Args;
use restante_local_api::{SearchPage, model::Importance};
use restante_process::Exit;

use super::{
    list,
    paging::{self, Limit},
};
use crate::{failure::Failure, session::Session, table::Table};

/// The messages that hold all of these words in any form, newest first
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words of the text, the subject or the names; the last one may be only the beginning of one
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Search {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let found = self.fetch(session).await?;
        print(session, &found)?;
        Ok(if found.messages.is_empty() { Exit::No } else { Exit::Done })
    }

    /// As many pages as the limit takes, as one.
    async fn fetch(&self, session: &Session<'_, '_>) -> Result<SearchPage, Failure> {
        let (client, words) = (&session.client, self.words.join(" "));
        let ask = async |before: Option<String>, most: u32| {
            let page = client.search(&words, before.as_deref(), most).await?;
            Ok((page.messages, page.next_before))
        };
        let (messages, next_before) = paging::rows(self.limit.limit, ask).await?;
        Ok(SearchPage { messages, next_before, count: None, more_than_count: false })
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
        table.row([
            paging::id(session, row.id),
            list::folder_name(words, message.folder),
            list::state(words, message.folder, row.state),
            if row.importance == Importance::High { "!".to_owned() } else { String::new() },
            list::name(&row.from),
            row.subject.clone(),
            session.when(row.sent_at),
        ]);
    }
    paging::print(session, &table, found.messages.len(), found.next_before.is_some())
}
