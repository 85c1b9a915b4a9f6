//! An agent whose disk is full, or fails, from the n-th write on (reliability.md 2): it goes on, says so, loses
//! nothing that it took, and what it could not write comes with the next check.

use restante_local_api::{CacheState, model::Folder};
use restante_tests::{Agent, Desktop, Faults, Office};

/// What fails, and from which call on: with what a check and a letter write, every one of their writes is met.
const FAULTS: [&str; 14] = [
    "pwrite64:error=ENOSPC:when=1+",
    "pwrite64:error=ENOSPC:when=2+",
    "pwrite64:error=ENOSPC:when=3+",
    "pwrite64:error=ENOSPC:when=5+",
    "pwrite64:error=ENOSPC:when=8+",
    "pwrite64:error=ENOSPC:when=13+",
    "pwrite64:error=ENOSPC:when=21+",
    "pwrite64:error=ENOSPC:when=34+",
    "pwrite64:error=EIO:when=2",
    "pwrite64:error=EIO:when=7",
    "fsync,fdatasync:error=EIO:when=1",
    "fsync,fdatasync:error=EIO:when=2",
    "fsync,fdatasync:error=EIO:when=3",
    "fsync,fdatasync:error=EIO:when=1+",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_at_any_write_loses_and_doubles_nothing() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let mut met = 0;
    let (mut came, mut promised, mut written) = (Vec::new(), Vec::new(), Vec::new());

    for (number, fault) in FAULTS.into_iter().enumerate() {
        let mail = format!("Mail {number};");
        boris.send(&["anna"], &mail, "normal").await;
        came.push(mail);
        let faults = Faults::begin(anna.pid(), fault).await;
        let letter = format!("Letter {number};");
        let sent = anna.cli.with_input(&["send", "--to", "boris", "--subject", &letter], "Words.\n").await;
        // Whoever is refused is told so, and may try again.
        assert!(matches!(sent.code, Some(0 | 1 | 5 | 70 | 74)), "{fault}: {sent:?}");
        let checked = anna.cli.run(&["check", "--wait"]).await;
        assert!(checked.code.is_some(), "{fault}: {checked:?}");
        faults.end().await;
        met += usize::from(sent.code != Some(0) || checked.code != Some(0));
        if sent.code == Some(0) {
            promised.push(letter.clone());
        }
        written.push(letter);

        anna.cli.check().await;
        let status = anna.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
        assert_eq!(usize::try_from(status.unread), Ok(came.len()), "{fault}");
        assert_eq!(status.storage.ledger_set_aside, None, "{fault}");
        assert_ne!(status.storage.cache, CacheState::Rebuilding, "{fault}");
    }

    // A single sync may fail where nothing has to be known to be on disk.
    assert!(met >= 8, "only {met} faults were met");

    // And as it was, after a crash.
    anna.kill().await;
    anna.start().await;
    anna.cli.check().await;
    let page = anna.client().folder(Folder::Inbox, None, 100, false).await.expect("the inbox");
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
