//! The mailbox: folders, their lists and the reading pane (rows S6, S7, S9, S16, S20).

mod layout;
mod parts;
#[cfg(test)]
mod tests;
mod view;

use std::{
    cell::{Cell, RefCell},
    path::PathBuf,
    rc::{Rc, Weak},
    time::Duration,
};

use restante_l10n::{Value, Words};
use restante_local_api::{
    Client, ClientError, Connection, Direction, FolderSummary, Message, Mode, PutMode, RowState, Show,
    ShowWhat,
    model::{Folder, MessageId, Timestamp},
};
use restante_process::Exit;
use slint::{CloseRequestResponse, ComponentHandle, Model, ModelRc, Timer, TimerMode, VecModel};
use tokio::sync::Mutex;

use self::{
    layout::Layout,
    view::{Deletable, View},
};
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
/// Rows loaded beyond those on screen, so that the next screen is there at once.
const ROWS_AHEAD: usize = 100;

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
    read_after: Cell<Duration>,
    view: RefCell<View>,
    search_timer: Timer,
    /// Where the arrangement of the window is kept.
    layout_file: Option<PathBuf>,
    active: Cell<bool>,
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
        read_after: Cell::new(READ_AFTER),
        view: RefCell::default(),
        search_timer: Timer::default(),
        layout_file,
        active: Cell::new(false),
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
        window.on_pane_switched(on(|it| it.keep_layout()));
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
        window.on_acted(on(Self::go_on_writing));
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

    /// Loads the rows that the list asks for while it is scrolled.
    fn feed(self: &Rc<Self>) {
        let (weak, rows) = (Rc::downgrade(self), self.rows.clone());
        spawn(async move {
            loop {
                rows.needed().await;
                while let Some((generation, before)) = rows.next_page() {
                    let Some(mailbox) = weak.upgrade() else { return };
                    let Ok(page) = mailbox.page(mailbox.folder.get(), Some(before)).await else { break };
                    let entries = mailbox.entries(&page);
                    rows.append(generation, entries, page.next_before);
                    mailbox.pick_awaited();
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
        self.window.set_status(phrases::status_line(&self.desk.words, now, link));
        self.window.set_away(!matches!(link, Link::Here(_)));
        if let Link::Here(status) = link {
            self.window.set_signed_out(status.connection == Connection::SignedOut);
            self.window.set_offline(status.mode == Mode::Offline);
            let unread = if status.unread == 0 { String::new() } else { format!("({})", status.unread) };
            self.window.set_unread(unread.into());
        }
    }

    /// Reads folders, list and message anew. What is chosen and where the list stands stays.
    async fn refresh(self: &Rc<Self>) {
        let _alone = self.refreshing.lock().await;
        let (folder, view) = (self.folder.get(), self.view.borrow().clone());
        let needed = self.rows_on_screen().end + ROWS_AHEAD;
        let Ok(summaries) = self.ask(|client| async move { client.folders().await }).await else { return };
        let Ok((entries, next_before)) = self.first_rows(folder, needed).await else { return };
        self.show_folders(summaries);
        if self.folder.get() != folder || *self.view.borrow() != view {
            return; // Another one was chosen meanwhile, and is being read.
        }
        self.replace_rows(entries, next_before);
        self.window.set_loading(false);
        if let Some(id) = self.selected.get() {
            self.show_message(id).await;
        }
    }

    fn show_folders(&self, summaries: Vec<FolderSummary>) {
        let current = self.folder.get();
        let shown: Vec<_> = summaries
            .into_iter()
            .filter(|it| it.folder != Folder::Outbox || it.count > 0 || current == Folder::Outbox)
            .collect();
        let rows: Vec<_> = shown.iter().map(|it| phrases::folder(&self.desk.words, it)).collect();
        if rows.len() == self.folders.row_count() {
            rows.into_iter().enumerate().for_each(|(index, row)| self.folders.set_row_data(index, row));
        } else {
            self.folders.set_vec(rows);
        }
        self.summaries.replace(shown);
        self.show_current_folder();
    }

    fn show_current_folder(&self) {
        let folder = self.folder.get();
        let index = self.summaries.borrow().iter().position(|it| it.folder == folder);
        self.window.set_folder(index.map_or(-1, as_index));
        self.window.set_kind(match folder {
            Folder::Inbox => ui::FolderKind::Inbox,
            Folder::Sent => ui::FolderKind::Sent,
            Folder::Drafts => ui::FolderKind::Drafts,
            Folder::Outbox => ui::FolderKind::Outbox,
        });
    }

    /// The newest rows of a folder, at least `needed` where there are as many.
    async fn first_rows(
        &self,
        folder: Folder,
        needed: usize,
    ) -> Result<(Vec<crate::rows::Entry>, Option<String>), ClientError> {
        let mut entries = Vec::new();
        let mut before = None;
        loop {
            let page = self.page(folder, before).await?;
            entries.extend(self.entries(&page));
            before = page.next_before;
            if before.is_none() || page.rows.is_empty() || entries.len() >= needed {
                return Ok((entries, before));
            }
        }
    }

    fn replace_rows(self: &Rc<Self>, entries: Vec<crate::rows::Entry>, next_before: Option<String>) {
        let total = self.rows_expected(self.folder.get(), entries.len());
        // Scrolled down, the rows on screen stay where they are; at the top, new mail comes into view.
        let top = self.rows_on_screen().start;
        let anchor = (self.window.get_scroll() < 0.0).then(|| self.rows.id(top)).flatten();
        self.rows.replace(entries, next_before, total);
        if let Some(moved_to) = anchor.and_then(|id| self.rows.index_of(id)) {
            #[expect(clippy::cast_precision_loss, reason = "rows of one folder")]
            let by = (moved_to as f32 - top as f32) * self.window.get_row_height();
            self.window.set_scroll(self.window.get_scroll() - by);
        }
        let current = self.selected.get().and_then(|id| self.rows.index_of(id));
        self.window.set_current(current.map_or(-1, as_index));
        self.pick_awaited();
    }

    fn rows_on_screen(&self) -> std::ops::Range<usize> {
        let row_height = self.window.get_row_height().max(1.0);
        let scale = self.window.window().scale_factor().max(0.1);
        #[expect(clippy::cast_precision_loss, reason = "a window's height in pixels")]
        let height = self.window.window().size().height as f32 / scale;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "neither is negative")]
        let (first, many) =
            ((-self.window.get_scroll() / row_height).max(0.0) as usize, (height / row_height) as usize + 1);
        first..first + many
    }

    fn pick_folder(self: &Rc<Self>, index: usize) {
        let Some(folder) = self.summaries.borrow().get(index).map(|it| it.folder) else { return };
        if folder == self.folder.get() && self.view.borrow().words.is_empty() {
            return;
        }
        self.go_to_folder(folder);
        let mailbox = self.clone();
        spawn(async move { mailbox.refresh().await });
    }

    fn go_to_folder(&self, folder: Folder) {
        self.folder.set(folder);
        self.widen();
        self.select(None);
        self.window.set_loading(true);
        self.rows.replace(Vec::new(), None, 0);
        self.window.set_scroll(0.0);
        self.show_current_folder();
    }

    fn pick(self: &Rc<Self>, index: usize) {
        let Some(id) = self.rows.id(index) else {
            self.awaited.set(Some(index));
            return;
        };
        if self.selected.get() == Some(id) {
            return;
        }
        self.select(Some(id));
        let mailbox = self.clone();
        spawn(async move { mailbox.show_message(id).await });
    }

    /// Picks the row that was chosen before it was loaded, if it is by now.
    fn pick_awaited(self: &Rc<Self>) {
        let loaded = self.awaited.get().filter(|index| self.rows.id(*index).is_some());
        if let Some(index) = loaded {
            self.window.set_current(as_index(index));
            self.pick(index);
        }
    }

    fn select(&self, id: Option<MessageId>) {
        self.selected.set(id);
        self.awaited.set(None);
        self.read_timer.stop();
        if id.is_none() {
            self.reading.replace(None);
            self.window.set_current(-1);
            self.window.set_reading(ui::Reading::default());
            self.window.set_can_reply(false);
            self.window.set_can_delete(false);
        }
    }

    async fn show_message(&self, id: MessageId) {
        let told = self.ask(move |client| async move { client.message(id).await }).await;
        if self.selected.get() != Some(id) {
            return; // Another one was chosen meanwhile.
        }
        match told {
            Ok(message) => {
                let new = self.reading.borrow().as_ref().is_none_or(|shown| shown.row.id != id);
                let part = if new { 1 } else { usize::try_from(self.window.get_reading().part).unwrap_or(1) };
                self.window.set_can_reply(message.direction == Direction::Received);
                self.window.set_can_delete(Deletable::of(&message).is_some());
                self.reading.replace(Some(message));
                self.show_part_from(part, new);
                self.time_reading();
            }
            Err(ClientError::Refused(_)) => self.select(None), // It is gone.
            Err(_) => {}                                       // The strip says so.
        }
    }

    /// Another part of a long text.
    fn show_part(self: &Rc<Self>, part: usize) {
        self.show_part_from(part, true);
    }

    fn show_part_from(&self, part: usize, from_start: bool) {
        let shown = self.reading.borrow();
        let Some(message) = &*shown else { return };
        let parts = parts::parts(&message.body);
        let part = part.clamp(1, parts.len());
        let mut reading = phrases::reading(&self.desk.words, self.desk.now(), message);
        reading.text = parts[part - 1].into();
        (reading.part, reading.parts) = (as_index(part), as_index(parts.len()));
        let count = |number: usize| Value::Number(number as u64);
        let values = [("part", count(part)), ("parts", count(parts.len()))];
        reading.part_said = self.desk.words.with("part-of", &values).into();
        self.window.set_reading(reading);
        if from_start {
            self.window.invoke_read_from_start();
        }
    }

    /// What the settings say of reading; asked anew now and then, since a person may change them.
    async fn learn_settings(&self) {
        let Ok(report) = self.ask(|client| async move { client.settings().await }).await else { return };
        let setting = report.settings.iter().find(|setting| setting.key == READ_AFTER_KEY);
        let seconds = setting.and_then(|setting| setting.text.as_deref()?.parse().ok());
        self.read_after.set(seconds.map_or(READ_AFTER, Duration::from_secs));
    }

    fn keep_layout(&self) {
        if let Some(file) = &self.layout_file {
            Layout::of(&self.window).keep(file);
        }
    }

    /// Opens the folder of a message and the message in it.
    async fn open(self: &Rc<Self>, id: MessageId) {
        let Ok(message) = self.ask(move |client| async move { client.message(id).await }).await else {
            return;
        };
        let folder = match (message.direction, message.row.state) {
            (Direction::Received, _) => Folder::Inbox,
            (Direction::Sent, RowState::Draft) => Folder::Drafts,
            // What the post office has accepted expires one day.
            (Direction::Sent, _) if message.expires_at.is_some() => Folder::Sent,
            (Direction::Sent, _) => Folder::Outbox,
        };
        if folder != self.folder.get() || *self.view.borrow() != View::default() {
            self.view.replace(View::default());
            self.window.set_unread_only(false);
            self.go_to_folder(folder);
        }
        self.select(Some(id));
        self.refresh().await;
        if let Some(index) = self.rows.index_of(id) {
            self.window.invoke_show_row(as_index(index));
        }
        self.window.invoke_focus_list();
    }

    /// Starts or stops the two seconds after which the message on show counts as read.
    fn time_reading(&self) {
        let unread = self
            .reading
            .borrow()
            .as_ref()
            .filter(|message| message.direction == Direction::Received && message.row.bold)
            .map(|message| message.row.id);
        let Some(id) = unread.filter(|_| self.active.get()) else {
            self.read_timer.stop();
            return;
        };
        if self.read_timer.running() {
            return;
        }
        let agent = self.desk.agent.clone();
        self.read_timer.start(TimerMode::SingleShot, self.read_after.get(), move || {
            let agent = agent.clone();
            spawn(async move {
                if let Err(error) = agent.ask(move |client| async move { client.mark_read(id).await }).await {
                    tracing::warn!(%error, "the message was not marked read");
                }
            });
        });
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

    fn answer_with(self: &Rc<Self>, sheet: fn(&Words, Timestamp, &Message) -> Sheet) {
        let shown = self.reading.borrow().clone();
        if let Some(message) = shown.filter(|message| message.direction == Direction::Received) {
            self.compose(sheet(&self.desk.words, self.desk.now(), &message));
        }
    }

    fn reply_all(self: &Rc<Self>) {
        let shown = self.reading.borrow().clone();
        let own = match &*self.desk.link().borrow() {
            Link::Here(status) => status.account.as_ref().map(|account| account.user.clone()),
            Link::Connecting | Link::Away => None,
        };
        if let Some(message) = shown.filter(|message| message.direction == Direction::Received) {
            self.compose(Sheet::reply_all(&self.desk.words, self.desk.now(), &message, own.as_deref()));
        }
    }

    /// A draft goes on; a letter that has not gone, or was refused, becomes one first.
    fn go_on_writing(self: &Rc<Self>) {
        let message = self.reading.borrow().clone();
        match message {
            Some(message) if message.row.state == RowState::Draft => self.compose(Sheet::draft(&message)),
            Some(message) if message.row.on_its_way.is_some_and(|it| it.may_be_taken_back) => {
                let mailbox = self.clone();
                spawn(async move { mailbox.take_back(message.row.id).await });
            }
            Some(_) | None => {}
        }
    }

    async fn take_back(self: &Rc<Self>, id: MessageId) {
        let taken = self.ask(move |client| async move {
            let draft = client.take_back(id).await?;
            client.message(draft.id).await
        });
        match taken.await {
            Ok(draft) => self.compose(Sheet::draft(&draft)),
            // It has gone meanwhile, which the list shows.
            Err(error) => tracing::info!(%error, "the letter was not taken back"),
        }
        self.refresh().await;
    }

    fn compose(&self, sheet: Sheet) {
        if let Err(error) = compose::show(&self.desk, sheet, self.after_another()) {
            tracing::warn!(%error, "the window to write in did not open");
        }
    }

    /// What is to be done when another window was closed: on X11 it goes only with the next thing that
    /// is drawn, since winit does not flush the request to destroy it.
    fn after_another(&self) -> impl Fn() + Clone + 'static {
        let weak = self.window.as_weak();
        move || {
            let weak = weak.clone();
            // At the next turn of the loop, when the window is really gone.
            Timer::single_shot(Duration::ZERO, move || {
                if let Some(window) = weak.upgrade() {
                    window.window().request_redraw();
                }
            });
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
