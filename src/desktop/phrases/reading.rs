//! The message on show, and what became of each copy of it.

use restante_l10n::{Value, Words};
use restante_local_api::{
    Direction, Message, RowState,
    model::{DeliveryState, Importance, NotDelivered, NotDeliveredReason, Timestamp},
};
use slint::{ModelRc, SharedString, VecModel};

use super::{line, moment_of, name, names, subject};
use crate::ui::{Reading, Recipient};

/// Names before the list in the reading pane is cut short: two or three lines.
const NAMES_IN_THE_PANE: usize = 20;

/// The message in the reading pane.
pub(crate) fn reading(words: &Words, now: Timestamp, message: &Message) -> Reading {
    let row = &message.row;
    let mut notes = Vec::new();
    let mut alarm = None;
    let mut action = None;
    match (message.direction, row.state) {
        (Direction::Received, RowState::Expired) => notes.push(words.text("expired-here")),
        (Direction::Received, RowState::Retracted) => notes.push(words.text("retracted-here")),
        (Direction::Received, RowState::Delivered) => {
            notes.extend(
                message
                    .expires_at
                    .map(|at| words.with("expires", &[("moment", Value::Text(&moment_of(words, now, at)))])),
            );
        }
        (Direction::Sent, RowState::Draft) => action = Some(words.text("edit-draft")),
        (Direction::Sent, RowState::Refused) => {
            let why = row.refused.as_deref().map(line).unwrap_or_default();
            alarm = Some(words.with("refused-letter", &[("why", Value::Text(&why))]));
            action = Some(words.text("write-again"));
        }
        (Direction::Sent, _) if message.recipients.is_empty() => {
            notes.push(words.text("waiting-letter"));
            let held = row.on_its_way.is_some_and(|it| it.may_be_taken_back);
            action = held.then(|| words.text("take-back"));
        }
        (Direction::Sent, _) if may_be_retracted(message) => action = Some(words.text("retract")),
        (Direction::Sent | Direction::Received, _) => {}
    }
    Reading {
        shown: true,
        important: row.importance == Importance::High,
        subject: subject(words, &row.subject).into(),
        who: line(name(&row.from)).into(),
        to: words
            .with("to-names", &[("names", Value::Text(&names(words, &row.to, NAMES_IN_THE_PANE)))])
            .into(),
        when: moment_of(words, now, row.sent_at).into(),
        notes: list(notes),
        recipients: recipients(words, now, message),
        alarm: alarm.unwrap_or_default().into(),
        action: action.unwrap_or_default().into(),
        text: message.body.as_str().into(),
        ..Reading::default()
    }
}

/// Whether somebody has not read a sent message yet, so that it can be taken back from him (row B20).
pub(crate) fn may_be_retracted(message: &Message) -> bool {
    let open = |it: &restante_local_api::Recipient| {
        matches!(it.state, DeliveryState::Waiting | DeliveryState::Delivered)
    };
    message.direction == Direction::Sent && message.recipients.iter().any(open)
}

/// What became of each recipient's copy, those first who have not got it (row S9).
fn recipients(words: &Words, now: Timestamp, message: &Message) -> ModelRc<Recipient> {
    let order = [
        DeliveryState::Waiting,
        DeliveryState::Expired,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Retracted,
    ];
    let in_order =
        order.into_iter().flat_map(|state| message.recipients.iter().filter(move |it| it.state == state));
    let lines = in_order.map(|recipient| {
        let state = words.text(match recipient.state {
            DeliveryState::Waiting => "recipient-waiting",
            DeliveryState::Delivered => "recipient-delivered",
            DeliveryState::Read => "recipient-read",
            DeliveryState::Expired => "recipient-expired",
            DeliveryState::Retracted => "recipient-retracted",
        });
        let state = match recipient.acknowledged_at {
            None => state,
            Some(_) => words.with("recipient-acknowledged", &[("state", Value::Text(&state))]),
        };
        let name = line(name(&recipient.person));
        let since = moment_of(words, now, recipient.since);
        let when = match recipient.state {
            DeliveryState::Waiting if recipient.not_delivered_because.is_some() => {
                recipient.not_delivered_because.as_ref().map(|it| because(words, now, it)).unwrap_or_default()
            }
            DeliveryState::Waiting => words.with("recipient-since", &[("moment", Value::Text(&since))]),
            _ => since,
        };
        Recipient {
            spoken: format!("{name}, {state}, {when}").into(),
            name: name.into(),
            state: state.into(),
            when: when.into(),
            waiting: recipient.state == DeliveryState::Waiting,
            lost: recipient.state == DeliveryState::Expired,
        }
    });
    ModelRc::new(lines.collect::<VecModel<_>>())
}

/// Why no device of a recipient has it (row B18).
fn because(words: &Words, now: Timestamp, because: &NotDelivered) -> String {
    let seen = because.last_seen_at.map(|at| moment_of(words, now, at));
    match (because.why, seen) {
        (NotDeliveredReason::AccountDisabled, _) => words.text("recipient-disabled"),
        (NotDeliveredReason::NeverSignedIn, _) => words.text("recipient-never-signed-in"),
        (NotDeliveredReason::Offline, Some(seen)) => {
            words.with("recipient-offline-since", &[("moment", Value::Text(&seen))])
        }
        (NotDeliveredReason::Offline, None) => words.text("recipient-offline"),
        (NotDeliveredReason::NotFetchedYet, _) => words.text("recipient-not-fetched-yet"),
    }
}

fn list(texts: Vec<String>) -> ModelRc<SharedString> {
    ModelRc::new(texts.into_iter().map(SharedString::from).collect::<VecModel<_>>())
}
