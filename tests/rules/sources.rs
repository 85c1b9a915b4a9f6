//! What no source may hold.

use std::path::{Path, PathBuf};

use restante_tests::workspace_root;

/// Every file under a folder with one of these endings; what cargo built aside.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![workspace_root().join(folder)];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("the folder can be read");
            waiting.extend(entries.map(|entry| entry.expect("its entries can be read").path()));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push((shown(&path), std::fs::read_to_string(&path).expect("a source is text")));
        }
    }
    assert!(!found.is_empty(), "{folder} holds no {endings:?}");
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string()
}

/// No line of these sources holds any of the words; comments, which may speak of them, aside.
fn hold_none(sources: &[(String, String)], words: &[&str], reason: &str) {
    for (path, text) in sources {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let found = words.iter().find(|word| code.contains(**word));
            assert!(found.is_none(), "{path}:{}: {:?}, but {reason}", number + 1, line.trim());
        }
    }
}

/// Everything of ours but this file, which must name what it forbids.
pub(crate) fn all_sources() -> Vec<(String, String)> {
    let mut sources = files("src", &["rs"]);
    sources.extend(files("tests", &["rs"]).into_iter().filter(|(path, _)| path != "tests/rules/sources.rs"));
    sources
}

#[test]
fn rule_5_the_engine_never_waits_and_reads_no_clock() {
    let words =
        [".await", "async fn", "Instant::now", "SystemClock", "thread::spawn", "getrandom", "now_v7()"];
    hold_none(&files("src/engine", &["rs"]), &words, "what it decides follows from its events alone");
}

#[test]
fn rule_10_the_time_is_read_in_one_place() {
    let words = ["SystemTime::now", "now_utc()", "now_local()", "Zoned::now", "Utc::now", "Local::now"];
    let mut sources = all_sources();
    sources.retain(|(path, _)| path != "src/model/clock.rs" && !path.starts_with("src/process/"));
    hold_none(&sources, &words, "the time is passed in, so that tests own it");
    let clippy = std::fs::read_to_string(workspace_root().join("clippy.toml")).expect("clippy.toml is there");
    for method in ["std::time::SystemTime::now", "time::OffsetDateTime::now_utc", "std::thread::sleep"] {
        assert!(clippy.contains(method), "clippy.toml forgot {method}");
    }
}

#[test]
fn nothing_is_left_for_later_or_silenced() {
    let words = ["todo!(", "unimplemented!(", "dbg!(", "#[allow(", "#![allow(", "FIXME", "XXX"];
    hold_none(&all_sources(), &words, "what is in the tree is done, and an exception says why");
}

#[test]
fn no_test_sleeps_is_left_out_or_expects_a_panic() {
    let words = ["#[ignore", "should_panic", "thread::sleep", "time::sleep("];
    let sources = files("tests", &["rs"]).into_iter().filter(|(path, _)| path != "tests/rules/sources.rs");
    hold_none(&sources.collect::<Vec<_>>(), &words, "a test waits for what happens and runs always");
    hold_none(&files("src", &["rs"]), &["#[ignore", "should_panic", "thread::sleep"], "tests run always");
}

#[test]
fn files_are_named_for_what_they_hold() {
    for (path, _) in all_sources() {
        let stem = Path::new(&path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let vague = ["utils", "util", "common", "helpers", "helper", "manager", "misc"];
        assert!(
            !stem.is_some_and(|stem| vague.contains(&stem.as_str())),
            "{path} says nothing of what is in it"
        );
    }
}

#[test]
fn no_comment_holds_a_program_that_nothing_would_try() {
    for (path, text) in all_sources() {
        let comments = text.lines().map(str::trim_start).filter_map(|line| line.strip_prefix("//"));
        let fences = comments.filter_map(|line| line.trim_start_matches(['/', '!', ' ']).strip_prefix("```"));
        let program = fences.step_by(2).find(|language| *language != "text");
        assert_eq!(program, None, "{path}: a test tries it, or it is text");
    }
    for (path, text) in manifests() {
        let tried = text.contains("[lib]") && !text.contains("doctest = false");
        assert!(!tried, "{path}: without programs in comments, trying them is a step that only builds");
    }
}

#[test]
fn versions_stand_in_one_list() {
    for (path, text) in manifests() {
        let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut tables = vec![&manifest];
        tables.extend(
            manifest
                .get("target")
                .and_then(toml::Value::as_table)
                .into_iter()
                .flat_map(|targets| targets.values().filter_map(toml::Value::as_table)),
        );
        for table in tables {
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let entries = table.get(kind).and_then(toml::Value::as_table);
                for (name, entry) in entries.into_iter().flatten() {
                    let listed = entry.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                    assert!(listed, "{path} gives {name} a version of its own; the list is in Cargo.toml");
                }
            }
        }
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{path} leaves out the lints");
    }
}

fn manifests() -> Vec<(String, String)> {
    let mut manifests = files("src", &["toml"]);
    manifests.extend(files("tests", &["toml"]));
    manifests.retain(|(path, _)| path.ends_with("/Cargo.toml"));
    manifests
}

#[test]
fn no_file_names_the_machine_that_it_was_written_on() {
    let root = workspace_root().canonicalize().expect("the workspace is there");
    let parent = root.parent().map(PathBuf::from).unwrap_or_default().join("");
    // A checkout right below the root, or among the temporary files, has no name worth looking for.
    let named_anyway = parent.parent().is_none() || parent == std::env::temp_dir();
    let place = Some(parent.display().to_string()).filter(|_| !named_anyway);
    let output = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output();
    let listed = output.expect("git runs").stdout;
    let names = String::from_utf8_lossy(&listed).into_owned();
    assert!(names.len() > 1, "git lists no file");
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // A file taken out and not yet committed is no file any more; a picture is no text.
        let Ok(text) = std::fs::read_to_string(root.join(name)) else { continue };
        if let Some(place) = &place {
            assert!(!text.contains(place), "{name} names {place}");
        }
    }
}
