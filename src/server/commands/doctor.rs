//! `doctor`: what is wrong with this server, and what to do about it. Looks and changes nothing.

mod durability;

use std::{path::Path, time::Duration};

use restante_model::{Clock, SystemClock, Timestamp};
use restante_process::{Exit, disk};
use restante_store::{OrganisationOverview, SqlStore, Store, StoreError, Unavailable};
use serde::Serialize;
use serde_json::json;

use super::{failure::Failure, print_json, println};
use crate::{
    config_file::ServerSettings,
    listen::ListenAddress,
    problem::chain,
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
    hint: Option<&'static str>,
}

fn ok(id: &'static str, detail: impl Into<String>) -> Check {
    Check { id, status: Status::Ok, detail: detail.into(), hint: None }
}

fn warn(id: &'static str, detail: impl Into<String>, hint: &'static str) -> Check {
    Check { id, status: Status::Warn, detail: detail.into(), hint: Some(hint) }
}

fn fail(id: &'static str, detail: impl Into<String>, hint: &'static str) -> Check {
    Check { id, status: Status::Fail, detail: detail.into(), hint: Some(hint) }
}

pub(super) async fn run(
    settings: &ServerSettings,
    store: Result<SqlStore, StoreError>,
    as_json: bool,
) -> Result<(), Failure> {
    let now = SystemClock.now();
    let mut checks = Vec::new();
    if settings.database.is_none() {
        let folder = &super::folder(settings);
        checks.extend([permissions(folder), room(folder), clock(folder, now)]);
    }
    match store {
        Ok(store) => checks.extend(contents(&store, now).await),
        Err(error @ StoreError::Refused(_)) => {
            checks.push(fail("database", chain(&error), "the server will not start"));
        }
        Err(error) => checks.push(fail("database", chain(&error), DAMAGED)),
    }
    checks.push(listening(settings));
    checks.push(match settings.tls() {
        Ok(Some(files)) => certificate(&files, now),
        Ok(None) => ok("certificate", "none: plain HTTP, for this machine or for a TLS proxy on it"),
        Err(reason) => fail("certificate", reason, "set both, or neither"),
    });
    say(&checks, as_json);
    if checks.iter().any(|check| check.status == Status::Fail) {
        return Err(Failure::new(Exit::No, "something is wrong, see above", ""));
    }
    Ok(())
}

fn say(checks: &[Check], as_json: bool) {
    if as_json {
        return print_json(&json!({"checks": checks}));
    }
    for check in checks {
        let status = match check.status {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
        };
        println(&format!("{status:<5} {:<13} {}", check.id, check.detail));
        if let Some(hint) = check.hint {
            println(&format!("{:<19} hint: {hint}", ""));
        }
    }
}

#[cfg(unix)]
fn permissions(folder: &Path) -> Check {
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
                return fail("folder", format!("{}: {error}", path.display()), "run it as the server's user");
            }
        }
    }
    if open.is_empty() {
        return ok("folder", format!("{} is closed to others", folder.display()));
    }
    open.truncate(NAMED);
    fail("folder", format!("others may enter or read {}", open.join(", ")), "chmod -R go= on the data folder")
}

#[cfg(not(unix))]
fn permissions(folder: &Path) -> Check {
    ok("folder", folder.display().to_string())
}

fn room(folder: &Path) -> Check {
    let Some(free) = disk::free_bytes(folder) else {
        return ok("disk", "how full it is cannot be told here");
    };
    let detail = format!("{} MiB are free for {}", free >> 20, folder.display());
    match free {
        0..NO_ROOM_BYTES => fail("disk", detail, "make room: no mail can be taken"),
        NO_ROOM_BYTES..LITTLE_ROOM_BYTES => warn("disk", detail, "make room soon"),
        _ => ok("disk", detail),
    }
}

/// Mail expires by this machine's clock; that it once was ahead shows in files of the future.
fn clock(folder: &Path, now: Timestamp) -> Check {
    let newest = ["restante.db", "restante.db-wal"].iter().filter_map(|name| {
        let written = folder.join(name).metadata().ok()?.modified().ok()?;
        let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    });
    let ahead = newest.max().unwrap_or(0) - now.unix_ms();
    let tolerance = i64::try_from(CLOCK_TOLERANCE.as_millis()).unwrap_or(i64::MAX);
    if ahead > tolerance {
        let detail = format!("it is {now}, and files were written {} s later than that", ahead / 1000);
        fail("clock", detail, "set the clock (NTP): mail expires by it")
    } else {
        ok("clock", format!("it is {now}"))
    }
}

/// What may be done about a database that is damaged.
const DAMAGED: &str =
    "restore a backup into another folder and compare; see `restante-server restore --help`";

async fn contents(store: &SqlStore, now: Timestamp) -> Vec<Check> {
    let mut checks = databases(store).await;
    match store.unnamed().await {
        Ok(unnamed) => checks.extend(unnamed.iter().map(|path| {
            let detail = format!("{} belongs to no organisation and no post office", path.display());
            warn(
                "database",
                detail,
                "where it holds mail, the registry is older than it: restore a backup of both",
            )
        })),
        Err(error) => checks.push(fail("database", chain(&error), DAMAGED)),
    }
    match store.durability().await {
        Ok(all) => checks.extend(all.iter().flat_map(durability::checks)),
        Err(error) => checks.push(fail("postgresql", chain(&error), "see the databases above")),
    }
    match store.organisations().await {
        Ok(organisations) => {
            checks.extend(organisations.iter().map(organisation));
            checks.push(agents(store, &organisations, now).await);
        }
        Err(error) => checks.push(fail("organisations", chain(&error), DAMAGED)),
    }
    checks
}

async fn databases(store: &SqlStore) -> Vec<Check> {
    let examined = match store.examine().await {
        Ok(examined) => examined,
        Err(error) => return vec![fail("database", chain(&error), DAMAGED)],
    };
    examined
        .into_iter()
        .map(|it| match it.problem {
            Some(problem) => fail("database", problem, DAMAGED),
            None => ok(
                "database",
                format!("{}: {} messages and {} drafts are as stored", it.database, it.messages, it.drafts),
            ),
        })
        .collect()
}

fn organisation(organisation: &OrganisationOverview) -> Check {
    let name = &organisation.name;
    match &organisation.unavailable {
        None => ok("organisation", format!("{name} has its mail")),
        Some(why @ Unavailable::NoneAttached) => {
            warn("organisation", format!("{name}: {why}"), "restante-server office attach OFFICE --to ORG")
        }
        Some(why @ Unavailable::UpgradeNeeded { .. }) => {
            fail("organisation", format!("{name}: {why}"), "restante-server organisation upgrade ORG")
        }
        Some(why) => fail("organisation", format!("{name}: {why}"), "see the databases above"),
    }
}

async fn agents(store: &SqlStore, organisations: &[OrganisationOverview], now: Timestamp) -> Check {
    let silence = i64::try_from(SILENCE.as_millis()).unwrap_or(i64::MAX);
    let (mut silent, mut all) = (Vec::new(), 0);
    for organisation in organisations.iter().filter(|it| it.users.is_some()) {
        match store.users(&organisation.name).await {
            Ok(users) => {
                for user in users.into_iter().filter(|user| user.devices > 0 && !user.disabled) {
                    all += 1;
                    if user.last_seen_at.is_none_or(|at| now.ms_since(at) > silence) {
                        silent.push(format!("{} of {}", user.person.login, organisation.name));
                    }
                }
            }
            Err(error) => return fail("agents", chain(&error), "see the databases above"),
        }
    }
    if silent.is_empty() {
        return ok("agents", format!("each of {all} users with a device was heard within a week"));
    }
    let count = silent.len();
    silent.truncate(NAMED);
    let more = if count > NAMED { " ..." } else { "" };
    let detail = format!("{count} of {all} users were not heard for a week: {}{more}", silent.join(", "));
    warn("agents", detail, "`restante-server user list ORG` shows when each was last seen")
}

fn listening(settings: &ServerSettings) -> Check {
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
    let detail = format!("plain HTTP on {}: passwords and mail can be read on the way", beyond.join(", "));
    if settings.plain_http_anyway {
        warn("listen", detail, "give a certificate, or put a TLS proxy in front")
    } else {
        fail(
            "listen",
            format!("{detail}; the server will not start"),
            "give a certificate: [tls] in server.toml",
        )
    }
}

fn certificate(files: &TlsFiles, now: Timestamp) -> Check {
    const ID: &str = "certificate";
    let ends_at = match tls::usable(files) {
        Ok(ends_at) => ends_at,
        Err(error) => return fail(ID, chain(&error), "the server cannot start with it"),
    };
    let left = ends_at.ms_since(now);
    let detail = format!("{} holds until {ends_at}", files.certificate.display());
    if left <= 0 {
        fail(ID, detail, "renew it: agents refuse it")
    } else if left < i64::try_from(CERTIFICATE_WARNING.as_millis()).unwrap_or(i64::MAX) {
        warn(ID, detail, "renew it; the server takes the new one by itself")
    } else if readable_by_all(&files.key) {
        warn(ID, format!("everybody may read the key {}", files.key.display()), "chmod o= it")
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
