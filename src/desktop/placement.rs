//! Where windows stand and what the desktop is told of them: all that goes through winit and X11.

use std::{cell::Cell, env};

use slint::{
    PlatformError,
    winit_030::{EventResult, WinitWindowAccessor, winit},
};

thread_local! {
    /// Set while a window is made: the hook of the backend has no other way to know what it is to be.
    static NEXT: Cell<Kind> = const { Cell::new(Kind::Usual) };
}

/// What the desktop takes a window for.
#[derive(Clone, Copy, Default)]
enum Kind {
    /// A window with a frame.
    #[default]
    Usual,
    /// A dialog: centred, floating, not in the task bar's way.
    Dialog,
    /// A popup: no frame, never the keys, and no window manager that knows better.
    Popup,
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
        .with_winit_window_attributes_hook(|attributes| attributes_of(NEXT.take(), attributes))
        .select()?;
    // By this name the desktop finds the icon and groups the windows (restante.desktop). It fails only
    // without a backend, and there is one now.
    let _ = slint::set_xdg_app_id("restante");
    Ok(())
}

/// Makes a dialog.
pub(crate) fn dialog<W>(make: impl FnOnce() -> Result<W, PlatformError>) -> Result<W, PlatformError> {
    make_as(Kind::Dialog, make)
}

/// Makes a popup.
pub(crate) fn popup<W>(make: impl FnOnce() -> Result<W, PlatformError>) -> Result<W, PlatformError> {
    make_as(Kind::Popup, make)
}

fn make_as<W>(kind: Kind, make: impl FnOnce() -> Result<W, PlatformError>) -> Result<W, PlatformError> {
    NEXT.set(kind);
    let window = make();
    NEXT.set(Kind::Usual);
    window
}

#[cfg(target_os = "linux")]
fn attributes_of(kind: Kind, attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    use winit::platform::x11::{WindowAttributesExtX11, WindowType};
    match kind {
        Kind::Usual => attributes,
        Kind::Dialog => attributes.with_x11_window_type(vec![WindowType::Dialog]),
        Kind::Popup => attributes
            .with_active(false)
            .with_override_redirect(true)
            .with_x11_window_type(vec![WindowType::Notification]),
    }
}

#[cfg(not(target_os = "linux"))]
fn attributes_of(kind: Kind, attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    match kind {
        Kind::Usual | Kind::Dialog => attributes,
        Kind::Popup => attributes.with_active(false),
    }
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

/// Puts a popup of this logical size into the bottom right corner of what panels leave free, above as
/// many others of its size, `gap` apart. On Wayland the compositor places windows.
pub(crate) fn corner(window: &slint::Window, size: (f32, f32), gap: f32, others_below: usize) {
    let Some(area) = work_area() else { return };
    let scale = window.scale_factor();
    #[expect(clippy::cast_possible_truncation, reason = "a window's size in pixels")]
    let pixels = |logical: f32| (logical * scale).round() as i32;
    let others_below = i32::try_from(others_below).unwrap_or(0);
    let at = area.corner_for(pixels(size.0), pixels(size.1), pixels(gap), others_below);
    window.set_position(slint::PhysicalPosition::new(at.0, at.1));
}

/// Makes a window that is on the screen no larger than what panels leave free of it: twice as large letters
/// make a window twice as large.
pub(crate) fn fit(window: &slint::Window) {
    let Some(area) = work_area() else { return };
    let size = window.size();
    let (width, height) = (area.width.cast_unsigned(), area.height.cast_unsigned());
    if size.width > width || size.height > height {
        window.set_size(slint::PhysicalSize::new(size.width.min(width), size.height.min(height)));
        window.set_position(slint::PhysicalPosition::new(area.x, area.y));
    }
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

/// Tells what becomes of the window, and has what a wheel, a button or a key does drawn at once. A window has room for
/// one such listener.
///
/// By itself the toolkit waits on X11 for a whole tick of 16 ms first, also where nothing was drawn for long
/// (`TimerBasedFrameThrottle` of i-slint-backend-winit). What comes in one go is still drawn as one: winit hands over all
/// that waits before it asks for a frame.
pub(crate) fn on_seen(window: &slint::Window, told: impl Fn(Seen) + 'static) {
    use winit::event::WindowEvent;
    window.on_winit_window_event(move |window, event| {
        match event {
            WindowEvent::Focused(active) => told(Seen::Active(*active)),
            WindowEvent::RedrawRequested => told(Seen::Drawn),
            WindowEvent::MouseWheel { .. }
            | WindowEvent::MouseInput { .. }
            | WindowEvent::KeyboardInput { .. } => {
                window.with_winit_window(winit::window::Window::request_redraw);
            }
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

    /// Where a window of this size stands in its bottom right corner, above others of the same size.
    fn corner_for(self, width: i32, height: i32, gap: i32, others_below: i32) -> (i32, i32) {
        (self.x + self.width - width - gap, self.y + self.height - (height + gap) * (others_below + 1))
    }

    /// What of it lies in the other as well; all of it where that is nothing.
    #[cfg(target_os = "linux")]
    fn within(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = (self.x + self.width).min(other.x + other.width) - x;
        let height = (self.y + self.height).min(other.y + other.height) - y;
        if width > 0 && height > 0 { Self { x, y, width, height } } else { self }
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

/// The monitor that the pointer is on, without what panels take of the screen (Extended Window Manager
/// Hints, `_NET_WORKAREA`: four numbers a desktop, of which all have the same panels in practice).
#[cfg(target_os = "linux")]
fn work_area() -> Option<Monitor> {
    use x11rb::{
        connection::Connection,
        protocol::xproto::{AtomEnum, ConnectionExt as _},
    };
    let monitor = pointer_monitor()?;
    let free = || {
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        let name = connection.intern_atom(true, b"_NET_WORKAREA").ok()?.reply().ok()?.atom;
        let asked =
            connection.get_property(false, root, name, AtomEnum::CARDINAL, 0, 4).ok()?.reply().ok()?;
        let numbers: Vec<i32> = asked.value32()?.filter_map(|number| i32::try_from(number).ok()).collect();
        let [x, y, width, height] = numbers[..] else { return None };
        Some(Monitor { x, y, width, height })
    };
    // Without a window manager there is no such property, and no panel either.
    Some(free().map_or(monitor, |free| monitor.within(free)))
}

#[cfg(not(target_os = "linux"))]
fn work_area() -> Option<Monitor> {
    None
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

    #[cfg(target_os = "linux")]
    #[test]
    fn popups_stand_above_the_panel_and_above_each_other() {
        let free = Monitor { x: 0, y: 0, width: 3200, height: 1050 };
        let area = RIGHT.within(free);
        assert_eq!(area, Monitor { height: 1050, ..RIGHT });
        assert_eq!(area.corner_for(360, 92, 12, 0), (3200 - 372, 1050 - 104));
        assert_eq!(area.corner_for(360, 92, 12, 2), (3200 - 372, 1050 - 312));
        let elsewhere = Monitor { x: 0, y: 0, width: 1280, height: 800 };
        assert_eq!(RIGHT.within(elsewhere), RIGHT);
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
