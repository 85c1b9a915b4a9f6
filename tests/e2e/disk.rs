//! Disks that are full, or fail, from the n-th write on (reliability.md 2): nothing that was taken is lost or
//! doubled, what could not be written is said, and comes with the next check.
//!
//! `RESTANTE_DISK_CALLS=100` meets each of the first hundred writes, in place of a few.

use reqwest::Method;
use restante_local_api::{CacheState, DiskState, model::Folder};
use restante_tests::{Agent, Colleague, Desktop, Faults, Office, PASSWORD, ServerProcess};
use serde_json::json;

/// So that every kind of write is met by some of them: a check and a letter have about forty.
const CALLS: [usize; 5] = [1, 2, 4, 9, 18];
/// The same of what puts writes on the disk, of which there are few.
const SYNCS: [usize; 2] = [1, 2];

/// What fails, and from which call on.
fn faults() -> Vec<String> {
    let wished: Option<usize> = std::env::var("RESTANTE_DISK_CALLS").ok().and_then(|it| it.parse().ok());
    let calls = wished.map_or(CALLS.to_vec(), |calls| (1..=calls).collect());
    let syncs = wished.map_or(SYNCS.to_vec(), |calls| (1..=calls).collect());
    let full = calls.iter().map(|call| format!("pwrite64:error=ENOSPC:when={call}+"));
    let broken = calls.iter().step_by(2).map(|call| format!("pwrite64:error=EIO:when={call}"));
    let unsynced = syncs.iter().map(|call| format!("fsync,fdatasync:error=EIO:when={call}"));
    full.chain(broken).chain(unsynced).chain(["fsync,fdatasync:error=EIO:when=1+".to_owned()]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_disk_that_fails_at_any_write_loses_and_doubles_nothing() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let (mut came, mut promised, mut written) = (Vec::new(), Vec::new(), Vec::new());
    let mut met = 0;

    for (number, fault) in faults().iter().enumerate() {
        let mail = format!("Mail {number};");
        boris.send(&["anna"], &mail, "normal").await;
        came.push(mail);
        let faults = Faults::begin(anna.pid(), fault).await;
        let letter = format!("Letter {number};");
        let sent = anna.cli.with_input(&["send", "--to", "boris", "--subject", &letter], "Words.\n").await;
        // Whoever is refused is told so, and may try again.
        assert!(matches!(sent.code, Some(0 | 1 | 5 | 70)), "{fault}: {sent:?}");
        if sent.code == Some(0) {
            promised.push(letter.clone());
        }
        written.push(letter);
        let checked = anna.cli.run(&["check", "--wait"]).await;
        let status = anna.client().status().await.expect("the agent answers on a broken disk");
        met += usize::from(faults.end().await > 0);
        if checked.code != Some(0) {
            assert_ne!(status.storage.disk, DiskState::Ok, "{fault}: {checked:?}");
        }

        anna.cli.check().await;
        let status = anna.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
        assert_eq!(usize::try_from(status.unread), Ok(came.len()), "{fault}");
        assert_eq!(status.storage.disk, DiskState::Ok, "{fault}");
        assert_eq!(status.storage.ledger_set_aside, None, "{fault}");
        assert_ne!(status.storage.cache, CacheState::Rebuilding, "{fault}");
    }

    // The last of the single calls are perhaps never made.
    assert!(met >= CALLS.len() + SYNCS.len(), "only {met} faults were met");

    // And as it was, after a crash.
    anna.kill().await;
    anna.start().await;
    anna.cli.check().await;
    let page = anna.client().folder(Folder::Inbox, None, 500, false).await.expect("the inbox");
    let mut here: Vec<_> = page.messages.into_iter().map(|row| row.subject).collect();
    here.sort();
    came.sort();
    assert_eq!(here, came);
    let arrived = boris.received().await;
    for letter in &promised {
        assert_eq!(arrived.iter().filter(|it| *it == letter).count(), 1, "{letter} in {arrived:?}");
    }
    for letter in &written {
        assert!(arrived.iter().filter(|it| *it == letter).count() <= 1, "{letter} in {arrived:?}");
    }
    for mail in &came {
        let popups = desktop.popups.shown();
        let times = popups.iter().filter(|popup| popup.summary_and_body().contains(mail)).count();
        assert!(times <= 1, "{mail} was a popup {times} times");
    }
}

/// What a server says of a letter; `None` where it says nothing.
async fn put(from: &Colleague, id: &str) -> Option<u16> {
    let letter = json!({"to": ["anna"], "subject": id, "body": "Words.", "importance": "normal"});
    Some(from.try_call(Method::PUT, &format!("messages/{id}"), Some(letter)).await?.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_breaks_ends_and_one_whose_disk_is_full_goes_on() {
    let mut office = Office::open().await;
    let (anna, boris) = (office.sign_in("anna").await, office.sign_in("boris").await);
    office.stop().await;
    let mut accepted = Vec::new();
    for (number, fault) in [
        "pwrite64:error=ENOSPC:when=1+",
        "pwrite64:error=ENOSPC:when=2+",
        "fsync,fdatasync:error=EIO:when=1+",
        "pwrite64:error=EIO:when=1",
    ]
    .into_iter()
    .enumerate()
    {
        let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
        let url = server.says("listening on").await;
        let from = boris.at(&url);
        let [first, id] = ["0", "1"].map(|half| format!("01935b2e-0000-7000-8000-0000000000{half}{number}"));
        // The post office's file is open, and can be written.
        assert_eq!(put(&from, &first).await, Some(201));
        accepted.push(first);
        let faults = Faults::begin(server.id(), fault).await;
        let answered = put(&from, &id).await;
        if fault.contains("ENOSPC") {
            assert_eq!(answered, Some(503), "{fault}");
            assert!(faults.end().await > 0, "{fault}");
            assert_eq!(put(&from, &id).await, Some(201), "{fault}: there is room again");
            server.stop().await;
        } else {
            assert_ne!(answered, Some(201), "{fault}: nobody knows whether it is on the disk");
            assert_eq!(server.ended().await, Some(70), "{fault}:\n{}", server.log());
            assert!(faults.end().await > 0, "{fault}");
        }
        accepted.push(id);
    }
    office.start().await;
    let (anna, boris) = (anna.at(&office.url()), boris.at(&office.url()));
    for id in &accepted {
        // Under the same id, whatever became of the first try.
        assert!(matches!(put(&boris, id).await, Some(200 | 201)), "{id}");
    }
    assert_eq!(anna.received().await, accepted, "each once, in the order of their acceptance");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_office_first_opened_on_a_full_disk_is_busy_and_calls_no_administrator() {
    let mut office = Office::open().await;
    office.stop().await;
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    let url = server.says("listening on").await;
    for command in [
        "organisation create village",
        "office create small",
        "office attach small --to village",
        "user add village dora --name Dora --password-stdin",
    ] {
        let arguments: Vec<_> = command.split(' ').collect();
        drop(office.command(&arguments, &format!("{PASSWORD}\n")).await.done());
    }
    // The server has the organisation's file open now, and has not come to its post office.
    let dora = Colleague::sign_in_to(&url, "village", "dora").await;
    let faults = Faults::begin(server.id(), "pwrite64:error=ENOSPC:when=1+").await;
    let answer = dora.try_call(Method::GET, "changes", None).await.expect("the server answers");
    assert!(faults.end().await > 0);
    assert_eq!((answer.status, answer.body["code"].as_str()), (503, Some("busy")), "{}", server.log());
    let answer = dora.try_call(Method::GET, "changes", None).await.expect("the server answers");
    assert_eq!(answer.status, 200, "there is room again");
    server.stop().await;
}
