//! The modal window for important mail (row S10): in the centre, on top, safe against keys that were
//! meant for another window.

use std::{
    cell::{Cell, RefCell},
    io::BufRead,
    path::Path,
    rc::{Rc, Weak},
    time::Duration,
};

use restante_l10n::{Value, Words};
use restante_local_api::{
    Client, ClientError, LocalProblemKind, Message, RemindLater, Show, ShowWhat,
    model::{MessageId, Timestamp},
};
use restante_process::Exit;
use slint::{ComponentHandle, ModelRc, Timer, VecModel};

use super::{Desk, prepare, spawn};
use crate::{
    Failure, instance, phrases,
    placement::{self, Seen},
    stream::Link,
    ui,
};

/// Further messages that are named; what is more is counted.
const OTHERS_NAMED: usize = 4;

/// How much later a person is reminded.
const REMIND_SECONDS: u64 = 600;

/// What a person says without opening anything.
#[derive(Clone, Copy)]
enum Answer {
    Acknowledge,
    Remind,
}

/// What the window tells of.
#[derive(Default)]
struct Told {
    /// Those still unread, newest first.
    unread: Vec<MessageId>,
    /// The first of them, which it names: there may be thousands.
    named: Vec<Message>,
}

/// One window, from its opening to its end.
struct Important {
    desk: Desk,
    window: ui::Important,
    ids: Vec<MessageId>,
    told: RefCell<Told>,
    exit: Cell<Exit>,
}

/// Tells of these messages until the person has opened or left them, or they were read elsewhere.
pub(super) fn run(desk: &Desk, socket: &Path, mut ids: Vec<MessageId>) -> Result<Exit, Failure> {
    let ask = |ids: Vec<MessageId>| {
        let client = desk.agent.client();
        match desk.agent.wait(async move { unread(&client, &ids).await })? {
            Err(ClientError::NotRunning(_)) => Err(Failure::AgentNotRunning(socket.to_owned())),
            told => Ok(told?),
        }
    };
    let mut told = ask(ids.clone())?;
    if told.unread.is_empty() {
        eprintln!("restante-desktop: {}", desk.words.text("nothing-to-show"));
        return Ok(Exit::No);
    }
    let (doorbell, handed) = instance::take_over(socket.parent().unwrap_or(Path::new("/")));
    if !handed.is_empty() {
        ids.extend(handed);
        ids.sort_unstable();
        ids.dedup();
        told = ask(ids.clone())?;
    }
    if let Some(doorbell) = doorbell {
        doorbell.make_way(ids.clone())?;
    }
    placement::select_backend()?;
    let window = placement::dialog(ui::Important::new)?;
    prepare(&window, &desk.words);
    let important = Rc::new(Important {
        desk: desk.clone(),
        window,
        ids,
        told: RefCell::default(),
        exit: Cell::new(Exit::No),
    });
    important.tell(told);
    important.listen();
    important.place();
    important.window.show()?;
    let weak = Rc::downgrade(&important);
    spawn(async move { follow(weak).await });
    slint::run_event_loop()?;
    Ok(important.exit.get())
}

/// The ids that the agent writes, one a line.
pub(super) fn ids_from(input: impl BufRead) -> Vec<MessageId> {
    input.lines().map_while(Result::ok).filter_map(|line| line.parse().ok()).collect()
}

/// Which of these are still unread, and the newest whole.
async fn unread(client: &Client, ids: &[MessageId]) -> Result<Told, ClientError> {
    let unread = client.unread(ids).await?;
    let mut named = Vec::new();
    for id in unread.iter().take(1 + OTHERS_NAMED) {
        match client.message(*id).await {
            Ok(message) => named.push(message),
            // It went between the two questions; the next look counts without it.
            Err(ClientError::Refused(problem)) if problem.code == LocalProblemKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Told { unread, named })
}

/// Goes away when the messages were read elsewhere (row B6).
async fn follow(important: Weak<Important>) {
    let Some(mut link) = important.upgrade().map(|important| important.desk.link()) else { return };
    while link.changed().await.is_ok() {
        let there = matches!(*link.borrow_and_update(), Link::Here(_));
        let Some(important) = important.upgrade() else { return };
        if !there {
            continue; // What is shown stays true enough until the agent is back.
        }
        let ids = important.ids.clone();
        match important.desk.agent.ask(|client| async move { unread(&client, &ids).await }).await {
            Ok(told) if told.unread.is_empty() => important.end(Exit::No),
            Ok(told) => important.tell(told),
            Err(_) => {} // The stream says so as well.
        }
    }
}

impl Important {
    fn tell(&self, told: Told) {
        fill(&self.window, &self.desk.words, self.desk.now(), told.unread.len(), &told.named);
        self.told.replace(told);
    }

    fn listen(self: &Rc<Self>) {
        let important = Rc::downgrade(self);
        self.window.on_later(move || {
            if let Some(important) = important.upgrade() {
                important.end(Exit::No);
            }
        });
        let important = Rc::downgrade(self);
        self.window.on_acknowledge(move || {
            if let Some(important) = important.upgrade() {
                spawn(async move { important.answer(Answer::Acknowledge).await });
            }
        });
        let important = Rc::downgrade(self);
        self.window.on_remind(move || {
            if let Some(important) = important.upgrade() {
                spawn(async move { important.answer(Answer::Remind).await });
            }
        });
        let important = Rc::downgrade(self);
        self.window.on_open(move || {
            if let Some(important) = important.upgrade() {
                spawn(async move { important.open().await });
            }
        });
    }

    /// Into the centre and on top: before it is shown by the size that it will have, and once it is on
    /// the screen by the one that it has there.
    fn place(self: &Rc<Self>) {
        let centre = |window: &ui::Important| {
            placement::centre(window.window(), (window.get_shown_width(), window.get_shown_height()));
        };
        centre(&self.window);
        let (weak, placed) = (self.window.as_weak(), Cell::new(false));
        placement::on_seen(self.window.window(), move |seen| {
            if seen == Seen::Drawn && !placed.replace(true) {
                let weak = weak.clone();
                Timer::single_shot(Duration::ZERO, move || {
                    weak.upgrade().into_iter().for_each(|window| {
                        centre(&window);
                        placement::keep_on_top(window.window());
                    });
                });
            }
        });
    }

    /// Of all messages that it tells of: the person knows of them, or wants to hear of them again.
    async fn answer(&self, answer: Answer) {
        let ids = self.told.borrow().unread.clone();
        let told = self.desk.agent.ask(|client| async move {
            for id in ids {
                match answer {
                    Answer::Acknowledge => client.acknowledge(id).await?,
                    Answer::Remind => client.remind(id, RemindLater { seconds: REMIND_SECONDS }).await?,
                }
            }
            Ok(())
        });
        match told.await {
            Ok(()) => self.end(Exit::Done),
            Err(error) => {
                let why = phrases::why(&self.desk.words, &error);
                self.window.set_problem(why.into());
            }
        }
    }

    /// The mailbox opens the message, and marks it read when it was seen there.
    async fn open(&self) {
        let id = self.told.borrow().unread.first().copied();
        let show = Show { what: ShowWhat::Mailbox, id };
        match self.desk.agent.ask(|client| async move { client.show(show).await }).await {
            Ok(()) => self.end(Exit::Done),
            Err(error) => {
                let why = phrases::why(&self.desk.words, &error);
                let said = self.desk.words.with("cannot-open", &[("why", Value::Text(&why))]);
                self.window.set_problem(said.into());
            }
        }
    }

    fn end(&self, exit: Exit) {
        self.exit.set(exit);
        // Hiding the last window ends the loop; it fails only where there is none.
        let _ = self.window.hide();
    }
}

/// Puts the newest of so many messages into the window and the next ones below it.
fn fill(window: &ui::Important, words: &Words, now: Timestamp, count: usize, newest: &[Message]) {
    let Some((first, others)) = newest.split_first() else { return };
    window.set_heading(match count {
        1 => words.text("important-mail").into(),
        many => words.with("important-mails", &[("count", Value::Number(many as u64))]).into(),
    });
    window.set_who(phrases::line(phrases::name(&first.row.from)).into());
    window.set_subject(phrases::subject(words, &first.row.subject).into());
    window.set_when(phrases::moment_of(words, now, first.row.sent_at).into());
    let named = others.iter().map(|other| phrases::other(words, now, other));
    window.set_others(ModelRc::new(named.collect::<VecModel<_>>()));
    window.set_more(match count.saturating_sub(newest.len()) {
        0 => String::new().into(),
        more => words.with("important-more", &[("count", Value::Number(more as u64))]).into(),
    });
}

#[cfg(test)]
mod tests;
