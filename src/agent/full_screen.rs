//! Whether the window in front has the whole screen: asked just before a popup that gives way to it (row B9).
//!
//! X11 alone tells (Extended Window Manager Hints, `_NET_ACTIVE_WINDOW`, `_NET_WM_STATE_FULLSCREEN`). On Wayland
//! nobody is told of another's windows, and the notification service holds popups back by itself; there, without a
//! display and without an answer it is not known, and not known is "no".

/// Whether it has. Asks the display anew each time, and waits for it no longer than a second.
#[cfg(target_os = "linux")]
pub(crate) async fn is_full() -> bool {
    use std::{env, time::Duration};
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("WAYLAND_DISPLAY") || !set("DISPLAY") {
        return false;
    }
    let asked = tokio::task::spawn_blocking(x11::is_full);
    match tokio::time::timeout(Duration::from_secs(1), asked).await {
        Ok(Ok(Ok(full))) => full,
        Ok(Ok(Err(error))) => {
            tracing::debug!(%error, "the display does not say which window is in front");
            false
        }
        Ok(Err(_)) | Err(_) => false,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_full() -> bool {
    std::future::ready(false).await
}

#[cfg(target_os = "linux")]
mod x11 {
    use x11rb::{
        connection::Connection as _,
        protocol::xproto::{AtomEnum, ConnectionExt as _},
    };

    pub(super) fn is_full() -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        let (display, screen) = x11rb::connect(None)?;
        let root = display.setup().roots.get(screen).ok_or("no such screen")?.root;
        let names = ["_NET_ACTIVE_WINDOW", "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN"];
        let [active, state, full] = names.map(|name| display.intern_atom(true, name.as_bytes()));
        let (active, state, full) = (active?.reply()?.atom, state?.reply()?.atom, full?.reply()?.atom);
        if [active, state, full].contains(&x11rb::NONE) {
            return Ok(false);
        }
        let window = display.get_property(false, root, active, AtomEnum::WINDOW, 0, 1)?.reply()?;
        let Some(window) = window.value32().and_then(|mut values| values.next()) else { return Ok(false) };
        if window == x11rb::NONE {
            return Ok(false);
        }
        let states = display.get_property(false, window, state, AtomEnum::ATOM, 0, 64)?.reply()?;
        Ok(states.value32().is_some_and(|mut states| states.any(|state| state == full)))
    }
}
