//! What the machine says on the system bus: it woke from sleep, the network came, the session ends (row
//! B3).
//!
//! Nothing here is asked for, only heard: where there is no such bus, no logind or no `NetworkManager`, it is
//! silent and costs nothing, and the scheduler notices a sleep by the clock. What is said of the network is
//! a hint to try: whether the server can be reached, only the server knows.

#[cfg(test)]
mod tests;

use std::{collections::HashMap, time::Duration};

use futures_util::{StreamExt, stream::SelectAll};
use restante_engine::Event;
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use zbus::{Connection, MatchRule, Message, MessageStream, Variant, message};

/// A machine that wakes says several things; a second without one more is the end of it, and time enough
/// for an address.
const QUIET: Duration = Duration::from_secs(1);
/// The longest wait for that quiet.
const LONGEST_UNREST: Duration = Duration::from_secs(3);

const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PATH: &str = "/org/freedesktop/login1";
const LOGIND_MANAGER: &str = "org.freedesktop.login1.Manager";
const NETWORK: &str = "org.freedesktop.NetworkManager";
const NETWORK_PATH: &str = "/org/freedesktop/NetworkManager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// `NetworkManager`'s least state with a connection, one without a way out of the machine's own network; a
/// VPN leaves it there.
const NM_STATE_CONNECTED_LOCAL: u32 = 50;

/// `NetworkManager` reaches something, though not the host that it asks on the internet: so it is in a closed
/// network.
const NM_CONNECTIVITY_LIMITED: u32 = 3;

/// Follows the machine until it is dropped.
pub(crate) struct Session {
    task: JoinHandle<()>,
}

impl Session {
    /// Begins to listen: [`Event::Resumed`], [`Event::NetworkCame`] and, when the session `session_id` is
    /// taken down, [`Event::Stopped`]. Must be called inside the runtime.
    pub(crate) fn start(events: mpsc::UnboundedSender<Event>, session_id: Option<String>) -> Self {
        let task = tokio::spawn(async move {
            let followed = async { follow(listen().await?, &events, session_id.as_deref()).await };
            if let Err(error) = followed.await {
                tracing::info!(%error, "the system bus says nothing; a sleep is noticed by the clock");
            }
        });
        Self { task }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What of it matters; the later one of two outweighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    NetworkCame,
    Woke,
    Ends,
}

impl Said {
    fn event(self) -> Event {
        match self {
            Self::NetworkCame => Event::NetworkCame,
            Self::Woke => Event::Resumed,
            Self::Ends => Event::Stopped,
        }
    }
}

/// All signals that may matter, from now on.
async fn listen() -> zbus::Result<SelectAll<MessageStream>> {
    let bus = Connection::system().await?;
    let mut signals = SelectAll::new();
    for (service, path, interface, member) in [
        (LOGIND, LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep"),
        (LOGIND, LOGIND_PATH, LOGIND_MANAGER, "SessionRemoved"),
        (NETWORK, NETWORK_PATH, NETWORK, "StateChanged"),
        (NETWORK, NETWORK_PATH, PROPERTIES, "PropertiesChanged"),
    ] {
        // The sender is part of it: on this bus everybody may send a signal of that name.
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender(service)
            .path(path)
            .interface(interface)
            .member(member)
            .build()?;
        signals.push(MessageStream::for_match_rule(rule, &bus, None).await?);
    }
    Ok(signals)
}

/// Tells the loop what the signals say, once for all that come together, until the bus goes.
async fn follow(
    mut signals: SelectAll<MessageStream>,
    events: &mpsc::UnboundedSender<Event>,
    session_id: Option<&str>,
) -> zbus::Result<()> {
    while let Some(signal) = signals.next().await {
        let Some(mut said) = understood(&signal?, session_id) else { continue };
        let last = Instant::now() + LONGEST_UNREST;
        while said != Said::Ends {
            let quiet = last.min(Instant::now() + QUIET);
            // An error of either kind means that the quiet came, or that the bus went.
            let Ok(Some(Ok(more))) = timeout_at(quiet, signals.next()).await else { break };
            said = said.max(understood(&more, session_id).unwrap_or(said));
        }
        if events.send(said.event()).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// What a signal says to us; most say nothing.
fn understood(signal: &Message, session_id: Option<&str>) -> Option<Said> {
    let header = signal.header();
    let body = signal.body();
    match header.member()?.as_str() {
        "PrepareForSleep" => (!body.deserialize::<bool>().ok()?).then_some(Said::Woke),
        "SessionRemoved" => {
            let (id, _path): (&str, zbus::ObjectPath<'_>) = body.deserialize().ok()?;
            (session_id == Some(id)).then_some(Said::Ends)
        }
        "StateChanged" => {
            let connected = body.deserialize::<u32>().ok()? >= NM_STATE_CONNECTED_LOCAL;
            connected.then_some(Said::NetworkCame)
        }
        "PropertiesChanged" => {
            let (interface, changed, _invalid): (&str, HashMap<&str, Variant<'_>>, Vec<&str>) =
                body.deserialize().ok()?;
            // Another way out, or one that leads further; a lost one is no reason to try.
            let way = match (changed.get("PrimaryConnection"), changed.get("Connectivity")) {
                (Some(Variant::ObjectPath(path)), _) => path.as_str() != "/",
                (_, Some(Variant::U32(connectivity))) => *connectivity >= NM_CONNECTIVITY_LIMITED,
                _ => false,
            };
            (interface == NETWORK && way).then_some(Said::NetworkCame)
        }
        _ => None,
    }
}
