//! A user's own check interval.

use restante_model::{CheckInterval, IntervalRange, Seconds};

use super::town::{Town, login, name, owner, separate};
use crate::{IntervalReply, NewOffice, OfficeChange, OfficeTerms, Owner, Settings};

fn seconds(number: u64) -> CheckInterval {
    CheckInterval::from_seconds(number)
}

async fn settings(town: &Town) -> Settings {
    town.store.settings(&owner("anna")).await.unwrap()
}

async fn wish(town: &Town, wished: u64) -> Settings {
    match town.store.set_interval(&owner("anna"), seconds(wished), None).await.unwrap() {
        IntervalReply::Saved(settings) => settings,
        other => panic!("not saved: {other:?}"),
    }
}

async fn change(town: &Town, change: OfficeChange) {
    town.store.change_office(&name("main"), change).await.unwrap();
}

pub(super) async fn without_a_wish_the_office_decides(town: &Town) {
    let settings_then = settings(town).await;
    assert_eq!((settings_then.check_interval(), settings_then.wished), (seconds(300), None));
    assert_eq!(settings_then.message_lifetime(), Seconds::new(604_800));
    change(town, OfficeChange::CheckInterval(seconds(120))).await;
    assert_eq!(settings(town).await.check_interval(), seconds(120), "at the next request");
}

pub(super) async fn a_wish_is_saved_within_the_range_and_forgotten(town: &Town) {
    for (wished, saved) in [(600, 600), (1, 30), (1_000_000, 86_400)] {
        assert_eq!(wish(town, wished).await.wished, Some(seconds(saved)));
        assert_eq!(settings(town).await.check_interval(), seconds(saved));
    }
    assert_eq!(town.store.settings(&owner("boris")).await.unwrap().wished, None, "only hers");
    let namesake = Owner { organisation: name("village"), login: login("anna") };
    assert_eq!(town.store.settings(&namesake).await.unwrap().wished, None);

    // A range that is narrowed later holds for older wishes as well.
    let narrow = IntervalRange::new(seconds(30), seconds(3_600));
    change(town, OfficeChange::IntervalRange(narrow)).await;
    assert_eq!(settings(town).await.check_interval(), seconds(3_600));

    let cleared = town.store.clear_interval(&owner("anna")).await.unwrap();
    assert!(matches!(&cleared, IntervalReply::Saved(settings) if settings.wished.is_none()), "{cleared:?}");
    assert_eq!(settings(town).await.check_interval(), seconds(300));
}

pub(super) async fn a_lock_overrides_the_wish_and_keeps_it(town: &Town) {
    wish(town, 600).await;
    change(town, OfficeChange::IntervalLocked(true)).await;
    assert_eq!(settings(town).await.check_interval(), seconds(300));
    let revision = settings(town).await.revision;
    for reply in [
        town.store.set_interval(&owner("anna"), seconds(60), None).await.unwrap(),
        town.store.clear_interval(&owner("anna")).await.unwrap(),
    ] {
        assert!(
            matches!(&reply, IntervalReply::Locked(settings) if settings.revision == revision),
            "{reply:?}"
        );
    }
    change(town, OfficeChange::IntervalLocked(false)).await;
    assert_eq!(settings(town).await.check_interval(), seconds(600));
}

pub(super) async fn a_wish_based_on_old_settings_is_refused(town: &Town) {
    let old = settings(town).await.revision;
    wish(town, 600).await;
    let late = town.store.set_interval(&owner("anna"), seconds(60), Some(old)).await.unwrap();
    let IntervalReply::Conflict(now) = late else { panic!("{late:?}") };
    assert_eq!((now.wished, now.revision > old), (Some(seconds(600)), true));
    let fresh = town.store.set_interval(&owner("anna"), seconds(60), Some(now.revision)).await.unwrap();
    assert!(matches!(fresh, IntervalReply::Saved(_)), "{fresh:?}");
}

pub(super) async fn the_revision_grows_with_whatever_changes_the_settings(town: &Town) {
    let mut revision = settings(town).await.revision;
    let mut grown = async |what: &str| {
        let now = settings(town).await.revision;
        assert!(now > revision, "{what}: {now} is not beyond {revision}");
        revision = now;
    };
    wish(town, 600).await;
    grown("a wish").await;
    town.store.clear_interval(&owner("anna")).await.unwrap();
    grown("a wish taken back").await;
    change(town, OfficeChange::CheckInterval(seconds(60))).await;
    grown("the office's interval").await;
    change(town, OfficeChange::IntervalLocked(true)).await;
    grown("a lock").await;
    let terms = OfficeTerms { check_interval: seconds(900), ..OfficeTerms::default() };
    let other = NewOffice { name: name("other"), placement: separate(), terms };
    town.store.create_office(&other).await.unwrap();
    town.store.attach(&name("other"), &name("town")).await.unwrap();
    grown("another office").await;
    town.store.detach(&name("town")).await.unwrap();
    town.store.attach(&name("main"), &name("town")).await.unwrap();
    grown("the first office again").await;

    // What changes nothing leaves it alone: an agent would sync for nothing.
    change(town, OfficeChange::IntervalLocked(false)).await;
    let before = wish(town, 600).await.revision;
    assert_eq!(wish(town, 600).await.revision, before);
    assert_eq!(settings(town).await.revision, before);
}
