//! Why a message has not reached a recipient (row B18), told to its sender alone.

use std::collections::{BTreeSet, HashMap};

use restante_model::{CheckInterval, Login, NotDelivered, NotDeliveredReason, Seconds, Timestamp};
use restante_server_api::{Direction, Message, Recipient};
use restante_store::Reach;

use crate::{access::Mailbox, problem::Refusal};

/// Devices are noted as seen to the minute, so that less says nothing.
const SHORTEST_SILENCE: Seconds = Seconds::new(300);

/// Tells it in the sent ones of these messages.
pub(crate) async fn tell<'a>(
    mailbox: &Mailbox,
    messages: impl IntoIterator<Item = &'a mut Message>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut unreached: Vec<&mut Recipient> = messages
        .into_iter()
        .filter_map(|message| match &mut message.direction {
            Direction::Sent { recipients } => Some(recipients),
            Direction::Received { .. } => None,
        })
        .flatten()
        .filter(|recipient| recipient.not_delivered())
        .collect();
    if unreached.is_empty() {
        return Ok(());
    }
    let logins: BTreeSet<Login> = unreached.iter().map(|recipient| recipient.person.login.clone()).collect();
    let reach = mailbox.reach(&logins.into_iter().collect::<Vec<_>>()).await?;
    let reach: HashMap<&Login, &Reach> = reach.iter().map(|reach| (&reach.login, reach)).collect();
    let interval = mailbox.settings().await?.terms.check_interval;
    for recipient in &mut unreached {
        recipient.not_delivered_because =
            reach.get(&recipient.person.login).map(|reach| not_delivered(reach, interval, now));
    }
    Ok(())
}

fn not_delivered(reach: &Reach, interval: CheckInterval, now: Timestamp) -> NotDelivered {
    let silence = Seconds::new(interval.seconds().saturating_mul(3)).max(SHORTEST_SILENCE);
    let why = match reach.last_seen_at {
        _ if reach.disabled => NotDeliveredReason::AccountDisabled,
        None => NotDeliveredReason::NeverSignedIn,
        Some(seen) if seen.plus(silence) < now => NotDeliveredReason::Offline,
        Some(_) => NotDeliveredReason::NotFetchedYet,
    };
    NotDelivered { why, last_seen_at: reach.last_seen_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_are_told_apart() {
        let now = Timestamp::from_unix_ms(10_000_000);
        let reach = |disabled, seconds_ago: Option<i64>| Reach {
            login: "boris".parse().unwrap(),
            disabled,
            last_seen_at: seconds_ago.map(|ago| Timestamp::from_unix_ms(now.unix_ms() - ago * 1_000)),
        };
        for (reach, interval_seconds, expected) in [
            (reach(true, None), 300, NotDeliveredReason::AccountDisabled),
            (reach(true, Some(1)), 300, NotDeliveredReason::AccountDisabled),
            (reach(false, None), 300, NotDeliveredReason::NeverSignedIn),
            (reach(false, Some(900)), 300, NotDeliveredReason::NotFetchedYet),
            (reach(false, Some(901)), 300, NotDeliveredReason::Offline),
            (reach(false, Some(299)), 10, NotDeliveredReason::NotFetchedYet),
            (reach(false, Some(301)), 10, NotDeliveredReason::Offline),
        ] {
            let told = not_delivered(&reach, CheckInterval::from_seconds(interval_seconds), now);
            assert_eq!((told.why, told.last_seen_at), (expected, reach.last_seen_at));
        }
    }
}
