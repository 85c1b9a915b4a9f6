//! What is known of a database beside it, in `NAME-note`: by it one sees that the write-ahead log `NAME-wal` was lost,
//! which SQLite itself takes for a database without one.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::backup::{parent, sync_folder};

/// Numbers are SQLite's `user_version`, which the first commit after each emptying of the log makes one higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// What the database has, at least, without its log.
    pub(super) alone: i32,
    /// What it has with its log.
    pub(super) latest: i32,
    /// The log is being copied into the database, some pages of which may be newer than others.
    pub(super) copying: bool,
}

impl Note {
    /// Whether a database of this number has lost its log. One that is older than `alone` never was what the log belongs
    /// to: it is a copy that somebody put in its place.
    pub(super) fn log_lost(self, number: i32) -> bool {
        self.alone <= number && number < self.latest
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (alone, latest) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let copying = match words.next()? {
            "quiet" => false,
            "copying" => true,
            _ => return None,
        };
        words.next().is_none().then_some(Self { alone, latest, copying })
    }

    /// Always of one length, so that it is written in place, in one sector.
    fn text(self) -> String {
        let state = if self.copying { "copying" } else { "quiet" };
        format!("{:>10} {:>10} {state:>7}\n", self.alone, self.latest)
    }
}

/// The note of a database, in which one process at a time writes.
#[derive(Debug)]
pub(super) struct Held {
    path: PathBuf,
    /// None is there yet, and so nobody else's to hold.
    file: Option<File>,
    pub(super) note: Option<Note>,
}

/// Where a database's note lies.
pub(super) fn path(database: &Path) -> PathBuf {
    beside(database, "-note")
}

/// Where its write-ahead log lies.
pub(super) fn log(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether a log holds anything: its header alone takes 32 bytes.
pub(super) fn log_there(database: &Path) -> bool {
    log(database).metadata().is_ok_and(|log| log.len() > 32)
}

impl Held {
    /// Takes it, waiting for another process that has it. It is given back at the end, however that comes.
    pub(super) fn take(database: &Path) -> io::Result<Self> {
        let path = path(database);
        let mut file = match File::options().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, file: None, note: None });
            }
            Err(error) => return Err(error),
        };
        file.lock()?;
        let note = read(&mut file)?;
        Ok(Self { path, file: Some(file), note })
    }

    /// Has it on disk before it comes back.
    pub(super) fn write(&mut self, note: Note) -> io::Result<()> {
        if self.note == Some(note) {
            return Ok(());
        }
        let made = self.file.is_none();
        let file = match &mut self.file {
            Some(file) => file,
            absent => absent.insert(create(&self.path)?),
        };
        file.rewind()?;
        file.write_all(note.text().as_bytes())?;
        file.sync_data()?;
        if made {
            sync_folder(parent(&self.path))?;
        }
        self.note = Some(note);
        Ok(())
    }
}

/// Two processes may come to this at once; then both have the same file, one after the other.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.lock()?;
    Ok(file)
}

/// The note as it is now, whoever holds it.
pub(super) fn look(database: &Path) -> io::Result<Option<Note>> {
    match File::open(path(database)) {
        Ok(mut file) => read(&mut file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// One that cannot be read says nothing, and is written anew: the disk was full when it was made.
fn read(file: &mut File) -> io::Result<Option<Note>> {
    let mut bytes = Vec::new();
    file.take(1_000).read_to_end(&mut bytes)?;
    Ok(std::str::from_utf8(&bytes).ok().and_then(Note::read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_without_its_log_is_told_from_one_that_needs_none_and_from_an_older_copy() {
        let note = Note { alone: 4, latest: 6, copying: false };
        assert_eq!([3, 4, 5, 6, 7].map(|number| note.log_lost(number)), [false, true, true, false, false]);
    }

    #[test]
    fn a_note_is_kept_and_a_torn_one_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("x.db");
        assert_eq!(look(&database).unwrap(), None);
        for note in
            [Note { alone: 1, latest: i32::MAX, copying: true }, Note { alone: 0, latest: 2, copying: false }]
        {
            Held::take(&database).unwrap().write(note).unwrap();
            assert_eq!(look(&database).unwrap(), Some(note));
        }
        std::fs::write(path(&database), "         1").unwrap();
        assert_eq!(look(&database).unwrap(), None);
    }
}
