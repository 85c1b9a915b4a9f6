//! Drafts on two devices of one user, by the rules that the store's stories hold it to.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    office::{Device, Fate, Office},
    *,
};

/// Two devices, the windows that are open on them, and what became of each text that was ever saved.
struct Desks {
    office: Office,
    devices: [Device; 2],
    /// What stands in an open window, and upon which version it was written.
    windows: BTreeMap<(usize, u128), (Option<u64>, String)>,
    /// Texts that the person wrote on, sent or threw away, having seen them.
    done_with: BTreeSet<String>,
    /// Texts that he sent.
    sent: BTreeSet<String>,
    written: Vec<String>,
}

impl Desks {
    fn new() -> Self {
        let mut office = Office::default();
        let devices = [Device::new(&mut office), Device::new(&mut office)];
        let (windows, written) = (BTreeMap::new(), Vec::new());
        Self { office, devices, windows, done_with: BTreeSet::new(), sent: BTreeSet::new(), written }
    }

    /// Saves from the window in which the draft is open, which is opened first.
    fn save(&mut self, at: usize, draft: u128) {
        let text = format!("text {}", self.written.len());
        let open = self.windows.get(&(at, draft)).cloned();
        let open = open.or_else(|| self.shown(at, draft).map(|(version, shown)| (Some(version), shown)));
        let base_version = open.as_ref().and_then(|(version, _)| *version);
        let letter = Letter { body: text.clone(), ..letter() };
        let ask = Ask::SaveDraft { id: id(draft), letter, base_version };
        assert!(self.devices[at].asks(&mut self.office, ask).unwrap());
        self.done_with.extend(open.map(|(_, before)| before));
        self.written.push(text.clone());
        let version = self.shown(at, draft).map(|(version, _)| version);
        self.windows.insert((at, draft), (version, text));
    }

    fn shown(&self, at: usize, draft: u128) -> Option<(u64, String)> {
        let draft = self.devices[at].engine().ledger.draft(id(draft)).unwrap()?;
        Some((draft.version, draft.written.letter.body))
    }

    /// Sends what the list shows, without a window.
    fn send(&mut self, at: usize, draft: u128) {
        let Some((_, text)) = self.shown(at, draft) else { return };
        let ask = Ask::SendDraft { id: id(draft), undo: Undo::AtOnce };
        assert!(self.devices[at].asks(&mut self.office, ask).unwrap());
        self.windows.remove(&(at, draft));
        self.sent.insert(text);
    }

    fn throw(&mut self, at: usize, draft: u128) {
        let Some((_, text)) = self.shown(at, draft) else { return };
        assert!(self.devices[at].asks(&mut self.office, Ask::DeleteDraft(id(draft))).unwrap());
        self.windows.remove(&(at, draft));
        self.done_with.insert(text);
    }

    fn checks(&mut self, at: usize) {
        self.devices[at].checks(&mut self.office).unwrap();
    }

    /// All is well again, and both devices check until there is nothing more to tell.
    fn settle(&mut self) {
        for device in &mut self.devices {
            device.fate = Fate::Well;
        }
        for _ in 0..6 {
            self.checks(0);
            self.checks(1);
        }
    }

    fn look(&self) {
        let [here, there] = [0, 1].map(|at| self.devices[at].draft_texts());
        assert_eq!(here, there, "both devices show the same drafts");
        let mut kept = self.office.draft_texts();
        kept.sort();
        assert_eq!(here, kept, "and the server has them");
        let letters: Vec<_> = self.office.letters.values().map(|(_, letter)| letter.body.clone()).collect();
        let drafts: BTreeSet<_> = here.into_iter().map(|(_, text)| text).collect();
        for text in self.written.iter().filter(|text| !self.done_with.contains(*text)) {
            if self.sent.contains(text) {
                continue;
            }
            assert!(drafts.contains(text), "{text} is lost; there are {drafts:?}");
        }
        for text in &self.sent {
            assert!(letters.contains(text), "{text} was not sent; there are {letters:?}");
        }
    }
}

#[test]
fn a_draft_begun_at_one_desk_is_ended_at_the_other() {
    let mut desks = Desks::new();
    desks.save(0, 1);
    desks.checks(0);
    desks.checks(1);
    assert_eq!(desks.shown(1, 1).unwrap().1, "text 0");
    desks.save(1, 1);
    desks.send(1, 1);
    desks.settle();
    desks.look();
    assert!(desks.devices[0].draft_texts().is_empty(), "sending removes it everywhere");
    assert_eq!(desks.office.letters.len(), 1);
}

#[test]
fn what_two_desks_write_at_once_is_kept_twice() {
    let mut desks = Desks::new();
    desks.save(0, 1);
    desks.settle();
    desks.devices[0].fate = Fate::Away;
    desks.save(0, 1);
    desks.save(1, 1);
    desks.settle();
    desks.look();
    let texts: Vec<_> = desks.devices[0].draft_texts().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert_eq!(desks.shown(1, 1).unwrap().1, "text 2", "where it was met, what stands there keeps its id");
}

#[test]
fn a_draft_is_handed_over_half_a_minute_after_it_was_begun_and_not_at_every_save() {
    let mut desks = Desks::new();
    for _ in 0..3 {
        desks.save(0, 1);
        desks.devices[0].waits(&mut desks.office, 9).unwrap();
    }
    assert!(desks.office.draft_texts().is_empty());
    desks.devices[0].waits(&mut desks.office, 4).unwrap();
    assert_eq!(desks.office.draft_texts(), [(id(1), "text 2".to_owned())]);
}

#[test]
fn a_draft_thrown_away_at_one_desk_outlives_it_where_it_was_written_on_at_the_other() {
    let mut desks = Desks::new();
    desks.save(0, 1);
    desks.settle();
    desks.save(1, 1);
    desks.throw(0, 1);
    desks.settle();
    desks.look();
    assert_eq!(desks.devices[0].draft_texts(), [(id(1), "text 1".to_owned())]);
}

#[test]
fn a_server_of_an_earlier_time_gets_the_drafts_that_it_forgot() {
    let mut desks = Desks::new();
    desks.save(0, 1);
    desks.settle();
    desks.office = Office::restored();
    desks.settle();
    desks.look();
    assert_eq!(desks.devices[1].draft_texts(), [(id(1), "text 0".to_owned())]);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Save(usize, u128),
    Send(usize, u128),
    Throw(usize, u128),
    CloseWindow(usize, u128),
    Check(usize),
    LoseAnswers(usize, usize),
    GoAway(usize),
    ComeBack(usize),
    Restart(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (at, draft) = (0_usize..2, 1_u128..3);
    prop_oneof![
        6 => (at.clone(), draft.clone()).prop_map(|(at, draft)| Step::Save(at, draft)),
        1 => (at.clone(), draft.clone()).prop_map(|(at, draft)| Step::Send(at, draft)),
        1 => (at.clone(), draft.clone()).prop_map(|(at, draft)| Step::Throw(at, draft)),
        2 => (at.clone(), draft).prop_map(|(at, draft)| Step::CloseWindow(at, draft)),
        6 => at.clone().prop_map(Step::Check),
        1 => (at.clone(), 1_usize..4).prop_map(|(at, many)| Step::LoseAnswers(at, many)),
        1 => at.clone().prop_map(Step::GoAway),
        2 => at.clone().prop_map(Step::ComeBack),
        1 => at.prop_map(Step::Restart),
    ]
}

/// A long run sets `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost_whatever_two_desks_do(steps in prop::collection::vec(step(), 1..24)) {
        let mut desks = Desks::new();
        for step in steps {
            match step {
                Step::Save(at, draft) => desks.save(at, draft),
                Step::Send(at, draft) => desks.send(at, draft),
                Step::Throw(at, draft) => desks.throw(at, draft),
                Step::CloseWindow(at, draft) => drop(desks.windows.remove(&(at, draft))),
                Step::Check(at) => desks.checks(at),
                Step::LoseAnswers(at, many) => desks.devices[at].fate = Fate::AnswersLost { from: 0, many },
                Step::GoAway(at) => desks.devices[at].fate = Fate::Away,
                Step::ComeBack(at) => desks.devices[at].fate = Fate::Well,
                Step::Restart(at) => desks.devices[at].restarts(&mut desks.office).unwrap(),
            }
        }
        desks.settle();
        desks.look();
    }
}
