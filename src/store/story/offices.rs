//! Organisations and post offices, as an administrator makes and moves them.

use super::town::{Town, account, device, id, letter, name, owner, separate, since_then, told};
use crate::{NewOffice, OfficeChange, OfficeTerms, Placement, Posted, Refusal, StoreError, Unavailable};

fn office(text: &str, placement: Placement) -> NewOffice {
    NewOffice { name: name(text), placement, terms: OfficeTerms::default() }
}

pub(super) async fn without_an_office_there_is_no_mail(town: &Town) {
    town.send("anna", 1, &["boris"]).await;
    assert_eq!(town.store.detach(&name("town")).await.unwrap(), Some(name("main")));
    assert_eq!(town.store.detach(&name("town")).await.unwrap(), None);
    let refused = [
        town.store.changes(&owner("boris"), &since_then(None)).await.err(),
        town.store.message(&owner("boris"), id(1)).await.err(),
        town.store.settings(&owner("boris")).await.err(),
        town.store.deliver(&account("town", "anna"), id(2), &letter(&["boris"], "x")).await.err(),
    ];
    for error in refused {
        let why = Unavailable::NoneAttached;
        assert!(
            matches!(&error, Some(StoreError::Unavailable { why: found, .. }) if *found == why),
            "{error:?}"
        );
    }
    let list = town.store.organisations().await.unwrap();
    assert_eq!(list.iter().map(|home| home.name.as_str()).collect::<Vec<_>>(), ["town", "village"]);
    assert_eq!((list[0].users, &list[0].unavailable), (Some(3), &Some(Unavailable::NoneAttached)));
    assert_eq!(list[1].unavailable, None);

    // Its mail waited where it was.
    town.store.attach(&name("main"), &name("town")).await.unwrap();
    assert_eq!(told(&town.page("boris", None).await.changes), ["letter 1 Received(Waiting)"]);
}

pub(super) async fn an_office_is_attached_changed_for_another_and_taken_away(town: &Town) {
    let overview = town.store.create_office(&office("other", separate())).await.unwrap();
    assert_eq!((overview.placement, overview.organisations.len()), ("separate", 0));
    assert!(overview.unavailable.is_none());
    let attached = town.store.attach(&name("other"), &name("town")).await.unwrap();
    assert_eq!(attached.organisations, [name("town")]);
    town.send("anna", 1, &["boris"]).await;
    assert_eq!(town.page("boris", None).await.unread, 1);
    let offices = town.store.offices().await.unwrap();
    let served: Vec<_> =
        offices.iter().map(|office| (office.name.as_str(), office.organisations.len())).collect();
    assert_eq!(served, [("main", 1), ("other", 1)]);

    // A cursor of one post office says nothing to another.
    let cursor = town.cursor("boris").await;
    town.store.attach(&name("main"), &name("town")).await.unwrap();
    let reply = town.reply("boris", since_then(Some(&cursor))).await;
    assert!(matches!(reply, crate::ChangesReply::Reset), "{reply:?}");
}

pub(super) async fn an_office_can_lie_in_its_organisations_database(town: &Town) {
    let inside = office("inside", Placement::Current { organisation: name("town") });
    let overview = town.store.create_office(&inside).await.unwrap();
    assert_eq!(overview.placement, "current");
    town.store.attach(&name("inside"), &name("town")).await.unwrap();
    town.send("anna", 1, &["boris"]).await;
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert_eq!(told(&town.page("anna", None).await.changes).len(), 2);
    let second = office("second", Placement::Current { organisation: name("town") });
    let refused = town.store.create_office(&second).await.unwrap_err();
    let StoreError::Refused(Refusal::DatabaseTaken { office, .. }) = &refused else {
        panic!("not refused: {refused:?}")
    };
    assert_eq!(office, "inside");
}

pub(super) async fn what_an_administrator_misspells_is_named(town: &Town) {
    let taken = town.store.create_organisation(&name("town"), "Another town").await.unwrap_err();
    assert_eq!(taken.to_string(), "organisation \"town\" exists already");
    let taken = town.store.create_office(&office("main", separate())).await.unwrap_err();
    assert_eq!(taken.to_string(), "post office \"main\" exists already");
    let nowhere = office("new", Placement::Current { organisation: name("nowhere") });
    let unknown = [
        town.store.attach(&name("nothing"), &name("town")).await.err(),
        town.store.attach(&name("main"), &name("nowhere")).await.err(),
        town.store.detach(&name("nowhere")).await.err(),
        town.store.change_office(&name("nothing"), OfficeChange::IntervalLocked(true)).await.err(),
        town.store.users(&name("nowhere")).await.err(),
        town.store.create_office(&nowhere).await.err(),
    ];
    for error in unknown {
        assert!(matches!(error, Some(StoreError::Unknown { .. })), "{error:?}");
    }
    let titles: Vec<_> =
        town.store.organisations().await.unwrap().into_iter().map(|home| home.title).collect();
    assert_eq!(titles, ["The town", "The village"], "nothing was changed");
    assert_eq!(town.store.offices().await.unwrap().len(), 1);
    assert!(matches!(town.post("anna", 1, &letter(&["boris"], "x")).await, Posted::Accepted(..)));
}
