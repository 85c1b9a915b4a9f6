//! The agent killed with -9 again and again while mail flows both ways (reliability.md 2 and 4): every
//! message is here and there exactly once, no ordinary mail alerts twice, no important mail is forgotten.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use restante_local_api::model::Folder;
use restante_tests::{Agent, Colleague, Desktop, Office, Popup, Writes};

/// How often it is killed.
const LIVES: usize = 200;

/// Enough to be one summary.
const LAST: usize = 5;

/// A life that has nothing more to write ends after this long.
const LONGEST_LIFE: Duration = Duration::from_millis(400);

/// What flowed, by subject.
#[derive(Default)]
struct Flowed {
    ordinary: BTreeSet<String>,
    high: BTreeSet<String>,
    ids_of_high: BTreeSet<String>,
    /// Taken by the agent's outbox: the command line said so.
    written: BTreeSet<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_anything_it_loses_doubles_and_forgets_nothing() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    std::fs::write(anna.settings_file(), "[storage]\ntoken = \"file\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    anna.kill().await;
    let boris = office.sign_in("boris").await;
    let mut flowed = Flowed::default();
    let mut windows = String::new();
    let mut writes = Writes::of(&[&anna.home().join("state"), &anna.home().join("cache")]);

    for life in 0..LIVES {
        boris_writes(&boris, life, &mut flowed).await;
        writes.forget();
        match life % 8 {
            // In the middle of a popup: the service has taken it, and its answer may be on the way.
            0 => {
                anna.begin();
                let _ = tokio::time::timeout(LONGEST_LIFE, desktop.popups.next("any")).await;
            }
            // In the middle of a letter on its way out.
            4 => {
                anna.start().await;
                let subject = format!("Letter {life}");
                let send = ["send", "--to", "boris", "--subject", &subject];
                drop(anna.cli.with_input(&send, "Text.\n").await.done());
                flowed.written.insert(subject);
                let _ = tokio::time::timeout(LONGEST_LIFE, writes.wait_for(life % 5)).await;
            }
            // After the n-th write to its disk, from the first on; the numbers have no common factor, so
            // that every n is met.
            _ => {
                anna.begin();
                let _ = tokio::time::timeout(LONGEST_LIFE, writes.wait_for(life * 7 % 61 + 1)).await;
            }
        }
        anna.kill().await;
        windows.push_str(&anna.unseen_windows());
    }

    anna.start().await;
    anna.cli.check().await;
    let all = flowed.ordinary.len() + flowed.high.len();
    let status = anna.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
    assert_eq!(usize::try_from(status.unread).unwrap(), all);
    each_is_here_once(&anna, &flowed).await;
    each_arrived_once(&boris, &flowed.written).await;
    // What is still due is shown now; the last letters are too many for popups of their own, and their summary
    // counts what was only perhaps shown before.
    for number in 0..LAST {
        boris.send(&["anna"], &format!("Last {number};"), "normal").await;
    }
    anna.cli.check().await;
    while summed_up(&desktop.popups.next("the last summary").await.summary) < LAST {}
    windows.push_str(&anna.unseen_windows());
    no_ordinary_mail_alerted_twice_or_was_forgotten(&desktop.popups.shown(), &flowed);
    let forgotten: Vec<&String> = flowed.ids_of_high.iter().filter(|id| !windows.contains(*id)).collect();
    assert_eq!(forgotten, Vec::<&String>::new(), "important mail that no window told of");
}

/// One letter, or two, of which every eleventh is important.
async fn boris_writes(boris: &Colleague, life: usize, flowed: &mut Flowed) {
    for number in 0..=life % 2 {
        let subject = format!("Mail {life}.{number};");
        if (life + number) % 11 == 10 {
            flowed.ids_of_high.insert(boris.send(&["anna"], &subject, "high").await);
            flowed.high.insert(subject);
        } else {
            boris.send(&["anna"], &subject, "normal").await;
            flowed.ordinary.insert(subject);
        }
    }
}

async fn each_is_here_once(anna: &Agent, flowed: &Flowed) {
    let mut here = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = anna.client().folder(Folder::Inbox, before.as_deref(), 100, false).await;
        let page = page.expect("the inbox");
        here.extend(page.messages.iter().map(|row| row.subject.clone()));
        let Some(next) = page.next_before else { break };
        before = Some(next);
    }
    here.sort();
    let mut sent: Vec<String> = flowed.ordinary.union(&flowed.high).cloned().collect();
    sent.sort();
    assert_eq!(here, sent);
}

async fn each_arrived_once(boris: &Colleague, written: &BTreeSet<String>) {
    let mut arrived = boris.received().await;
    arrived.sort();
    let mut written: Vec<String> = written.iter().cloned().collect();
    written.sort();
    assert_eq!(arrived, written);
}

/// By its own popup at most once; and popups and summaries together told of all that there was. They may tell of more:
/// what was on its way to the screen when the agent died is counted once more in the next summary.
fn no_ordinary_mail_alerted_twice_or_was_forgotten(shown: &[Popup], flowed: &Flowed) {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let mut in_summaries = 0;
    for popup in shown {
        let said = popup.summary_and_body();
        match flowed.ordinary.iter().find(|subject| said.contains(*subject)) {
            Some(subject) => *times.entry(subject).or_default() += 1,
            None => in_summaries += summed_up(&popup.summary),
        }
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert_eq!(twice, Vec::new());
    let told = times.len() + in_summaries;
    assert!(told >= flowed.ordinary.len() + LAST, "{} and {in_summaries} in summaries", times.len());
}

/// The number in "12 new messages"; 0 in a popup about something else.
fn summed_up(summary: &str) -> usize {
    summary.strip_suffix(" new messages").and_then(|number| number.parse().ok()).unwrap_or(0)
}
