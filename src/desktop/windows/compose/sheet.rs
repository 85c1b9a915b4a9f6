//! What a window to write in starts with: nothing, a draft, or an answer.

use restante_l10n::{Value, Words};
use restante_local_api::{
    Message,
    model::{Importance, MessageId, Person, Timestamp},
};
use uuid::Uuid;

use crate::phrases;

/// What a window starts with.
pub(in crate::windows) struct Sheet {
    pub(super) id: MessageId,
    /// Whether the agent has it as a draft.
    pub(super) saved: bool,
    /// The draft's version.
    pub(super) version: Option<u64>,
    pub(super) to: Vec<Person>,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) importance: Importance,
}

impl Sheet {
    /// A new message.
    pub(in crate::windows) fn empty() -> Self {
        Self {
            id: MessageId::from_uuid(Uuid::now_v7()),
            saved: false,
            version: None,
            to: Vec::new(),
            subject: String::new(),
            body: String::new(),
            importance: Importance::Normal,
        }
    }

    /// An answer to a message, with its text quoted.
    pub(in crate::windows) fn reply(words: &Words, now: Timestamp, message: &Message) -> Self {
        let subject = message.row.subject.trim();
        let answered = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
        let subject = if answered {
            subject.to_owned()
        } else {
            words.with("reply-subject", &[("subject", Value::Text(subject))])
        };
        let said = words.with(
            "reply-quote",
            &[
                ("name", Value::Text(phrases::name(&message.row.from))),
                ("moment", Value::Text(&phrases::moment_of(words, now, message.row.sent_at))),
            ],
        );
        let quoted: String = message.body.trim_end().lines().flat_map(|line| ["> ", line, "\n"]).collect();
        Self {
            to: vec![message.row.from.clone()],
            subject: subject.trim().to_owned(),
            body: format!("\n\n{said}\n{quoted}"),
            ..Self::empty()
        }
    }

    /// A draft, to go on with.
    pub(in crate::windows) fn draft(message: &Message) -> Self {
        Self {
            id: message.row.id,
            saved: true,
            version: message.version,
            to: message.row.to.clone(),
            subject: message.row.subject.clone(),
            body: message.body.clone(),
            importance: message.row.importance,
        }
    }
}
