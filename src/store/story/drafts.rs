//! Letters still being written.

use restante_model::{Importance, Letter};

use super::town::{Town, account, id, letter, owner, since_then, told};
use crate::{ChangesQuery, ChangesReply, Draft, Owner, SavedDraft, ThrownDraft};

impl Town {
    async fn save(&self, login: &str, number: u128, base: Option<u64>, subject: &str) -> SavedDraft {
        let writer = account("town", login);
        self.store.save_draft(&writer, id(number), base, &letter(&[], subject)).await.unwrap()
    }

    /// The same where it must be saved: its version.
    async fn saved(&self, login: &str, number: u128, base: Option<u64>, subject: &str) -> u64 {
        match self.save(login, number, base, subject).await {
            SavedDraft::Saved { version, .. } => version,
            other => panic!("not saved: {other:?}"),
        }
    }

    async fn throw(&self, login: &str, number: u128, base: Option<u64>) -> Option<ThrownDraft> {
        self.store.throw_draft(&owner(login), id(number), base).await.unwrap()
    }
}

fn there(saved: SavedDraft) -> Draft {
    match saved {
        SavedDraft::Conflict(there) => there,
        other => panic!("no conflict: {other:?}"),
    }
}

pub(super) async fn a_draft_is_on_every_device_and_grows_by_versions(town: &Town) {
    assert_eq!(town.saved("anna", 1, None, "one").await, 1);
    let page = town.page("anna", None).await;
    assert_eq!((page.unread, told(&page.changes)), (0, vec!["draft 1 version 1: one".to_owned()]));
    assert_eq!(town.saved("anna", 1, Some(1), "one, two").await, 2);
    let step = town.page("anna", Some(&page.cursor)).await;
    assert_eq!(told(&step.changes), ["draft 1 version 2: one, two"]);
    let whole = town.page("anna", None).await;
    assert_eq!(told(&whole.changes), ["draft 1 version 2: one, two"], "each thing once, as it is now");
    let nothing = ChangesQuery { unless: Some(step.cursor), ..since_then(None) };
    assert!(matches!(town.reply("anna", nothing).await, ChangesReply::UpToDate(_)));
}

pub(super) async fn a_save_upon_an_old_version_is_refused_with_what_stands_there(town: &Town) {
    town.saved("anna", 1, None, "one").await;
    town.saved("anna", 1, Some(1), "at the office").await;
    for base in [None, Some(1), Some(3)] {
        let there = there(town.save("anna", 1, base, "at home").await);
        assert_eq!((there.version, there.letter), (2, Some(letter(&[], "at the office"))));
    }
    assert_eq!(told(&town.page("anna", None).await.changes), ["draft 1 version 2: at the office"]);
}

pub(super) async fn the_same_save_again_changes_nothing(town: &Town) {
    town.saved("anna", 1, None, "one").await;
    let before = town.cursor("anna").await;
    town.clock.forward_ms(1_000);
    assert_eq!(town.saved("anna", 1, None, "one").await, 1);
    assert_eq!(town.saved("anna", 1, Some(1), "one").await, 1);
    assert_eq!(town.cursor("anna").await, before);
}

pub(super) async fn nothing_never_takes_the_place_of_something(town: &Town) {
    town.saved("anna", 1, None, "one").await;
    let empty = Letter { to: vec![], subject: " ".into(), body: "\n".into(), importance: Importance::Normal };
    let reply = town.store.save_draft(&account("town", "anna"), id(1), Some(1), &empty).await.unwrap();
    assert_eq!(there(reply).letter, Some(letter(&[], "one")));
}

pub(super) async fn a_draft_thrown_away_goes_everywhere_and_can_be_written_on(town: &Town) {
    town.saved("anna", 1, None, "one").await;
    let cursor = town.cursor("anna").await;
    assert!(matches!(town.throw("anna", 1, Some(1)).await, Some(ThrownDraft::Thrown(Some(_)))));
    assert_eq!(town.throw("anna", 1, Some(1)).await, Some(ThrownDraft::Thrown(None)), "repeated");
    let step = town.page("anna", Some(&cursor)).await;
    assert_eq!(told(&step.changes), ["draft 1 version 2: thrown away"]);
    // Another device wrote on meanwhile: it is told, and its words outlive the end of the others.
    let there = there(town.save("anna", 1, Some(1), "one, two").await);
    assert_eq!((there.version, there.letter), (2, None));
    assert_eq!(town.saved("anna", 1, Some(2), "one, two").await, 3);
    let step = town.page("anna", Some(&step.cursor)).await;
    assert_eq!(told(&step.changes), ["draft 1 version 3: one, two"]);
}

pub(super) async fn only_the_version_meant_is_thrown_away(town: &Town) {
    town.saved("anna", 1, None, "one").await;
    town.saved("anna", 1, Some(1), "one, two").await;
    let Some(ThrownDraft::Conflict(there)) = town.throw("anna", 1, Some(1)).await else {
        panic!("a version that nobody saw was thrown away");
    };
    assert_eq!(there.version, 2);
    assert!(matches!(town.throw("anna", 1, None).await, Some(ThrownDraft::Thrown(Some(_)))));
}

pub(super) async fn others_drafts_do_not_exist(town: &Town) {
    town.saved("anna", 1, None, "anna's").await;
    assert_eq!(town.throw("boris", 1, None).await, None);
    assert_eq!(town.saved("boris", 1, None, "boris's").await, 1);
    let other = Owner { organisation: super::town::name("village"), login: super::town::login("anna") };
    assert_eq!(town.store.throw_draft(&other, id(1), None).await.unwrap(), None);
    assert_eq!(told(&town.page("anna", None).await.changes), ["draft 1 version 1: anna's"]);
    assert_eq!(told(&town.page("boris", None).await.changes), ["draft 1 version 1: boris's"]);
}

pub(super) async fn drafts_come_in_pages_with_the_mail(town: &Town) {
    town.send("boris", 1, &["anna"]).await;
    town.saved("anna", 2, None, "two").await;
    town.send("boris", 3, &["anna"]).await;
    town.saved("anna", 4, None, "four").await;
    let (mut cursor, mut all) = (None, Vec::new());
    loop {
        let query = ChangesQuery { max_changes: 1, ..since_then(cursor.as_ref()) };
        let ChangesReply::Page(page) = town.reply("anna", query).await else { panic!("no page") };
        all.extend(told(&page.changes));
        cursor = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    assert_eq!(
        all,
        [
            "letter 1 Received(Waiting)",
            "draft 2 version 1: two",
            "letter 3 Received(Waiting)",
            "draft 4 version 1: four"
        ]
    );
}

pub(super) async fn a_restored_office_takes_drafts_that_it_forgot(town: &Town) {
    assert_eq!(town.saved("anna", 1, Some(7), "from before the backup").await, 8);
}
