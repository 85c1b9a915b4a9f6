//! From the store's shapes to the wire's.

use restante_model::{DeliveryState, IntervalFrom, Person};
use restante_server_api as api;
use restante_store as store;

pub(crate) fn settings(settings: &store::Settings) -> api::Settings {
    let own = settings.wished.is_some() && !settings.terms.interval_locked;
    api::Settings {
        check_interval_seconds: settings.check_interval(),
        check_interval_from: if own { IntervalFrom::User } else { IntervalFrom::Office },
        locked: settings.terms.interval_locked,
        check_interval_min_seconds: settings.terms.interval_range.min(),
        check_interval_max_seconds: settings.terms.interval_range.max(),
        message_lifetime_seconds: settings.message_lifetime(),
        revision: settings.revision,
        wished_seconds: None,
        clamped: None,
    }
}

pub(crate) fn device(device: store::Device, current: bool) -> api::Device {
    api::Device {
        id: device.id,
        name: device.name,
        created_at: Some(device.created_at),
        last_seen_at: Some(device.last_seen_at),
        current,
    }
}

pub(crate) fn accepted(accepted: store::Accepted) -> api::Accepted {
    // Always waiting: a repeated request gets the same answer for ever.
    let recipient = |person: Person| api::AcceptedRecipient { person, state: DeliveryState::Waiting };
    api::Accepted {
        id: accepted.id,
        accepted_at: accepted.accepted_at,
        expires_at: accepted.expires_at,
        recipients: accepted.recipients.into_iter().map(recipient).collect(),
    }
}

pub(crate) fn message(message: store::Message) -> api::Message {
    let to = message.copies.iter().map(|copy| copy.person.clone()).collect();
    let direction = match message.direction {
        store::Direction::Received(state) => api::Direction::Received { state },
        store::Direction::Sent => {
            api::Direction::Sent { recipients: message.copies.into_iter().map(recipient).collect() }
        }
    };
    api::Message {
        id: message.id,
        from: message.from,
        to,
        subject: message.subject,
        body: message.body,
        importance: message.importance,
        sent_at: message.accepted_at,
        expires_at: message.expires_at,
        text_removed_at: message.text_removed_at,
        direction,
    }
}

pub(crate) fn recipient(copy: store::Copy) -> api::Recipient {
    api::Recipient {
        person: copy.person,
        state: copy.state,
        since: copy.since,
        delivered_at: copy.delivered_at,
        acknowledged_at: copy.acknowledged_at,
        not_delivered_because: None,
    }
}

pub(crate) fn ledger_entry(entry: store::LedgerEntry) -> api::LedgerEntry {
    api::LedgerEntry { person: entry.recipient, event: entry.event, at: entry.at }
}

pub(crate) fn draft(draft: store::Draft) -> api::Draft {
    api::Draft { id: draft.id, version: draft.version, saved_at: draft.saved_at, content: draft.letter }
}

pub(crate) fn change(change: store::Change) -> api::Change {
    match change {
        store::Change::Message(whole) => {
            let state = match whole.direction {
                store::Direction::Received(state) => Some(state),
                store::Direction::Sent => None,
            };
            api::Change::Message { message: Box::new(message(*whole)), state }
        }
        store::Change::Delivery { id, login, state, at, acknowledged_at } => {
            api::Change::Delivery { message_id: id, user: login, state, at, acknowledged_at }
        }
        store::Change::Expiry { id, expires_at, near } => {
            api::Change::Expiry { message_id: id, expires_at, near }
        }
        store::Change::Draft(draft) if draft.letter.is_none() => {
            api::Change::DraftRemoved { draft_id: draft.id, version: draft.version, at: draft.saved_at }
        }
        store::Change::Draft(whole) => api::Change::Draft { draft: Box::new(draft(*whole)) },
        store::Change::Removed { id, reason } => api::Change::Removed {
            message_id: id,
            reason: match reason {
                store::RemovedReason::Expired => api::RemovedReason::Expired,
                store::RemovedReason::Deleted => api::RemovedReason::Deleted,
                store::RemovedReason::Retracted => api::RemovedReason::Retracted,
            },
        },
    }
}
