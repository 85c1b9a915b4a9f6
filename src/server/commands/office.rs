//! `office create | list | set | attach | detach`.

use std::{fmt::Display, path::PathBuf};

use clap::{Subcommand, ValueEnum};
use restante_model::{CheckInterval, ClientVersionError, DurationError, IntervalRange, Name, Seconds};
use restante_process::Exit;
use restante_store::{
    DatabaseUrl, NewOffice, OfficeChange, OfficeOverview, OfficeTerms, Placement, SqlStore, Store,
};
use serde_json::{Value, json};

use super::{answers::Answers, failure::Failure, print_json, println};

/// What `set` changes.
const KEYS: [&str; 7] = [
    "check-interval",
    "lifetime",
    "expiry-warning",
    "ledger-retention",
    "interval-range",
    "lock-interval",
    "oldest-client-version",
];

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Where {
    Separate,
    Current,
}

#[derive(Subcommand)]
pub(super) enum Office {
    /// Makes a post office.
    #[command(after_help = "Examples:
  restante-server office create main
  restante-server office create main --dir /srv/mail --check-interval 5m --lifetime 14d
  restante-server office create main --placement current --in hall")]
    Create {
        /// A short name, for commands and pages.
        name: Name,
        /// A database of its own, or inside an organisation's.
        #[arg(long, value_enum, default_value = "separate")]
        placement: Where,
        /// With `current`: inside whose database.
        #[arg(long = "in", value_name = "ORG")]
        inside: Option<Name>,
        /// The folder for its database.
        #[arg(long)]
        dir: Option<PathBuf>,
        /// PostgreSQL: the URL of an empty database for it.
        #[arg(long, value_name = "URL", conflicts_with = "dir")]
        url: Option<String>,
        /// How often agents check, unless their users wish otherwise.
        #[arg(long, default_value = "300s")]
        check_interval: Seconds,
        /// How long unread messages are kept.
        #[arg(long, default_value = "7d")]
        lifetime: Seconds,
        /// How long before that both sides are warned; 0s: not at all.
        #[arg(long, default_value = "24h")]
        expiry_warning: Seconds,
        /// What users may choose, from the shortest to the longest.
        #[arg(long, default_value = "30s..24h", value_parser = range)]
        interval_range: IntervalRange,
        /// Users may not choose at all.
        #[arg(long)]
        lock_interval: bool,
    },
    /// Lists post offices.
    List,
    /// Changes check-interval, lifetime, expiry-warning, ledger-retention, interval-range, lock-interval or
    /// oldest-client-version.
    #[command(after_help = "Examples:
  restante-server office set main lifetime 14d
  restante-server office set main interval-range 1m..2h
  restante-server office set main oldest-client-version 1.2.0      (none: any)
A running server follows at the next request.")]
    Set {
        /// The post office.
        name: Name,
        /// One of those above.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Gives an organisation this post office.
    Attach {
        /// The post office.
        name: Name,
        /// The organisation.
        #[arg(long, value_name = "ORG")]
        to: Name,
    },
    /// Takes an organisation's post office away.
    Detach {
        /// The organisation.
        #[arg(long, value_name = "ORG")]
        from: Name,
    },
}

/// A text that is no range of intervals.
#[derive(Debug, thiserror::Error)]
pub(super) enum RangeError {
    #[error("a range is written 30s..24h")]
    Form,
    #[error(transparent)]
    Duration(#[from] DurationError),
    #[error("a range goes from the shorter interval, at least 1s, to the longer")]
    Backwards,
}

impl RangeError {
    /// The key of the words for it.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Form => "arguments-not-a-range",
            Self::Duration(_) => "arguments-not-a-duration",
            Self::Backwards => "arguments-range-backwards",
        }
    }
}

fn range(text: &str) -> Result<IntervalRange, RangeError> {
    let (min, max) = text.split_once("..").ok_or(RangeError::Form)?;
    let (min, max) = (min.parse::<Seconds>()?.get(), max.parse::<Seconds>()?.get());
    if min == 0 || min > max {
        return Err(RangeError::Backwards);
    }
    Ok(IntervalRange::new(CheckInterval::from_seconds(min), CheckInterval::from_seconds(max)))
}

fn usage(key: &str, values: &[(&str, &dyn Display)], answers: Answers<'_>) -> Failure {
    Failure::new(Exit::Usage, answers.text(key, values), answers.text("server-hint-office", &[]))
}

fn positive(key: &str, seconds: Seconds, answers: Answers<'_>) -> Result<Seconds, Failure> {
    if seconds.get() == 0 {
        return Err(usage("server-office-at-least", &[("key", &key)], answers));
    }
    Ok(seconds)
}

impl Office {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        let office = match self {
            Self::Create {
                name,
                placement,
                inside,
                dir,
                url,
                check_interval,
                lifetime,
                expiry_warning,
                interval_range,
                lock_interval,
            } => {
                let elsewhere = dir.is_some() || url.is_some();
                let refused = |key| usage(key, &[], answers);
                let placement = match (placement, inside) {
                    (Where::Separate, None) => match url {
                        Some(url) => Placement::Elsewhere { url: DatabaseUrl(url) },
                        None => Placement::Separate { folder: dir },
                    },
                    (Where::Current, Some(organisation)) if !elsewhere => Placement::Current { organisation },
                    (Where::Current, None) => return Err(refused("server-office-in-missing")),
                    (Where::Current, Some(_)) => {
                        return Err(refused("server-office-not-current"));
                    }
                    (Where::Separate, Some(_)) => return Err(refused("server-office-not-separate")),
                };
                let terms = OfficeTerms {
                    check_interval: CheckInterval::from_seconds(
                        positive("--check-interval", check_interval, answers)?.get(),
                    ),
                    interval_range,
                    interval_locked: lock_interval,
                    message_lifetime: lifetime_of("--lifetime", lifetime, answers)?,
                    expiry_warning,
                    ..OfficeTerms::default()
                };
                store.create_office(&NewOffice { name, placement, terms }).await?
            }
            Self::List => {
                let list = store.offices().await?;
                if answers.json {
                    print_json(&list.iter().map(as_json).collect());
                } else {
                    table(&list, answers);
                }
                return Ok(());
            }
            Self::Set { name, key, value } => {
                store.change_office(&name, change(&key, &value, answers)?).await?
            }
            Self::Attach { name, to } => store.attach(&name, &to).await?,
            Self::Detach { from } => {
                let Some(office) = store.detach(&from).await? else {
                    let message = answers.text("server-office-none", &[("organisation", &from)]);
                    return Err(Failure::new(Exit::No, message, ""));
                };
                if answers.json {
                    print_json(&json!({"organisation": from, "detached": office}));
                } else {
                    answers.say("server-office-detached", &[("office", &office), ("organisation", &from)]);
                }
                return Ok(());
            }
        };
        if answers.json {
            print_json(&as_json(&office));
        } else {
            table(&[office], answers);
        }
        Ok(())
    }
}

fn change(key: &str, value: &str, answers: Answers<'_>) -> Result<OfficeChange, Failure> {
    let refused = |key: &str| usage(key, &[("value", &value)], answers);
    let seconds = || value.parse::<Seconds>().map_err(|_| refused("arguments-not-a-duration"));
    Ok(match key {
        "check-interval" => OfficeChange::CheckInterval(CheckInterval::from_seconds(
            positive(key, seconds()?, answers)?.get(),
        )),
        "lifetime" => OfficeChange::MessageLifetime(lifetime_of(key, seconds()?, answers)?),
        "expiry-warning" => OfficeChange::ExpiryWarning(seconds()?),
        "ledger-retention" => OfficeChange::LedgerRetention(positive(key, seconds()?, answers)?),
        "oldest-client-version" => OfficeChange::OldestClient(match value {
            "none" => None,
            version => {
                Some(version.parse().map_err(|_: ClientVersionError| refused("server-office-version"))?)
            }
        }),
        "interval-range" => OfficeChange::IntervalRange(range(value).map_err(|error| refused(error.key()))?),
        "lock-interval" => match value {
            "true" | "on" | "yes" => OfficeChange::IntervalLocked(true),
            "false" | "off" | "no" => OfficeChange::IntervalLocked(false),
            _ => return Err(refused("server-office-lock")),
        },
        _ => {
            let values: [(&str, &dyn Display); 2] = [("key", &key), ("keys", &KEYS.join(", "))];
            return Err(usage("server-office-unknown-key", &values, answers));
        }
    })
}

#[expect(clippy::print_stderr, reason = "a warning for people")]
fn lifetime_of(key: &str, lifetime: Seconds, answers: Answers<'_>) -> Result<Seconds, Failure> {
    let lifetime = positive(key, lifetime, answers)?;
    if lifetime.get() < 3600 {
        eprintln!("{}", answers.text("server-lifetime-short", &[("lifetime", &lifetime)]));
    }
    Ok(lifetime)
}

fn table(offices: &[OfficeOverview], answers: Answers<'_>) {
    let title = |key| answers.text(key, &[]);
    println(&format!(
        "{:<16} {:<9} {:>9} {:>9}  {:<24} {}",
        title("server-title-office"),
        title("server-title-placement"),
        title("server-title-interval"),
        title("server-title-lifetime"),
        title("server-title-organisations"),
        title("server-title-database")
    ));
    for office in offices {
        println(&line(office));
    }
}

fn line(office: &OfficeOverview) -> String {
    let organisations: Vec<_> = office.organisations.iter().map(Name::as_str).collect();
    format!(
        "{:<16} {:<9} {:>8}s {:>9}  {:<24} {}",
        office.name.as_str(),
        office.placement,
        office.terms.check_interval.seconds(),
        office.terms.message_lifetime.to_string(),
        organisations.join(","),
        office.location
    )
}

/// A post office in `--json`.
pub(super) fn as_json(office: &OfficeOverview) -> Value {
    json!({
        "name": office.name, "placement": office.placement, "location": office.location,
        "check_interval_seconds": office.terms.check_interval,
        "message_lifetime_seconds": office.terms.message_lifetime,
        "check_interval_min_seconds": office.terms.interval_range.min(),
        "check_interval_max_seconds": office.terms.interval_range.max(),
        "expiry_warning_seconds": office.terms.expiry_warning,
        "ledger_retention_seconds": office.terms.ledger_retention,
        "oldest_client_version": office.terms.oldest_client.map(|version| version.to_string()),
        "locked": office.terms.interval_locked, "organisations": office.organisations,
        "unavailable": office.unavailable.as_ref().map(ToString::to_string),
    })
}
