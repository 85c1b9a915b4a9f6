//! One window of a kind for each agent. Of mailboxes and settings, a second start hands its wish to the first one and ends; of
//! windows for important mail the first one makes way, since the second is the one that the agent knows.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    os::unix::process::parent_id,
    path::Path,
    process, thread,
    time::Duration,
};

use restante_local_api::model::MessageId;
use restante_process::Exit;

/// The longest wish, `show` and an id, with room.
const LONGEST_WISH: u64 = 256;
/// How long the one who knocks may take: it writes at once, or it is not one of ours.
const KNOCK_TIME_LIMIT: Duration = Duration::from_secs(1);

/// How long one that makes way may take to end.
const WAY_TIME_LIMIT: Duration = Duration::from_secs(2);
/// How often a place is asked for.
const TRIES: u32 = 3;

/// What a start of the program wants of the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// To see it.
    Show,
    /// To see this message in it.
    Open(MessageId),
    /// To write a message.
    Write,
}

/// What became of the wish to be the one.
#[derive(Debug)]
pub(crate) enum Instance {
    /// This process is the one. The lock lasts as long as this value.
    First(Doorbell),
    /// Another one is and has been told.
    Told,
    /// It cannot be known here: open a window all the same.
    Unknown,
}

/// Who is behind a door.
enum Door {
    /// Nobody was: it is ours now.
    Ours(Doorbell),
    /// Another one, who hears what is said here.
    Theirs(UnixStream),
}

/// Where others ring.
#[derive(Debug)]
pub(crate) struct Doorbell {
    listener: UnixListener,
    _lock: File,
}

/// Becomes the one in `folder`, or hands `errand` to the one that is. The kernel's lock decides, so
/// nothing that a crash leaves behind is in the way.
///
/// `name` is the kind of window: each kind has a lock and a socket of its own.
pub(crate) fn enter(folder: &Path, name: &str, errand: Errand) -> Instance {
    match try_enter(folder, name, errand) {
        Ok(instance) => instance,
        Err(error) => {
            tracing::debug!(%error, "one window cannot be told from another here");
            Instance::Unknown
        }
    }
}

fn try_enter(folder: &Path, name: &str, errand: Errand) -> io::Result<Instance> {
    match knock(folder, name)? {
        Door::Ours(doorbell) => Ok(Instance::First(doorbell)),
        Door::Theirs(mut door) => {
            writeln!(door, "{}", errand.as_line())?;
            Ok(Instance::Told)
        }
    }
}

/// Becomes the one window for important mail in `folder`. One that is there makes way; where it outlived its
/// agent, what it tells of comes with it. `None`: another one stays, or it cannot be known.
pub(crate) fn take_over(folder: &Path) -> (Option<Doorbell>, Vec<MessageId>) {
    let mut handed = Vec::new();
    // One that ends by itself between two steps is not there at the next try.
    for _ in 0..TRIES {
        match knock(folder, "important") {
            Ok(Door::Ours(doorbell)) => return (Some(doorbell), handed),
            Ok(Door::Theirs(door)) => match hand_over(door) {
                Ok(ids) => handed.extend(ids),
                Err(error) => tracing::warn!(%error, "a window for important mail does not make way"),
            },
            Err(error) => tracing::debug!(%error, "no answer from the window for important mail"),
        }
    }
    (None, handed)
}

/// What the one behind the door tells of. The door stays open until its process ends.
fn hand_over(mut door: UnixStream) -> io::Result<Vec<MessageId>> {
    door.set_read_timeout(Some(WAY_TIME_LIMIT))?;
    let mut said = String::new();
    match door.read_to_string(&mut said) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        Ok(_) | Err(_) => Ok(said.lines().filter_map(|line| line.parse().ok()).collect()),
    }
}

fn knock(folder: &Path, name: &str) -> io::Result<Door> {
    let socket = folder.join(name).with_extension("sock");
    let lock = folder.join(name).with_extension("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(lock)?;
    match lock.try_lock() {
        Ok(()) => {
            match fs::remove_file(&socket) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            Ok(Door::Ours(Doorbell { listener: UnixListener::bind(&socket)?, _lock: lock }))
        }
        Err(TryLockError::WouldBlock) => UnixStream::connect(&socket).map(Door::Theirs),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Doorbell {
    /// Hands on what others want, for as long as the process lives.
    pub(crate) fn listen(self, wanted: impl Fn(Errand) + Send + 'static) -> io::Result<()> {
        thread::Builder::new().name("doorbell".into()).spawn(move || {
            let doorbell = self; // whole, with its lock
            for visitor in doorbell.listener.incoming().flatten() {
                if let Some(errand) = hear(visitor) {
                    wanted(errand);
                }
            }
        })?;
        Ok(())
    }

    /// Makes way for the next one: ends the process, also one whose windows hang. What it tells of is handed
    /// over where the agent that started it is gone, since no other knows of that.
    pub(crate) fn make_way(self, tells_of: Vec<MessageId>) -> io::Result<()> {
        let agent = parent_id();
        thread::Builder::new().name("doorbell".into()).spawn(move || {
            let doorbell = self; // whole, with its lock
            let Ok((mut next, _)) = doorbell.listener.accept() else { return };
            if parent_id() != agent {
                for id in tells_of {
                    // Who does not listen comes without.
                    let _ = writeln!(next, "{id}");
                }
            }
            // With the process, and not before, the door closes and the place is free.
            process::exit(Exit::No.code().into());
        })?;
        Ok(())
    }
}

fn hear(visitor: UnixStream) -> Option<Errand> {
    visitor.set_read_timeout(Some(KNOCK_TIME_LIMIT)).ok()?;
    let mut said = String::new();
    BufReader::new(visitor.take(LONGEST_WISH)).read_line(&mut said).ok()?;
    Errand::from_line(said.trim_end())
}

impl Errand {
    fn as_line(self) -> String {
        match self {
            Self::Show => "show".into(),
            Self::Open(id) => format!("open {id}"),
            Self::Write => "write".into(),
        }
    }

    fn from_line(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "show" => Some(Self::Show),
            None if line == "write" => Some(Self::Write),
            Some(("open", id)) => id.parse().ok().map(Self::Open),
            None | Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("restante-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn the_second_start_hands_its_errand_to_the_first() {
        let folder = folder("instance");
        let Instance::First(doorbell) = enter(&folder, "desktop", Errand::Show) else {
            panic!("nobody was there")
        };
        let (teller, errands) = mpsc::channel();
        doorbell.listen(move |errand| teller.send(errand).unwrap()).unwrap();
        let id = "01936a70-1b3c-7000-8000-000000000001".parse().unwrap();
        for errand in [Errand::Open(id), Errand::Write, Errand::Show] {
            assert!(matches!(enter(&folder, "desktop", errand), Instance::Told));
            assert_eq!(errands.recv().unwrap(), errand);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn another_kind_of_window_is_one_of_its_own() {
        let folder = folder("kinds");
        let mailbox = enter(&folder, "desktop", Errand::Show);
        assert!(matches!(enter(&folder, "settings", Errand::Show), Instance::First(_)));
        drop(mailbox);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_crash_left_behind_is_not_in_the_way() {
        let folder = folder("crash");
        drop(UnixListener::bind(folder.join("desktop.sock")).unwrap()); // leaves its file
        assert!(matches!(enter(&folder, "desktop", Errand::Show), Instance::First(_)));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_next_window_for_important_mail_waits_until_the_one_before_has_gone() {
        let folder = folder("way");
        let (Some(first), handed) = take_over(&folder) else { panic!("nobody was there") };
        assert_eq!(handed, []);
        let id: MessageId = "01936a70-1b3c-7000-8000-000000000001".parse().unwrap();
        // It makes way by hand: the real one ends its process.
        let leaving = thread::spawn(move || {
            let (mut next, _) = first.listener.accept().unwrap();
            writeln!(next, "{id}").unwrap();
            drop(first);
        });
        let (doorbell, handed) = take_over(&folder);
        leaving.join().unwrap();
        assert!(doorbell.is_some());
        assert_eq!(handed, [id]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_a_folder_a_window_opens_all_the_same() {
        assert!(matches!(enter(Path::new("/nowhere/at/all"), "desktop", Errand::Show), Instance::Unknown));
    }
}
