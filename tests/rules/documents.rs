//! What the documents promise.

use std::{path::Path, process::Command};

use restante_tests::{Program, workspace_root};

fn document(name: &str) -> String {
    std::fs::read_to_string(workspace_root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The lines of the document's blocks of code: indented by four columns, as `CommonMark` has them.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim).collect()
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = document("README.md");
    let commands = commands(&readme);
    assert!(commands.contains(&"cargo run --release"), "the README shows the demo's command: {commands:?}");
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

/// The words that a shell would give the program.
fn shell_words(command: &str) -> Vec<String> {
    let output = Command::new("sh").args(["-c", &format!("printf '%s\\n' {command}")]).output();
    let output = output.unwrap_or_else(|error| panic!("{command}: {error}"));
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    for name in ["README.md", "ARCHITECTURE.md"] {
        let text = document(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            if !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:") {
                assert!(workspace_root().join(link).exists(), "{name} links to {link}");
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
