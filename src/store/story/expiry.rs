//! Mail that nobody read in time (row S5).

use restante_model::{DeliveryState, Seconds};

use super::town::{Town, WEEK_MS, device, id, name, owner, since_then, told};
use crate::{ChangesReply, OfficeChange, OfficeTerms};

pub(super) async fn unread_mail_expires_and_both_sides_learn_it(town: &Town) {
    let accepted = town.send("anna", 1, &["boris", "clara"]).await;
    assert_eq!(accepted.expires_at.ms_since(accepted.accepted_at), WEEK_MS);
    town.store.mark_read(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap();
    let (annas, boriss) = (town.cursor("anna").await, town.cursor("boris").await);

    town.clock.forward_ms(WEEK_MS);
    let page = town.page("anna", Some(&annas)).await;
    assert_eq!(told(&page.changes), ["1 boris expired"], "the sender's very next check says so");
    let page = town.page("boris", Some(&boriss)).await;
    assert_eq!((page.unread, told(&page.changes)), (0, vec!["1 removed expired".to_owned()]));
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);

    let copies = town.store.message(&owner("anna"), id(1)).await.unwrap().unwrap().copies;
    assert_eq!((copies[0].state, copies[0].delivered_at), (DeliveryState::Expired, None));
    assert_eq!(copies[1].state, DeliveryState::Read);
    assert!(town.store.message(&owner("clara"), id(1)).await.unwrap().is_some(), "who read it keeps it");
}

pub(super) async fn from_that_millisecond_the_text_is_not_served(town: &Town) {
    for number in [1, 2] {
        town.send("anna", number, &["boris"]).await;
    }
    town.clock.forward_ms(WEEK_MS - 1);
    assert!(town.store.message(&owner("boris"), id(1)).await.unwrap().is_some());
    assert_eq!(town.page("boris", None).await.unread, 2);
    town.clock.forward_ms(1);
    // No housekeeping came in between.
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);
    let page = town.page("boris", None).await;
    assert_eq!(
        (page.unread, told(&page.changes)),
        (0, vec!["1 removed expired".into(), "2 removed expired".into()])
    );
    // Nor to one who asks for nothing but a deletion.
    assert_eq!(town.store.delete_message(&owner("boris"), id(2)).await.unwrap(), None);
}

pub(super) async fn delivered_mail_expires_too_and_read_mail_does_not(town: &Town) {
    for number in [1, 2] {
        town.send("anna", number, &["boris"]).await;
    }
    town.fetch("boris").await;
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(2)]).await.unwrap();
    town.clock.forward_ms(WEEK_MS);
    town.store.expire().await.unwrap();
    let copy = town.store.message(&owner("anna"), id(1)).await.unwrap().unwrap().copies.remove(0);
    assert_eq!(copy.state, DeliveryState::Expired);
    assert!(copy.delivered_at.is_some(), "that it was delivered is not forgotten");
    assert_eq!(town.state("anna", 2, "boris").await, DeliveryState::Read);
    assert!(town.store.message(&owner("boris"), id(2)).await.unwrap().is_some());
}

pub(super) async fn what_comes_too_late_does_not_undo_it(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let cursor = town.cursor("boris").await;
    town.clock.forward_ms(WEEK_MS);
    // Before anything noticed that it expired, and after.
    for _ in 0..2 {
        assert_eq!(town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap(), []);
        town.store.mark_delivered(&owner("boris"), &device("pc"), &cursor).await.unwrap();
        assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Expired);
    }
    // A clock that is set back brings nothing back.
    town.clock.forward_ms(-WEEK_MS);
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);
    assert_eq!(town.page("boris", None).await.unread, 0);
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Expired);
}

pub(super) async fn a_whole_office_expires_in_steps(town: &Town) {
    for number in 0..120 {
        town.send("anna", number, &["boris"]).await;
    }
    assert_eq!(town.store.expire().await.unwrap(), [], "nothing is due");
    town.clock.forward_ms(WEEK_MS);
    let touched = town.store.expire().await.unwrap();
    let furthest = |login: &str| {
        touched.iter().filter(|touched| touched.owner == owner(login)).map(|touched| touched.modseq).max()
    };
    assert_eq!((furthest("anna"), furthest("boris")), (Some(240), Some(240)), "{touched:?}");
    assert_eq!(town.store.expire().await.unwrap(), [], "once is enough");
    assert_eq!(town.page("boris", None).await.changes.len(), 120);
}

pub(super) async fn another_lifetime_holds_for_what_still_waits(town: &Town) {
    for number in [1, 2] {
        town.send("anna", number, &["boris", "clara"]).await;
    }
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    town.store.mark_read(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap();
    let (annas, boriss) = (town.cursor("anna").await, town.cursor("boris").await);

    let lifetime = |seconds| OfficeChange::MessageLifetime(Seconds::new(seconds));
    town.store.change_office(&name("main"), lifetime(10)).await.unwrap();
    let page = town.page("boris", Some(&boriss)).await;
    assert_eq!(told(&page.changes), ["2 expires at another time"], "what is read does not expire");
    let told_sender = told(&town.page("anna", Some(&annas)).await.changes);
    assert!(told_sender.contains(&"2 expires at another time".to_owned()), "{told_sender:?}");
    let message = town.store.message(&owner("boris"), id(2)).await.unwrap().unwrap();
    assert_eq!(message.expires_at.ms_since(message.accepted_at), 10_000);

    // Longer again, and again shorter: what has expired stays so.
    let terms = town.store.offices().await.unwrap().remove(0).terms;
    let all = OfficeChange::All(OfficeTerms { message_lifetime: Seconds::new(20), ..terms });
    town.store.change_office(&name("main"), all).await.unwrap();
    town.clock.forward_ms(19_000);
    assert!(town.store.message(&owner("boris"), id(2)).await.unwrap().is_some());
    town.store.change_office(&name("main"), lifetime(5)).await.unwrap();
    assert_eq!(town.store.message(&owner("boris"), id(2)).await.unwrap(), None);
    town.store.change_office(&name("main"), lifetime(100)).await.unwrap();
    assert_eq!(town.store.message(&owner("boris"), id(2)).await.unwrap(), None);
    assert_eq!(town.state("anna", 2, "boris").await, DeliveryState::Expired);
    let new = town.send("anna", 3, &["boris"]).await;
    assert_eq!(new.expires_at.ms_since(new.accepted_at), 100_000);
}

pub(super) async fn both_sides_are_warned_once_before_it_expires(town: &Town) {
    const DAY_MS: i64 = 86_400_000;
    town.send("anna", 1, &["boris", "clara"]).await;
    town.store.mark_read(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap();
    let cursors = [town.cursor("anna").await, town.cursor("boris").await, town.cursor("clara").await];
    town.clock.forward_ms(WEEK_MS - DAY_MS - 1);
    assert_eq!(town.store.expire().await.unwrap(), [], "it is not near yet");
    town.clock.forward_ms(1);
    assert_eq!(town.store.expire().await.unwrap().len(), 2);
    assert_eq!(town.store.expire().await.unwrap(), [], "once is enough");
    assert_eq!(told(&town.page("boris", Some(&cursors[1])).await.changes), ["1 expires soon"]);
    assert_eq!(told(&town.page("anna", Some(&cursors[0])).await.changes), ["1 expires soon"]);
    let reply = town.reply("clara", since_then(Some(&cursors[2]))).await;
    assert!(matches!(reply, ChangesReply::UpToDate(_)), "who read it has nothing to lose: {reply:?}");

    // Read meanwhile, it is not spoken of any more.
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(told(&town.page("boris", Some(&cursors[1])).await.changes), ["1 boris read"]);
}

pub(super) async fn a_warning_can_be_set_or_left_out(town: &Town) {
    let (main, warning) = (name("main"), |seconds| OfficeChange::ExpiryWarning(Seconds::new(seconds)));
    town.store.change_office(&main, OfficeChange::MessageLifetime(Seconds::new(60))).await.unwrap();
    town.send("anna", 1, &["boris"]).await;
    assert_eq!(town.store.expire().await.unwrap(), [], "a day's warning of a minute's life says nothing");
    town.store.change_office(&main, warning(0)).await.unwrap();
    town.clock.forward_ms(40_000);
    assert_eq!(town.store.expire().await.unwrap(), []);
    town.store.change_office(&main, warning(30)).await.unwrap();
    assert_eq!(town.store.expire().await.unwrap().len(), 2);
    let terms = town.store.offices().await.unwrap().remove(0).terms;
    assert_eq!((terms.expiry_warning.get(), terms.message_lifetime.get()), (30, 60));
}

pub(super) async fn of_what_expired_for_all_a_tombstone_stays(town: &Town) {
    for number in [1, 2] {
        town.send("anna", number, &["boris", "clara"]).await;
    }
    town.store.mark_read(&owner("clara"), &device("pc"), &[id(2)]).await.unwrap();
    town.clock.forward_ms(WEEK_MS);
    town.store.expire().await.unwrap();
    let stone = town.store.message(&owner("anna"), id(1)).await.unwrap().expect("its header is there");
    assert_eq!((stone.subject.as_str(), stone.body.as_str()), ("letter 1", ""));
    assert!(stone.text_removed_at.is_some());
    assert!(stone.copies.iter().all(|copy| copy.state == DeliveryState::Expired));
    let read = town.store.message(&owner("anna"), id(2)).await.unwrap().unwrap();
    assert_eq!((read.body.as_str(), read.text_removed_at), ("About letter 2.", None));

    // Kept for as long as the administrator says.
    let main = name("main");
    town.store.change_office(&main, OfficeChange::LedgerRetention(Seconds::new(1_000))).await.unwrap();
    town.clock.forward_ms(999_999);
    town.store.expire().await.unwrap();
    assert!(town.store.ledger(&owner("anna"), id(1)).await.unwrap().is_some());
    town.clock.forward_ms(1);
    town.store.expire().await.unwrap();
    assert_eq!(town.store.ledger(&owner("anna"), id(1)).await.unwrap(), None);
    assert_eq!(town.store.message(&owner("anna"), id(1)).await.unwrap(), None);
    assert!(
        town.store.ledger(&owner("anna"), id(2)).await.unwrap().is_some(),
        "that text is kept, so is this"
    );
    assert_eq!(town.page("boris", None).await.changes.len(), 1, "the mailbox goes on without it");
}

pub(super) async fn a_check_says_what_expired_and_what_expires_next(town: &Town) {
    let check = async |login: &str| town.store.changes(&owner(login), &since_then(None)).await.unwrap();
    assert_eq!(check("boris").await.next_expiry, None, "there is nothing");
    let first = town.send("anna", 1, &["boris"]).await.expires_at;
    town.clock.forward_ms(1_000);
    let second = town.send("anna", 2, &["boris", "clara"]).await.expires_at;
    for (login, expected) in [("boris", first), ("anna", first), ("clara", second)] {
        assert_eq!(check(login).await.next_expiry, Some(expected), "{login}");
    }
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(check("boris").await.next_expiry, Some(second), "what was read does not expire");

    town.clock.forward_ms(WEEK_MS);
    let checked = check("clara").await;
    assert_eq!(checked.next_expiry, None);
    let touched: Vec<_> = checked.expired.iter().map(|touched| touched.owner.clone()).collect();
    for login in ["anna", "boris", "clara"] {
        assert!(touched.contains(&owner(login)), "{login}'s mailbox changed: {touched:?}");
    }
    assert_eq!(check("boris").await.expired, []);
}
