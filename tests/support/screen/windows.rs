//! The windows on a screen: which there are, where they stand, and what the window manager says of them.

use super::Screen;
use crate::within;

/// Where a window is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// From its left to its right.
    pub width: i64,
    /// From its top to its bottom.
    pub height: i64,
}

impl Screen {
    /// Waits until a window of this title is to be seen; gives its id.
    ///
    /// # Panics
    /// When none comes.
    pub async fn titled(&self, title: &str) -> String {
        let search = ["search", "--sync", "--onlyvisible", "--name", title];
        let found = within("a window of that title", self.tool("xdotool", &search)).await;
        found.stdout.lines().last().expect("the search ends with a window").to_owned()
    }

    /// Waits until a window of this class is to be seen; gives its id.
    ///
    /// # Panics
    /// When none comes.
    pub async fn window(&self, class: &str) -> String {
        let search = ["search", "--sync", "--onlyvisible", "--class", class];
        within("a window", async {
            loop {
                // A window that goes while xdotool looks at it ends the search with an error of X.
                let found = self.tool("xdotool", &search).await;
                if let Some(window) = found.stdout.lines().last() {
                    return window.to_owned();
                }
            }
        })
        .await
    }

    /// Windows of this class that are to be seen now.
    pub async fn windows(&self, class: &str) -> Vec<String> {
        let found = self.tool("xdotool", &["search", "--onlyvisible", "--class", class]).await;
        found.stdout.lines().map(ToOwned::to_owned).collect()
    }

    /// Where a window is.
    ///
    /// # Panics
    /// When it is gone.
    pub async fn place(&self, window: &str) -> Place {
        let told = self.tool("xdotool", &["getwindowgeometry", "--shell", window]).await.done().stdout;
        let number = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name} in {told}"))
        };
        Place { x: number("X"), y: number("Y"), width: number("WIDTH"), height: number("HEIGHT") }
    }

    /// A property of a window, as `xprop` prints it.
    ///
    /// # Panics
    /// When the window is gone.
    pub async fn property(&self, window: &str, name: &str) -> String {
        self.tool("xprop", &["-id", window, name]).await.done().stdout
    }

    /// The person gives a window the whole screen, or takes it back: the window manager is asked as a program asks it
    /// (Extended Window Manager Hints, `_NET_WM_STATE`), and has done it when this returns.
    ///
    /// # Panics
    /// When the screen is gone, or the window manager does not do it.
    pub async fn full_screen(&self, window: &str, full: bool) {
        let (display, id) = (self.display.clone(), window.parse().expect("a window is a number"));
        let asked = tokio::task::spawn_blocking(move || ask_for_full_screen(&display, id, full));
        asked.await.expect("the asking ends").expect("the display takes it");
        within("the window manager to do it", async {
            // Each look is a round trip through the X server, so this is no idle loop.
            while self.property(window, "_NET_WM_STATE").await.contains("FULLSCREEN") != full {}
        })
        .await;
    }
}

fn ask_for_full_screen(
    display: &str,
    window: u32,
    full: bool,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    use x11rb::{
        connection::Connection as _,
        protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask},
    };
    let (display, screen) = x11rb::connect(Some(display))?;
    let atom = |name: &str| display.intern_atom(false, name.as_bytes());
    let (state, full_screen) = (atom("_NET_WM_STATE")?, atom("_NET_WM_STATE_FULLSCREEN")?);
    let (state, full_screen) = (state.reply()?.atom, full_screen.reply()?.atom);
    // 1 adds and 0 takes away; the 1 at the end: a program asks.
    let message = ClientMessageEvent::new(32, window, state, [u32::from(full), full_screen, 0, 1, 0]);
    let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    display.send_event(false, display.setup().roots[screen].root, mask, message)?.check()?;
    Ok(())
}
