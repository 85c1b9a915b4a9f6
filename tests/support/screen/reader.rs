//! What a screen reader is told of the windows.

use tokio::process::Child;

use super::Screen;
use crate::{within, workspace_root};

/// An element of a window, as a screen reader is told of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Told {
    /// What it is.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// What else is said of it, such as what is wrong with what stands in it.
    pub description: String,
    /// How it is.
    pub states: Vec<String>,
    /// What is written in it.
    pub text: String,
    /// Which one of its kind it is, from 1; empty where it is not one of several.
    pub place: String,
    /// How many of them there are.
    pub of: String,
}

impl Told {
    /// Whether it is so: `focused`, `selected`, `enabled` and the like.
    pub fn is(&self, state: &str) -> bool {
        self.states.iter().any(|it| it == state)
    }
}

impl Screen {
    /// A screen reader is switched on: from now on new windows say what is in them.
    ///
    /// # Panics
    /// When its bus is not installed.
    pub async fn switch_screen_reader_on(&self) -> Child {
        let options = ["--launch-immediately", "--a11y=1", "--screen-reader=1"];
        let bus = self.program("/usr/libexec/at-spi-bus-launcher", &options).spawn();
        let bus = bus.expect("the bus for screen readers starts; tests/run installs it");
        self.bus.wait_for_owner("org.a11y.Bus").await;
        bus
    }

    /// What a screen reader is told of the window of this title.
    ///
    /// # Panics
    /// When it is told nothing.
    pub async fn told_to_screen_reader(&self, title: &str) -> Vec<Told> {
        let script = workspace_root().join("tests/support/accessible_tree.py").display().to_string();
        // The system's Python, which has the package; another one may come first in PATH.
        let told = within("the tree", self.tool("/usr/bin/python3", &[&script, title])).await.done().stdout;
        told.lines().map(|line| serde_json::from_str(line).expect("a line is an element")).collect()
    }

    /// Waits until a screen reader is told of something in the window of this title that is so; gives all that it is
    /// told then.
    ///
    /// # Panics
    /// When it never is, with what it was told last.
    pub async fn until_told(&self, title: &str, what: &str, is_so: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut last = Vec::new();
        let found = tokio::time::timeout(crate::TIME_LIMIT, async {
            // Each look is a walk through the window over the bus, so this is no idle loop.
            loop {
                last = self.told_to_screen_reader(title).await;
                if last.iter().any(&is_so) {
                    return;
                }
            }
        });
        let in_time = found.await.is_ok();
        assert!(in_time, "waited in vain for {what}; the last that was told: {last:#?}");
        last
    }
}
