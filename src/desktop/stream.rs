//! What the agent's stream of events says, and whether the agent is there at all.

use std::time::Duration;

use restante_local_api::{Client, ClientError, Status};
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
    /// It answers what we do not know, as one of another version may after an upgrade: the window has to
    /// be opened anew, by the program that came with it.
    Foreign,
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
            let link = listen(&client, &teller, &mut wait).await;
            teller.send_if_modified(|known| std::mem::replace(known, link.clone()) != link);
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    });
    listener
}

/// Tells each state until there are no more; gives what is to be told then.
async fn listen(client: &Client, teller: &watch::Sender<Link>, wait: &mut Duration) -> Link {
    let mut events = match client.events().await {
        Ok(events) => events,
        Err(ClientError::Refused(_)) => return Link::Foreign,
        // An agent that ends breaks off in the middle of an answer, too.
        Err(ClientError::NotRunning(_) | ClientError::Broken(_)) => return Link::Away,
    };
    loop {
        match events.told().await {
            Some(Ok(status)) => {
                *wait = FIRST_WAIT;
                // Nobody listens any more when the windows are closed, and the loop outside ends.
                if teller.send(Link::Here(Box::new(status))).is_err() {
                    return Link::Away;
                }
            }
            Some(Err(_)) => return Link::Foreign,
            None => return Link::Away,
        }
    }
}
