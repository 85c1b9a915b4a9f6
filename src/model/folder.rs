//! The folders of a mailbox.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A folder of the mailbox (row S6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// What came.
    Inbox,
    /// What was sent and accepted by the post office.
    Sent,
    /// What is still being written.
    Drafts,
    /// What waits to be sent, or was refused.
    Outbox,
}

/// There is no folder of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("folder {0:?} is none of inbox, sent, drafts, outbox")]
pub struct FolderError(String);

impl Folder {
    /// Every folder, in the order people see them.
    pub const ALL: [Self; 4] = [Self::Inbox, Self::Sent, Self::Drafts, Self::Outbox];

    /// The name used in JSON, SQL and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Drafts => "drafts",
            Self::Outbox => "outbox",
        }
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Folder {
    type Err = FolderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|folder| folder.as_str() == text)
            .ok_or_else(|| FolderError(text.to_owned()))
    }
}
