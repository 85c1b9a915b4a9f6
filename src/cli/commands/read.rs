//! `restante read ID`

use clap::Args;
use restante_l10n::Value;
use restante_local_api::{
    Direction, Message, Recipient, RowState,
    model::{DeliveryState, Importance, NotDeliveredReason},
};
use restante_process::Exit;

use crate::{
    failure::Failure,
    message_id,
    session::Session,
    text::{person, safe_line, safe_text},
};

/// Print a message and mark it read
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// Its id, or the last 8 characters of it or more
    id: String,
    /// Do not mark it read
    #[arg(long)]
    peek: bool,
}

impl Read {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let id = message_id::find(session, &self.id).await?;
        let mut message = session.client.message(id).await?;
        message.recipients = recipients(session, &message).await;
        let printed = print(session, &message);
        let unread = message.direction == Direction::Received && message.row.state == RowState::Delivered;
        // Who pipes a letter into `head` has seen it too.
        let seen = printed.as_ref().map_or_else(|failure| failure.exit() == Exit::Done, |()| true);
        if unread && seen && !self.peek {
            session.client.mark_read(id).await?;
        }
        printed?;
        Ok(Exit::Done)
    }
}

/// What became of each recipient's copy. Why one was not delivered is known at the server alone; without it the rest
/// is told.
pub(super) async fn recipients(session: &Session<'_, '_>, message: &Message) -> Vec<Recipient> {
    if !message.row.not_delivered.is_empty()
        && message.row.on_its_way.is_none()
        && let Ok(told) = session.client.recipients(message.row.id).await
    {
        return told.recipients;
    }
    message.recipients.clone()
}

fn print(session: &mut Session<'_, '_>, message: &Message) -> Result<(), Failure> {
    if session.json {
        return session.object(message);
    }
    let words = session.words;
    let row = &message.row;
    let to: Vec<_> = row.to.iter().map(person).collect();
    session.line(&format!("{}: {}", words.text("from"), person(&row.from)))?;
    session.line(&format!("{}: {}", words.text("to"), to.join(", ")))?;
    session.line(&format!("{}: {}", words.text("subject"), safe_line(&row.subject)))?;
    session.line(&format!("{}: {}", words.text("date"), session.moment(row.sent_at)))?;
    if row.importance == Importance::High {
        session.line(&words.text("importance-high"))?;
    }
    for line in fate(session, message) {
        session.line(&line)?;
    }
    if let Some(at) = message.expires_at.filter(|_| row.state == RowState::Delivered) {
        let moment = session.moment(at);
        session.line(&words.with("expires", &[("moment", Value::Text(&moment))]))?;
    }
    session.line("")?;
    session.line(&safe_text(&message.body))
}

/// What became of the message, for each of its recipients where it was sent from here.
fn fate(session: &Session<'_, '_>, message: &Message) -> Vec<String> {
    let words = session.words;
    let received = match (message.direction, message.row.state) {
        (Direction::Received, RowState::Expired) => Some(words.text("expired-here")),
        (Direction::Received, RowState::Retracted) => Some(words.text("retracted-here")),
        _ => None,
    };
    let refused = message
        .row
        .refused
        .as_ref()
        .map(|why| words.with("refused-letter", &[("why", Value::Text(&safe_line(why)))]));
    received.into_iter().chain(refused).chain(fates(session, &message.recipients)).collect()
}

/// What became of the copies: those of each state in a line, who acknowledged, and why some were not delivered.
pub(super) fn fates(session: &Session<'_, '_>, recipients: &[Recipient]) -> Vec<String> {
    let words = session.words;
    let mut lines: Vec<String> = DeliveryState::ALL
        .into_iter()
        .filter_map(|state| {
            let of_state = recipients.iter().filter(|recipient| recipient.state == state);
            let names: Vec<_> = of_state.map(|recipient| person(&recipient.person)).collect();
            let key = match state {
                DeliveryState::Waiting => "delivery-waiting",
                DeliveryState::Delivered => "delivery-delivered",
                DeliveryState::Read => "delivery-read",
                DeliveryState::Expired => "expired-unread",
                DeliveryState::Retracted => "cli-delivery-retracted",
            };
            (!names.is_empty()).then(|| words.with(key, &[("names", Value::Text(&names.join(", ")))]))
        })
        .collect();
    for recipient in recipients {
        let name = person(&recipient.person);
        if let Some(at) = recipient.acknowledged_at {
            let moment = session.moment(at);
            let values = [("name", Value::Text(&name)), ("moment", Value::Text(&moment))];
            lines.push(words.with("cli-acknowledged", &values));
        }
        if let Some(because) = &recipient.not_delivered_because {
            let moment = because.last_seen_at.map(|at| session.moment(at)).unwrap_or_default();
            let key = match because.why {
                NotDeliveredReason::AccountDisabled => "cli-unreached-disabled",
                NotDeliveredReason::NeverSignedIn => "cli-unreached-never",
                NotDeliveredReason::Offline => "cli-unreached-offline",
                NotDeliveredReason::NotFetchedYet => "cli-unreached-not-yet",
            };
            let values = [("name", Value::Text(&name)), ("moment", Value::Text(&moment))];
            lines.push(words.with(key, &values));
        }
    }
    lines
}
