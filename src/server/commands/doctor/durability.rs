//! What PostgreSQL promises of what it has committed, held against what we promise of what we have accepted.

use restante_store::Durability;

use super::{Check, fail, ok, warn};

const ID: &str = "postgresql";
/// The oldest version that is tested.
const OLDEST_VERSION: i32 = 15;

/// Everything that is wrong, or that all is well.
pub(super) fn checks(it: &Durability) -> Vec<Check> {
    let Durability { database, version, standbys, synchronous_standby_names: names, .. } = it;
    let mut checks = Vec::new();
    let mut lost = |setting: &str, what: &str, hint| {
        checks.push(fail(ID, format!("{database}: {setting} is off: {what}"), hint));
    };
    if !it.fsync {
        lost("fsync", "a power cut can lose all mail", "set fsync = on in postgresql.conf and reload it");
    }
    if !it.full_page_writes {
        let hint = "set full_page_writes = on in postgresql.conf and reload it";
        lost("full_page_writes", "a power cut can damage what was stored long ago", hint);
    }
    if it.synchronous_commit == "off" {
        let hint = "set synchronous_commit = on; the database or the role may have it off for itself \
                    (ALTER DATABASE, ALTER ROLE)";
        lost("synchronous_commit", "a crash can lose mail that was accepted", hint);
    }
    if it.major_version < OLDEST_VERSION {
        let detail = format!("{database}: PostgreSQL {version} is older than {OLDEST_VERSION}");
        checks.push(fail(ID, detail, "upgrade PostgreSQL"));
    }
    if it.in_recovery {
        let detail = format!("{database} is a standby: no mail can be taken");
        checks.push(fail(ID, detail, "name the primary, or promote this one"));
    }
    if *standbys > 0 && names.is_empty() {
        let detail = format!(
            "{database}: no COMMIT waits for the {standbys} connected standbys: a failover may lose the newest mail"
        );
        checks.push(warn(ID, detail, "name them in synchronous_standby_names"));
    }
    if !names.is_empty() && it.synchronous_commit == "local" {
        let detail = format!(
            "{database}: synchronous_commit is local, so that no COMMIT waits for {names}: a failover may lose the newest mail"
        );
        checks.push(warn(ID, detail, "set synchronous_commit = on"));
    }
    if !names.is_empty() && *standbys == 0 && !it.in_recovery {
        let detail = format!(
            "{database}: no standby is connected, and COMMIT waits for {names}: no mail can be taken"
        );
        checks.push(warn(ID, detail, "start a standby, or empty synchronous_standby_names"));
    }
    if checks.is_empty() {
        let replication = match standbys {
            0 => "no standby is connected".to_owned(),
            _ => format!("COMMIT waits for {names}"),
        };
        checks
            .push(ok(ID, format!("{database}: PostgreSQL {version} keeps what is accepted; {replication}")));
    }
    checks
}

#[cfg(test)]
mod tests {
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
        let checks = checks(it);
        assert_eq!(checks.len(), expected.len(), "{checks:?}");
        for (check, (status, words)) in checks.iter().zip(expected) {
            assert!(check.status == *status && check.detail.contains(words), "{check:?}");
        }
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
