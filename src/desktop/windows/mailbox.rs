//! The mailbox: folders, their lists and the reading pane (rows S6, S7, S9, S16, S20).

mod layout;
mod list;
mod parts;
mod reading;
mod sent;
#[cfg(test)]
mod tests;
mod view;
mod writing;

use std::{
    cell::{Cell, RefCell},
    path::PathBuf,
    rc::{Rc, Weak},
    time::Duration,
};

use restante_local_api::{
    Client, ClientError, Connection, FolderSummary, Message, Mode, PutMode, Show, ShowWhat,
    model::{Folder, MessageId},
};
use restante_process::Exit;
use slint::{CloseRequestResponse, ComponentHandle, ModelRc, Timer, VecModel};
use tokio::sync::Mutex;

use self::{layout::Layout, view::View};
use super::{
    Desk, about,
    compose::{self, Sheet},
    prepare, sign_in, spawn,
};
use crate::{
    Failure,
    instance::{Doorbell, Errand},
    phrases,
    placement::{self, Seen},
    rows::Rows,
    stream::Link,
    ui,
};

/// How long a message stands in the active window before it counts as read, where the settings are not
/// known (a preview that flashes by is not read).
const READ_AFTER: Duration = Duration::from_secs(2);
/// The key of the settings that says otherwise.
const READ_AFTER_KEY: &str = "mail.mark_read_after_seconds";

/// One window, from its opening to its end.
struct Mailbox {
    desk: Desk,
    window: ui::Mailbox,
    rows: Rc<Rows>,
    folders: Rc<VecModel<ui::FolderRow>>,
    summaries: RefCell<Vec<FolderSummary>>,
    folder: Cell<Folder>,
    /// What the person chose in the list: by id, since rows move under new mail.
    selected: Cell<Option<MessageId>>,
    /// A row that was chosen before it was loaded.
    awaited: Cell<Option<usize>>,
    reading: RefCell<Option<Message>>,
    /// One refresh at a time, the newest last.
    refreshing: Mutex<()>,
    read_timer: Timer,
    /// Whether the person was asked if the sent message on show is to be taken back.
    retract_asked: Cell<bool>,
    read_after: Cell<Duration>,
    /// What was marked unread while it was on show: it does not count as read by standing there.
    left_unread: Cell<Option<MessageId>>,
    view: RefCell<View>,
    search_timer: Timer,
    /// Where the arrangement of the window is kept.
    layout_file: Option<PathBuf>,
    active: Cell<bool>,
    /// Whether the agent is of a version that gives only the first rows of a list.
    agent_outdated: Cell<bool>,
    /// What this start of the program is for, until the window is on the screen.
    first_errand: Cell<Option<Errand>>,
}

/// The window until it and those it opened are closed.
pub(super) fn run(
    desk: Desk,
    errand: Errand,
    doorbell: Option<Doorbell>,
    layout_file: Option<PathBuf>,
) -> Result<Exit, Failure> {
    placement::select_backend()?;
    let window = ui::Mailbox::new()?;
    prepare(&window, &desk.words);
    let mailbox = Rc::new(Mailbox {
        desk,
        window,
        rows: Rc::default(),
        folders: Rc::default(),
        summaries: RefCell::default(),
        folder: Cell::new(Folder::Inbox),
        selected: Cell::default(),
        awaited: Cell::default(),
        reading: RefCell::default(),
        refreshing: Mutex::default(),
        read_timer: Timer::default(),
        retract_asked: Cell::new(false),
        read_after: Cell::new(READ_AFTER),
        left_unread: Cell::default(),
        view: RefCell::default(),
        search_timer: Timer::default(),
        layout_file,
        active: Cell::new(false),
        agent_outdated: Cell::new(false),
        first_errand: Cell::new(Some(errand)),
    });
    mailbox.window.set_rows(ModelRc::from(mailbox.rows.clone()));
    mailbox.window.set_folders(ModelRc::from(mailbox.folders.clone()));
    mailbox.window.set_loading(true);
    mailbox.listen();
    if let Some(file) = &mailbox.layout_file {
        Layout::read(file).arrange(&mailbox.window);
    }
    mailbox.window.show()?;
    mailbox.follow();
    mailbox.feed();
    if let Some(doorbell) = doorbell {
        mailbox.answer(doorbell)?;
    }
    slint::run_event_loop()?;
    Ok(Exit::Done)
}

impl Mailbox {
    /// What the person does in the window.
    fn listen(self: &Rc<Self>) {
        let window = &self.window;
        let on = |act: fn(&Rc<Self>)| {
            let weak = Rc::downgrade(self);
            move || with(&weak, act)
        };
        let on_index = |act: fn(&Rc<Self>, usize)| {
            let weak = Rc::downgrade(self);
            move |index: i32| {
                with(&weak, |it| usize::try_from(index).into_iter().for_each(|index| act(it, index)));
            }
        };
        window.on_write(on(|it| it.compose(Sheet::empty())));
        window.on_check(on(Self::check));
        window.on_reply(on(|it| it.answer_with(Sheet::reply)));
        window.on_reply_all(on(Self::reply_all));
        window.on_forward(on(|it| it.answer_with(Sheet::forward)));
        window.on_delete(on(Self::delete));
        let weak = Rc::downgrade(self);
        window.on_sort_by(move |column| with(&weak, |it| it.sort_by(column)));
        let weak = Rc::downgrade(self);
        window.on_mark(move |read| with(&weak, |it| it.mark(read)));
        window.on_arranged(on(|it| it.keep_layout()));
        let weak = Rc::downgrade(self);
        window.on_search_typed(move |words| with(&weak, |it| it.typed(&words)));
        let weak = Rc::downgrade(self);
        window.on_unread_wanted(move |unread| with(&weak, |it| it.show_unread(unread)));
        window.on_part_wanted(on_index(Self::show_part));
        let weak = Rc::downgrade(self);
        window.window().on_close_requested(move || {
            with(&weak, |it| it.keep_layout());
            CloseRequestResponse::HideWindow
        });
        window.on_about(on(|it| {
            if let Err(error) = about::show(&it.desk.words, it.after_another()) {
                tracing::warn!(%error, "the about window did not open");
            }
        }));
        window.on_settings(on(Self::open_settings));
        window.on_sign_in(on(Self::sign_in));
        window.on_close_asked(on(|it| {
            it.keep_layout();
            let _ = it.window.hide(); // fails only where there is no window
        }));
        window.on_acted(on(Self::act));
        window.on_folder_picked(on_index(Self::pick_folder));
        window.on_picked(on_index(Self::pick));
        window.on_opened(on_index(|it, _| it.go_on_writing()));
        let weak = Rc::downgrade(self);
        window.on_set_offline(move |offline| with(&weak, |it| it.set_offline(offline)));
        let weak = Rc::downgrade(self);
        placement::on_seen(window.window(), move |seen| {
            with(&weak, |it| match seen {
                Seen::Active(active) => {
                    it.active.set(active);
                    it.time_reading();
                }
                Seen::Drawn => {
                    // Not before: a window that is opened earlier would come to lie behind this one.
                    if let Some(errand) = it.first_errand.take() {
                        placement::fit(it.window.window());
                        it.carry_out_soon(errand);
                    }
                }
            });
        });
    }

    /// Shows what the agent's stream says, and reads the folder anew after each of its events.
    fn follow(self: &Rc<Self>) {
        let (weak, mut link) = (Rc::downgrade(self), self.desk.link());
        spawn(async move {
            while link.changed().await.is_ok() {
                let told = link.borrow_and_update().clone();
                let Some(mailbox) = weak.upgrade() else { return };
                mailbox.show_link(&told);
                if matches!(told, Link::Here(_)) {
                    mailbox.refresh().await;
                    mailbox.learn_settings().await;
                }
            }
        });
    }

    /// Does what other starts of the program want.
    fn answer(self: &Rc<Self>, doorbell: Doorbell) -> std::io::Result<()> {
        let weak = self.window.as_weak();
        let (teller, mut errands) = tokio::sync::mpsc::unbounded_channel();
        doorbell.listen(move |errand| {
            // Both ends live as long as the process.
            let _ = teller.send(errand);
        })?;
        let mailbox = Rc::downgrade(self);
        spawn(async move {
            while let Some(errand) = errands.recv().await {
                let (Some(window), Some(mailbox)) = (weak.upgrade(), mailbox.upgrade()) else { return };
                // It was closed while a letter was still being written.
                if let Err(error) = window.show() {
                    tracing::warn!(%error, "the mailbox did not open again");
                }
                placement::raise(window.window());
                mailbox.carry_out(errand);
            }
        });
        Ok(())
    }

    /// At the next turn of the loop: no window is opened while another one is being drawn.
    fn carry_out_soon(self: &Rc<Self>, errand: Errand) {
        let weak = Rc::downgrade(self);
        Timer::single_shot(Duration::ZERO, move || with(&weak, |it| it.carry_out(errand)));
    }

    fn carry_out(self: &Rc<Self>, errand: Errand) {
        match errand {
            Errand::Show => {}
            Errand::Write => self.compose(Sheet::empty()),
            Errand::Open(id) => {
                let mailbox = self.clone();
                spawn(async move { mailbox.open(id).await });
            }
        }
    }

    fn show_link(&self, link: &Link) {
        let now = self.desk.now();
        let mut status = phrases::status_line(&self.desk.words, now, link);
        if self.agent_outdated.get() && status.strip.is_empty() {
            status.strip = self.desk.words.text("status-agent-outdated").into();
        }
        self.window.set_status(status);
        self.window.set_away(!matches!(link, Link::Here(_)));
        if let Link::Here(status) = link {
            self.window.set_signed_out(status.connection == Connection::SignedOut);
            self.window.set_offline(status.mode == Mode::Offline);
            let unread = if status.unread == 0 { String::new() } else { format!("({})", status.unread) };
            self.window.set_unread(unread.into());
        }
    }

    /// It answered, as one of this version does or as an older one that was not started anew.
    fn met_agent(&self, up_to_date: bool) {
        if self.agent_outdated.replace(!up_to_date) == up_to_date {
            self.show_link(&self.desk.link().borrow().clone());
        }
    }

    fn keep_layout(&self) {
        if let Some(file) = &self.layout_file {
            Layout::of(&self.window).keep(file);
        }
    }

    fn check(self: &Rc<Self>) {
        self.window.set_checking(true);
        let mailbox = self.clone();
        spawn(async move {
            // What came of it is in the status, which the stream brings.
            let _ = mailbox.ask(|client| async move { client.check(true).await }).await;
            mailbox.window.set_checking(false);
        });
    }

    fn set_offline(self: &Rc<Self>, offline: bool) {
        let mode = PutMode { mode: if offline { Mode::Offline } else { Mode::Online } };
        let mailbox = self.clone();
        spawn(async move {
            if let Ok(status) = mailbox.ask(move |client| async move { client.set_mode(mode).await }).await {
                mailbox.show_link(&Link::Here(Box::new(status)));
            }
        });
    }

    /// By the agent, so that there is one such window however it was asked for.
    fn open_settings(self: &Rc<Self>) {
        let mailbox = self.clone();
        spawn(async move {
            let show = Show { what: ShowWhat::Settings, id: None };
            if let Err(error) = mailbox.ask(move |client| async move { client.show(show).await }).await {
                tracing::warn!(%error, "the window with the settings did not open");
            }
        });
    }

    fn sign_in(self: &Rc<Self>) {
        let Link::Here(status) = self.desk.link().borrow().clone() else { return };
        let after = self.after_another();
        if let Err(error) = sign_in::show(&self.desk, &status, move |_| after()) {
            tracing::warn!(%error, "the window to sign in did not open");
        }
    }

    async fn ask<T, F>(&self, question: impl FnOnce(Client) -> F) -> Result<T, ClientError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ClientError>> + Send + 'static,
    {
        self.desk.agent.ask(question).await
    }
}

/// Does something with the mailbox while it is there.
fn with(mailbox: &Weak<Mailbox>, act: impl FnOnce(&Rc<Mailbox>)) {
    if let Some(mailbox) = mailbox.upgrade() {
        act(&mailbox);
    }
}

/// An index for the toolkit, which counts in 32 bits.
fn as_index(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}
