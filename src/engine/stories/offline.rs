//! Offline mode (row S20): nothing leaves, nothing is lost, and the order in which it goes out after it.

use proptest::prelude::*;

use super::*;

impl Story {
    fn mode(&mut self, mode: Mode) {
        self.happens(Event::Asked { call: CallId(50), ask: Ask::SetMode(mode) });
    }

    fn names_of_asked(&self) -> Vec<&'static str> {
        let name = |effect: &Effect| match effect {
            Effect::PushInterval { .. } => "push",
            Effect::PullSettings => "pull",
            Effect::Post { .. } => "post",
            Effect::ReportMarks { mark: crate::effect::Mark::Read, .. } => "read",
            Effect::ReportMarks { .. } => "marks",
            Effect::Check { .. } => "check",
            Effect::ReportDelivered { .. } => "delivered",
            Effect::PullDirectory { .. } => "directory",
            other => panic!("{other:?}"),
        };
        self.asked.iter().map(name).collect()
    }
}

#[test]
fn on_leaving_the_interval_goes_first_then_what_was_written_and_read_then_the_check() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    story.mode(Mode::Offline);
    story.asked.clear();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::MarkRead(id(1)) });
    for number in [7, 8] {
        story.happens(Event::Asked {
            call: CallId(2),
            ask: Ask::Send { id: id(number), letter: letter(), undo: Undo::AtOnce },
        });
    }
    let edited = SettingsFile { check_interval: Some(Seconds::new(120)), ..SettingsFile::default() };
    story.happens(Event::SettingsEdited(Ok(edited)));
    let interval = story.engine.status().unwrap().interval;
    assert_eq!((interval.seconds, interval.pending), (120, true), "the job follows at once");
    story.due();
    assert_eq!(story.asked, []);

    story.waiting = vec![received(2, Importance::Normal, DeliveryState::Waiting)];
    story.mode(Mode::Online);
    assert_eq!(
        story.names_of_asked(),
        ["push", "pull", "post", "post", "read", "check", "delivered", "marks", "directory"]
    );
    let status = story.engine.status().unwrap();
    assert_eq!((status.interval.pending, status.outbox.waiting, status.unread), (false, 0, 1));
}

#[test]
fn the_mode_is_remembered_over_a_restart_and_nothing_is_asked_before_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["ledger", "cache"].map(|name| folder.path().join(name));
    let open = || Engine::open(Some(&files[0]), Some(&files[1])).unwrap();
    let mut story = Story::with(open());
    story.mode(Mode::Offline);
    story.engine = open();
    story.asked.clear();
    story.happens(Event::Started { settings: Ok(SettingsFile::default()) });
    story.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)));
    for event in [Event::Resumed, Event::NetworkCame, Event::CheckDue { stalled: true }] {
        story.happens(event);
    }
    assert_eq!((story.engine.status().unwrap().mode, &story.asked[..]), (Mode::Offline, &[][..]));
    story.mode(Mode::Online);
    assert_eq!(story.names_of_asked(), ["pull", "check", "directory"]);
}

#[test]
fn a_letter_that_was_accepted_while_its_run_was_given_up_is_sent_and_not_sent_again() {
    let mut story = Story::signed_in();
    let send =
        Event::Asked { call: CallId(1), ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce } };
    let posts = story.engine.apply(send, at(100));
    let post = posts.iter().find(|effect| matches!(effect, Effect::Post { .. })).expect("it goes out");
    let accepted = story.answer(post).unwrap();
    let offline = Event::Asked { call: CallId(2), ask: Ask::SetMode(Mode::Offline) };
    assert!(story.engine.apply(offline, at(101)).contains(&Effect::GiveUpExchanges));
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 1);

    let after = story.engine.apply(Event::Late(Box::new(accepted)), at(102));
    assert!(!after.iter().any(Effect::uses_network), "{after:?}");
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 0);
    assert!(story.engine.cache.message(id(7)).unwrap().is_some());
    story.mode(Mode::Online);
    assert_eq!(story.posted, [id(7)], "once");
}

#[test]
fn a_letter_whose_answer_was_lost_in_offline_mode_goes_out_again_under_its_id() {
    let mut story = Story::signed_in();
    let send =
        Event::Asked { call: CallId(1), ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce } };
    let posts = story.engine.apply(send, at(100));
    let post = posts.iter().find(|effect| matches!(effect, Effect::Post { .. })).expect("it goes out");
    drop(story.answer(post));
    story.mode(Mode::Offline);
    story.mode(Mode::Online);
    assert_eq!(story.posted, [id(7), id(7)]);
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 0);
}

#[test]
fn a_late_refusal_is_said_and_a_late_failure_is_no_news_of_the_connection() {
    let mut story = Story::signed_in();
    let send =
        Event::Asked { call: CallId(1), ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce } };
    let _posts = story.engine.apply(send, at(100));
    story.mode(Mode::Offline);
    let unknown = Problem::new(ProblemKind::UnknownRecipient, "there is no user anna");
    let outcomes = [ServerError::Unreachable("cut".into()), ServerError::Refused(Box::new(unknown))];
    for outcome in outcomes {
        story.happens(Event::Late(Box::new(Event::Posted { id: id(7), outcome: Err(outcome) })));
    }
    let status = story.engine.status().unwrap();
    assert_eq!((status.outbox.refused, status.connection), (1, Connection::Ok));
}

#[test]
fn signing_in_and_out_ask_nobody_while_offline() {
    let mut story = Story::signed_in();
    story.mode(Mode::Offline);
    story.asked.clear();
    let login = restante_local_api::Login {
        server: "http://127.0.0.1:1".into(),
        organisation: "hall".into(),
        user: "boris".into(),
        password: "correct horse battery".into(),
    };
    story.happens(Event::Asked { call: CallId(1), ask: Ask::Login(login) });
    let refused = |effect: &Effect| matches!(effect, Effect::Answer { call: CallId(1), answer: Err(_) });
    assert!(story.done.iter().any(refused));
    story.happens(Event::Asked { call: CallId(2), ask: Ask::Logout });
    assert!(story.done.iter().any(|effect| matches!(effect, Effect::ForgetTokenHere(_))));
    assert_eq!(story.asked, []);
}

/// Something that may happen to an agent at any time.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Mode(Mode),
    Due(bool),
    Resumed,
    NetworkCame,
    CheckNow(bool),
    TrayCheck,
    Send(u128),
    Read(u128),
    Interval(Option<u64>),
    Token(bool),
    SignIn,
    SignOut,
    /// The oldest exchange under way is answered well, or fails.
    Answer(bool),
    Mail(u128),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => any::<bool>().prop_map(|on| Happening::Mode(if on { Mode::Online } else { Mode::Offline })),
        2 => any::<bool>().prop_map(Happening::Due),
        1 => Just(Happening::Resumed),
        1 => Just(Happening::NetworkCame),
        1 => any::<bool>().prop_map(Happening::CheckNow),
        1 => Just(Happening::TrayCheck),
        2 => (100_u128..110).prop_map(Happening::Send),
        1 => (1_u128..5).prop_map(Happening::Read),
        1 => proptest::option::of(1_u64..1_000).prop_map(Happening::Interval),
        1 => any::<bool>().prop_map(Happening::Token),
        1 => Just(Happening::SignIn),
        1 => Just(Happening::SignOut),
        8 => proptest::bool::weighted(0.8).prop_map(Happening::Answer),
        1 => (1_u128..5).prop_map(Happening::Mail),
    ]
}

/// An agent whose exchanges are answered when the story says so, and late where it gave them up.
struct Slow {
    story: Story,
    /// Exchanges under way, each with whether it was given up.
    under_way: Vec<(Effect, bool)>,
}

impl Slow {
    fn event(&mut self, happening: Happening) -> Option<Event> {
        let ask = |ask| Some(Event::Asked { call: CallId(1), ask });
        match happening {
            Happening::Mode(mode) => ask(Ask::SetMode(mode)),
            Happening::Due(stalled) => Some(Event::CheckDue { stalled }),
            Happening::Resumed => Some(Event::Resumed),
            Happening::NetworkCame => Some(Event::NetworkCame),
            Happening::CheckNow(wait) => ask(Ask::Check { wait }),
            Happening::TrayCheck => Some(Event::TrayPicked(crate::event::TrayItem::CheckNow)),
            Happening::Send(number) => {
                ask(Ask::Send { id: id(number), letter: letter(), undo: Undo::AtOnce })
            }
            Happening::Read(number) => ask(Ask::MarkRead(id(number))),
            Happening::Interval(wish) => {
                let check_interval = wish.map(Seconds::new);
                Some(Event::SettingsEdited(Ok(SettingsFile { check_interval, ..SettingsFile::default() })))
            }
            Happening::Token(there) => {
                let state = restante_local_api::KeyringState::Ok;
                Some(Event::TokenFound(if there {
                    TokenFound::Found(state)
                } else {
                    TokenFound::None(state)
                }))
            }
            Happening::SignIn => Some(session(at(0))),
            Happening::SignOut => ask(Ask::Logout),
            Happening::Answer(well) => self.answer(well),
            Happening::Mail(number) => {
                self.story.waiting.push(received(number, Importance::Normal, DeliveryState::Waiting));
                None
            }
        }
    }

    fn answer(&mut self, well: bool) -> Option<Event> {
        if self.under_way.is_empty() {
            return None;
        }
        let (effect, given_up) = self.under_way.remove(0);
        self.story.reachable = well;
        let answer = self.story.answer(&effect)?;
        Some(if given_up { Event::Late(Box::new(answer)) } else { answer })
    }

    fn happens(&mut self, happening: Happening) -> Vec<Effect> {
        let Some(event) = self.event(happening) else { return Vec::new() };
        self.story.now = self.story.now.plus_ms(700);
        let effects = self.story.engine.apply(event, self.story.now);
        for effect in &effects {
            if *effect == Effect::GiveUpExchanges {
                self.under_way.iter_mut().for_each(|(_, given_up)| *given_up = true);
            } else if effect.uses_network() && !matches!(effect, Effect::ForgetToken(_)) {
                self.under_way.push((effect.clone(), false));
            }
        }
        effects
    }
}

proptest! {
    // Each is an agent with two databases.
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens, in whatever order: offline nothing is sent, fetched or probed, and at the end
    /// each letter is with the server exactly once or still in the outbox.
    #[test]
    fn nothing_leaves_while_offline(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut slow = Slow { story: Story::signed_in(), under_way: Vec::new() };
        let mut written = std::collections::BTreeSet::new();
        for happening in happenings {
            if let Happening::Send(number) = happening
                && slow.story.engine.account.is_some()
            {
                written.insert(id(number));
            }
            let effects = slow.happens(happening);
            if slow.story.engine.mode == Mode::Offline {
                prop_assert!(!effects.iter().any(Effect::uses_network), "{happening:?}: {effects:?}");
                let going_on = slow.under_way.iter().any(|(_, given_up)| !given_up);
                prop_assert!(!going_on, "what was under way was given up");
            }
        }
        for letter in written {
            let waits = slow.story.engine.ledger.outbox_letter(letter).unwrap().is_some();
            let sent = slow.story.engine.cache.message(letter).unwrap().is_some();
            prop_assert!(waits != sent, "{letter} waits: {waits}, sent: {sent}");
        }
    }
}
