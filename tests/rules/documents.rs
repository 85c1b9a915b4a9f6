//! What the documents promise.

use std::{collections::BTreeSet, path::Path, process::Command};

use restante_tests::{Program, workspace_root};

fn document(name: &str) -> String {
    std::fs::read_to_string(workspace_root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The lines of the document's blocks of code: indented by four columns, as Markdown has them.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim).collect()
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = document("README.md");
    let commands = commands(&readme);
    assert!(commands.contains(&"cargo run --release"), "the README shows the demo's command: {commands:?}");
    they_exist(&commands);
}

/// Each program of ours in these lines takes the words that follow it.
fn they_exist(commands: &[&str]) {
    for command in commands.iter().flat_map(|line| line.split(" | ")) {
        let words = shell_words(command);
        let Some((first, arguments)) = words.split_first() else { continue };
        let ours = [Program::Server, Program::Agent, Program::Cli, Program::Desktop];
        if let Some(program) = ours.into_iter().find(|program| program.name() == *first) {
            // Words that the program does not know are refused before the help is reached.
            let help = Command::new(program.path()).args(arguments).arg("--help").output();
            let help = help.unwrap_or_else(|error| panic!("{command}: {error}"));
            assert!(help.status.success(), "{command}: {}", String::from_utf8_lossy(&help.stderr));
        } else if first.starts_with("tests/") || first.starts_with("./") || first.starts_with(".ci/") {
            assert!(workspace_root().join(first).is_file(), "there is no {first}");
        }
    }
}

#[test]
fn what_administrators_are_told_exists() {
    let guide = document("docs/administration.md");
    for text in [&guide, &document("docs/operating.md")] {
        let ours = commands(text)
            .into_iter()
            .map(|line| line.trim_start_matches("sudo -u restante "))
            .filter(|line| ["restante-server ", "restante "].iter().any(|program| line.starts_with(program)));
        // Some lines say behind a gap what the command does.
        they_exist(&ours.map(|line| line.split("   ").next().unwrap_or(line)).collect::<Vec<_>>());
    }
    let figures = document("src/server/metrics.rs");
    let described = figures.split("describe_").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let described: Vec<&str> = described.filter(|name| name.starts_with("restante_")).collect();
    assert!(described.len() > 5, "{described:?}");
    for name in &described {
        assert!(guide.contains(&format!("| `{name}` |")), "docs/administration.md says nothing of {name}");
    }
    for name in guide.split('`').filter(|word| word.starts_with("restante_") && word.ends_with("_total")) {
        assert!(described.contains(&name), "there is no figure {name}");
    }
}

#[test]
fn what_clerks_are_told_stands_in_their_windows() {
    for (language, guide) in [("en", "docs/clerks.md"), ("ru", "docs/clerks.ru.md")] {
        let words =
            ["windows", "agent"].map(|file| document(&format!("src/l10n/{language}/{file}.ftl"))).concat();
        let words: BTreeSet<&str> =
            words.lines().filter_map(|line| line.split_once(" = ")).map(|(_, text)| text).collect();
        let guide = document(guide);
        they_exist(&commands(&guide));
        let quoted: Vec<String> = guide
            .split("**")
            .skip(1)
            .step_by(2)
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert!(quoted.len() > 20, "{quoted:?}");
        for text in &quoted {
            let about_the_guide = ["bold", "Жирным"].contains(&text.as_str());
            assert!(about_the_guide || words.contains(text.as_str()), "no window says {text:?}");
        }
    }
}

#[test]
fn every_promise_of_safety_names_tests_that_there_are() {
    let table = document("SECURITY.md");
    let rows: Vec<&str> =
        table.lines().filter(|line| line.starts_with("| a") || line.starts_with("| the ")).collect();
    assert!(rows.len() >= 10, "{rows:?}");
    for row in rows {
        let held_by = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        let (mut file, mut tests) = (String::new(), 0);
        for word in held_by.split('`').skip(1).step_by(2) {
            if word.contains('/') {
                file = document(word);
            } else {
                assert!(file.contains(&format!("fn {word}()")), "SECURITY.md names {word}: {held_by}");
                tests += 1;
            }
        }
        assert!(tests > 0, "no test holds this: {row}");
    }
}

#[test]
fn every_promise_names_tests_that_there_are() {
    let tests: BTreeSet<String> =
        crate::sources::all_sources().iter().flat_map(|(_, text)| tests_of(text)).collect();
    let document = document("docs/promises.md");
    let rows: Vec<&str> = document
        .lines()
        .filter(|line| {
            line.starts_with("| ") && !line.starts_with("| promise ") && !line.starts_with("| --- ")
        })
        .collect();
    assert!(rows.len() >= 40, "{rows:?}");
    for row in rows {
        let names: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test holds this: {row}");
        for name in names {
            assert!(tests.contains(name), "docs/promises.md names {name}, which is no test");
        }
    }
}

/// The names of the tests in a source: functions behind an attribute that makes them one.
fn tests_of(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if let Some(function) = line.trim_start_matches("async ").strip_prefix("fn ") {
            let name = function.split(['(', '<']).next().unwrap_or_default();
            found.extend(std::mem::take(&mut is_test).then(|| name.to_owned()));
        }
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    }
    found
}

/// The words that a shell would give the program.
fn shell_words(command: &str) -> Vec<String> {
    let output = Command::new("sh").args(["-c", &format!("printf '%s\\n' {command}")]).output();
    let output = output.unwrap_or_else(|error| panic!("{command}: {error}"));
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "docs/administration.md",
        "docs/clerks.md",
        "docs/clerks.ru.md",
        "docs/operating.md",
        "docs/promises.md",
    ] {
        let text = document(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            if !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:") {
                let folder = Path::new(name).parent().unwrap_or(Path::new(""));
                assert!(workspace_root().join(folder).join(link).exists(), "{name} links to {link}");
            }
        }
    }
}

#[test]
fn every_folder_of_the_source_has_its_place_in_the_map() {
    let map = document("ARCHITECTURE.md");
    for entry in std::fs::read_dir(workspace_root().join("src")).expect("src can be read") {
        let name = entry.expect("its entries can be read").file_name().to_string_lossy().into_owned();
        assert!(map.contains(&format!("src/{name}")), "ARCHITECTURE.md says nothing of src/{name}");
    }
}

#[test]
fn the_demo_is_what_cargo_runs() {
    let manifest: toml::Table = document("Cargo.toml").parse().expect("the root manifest is TOML");
    let members = manifest["workspace"]["default-members"].as_array().expect("a list");
    assert_eq!(members, &[toml::Value::from("src/demo")]);
    assert!(Path::new(workspace_root()).join("src/demo/main.rs").is_file());
}
