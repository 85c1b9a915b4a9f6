//! Popups by a window of our own in the corner: one program for all of them, there while there are some.

use std::{collections::BTreeMap, ffi::OsString, process::Stdio, sync::Arc};

use restante_engine::{
    Event,
    effect::{OverFullScreen, Popup, PopupCarrier},
    event::{NotShown, PopupAction, PopupId},
};
use restante_l10n::{Words, clock_time, local};
use restante_local_api::{PopupCard, PopupOrder, PopupReport};
use restante_model::Clock;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};

use crate::{full_screen, notifier::words_of};

/// Gives the orders; a task of its own carries them out.
pub(crate) struct PopupWindows {
    orders: mpsc::UnboundedSender<(PopupOrder, OverFullScreen)>,
    events: mpsc::UnboundedSender<Event>,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
}

impl PopupWindows {
    /// Popups by this command, to which `popup` is added. Must be called inside the runtime.
    pub(crate) fn new(
        command: Vec<OsString>,
        events: mpsc::UnboundedSender<Event>,
        words: Arc<Words>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (orders, given) = mpsc::unbounded_channel();
        let keeper = Keeper { command, events: events.clone(), program: None, popups: BTreeMap::new() };
        tokio::spawn(keeper.run(given));
        Self { orders, events, words, clock }
    }

    /// Shows a popup: [`Event::PopupShown`], later [`Event::PopupEnded`]; or [`Event::PopupWindowFailed`].
    pub(crate) fn show(&self, popup: &Popup) {
        let said = words_of(&popup.content, &self.words);
        let time = clock_time(local(self.clock.now().to_date_time()));
        let note = if said.of_mail { format!("{}, {time}", self.words.text("folder-inbox")) } else { time };
        let card = PopupCard {
            id: popup.id.0,
            title: said.summary,
            // It has one line, and its end is cut off.
            text: said.body.replace('\n', "; "),
            note,
            important: said.important,
            one_message: said.one_message,
        };
        self.order(PopupOrder::Show(card), popup.over_full_screen);
    }

    /// Asks whether a popup would be shown now: [`Event::CarrierAnswered`]. Must be called inside the runtime.
    pub(crate) fn ask(&self, over_full_screen: OverFullScreen) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let gives_way = over_full_screen == OverFullScreen::GivesWay && full_screen::is_full().await;
            let outcome = if gives_way { Err(NotShown::FullScreen) } else { Ok(()) };
            // Nobody listens any more once the agent ends.
            let _ = events.send(Event::CarrierAnswered { carrier: PopupCarrier::Window, outcome });
        });
    }

    /// Takes a popup away, where it is one of these.
    pub(crate) fn withdraw(&self, popup: PopupId) {
        self.order(PopupOrder::Withdraw { id: popup.0 }, OverFullScreen::Shown);
    }

    fn order(&self, order: PopupOrder, over_full_screen: OverFullScreen) {
        // The task ends only with this sender, or with the runtime.
        let _ = self.orders.send((order, over_full_screen));
    }
}

/// How far a popup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Ordered,
    Shown,
}

struct Keeper {
    command: Vec<OsString>,
    events: mpsc::UnboundedSender<Event>,
    program: Option<Program>,
    popups: BTreeMap<u64, Progress>,
}

/// The program while it runs.
struct Program {
    child: Child,
    input: ChildStdin,
    reports: Lines<BufReader<ChildStdout>>,
}

impl Keeper {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<(PopupOrder, OverFullScreen)>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some((PopupOrder::Show(card), OverFullScreen::GivesWay)) if full_screen::is_full().await => {
                        self.gives_way(card.id);
                    }
                    Some((order, _)) => self.carry_out(order).await,
                    None => return,
                },
                report = next_report(&mut self.program) => match report {
                    Some(report) => self.take(report),
                    None => self.ended().await,
                },
            }
            if self.popups.is_empty()
                && let Some(mut program) = self.program.take()
            {
                // Its input ends, and so does it.
                drop(program.input);
                tokio::spawn(async move { program.child.wait().await });
            }
        }
    }

    fn gives_way(&self, id: u64) {
        self.send(Event::PopupShown { popup: PopupId(id), outcome: Err(NotShown::FullScreen) });
    }

    async fn carry_out(&mut self, order: PopupOrder) {
        match &order {
            PopupOrder::Show(card) => {
                self.popups.insert(card.id, Progress::Ordered);
            }
            PopupOrder::Withdraw { id } => {
                if self.popups.remove(id).is_none() {
                    return;
                }
                self.tell_end(*id, PopupAction::Closed);
            }
        }
        if self.program.is_none() {
            match start(&self.command) {
                Ok(program) => self.program = Some(program),
                Err(reason) => return self.fail(&reason),
            }
        }
        let line = serde_json::to_string(&order).unwrap_or_default() + "\n";
        let Some(program) = &mut self.program else { return };
        if let Err(error) = program.input.write_all(line.as_bytes()).await {
            // That it ended is heard at its output too, where what becomes of its popups is decided.
            tracing::debug!(%error, "the corner window does not listen");
        }
    }

    fn take(&mut self, report: PopupReport) {
        match report {
            PopupReport::Shown { id } => {
                if let Some(progress) = self.popups.get_mut(&id) {
                    *progress = Progress::Shown;
                    self.send(Event::PopupShown { popup: PopupId(id), outcome: Ok(None) });
                }
            }
            PopupReport::Opened { id } => self.end(id, PopupAction::Open),
            PopupReport::MarkedRead { id } => self.end(id, PopupAction::MarkRead),
            PopupReport::Later { id } => self.end(id, PopupAction::Later),
            PopupReport::Closed { id } => self.end(id, PopupAction::Closed),
        }
    }

    fn end(&mut self, id: u64, action: PopupAction) {
        if self.popups.remove(&id).is_some() {
            self.tell_end(id, action);
        }
    }

    /// It ended although it has popups to show.
    async fn ended(&mut self) {
        let Some(mut program) = self.program.take() else { return };
        let reason = match program.child.wait().await {
            Ok(status) => format!("the corner window ended with {status}"),
            Err(error) => format!("the corner window was lost: {error}"),
        };
        self.fail(&reason);
    }

    fn fail(&mut self, reason: &str) {
        for (id, progress) in std::mem::take(&mut self.popups) {
            match progress {
                Progress::Ordered => {
                    self.send(Event::PopupWindowFailed { popup: PopupId(id), reason: reason.to_owned() });
                }
                Progress::Shown => self.tell_end(id, PopupAction::Closed),
            }
        }
    }

    fn tell_end(&self, id: u64, action: PopupAction) {
        self.send(Event::PopupEnded { popup: PopupId(id), action });
    }

    fn send(&self, event: Event) {
        // Nobody listens any more once the agent ends.
        let _ = self.events.send(event);
    }
}

/// The next report; `None` when the program has ended. Without a program it waits for ever.
async fn next_report(program: &mut Option<Program>) -> Option<PopupReport> {
    let Some(program) = program else { return std::future::pending().await };
    loop {
        let line = program.reports.next_line().await.ok().flatten()?;
        match serde_json::from_str(&line) {
            Ok(report) => return Some(report),
            Err(error) => tracing::warn!(%error, "the corner window reports what is no report"),
        }
    }
}

fn start(command: &[OsString]) -> Result<Program, String> {
    let (program, first) = command.split_first().ok_or("there is no command for windows")?;
    let mut child = Command::new(program)
        .args(first)
        .arg("popup")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("could not start {}: {error}", program.display()))?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the corner window has no pipes".into());
    };
    Ok(Program { child, input, reports: BufReader::new(output).lines() })
}

#[cfg(test)]
mod tests {
    use restante_engine::effect::PopupContent;
    use restante_l10n::Language;
    use restante_model::SystemClock;

    use super::*;

    fn windows(script: &str) -> (PopupWindows, mpsc::UnboundedReceiver<Event>) {
        let (sender, events) = mpsc::unbounded_channel();
        // The words behind the script are $0 and $1.
        let command = ["/bin/sh", "-c", script, "corner"].map(OsString::from).to_vec();
        let words = Arc::new(Words::new(Language::English));
        (PopupWindows::new(command, sender, words, Arc::new(SystemClock)), events)
    }

    fn popup(id: u64) -> Popup {
        Popup {
            id: PopupId(id),
            content: PopupContent::Summary { count: id },
            carrier: PopupCarrier::Window,
            sound: None,
            over_full_screen: OverFullScreen::Shown,
        }
    }

    #[tokio::test]
    async fn what_the_window_reports_is_told() {
        let script = r#"read order; case "$order" in *'"5 new messages"'*) ;; *) exit 9;; esac
            echo '{"report":"shown","id":5}'; echo nonsense; echo '{"report":"opened","id":5}'; cat"#;
        let (windows, mut events) = windows(script);
        windows.show(&popup(5));
        let event = events.recv().await;
        assert!(
            matches!(event, Some(Event::PopupShown { popup: PopupId(5), outcome: Ok(None) })),
            "{event:?}"
        );
        let event = events.recv().await;
        let opened = Event::PopupEnded { popup: PopupId(5), action: PopupAction::Open };
        assert_eq!(format!("{event:?}"), format!("{:?}", Some(opened)));
    }

    #[tokio::test]
    async fn a_message_is_marked_read_or_put_off_from_the_window() {
        let script = r#"read order; read order; echo '{"report":"marked_read","id":1}'
            echo '{"report":"later","id":2}'; cat"#;
        let (windows, mut events) = windows(script);
        windows.show(&popup(1));
        windows.show(&popup(2));
        for (id, expected) in [(1, PopupAction::MarkRead), (2, PopupAction::Later)] {
            let Some(Event::PopupEnded { popup, action }) = events.recv().await else { panic!("no end") };
            assert_eq!((popup, action), (PopupId(id), expected));
        }
    }

    #[tokio::test]
    async fn a_window_that_cannot_be_shown_is_said() {
        let (windows, mut events) = windows("exit 5");
        windows.show(&popup(1));
        let Some(Event::PopupWindowFailed { popup, reason }) = events.recv().await else {
            panic!("no failure")
        };
        assert_eq!(popup, PopupId(1));
        assert!(reason.contains('5'), "{reason}");
    }

    #[tokio::test]
    async fn a_window_that_breaks_down_ends_what_it_had_shown() {
        let (windows, mut events) =
            windows(r#"read order; echo '{"report":"shown","id":1}'; read order; kill -KILL $$"#);
        windows.show(&popup(1));
        assert!(matches!(events.recv().await, Some(Event::PopupShown { .. })));
        windows.show(&popup(2));
        let event = events.recv().await;
        assert!(matches!(event, Some(Event::PopupEnded { popup: PopupId(1), .. })), "{event:?}");
        let event = events.recv().await;
        assert!(matches!(event, Some(Event::PopupWindowFailed { popup: PopupId(2), .. })), "{event:?}");
    }
}
