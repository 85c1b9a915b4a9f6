//! Who may import whom (ARCHITECTURE.md, "Dependency rules"), each with its reason.

use std::collections::BTreeSet;

use crate::packages::Packages;

/// Of ours, this folder imports these at most.
fn imports_at_most(folder: &str, allowed: &[&str], reason: &str) {
    let packages = Packages::read();
    let imported = packages.imports_of(folder).iter().filter(|name| packages.imports.contains_key(*name));
    let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
    let others: Vec<_> = imported.filter(|name| !allowed.contains(name.as_str())).collect();
    assert!(others.is_empty(), "{folder} imports {others:?}, but {reason}");
}

/// Neither itself nor through others of ours does this folder import any of these.
fn reaches_none(folder: &str, forbidden: &[&str], reason: &str) {
    let below = Packages::read().ours_below(folder);
    let reached: Vec<_> = forbidden.iter().filter(|name| below.contains(**name)).collect();
    assert!(reached.is_empty(), "{folder} reaches {reached:?}, but {reason}");
}

/// This folder names none of these packages.
fn names_none(folder: &str, forbidden: &[&str], reason: &str) {
    let imported = Packages::read().imports_of(folder);
    let named: Vec<_> = forbidden.iter().filter(|name| imported.contains(**name)).collect();
    assert!(named.is_empty(), "{folder} names {named:?}, but {reason}");
}

/// Only these folders import each of these packages.
fn only(importers: &[&str], names: &[&str], reason: &str) {
    let allowed: BTreeSet<&str> = importers.iter().copied().collect();
    for name in names {
        let others: Vec<_> = Packages::read().importers_of(name).difference(&allowed).copied().collect();
        assert!(others.is_empty(), "{others:?} import {name}, but {reason}");
    }
}

const WINDOWS: &[&str] = &["slint", "slint-build", "i-slint-backend-testing", "fontique"];
const DESKTOP_SERVICES: &[&str] = &[
    "keyring-core",
    "zbus-secret-service-keyring-store",
    "tray-icon",
    "notify-rust",
    "tokio-cron-scheduler",
];

#[test]
fn rule_1_the_model_stands_alone() {
    let reason = "every part is rebuilt when it changes, and it decides without doing";
    imports_at_most("model", &[], reason);
    names_none("model", &["tokio", "sqlx", "axum", "reqwest", "hyper", "rusqlite", "zbus", "rand"], reason);
}

#[test]
fn rule_2_the_two_languages_know_only_the_model() {
    for folder in ["server-api", "local-api"] {
        imports_at_most(folder, &["model"], "a contract must not drag in what stands behind it");
    }
    names_none("server-api", &["tokio", "axum", "reqwest", "hyper", "sqlx"], "it is shapes, not transport");
}

#[test]
fn rule_3_only_the_store_talks_sql_to_the_servers_databases() {
    only(&["store"], &["sqlx"], "SQL elsewhere would be written for one of the backends");
    only(
        &["server", "demo", "tests"],
        &["store"],
        "the agent's side has no business in the server's database",
    );
    only(&["engine"], &["rusqlite"], "cache and ledger have one owner");
}

#[test]
fn rule_4_the_server_knows_no_client() {
    reaches_none(
        "server",
        &["engine", "agent", "local-api", "cli", "desktop"],
        "it serves any client by its API",
    );
}

#[test]
fn rule_5_the_engine_decides_and_does_nothing() {
    let doing = ["tokio", "tokio-util", "reqwest", "hyper", "axum", "zbus", "rand", "futures-util", "notify"];
    names_none("engine", &doing, "what it decides must not depend on when something answers");
    names_none("engine", DESKTOP_SERVICES, "the agent shows what the engine decides");
    reaches_none("engine", &["agent", "server", "store", "process"], "it is driven by events alone");
}

#[test]
fn rule_6_the_agent_alone_touches_the_desktop_and_never_the_servers_insides() {
    reaches_none("agent", &["server", "store"], "it speaks to the server as any client does");
    only(&["agent"], DESKTOP_SERVICES, "one program speaks to the desktop's services");
    // The tests are other people's clients.
    only(&["agent", "tests"], &["reqwest"], "only the agent asks the server");
}

#[test]
fn rule_7_what_people_use_sees_only_the_local_api() {
    for folder in ["cli", "desktop"] {
        imports_at_most(
            folder,
            &["local-api", "l10n", "process"],
            "everything that they do, a script can do over the socket",
        );
    }
}

#[test]
fn rule_8_only_the_windows_name_the_toolkit() {
    only(&["desktop"], WINDOWS, "it costs more to build and to load than all the rest");
}

#[test]
fn rule_9_words_and_process_matters_know_nothing_of_mail() {
    for folder in ["l10n", "process"] {
        imports_at_most(folder, &[], "every program uses them");
    }
}

#[test]
fn rule_11_only_the_demo_puts_everything_together() {
    only(&[], &["tests"], "what is shipped must not lean on its tests");
    only(&["demo"], &["agent", "server", "desktop", "cli", "demo"], "programs meet over their sockets");
}

#[test]
fn the_thread_pool_that_ends_its_threads_is_held() {
    // blocking 1.7.0 never ends its pool's threads, and each wakes twice a second: an idle agent would never sleep.
    let held: Vec<_> = Packages::read().versions.iter().filter(|(name, _)| name == "blocking").collect();
    assert_eq!(held, [&("blocking".to_owned(), "1.6.2".to_owned())]);
}

#[test]
fn the_trays_zbus_is_built_without_tokio() {
    // With it the tray's executor dies without a word; zbus 6 beside it may have it.
    let five = Packages::read().features("zbus@5");
    assert_eq!(five.len(), 1, "the tray stands on zbus 5");
    assert!(!five[0].iter().any(|feature| feature == "tokio"), "{:?}", five[0]);
}

#[test]
fn there_is_one_sqlite() {
    let linked = Packages::read().versions.iter().filter(|(name, _)| name == "libsqlite3-sys").count();
    assert_eq!(linked, 1, "two copies of SQLite in one program would not share their locks");
}
