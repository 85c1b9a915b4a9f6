//! `restante list`

use clap::Args;
use restante_l10n::{Value, Words};
use restante_local_api::{
    FolderPage, MessageRow, Recipient, RowState,
    model::{Folder, Importance, Person},
};
use restante_process::Exit;
use serde::Serialize;

use super::read;
use crate::{failure::Failure, message_id, session::Session, table::Table, text::safe_line};

/// The most rows that the agent is asked for at once.
const PAGE: u32 = 500;

/// The messages of a folder, newest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// inbox, sent, drafts or outbox
    #[arg(default_value = "inbox")]
    folder: Folder,
    /// Only unread ones
    #[arg(long)]
    unread: bool,
    /// At most so many
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 50)]
    limit: u32,
    /// Of sent ones also: who read and acknowledged each, and why it is not delivered to the others; asks the server
    #[arg(long)]
    why: bool,
}

impl List {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let page = pages(session, self.folder, self.limit, self.unread).await?;
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
    let page = FolderPage { messages: rows, next_before: told.next_before };
    print(session, Folder::Sent, &page)?;
    for (row, recipients) in page.messages.iter().zip(&recipients) {
        session.line("")?;
        session.line(&format!("{}  {}", shown_id(session, row), safe_line(&row.subject)))?;
        for fate in read::fates(session, recipients) {
            session.line(&format!("  {fate}"))?;
        }
    }
    Ok(Exit::Done)
}

/// Scripts that read tables get the whole id; people need its end only.
fn shown_id(session: &Session<'_, '_>, row: &MessageRow) -> String {
    if session.columns().is_some() { message_id::short(row.id) } else { row.id.to_string() }
}

/// As many pages of a folder as the limit takes, as one.
pub(crate) async fn pages(
    session: &Session<'_, '_>,
    folder: Folder,
    limit: u32,
    unread: bool,
) -> Result<FolderPage, Failure> {
    let mut all = FolderPage { messages: Vec::new(), next_before: None };
    let mut left = limit;
    while left > 0 {
        let before = all.next_before.take();
        let page = session.client.folder(folder, before.as_deref(), left.min(PAGE), unread).await?;
        left = left.saturating_sub(u32::try_from(page.messages.len()).unwrap_or(u32::MAX));
        all.messages.extend(page.messages);
        all.next_before = page.next_before;
        if all.next_before.is_none() {
            break;
        }
    }
    Ok(all)
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
    for line in table(session, folder, &page.messages).lines(session.columns()) {
        session.line(&line)?;
    }
    if page.next_before.is_some() {
        session.note(&words.with("cli-more", &[("count", Value::Number(page.messages.len() as u64))]));
    }
    Ok(())
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
        let id = shown_id(session, row);
        let people = match folder {
            Folder::Inbox => name(&row.from),
            Folder::Sent | Folder::Drafts | Folder::Outbox => {
                row.to.iter().map(name).collect::<Vec<_>>().join(", ")
            }
        };
        let high = if row.importance == Importance::High { "!" } else { "" };
        let mut cells = vec![
            id,
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
