//! Folders, rows and messages, as front ends show them.

use restante_model::{DeliveryState, Folder, Importance, MessageId, NotDelivered, Person, Timestamp};
use serde::{Deserialize, Serialize};

/// One folder with its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSummary {
    /// Which.
    pub folder: Folder,
    /// Messages in it.
    pub count: u64,
    /// Unread ones.
    pub unread: u64,
    /// Whether its name is bold: unread mail, or something sent that is not received by all (row S6).
    pub bold: bool,
}

/// By what a folder is sorted. Rows that are equal in it are in the order of their times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Who wrote it; of what is written here, whom it is for first.
    Who,
    /// Its subject, in any case of letters.
    Subject,
    /// When it was sent.
    #[default]
    Time,
    /// Its importance: normal before high.
    Importance,
}

/// The order of a folder's rows: `sort` and `ascending` of `GET /v1/folders/{folder}`; the newest first where
/// neither is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FolderOrder {
    /// By what.
    #[serde(default)]
    pub sort: SortBy,
    /// From small to great: А before Я, old before new.
    #[serde(default)]
    pub ascending: bool,
}

/// One page of a folder, in the order that was asked for: the rows behind a page (`before`), or those from a row on
/// (`from`, zero for the first).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderPage {
    /// The rows.
    pub messages: Vec<MessageRow>,
    /// What to give as `before` for the page that follows; absent at the end.
    pub next_before: Option<String>,
    /// Rows in all; absent behind `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// Answer to `GET /v1/messages/{id}/position?folder=&sort=&ascending=&unread=`: where its row stands in a folder
/// that is asked for with the same words, or, with `?q=`, in what was found by those; `not_found` where it is not
/// among the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPosition {
    /// Rows before it, zero for the first.
    pub position: u64,
}

/// Answer to `GET /v1/search?q=&limit=`: messages that hold every word of the question, newest first; the rows behind a
/// page (`before`), or those from a row on (`from`, zero for the first).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// The messages.
    pub messages: Vec<FoundMessage>,
    /// What to give as `before` for the page that follows; absent at the end.
    pub next_before: Option<String>,
    /// Rows in all, as far as they were counted: 10,000 behind the page at most. Absent behind `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Whether there are more rows than `count` says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_than_count: bool,
}

/// A message that was looked for, and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundMessage {
    /// In which folder.
    pub folder: Folder,
    /// Its row there.
    #[serde(flatten)]
    pub row: MessageRow,
}

/// One row of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageRow {
    /// The message's id.
    pub id: MessageId,
    /// Who wrote it.
    pub from: Person,
    /// Whom it is for.
    pub to: Vec<Person>,
    /// One line.
    pub subject: String,
    /// How loudly it asks for attention.
    pub importance: Importance,
    /// When the post office accepted it; of a letter not yet accepted, when it was written.
    pub sent_at: Timestamp,
    /// What became of it.
    pub state: RowState,
    /// Whether the row is bold: unread, or sent and not yet read by all (rows S6, S9).
    pub bold: bool,
    /// Logins of those who have not received it.
    pub not_delivered: Vec<String>,
    /// Of a refused letter: why.
    #[serde(default)]
    pub refused: Option<String>,
    /// Of a letter in the outbox: how far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_its_way: Option<OnItsWay>,
}

/// How far a letter of the outbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnItsWay {
    /// Not before this moment.
    pub goes_out_at: Timestamp,
    /// When it was last tried; the post office may have it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<Timestamp>,
    /// When the post office refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Timestamp>,
    /// Whether it can still become a draft again, or be deleted: untried, or refused.
    pub may_be_taken_back: bool,
}

/// What became of a message, as a folder shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// In the outbox or with the post office, waiting.
    Waiting,
    /// In the outbox, under way.
    Sending,
    /// In the outbox, refused.
    Refused,
    /// In the drafts.
    Draft,
    /// Here and unread; of a sent one, received by all.
    Delivered,
    /// Opened; of a sent one, by all.
    Read,
    /// Expired unread.
    Expired,
    /// Taken back.
    Retracted,
}

impl From<DeliveryState> for RowState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Waiting => Self::Waiting,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Read => Self::Read,
            DeliveryState::Expired => Self::Expired,
            DeliveryState::Retracted => Self::Retracted,
        }
    }
}

/// One message, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The row of it.
    #[serde(flatten)]
    pub row: MessageRow,
    /// Whether it came or went.
    pub direction: Direction,
    /// Plain text.
    pub body: String,
    /// When it expires unread; absent before the post office accepted it.
    pub expires_at: Option<Timestamp>,
    /// Of a draft: its version, the base of the next save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Of a sent one: what became of each recipient's copy.
    pub recipients: Vec<Recipient>,
}

/// Whether a message came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It came.
    Received,
    /// It went, or is to go.
    Sent,
}

/// One recipient of a sent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What became of his copy.
    pub state: DeliveryState,
    /// Since when.
    pub since: Timestamp,
    /// When he said that he knows of it, opened or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// Why no device of his has it; only where the server was asked just now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_delivered_because: Option<NotDelivered>,
}

/// Answer to `GET /v1/messages/{id}/recipients` and to `POST /v1/messages/{id}/retract`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipients {
    /// What became of each recipient's copy, as the server says now.
    pub recipients: Vec<Recipient>,
}
