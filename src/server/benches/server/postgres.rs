//! P8 on PostgreSQL: letters through three servers, beside pgbench making the same rows.

use std::{fs, path::Path, process::Command};

use super::{CONNECTIONS, ROUNDS, median, post, serve};
use crate::{
    office::{Office, Place},
    table::row,
};

#[path = "../../../../tests/support/postgres.rs"]
#[expect(unreachable_pub, dead_code, reason = "the tests of whole programs use all of it, from outside")]
mod postgres_cluster;

use self::postgres_cluster::{Cluster, Database};

/// What one letter to one recipient writes, by as few calls as a client with transactions needs; no two clients touch the
/// same mailboxes.
const LETTER: &str = "\
\\set sender :client_id
\\set recipient :client_id + 64
BEGIN;
UPDATE mailbox SET modseq = modseq + 1 WHERE organisation = 'hall0' AND login = 'user' || CAST(:sender AS TEXT);
UPDATE mailbox SET modseq = modseq + 1 WHERE organisation = 'hall0' AND login = 'user' || CAST(:recipient AS TEXT);
WITH people AS (
    SELECT s.key AS sender, r.key AS recipient, s.modseq AS sent, r.modseq AS arrived FROM mailbox s, mailbox r
    WHERE s.organisation = 'hall0' AND s.login = 'user' || CAST(:sender AS TEXT)
    AND r.organisation = 'hall0' AND r.login = 'user' || CAST(:recipient AS TEXT)
), written AS (
    INSERT INTO message (organisation, id, sender, written_to, subject, body, importance, content_sum, row_sum,
        accepted_at, expires_at, sent_modseq)
    SELECT 'hall0', gen_random_uuid(), sender, '[]', 'Measured', repeat('x', 1000), 'normal',
        sha256('a'), sha256('b'), 1, 1, sent FROM people RETURNING key
), copied AS (
    INSERT INTO delivery (message, recipient, sender, position, since, expires_at, arrived_modseq)
    SELECT key, recipient, sender, 0, 1, 1, arrived FROM written, people RETURNING message, recipient
)
INSERT INTO ledger (message, recipient, event, at) SELECT message, recipient, 'accepted', 1 FROM copied;
COMMIT;
";

pub(crate) async fn measure() {
    const EACH: usize = 50;
    const SERVERS: usize = 3;
    if !Path::new("/usr/lib/postgresql").exists() {
        println!("| P8 | PostgreSQL is not installed here: its figure is left out | | | | |");
        return;
    }
    let cluster = Cluster::start();
    cluster.set("fsync", "on");
    let cluster = std::sync::Arc::new(cluster);
    let database = Database::within(&cluster);
    let office = Office::at(Place::Url(database.url()), 1_000, 1).await;
    let servers: Vec<_> = (0..SERVERS).map(|_| serve(&office, None)).collect();
    // All concerned have mailboxes, and the servers connections.
    office.fill(1, 2 * CONNECTIONS).await;
    post(&office, &servers, 1).await;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(post(&office, &servers, EACH).await);
        bare.push(pgbench(&database));
    }
    let (ours, bare) = (median(ours), median(bare));
    let what = format!("one-recipient messages of 64 senders, durable, PostgreSQL with {SERVERS} servers");
    let anchor = format!("the same rows by pgbench {bare:.0}/s");
    row("P8", &what, &format!("{ours:.0}/s"), &anchor, ours / bare, "at least 0.5");
}

/// Transactions a second.
fn pgbench(database: &Database) -> f64 {
    let script = tempfile::NamedTempFile::new().expect("a file");
    fs::write(script.path(), LETTER).expect("it is written");
    let url = database.url();
    let folder = url.split("host=").nth(1).and_then(|rest| rest.split('&').next()).expect("a folder");
    let clients = CONNECTIONS.to_string();
    let done = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--time=3", "--client", &clients])
        .args(["--host", folder, "--username=owner", "--file"])
        .arg(script.path())
        .arg(format!("{}_main", database.name()))
        .env("PGOPTIONS", "-c search_path=restante_office")
        .output()
        .expect("pgbench is among PostgreSQL's programs");
    let said = String::from_utf8_lossy(&done.stdout);
    let rate = said.split("tps = ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&done.stderr)))
}
