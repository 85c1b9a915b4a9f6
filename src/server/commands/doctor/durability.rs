//! What PostgreSQL promises of what it has committed, held against what we promise of what we have accepted.

use std::fmt::Display;

use restante_l10n::Words;
use restante_store::Durability;

use super::{super::answers::text, Check, fail, ok, warn};

const ID: &str = "postgresql";
/// The oldest version that is tested.
const OLDEST_VERSION: i32 = 15;

/// Everything that is wrong, or that all is well.
pub(super) fn checks(it: &Durability, words: &Words) -> Vec<Check> {
    let Durability { database, version, standbys, synchronous_standby_names: names, .. } = it;
    let values: [(&str, &dyn Display); 5] = [
        ("database", database),
        ("version", version),
        ("oldest", &OLDEST_VERSION),
        ("standbys", standbys),
        ("names", names),
    ];
    let said = |key: &str| text(words, key, &values);
    let off = |setting: &str, what: &str| {
        let what = words.text(what);
        let values: [(&str, &dyn Display); 3] =
            [("database", database), ("setting", &setting), ("what", &what)];
        text(words, "server-doctor-setting-off", &values)
    };
    let mut checks = Vec::new();
    if !it.fsync {
        let hint = words.text("server-doctor-fsync-hint");
        checks.push(fail(ID, off("fsync", "server-doctor-fsync"), hint));
    }
    if !it.full_page_writes {
        let hint = words.text("server-doctor-pages-hint");
        checks.push(fail(ID, off("full_page_writes", "server-doctor-pages"), hint));
    }
    if it.synchronous_commit == "off" {
        let hint = words.text("server-doctor-commit-hint");
        checks.push(fail(ID, off("synchronous_commit", "server-doctor-commit"), hint));
    }
    if it.major_version < OLDEST_VERSION {
        checks.push(fail(ID, said("server-doctor-old"), words.text("server-doctor-old-hint")));
    }
    if it.in_recovery {
        checks.push(fail(ID, said("server-doctor-standby"), words.text("server-doctor-standby-hint")));
    }
    if *standbys > 0 && names.is_empty() {
        checks.push(warn(ID, said("server-doctor-not-waited"), words.text("server-doctor-not-waited-hint")));
    }
    if !names.is_empty() && it.synchronous_commit == "local" {
        checks.push(warn(ID, said("server-doctor-local"), words.text("server-doctor-local-hint")));
    }
    if !names.is_empty() && *standbys == 0 && !it.in_recovery {
        checks.push(warn(ID, said("server-doctor-alone"), words.text("server-doctor-alone-hint")));
    }
    if checks.is_empty() {
        let key = if *standbys == 0 { "server-doctor-sound" } else { "server-doctor-sound-waits" };
        checks.push(ok(ID, said(key)));
    }
    checks
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::{super::Status, *};

    fn sound() -> Durability {
        Durability {
            database: "postgres:///mail".to_owned(),
            version: "15.9".to_owned(),
            major_version: 15,
            fsync: true,
            full_page_writes: true,
            synchronous_commit: "on".to_owned(),
            synchronous_standby_names: String::new(),
            standbys: 0,
            in_recovery: false,
        }
    }

    #[track_caller]
    fn says(it: &Durability, expected: &[(Status, &str)]) {
        let checks = checks(it, &Words::new(Language::English));
        assert_eq!(checks.len(), expected.len(), "{checks:?}");
        for (check, (status, words)) in checks.iter().zip(expected) {
            assert!(check.status == *status && check.detail.contains(words), "{check:?}");
        }
    }

    #[test]
    fn an_administrator_reads_it_in_his_language() {
        let words = Words::new(Language::Russian);
        let told = checks(&Durability { fsync: false, ..sound() }, &words);
        assert_eq!(
            told[0].detail,
            "postgres:///mail: выключен fsync: при отключении питания может пропасть вся почта"
        );
    }

    #[test]
    fn each_setting_that_can_lose_mail_is_named() {
        says(&sound(), &[(Status::Ok, "no standby is connected")]);
        let all = Durability {
            fsync: false,
            full_page_writes: false,
            synchronous_commit: "off".to_owned(),
            major_version: 14,
            ..sound()
        };
        let expected =
            ["fsync is off", "full_page_writes is off", "synchronous_commit is off", "older than 15"];
        says(&all, &expected.map(|words| (Status::Fail, words)));
        says(&Durability { in_recovery: true, ..sound() }, &[(Status::Fail, "is a standby")]);
    }

    #[test]
    fn a_failover_keeps_what_commits_waited_for() {
        let names = "FIRST 1 (b)".to_owned();
        let beside = Durability { standbys: 1, ..sound() };
        let waits = Durability { synchronous_standby_names: names, ..beside.clone() };
        let local = Durability { synchronous_commit: "local".to_owned(), ..waits.clone() };
        let alone = Durability { standbys: 0, ..waits.clone() };
        says(&beside, &[(Status::Warn, "failover may lose the newest mail")]);
        says(&waits, &[(Status::Ok, "COMMIT waits for FIRST 1 (b)")]);
        says(&local, &[(Status::Warn, "synchronous_commit is local")]);
        says(&alone, &[(Status::Warn, "no mail can be taken")]);
    }
}
