//! The log: readable sentences with fields, on stderr, so that stdout stays for data.

use std::env;

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The variable that says what is logged, over the settings: `debug`, or `info,restante_engine=trace`.
pub const VARIABLE: &str = "RESTANTE_LOG";

/// Under systemd, the journal's stream; it writes the time itself (systemd.exec(5)).
const JOURNAL_VARIABLE: &str = "JOURNAL_STREAM";

/// Starts the log of this process. `RESTANTE_LOG` overrides `default_level`; an unreadable filter is
/// said and replaced by `info`, since a typing error must not silence a program. With `json`, a line
/// is one object. Later calls change nothing.
pub fn start(default_level: &str, json: bool) {
    let wished = env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty());
    let (filter, problem) = filter(wished.as_deref().unwrap_or(default_level));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = tracing_subscriber::registry().with(filter);
    // A program of ours starts its log once; a test may do so again, and keeps the first.
    let _ = match (json, env::var_os(JOURNAL_VARIABLE).is_some()) {
        (true, _) => log.with(lines.json().flatten_event(true)).try_init(),
        (false, true) => log.with(lines.without_time()).try_init(),
        (false, false) => log.with(lines).try_init(),
    };
    if let Some(problem) = problem {
        tracing::warn!(%problem, "log filter is not understood: logging at level info");
    }
}

/// The filter that `text` describes, or `info` and what is wrong with the text. By target and level only:
/// filters by field would bring in regular expressions, half a megabyte in every program.
fn filter(text: &str) -> (Targets, Option<String>) {
    match text.parse() {
        Ok(filter) => (filter, None),
        Err(error) => (Targets::new().with_default(LevelFilter::INFO), Some(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_understood_is_taken_as_it_is() {
        let (taken, problem) = filter("info,restante_engine=trace");
        assert!(problem.is_none());
        assert!(taken.to_string().contains("restante_engine=trace"), "{taken}");
    }

    #[test]
    fn a_filter_that_is_not_understood_is_named_and_replaced() {
        let (taken, problem) = filter("info,restante_engine=loud");
        assert_eq!(taken.to_string(), "info");
        assert!(problem.is_some());
    }
}
