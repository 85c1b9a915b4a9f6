//! The workspace as cargo sees it.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::OnceLock,
};

use restante_tests::workspace_root;
use serde_json::Value;

/// What `cargo metadata` tells.
pub(crate) struct Packages {
    /// The names that each of our packages imports, by the package's folder; tests' own needs aside.
    pub(crate) imports: BTreeMap<String, BTreeSet<String>>,
    /// Every package in the graph with its version.
    pub(crate) versions: BTreeSet<(String, String)>,
    features: Vec<(String, Vec<String>)>,
}

/// The kind of this machine, as the compiler names it.
fn host() -> String {
    let output = Command::new("rustc").args(["--version", "--verbose"]).output().expect("rustc runs");
    let told = String::from_utf8(output.stdout).expect("rustc tells text");
    told.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}

impl Packages {
    /// Asks cargo once.
    pub(crate) fn read() -> &'static Self {
        static PACKAGES: OnceLock<Packages> = OnceLock::new();
        PACKAGES.get_or_init(|| {
            let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                // Of this machine's kind alone: packages of other systems were never fetched to it.
                .args(["metadata", "--offline", "--locked", "--format-version", "1"])
                .args(["--filter-platform", &host()])
                .current_dir(workspace_root())
                .output()
                .expect("cargo runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Self::of(&serde_json::from_slice(&output.stdout).expect("cargo tells JSON"))
        })
    }

    fn of(metadata: &Value) -> Self {
        let members: Vec<&Value> = list(&metadata["workspace_members"]).collect();
        let mut imports = BTreeMap::new();
        let mut versions = BTreeSet::new();
        for package in list(&metadata["packages"]) {
            versions.insert((text(&package["name"]), text(&package["version"])));
            if members.contains(&&package["id"]) {
                let needed = list(&package["dependencies"]).filter(|it| it["kind"] != "dev");
                let names = needed.map(|it| folder(&text(&it["name"]))).collect();
                imports.insert(folder(&text(&package["name"])), names);
            }
        }
        let nodes = list(&metadata["resolve"]["nodes"]);
        let features =
            nodes.map(|node| (text(&node["id"]), list(&node["features"]).map(text).collect())).collect();
        Self { imports, versions, features }
    }

    /// The features that this package, `name@version`, is built with anywhere in the workspace.
    pub(crate) fn features(&self, package: &str) -> Vec<&[String]> {
        let named = self.features.iter().filter(|(id, _)| id.contains(&format!("#{package}.")));
        named.map(|(_, features)| features.as_slice()).collect()
    }

    /// What this folder's package imports itself.
    pub(crate) fn imports_of(&self, folder: &str) -> &BTreeSet<String> {
        self.imports.get(folder).unwrap_or_else(|| panic!("there is no package of folder {folder}"))
    }

    /// Ours among what it imports, itself or through others of ours.
    pub(crate) fn ours_below(&self, folder: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(next) = waiting.pop() {
            for name in self.imports_of(&next).iter().filter(|name| self.imports.contains_key(*name)) {
                if found.insert(name.clone()) {
                    waiting.push(name.clone());
                }
            }
        }
        found
    }

    /// The folders whose packages import this name.
    pub(crate) fn importers_of(&self, name: &str) -> BTreeSet<&str> {
        self.imports
            .iter()
            .filter(|(_, names)| names.contains(name))
            .map(|(folder, _)| folder.as_str())
            .collect()
    }
}

fn folder(package: &str) -> String {
    package.strip_prefix("restante-").unwrap_or(package).to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().expect("cargo tells text here").to_owned()
}
