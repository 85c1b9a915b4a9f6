//! Rewrites the check interval in the settings file; comments, order and unknown keys stay byte for byte.

use restante_model::{CheckInterval, Seconds};
use toml_edit::{DocumentMut, Item, Value, value};

use super::{SettingsProblem, parse};

/// The same text with `check_interval` set to the wish, or without the key. A file that is not TOML is
/// refused: what cannot be read is not written.
pub fn with_check_interval(
    text: &str,
    wish: Option<CheckInterval>,
    file: &str,
) -> Result<String, SettingsProblem> {
    parse(text, file)?;
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| SettingsProblem {
        file: file.to_owned(),
        line: 1,
        column: 1,
        reason: error.message().to_owned(),
    })?;
    let wished = wish.map(|interval| Seconds::new(interval.seconds()).to_string());
    if document.is_empty() {
        // A file of comments alone is all in front of what is added to it.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let line =
            wished.map(|it| format!("{end}check_interval = {}\n", Value::from(it))).unwrap_or_default();
        return Ok(format!("{text}{line}"));
    }
    match (wished, document.get_mut("check_interval").and_then(Item::as_value_mut)) {
        (Some(wished), Some(old)) => {
            // Spaces before the value and a comment behind it belong to the person.
            let decor = old.decor().clone();
            *old = Value::from(wished);
            *old.decor_mut() = decor;
        }
        (Some(wished), None) => {
            document.insert("check_interval", value(wished));
        }
        (None, _) => return Ok(without_key(text, &document)),
    }
    Ok(document.to_string())
}

/// The text without the line of the key. Comments above it stay where they are, which removing the key
/// from the document would not do.
fn without_key(text: &str, document: &DocumentMut) -> String {
    if !document.contains_key("check_interval") {
        return text.to_owned();
    }
    let end_of_top = text.lines().position(|line| line.trim_start().starts_with('[')).unwrap_or(usize::MAX);
    let is_key = |line: &str| {
        let name = line.split('=').next().unwrap_or_default().trim();
        matches!(name, "check_interval" | "\"check_interval\"" | "'check_interval'")
    };
    text.split_inclusive('\n')
        .enumerate()
        .filter(|(number, line)| *number >= end_of_top || !is_key(line))
        .map(|(_, line)| line)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Anna's settings.\nserver = \"https://mail\"\n\n# Not too often.\ncheck_interval  =  \"5m\" # five\nfuture = 1\n\n[mail]\n# Slow reader.\nmark_read_after_seconds = 4\n";

    fn rewrite(text: &str, seconds: Option<u64>) -> String {
        with_check_interval(text, seconds.map(CheckInterval::from_seconds), "config.toml").unwrap()
    }

    #[test]
    fn only_the_value_changes() {
        assert_eq!(rewrite(FILE, Some(120)), FILE.replace("\"5m\"", "\"2m\""));
    }

    #[test]
    fn a_removed_key_leaves_everything_else() {
        assert_eq!(rewrite(FILE, None), FILE.replace("check_interval  =  \"5m\" # five\n", ""));
    }

    #[test]
    fn a_new_key_stands_before_the_tables() {
        let text = "# Mine.\n[mail]\nmark_read_after_seconds = 4\n";
        let written = rewrite(text, Some(60));
        assert_eq!(parse(&written, "").unwrap().check_interval, Some(Seconds::new(60)));
        assert!(written.contains("# Mine.") && written.contains("mark_read_after_seconds = 4"));
        assert_eq!(rewrite("# Mine.\n", Some(60)), "# Mine.\ncheck_interval = \"1m\"\n");
        assert_eq!(rewrite("", Some(60)), "check_interval = \"1m\"\n");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_rewritten() {
        assert!(with_check_interval("check_interval = ", None, "config.toml").is_err());
    }
}
