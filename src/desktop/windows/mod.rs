//! The windows, one file each, and what they share.

mod about;
mod compose;
mod important;
mod mailbox;
mod popup;
mod settings;
mod sign_in;

use std::{cell::RefCell, future::Future, io, path::Path, sync::Arc};

use restante_l10n::Words;
use restante_local_api::model::{Clock, SystemClock, Timestamp};
use restante_process::{Exit, Paths};
use slint::{ComponentHandle, Global};
use tokio::sync::watch;

use crate::{
    Failure,
    agent::Agent,
    arguments::{Arguments, Wish},
    instance::{self, Errand, Instance},
    placement,
    stream::{self, Link},
    ui,
};

/// What every window works with.
#[derive(Clone)]
struct Desk {
    agent: Agent,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
    link: RefCell<watch::Receiver<Link>>,
}

impl Desk {
    fn new(socket: &Path, words: &Arc<Words>) -> Result<Self, Failure> {
        let agent = Agent::new(socket)?;
        let link = RefCell::new(stream::follow(&agent));
        Ok(Self { agent, words: Arc::clone(words), clock: Arc::new(SystemClock), link })
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is told of the agent from now on.
    fn link(&self) -> watch::Receiver<Link> {
        let mut link = self.link.borrow().clone();
        link.mark_changed();
        link
    }
}

/// Opens the window that is wished for and stays until it is closed.
pub(crate) fn open(arguments: Arguments, words: &Arc<Words>) -> Result<Exit, Failure> {
    if !placement::display_is_there() {
        return Err(Failure::NoDisplay);
    }
    // One arrangement for all accounts of a person: the agent names its socket, not its profile.
    let layout_file = Paths::of_user(arguments.profile.as_deref()).ok().map(|paths| paths.window_layout());
    let socket = match arguments.socket {
        Some(socket) => socket,
        None => Paths::of_user(arguments.profile.as_deref())?.socket(),
    };
    match arguments.window.unwrap_or(Wish::Mailbox { id: None, write: false }) {
        Wish::Popup => popup::run(words),
        Wish::About => {
            placement::select_backend()?;
            about::run(words)
        }
        Wish::Settings => {
            let folder = socket.parent().unwrap_or(Path::new("/"));
            match instance::enter(folder, "settings", Errand::Show) {
                Instance::Told => Ok(Exit::Done),
                Instance::First(doorbell) => settings::run(&Desk::new(&socket, words)?, Some(doorbell)),
                Instance::Unknown => settings::run(&Desk::new(&socket, words)?, None),
            }
        }
        Wish::SignIn => sign_in::run(&Desk::new(&socket, words)?, &socket),
        Wish::Important { id, ids_from_input } => {
            let ids = if ids_from_input { important::ids_from(io::stdin().lock()) } else { id };
            important::run(&Desk::new(&socket, words)?, &socket, ids)
        }
        Wish::Mailbox { id, write } => {
            let errand = match id {
                _ if write => Errand::Write,
                Some(id) => Errand::Open(id),
                None => Errand::Show,
            };
            match instance::enter(socket.parent().unwrap_or(Path::new("/")), "desktop", errand) {
                Instance::Told => Ok(Exit::Done),
                Instance::First(doorbell) => {
                    mailbox::run(Desk::new(&socket, words)?, errand, Some(doorbell), layout_file)
                }
                Instance::Unknown => mailbox::run(Desk::new(&socket, words)?, errand, None, layout_file),
            }
        }
    }
}

/// Gives a new window its words and its light: each window has its own copy of every global.
fn prepare<W>(window: &W, words: &Words)
where
    W: ComponentHandle,
    for<'a> ui::Words<'a>: Global<'a, W>,
    for<'a> ui::Scheme<'a>: Global<'a, W>,
{
    ui::set_words(&window.global::<ui::Words<'_>>(), words);
    // For tests and pictures; the desktop decides otherwise.
    match std::env::var("RESTANTE_THEME").as_deref() {
        Ok("dark") => window.global::<ui::Scheme<'_>>().invoke_force(true),
        Ok("light") => window.global::<ui::Scheme<'_>>().invoke_force(false),
        Ok(_) | Err(_) => {}
    }
}

/// Does something on the window thread that waits for answers.
fn spawn(work: impl Future<Output = ()> + 'static) {
    if let Err(error) = slint::spawn_local(work) {
        // Only when the windows are being closed: there is nothing to show the answer in.
        tracing::debug!(%error, "nothing more is asked for");
    }
}
