//! `restante snooze`

use std::str::FromStr;

use clap::Args;
use restante_l10n::{Value, Words};
use restante_local_api::{
    PutSnooze, Status,
    model::{DurationError, Seconds, Timestamp},
};
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// No alerts for a time; mail comes all the same, and is told afterwards
#[derive(Debug, Args)]
pub(crate) struct Snooze {
    /// Such as 30m or 2h, at most 24h; `off` ends it
    #[arg(value_name = "DURATION|off")]
    wish: Wish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Off,
    For(Seconds),
}

impl FromStr for Wish {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" { Ok(Self::Off) } else { text.parse().map(Self::For) }
    }
}

impl Snooze {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let seconds = match self.wish {
            Wish::Off => None,
            Wish::For(seconds) => Some(seconds.get()),
        };
        let status = session.client.snooze(PutSnooze { seconds }).await?;
        if session.json {
            session.object(&status.alerts)?;
        } else {
            let line = alerts(session.words, &status, |at| session.moment(at))
                .unwrap_or_else(|| session.words.text("cli-not-snoozed"));
            session.line(&line)?;
        }
        Ok(Exit::Done)
    }
}

/// Why alerts are held back; `None` where they are not.
pub(super) fn alerts(words: &Words, status: &Status, moment: impl Fn(Timestamp) -> String) -> Option<String> {
    let said = |key: &str, until| words.with(key, &[("moment", Value::Text(&moment(until)))]);
    let snoozed = status.alerts.snoozed_until.map(|until| said("cli-snoozed", until));
    snoozed.or_else(|| status.alerts.quiet_until.map(|until| said("cli-quiet", until)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snooze_has_a_length_or_ends() {
        assert_eq!("off".parse(), Ok(Wish::Off));
        assert_eq!("30m".parse(), Ok(Wish::For(Seconds::new(1_800))));
        for text in ["", "30", "on"] {
            assert!(text.parse::<Wish>().is_err(), "{text:?}");
        }
    }
}
