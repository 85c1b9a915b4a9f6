//! One clerk's day with letters and drafts, once for each step at which the agent can be killed, the
//! disk fail, or an answer be lost: every letter goes out exactly once, and no word of a draft is lost.

use super::{
    office::{Device, Fate, Killed, Office},
    *,
};

type Act = fn(&mut Device, &mut Office) -> Result<(), Killed>;

/// What the clerk does, in order. He does it again where the agent died before it answered.
const DAY: [Act; 14] = [
    |device, office| save(device, office, 1, "draft 1, begun"),
    |device, office| device.waits(office, 31),
    |device, office| save(device, office, 1, "draft 1, ended"),
    |device, office| send(device, office, 11, Undo::AtOnce),
    |device, office| send(device, office, 12, Undo::Seconds(Seconds::new(10))),
    |device, office| device.asks(office, Ask::TakeBack(id(12))).map(drop),
    |device, office| {
        device.asks(office, Ask::SendDraft { id: id(1), undo: Undo::Seconds(Seconds::new(10)) }).map(drop)
    },
    |device, office| device.waits(office, 11),
    |device, office| {
        office.refused_subject = Some("letter 13".into());
        send(device, office, 13, Undo::AtOnce)
    },
    |device, office| {
        office.refused_subject = None;
        device.asks(office, Ask::SendAnew(id(13))).map(drop)
    },
    |device, office| save(device, office, 2, "draft 2"),
    |device, office| device.checks(office),
    |device, office| device.asks(office, Ask::DeleteDraft(id(2))).map(drop),
    |device, office| device.checks(office),
];

fn save(device: &mut Device, office: &mut Office, number: u128, body: &str) -> Result<(), Killed> {
    let letter = Letter { body: body.into(), ..letter() };
    device.asks(office, Ask::SaveDraft { id: id(number), letter, base_version: None }).map(drop)
}

fn send(device: &mut Device, office: &mut Office, number: u128, undo: Undo) -> Result<(), Killed> {
    let (subject, body) = (format!("letter {number}"), format!("letter {number}"));
    let letter = Letter { subject, body, ..letter() };
    device.asks(office, Ask::Send { id: id(number), letter, undo }).map(drop)
}

/// Goes through the day, and looks at what came of it. Whether anything died.
fn day(begin: impl FnOnce(&mut Device), late: bool) -> bool {
    let mut office = Office::default();
    let mut device = Device::new(&mut office);
    begin(&mut device);
    let mut died = false;
    for step in DAY {
        while step(&mut device, &mut office).is_err() {
            assert!(!died, "it was to die once");
            died = true;
            device.restarts(&mut office).unwrap();
        }
        if late {
            device.everything_comes_late(&mut office);
        }
    }
    if !died {
        // What was to happen to it may still come, and must come to nothing.
        device.fate = Fate::Well;
        device.restarts(&mut office).unwrap();
    }
    device.waits(&mut office, 31).unwrap();
    device.checks(&mut office).unwrap();
    device.checks(&mut office).unwrap();
    look(&device, &office);
    died
}

fn look(device: &Device, office: &Office) {
    let mut bodies: Vec<_> = office.letters.values().map(|(_, letter)| letter.body.clone()).collect();
    bodies.sort();
    assert_eq!(bodies, ["draft 1, ended", "letter 11", "letter 13"], "each letter once");
    let status = device.engine().status().unwrap();
    assert_eq!((status.outbox.waiting, status.outbox.refused), (0, 0));
    let drafts = vec![(id(12), "letter 12".to_owned())];
    assert_eq!(device.draft_texts(), drafts, "what was taken back, and nothing else");
    assert_eq!(office.draft_texts(), drafts, "and so on the server");
}

#[test]
fn killed_after_any_effect_nothing_goes_twice_and_nothing_is_lost() {
    for reaches in [false, true] {
        let mut left = 0;
        while day(|device| device.fate = Fate::DiesAfterEffects { left, reaches }, false) {
            left += 1;
        }
        assert!(left > 40, "the day has {left} effects");
    }
}

#[test]
fn killed_at_any_commit_nothing_goes_twice_and_nothing_is_lost() {
    let mut left = 0;
    while day(|device| device.dies_at_commit(left), false) {
        left += 1;
    }
    assert!(left > 40, "the day has {left} commits");
}

#[test]
fn any_answer_lost_and_any_three_nothing_goes_twice_and_nothing_is_lost() {
    for many in [1, 3] {
        for from in 0..60 {
            day(|device| device.fate = Fate::AnswersLost { from, many }, false);
        }
    }
}

#[test]
fn every_request_and_answer_doubled_and_come_late_changes_nothing() {
    day(|device| device.fate = Fate::Doubled, true);
    day(|_| {}, true);
}
