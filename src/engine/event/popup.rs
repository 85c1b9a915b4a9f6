//! What becomes of a popup.

/// By whom a popup is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PopupCarrier {
    /// The desktop's notification service.
    Desktop,
    /// A window of ours in the corner.
    Window,
}

/// Why a popup is not on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotShown {
    /// Its carrier was not asked, or refused.
    Absent,
    /// The service was asked and has not answered: it may yet show it.
    Hung,
    /// Another window has the whole screen, and this popup gives way to it.
    FullScreen,
}

/// What a notification service calls a popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePopup {
    /// The service, as [`Event::NotificationOwnerChanged`] named it.
    pub service: String,
    /// Its number for the popup.
    pub number: u32,
}

/// The number of a popup; one that may still be on the screen has its own also after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PopupId(pub u64);

/// What the person did with a popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PopupAction {
    /// Open.
    Open,
    /// Mark read.
    MarkRead,
    /// Show it again in ten minutes.
    Later,
    /// Closed it, or it went by itself.
    Closed,
}
