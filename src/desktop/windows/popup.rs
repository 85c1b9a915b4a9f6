//! Popups of our own in the corner (row S11), where the desktop has no service for them or the person
//! prefers these. The agent orders them, a line each, and hears what became of them; the window ends with
//! its input.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, BufRead, Write},
    rc::Rc,
    sync::Arc,
    thread,
    time::Duration,
};

use restante_l10n::Words;
use restante_local_api::{PopupCard, PopupOrder, PopupReport};
use restante_process::Exit;
use slint::ComponentHandle;

use super::{prepare, spawn};
use crate::{
    Failure,
    placement::{self, Seen},
    ui,
};

/// Long enough to read two lines; whoever wants longer rests the pointer on it.
const STAYS: Duration = Duration::from_secs(8);
/// The size of one, as popup.slint has it, and the gap between two and to the edge.
const SIZE: (f32, f32) = (360.0, 92.0);
const GAP: f32 = 12.0;

/// Those that are on the screen.
struct Corner {
    words: Arc<Words>,
    /// By their numbers; the first is the lowest on the screen.
    shown: RefCell<BTreeMap<u64, ui::Popup>>,
}

/// Shows what is ordered until there are no more orders.
pub(super) fn run(words: &Arc<Words>) -> Result<Exit, Failure> {
    placement::select_backend()?;
    let corner = Rc::new(Corner { words: Arc::clone(words), shown: RefCell::default() });
    let (orders, mut given) = tokio::sync::mpsc::unbounded_channel();
    // Reading waits, so it has a thread of its own; it ends with the process.
    thread::Builder::new().name("orders".into()).spawn(move || read_orders(&orders))?;
    spawn(async move {
        while let Some(order) = given.recv().await {
            corner.take(order);
        }
        // Nobody is left to report to. It fails only where there is no loop.
        let _ = slint::quit_event_loop();
    });
    slint::run_event_loop_until_quit()?;
    Ok(Exit::Done)
}

fn read_orders(orders: &tokio::sync::mpsc::UnboundedSender<PopupOrder>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(order) => {
                if orders.send(order).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "an order is no order"),
        }
    }
}

/// Tells the agent; where it has gone, the input ends as well.
fn report(report: PopupReport) {
    let mut output = io::stdout().lock();
    let _ = serde_json::to_writer(&mut output, &report).map_err(io::Error::from);
    let _ = output.write_all(b"\n").and_then(|()| output.flush());
}

impl Corner {
    fn take(self: &Rc<Self>, order: PopupOrder) {
        match order {
            PopupOrder::Show(card) => {
                let id = card.id;
                if let Err(error) = self.show(&card) {
                    tracing::warn!(%error, "a popup could not be shown");
                    report(PopupReport::Closed { id });
                }
            }
            PopupOrder::Withdraw { id } => self.remove(id),
        }
    }

    fn show(self: &Rc<Self>, card: &PopupCard) -> Result<(), slint::PlatformError> {
        let id = card.id;
        if let Some(popup) = self.shown.borrow().get(&id) {
            fill(popup, card);
            report(PopupReport::Shown { id });
            return Ok(());
        }
        let popup = placement::popup(ui::Popup::new)?;
        prepare(&popup, &self.words);
        fill(&popup, card);
        popup.on_open(self.ends(PopupReport::Opened { id }, id));
        popup.on_mark_read(self.ends(PopupReport::MarkedRead { id }, id));
        popup.on_later(self.ends(PopupReport::Later { id }, id));
        popup.on_dismiss(self.ends(PopupReport::Closed { id }, id));
        // Before it is shown, so that it is in its place from its first frame.
        placement::corner(popup.window(), SIZE, GAP, self.shown.borrow().len());
        let told = std::cell::Cell::new(false);
        placement::on_seen(popup.window(), move |seen| {
            if seen == Seen::Drawn && !told.replace(true) {
                report(PopupReport::Shown { id });
            }
        });
        popup.show()?;
        self.shown.borrow_mut().insert(id, popup);
        Ok(())
    }

    /// What is done when the person has done something with a popup: the agent is told, and it goes.
    fn ends(self: &Rc<Self>, what: PopupReport, id: u64) -> impl FnMut() + 'static {
        let corner = Rc::downgrade(self);
        move || {
            if let Some(corner) = corner.upgrade() {
                report(what);
                corner.remove(id);
            }
        }
    }

    /// Takes one away; those above it move down.
    fn remove(self: &Rc<Self>, id: u64) {
        let corner = Rc::clone(self);
        // Not from inside its own callback.
        spawn(async move {
            let Some(popup) = corner.shown.borrow_mut().remove(&id) else { return };
            // It fails only where there is no window any more.
            let _ = popup.hide();
            for (place, popup) in corner.shown.borrow().values().enumerate() {
                placement::corner(popup.window(), SIZE, GAP, place);
            }
        });
    }
}

fn fill(popup: &ui::Popup, card: &PopupCard) {
    popup.set_heading(card.title.as_str().into());
    popup.set_body(card.text.as_str().into());
    popup.set_note(card.note.as_str().into());
    popup.set_important(card.important);
    popup.set_one_message(card.one_message);
    let stays = if card.important { Duration::ZERO } else { STAYS };
    popup.set_stays(i64::try_from(stays.as_millis()).unwrap_or(i64::MAX));
}

#[cfg(test)]
mod tests;
