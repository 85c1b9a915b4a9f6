//! Where windows stand and what the desktop is told of them: all that goes through winit and X11.

use std::{cell::Cell, env};

use slint::{
    PlatformError,
    winit_030::{EventResult, WinitWindowAccessor, winit},
};

thread_local! {
    /// Set while a dialog is made: the hook of the backend has no other way to know which window it is.
    static NEXT_IS_DIALOG: Cell<bool> = const { Cell::new(false) };
}

/// Whether there is a display to open a window on. Asked first: without one the toolkit's own words
/// would be about libraries.
pub(crate) fn display_is_there() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Chooses how windows are drawn. Must run before the first window of the process.
pub(crate) fn select_backend() -> Result<(), PlatformError> {
    slint::BackendSelector::new()
        .backend_name("winit".into())
        .renderer_name("software".into())
        .with_winit_window_attributes_hook(|attributes| {
            if NEXT_IS_DIALOG.take() { dialog_attributes(attributes) } else { attributes }
        })
        .select()?;
    // By this name the desktop finds the icon and groups the windows (restante.desktop). It fails only
    // without a backend, and there is one now.
    let _ = slint::set_xdg_app_id("restante");
    Ok(())
}

/// Makes a window that the desktop treats as a dialog: centred, floating, not in the task bar's way.
pub(crate) fn dialog<W>(make: impl FnOnce() -> Result<W, PlatformError>) -> Result<W, PlatformError> {
    NEXT_IS_DIALOG.set(true);
    let window = make();
    NEXT_IS_DIALOG.set(false);
    window
}

#[cfg(target_os = "linux")]
fn dialog_attributes(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    use winit::platform::x11::{WindowAttributesExtX11, WindowType};
    attributes.with_x11_window_type(vec![WindowType::Dialog])
}

#[cfg(not(target_os = "linux"))]
fn dialog_attributes(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    attributes
}

/// Puts a window into the middle of the monitor that the pointer is on. On Wayland the compositor
/// places windows, and lets nobody else.
///
/// Called before the window is shown, so that it is there from its first frame, and once more when it
/// is shown and its real size with the frame is known.
pub(crate) fn centre(window: &slint::Window, logical_size: (f32, f32)) {
    let Some(monitor) = pointer_monitor() else { return };
    let shown = window.with_winit_window(winit::window::Window::outer_size);
    let scale = window.scale_factor();
    #[expect(clippy::cast_possible_truncation, reason = "a window's size in pixels")]
    let (width, height) = shown.map_or_else(
        || ((logical_size.0 * scale) as i32, (logical_size.1 * scale) as i32),
        |size| (size.width.cast_signed(), size.height.cast_signed()),
    );
    let at = monitor.middle_for(width, height);
    window.set_position(slint::PhysicalPosition::new(at.0, at.1));
}

/// Brings a window that is shown to the front, and the keys to it.
pub(crate) fn raise(window: &slint::Window) {
    window.set_minimized(false);
    window.with_winit_window(|winit| {
        winit.focus_window();
        winit.request_user_attention(Some(winit::window::UserAttentionType::Informational));
    });
}

/// Keeps a window that is on the screen above the others. The toolkit asks for it before the window is
/// there, when window managers do not listen.
pub(crate) fn keep_on_top(window: &slint::Window) {
    use winit::window::WindowLevel;
    window.with_winit_window(|winit| winit.set_window_level(WindowLevel::AlwaysOnTop));
}

/// What becomes of a window on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It gets the keys, or loses them.
    Active(bool),
    /// It is on the screen and is being drawn.
    Drawn,
}

/// Tells what becomes of the window. A window has room for one such listener.
pub(crate) fn on_seen(window: &slint::Window, told: impl Fn(Seen) + 'static) {
    window.on_winit_window_event(move |_, event| {
        match event {
            winit::event::WindowEvent::Focused(active) => told(Seen::Active(*active)),
            winit::event::WindowEvent::RedrawRequested => told(Seen::Drawn),
            _ => {}
        }
        EventResult::Propagate
    });
}

/// A monitor in the coordinates of the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Monitor {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
}

impl Monitor {
    /// Where a window of this size stands in its middle; one that is larger keeps its title bar visible.
    fn middle_for(self, width: i32, height: i32) -> (i32, i32) {
        (self.x + ((self.width - width) / 2).max(0), self.y + ((self.height - height) / 2).max(0))
    }

    #[cfg(target_os = "linux")]
    fn holds(self, x: i32, y: i32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

/// The monitor that the pointer is on: winit does not tell, the X server does.
#[cfg(target_os = "linux")]
fn pointer_monitor() -> Option<Monitor> {
    use x11rb::{
        connection::Connection,
        protocol::{randr::ConnectionExt as _, xproto::ConnectionExt as _},
    };
    if env::var_os("WAYLAND_DISPLAY").is_some_and(|value| !value.is_empty()) {
        return None;
    }
    let (connection, screen) = x11rb::connect(None).ok()?;
    let root = connection.setup().roots.get(screen)?.root;
    let pointer = connection.query_pointer(root).ok()?.reply().ok()?;
    let monitors = connection.randr_get_monitors(root, true).ok()?.reply().ok()?.monitors;
    let primary_first =
        monitors.iter().filter(|it| it.primary).chain(monitors.iter().filter(|it| !it.primary));
    let monitors: Vec<Monitor> = primary_first
        .map(|it| Monitor {
            x: it.x.into(),
            y: it.y.into(),
            width: it.width.into(),
            height: it.height.into(),
        })
        .collect();
    let under = monitors.iter().find(|it| it.holds(pointer.root_x.into(), pointer.root_y.into()));
    under.or(monitors.first()).copied()
}

#[cfg(not(target_os = "linux"))]
fn pointer_monitor() -> Option<Monitor> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Monitor = Monitor { x: 1280, y: 0, width: 1920, height: 1080 };

    #[test]
    fn the_middle_is_the_middle_of_that_monitor() {
        assert_eq!(RIGHT.middle_for(540, 252), (1280 + 690, 414));
    }

    #[test]
    fn a_window_larger_than_the_monitor_keeps_its_title_bar() {
        assert_eq!(RIGHT.middle_for(3000, 2000), (1280, 0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_pointer_is_on_one_monitor_only() {
        assert!(RIGHT.holds(1280, 0) && !RIGHT.holds(1279, 0) && !RIGHT.holds(3200, 0));
    }
}
