//! How a value of the settings file is read, and why it is not taken.

use std::ops::RangeInclusive;

use restante_model::Seconds;
use toml_edit::Value;

use super::{BadValue, QuietHours};

type Result<T> = std::result::Result<T, BadValue>;

pub(super) fn text(value: &Value) -> Result<String> {
    let text = value.as_str().ok_or(BadValue::NoText)?.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(BadValue::EmptyOrControl);
    }
    Ok(text.to_owned())
}

pub(super) fn url(value: &Value) -> Result<String> {
    let url = text(value)?;
    let good =
        ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    if good { Ok(url) } else { Err(BadValue::NoUrl(url)) }
}

pub(super) fn switch(value: &Value) -> Result<bool> {
    value.as_bool().ok_or(BadValue::NoSwitch)
}

/// A whole number from zero.
pub(super) fn number_up_to(value: &Value, most: u64) -> Result<u64> {
    let number = value.as_integer().and_then(|it| u64::try_from(it).ok());
    number.filter(|it| *it <= most).ok_or(BadValue::NoNumber { most })
}

pub(super) fn seconds(value: &Value) -> Result<Seconds> {
    let seconds = duration(value)?;
    if seconds.get() == 0 { Err(BadValue::NoLength) } else { Ok(seconds) }
}

fn duration(value: &Value) -> Result<Seconds> {
    let text = value.as_str().ok_or(BadValue::NoTextOfDuration)?;
    text.parse().map_err(|_| BadValue::NoDuration(text.to_owned()))
}

pub(super) fn duration_within(value: &Value, range: RangeInclusive<u64>) -> Result<Seconds> {
    let given = duration(value)?;
    if range.contains(&given.get()) {
        return Ok(given);
    }
    let [least, most] = [range.start(), range.end()].map(|it| Seconds::new(*it));
    Err(BadValue::DurationOutside { least, most, given })
}

pub(super) fn quiet_hours(value: &Value) -> Result<QuietHours> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let (from, to) = value.as_str().and_then(|text| text.split_once('-')).unwrap_or_default();
    match (minute(from), minute(to)) {
        (Some(from_minute), Some(to_minute)) if from_minute != to_minute => {
            Ok(QuietHours { from_minute, to_minute })
        }
        _ => Err(BadValue::NoTimesOfDay),
    }
}

/// A program and its arguments, each a text of its own: no shell ever takes them apart.
pub(super) fn hook(value: &Value) -> Result<Vec<String>> {
    let words: Option<Vec<&str>> =
        value.as_array().and_then(|words| words.iter().map(Value::as_str).collect());
    match words {
        Some(words) if words.first().is_some_and(|program| !program.is_empty()) => {
            Ok(words.into_iter().map(str::to_owned).collect())
        }
        Some(_) | None => Err(BadValue::NoProgram),
    }
}

pub(super) fn one_of<T: Copy>(value: &Value, words: &[(&'static str, T)]) -> Result<T> {
    let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
    found.map(|(_, it)| *it).ok_or_else(|| BadValue::NoneOf(words.iter().map(|(word, _)| *word).collect()))
}
