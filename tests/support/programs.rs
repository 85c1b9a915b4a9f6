//! Where the programs under test are, and that they are those of this source.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// A program of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `restante-server`
    Server,
    /// `restante-agent`
    Agent,
    /// `restante`
    Cli,
    /// `restante-desktop`
    Desktop,
    /// `restante-demo`
    Demo,
}

impl Program {
    /// The file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "restante-server",
            Self::Agent => "restante-agent",
            Self::Cli => "restante",
            Self::Desktop => "restante-desktop",
            Self::Demo => "restante-demo",
        }
    }

    /// The built program.
    ///
    /// # Panics
    /// When the programs do not build.
    pub fn path(self) -> PathBuf {
        target_folder().join(self.name())
    }
}

/// The workspace's root.
pub fn workspace_root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder that cargo puts programs in; they are built once, unless `tests/run` has done so.
///
/// # Panics
/// When they do not build.
pub fn target_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("a running program knows its file");
        let folder =
            test.parent().and_then(Path::parent).expect("cargo puts tests into PROFILE/deps").to_owned();
        // Cargo builds the programs of other packages for no test of ours, so a test after an edit
        // would meet yesterday's. The same targets as in tests/run keep the features the same.
        if std::env::var_os("RESTANTE_TESTS_BUILT").is_none() {
            let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                .args(["build", "--quiet", "--workspace", "--all-targets"])
                .current_dir(workspace_root())
                .status()
                .expect("cargo runs");
            assert!(status.success(), "the programs under test do not build");
        }
        folder
    })
}
