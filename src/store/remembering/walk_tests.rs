//! Whatever happens, by chance: what the memory answers is what the databases would answer.

use std::{ops::Range, sync::Arc};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use restante_model::{CheckInterval, Cursor, Name, Seconds};

use super::tests::{PEOPLE, Remembered, sum};
use crate::{
    ChangesReply, OfficeChange, Store,
    story::town::{WEEK_MS, account, device, id, letter, name, owner, since_then},
};

/// Kinds of steps: what users do, and what users and administrators do.
const USERS: Range<u8> = 0..13;
pub(super) const ALL: Range<u8> = 0..18;

/// One step of somebody, by chance.
pub(super) async fn step(
    store: &dyn Store,
    kinds: Range<u8>,
    chance: &mut StdRng,
    number: &mut u128,
) -> String {
    let who = owner(PEOPLE[chance.random_range(0..3)]);
    let to = PEOPLE[chance.random_range(0..3)];
    *number += 1;
    let old = id(chance.random_range(1..=*number));
    let main = name("main");
    let fresh = CheckInterval::from_seconds(chance.random_range(30..3_000));
    let kind = chance.random_range(kinds);
    match kind {
        0..3 => {
            let sender = account("town", who.login.as_str());
            store.deliver(&sender, id(*number), &letter(&[to], "x")).await.map(drop)
        }
        3 => store.mark_read(&who, &device("pc"), &[old]).await.map(drop),
        4 => match store.changes(&who, &since_then(None)).await {
            Ok(checked) => match checked.reply {
                ChangesReply::Page(page) => {
                    store.mark_delivered(&who, &device("pc"), &page.cursor).await.map(drop)
                }
                ChangesReply::UpToDate(_) | ChangesReply::Reset => Ok(()),
            },
            Err(error) => Err(error),
        },
        5 => store.delete_message(&who, old).await.map(drop),
        6 => store.set_interval(&who, fresh, None).await.map(drop),
        7 => {
            let writer = account("town", who.login.as_str());
            store.save_draft(&writer, old, None, &letter(&[to], "d")).await.map(drop)
        }
        8 => store.throw_draft(&who, old, None).await.map(drop),
        9 => store.acknowledge(&who, &device("pc"), &[old]).await.map(drop),
        10 => store.mark_alerted(&who, &device("pc"), &[old]).await,
        11 => store.retract(&who, old).await.map(drop),
        12 => store.ledger(&who, old).await.map(drop),
        13 => store.change_office(&main, OfficeChange::CheckInterval(fresh)).await.map(drop),
        14 => {
            let lifetime = Seconds::new(chance.random_range(3_600..1_000_000));
            store.change_office(&main, OfficeChange::MessageLifetime(lifetime)).await.map(drop)
        }
        15 => store.expire().await.map(drop),
        16 => store.set_disabled(&who, chance.random()).await,
        _ => {
            let town: Name = name("town");
            if chance.random() {
                store.detach(&town).await.map(drop)
            } else {
                store.attach(&main, &town).await.map(drop)
            }
        }
    }
    .unwrap_or_else(|error| assert!(!error.fatal(), "{error}"));
    format!("step {number}, {kind} by {}", who.login)
}

/// Cursors of everybody, some of them old.
pub(super) async fn look(here: &Remembered, cursors: &mut Vec<(&'static str, Cursor)>) {
    for login in PEOPLE {
        let Ok(checked) = here.town.store.changes(&owner(login), &since_then(None)).await else { return };
        if let ChangesReply::Page(page) = checked.reply
            && !cursors.contains(&(login, page.cursor.clone()))
        {
            cursors.push((login, page.cursor));
        }
    }
    let surplus = cursors.len().saturating_sub(9);
    cursors.drain(..surplus);
}

#[tokio::test]
async fn whatever_happens_here_or_elsewhere_it_answers_as_the_databases() {
    for seed in 0..2 {
        let mut chance = StdRng::seed_from_u64(seed);
        let here = Remembered::open().await;
        let tag = here.tag().await;
        let (mut number, mut cursors) = (0, Vec::new());
        for _ in 0..60 {
            if chance.random_bool(0.7) {
                look(&here, &mut cursors).await;
            }
            let what = match chance.random_range(0..10) {
                0..6 => step(here.town.store.as_ref(), ALL, &mut chance, &mut number).await,
                6..9 => {
                    let mut what = String::new();
                    here.elsewhere(async |store| {
                        // Polls come in while the other process still runs, before and after it wrote.
                        here.compare(&tag, &cursors, "another process came").await;
                        what = format!("{} elsewhere", step(store, ALL, &mut chance, &mut number).await);
                        here.compare(&tag, &cursors, &what).await;
                    })
                    .await;
                    what
                }
                _ => {
                    let milliseconds = if chance.random_bool(0.8) { 3_600_000 } else { WEEK_MS / 2 };
                    here.town.clock.forward_ms(if chance.random_bool(0.9) {
                        milliseconds
                    } else {
                        -milliseconds
                    });
                    "the clock moved".into()
                }
            };
            here.compare(&tag, &cursors, &format!("{what} (seed {seed})")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn polls_and_writes_at_once_leave_nothing_stale() {
    let here = Arc::new(Remembered::open().await);
    let tag = here.tag().await;
    for round in 0..10_u64 {
        let mut tasks = tokio::task::JoinSet::new();
        for actor in 0..6_u64 {
            let (here, tag) = (Arc::clone(&here), tag.clone());
            tasks.spawn(async move {
                let mut chance = StdRng::seed_from_u64(round * 100 + actor);
                let mut number = u128::from(round * 100 + actor * 10);
                let mut cursors = Vec::new();
                look(&here, &mut cursors).await;
                for _ in 0..if actor > 2 { 40 } else { 8 } {
                    match actor {
                        0 | 1 => drop(step(here.town.store.as_ref(), USERS, &mut chance, &mut number).await),
                        // Every other round alone, so that the memory is believed all along.
                        2 if round % 2 == 0 => {
                            here.elsewhere(async |store| {
                                drop(step(store, USERS, &mut chance, &mut number).await);
                            })
                            .await;
                        }
                        _ => poll_all(&here, &tag, &mut cursors).await,
                    }
                }
                cursors
            });
        }
        let mut cursors = Vec::new();
        while let Some(done) = tasks.join_next().await {
            cursors.extend(done.unwrap());
        }
        here.compare(&tag, &cursors, &format!("round {round}")).await;
    }
}

/// Everybody asks what is new since he last asked.
async fn poll_all(here: &Remembered, tag: &str, cursors: &mut Vec<(&'static str, Cursor)>) {
    let store = &here.town.store;
    for (login, cursor) in cursors.iter_mut() {
        store.device_by_token_sum(tag, &sum(login)).await.unwrap();
        store.settings(&owner(login)).await.unwrap();
        let checked = store.changes(&owner(login), &since_then(Some(cursor))).await.unwrap();
        if let ChangesReply::Page(page) = checked.reply {
            *cursor = page.cursor;
        }
    }
}
