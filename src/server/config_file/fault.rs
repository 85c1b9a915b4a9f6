//! What is wrong with the server's settings: a closed list with the words for it. Those of `Display` are for programs.

use std::io;

use restante_l10n::{Words, io_error, toml_error};

use crate::{listen::NotAnAddress, store_words::text};

/// One thing that is wrong, with its place.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {fault}")]
pub(crate) struct SettingsProblem {
    /// File, line and column; or the variable; or the option.
    pub(crate) place: String,
    pub(crate) fault: SettingsFault,
}

/// What is wrong at a place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsFault {
    /// No file to read.
    #[error("{0}")]
    Unreadable(io::Error),
    /// The text is no TOML, as its parser says in one line.
    #[error("{0}")]
    Toml(String),
    #[error("{0} is no key of the server's settings")]
    UnknownKey(String),
    /// A key of a file does not take its value.
    #[error("{key} {why}")]
    Key { key: String, why: BadValue },
    /// The same where the place names the key.
    #[error("its value {0}")]
    Value(BadValue),
    #[error("tls.certificate_file is set and tls.key_file is not")]
    CertificateAlone,
    #[error("tls.key_file is set and tls.certificate_file is not")]
    KeyAlone,
}

/// Why a key does not take a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadValue {
    #[error("is not a value")]
    Table,
    #[error("must be text in quotes")]
    NoText,
    #[error("must be true or false")]
    NoSwitch,
    #[error("must be a list of texts in quotes")]
    NoList,
    #[error("must name at least one address")]
    NoAddresses,
    #[error("has an address that is none: {0}")]
    NoAddress(#[from] NotAnAddress),
    #[error("must be octal digits from \"0\" to \"0777\"")]
    NoMode,
    #[error("has {0:?}, which is no network such as 10.0.0.0/8")]
    NoNetwork(String),
    #[error("must be a whole number from 1 to {most}")]
    NoNumber { most: u64 },
    #[error("must be one of {}", .0.join(", "))]
    NoneOf(&'static [&'static str]),
}

impl SettingsProblem {
    /// In the administrator's words.
    pub(crate) fn said(&self, words: &Words) -> String {
        format!("{}: {}", self.place, self.fault.said(words))
    }
}

impl SettingsFault {
    /// In the administrator's words.
    pub(crate) fn said(&self, words: &Words) -> String {
        match self {
            Self::Unreadable(error) => io_error(error, words),
            Self::Toml(said) => toml_error(said, words),
            Self::UnknownKey(key) => text(words, "server-settings-unknown-key", &[("key", key)]),
            Self::Key { key, why } => {
                text(words, "settings-bad-value", &[("key", key), ("why", &why.said(words))])
            }
            Self::Value(why) => text(words, "server-settings-value-wrong", &[("why", &why.said(words))]),
            Self::CertificateAlone => words.text("server-settings-certificate-alone"),
            Self::KeyAlone => words.text("server-settings-key-alone"),
        }
    }
}

impl BadValue {
    fn said(&self, words: &Words) -> String {
        match self {
            Self::Table => words.text("settings-value-table"),
            Self::NoText => words.text("settings-value-no-text"),
            Self::NoSwitch => words.text("settings-value-no-switch"),
            Self::NoList => words.text("server-settings-no-list"),
            Self::NoAddresses => words.text("server-settings-no-addresses"),
            Self::NoAddress(NotAnAddress(value)) => {
                text(words, "arguments-not-an-address", &[("value", value)])
            }
            Self::NoMode => words.text("server-settings-no-mode"),
            Self::NoNetwork(value) => text(words, "server-settings-no-network", &[("value", value)]),
            Self::NoNumber { most } => text(words, "server-settings-no-number", &[("most", most)]),
            Self::NoneOf(possible) => {
                let possible: Vec<_> = possible.iter().map(|word| format!("{word:?}")).collect();
                text(words, "settings-value-none-of", &[("possible", &possible.join(", "))])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use restante_l10n::{Language, foreign_words};

    use crate::config_file::Layers;

    #[test]
    fn whatever_is_wrong_in_the_servers_settings_is_told_in_russian() {
        let words = restante_l10n::Words::new(Language::Russian);
        for wrong in [
            "listen = [",
            "colour = 1",
            "listen = 1",
            "listen = []",
            "listen = [\"somewhere\"]",
            "listen = [\"unix:here\"]",
            "unix_socket_mode = \"999\"",
            "trusted_proxies = [\"10.0.0.0/33\"]",
            "plain_http_anyway = 1",
            "data = 1",
            "[data]\nx = 1",
            "limits.connections = 0",
            "log.level = \"loud\"",
            "log.format = \"xml\"",
            "tls.key_file = \"key.pem\"",
            "tls.certificate_file = \"cert.pem\"",
        ] {
            let mut layers = Layers::default();
            layers.file(Path::new("server.toml"), wrong);
            layers.check_together();
            let said = layers.problems.first().unwrap_or_else(|| panic!("{wrong} is taken")).said(&words);
            let names = ["colour", "listen", "data", "tls", "true", "false", "plain_http_anyway"];
            assert_eq!(foreign_words(&said, &names), [""; 0], "{wrong}: {said}");
            assert!(said.contains(|letter| ('а'..='я').contains(&letter)), "{wrong}: {said}");
        }
        let mut layers = Layers::default();
        layers.variables(|name| (name == "RESTANTE_LIMITS_IDLE_SECONDS").then(|| "long".to_owned()));
        let said = layers.problems[0].said(&words);
        assert_eq!(
            said,
            "RESTANTE_LIMITS_IDLE_SECONDS: значение не подходит: нужно целое число от 1 до 86400"
        );
    }
}
