//! Which agents are silent (row B27): the ones that an administrator looks at first.

use std::cmp::Reverse;

use restante_model::Timestamp;
use restante_store::Agent;

/// What is known of an agent from when it last asked.
///
/// An agent in offline mode asks nobody, so it cannot say that it is: it is silent like one that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// It did not ask for longer than two of its intervals.
    Silent,
    /// Its user never signed in.
    NeverSignedIn,
    /// It asks.
    Online,
    /// Its user may not sign in.
    Disabled,
}

impl Mode {
    /// The key of the words for it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Silent => "administration-mode-silent",
            Self::NeverSignedIn => "administration-mode-never",
            Self::Online => "administration-mode-online",
            Self::Disabled => "administration-mode-disabled",
        }
    }
}

/// When an agent asked is written down each minute, and to the minute.
const GRACE_MS: i64 = 2 * 60_000;

/// How it is with an agent at this moment.
pub(crate) fn mode(agent: &Agent, now: Timestamp) -> Mode {
    let Some(device) = &agent.device else {
        return if agent.disabled { Mode::Disabled } else { Mode::NeverSignedIn };
    };
    let interval_ms = i64::try_from(agent.check_interval.seconds()).unwrap_or(i64::MAX).saturating_mul(1000);
    let patience_ms = interval_ms.saturating_mul(2).saturating_add(GRACE_MS);
    if agent.disabled {
        Mode::Disabled
    } else if now.ms_since(device.last_seen_at) > patience_ms {
        Mode::Silent
    } else {
        Mode::Online
    }
}

/// Agents with what is known of them, the silent ones first, and those first that are so for the longest.
pub(crate) fn by_silence<T>(agents: Vec<(T, Agent)>, now: Timestamp) -> Vec<(Mode, T, Agent)> {
    let mut list: Vec<_> = agents.into_iter().map(|(of, agent)| (mode(&agent, now), of, agent)).collect();
    list.sort_by_key(|(mode, _, agent)| {
        let seen = agent.device.as_ref().map(|device| device.last_seen_at);
        // Of those that ask, the newest is the most telling.
        (*mode, (*mode != Mode::Online).then_some(seen), (*mode == Mode::Online).then_some(Reverse(seen)))
    });
    list
}

#[cfg(test)]
mod tests {
    use restante_model::{CheckInterval, Person};
    use restante_store::AgentDevice;

    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn agent(login: &str, seen_seconds_ago: Option<i64>, disabled: bool) -> ((), Agent) {
        let device = seen_seconds_ago.map(|seconds| AgentDevice {
            id: login.to_owned(),
            name: "desk".to_owned(),
            created_at: Timestamp::EPOCH,
            last_seen_at: Timestamp::from_unix_ms(NOW - seconds * 1000),
            client_version: None,
        });
        let person = Person { login: login.parse().unwrap(), name: login.to_owned() };
        ((), Agent { person, disabled, check_interval: CheckInterval::from_seconds(300), device })
    }

    #[test]
    fn silence_is_two_intervals_and_comes_first() {
        let agents = vec![
            agent("online", Some(10), false),
            agent("disabled", Some(100_000), true),
            agent("never", None, false),
            agent("just-silent", Some(721), false),
            agent("longest", Some(90_000), false),
            agent("still-online", Some(720), false),
        ];
        let list = by_silence(agents, Timestamp::from_unix_ms(NOW));
        let told: Vec<_> =
            list.iter().map(|(mode, (), agent)| (agent.person.login.as_str(), *mode)).collect();
        assert_eq!(
            told,
            [
                ("longest", Mode::Silent),
                ("just-silent", Mode::Silent),
                ("never", Mode::NeverSignedIn),
                ("online", Mode::Online),
                ("still-online", Mode::Online),
                ("disabled", Mode::Disabled),
            ]
        );
    }
}
