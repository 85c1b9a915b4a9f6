//! What is on a screen, kept as pictures for people to look at.

use std::path::PathBuf;

use super::Screen;
use crate::{run, within, workspace_root};

impl Screen {
    /// Waits until two looks at a window show the same, and keeps the picture under `target/screenshots`.
    ///
    /// # Panics
    /// When it does not come to rest.
    pub async fn picture_of(&self, window: &str, name: &str) -> PathBuf {
        self.painted(window).await;
        let file = pictures_folder().join(name);
        let take =
            format!("import -window {window} {path} && identify -format %# {path}", path = file.display());
        within("the window to come to rest", async {
            let mut before = String::new();
            loop {
                let seen = self.tool("sh", &["-c", &take]).await.stdout;
                if !seen.is_empty() && seen == before {
                    return;
                }
                before = seen;
            }
        })
        .await;
        file
    }

    /// Waits until a window is painted: more colours than a blank one has.
    ///
    /// # Panics
    /// When it stays blank.
    pub async fn painted(&self, window: &str) {
        within("the window to be painted", async {
            loop {
                // Each look is a round trip through the X server and a picture, so this is no idle loop.
                let command = format!("import -window {window} -format %k info:-");
                let mut look = self.program("sh", &["-c", &command]);
                let colours = run(&mut look, "").await.stdout;
                if colours.trim().parse::<u32>().is_ok_and(|count| count > 16) {
                    return;
                }
            }
        })
        .await;
    }

    /// Keeps a picture of the whole screen, or of a part of it (`WIDTHxHEIGHT+X+Y`), under
    /// `target/screenshots`.
    ///
    /// # Panics
    /// When it cannot be taken.
    pub async fn picture(&self, name: &str, part: Option<&str>) -> PathBuf {
        let file = pictures_folder().join(name);
        let path = file.display().to_string();
        let mut arguments = vec!["-window", "root"];
        if let Some(part) = part {
            arguments.extend(["-crop", part, "+repage"]);
        }
        arguments.push(&path);
        drop(self.tool("import", &arguments).await.done());
        file
    }
}

/// Where pictures are kept.
///
/// # Panics
/// When the folder cannot be made.
pub fn pictures_folder() -> PathBuf {
    let folder = crate::target_folder().parent().expect("a profile lies in target").join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// Where the pictures of the README lie, if this run is to take them anew.
pub fn readme_pictures() -> Option<PathBuf> {
    std::env::var_os("RESTANTE_TAKE_PICTURES").map(|_| workspace_root().join("docs/pictures"))
}
