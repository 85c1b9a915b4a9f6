//! Letters on their way.

use restante_model::{DeliveryState, Letter};

use super::town::{Town, account, device, id, letter, login, name, owner, told};
use crate::{Direction, Owner, Posted, Touched};

pub(crate) async fn first_mail_travels_and_its_sender_is_told(town: &Town) {
    let accepted = town.send("anna", 1, &["boris"]).await;
    assert_eq!(accepted.recipients.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["BORIS"]);

    let page = town.page("boris", None).await;
    assert_eq!((page.unread, page.more), (1, false));
    assert_eq!(told(&page.changes), ["letter 1 Received(Waiting)"]);
    let sent = town.page("anna", None).await;
    assert_eq!((sent.unread, told(&sent.changes)), (0, vec!["letter 1 Sent".to_owned()]));
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Waiting);

    town.store.mark_delivered(&owner("boris"), &device("pc"), &page.cursor).await.unwrap();
    let step = town.page("anna", Some(&sent.cursor)).await;
    assert_eq!(told(&step.changes), ["1 boris delivered"]);

    town.clock.forward_ms(5_000);
    let touched = town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(touched.len(), 2, "{touched:?}");
    let step = town.page("anna", Some(&step.cursor)).await;
    assert_eq!(told(&step.changes), ["1 boris read"]);
    let own = town.page("boris", Some(&page.cursor)).await;
    assert_eq!((own.unread, told(&own.changes)), (0, vec!["1 boris read".to_owned()]));

    let message = town.store.message(&owner("boris"), id(1)).await.unwrap().unwrap();
    assert_eq!(message.direction, Direction::Received(DeliveryState::Read));
    assert_eq!((message.body.as_str(), message.from.login.as_str()), ("About letter 1.", "anna"));
    assert_eq!(message.copies[0].since.ms_since(message.accepted_at), 5_000);
    assert_eq!(message.copies[0].delivered_at, Some(message.accepted_at));
}

pub(crate) async fn a_letter_to_many_reaches_each_once(town: &Town) {
    let many: Vec<String> = (0..150).map(|n| format!("user{n}")).collect();
    for user in &many {
        town.add("town", user).await;
    }
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let Posted::Accepted(accepted, touched) = town.post("anna", 1, &letter(&many, "to all")).await else {
        panic!("not accepted");
    };
    assert_eq!(accepted.recipients.iter().map(|person| person.login.as_str()).collect::<Vec<_>>(), many);
    assert_eq!(touched.len(), 151);
    assert!(touched.iter().all(|Touched { modseq, .. }| *modseq == 1));
    for user in &many {
        assert_eq!(told(&town.page(user, None).await.changes), ["to all Received(Waiting)"]);
    }
    let message = town.store.message(&owner("anna"), id(1)).await.unwrap().unwrap();
    let copies: Vec<_> = message.copies.iter().map(|copy| copy.person.login.as_str()).collect();
    assert_eq!(copies, many, "in the order written");
}

pub(super) async fn a_recipient_written_twice_gets_it_once(town: &Town) {
    let accepted = town.send("anna", 1, &["boris", "Boris", "clara", " boris "]).await;
    let logins: Vec<_> = accepted.recipients.iter().map(|person| person.login.as_str()).collect();
    assert_eq!(logins, ["boris", "clara"]);
    assert_eq!(town.page("boris", None).await.unread, 1);
}

pub(super) async fn one_can_write_to_oneself(town: &Town) {
    town.send("anna", 1, &["anna", "boris"]).await;
    let page = town.page("anna", None).await;
    assert_eq!(told(&page.changes), ["letter 1 Sent", "letter 1 Received(Waiting)"]);
    assert_eq!(page.unread, 1);

    town.store.mark_read(&owner("anna"), &device("pc"), &[id(1)]).await.unwrap();
    let step = town.page("anna", Some(&page.cursor)).await;
    assert_eq!((step.unread, told(&step.changes)), (0, vec!["1 anna read".to_owned()]));

    // It goes from both sides at once, and boris keeps his.
    town.store.delete_message(&owner("anna"), id(1)).await.unwrap().unwrap();
    assert_eq!(town.store.message(&owner("anna"), id(1)).await.unwrap(), None);
    let gone = town.page("anna", Some(&step.cursor)).await;
    assert_eq!(told(&gone.changes), ["1 removed deleted", "1 removed deleted"]);
    assert!(town.store.message(&owner("boris"), id(1)).await.unwrap().is_some());
}

pub(super) async fn the_same_request_gets_the_same_answer_for_ever(town: &Town) {
    let first = town.send("anna", 1, &["boris", "clara"]).await;
    let again = async || match town.post("anna", 1, &letter(&["boris", "clara"], "letter 1")).await {
        Posted::Repeated(accepted) => accepted,
        other => panic!("not the same answer: {other:?}"),
    };
    let before = town.cursor("boris").await;
    town.clock.forward_ms(60_000);
    assert_eq!(again().await, first);
    assert_eq!(town.cursor("boris").await, before, "nothing came twice");

    // Also once no mailbox shows it any more and its text is gone.
    for user in ["anna", "boris", "clara"] {
        town.store.delete_message(&owner(user), id(1)).await.unwrap().unwrap();
    }
    assert_eq!(again().await, first);
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);
}

pub(super) async fn an_id_that_names_another_message_is_refused(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let same = letter(&["boris"], "letter 1");
    for other in [
        Letter { body: "Other words.".into(), ..same.clone() },
        Letter { subject: "other".into(), ..same.clone() },
        Letter { to: vec!["clara".into()], ..same.clone() },
        Letter { importance: restante_model::Importance::High, ..same.clone() },
    ] {
        assert_eq!(town.post("anna", 1, &other).await, Posted::IdReused, "{other:?}");
    }
    assert_eq!(town.post("clara", 1, &same).await, Posted::IdReused, "by another sender");
    let message = town.store.message(&owner("boris"), id(1)).await.unwrap().unwrap();
    assert_eq!(message.body, "About letter 1.");
    assert_eq!(town.page("boris", None).await.changes.len(), 1);
    assert!(town.page("clara", None).await.changes.is_empty());
}

pub(super) async fn the_same_id_at_once_is_stored_once(town: &Town) {
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = std::sync::Arc::clone(&town.store);
        asked.spawn(async move {
            store.deliver(&account("town", "anna"), id(1), &letter(&["boris"], "letter 1")).await.unwrap()
        });
    }
    let answers = asked.join_all().await;
    let accepted = answers.iter().filter(|answer| matches!(answer, Posted::Accepted(..))).count();
    let repeated = answers.iter().filter(|answer| matches!(answer, Posted::Repeated(_))).count();
    assert_eq!((accepted, repeated), (1, 7), "{answers:?}");
    assert_eq!(town.page("boris", None).await.changes.len(), 1);
}

pub(super) async fn unknown_recipients_are_all_named_and_nothing_is_stored(town: &Town) {
    // "dora" lives in the village: from the town she is nobody.
    let answer = town.post("anna", 1, &letter(&["boris", "nobody", "dora", "no login!"], "letter 1")).await;
    let unknown = ["nobody", "dora", "no login!"].map(ToOwned::to_owned).to_vec();
    assert_eq!(answer, Posted::UnknownRecipients(unknown));
    assert_eq!(town.store.message(&owner("anna"), id(1)).await.unwrap(), None);
    assert!(town.page("boris", None).await.changes.is_empty());
    // The id is still free.
    town.send("anna", 1, &["boris"]).await;
}

pub(super) async fn other_organisations_do_not_meet(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    // The same login and the same id, at the same post office, in another organisation.
    let namesake = Owner { organisation: name("village"), login: login("anna") };
    assert_eq!(town.store.message(&namesake, id(1)).await.unwrap(), None);
    assert_eq!(town.store.delete_message(&namesake, id(1)).await.unwrap(), None);
    let posted = town.store.deliver(&account("village", "anna"), id(1), &letter(&["dora"], "harvest")).await;
    assert!(matches!(posted.unwrap(), Posted::Accepted(..)), "the id is not taken in the village");
    let unknown = town.store.deliver(&account("village", "anna"), id(2), &letter(&["boris"], "x")).await;
    assert_eq!(unknown.unwrap(), Posted::UnknownRecipients(vec!["boris".into()]));

    assert_eq!(told(&town.page("anna", None).await.changes), ["letter 1 Sent"]);
    assert_eq!(told(&town.page("boris", None).await.changes), ["letter 1 Received(Waiting)"]);
    let logins: Vec<_> = town
        .store
        .directory(&name("village"))
        .await
        .unwrap()
        .into_iter()
        .map(|person| person.login)
        .collect();
    assert_eq!(logins, [login("anna"), login("dora")]);
}

pub(super) async fn a_deleted_message_leaves_one_mailbox_alone(town: &Town) {
    town.send("anna", 1, &["boris", "clara"]).await;
    let before = town.cursor("boris").await;
    town.store.delete_message(&owner("boris"), id(1)).await.unwrap().unwrap();
    assert_eq!(town.store.delete_message(&owner("boris"), id(1)).await.unwrap(), None, "it is gone already");
    assert_eq!(town.store.message(&owner("boris"), id(1)).await.unwrap(), None);
    let page = town.page("boris", Some(&before)).await;
    assert_eq!((page.unread, told(&page.changes)), (0, vec!["1 removed deleted".to_owned()]));
    // From the beginning there is no trace of its text.
    assert_eq!(told(&town.page("boris", None).await.changes), ["1 removed deleted"]);
    for other in ["anna", "clara"] {
        assert!(town.store.message(&owner(other), id(1)).await.unwrap().is_some(), "{other} lost it");
    }
}
