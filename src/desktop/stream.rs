//! What the agent's stream of events says, and whether the agent is there at all.

use std::time::Duration;

use restante_local_api::Status;
use tokio::{sync::watch, time::sleep};

use crate::agent::Agent;

/// The first wait before the agent is looked for again; it doubles up to [`LONGEST_WAIT`]. The agent
/// comes back within a second or two when its session manager restarts it.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Quick enough for a person who starts the agent by hand, and 12 wakeups a minute while it is away.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What is known of the agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Link {
    /// Not asked yet.
    #[default]
    Connecting,
    /// It does not answer.
    Away,
    /// It answers, and this is its state. Told anew after each change, also of what is not in it.
    Here(Box<Status>),
}

/// Follows the agent for as long as somebody listens, over all its restarts.
pub(crate) fn follow(agent: &Agent) -> watch::Receiver<Link> {
    let (teller, listener) = watch::channel(Link::Connecting);
    let client = agent.client();
    agent.spawn(async move {
        let mut wait = FIRST_WAIT;
        while !teller.is_closed() {
            if let Ok(mut events) = client.events().await {
                while let Some(status) = events.next().await {
                    wait = FIRST_WAIT;
                    if teller.send(Link::Here(Box::new(status))).is_err() {
                        return;
                    }
                }
            }
            teller.send_if_modified(|link| std::mem::replace(link, Link::Away) != Link::Away);
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    });
    listener
}
