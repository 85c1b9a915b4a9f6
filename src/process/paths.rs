//! Where a user's files lie: the XDG folders on Linux, their like elsewhere.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use directories::ProjectDirs;

use crate::folder;

/// The longest path that a Unix socket may have (`sun_path` in unix(7), less the closing zero).
const MAX_SOCKET_PATH_BYTES: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The folder of the profiles in each of the program's folders.
const PROFILES: &str = "profiles";

/// The longest name of a profile: leaves room for it in the socket's path.
const MAX_PROFILE_CHARACTERS: usize = 32;

/// The folders of one user's agent, or of one profile of it (row B15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// What the user says: `config.toml`.
    pub config_dir: PathBuf,
    /// What cannot be rebuilt: outbox, drafts, what was alerted.
    pub state_dir: PathBuf,
    /// What can be rebuilt.
    pub cache_dir: PathBuf,
    /// What ends with the session: the agent's socket.
    pub runtime_dir: PathBuf,
}

/// Why the folders cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// The name of the profile would not make a folder name everywhere.
    #[error("profile {0:?} is not 1 to 32 letters, digits, dashes or underscores of the Latin alphabet")]
    BadProfile(String),
    /// There is no home folder.
    #[error("the home folder of this user is not known (HOME is not set)")]
    NoHome,
    /// The system takes no longer socket paths.
    #[error(
        "socket path {} is {bytes} bytes long, {MAX_SOCKET_PATH_BYTES} are allowed: set XDG_RUNTIME_DIR to a shorter folder",
        .path.display()
    )]
    SocketPathTooLong {
        /// The path.
        path: PathBuf,
        /// Its length.
        bytes: usize,
    },
    /// Another user owns it, and could read or replace what we put there.
    #[error("folder {} belongs to another user (id {owner_id})", .path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// The id of the user who owns it.
        owner_id: u32,
    },
    /// Something else has its name.
    #[error("{} is not a folder", .path.display())]
    NotAFolder {
        /// What is there.
        path: PathBuf,
    },
    /// The system refused.
    #[error("could not {doing} folder {}: {source}", .path.display())]
    Io {
        /// What was being done.
        doing: FolderStep,
        /// To which folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// What is done with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderStep {
    /// It is made.
    Create,
    /// It is looked at.
    LookAt,
    /// Others are shut out of it.
    Close,
}

impl fmt::Display for FolderStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::LookAt => "look at",
            Self::Close => "close to others",
        })
    }
}

impl PathsError {
    /// The key of the words for it, and what belongs into them: this crate has none. What the system said is its source.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let path = |path: &Path| ("path", path.display().to_string());
        match self {
            Self::BadProfile(name) => ("paths-bad-profile", vec![("name", name.clone())]),
            Self::NoHome => ("paths-no-home", Vec::new()),
            Self::SocketPathTooLong { path: socket, bytes } => (
                "paths-socket-too-long",
                vec![
                    path(socket),
                    ("bytes", bytes.to_string()),
                    ("limit", MAX_SOCKET_PATH_BYTES.to_string()),
                ],
            ),
            Self::NotOurs { path: folder, owner_id } => {
                ("paths-not-ours", vec![path(folder), ("owner", owner_id.to_string())])
            }
            Self::NotAFolder { path: there } => ("paths-not-a-folder", vec![path(there)]),
            Self::Io { doing, path: folder, .. } => {
                let key = match doing {
                    FolderStep::Create => "paths-not-created",
                    FolderStep::LookAt => "paths-not-looked-at",
                    FolderStep::Close => "paths-not-closed",
                };
                (key, vec![path(folder)])
            }
        }
    }
}

impl Paths {
    /// The folders of the user that this process runs as, `<folder>/restante` each, or with a profile
    /// `<folder>/restante/profiles/NAME`. Without `XDG_RUNTIME_DIR` (ssh, cron) the socket lies in the
    /// state folder, never in a folder that others write to. Nothing is created yet.
    pub fn of_user(profile: Option<&str>) -> Result<Self, PathsError> {
        let project = ProjectDirs::from("", "", "restante").ok_or(PathsError::NoHome)?;
        let state_dir = project.state_dir().unwrap_or(project.data_local_dir());
        let of_program = Self {
            config_dir: project.config_dir().to_owned(),
            state_dir: state_dir.to_owned(),
            cache_dir: project.cache_dir().to_owned(),
            runtime_dir: project.runtime_dir().map_or_else(|| state_dir.join("run"), Path::to_owned),
        };
        of_program.of_profile(profile)
    }

    /// All folders below one: for the demo and for tests.
    pub fn under(root: &Path) -> Self {
        Self {
            config_dir: root.join("config"),
            state_dir: root.join("state"),
            cache_dir: root.join("cache"),
            runtime_dir: root.join("run"),
        }
    }

    /// The name of the profile that these folders are of; `None` for the main account.
    pub fn profile(&self) -> Option<&str> {
        let above = self.state_dir.parent().and_then(Path::file_name);
        self.state_dir.file_name().filter(|_| above.is_some_and(|name| name == PROFILES))?.to_str()
    }

    /// The settings file.
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }

    /// The socket of the agent's local API; that its path is short enough is checked by [`Self::create`].
    pub fn socket(&self) -> PathBuf {
        self.runtime_dir.join("agent.sock")
    }

    /// The database that may be lost (row B12).
    pub fn cache_database(&self) -> PathBuf {
        self.cache_dir.join("cache.sqlite")
    }

    /// The database that may not.
    pub fn ledger_database(&self) -> PathBuf {
        self.state_dir.join("ledger.sqlite")
    }

    /// How the person arranged the windows.
    pub fn window_layout(&self) -> PathBuf {
        self.state_dir.join("windows.json")
    }

    /// The file whose lock makes an agent the only one on these folders.
    pub fn lock_file(&self) -> PathBuf {
        self.state_dir.join("agent.lock")
    }

    /// Where the token is kept when the settings say `token = "file"`.
    pub fn token_file(&self) -> PathBuf {
        self.state_dir.join("token")
    }

    /// Makes the folders, private to this user, and checks that they are his and that the socket's path
    /// is one that the system takes.
    pub fn create(&self) -> Result<(), PathsError> {
        let path = self.socket();
        let bytes = path.as_os_str().len();
        if bytes > MAX_SOCKET_PATH_BYTES {
            return Err(PathsError::SocketPathTooLong { path, bytes });
        }
        for dir in [&self.config_dir, &self.state_dir, &self.cache_dir, &self.runtime_dir] {
            folder::create_private(dir)?;
            for above in of_ours_above(dir) {
                folder::check_private(above)?;
            }
        }
        Ok(())
    }

    fn of_profile(self, profile: Option<&str>) -> Result<Self, PathsError> {
        let Some(profile) = profile else { return Ok(self) };
        let letters = profile.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if !letters || !(1..=MAX_PROFILE_CHARACTERS).contains(&profile.len()) {
            return Err(PathsError::BadProfile(profile.chars().take(80).collect()));
        }
        let of_profile = |dir: PathBuf| dir.join(PROFILES).join(profile);
        Ok(Self {
            config_dir: of_profile(self.config_dir),
            state_dir: of_profile(self.state_dir),
            cache_dir: of_profile(self.cache_dir),
            runtime_dir: of_profile(self.runtime_dir),
        })
    }
}

/// Of a profile's folder, `profiles` and the program's folder above it: whoever owns those could
/// exchange the profile.
fn of_ours_above(dir: &Path) -> impl Iterator<Item = &Path> {
    let in_profiles = dir.parent().and_then(Path::file_name).is_some_and(|name| name == PROFILES);
    dir.ancestors().skip(1).take(if in_profiles { 2 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_program(root: &Path) -> Paths {
        Paths {
            config_dir: root.join("c/restante"),
            state_dir: root.join("s/restante"),
            cache_dir: root.join("k/restante"),
            runtime_dir: root.join("r/restante"),
        }
    }

    #[test]
    fn a_profile_has_folders_of_its_own() {
        let root = Path::new("/home/anna");
        let work = of_program(root).of_profile(Some("work_2")).unwrap();
        assert_eq!(work.config_file(), root.join("c/restante/profiles/work_2/config.toml"));
        assert_eq!(work.socket(), root.join("r/restante/profiles/work_2/agent.sock"));
        assert_eq!(work.profile(), Some("work_2"));
        assert_eq!(of_program(root).of_profile(None).unwrap(), of_program(root));
        assert_eq!(of_program(root).profile(), None);
    }

    #[test]
    fn a_profile_never_leads_out_of_its_folder() {
        for name in ["", "..", "a/b", "a b", "работа", ".hidden", &"a".repeat(33)] {
            let error = of_program(Path::new("/")).of_profile(Some(name)).unwrap_err();
            assert!(matches!(error, PathsError::BadProfile(_)), "{name:?}: {error}");
        }
    }

    #[test]
    fn every_folder_is_made() {
        let root = tempfile::tempdir().unwrap();
        let paths = of_program(root.path()).of_profile(Some("work")).unwrap();
        paths.create().unwrap();
        for dir in [&paths.config_dir, &paths.state_dir, &paths.cache_dir, &paths.runtime_dir] {
            assert!(dir.is_dir(), "{}", dir.display());
        }
        paths.create().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_folders_above_a_profile_are_closed_too() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let program = of_program(root.path());
        std::fs::create_dir_all(&program.state_dir).unwrap();
        std::fs::set_permissions(&program.state_dir, std::fs::Permissions::from_mode(0o777)).unwrap();
        program.clone().of_profile(Some("work")).unwrap().create().unwrap();
        let mode = std::fs::metadata(&program.state_dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn the_last_socket_path_that_fits_is_taken_and_the_next_refused_before_anything_is_made() {
        let root = tempfile::tempdir().unwrap();
        let fixed = root.path().join("x/run/agent.sock").as_os_str().len() - 1;
        let under = |bytes: usize| Paths::under(&root.path().join("x".repeat(bytes - fixed)));
        let (fits, too_long) = (under(MAX_SOCKET_PATH_BYTES), under(MAX_SOCKET_PATH_BYTES + 1));
        assert_eq!(fits.socket().as_os_str().len(), MAX_SOCKET_PATH_BYTES);
        fits.create().unwrap();
        let error = too_long.create().unwrap_err();
        assert!(matches!(error, PathsError::SocketPathTooLong { .. }), "{error}");
        assert!(!too_long.state_dir.exists());
    }
}
