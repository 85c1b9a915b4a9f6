//! `restante interval`

use std::{str::FromStr, time::Duration};

use clap::Args;
use restante_local_api::{
    Client, ClientError, Connection, Mode, PutInterval, Status,
    model::{DurationError, Seconds},
};
use restante_process::Exit;
use tokio::time::timeout;

use crate::{failure::Failure, interval_line::interval_line, session::Session};

/// How long a wish may take to the server before it is told as not yet saved there.
const SAVED_WITHIN: Duration = Duration::from_secs(5);

/// How often mail is checked for, or how often it shall be
#[derive(Debug, Args)]
pub(crate) struct Interval {
    /// Such as 90s, 5m, 1h; `default` goes back to the post office's
    #[arg(value_name = "DURATION|default")]
    wish: Option<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Default,
    Every(Seconds),
}

impl FromStr for Wish {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "default" { Ok(Self::Default) } else { text.parse().map(Self::Every) }
    }
}

impl Interval {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let seconds = match self.wish {
            None => {
                let status = session.client.status().await?;
                return print(session, &status);
            }
            Some(Wish::Default) => None,
            Some(Wish::Every(wished)) => Some(wished.get()),
        };
        let mut status = session.client.set_interval(PutInterval { seconds }).await?;
        // What is known by then is told: one that is still under way is pending.
        let _ = timeout(SAVED_WITHIN, saved(&session.client, &mut status)).await;
        print(session, &status)
    }
}

/// Follows the agent while it saves the wish on the server: who typed it wants to know what came of it.
async fn saved(client: &Client, status: &mut Status) -> Result<(), ClientError> {
    let under_way = |status: &Status| {
        status.interval.pending && status.mode == Mode::Online && status.connection == Connection::Ok
    };
    if !under_way(status) {
        return Ok(());
    }
    let mut events = client.events().await?;
    while under_way(status) {
        match events.next().await {
            Some(next) => *status = next,
            None => break,
        }
    }
    Ok(())
}

fn print(session: &mut Session<'_, '_>, status: &Status) -> Result<Exit, Failure> {
    if session.json {
        session.object(&status.interval)?;
    } else {
        let line = interval_line(session.words, status, |at| session.moment(at));
        session.line(&line)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_has_a_unit_or_is_the_default() {
        assert_eq!("default".parse(), Ok(Wish::Default));
        assert_eq!("90s".parse(), Ok(Wish::Every(Seconds::new(90))));
        for text in ["90", "", "Default", "off"] {
            assert!(text.parse::<Wish>().is_err(), "{text:?}");
        }
    }
}
