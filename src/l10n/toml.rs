//! What the reader of settings files says of a text that is no TOML, in the reader's words.

use crate::{Value, Words};

/// The mistakes that people make most, by how the parser's sentence for them begins: it has no kinds. Anything else is
/// quoted.
pub fn toml_error(said: &str, words: &Words) -> String {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| said.starts_with(beginning));
    if starts(&["string values must be quoted"]) {
        words.text("toml-no-quotes")
    } else if starts(&["key with no value", "missing value for key", "missing assignment"]) {
        words.text("toml-no-equals-sign")
    } else if starts(&["duplicate key"]) {
        words.text("toml-twice")
    } else if starts(&["unclosed "]) || (starts(&["invalid "]) && said.contains(" string, expected")) {
        words.text("toml-unclosed")
    } else {
        words.with("toml-other", &[("said", Value::Text(said))])
    }
}
