//! What helps others to help: states and figures, and nothing that a letter says or a person is called.

use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use restante_local_api::{DoctorReport, model::Timestamp};
use restante_process::without_credentials;
use serde_json::Value;

use crate::{failure::Failure, session::Session};

/// What stands for that which is left out.
const LEFT_OUT: &str = "...";
/// Fields that name people or say what they wrote, wherever they stand.
const SECRET_FIELDS: &[&str] = &[
    "user",
    "login",
    "organisation",
    "from",
    "to",
    "subject",
    "body",
    "recipients",
    "not_delivered",
    "refused",
    "token",
    "password",
];

/// One file of the archive.
pub(super) struct File {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// The files, with all secrets left out. Without an agent, what is known without it.
pub(super) async fn files(session: &Session<'_, '_>, report: &DoctorReport) -> Result<Vec<File>, Failure> {
    let client = &session.client;
    let status = client.status().await.ok();
    let account = status.as_ref().and_then(|status| status.account.clone());
    let hidden: Vec<String> = account
        .into_iter()
        .flat_map(|account| [account.user, account.organisation])
        .chain(env::var("HOME").ok().and_then(|home| Some(home.rsplit('/').next()?.to_owned())))
        .chain(["USER", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok()))
        .filter(|text| !text.is_empty())
        .collect();
    let file = |name, object: serde_json::Result<Value>| {
        let mut object = object.map_err(|error| Failure::Output(error.into()))?;
        redact(&mut object, &hidden);
        let text = serde_json::to_string_pretty(&object).map_err(|error| Failure::Output(error.into()))?;
        Ok::<_, Failure>(File { name, text: text + "\n" })
    };
    let mut files =
        vec![File { name: "system.txt", text: system() }, file("doctor.json", serde_json::to_value(report))?];
    if let Some(status) = status {
        files.push(file("status.json", serde_json::to_value(status))?);
        files.push(file("jobs.json", serde_json::to_value(client.jobs().await?))?);
        files.push(file("folders.json", serde_json::to_value(client.folders().await?))?);
    }
    Ok(files)
}

/// A new file that only this user can read; one that is there already is left alone.
pub(super) fn write(path: &Path, files: &[File], now: Timestamp) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut archive = tar::Builder::new(GzEncoder::new(options.open(path)?, Compression::default()));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(now.unix_ms() / 1_000).unwrap_or(0));
        archive.append_data(&mut header, format!("restante/{}", file.name), file.text.as_bytes())?;
    }
    let mut written = archive.into_inner()?.finish()?;
    written.flush()?;
    written.sync_all()
}

/// The desktop, as far as it matters to mail.
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let release =
        release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or(env::consts::OS);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut text = format!("restante {}\n{release}\n{}\n", env!("CARGO_PKG_VERSION"), kernel.trim());
    for name in ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION", "LANG", "LC_ALL"] {
        if let Ok(value) = env::var(name) {
            text.extend([name, "=", &value, "\n"]);
        }
    }
    text
}

fn redact(value: &mut Value, hidden: &[String]) {
    match value {
        // A person, whatever the field is called that holds one.
        Value::Object(fields) if fields.contains_key("login") => *value = LEFT_OUT.into(),
        Value::Object(fields) => {
            for (name, field) in fields {
                if SECRET_FIELDS.contains(&name.as_str()) && !field.is_number() && !field.is_null() {
                    *field = LEFT_OUT.into();
                } else {
                    redact(field, hidden);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, hidden)),
        Value::String(text) => {
            let mut shown = without_credentials(text);
            for secret in hidden {
                shown = shown.replace(secret, LEFT_OUT);
            }
            *text = shown;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
