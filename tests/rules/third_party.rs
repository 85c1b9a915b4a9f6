//! Whoever gets the programs gets the licences of what is linked into them.

use std::{collections::BTreeSet, process::Command};

use restante_tests::workspace_root;

/// Name and version of every package that is linked into this program, ours aside.
fn linked_into(program: &str) -> BTreeSet<String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--offline", "--locked", "--package", &format!("restante-{program}")])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
        .current_dir(workspace_root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo tells text");
    let packages = tree.lines().filter(|line| !line.starts_with("restante-")).filter_map(|line| {
        let mut parts = line.split(' ');
        Some(format!("{} {}", parts.next()?, parts.next()?.trim_start_matches('v')))
    });
    packages.collect()
}

#[test]
fn the_list_of_licences_names_every_package_that_is_linked() {
    let programs = ["agent", "cli", "desktop", "server"];
    let linked: BTreeSet<String> = programs.into_iter().flat_map(linked_into).collect();
    let text = std::fs::read_to_string(workspace_root().join("packaging/third-party.txt"));
    let text = text.expect("the list of licences");
    let listed: BTreeSet<String> =
        text.lines().filter_map(|line| line.strip_prefix("* ")).map(str::to_owned).collect();
    assert!(linked.len() > 100 && !linked.is_disjoint(&listed), "{linked:?}");
    let missing: Vec<_> = linked.difference(&listed).collect();
    assert!(missing.is_empty(), "run packaging/third-party: {missing:?} are not in the list of licences");
}

#[test]
fn every_licence_that_asks_for_its_text_has_it_in_the_list() {
    let text = std::fs::read_to_string(workspace_root().join("packaging/third-party.txt"));
    let text = text.expect("the list of licences");
    for start in [
        "Permission is hereby granted, free of charge",
        "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
        "Slint Royalty-free Desktop, Mobile, and Web Applications License",
        "UNICODE LICENSE V3",
        "Mozilla Public License Version 2.0",
        "Redistributions in binary form must reproduce the above copyright notice",
    ] {
        assert!(text.contains(start), "{start}");
    }
}
