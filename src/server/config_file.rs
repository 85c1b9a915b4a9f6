//! The server's settings: the file, the variables `RESTANTE_*` over it, the command line over both. Strict:
//! a server that starts with a misspelt limit would seem to obey it.
//!
//! WHEN ADDING A KEY: a row in [`KEYS`], a field in [`ServerSettings`], a line in server.example.toml; a test
//! holds the three together.

mod fault;
mod keys;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use toml_edit::{Document, Item, Table, Value};

use self::fault::BadValue;
pub(crate) use self::{
    fault::{SettingsFault, SettingsProblem},
    keys::KEYS,
};
use crate::{Config, listen::ListenAddress, tls::TlsFiles};

/// The file that is read where none is named, if it is there.
pub(crate) const DEFAULT_FILE: &str = "/etc/restante/server.toml";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerSettings {
    pub(crate) data: Option<PathBuf>,
    pub(crate) database: Option<String>,
    pub(crate) listen: Vec<ListenAddress>,
    /// Who may open our Unix sockets, as chmod(1) has it.
    pub(crate) unix_socket_mode: u32,
    pub(crate) plain_http_anyway: bool,
    pub(crate) tls_certificate_file: Option<PathBuf>,
    pub(crate) tls_key_file: Option<PathBuf>,
    pub(crate) administration_listen: Option<ListenAddress>,
    pub(crate) metrics_listen: Option<ListenAddress>,
    pub(crate) log_level: String,
    pub(crate) log_as_json: bool,
    pub(crate) config: Config,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            data: None,
            database: None,
            listen: vec![ListenAddress::default()],
            unix_socket_mode: 0o660,
            plain_http_anyway: false,
            tls_certificate_file: None,
            tls_key_file: None,
            administration_listen: None,
            metrics_listen: None,
            log_level: "info".to_owned(),
            log_as_json: false,
            config: Config::default(),
        }
    }
}

impl ServerSettings {
    /// The certificate and key to serve with; both or neither.
    pub(crate) fn tls(&self) -> Result<Option<TlsFiles>, SettingsFault> {
        match (&self.tls_certificate_file, &self.tls_key_file) {
            (Some(certificate), Some(key)) => {
                Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(SettingsFault::CertificateAlone),
            (None, Some(_)) => Err(SettingsFault::KeyAlone),
        }
    }
}

/// One key of the settings.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its table and name, `table.name`.
    pub(crate) path: &'static str,
    /// Its default as TOML; `None` where absent means something of its own.
    pub(crate) default: Option<&'static str>,
    read: fn(&mut ServerSettings, &Value) -> Result<(), BadValue>,
}

impl Key {
    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("RESTANTE_{}", self.path.replace('.', "_").to_uppercase())
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    File { path: PathBuf, line: usize },
    Variable(String),
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// The settings in force, and where each that is not a default comes from.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    pub(crate) settings: ServerSettings,
    /// By key: its value as TOML, and whence.
    pub(crate) origins: BTreeMap<&'static str, (String, Origin)>,
    pub(crate) problems: Vec<SettingsProblem>,
}

impl Layers {
    /// Lays the text of a file over what is there.
    pub(crate) fn file(&mut self, path: &Path, text: &str) {
        let place = |offset: usize| {
            let before = text.get(..offset).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            (line, column)
        };
        let at = |offset| {
            let (line, column) = place(offset);
            format!("{}:{line}:{column}", path.display())
        };
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                let said = error.message().lines().collect::<Vec<_>>().join(" ");
                let fault = SettingsFault::Toml(said);
                return self.problems.push(SettingsProblem { place: at(offset), fault });
            }
        };
        for entry in entries(document.as_table()) {
            let origin = Origin::File { path: path.to_owned(), line: place(entry.offset).0 };
            let outcome = match (KEYS.iter().find(|key| key.path == entry.path), entry.value) {
                (Some(key), Some(value)) => self
                    .take(key, value, &value.to_string(), origin)
                    .map_err(|why| SettingsFault::Key { key: entry.path, why }),
                (None, Some(_)) => Err(SettingsFault::UnknownKey(entry.path)),
                (_, None) => Err(SettingsFault::Key { key: entry.path, why: BadValue::Table }),
            };
            if let Err(fault) = outcome {
                self.problems.push(SettingsProblem { place: at(entry.offset), fault });
            }
        }
    }

    /// Lays the variables of this process over what is there.
    pub(crate) fn variables(&mut self, variable: impl Fn(&str) -> Option<String>) {
        for key in KEYS {
            let name = key.variable();
            if let Some(text) = variable(&name).filter(|text| !text.is_empty())
                && let Err(why) = self.text(key, &text, Origin::Variable(name.clone()))
            {
                self.problems.push(SettingsProblem { place: name, fault: SettingsFault::Value(why) });
            }
        }
    }

    /// Lays an option of the command line over what is there.
    pub(crate) fn option(&mut self, path: &str, text: &str) {
        let fault = match KEYS.iter().find(|key| key.path == path) {
            None => SettingsFault::UnknownKey(path.to_owned()),
            Some(key) => match self.text(key, text, Origin::CommandLine) {
                Ok(()) => return,
                Err(why) => SettingsFault::Value(why),
            },
        };
        self.problems.push(SettingsProblem { place: path.to_owned(), fault });
    }

    /// A value that is not written as TOML: lists are separated by commas, and text has no quotes.
    fn text(&mut self, key: &Key, text: &str, origin: Origin) -> Result<(), BadValue> {
        let as_text = Value::from(text);
        self.take(key, &as_text, &as_text.to_string(), origin.clone()).or_else(|why| {
            match text.parse::<Value>() {
                Ok(value) if !value.is_str() => self.take(key, &value, text, origin),
                _ => Err(why),
            }
        })
    }

    fn take(&mut self, key: &Key, value: &Value, shown: &str, origin: Origin) -> Result<(), BadValue> {
        (key.read)(&mut self.settings, value)?;
        let shown = restante_process::without_credentials(shown.trim());
        self.origins.insert(key.path, (shown, origin));
        Ok(())
    }

    /// What the settings say only together.
    pub(crate) fn check_together(&mut self) {
        if let Err(fault) = self.settings.tls() {
            self.problems.push(SettingsProblem { place: "tls".to_owned(), fault });
        }
    }
}

/// What stands in a file, tables taken apart.
struct Entry<'a> {
    path: String,
    value: Option<&'a Value>,
    offset: usize,
}

fn entries(table: &Table) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    for (name, item) in table {
        let offset = |table: &Table, name: &str| {
            table.key(name).and_then(toml_edit::Key::span).map_or(0, |span| span.start)
        };
        match item {
            Item::Table(inner) if KEYS.iter().any(|key| key.path.starts_with(&format!("{name}."))) => {
                found.extend(inner.iter().map(|(key, item)| Entry {
                    path: format!("{name}.{key}"),
                    value: item.as_value(),
                    offset: offset(inner, key),
                }));
            }
            Item::Table(inner) => {
                // The key of a table's own heading has no span; its heading has.
                let offset = inner.span().map_or(0, |span| span.start);
                found.push(Entry { path: name.to_owned(), value: None, offset });
            }
            item => found.push(Entry {
                path: name.to_owned(),
                value: item.as_value(),
                offset: offset(table, name),
            }),
        }
    }
    found
}

/// Networks of this machine: what `--behind-proxy` trusts.
pub(crate) const LOOPBACK_NETWORKS: [&str; 2] = ["127.0.0.0/8", "::1/128"];

/// One network, or one address.
fn network(text: &str) -> Result<IpNet, BadValue> {
    let one = |text: &str| text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().or_else(|_| one(text)).map_err(|_| BadValue::NoNetwork(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Layers {
        let mut layers = Layers::default();
        layers.file(Path::new("server.toml"), text);
        layers
    }

    fn problems(layers: &Layers) -> Vec<String> {
        layers.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_unknown_key_is_an_error_with_line_and_column() {
        let layers = read("plain_http_anyway = true\n[limits]\n  idle_second = 3\n");
        let said = "server.toml:3:3: limits.idle_second is no key of the server's settings";
        assert_eq!(problems(&layers), [said]);
        assert_eq!(problems(&read("[limit]\nx = 1\n")), ["server.toml:1:1: limit is not a value"]);
        let broken = problems(&read("listen = [\n"));
        assert!(broken[0].starts_with("server.toml:"), "{broken:?}");
    }

    #[test]
    fn a_bad_value_is_an_error_with_line_and_column() {
        let said = problems(&read("\nlisten = [\"somewhere\"]\n"));
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("server.toml:2:1: listen"), "{said:?}");
        assert_eq!(problems(&read("unix_socket_mode = \"999\"")).len(), 1);
        assert_eq!(problems(&read("trusted_proxies = [\"10.0.0.0/33\"]")).len(), 1);
        assert_eq!(problems(&read("[limits]\nconnections = 0")).len(), 1);
        assert_eq!(problems(&read("[log]\nformat = \"xml\"")).len(), 1);
    }

    #[test]
    fn the_command_line_is_over_variables_and_they_over_the_file() {
        let mut layers = read("listen = [\"127.0.0.1:1\"]\n[limits]\nidle_seconds = 1\nhead_seconds = 1\n");
        layers.variables(|name| match name {
            "RESTANTE_LISTEN" => Some("127.0.0.1:2, unix:/run/x".to_owned()),
            "RESTANTE_LIMITS_IDLE_SECONDS" => Some("2".to_owned()),
            _ => None,
        });
        layers.option("listen", "127.0.0.1:3");
        assert_eq!(problems(&layers), Vec::<String>::new());
        let limits = &layers.settings.config.limits;
        assert_eq!((limits.idle.as_secs(), limits.head.as_secs()), (2, 1));
        assert_eq!(layers.settings.listen, ["127.0.0.1:3".parse().unwrap()]);
        assert_eq!(layers.origins["listen"].1, Origin::CommandLine);
        let variable = Origin::Variable("RESTANTE_LIMITS_IDLE_SECONDS".to_owned());
        assert_eq!(layers.origins["limits.idle_seconds"], ("2".to_owned(), variable));
        let file = Origin::File { path: "server.toml".into(), line: 4 };
        assert_eq!(layers.origins["limits.head_seconds"], ("1".to_owned(), file));
    }

    #[test]
    fn a_bad_variable_is_named() {
        let mut layers = Layers::default();
        layers.variables(|name| (name == "RESTANTE_LIMITS_IDLE_SECONDS").then(|| "long".to_owned()));
        assert!(problems(&layers)[0].starts_with("RESTANTE_LIMITS_IDLE_SECONDS: its value must be"));
    }

    #[test]
    fn a_password_in_a_database_url_is_not_shown() {
        let layers = read("database = \"postgres://user:secret@host/x\"");
        assert!(!layers.origins["database"].0.contains("secret"), "{:?}", layers.origins);
        assert_eq!(layers.settings.database.as_deref(), Some("postgres://user:secret@host/x"));
    }

    #[test]
    fn a_certificate_without_a_key_is_a_problem() {
        let mut layers = read("[tls]\ncertificate_file = \"/x\"");
        layers.check_together();
        assert_eq!(layers.problems.len(), 1);
    }

    #[test]
    fn the_example_file_holds_every_key_with_its_default() {
        let example = include_str!("../../server.example.toml");
        // Keys are written as `# key = value`, prose as `# Prose.`: uncommented, it is a settings file.
        let uncommented: String = example
            .lines()
            .map(|line| {
                line.strip_prefix("# ").filter(|it| it.contains(" = ")).unwrap_or(line).to_owned() + "\n"
            })
            .collect();
        assert_eq!(problems(&read(&uncommented)), Vec::<String>::new());
        assert_eq!(read(example).settings, ServerSettings::default());
        let document = Document::parse(uncommented.as_str()).unwrap();
        assert_eq!(entries(document.as_table()).len(), KEYS.len());
        let mut defaults = Vec::new();
        for key in KEYS {
            let item = key.path.split('.').try_fold(document.as_item(), |item, name| item.get(name));
            let value = item.and_then(Item::as_value).unwrap_or_else(|| panic!("{} is missing", key.path));
            if let Some(default) = key.default {
                assert_eq!(value.to_string().trim(), default, "{}", key.path);
                defaults.push(format!("{} = {default}", key.path));
            }
        }
        assert_eq!(read(&defaults.join("\n")).settings, ServerSettings::default());
        // That each key is read, and not only known: other values make other settings.
        for key in KEYS {
            let mut layers = Layers::default();
            let other = key.default.map_or("\"/other\"".to_owned(), other_than);
            let other = if key.path.ends_with(".listen") { "\"127.0.0.1:9\"" } else { &other };
            layers.file(Path::new("x"), &format!("{} = {other}\n", key.path));
            assert_eq!(problems(&layers), Vec::<String>::new());
            assert_ne!(layers.settings, ServerSettings::default(), "{}", key.path);
        }
    }

    fn other_than(default: &str) -> String {
        match default {
            "true" => "false".to_owned(),
            "false" => "true".to_owned(),
            "[]" => "[\"10.0.0.0/8\"]".to_owned(),
            "\"info\"" => "\"debug\"".to_owned(),
            "\"text\"" => "\"json\"".to_owned(),
            "\"0660\"" => "\"0600\"".to_owned(),
            list if list.starts_with('[') => "[\"unix:/x\"]".to_owned(),
            number => format!("{}", number.parse::<u64>().unwrap() + 1),
        }
    }
}
