//! Letters on their way out, and the undo window.

use restante_local_api::{FolderOrder, LetterId, LocalProblemKind, MessageRow, RowState};
use restante_model::Folder;

use super::*;

impl Story {
    /// Asks, and gives the answer.
    pub(super) fn asks(&mut self, ask: Ask) -> Result<Answer, LocalProblemKind> {
        let call = CallId(9_000 + self.done.len() as u64);
        self.happens(Event::Asked { call, ask });
        let answered = self.done.iter().find_map(|effect| match effect {
            Effect::Answer { call: answered, answer } if *answered == call => Some(answer.clone()),
            _ => None,
        });
        answered.expect("every question is answered").map_err(|error| error.kind())
    }

    fn sends(&mut self, number: u128, undo: Undo) -> LetterId {
        let letter = Letter { subject: format!("letter {number}"), ..letter() };
        match self.asks(Ask::Send { id: id(number), letter, undo }) {
            Ok(Answer::Letter(letter)) => letter,
            other => panic!("not taken: {other:?}"),
        }
    }

    fn takes_back(&mut self, number: u128) -> Result<LetterId, LocalProblemKind> {
        self.asks(Ask::TakeBack(id(number))).map(|answer| match answer {
            Answer::Letter(letter) => letter,
            other => panic!("no letter: {other:?}"),
        })
    }

    fn rows(&mut self, folder: Folder) -> Vec<MessageRow> {
        match self.asks(Ask::Folder {
            folder,
            order: FolderOrder::default(),
            start: PageStart::Row(0),
            limit: 100,
            unread: false,
        }) {
            Ok(Answer::Folder(page)) => page.messages,
            other => panic!("no page: {other:?}"),
        }
    }

    /// What the program that carries out effects was told last.
    fn alarm(&self) -> Option<Timestamp> {
        let told = self.done.iter().rev().find_map(|effect| match effect {
            Effect::WakeAt { at } => Some(*at),
            _ => None,
        });
        told.flatten()
    }

    /// Time passes to the moment of the alarm, which rings.
    fn sleeps(&mut self) {
        self.now = self.alarm().expect("an alarm is set");
        // It rings once.
        self.done.retain(|effect| !matches!(effect, Effect::WakeAt { .. }));
        self.happens(Event::Woke);
    }
}

#[test]
fn a_letter_from_a_window_waits_out_its_undo_window_and_then_goes_by_itself() {
    let mut story = Story::signed_in();
    let sent = story.sends(1, Undo::Setting);
    let window_ms = sent.goes_out_at.expect("it can be taken back").ms_since(story.now);
    assert!((9_900..=10_000).contains(&window_ms), "{window_ms}");
    story.due();
    assert!(story.posted.is_empty(), "a check does not end the window");
    assert_eq!(story.engine.status().unwrap().outbox.held, 1);
    story.sleeps();
    assert_eq!(story.posted, [id(1)]);
    assert_eq!(story.alarm(), None);
}

#[test]
fn a_letter_taken_back_is_a_draft_and_never_goes() {
    let mut story = Story::signed_in();
    story.sends(1, Undo::Seconds(Seconds::new(60)));
    let draft = story.takes_back(1).unwrap();
    assert_eq!((draft.id, draft.version), (id(1), Some(1)));
    assert!(story.rows(Folder::Outbox).is_empty());
    assert_eq!(story.rows(Folder::Drafts)[0].subject, "letter 1");
    story.now = story.now.plus(Seconds::new(3_600));
    story.happens(Event::Woke);
    story.due();
    assert!(story.posted.is_empty());
    // And it can be sent once more, under its id.
    assert!(story.asks(Ask::SendDraft { id: id(1), undo: Undo::AtOnce }).is_ok());
    assert_eq!(story.posted, [id(1)]);
}

#[test]
fn what_may_be_with_the_server_is_not_taken_back() {
    let mut story = Story::signed_in();
    story.reachable = false;
    story.sends(1, Undo::AtOnce);
    assert_eq!(story.takes_back(1), Err(LocalProblemKind::Refused), "it was tried and not answered");
    assert_eq!(story.asks(Ask::DeleteLetter(id(1))), Err(LocalProblemKind::Refused));
    story.reachable = true;
    story.due();
    assert_eq!(story.takes_back(1), Err(LocalProblemKind::Refused), "it was accepted");
    assert_eq!(story.takes_back(2), Err(LocalProblemKind::NotFound));
}

#[test]
fn offline_the_window_passes_as_usual_and_the_letter_waits() {
    let mut story = Story::signed_in();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    story.sends(1, Undo::Setting);
    story.sleeps();
    assert!(story.posted.is_empty());
    assert_eq!(story.alarm(), None, "it does not ring for what cannot be done");
    assert!(story.takes_back(1).is_ok(), "nobody has it");
    story.asks(Ask::SendDraft { id: id(1), undo: Undo::AtOnce }).unwrap();
    story.happens(Event::Asked { call: CallId(2), ask: Ask::SetMode(Mode::Online) });
    assert_eq!(story.posted, [id(1)]);
}

#[test]
fn the_window_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, cache) = (folder.path().join("l"), folder.path().join("c"));
    let mut story = Story::with(Engine::open(Some(&ledger), Some(&cache)).unwrap());
    story.sends(1, Undo::Setting);
    let alarm = story.alarm();
    story.engine = Engine::open(Some(&ledger), Some(&cache)).unwrap();
    story.done.clear();
    story.happens(Event::Started { settings: Ok(SettingsFile::default()) });
    story.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)));
    assert!(story.posted.is_empty());
    assert_eq!(story.alarm(), alarm);
    story.sleeps();
    assert_eq!(story.posted, [id(1)]);
}

#[test]
fn a_refused_letter_tells_why_and_is_corrected_under_an_id_of_its_own() {
    let mut story = Story::signed_in();
    story.unknown = true;
    story.sends(1, Undo::AtOnce);
    let row = story.rows(Folder::Outbox).remove(0);
    assert_eq!((row.state, row.refused.as_deref()), (RowState::Refused, Some("nobody here is called anna")));
    let on_its_way = row.on_its_way.unwrap();
    assert!(on_its_way.may_be_taken_back && on_its_way.refused_at.is_some() && on_its_way.tried_at.is_some());

    story.unknown = false;
    story.sends(2, Undo::AtOnce);
    assert_eq!(story.posted, [id(1), id(2)], "it holds up no other and is not tried by itself");
    let draft = story.takes_back(1).unwrap();
    assert_ne!(draft.id, id(1));
    story.asks(Ask::SendDraft { id: draft.id, undo: Undo::AtOnce }).unwrap();
    assert_eq!(story.posted, [id(1), id(2), draft.id]);
    assert!(story.rows(Folder::Outbox).is_empty() && story.rows(Folder::Drafts).is_empty());
}

#[test]
fn a_refused_letter_is_tried_again_under_its_id_or_thrown_away() {
    let mut story = Story::signed_in();
    story.unknown = true;
    story.sends(1, Undo::AtOnce);
    story.sends(2, Undo::AtOnce);
    assert_eq!(story.engine.status().unwrap().outbox.refused, 2);
    story.unknown = false;
    assert!(story.asks(Ask::SendAnew(id(1))).is_ok());
    assert_eq!(story.posted, [id(1), id(2), id(1)]);
    assert_eq!(story.asks(Ask::DeleteLetter(id(2))), Ok(Answer::Done));
    assert_eq!(story.asks(Ask::DeleteLetter(id(2))), Err(LocalProblemKind::NotFound));
    let outbox = story.engine.status().unwrap().outbox;
    assert_eq!((outbox.waiting, outbox.refused), (0, 0));
}

#[test]
fn a_letter_that_the_network_does_not_carry_holds_up_neither_the_check_nor_the_next_letter() {
    let mut story = Story::signed_in();
    story.stuck = Some(id(1));
    let checks = story.checks;
    story.sends(1, Undo::AtOnce);
    assert_eq!(story.checks, checks + 1, "the check went on");
    assert_eq!(story.engine.status().unwrap().connection, Connection::Ok);
    story.sends(2, Undo::AtOnce);
    assert_eq!(story.posted, [id(1), id(2), id(1)], "what was never tried goes first");
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 1);
    story.stuck = None;
    story.due();
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 0);
}

#[test]
fn sending_again_under_the_same_id_opens_no_second_window() {
    let mut story = Story::signed_in();
    let first = story.sends(1, Undo::Setting);
    assert_eq!(story.sends(1, Undo::Setting), first);
    assert_eq!(story.sends(1, Undo::AtOnce), first, "an open window is not shut by a repeated request");
    assert_eq!(story.rows(Folder::Outbox).len(), 1);
    let mut other = letter();
    other.body = "other".into();
    let ask = Ask::Send { id: id(1), letter: other, undo: Undo::AtOnce };
    assert_eq!(story.asks(ask), Err(LocalProblemKind::IdReused));
}

#[test]
fn without_an_undo_window_a_window_sends_at_once() {
    let mut story = Story::signed_in();
    let undo = crate::settings_file::UndoWindow(Seconds::new(0));
    story.happens(Event::SettingsEdited(Ok(SettingsFile { undo, ..SettingsFile::default() })));
    let sent = story.sends(1, Undo::Setting);
    assert_eq!((sent.goes_out_at, story.posted.as_slice()), (None, &[id(1)][..]));
}
