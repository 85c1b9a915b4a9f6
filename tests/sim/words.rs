//! Events and effects in a word each, for the log: nothing in it that another run of the same seed would
//! have otherwise.

use restante_engine::{
    Effect, Event,
    effect::PopupContent,
    event::{Ask, Checked, ServerError},
};

pub(crate) fn event(event: &Event) -> String {
    match event {
        Event::Checked(Ok(Checked::Page(page))) => {
            format!("Checked: {} changes to {}", page.changes.len(), page.cursor.modseq)
        }
        Event::Checked(Ok(Checked::Unchanged { .. })) => "Checked: nothing new".into(),
        Event::Checked(Err(error)) => format!("Checked: {}", failed(error)),
        Event::DeliveredReported { outcome: Err(error), .. }
        | Event::MarksReported { outcome: Err(error), .. }
        | Event::Posted { outcome: Err(error), .. }
        | Event::IntervalPushed { outcome: Err(error), .. }
        | Event::SettingsPulled(Err(error))
        | Event::DirectoryPulled(Err(error)) => failed(error),
        Event::Posted { id, outcome: Ok(_) } => format!("Posted {id}"),
        Event::Asked { ask, .. } => match ask {
            Ask::Send { id, letter, .. } => format!("Send {id} {} to {:?}", letter.subject, letter.to),
            ask => format!("{ask:?}"),
        },
        Event::CheckDue { .. }
        | Event::PopupShown { .. }
        | Event::PopupEnded { .. }
        | Event::CarrierAnswered { .. }
        | Event::ImportantOpened { .. }
        | Event::ImportantClosed { .. }
        | Event::TokenFound(_)
        | Event::TrayPicked(_)
        | Event::NotificationsChanged(_) => format!("{event:?}"),
        other => name(&format!("{other:?}")),
    }
}

pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::ShowPopup(popup) => match &popup.content {
            PopupContent::Message { id, .. } => format!("ShowPopup {id}"),
            PopupContent::Summary { count } => format!("ShowPopup of {count}"),
            PopupContent::ImportantSummary { ids, .. } => format!("ShowPopup of {} important", ids.len()),
            PopupContent::Expiring { count, .. } => format!("ShowPopup of {count} that expire"),
            PopupContent::Connection { .. } => "ShowPopup of the connection".into(),
        },
        Effect::Check { since } => format!("Check since {:?}", since.as_ref().map(|since| since.modseq)),
        Effect::ReportDelivered { cursor } => format!("ReportDelivered {}", cursor.modseq),
        Effect::Post { id, .. } => format!("Post {id}"),
        Effect::OpenImportant { .. } | Effect::Schedule { .. } | Effect::PushInterval { .. } => {
            format!("{effect:?}")
        }
        other => name(&format!("{other:?}")),
    }
}

/// The variant alone.
fn name(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn failed(error: &ServerError) -> String {
    match error {
        ServerError::Unreachable(_) => "unreachable".into(),
        ServerError::Refused(problem) => format!("refused: {}", problem.code.code()),
    }
}
