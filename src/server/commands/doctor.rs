//! `doctor`: what is wrong with this server, and what to do about it. Looks and changes nothing.

mod durability;

use std::{fmt::Display, path::Path, time::Duration};

use restante_l10n::{Language, Value, Words};
use restante_model::{Clock, SystemClock, Timestamp};
use restante_process::{Exit, disk};
use restante_store::{OrganisationOverview, SqlStore, Store, StoreError, Unavailable};
use serde::Serialize;
use serde_json::json;

use super::{
    answers::{Answers, text},
    failure::Failure,
    print_json, println,
};
use crate::{
    certificate_words::of_certificate,
    config_file::ServerSettings,
    listen::ListenAddress,
    store_words::{of_store, unavailable},
    tls::{self, TlsFiles},
};

/// Below this much room mail will soon not be taken.
const LITTLE_ROOM_BYTES: u64 = 1 << 30;
/// Below this much, it is now.
const NO_ROOM_BYTES: u64 = 64 << 20;
/// Before a certificate ends there is this long to renew it.
const CERTIFICATE_WARNING: Duration = Duration::from_hours(14 * 24);
/// An agent that asked for nothing for so long is silent.
const SILENCE: Duration = Duration::from_hours(7 * 24);
/// Clocks of one machine's files differ by no more than this.
const CLOCK_TOLERANCE: Duration = Duration::from_mins(2);
/// Names listed in a sentence.
const NAMED: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    id: &'static str,
    status: Status,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

fn ok(id: &'static str, detail: impl Into<String>) -> Check {
    Check { id, status: Status::Ok, detail: detail.into(), hint: None }
}

fn warn(id: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Check {
    Check { id, status: Status::Warn, detail: detail.into(), hint: Some(hint.into()) }
}

fn fail(id: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Check {
    Check { id, status: Status::Fail, detail: detail.into(), hint: Some(hint.into()) }
}

pub(super) async fn run(
    settings: &ServerSettings,
    store: Result<SqlStore, StoreError>,
    answers: Answers<'_>,
) -> Result<(), Failure> {
    // What scripts read is in no language of a person's.
    let english = answers.json.then(|| Words::new(Language::English));
    let words = english.as_ref().unwrap_or(answers.words);
    let now = SystemClock.now();
    let mut checks = Vec::new();
    if settings.database.is_none() {
        let folder = &super::folder(settings);
        checks.extend([permissions(folder, words), room(folder, words), clock(folder, now, words)]);
    }
    match store {
        Ok(store) => checks.extend(contents(&store, now, words).await),
        Err(error @ StoreError::Refused(_)) => {
            checks.push(fail(
                "database",
                of_store(&error, words),
                words.text("server-doctor-will-not-start"),
            ));
        }
        Err(error) => {
            checks.push(fail("database", of_store(&error, words), words.text("server-doctor-damaged")));
        }
    }
    checks.push(listening(settings, words));
    checks.push(match settings.tls() {
        Ok(Some(files)) => certificate(&files, now, words),
        Ok(None) => ok("certificate", words.text("server-doctor-no-certificate")),
        Err(fault) => fail("certificate", fault.said(words), words.text("server-doctor-both")),
    });
    say(&checks, answers);
    if checks.iter().any(|check| check.status == Status::Fail) {
        return Err(Failure::new(Exit::No, answers.text("server-doctor-wrong", &[]), ""));
    }
    Ok(())
}

fn say(checks: &[Check], answers: Answers<'_>) {
    if answers.json {
        return print_json(&json!({"checks": checks}));
    }
    let words = answers.words;
    let status = |status| match status {
        Status::Ok => words.text("server-doctor-ok"),
        Status::Warn => words.text("server-doctor-warn"),
        Status::Fail => words.text("server-doctor-fail"),
    };
    let longest = [Status::Ok, Status::Warn, Status::Fail].map(|it| status(it).chars().count());
    let width = longest.into_iter().max().unwrap_or_default() + 1;
    for check in checks {
        let name = words.with(&format!("doctor-name-{}", check.id), &[]);
        println(&format!("{:<width$} {name:<13} {}", status(check.status), check.detail));
        if let Some(hint) = &check.hint {
            let hint = words.with("hint", &[("hint", Value::Text(hint))]);
            println(&format!("{:<width$} {:<13} {hint}", "", ""));
        }
    }
}

#[cfg(unix)]
fn permissions(folder: &Path, words: &Words) -> Check {
    use std::os::unix::fs::PermissionsExt;
    let mut open = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        match path.symlink_metadata() {
            Ok(it) if it.is_symlink() => {}
            Ok(it) => {
                // What lies inside a closed folder is closed as well, whatever its own mode.
                if it.permissions().mode() & 0o077 != 0 {
                    open.push(path.display().to_string());
                    if it.is_dir() {
                        let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
                        waiting.extend(entries.map(|entry| entry.path()));
                    }
                }
            }
            Err(error) => {
                let hint = words.text("server-doctor-own-user");
                return fail("folder", format!("{}: {error}", path.display()), hint);
            }
        }
    }
    if open.is_empty() {
        let folder = folder.display();
        return ok("folder", text(words, "server-doctor-folder-closed", &[("folder", &folder)]));
    }
    open.truncate(NAMED);
    let detail = text(words, "server-doctor-folder-open", &[("open", &open.join(", "))]);
    fail("folder", detail, words.text("server-doctor-folder-close"))
}

#[cfg(not(unix))]
fn permissions(folder: &Path, _: &Words) -> Check {
    ok("folder", folder.display().to_string())
}

fn room(folder: &Path, words: &Words) -> Check {
    let Some(free) = disk::free_bytes(folder) else {
        return ok("disk", words.text("server-doctor-disk-unknown"));
    };
    let values: [(&str, &dyn Display); 2] = [("free", &(free >> 20)), ("folder", &folder.display())];
    let detail = text(words, "server-doctor-disk-free", &values);
    match free {
        0..NO_ROOM_BYTES => fail("disk", detail, words.text("server-doctor-disk-none")),
        NO_ROOM_BYTES..LITTLE_ROOM_BYTES => warn("disk", detail, words.text("server-doctor-disk-little")),
        _ => ok("disk", detail),
    }
}

/// Mail expires by this machine's clock; that it once was ahead shows in files of the future.
fn clock(folder: &Path, now: Timestamp, words: &Words) -> Check {
    let newest = ["restante.db", "restante.db-wal"].iter().filter_map(|name| {
        let written = folder.join(name).metadata().ok()?.modified().ok()?;
        let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    });
    let ahead = newest.max().unwrap_or(0) - now.unix_ms();
    let tolerance = i64::try_from(CLOCK_TOLERANCE.as_millis()).unwrap_or(i64::MAX);
    if ahead > tolerance {
        let values: [(&str, &dyn Display); 2] = [("now", &now), ("seconds", &(ahead / 1000))];
        let detail = text(words, "server-doctor-clock-behind", &values);
        fail("clock", detail, words.text("server-doctor-clock-set"))
    } else {
        ok("clock", text(words, "server-doctor-clock", &[("now", &now)]))
    }
}

async fn contents(store: &SqlStore, now: Timestamp, words: &Words) -> Vec<Check> {
    let mut checks = databases(store, words).await;
    match store.unnamed().await {
        Ok(unnamed) => checks.extend(unnamed.iter().map(|path| {
            let detail = text(words, "server-doctor-unnamed", &[("path", &path.display())]);
            warn("database", detail, words.text("server-doctor-unnamed-hint"))
        })),
        Err(error) => {
            checks.push(fail("database", of_store(&error, words), words.text("server-doctor-damaged")));
        }
    }
    match store.durability().await {
        Ok(all) => checks.extend(all.iter().flat_map(|it| durability::checks(it, words))),
        Err(error) => {
            checks.push(fail(
                "postgresql",
                of_store(&error, words),
                words.text("server-doctor-databases-above"),
            ));
        }
    }
    match store.organisations().await {
        Ok(organisations) => {
            checks.extend(organisations.iter().map(|it| organisation(it, words)));
            checks.push(agents(store, &organisations, now, words).await);
        }
        Err(error) => {
            checks.push(fail("organisations", of_store(&error, words), words.text("server-doctor-damaged")));
        }
    }
    checks
}

async fn databases(store: &SqlStore, words: &Words) -> Vec<Check> {
    let examined = match store.examine().await {
        Ok(examined) => examined,
        Err(error) => {
            return vec![fail("database", of_store(&error, words), words.text("server-doctor-damaged"))];
        }
    };
    examined
        .into_iter()
        .map(|it| {
            if let Some(problem) = it.problem {
                return fail("database", of_store(&problem, words), words.text("server-doctor-damaged"));
            }
            let values: [(&str, &dyn Display); 3] =
                [("database", &it.database), ("messages", &it.messages), ("drafts", &it.drafts)];
            ok("database", text(words, "server-doctor-database", &values))
        })
        .collect()
}

fn organisation(organisation: &OrganisationOverview, words: &Words) -> Check {
    let name = &organisation.name;
    let detail = |why: &Unavailable| {
        text(words, "server-doctor-why", &[("name", name), ("why", &unavailable(why, words))])
    };
    match &organisation.unavailable {
        None => ok("organisation", text(words, "server-doctor-organisation", &[("name", name)])),
        Some(why @ Unavailable::NoneAttached) => {
            warn("organisation", detail(why), words.text("server-doctor-attach"))
        }
        Some(why @ Unavailable::UpgradeNeeded { .. }) => {
            fail("organisation", detail(why), words.text("server-doctor-upgrade"))
        }
        Some(why) => fail("organisation", detail(why), words.text("server-doctor-databases-above")),
    }
}

async fn agents(
    store: &SqlStore,
    organisations: &[OrganisationOverview],
    now: Timestamp,
    words: &Words,
) -> Check {
    let silence = i64::try_from(SILENCE.as_millis()).unwrap_or(i64::MAX);
    let (mut silent, mut all) = (Vec::new(), 0);
    for organisation in organisations.iter().filter(|it| it.users.is_some()) {
        match store.users(&organisation.name).await {
            Ok(users) => {
                for user in users.into_iter().filter(|user| user.devices > 0 && !user.disabled) {
                    all += 1;
                    if user.last_seen_at.is_none_or(|at| now.ms_since(at) > silence) {
                        let values: [(&str, &dyn Display); 2] =
                            [("login", &user.person.login), ("organisation", &organisation.name)];
                        silent.push(text(words, "server-doctor-user", &values));
                    }
                }
            }
            Err(error) => {
                return fail("agents", of_store(&error, words), words.text("server-doctor-databases-above"));
            }
        }
    }
    if silent.is_empty() {
        return ok("agents", text(words, "server-doctor-heard", &[("all", &all)]));
    }
    let count = silent.len();
    silent.truncate(NAMED);
    let more = if count > NAMED { " ..." } else { "" };
    let names = format!("{}{more}", silent.join(", "));
    let values: [(&str, &dyn Display); 3] = [("count", &count), ("all", &all), ("names", &names)];
    let detail = text(words, "server-doctor-silent", &values);
    warn("agents", detail, words.text("server-doctor-silent-hint"))
}

fn listening(settings: &ServerSettings, words: &Words) -> Check {
    let plain = !matches!(settings.tls(), Ok(Some(_)));
    let addresses = || settings.listen.iter().chain(&settings.administration_listen);
    let beyond = addresses().filter(|address| match address {
        ListenAddress::Tcp(address) => !address.ip().is_loopback(),
        #[cfg(unix)]
        ListenAddress::Unix(_) => false,
    });
    let beyond: Vec<String> = beyond.map(ToString::to_string).collect();
    let all: Vec<String> = addresses().map(ToString::to_string).collect();
    if !plain || beyond.is_empty() {
        return ok("listen", all.join(", "));
    }
    let beyond = beyond.join(", ");
    let detail = |key: &str| text(words, key, &[("addresses", &beyond)]);
    if settings.plain_http_anyway {
        warn("listen", detail("server-doctor-plain"), words.text("server-doctor-plain-hint"))
    } else {
        fail("listen", detail("server-doctor-plain-refused"), words.text("server-doctor-certificate-hint"))
    }
}

fn certificate(files: &TlsFiles, now: Timestamp, words: &Words) -> Check {
    const ID: &str = "certificate";
    let ends_at = match tls::usable(files) {
        Ok(ends_at) => ends_at,
        Err(error) => {
            return fail(ID, of_certificate(&error, words), words.text("server-doctor-certificate-unusable"));
        }
    };
    let left = ends_at.ms_since(now);
    let values: [(&str, &dyn Display); 2] = [("file", &files.certificate.display()), ("moment", &ends_at)];
    let detail = text(words, "server-doctor-certificate", &values);
    if left <= 0 {
        fail(ID, detail, words.text("server-doctor-certificate-ended"))
    } else if left < i64::try_from(CERTIFICATE_WARNING.as_millis()).unwrap_or(i64::MAX) {
        warn(ID, detail, words.text("server-doctor-certificate-ends"))
    } else if readable_by_all(&files.key) {
        let detail = text(words, "server-doctor-key-open", &[("file", &files.key.display())]);
        warn(ID, detail, words.text("server-doctor-key-close"))
    } else {
        ok(ID, detail)
    }
}

#[cfg(unix)]
fn readable_by_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|it| it.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn readable_by_all(_file: &Path) -> bool {
    false
}
