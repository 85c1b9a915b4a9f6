//! Every key of the server's settings: its default, and how its value is read.

use std::time::Duration;

use toml_edit::Value;

use super::{BadValue, Key, ServerSettings, network};
use crate::Limits;

const fn key(
    path: &'static str,
    default: Option<&'static str>,
    read: fn(&mut ServerSettings, &Value) -> Result<(), BadValue>,
) -> Key {
    Key { path, default, read }
}

/// Every key there is.
pub(crate) const KEYS: &[Key] = &[
    key("data", None, |to, value| text(value).map(|it| to.data = Some(it.into()))),
    key("database", None, |to, value| text(value).map(|it| to.database = Some(it.to_owned()))),
    key("listen", Some("[\"127.0.0.1:8025\"]"), |to, value| {
        to.listen =
            list(value)?.iter().map(|it| it.parse()).collect::<Result<_, crate::listen::NotAnAddress>>()?;
        if to.listen.is_empty() { Err(BadValue::NoAddresses) } else { Ok(()) }
    }),
    key("unix_socket_mode", Some("\"0660\""), |to, value| {
        let mode = u32::from_str_radix(text(value)?, 8).ok().filter(|mode| *mode <= 0o777);
        to.unix_socket_mode = mode.ok_or(BadValue::NoMode)?;
        Ok(())
    }),
    key("plain_http_anyway", Some("false"), |to, value| flag(value).map(|it| to.plain_http_anyway = it)),
    key("trusted_proxies", Some("[]"), |to, value| {
        to.config.trusted_proxies = list(value)?.iter().map(|it| network(it)).collect::<Result<_, _>>()?;
        Ok(())
    }),
    key("housekeeping_seconds", Some("60"), |to, value| seconds(value).map(|it| to.config.housekeeping = it)),
    key("tls.certificate_file", None, |to, value| {
        text(value).map(|it| to.tls_certificate_file = Some(it.into()))
    }),
    key("tls.key_file", None, |to, value| text(value).map(|it| to.tls_key_file = Some(it.into()))),
    key("administration.listen", None, |to, value| {
        to.administration_listen = Some(text(value)?.parse()?);
        Ok(())
    }),
    key("metrics.listen", None, |to, value| {
        to.metrics_listen = Some(text(value)?.parse()?);
        Ok(())
    }),
    key("log.level", Some("\"info\""), |to, value| {
        const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];
        let level = text(value)?;
        if !LEVELS.contains(&level) {
            return Err(BadValue::NoneOf(LEVELS));
        }
        level.clone_into(&mut to.log_level);
        Ok(())
    }),
    key("log.format", Some("\"text\""), |to, value| {
        to.log_as_json = match text(value)? {
            "text" => false,
            "json" => true,
            _ => return Err(BadValue::NoneOf(&["text", "json"])),
        };
        Ok(())
    }),
    key("limits.handshake_seconds", Some("10"), |to, value| {
        seconds(value).map(|it| limits(to).handshake = it)
    }),
    key("limits.head_seconds", Some("10"), |to, value| seconds(value).map(|it| limits(to).head = it)),
    key("limits.body_seconds", Some("30"), |to, value| seconds(value).map(|it| limits(to).body = it)),
    key("limits.idle_seconds", Some("75"), |to, value| seconds(value).map(|it| limits(to).idle = it)),
    key("limits.device_idle_seconds", Some("900"), |to, value| {
        seconds(value).map(|it| limits(to).device_idle = it)
    }),
    key("limits.drain_seconds", Some("8"), |to, value| seconds(value).map(|it| limits(to).drain = it)),
    key("limits.connections", Some("4096"), |to, value| count(value).map(|it| limits(to).connections = it)),
    key("limits.connections_per_address", Some("1024"), |to, value| {
        count(value).map(|it| limits(to).connections_per_address = it)
    }),
    key("limits.idle_connections", Some("10000"), |to, value| {
        count(value).map(|it| limits(to).idle_connections = it)
    }),
    key("limits.wrong_passwords", Some("10"), |to, value| {
        // A count is a million at most.
        limits(to).wrong_passwords = u32::try_from(count(value)?).unwrap_or(u32::MAX);
        Ok(())
    }),
];

fn limits(settings: &mut ServerSettings) -> &mut Limits {
    &mut settings.config.limits
}

fn text(value: &Value) -> Result<&str, BadValue> {
    value.as_str().filter(|text| !text.is_empty()).ok_or(BadValue::NoText)
}

fn flag(value: &Value) -> Result<bool, BadValue> {
    value.as_bool().ok_or(BadValue::NoSwitch)
}

/// A list of texts; as one text, separated by commas.
fn list(value: &Value) -> Result<Vec<String>, BadValue> {
    if let Some(text) = value.as_str() {
        return Ok(text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect());
    }
    let array = value.as_array().ok_or(BadValue::NoList)?;
    array.iter().map(|it| it.as_str().map(str::to_owned).ok_or(BadValue::NoList)).collect()
}

fn number(value: &Value, most: u64) -> Result<u64, BadValue> {
    let number = value.as_integer().and_then(|it| u64::try_from(it).ok());
    number.filter(|it| (1..=most).contains(it)).ok_or(BadValue::NoNumber { most })
}

/// A day at most: longer, and a typing error is likelier than a wish.
fn seconds(value: &Value) -> Result<Duration, BadValue> {
    number(value, 86_400).map(Duration::from_secs)
}

fn count(value: &Value) -> Result<usize, BadValue> {
    number(value, 1_000_000).map(|it| usize::try_from(it).unwrap_or(usize::MAX))
}
