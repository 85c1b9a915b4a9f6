//! The states of a recipient's copy.

use restante_model::{Cursor, DeliveryState, Seconds};

use super::town::{Town, account, device, id, letter, login, name, owner, since_then};
use crate::{ChangesReply, Delivered, OfficeChange, Owner, Posted};

/// What may happen to a copy.
#[derive(Clone, Copy, Debug)]
enum Step {
    Delivered,
    Read,
    LifetimePasses,
}

pub(super) async fn no_walk_of_steps_takes_a_state_back(town: &Town) {
    let lifetime = OfficeChange::MessageLifetime(Seconds::new(10));
    town.store.change_office(&name("main"), lifetime).await.unwrap();
    let steps = [Step::Delivered, Step::Read, Step::LifetimePasses];
    let mut number = 0;
    let mut seen = std::collections::HashSet::new();
    for walk in 0..steps.len().pow(4) {
        let walk: Vec<Step> = (0..4).map(|place| steps[walk / 3_usize.pow(place) % 3]).collect();
        number += 1;
        town.send("anna", number, &["boris"]).await;
        let mut state = DeliveryState::Waiting;
        for step in &walk {
            match step {
                Step::Delivered => town.fetch("boris").await,
                Step::Read => {
                    town.store
                        .mark_read(&owner("boris"), &device("pc"), &[id(number)])
                        .await
                        .map(drop)
                        .unwrap();
                }
                Step::LifetimePasses => town.clock.forward_ms(10_000),
            }
            let next = town.state("anna", number, "boris").await;
            assert!(next == state || state.may_become(next), "{state:?} became {next:?} in {walk:?}");
            state = next;
        }
        seen.insert(state);
    }
    // Each way a walk can end was ended.
    assert_eq!(seen, [DeliveryState::Delivered, DeliveryState::Read, DeliveryState::Expired].into());
}

pub(super) async fn delivered_is_what_lies_before_the_cursor(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let cursor = town.cursor("boris").await;
    town.send("anna", 2, &["boris"]).await;
    town.store.mark_delivered(&owner("boris"), &device("pc"), &cursor).await.unwrap();
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Delivered);
    assert_eq!(town.state("anna", 2, "boris").await, DeliveryState::Waiting);

    // Said once more, it changes nothing.
    let again = town.store.mark_delivered(&owner("boris"), &device("pc"), &cursor).await.unwrap();
    assert_eq!(again, Delivered::Noted(Vec::new()));
}

pub(super) async fn steps_on_what_is_not_ones_own_change_nothing(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    let places = [town.cursor("anna").await, town.cursor("boris").await];
    let read = |owner: Owner| async move {
        town.store.mark_read(&owner, &device("pc"), &[id(1), id(99)]).await.unwrap()
    };
    assert_eq!(read(owner("anna")).await, [], "the sender has no copy to read");
    assert_eq!(read(owner("clara")).await, [], "nor has a colleague");
    let namesake = Owner { organisation: name("village"), login: login("boris") };
    assert_eq!(read(namesake).await, []);
    assert_eq!(town.store.delete_message(&owner("clara"), id(1)).await.unwrap(), None);

    // A cursor as far as boris's, said by clara, whose mailbox is another one.
    let posted = town.store.deliver(&account("town", "anna"), id(2), &letter(&["clara"], "x")).await.unwrap();
    assert!(matches!(posted, Posted::Accepted(..)));
    let noted = town.store.mark_delivered(&owner("clara"), &device("pc"), &places[1]).await.unwrap();
    assert!(matches!(noted, Delivered::Noted(_)), "{noted:?}");
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Waiting);
    let reply = town.reply("boris", since_then(Some(&places[1]))).await;
    assert!(matches!(reply, ChangesReply::UpToDate(Cursor { .. })), "{reply:?}");
}
