//! Pages of changes, and the cursors between them.

use restante_model::{Cursor, Letter};

use super::town::{Town, device, id, letter, owner, since_then, told};
use crate::{ChangesQuery, ChangesReply, Delivered, Page};

async fn walk(town: &Town, login: &str, query: ChangesQuery) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    loop {
        let since = pages.last().map(|page| page.cursor.clone());
        match town.reply(login, ChangesQuery { since, ..query.clone() }).await {
            ChangesReply::Page(page) => pages.push(page),
            other => panic!("no page: {other:?}"),
        }
        if pages.last().is_some_and(|page| !page.more) {
            return pages;
        }
        assert!(pages.len() < 100, "the pages have no end");
    }
}

pub(super) async fn pages_follow_each_other_without_gap_or_overlap(town: &Town) {
    for number in 0..25 {
        town.send("anna", number, &["boris"]).await;
    }
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(3), id(20)]).await.unwrap();
    town.store.delete_message(&owner("boris"), id(7)).await.unwrap();
    let whole = town.page("boris", None).await;
    let pages = walk(town, "boris", ChangesQuery { max_changes: 10, ..since_then(None) }).await;
    assert_eq!(pages.iter().map(|page| page.changes.len()).collect::<Vec<_>>(), [10, 10, 7]);
    let joined: Vec<_> = pages.iter().flat_map(|page| told(&page.changes)).collect();
    assert_eq!(joined, told(&whole.changes));
    assert_eq!(pages.last().unwrap().cursor, whole.cursor);
    assert!(pages.iter().all(|page| page.unread == 22), "the count is of the mailbox, not of the page");
}

pub(super) async fn a_page_ends_at_its_size_but_carries_at_least_one(town: &Town) {
    for number in 0..3 {
        let large = Letter { body: "x".repeat(1_000), ..letter(&["boris"], "large") };
        town.post("anna", number, &large).await;
    }
    let sizes = async |max_bytes| {
        let pages = walk(town, "boris", ChangesQuery { max_bytes, ..since_then(None) }).await;
        pages.iter().map(|page| page.changes.len()).collect::<Vec<_>>()
    };
    assert_eq!(sizes(10).await, [1, 1, 1]);
    assert_eq!(sizes(2_500).await, [2, 1]);
    assert_eq!(sizes(1 << 20).await, [3]);
}

pub(super) async fn nothing_new_is_told_as_such(town: &Town) {
    let empty = town.page("boris", None).await;
    assert_eq!((empty.cursor.modseq, empty.more, empty.unread), (0, false, 0));
    town.send("anna", 1, &["boris"]).await;
    let page = town.page("boris", Some(&empty.cursor)).await;
    let asked = |since: Option<&Cursor>, unless: Option<&Cursor>| {
        town.reply("boris", ChangesQuery { unless: unless.cloned(), ..since_then(since) })
    };
    for reply in [
        asked(Some(&page.cursor), None).await,
        asked(None, Some(&page.cursor)).await,
        asked(Some(&page.cursor), Some(&page.cursor)).await,
        // Its copy of the answer is newer than what it asks from.
        asked(Some(&empty.cursor), Some(&page.cursor)).await,
    ] {
        assert!(matches!(&reply, ChangesReply::UpToDate(cursor) if *cursor == page.cursor), "{reply:?}");
    }
    // An old copy of the answer is no reason to keep the news.
    for unless in [empty.cursor.clone(), Cursor { epoch: "other".into(), ..page.cursor.clone() }] {
        assert!(matches!(asked(None, Some(&unless)).await, ChangesReply::Page(_)));
    }
    // Another's mail is no news of one's own.
    town.send("anna", 2, &["clara"]).await;
    assert!(matches!(asked(Some(&page.cursor), None).await, ChangesReply::UpToDate(_)));
}

pub(super) async fn a_cursor_of_another_time_is_reset(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let good = town.cursor("boris").await;
    for other in [
        Cursor { epoch: "0123456789abcdef".into(), ..good.clone() },
        Cursor { generation: "0123456789abcdef".into(), ..good.clone() },
        Cursor { modseq: good.modseq + 1, ..good.clone() },
        Cursor { modseq: i64::MAX.unsigned_abs(), ..good.clone() },
    ] {
        let reply = town.reply("boris", since_then(Some(&other))).await;
        assert!(matches!(reply, ChangesReply::Reset), "{other}: {reply:?}");
        let noted = town.store.mark_delivered(&owner("boris"), &device("pc"), &other).await.unwrap();
        assert_eq!(noted, Delivered::Reset, "{other}");
    }
    assert_eq!(told(&town.page("boris", None).await.changes), ["letter 1 Received(Waiting)"]);
}

pub(super) async fn a_server_started_anew_knows_the_cursors_given_out_before(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let before = town.cursor("boris").await;
    let town = town.reopened().await;
    // Nothing is new but the cursor: with it a device tells anew what a database copied back may have forgotten.
    let page = town.page("boris", Some(&before)).await;
    assert!(page.changes.is_empty(), "{:?}", page.changes);
    let now = page.cursor;
    assert_eq!((&now.epoch, now.modseq), (&before.epoch, before.modseq));
    assert_ne!(now.generation, before.generation, "each start writes its own");
    let reply = town.reply("boris", since_then(Some(&now))).await;
    assert!(matches!(reply, ChangesReply::UpToDate(_)), "{reply:?}");
    town.send("anna", 2, &["boris"]).await;
    let page = town.page("boris", Some(&before)).await;
    assert_eq!(told(&page.changes), ["letter 2 Received(Waiting)"]);
}

pub(super) async fn each_change_takes_the_next_number(town: &Town) {
    let modseq = async |login| town.cursor(login).await.modseq;
    town.send("anna", 1, &["boris"]).await;
    assert_eq!((modseq("anna").await, modseq("boris").await), (1, 1));
    town.fetch("boris").await;
    assert_eq!((modseq("anna").await, modseq("boris").await), (2, 2));
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!((modseq("anna").await, modseq("boris").await), (3, 3));
    town.store.delete_message(&owner("boris"), id(1)).await.unwrap();
    assert_eq!((modseq("anna").await, modseq("boris").await), (3, 4));
}
