//! What happened to each copy, acknowledged and taken back mail, and who cannot be reached.

use restante_model::{DeliveryState, LedgerEvent};

use super::town::{Town, WEEK_MS, account, device, id, letter, login, name, owner, since_then, told};
use crate::{ChangesReply, LedgerEntry, LedgerQuery, NewDevice, Owner, Posted, Reach};

/// The ledger of a message that anna sent, in a line each.
async fn lines(town: &Town, number: u128) -> Vec<String> {
    let entries = town.store.ledger(&owner("anna"), id(number)).await.unwrap().expect("anna sent it");
    entries.iter().map(line).collect()
}

fn line(entry: &LedgerEntry) -> String {
    let device = entry.device.as_deref().map_or(String::new(), |device| format!(" on {device}"));
    format!("{} {}{device}", entry.recipient.login, entry.event.as_str())
}

pub(super) async fn each_step_of_each_copy_is_dated_and_in_order(town: &Town) {
    let accepted = town.send("anna", 1, &["boris", "clara"]).await.accepted_at;
    town.clock.forward_ms(1);
    town.fetch("boris").await;
    town.clock.forward_ms(1);
    for place in ["pc", "laptop", "pc"] {
        town.store.mark_alerted(&owner("boris"), &device(place), &[id(1), id(99)]).await.unwrap();
    }
    town.clock.forward_ms(1);
    town.store.mark_read(&owner("boris"), &device("laptop"), &[id(1)]).await.unwrap();
    town.clock.forward_ms(1);
    town.store.acknowledge(&owner("boris"), &device("laptop"), &[id(1)]).await.unwrap();
    town.clock.forward_ms(WEEK_MS);
    town.store.expire().await.unwrap();
    let entries = town.store.ledger(&owner("anna"), id(1)).await.unwrap().unwrap();
    assert_eq!(
        entries.iter().map(line).collect::<Vec<_>>(),
        [
            "boris accepted",
            "boris delivered on pc",
            "boris alerted on pc",
            "boris alerted on laptop",
            "boris read on laptop",
            "boris acknowledged on laptop",
            "clara accepted",
            "clara expired",
        ]
    );
    let dates: Vec<_> = entries.iter().map(|entry| entry.at.ms_since(accepted)).collect();
    assert_eq!(dates, [0, 1, 2, 2, 3, 4, 0, WEEK_MS + 4]);
}

pub(super) async fn reading_at_once_is_delivery_too(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    for _ in 0..2 {
        town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    }
    assert_eq!(lines(town, 1).await, ["boris accepted", "boris delivered on pc", "boris read on pc"]);
}

pub(super) async fn a_ledger_is_its_senders_alone(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let namesake = Owner { organisation: name("village"), login: login("anna") };
    for other in [owner("boris"), owner("clara"), namesake] {
        assert_eq!(town.store.ledger(&other, id(1)).await.unwrap(), None);
        assert!(town.store.retract(&other, id(1)).await.unwrap().is_none());
    }
    town.store.mark_alerted(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(town.store.acknowledge(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap(), []);
    assert_eq!(town.store.acknowledge(&owner("anna"), &device("pc"), &[id(1)]).await.unwrap(), []);
    assert_eq!(lines(town, 1).await, ["boris accepted"]);
}

pub(super) async fn an_acknowledgement_is_told_to_the_sender_once(town: &Town) {
    town.send("anna", 1, &["boris", "clara"]).await;
    town.fetch("boris").await;
    let (annas, boriss) = (town.cursor("anna").await, town.cursor("boris").await);
    // He knows of it, and has not read it.
    town.store.acknowledge(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(town.store.acknowledge(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap(), []);
    assert_eq!(told(&town.page("anna", Some(&annas)).await.changes), ["1 boris delivered, acknowledged"]);
    let page = town.page("boris", Some(&boriss)).await;
    assert_eq!((page.unread, told(&page.changes)), (1, vec!["1 boris delivered, acknowledged".to_owned()]));
    let copies = town.store.message(&owner("anna"), id(1)).await.unwrap().unwrap().copies;
    assert!(copies[0].acknowledged_at.is_some() && copies[1].acknowledged_at.is_none());

    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(told(&town.page("anna", Some(&annas)).await.changes), ["1 boris read, acknowledged"]);

    // What expired is too late to be acknowledged.
    town.clock.forward_ms(WEEK_MS);
    assert_eq!(town.store.acknowledge(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap(), []);
    assert_eq!(town.state("anna", 1, "clara").await, DeliveryState::Expired);
}

pub(super) async fn unread_mail_is_taken_back_on_both_sides(town: &Town) {
    town.send("anna", 1, &["anna", "boris", "clara"]).await;
    town.fetch("boris").await;
    town.store.mark_read(&owner("clara"), &device("pc"), &[id(1)]).await.unwrap();
    let cursors = [town.cursor("anna").await, town.cursor("boris").await, town.cursor("clara").await];
    let retracted = town.store.retract(&owner("anna"), id(1)).await.unwrap().expect("anna sent it");
    let states: Vec<_> = retracted.copies.iter().map(|copy| copy.state).collect();
    assert_eq!(states, [DeliveryState::Retracted, DeliveryState::Retracted, DeliveryState::Read]);
    assert_eq!(retracted.touched.len(), 2);

    let page = town.page("boris", Some(&cursors[1])).await;
    assert_eq!((page.unread, told(&page.changes)), (0, vec!["1 removed retracted".to_owned()]));
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);
    let reply = town.reply("clara", since_then(Some(&cursors[2]))).await;
    assert!(matches!(reply, ChangesReply::UpToDate(_)), "what was read is hers: {reply:?}");
    assert!(town.store.message(&owner("clara"), id(1)).await.unwrap().is_some());
    let mut senders = told(&town.page("anna", Some(&cursors[0])).await.changes);
    senders.sort();
    assert_eq!(senders, ["1 anna retracted", "1 boris retracted", "1 removed retracted"]);

    // Said again, and after the lifetime, nothing changes.
    for _ in 0..2 {
        let again = town.store.retract(&owner("anna"), id(1)).await.unwrap().unwrap();
        assert_eq!((again.copies, again.touched), (retracted.copies.clone(), Vec::new()));
        town.clock.forward_ms(WEEK_MS);
    }
    assert_eq!(town.store.expire().await.unwrap(), []);
    let ledger = lines(town, 1).await;
    assert!(ledger.contains(&"boris retracted".to_owned()), "{ledger:?}");
    assert!(!ledger.iter().any(|line| line.contains("expired")), "{ledger:?}");
}

pub(super) async fn what_comes_too_late_for_a_retraction_changes_nothing(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let cursor = town.cursor("boris").await;
    town.store.retract(&owner("anna"), id(1)).await.unwrap().unwrap();
    assert_eq!(town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap(), []);
    assert_eq!(town.store.acknowledge(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap(), []);
    town.store.mark_delivered(&owner("boris"), &device("pc"), &cursor).await.unwrap();
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Retracted);
    assert!(town.store.retract(&owner("anna"), id(9)).await.unwrap().is_none());
}

pub(super) async fn a_ledger_is_exported_in_pages_between_two_dates(town: &Town) {
    let first = town.send("anna", 1, &["boris", "clara"]).await.accepted_at;
    town.clock.forward_ms(10);
    let second = town.send("boris", 2, &["anna"]).await.accepted_at;
    let village = account("village", "dora");
    let posted = town.store.deliver(&village, id(3), &letter(&["anna"], "x")).await.unwrap();
    assert!(matches!(posted, Posted::Accepted(..)));
    let query = LedgerQuery { organisation: name("town"), from: None, to: None, after: 0, max_lines: 2 };
    let mut all = Vec::new();
    let mut page = town.store.ledger_page(&query).await.unwrap();
    while !page.lines.is_empty() {
        assert!(page.lines.len() <= 2);
        all.append(&mut page.lines);
        page = town.store.ledger_page(&LedgerQuery { after: page.after, ..query.clone() }).await.unwrap();
    }
    let told: Vec<_> = all.iter().map(|l| format!("{} {}", l.sender.login, line(&l.entry))).collect();
    assert_eq!(told, ["anna boris accepted", "anna clara accepted", "boris anna accepted"]);
    assert_eq!(all[2].entry.event, LedgerEvent::Accepted);
    for (from, to, lines) in [(Some(second), None, 1), (None, Some(second), 2), (Some(first), Some(first), 0)]
    {
        let page = town.store.ledger_page(&LedgerQuery { from, to, max_lines: 9, ..query.clone() }).await;
        assert_eq!(page.unwrap().lines.len(), lines, "{from:?} {to:?}");
    }
}

pub(super) async fn who_cannot_be_reached_is_told_apart(town: &Town) {
    let reach = async || town.store.reach(&name("town"), &[login("boris"), login("nobody")]).await.unwrap();
    let boris = |disabled, last_seen_at| Reach { login: login("boris"), disabled, last_seen_at };
    assert_eq!(reach().await, [boris(false, None)], "he never signed in");
    let new = NewDevice { id: "d".into(), name: "pc".into(), token_sum: [1; 32], client_version: None };
    let device = town.store.enrol_device(&account("town", "boris"), &new).await.unwrap();
    let seen = Some(device.last_seen_at);
    assert_eq!(reach().await, [boris(false, seen)]);
    town.store.revoke(&owner("boris"), "d").await.unwrap();
    assert_eq!(reach().await, [boris(false, seen)], "a device given up does not make him a stranger");
    assert_eq!(town.store.users(&name("town")).await.unwrap()[1].last_seen_at, seen);
    town.store.set_disabled(&owner("boris"), true).await.unwrap();
    assert_eq!(reach().await, [boris(true, seen)]);
}
