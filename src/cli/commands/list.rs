//! `restante list`

use clap::Args;
use restante_l10n::Words;
use restante_local_api::{
    FolderPage, MessageRow, Recipient, RowState,
    model::{Folder, Importance, Person},
};
use restante_process::Exit;
use serde::Serialize;

use super::{
    paging::{self, Limit},
    read,
};
use crate::{failure::Failure, session::Session, table::Table, text::safe_line};

/// The messages of a folder, newest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// inbox, sent, drafts or outbox
    #[arg(default_value = "inbox")]
    folder: Folder,
    /// Only unread ones
    #[arg(long)]
    unread: bool,
    #[command(flatten)]
    limit: Limit,
    /// Of sent ones also: who read and acknowledged each, and why it is not delivered to the others; asks the server
    #[arg(long)]
    why: bool,
}

impl List {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let page = pages(session, self.folder, self.limit.limit, self.unread).await?;
        if self.why && self.folder == Folder::Sent {
            let told = with_recipients(session, page).await?;
            if session.json {
                session.object(&told)?;
                return Ok(Exit::Done);
            }
            return print_with_recipients(session, told);
        }
        print(session, self.folder, &page)?;
        Ok(Exit::Done)
    }
}

/// A page of sent messages with what became of each recipient's copy.
#[derive(Serialize)]
struct SentPage {
    messages: Vec<SentMessage>,
    next_before: Option<String>,
}

#[derive(Serialize)]
struct SentMessage {
    #[serde(flatten)]
    row: MessageRow,
    recipients: Vec<Recipient>,
}

async fn with_recipients(session: &Session<'_, '_>, page: FolderPage) -> Result<SentPage, Failure> {
    let mut messages = Vec::new();
    for row in page.messages {
        let recipients = read::recipients(session, &session.client.message(row.id).await?).await;
        messages.push(SentMessage { row, recipients });
    }
    Ok(SentPage { messages, next_before: page.next_before })
}

/// The table, and below it a few lines for each message.
fn print_with_recipients(session: &mut Session<'_, '_>, told: SentPage) -> Result<Exit, Failure> {
    let (rows, recipients): (Vec<_>, Vec<_>) =
        told.messages.into_iter().map(|message| (message.row, message.recipients)).unzip();
    let page = FolderPage { messages: rows, next_before: told.next_before, count: None };
    print(session, Folder::Sent, &page)?;
    for (row, recipients) in page.messages.iter().zip(&recipients) {
        session.line("")?;
        session.line(&format!("{}  {}", paging::id(session, row.id), safe_line(&row.subject)))?;
        for fate in read::fates(session, recipients) {
            session.line(&format!("  {fate}"))?;
        }
    }
    Ok(Exit::Done)
}

/// As many pages of a folder as the limit takes, as one.
pub(crate) async fn pages(
    session: &Session<'_, '_>,
    folder: Folder,
    limit: u32,
    unread: bool,
) -> Result<FolderPage, Failure> {
    let client = &session.client;
    let ask = async |before: Option<String>, most: u32| {
        let page = client.folder(folder, before.as_deref(), most, unread).await?;
        Ok((page.messages, page.next_before))
    };
    let (messages, next_before) = paging::rows(limit, ask).await?;
    Ok(FolderPage { messages, next_before, count: None })
}

/// The page as an object for a script, or as a table for people.
pub(crate) fn print(session: &mut Session<'_, '_>, folder: Folder, page: &FolderPage) -> Result<(), Failure> {
    if session.json {
        return session.object(page);
    }
    let words = session.words;
    if page.messages.is_empty() {
        session.note(&words.text("folder-empty"));
        return Ok(());
    }
    let table = table(session, folder, &page.messages);
    paging::print(session, &table, page.messages.len(), page.next_before.is_some())
}

fn table(session: &Session<'_, '_>, folder: Folder, rows: &[MessageRow]) -> Table {
    let words = session.words;
    let title = |key: &str| words.with(key, &[]).to_uppercase();
    let who = if folder == Folder::Inbox { "from" } else { "to" };
    let table = Table::new()
        .column(title("cli-title-id"))
        .column(title("cli-title-state"))
        .column("!")
        .flexible(title(who))
        .flexible(title("subject"))
        .column(title("date"));
    let mut table = match folder {
        Folder::Inbox | Folder::Drafts => table,
        Folder::Sent => table.flexible(title("not-delivered")),
        Folder::Outbox => table.flexible(title("why")),
    };
    for row in rows {
        let people = match folder {
            Folder::Inbox => name(&row.from),
            Folder::Sent | Folder::Drafts | Folder::Outbox => {
                row.to.iter().map(name).collect::<Vec<_>>().join(", ")
            }
        };
        let high = if row.importance == Importance::High { "!" } else { "" };
        let mut cells = vec![
            paging::id(session, row.id),
            state(words, folder, row.state),
            high.to_owned(),
            people,
            row.subject.clone(),
            session.when(row.sent_at),
        ];
        match folder {
            Folder::Inbox | Folder::Drafts => {}
            Folder::Sent => cells.push(row.not_delivered.join(", ")),
            Folder::Outbox => cells.push(row.refused.clone().unwrap_or_default()),
        }
        table.row(cells);
    }
    table
}

pub(crate) fn name(person: &Person) -> String {
    if person.name.trim().is_empty() { person.login.to_string() } else { person.name.clone() }
}

/// The words for a folder.
pub(crate) fn folder_name(words: &Words, folder: Folder) -> String {
    match folder {
        Folder::Inbox => words.text("folder-inbox"),
        Folder::Sent => words.text("folder-sent"),
        Folder::Drafts => words.text("folder-drafts"),
        Folder::Outbox => words.text("folder-outbox"),
    }
}

/// What became of a message: what is delivered to us and not opened is unread.
pub(crate) fn state(words: &Words, folder: Folder, state: RowState) -> String {
    match state {
        RowState::Waiting => words.text("cli-state-waiting"),
        RowState::Sending => words.text("cli-state-sending"),
        RowState::Refused => words.text("cli-state-refused"),
        RowState::Draft => words.text("cli-state-draft"),
        RowState::Delivered if folder == Folder::Inbox => words.text("row-unread"),
        RowState::Delivered => words.text("cli-state-delivered"),
        RowState::Read => words.text("cli-state-read"),
        RowState::Expired => words.text("row-expired"),
        RowState::Retracted => words.text("row-retracted"),
    }
}
