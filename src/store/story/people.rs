//! Users and their devices.

use restante_model::{CheckInterval, Timestamp};

use super::town::{Town, account, letter, login, name, owner, person};
use crate::{Account, Credentials, NewDevice, NewUser, OfficeChange, Owner, Posted, Seen, StoreError};

fn device(id: &str, sum: u8) -> NewDevice {
    NewDevice { id: id.into(), name: "desk".into(), token_sum: [sum; 32], client_version: None }
}

async fn credentials(town: &Town, organisation: &str, user: &str) -> Option<Credentials> {
    town.store.credentials_for(&name(organisation), &login(user)).await.unwrap()
}

/// As the server knows him once he gave the right password.
async fn signed_in(town: &Town, user: &str) -> Account {
    credentials(town, "town", user).await.expect("he is a user").account
}

pub(super) async fn a_token_leads_to_its_device_until_it_is_revoked(town: &Town) {
    let anna = signed_in(town, "anna").await;
    for (id, sum) in [("one", 1), ("two", 2)] {
        town.store.enrol_device(&anna, &device(id, sum)).await.unwrap();
    }
    let by_token = |sum| town.store.device_by_token_sum(&anna.organisation_tag, sum);
    let enrolled = by_token(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((enrolled.device.id.as_str(), &enrolled.account), ("one", &anna));
    assert_eq!(by_token(&[3; 32]).await.unwrap(), None);
    assert_eq!(town.store.device_by_token_sum("ffffffff", &[1; 32]).await.unwrap(), None);
    let village = credentials(town, "village", "anna").await.unwrap().account;
    let elsewhere = town.store.device_by_token_sum(&village.organisation_tag, &[1; 32]).await.unwrap();
    assert_eq!(elsewhere, None, "a token of the town opens nothing in the village");

    assert!(town.store.revoke(&owner("anna"), "one").await.unwrap());
    assert_eq!(by_token(&[1; 32]).await.unwrap(), None);
    assert!(!town.store.revoke(&owner("anna"), "one").await.unwrap(), "it is gone already");
    assert!(by_token(&[2; 32]).await.unwrap().is_some(), "the other device goes on");
    let left: Vec<_> = town.store.devices(&owner("anna")).await.unwrap();
    assert_eq!(left.iter().map(|device| device.id.as_str()).collect::<Vec<_>>(), ["two"]);
}

pub(super) async fn nobody_revokes_anothers_device(town: &Town) {
    let anna = signed_in(town, "anna").await;
    town.store.enrol_device(&anna, &device("one", 1)).await.unwrap();
    assert!(!town.store.revoke(&owner("boris"), "one").await.unwrap());
    let namesake = Owner { organisation: name("village"), login: login("anna") };
    assert!(!town.store.revoke(&namesake, "one").await.unwrap());
    assert!(town.store.device_by_token_sum(&anna.organisation_tag, &[1; 32]).await.unwrap().is_some());
    assert!(town.store.devices(&owner("boris")).await.unwrap().is_empty());
}

pub(super) async fn a_disabled_user_is_shut_out_but_can_be_written_to(town: &Town) {
    let boris = signed_in(town, "boris").await;
    town.store.enrol_device(&boris, &device("one", 1)).await.unwrap();
    town.store.set_disabled(&owner("boris"), true).await.unwrap();
    let by_token = || town.store.device_by_token_sum(&boris.organisation_tag, &[1; 32]);
    assert_eq!(by_token().await.unwrap(), None);
    assert!(credentials(town, "town", "boris").await.unwrap().disabled);
    let directory = town.store.directory(&name("town")).await.unwrap();
    assert_eq!(directory, [person("anna"), person("clara")]);
    let posted = town.post("anna", 1, &letter(&["boris"], "letter 1")).await;
    assert!(matches!(posted, Posted::Accepted(..)), "{posted:?}");

    town.store.set_disabled(&owner("boris"), false).await.unwrap();
    assert!(by_token().await.unwrap().is_some(), "his device is still his");
    assert_eq!(town.page("boris", None).await.unread, 1);
}

pub(super) async fn unknown_people_have_no_credentials(town: &Town) {
    assert!(credentials(town, "town", "nobody").await.is_none());
    assert!(credentials(town, "nowhere", "anna").await.is_none());
    let (here, there) = (credentials(town, "town", "anna").await, credentials(town, "village", "anna").await);
    let (here, there) = (here.unwrap(), there.unwrap());
    assert_eq!((here.account.organisation_title.as_str(), here.disabled), ("The town", false));
    assert_ne!(here.account.organisation_tag, there.account.organisation_tag);
    town.store.set_password_hash(&owner("anna"), "another").await.unwrap();
    assert_eq!(credentials(town, "town", "anna").await.unwrap().password_hash, "another");
    assert_eq!(credentials(town, "village", "anna").await.unwrap().password_hash, "hash of anna");
}

pub(super) async fn names_are_taken_once(town: &Town) {
    let again = NewUser { person: person("anna"), password_hash: "another".into() };
    let taken = town.store.add_user(&name("town"), &again).await.unwrap_err();
    assert!(matches!(taken, StoreError::NameTaken { what: "user", .. }), "{taken:?}");
    assert_eq!(credentials(town, "town", "anna").await.unwrap().password_hash, "hash of anna");
    let unknown = town.store.add_user(&name("nowhere"), &again).await.unwrap_err();
    assert!(matches!(unknown, StoreError::Unknown { what: "organisation", .. }), "{unknown:?}");
    for missing in [
        town.store.set_disabled(&owner("nobody"), true).await,
        town.store.set_password_hash(&owner("nobody"), "x").await,
    ] {
        assert!(matches!(missing, Err(StoreError::Unknown { what: "user", .. })), "{missing:?}");
    }
}

pub(super) async fn when_devices_were_seen_only_moves_forward(town: &Town) {
    let anna = signed_in(town, "anna").await;
    town.store.enrol_device(&account("town", "anna"), &device("one", 1)).await.unwrap();
    let enrolled_at = town.store.devices(&owner("anna")).await.unwrap()[0].last_seen_at;
    let seen = async |device: &str, at: Timestamp| {
        let seen = Seen { device: device.into(), at, client_version: Some("0.1.0".into()) };
        town.store.devices_seen(&anna.organisation, &[seen]).await.unwrap();
        town.store.devices(&owner("anna")).await.unwrap()[0].last_seen_at
    };
    let later = enrolled_at.plus_ms(60_000);
    assert_eq!(seen("one", later).await, later);
    assert_eq!(seen("one", enrolled_at).await, later);
    assert_eq!(seen("revoked meanwhile", later.plus_ms(1)).await, later);
    let users = town.store.users(&name("town")).await.unwrap();
    assert_eq!((users[0].devices, users[0].last_seen_at), (1, Some(later)));
    assert_eq!((users[1].devices, users[1].last_seen_at), (0, None), "boris never signed in");
}

pub(super) async fn many_users_are_added_together_or_not_at_all(town: &Town) {
    let user = |login| NewUser { person: person(login), password_hash: "hash".into() };
    let taken = town.store.add_users(&name("town"), &[user("dmitri"), user("anna"), user("egor")]).await;
    assert!(matches!(taken, Err(StoreError::NameTaken { what: "user", .. })), "{taken:?}");
    assert_eq!(town.store.users(&name("town")).await.unwrap().len(), 3, "dmitri was not left behind");
    town.store.add_users(&name("town"), &[user("dmitri"), user("egor")]).await.unwrap();
    assert_eq!(town.store.users(&name("town")).await.unwrap().len(), 5);
}

pub(super) async fn a_password_is_changed_only_from_the_one_he_has(town: &Town) {
    let anna = signed_in(town, "anna").await;
    for (id, sum) in [("one", 1), ("two", 2)] {
        town.store.enrol_device(&anna, &device(id, sum)).await.unwrap();
    }
    let boris = signed_in(town, "boris").await;
    town.store.enrol_device(&boris, &device("his", 3)).await.unwrap();
    let change = async |from: &str, to: &str, only: Option<&str>| {
        town.store.change_password(&owner("anna"), from, to, only).await.unwrap()
    };
    let devices = async || town.store.devices(&owner("anna")).await.unwrap().len();
    assert!(!change("another hash", "new", Some("one")).await);
    assert_eq!(credentials(town, "town", "anna").await.unwrap().password_hash, "hash of anna");
    assert_eq!(devices().await, 2);
    assert!(change("hash of anna", "new", None).await);
    assert_eq!(
        (credentials(town, "town", "anna").await.unwrap().password_hash.as_str(), devices().await),
        ("new", 2)
    );
    assert!(change("new", "newer", Some("two")).await);
    let left = town.store.devices(&owner("anna")).await.unwrap();
    assert_eq!(left.iter().map(|device| device.id.as_str()).collect::<Vec<_>>(), ["two"]);
    assert_eq!(town.store.devices(&owner("boris")).await.unwrap().len(), 1);
    assert_eq!(credentials(town, "village", "anna").await.unwrap().password_hash, "hash of anna");
}

pub(super) async fn each_device_is_an_agent_and_so_is_who_never_signed_in(town: &Town) {
    let anna = signed_in(town, "anna").await;
    for (id, sum) in [("one", 1), ("two", 2)] {
        town.store.enrol_device(&anna, &device(id, sum)).await.unwrap();
    }
    town.store.set_interval(&owner("anna"), CheckInterval::from_seconds(600), None).await.unwrap();
    town.store
        .change_office(&name("main"), OfficeChange::CheckInterval(CheckInterval::from_seconds(900)))
        .await
        .unwrap();
    let agents = async || {
        let agents = town.store.agents(&name("town")).await.unwrap();
        let told = |agent: crate::Agent| {
            (
                agent.person.login.to_string(),
                agent.device.map(|device| device.id),
                agent.check_interval.seconds(),
            )
        };
        agents.into_iter().map(told).collect::<Vec<_>>()
    };
    let one =
        |login: &str, device: Option<&str>, seconds| (login.to_owned(), device.map(str::to_owned), seconds);
    let boris_and_clara = [one("boris", None, 900), one("clara", None, 900)];
    let annas = |seconds| [one("anna", Some("one"), seconds), one("anna", Some("two"), seconds)];
    assert_eq!(agents().await, [annas(600).as_slice(), &boris_and_clara].concat());
    town.store.change_office(&name("main"), OfficeChange::IntervalLocked(true)).await.unwrap();
    assert_eq!(agents().await, [annas(900).as_slice(), &boris_and_clara].concat());
    town.store.detach(&name("town")).await.unwrap();
    assert_eq!(agents().await.len(), 4, "they are listed without a post office too");
}

pub(super) async fn administrators_are_nobodys_users(town: &Town) {
    let root = login("root");
    town.store.add_administrator(&root, "hash of root").await.unwrap();
    let taken = town.store.add_administrator(&root, "another").await;
    assert!(matches!(taken, Err(StoreError::NameTaken { what: "administrator", .. })), "{taken:?}");
    assert_eq!(town.store.administrator_hash(&root).await.unwrap().as_deref(), Some("hash of root"));
    assert_eq!(town.store.administrator_hash(&login("anna")).await.unwrap(), None);
    assert!(credentials(town, "town", "root").await.is_none());
    assert_eq!(town.store.administrators().await.unwrap()[0].name, root);
    assert!(town.store.remove_administrator(&root).await.unwrap());
    assert!(!town.store.remove_administrator(&root).await.unwrap());
    assert_eq!(town.store.administrator_hash(&root).await.unwrap(), None);
}
