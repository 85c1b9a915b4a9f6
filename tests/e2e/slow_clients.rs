//! Clients that send slowly or read slowly (reliability.md 2, "slow clients"), by slowhttptest: the server
//! goes on answering, and its memory stays bounded.

use restante_tests::{Office, ServerProcess, run};
use tokio::process::Command;

/// Slow connections at a time.
const CONNECTIONS: &str = "1000";
/// How long each kind attacks.
const SECONDS: &str = "20";
/// More memory than before at most, in KiB (reliability.md 2).
const MOST_KIB: u64 = 50 * 1024;

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its most memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_slow_clients_hold_up_nobody_and_cost_bounded_memory() {
    // Each kind attacks a server of its own: together they take as long as one.
    tokio::join!(
        attack("-H", "/api/v1/changes"),
        attack("-B", "/api/v1/sessions"),
        attack("-X", "/api/v1/directory")
    );
}

async fn attack(kind: &str, path: &str) {
    let mut office = Office::open().await;
    let anna = office.sign_in("anna").await;
    office.stop().await;
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    let url = server.says("listening on").await;
    let anna = anna.at(&url);
    let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
    let before = resident_kib(server.id());
    let target = format!("{url}{path}");
    let mut attack = Command::new("slowhttptest");
    attack.args([kind, "-c", CONNECTIONS, "-r", "500", "-l", SECONDS, "-i", "5", "-u", &target]);
    let mut attack = std::pin::pin!(run(&mut attack, ""));
    let mut answered = 0;
    loop {
        let check = anna.call(reqwest::Method::GET, "settings", None);
        tokio::select! {
            biased;
            ended = &mut attack => {
                assert!(ended.stdout.contains("slowhttptest"), "{ended:?}");
                break;
            }
            _ = check => {}
        }
        let path = format!("changes?since={cursor}");
        let answer = anna.call(reqwest::Method::GET, &path, None).await;
        assert_eq!(answer.status, 304, "a check during {kind}");
        answered += 1;
    }
    assert!(answered > 0, "checks were made during {kind}");
    let more = resident_kib(server.id()).saturating_sub(before);
    assert!(more < MOST_KIB, "{more} KiB more than before, after {kind}");
    server.stop().await;
}
