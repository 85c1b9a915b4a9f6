//! How the person arranged the mailbox: kept between two starts, and of no importance when it is lost.

use std::{fs, path::Path};

use restante_local_api::{FolderOrder, SortBy};
use serde::{Deserialize, Serialize};

use crate::ui;

/// Sizes are logical pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Layout {
    width: Option<f32>,
    height: Option<f32>,
    folders_width: Option<f32>,
    who_width: Option<f32>,
    note_width: Option<f32>,
    when_width: Option<f32>,
    order: FolderOrder,
    /// Of list and reading pane, how much is the list's.
    list_share: Option<f32>,
    pane: Pane,
}

/// Where the message is read (row S7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pane {
    #[default]
    Below,
    Right,
    Off,
}

/// The narrowest and widest that a window or a part of it is made again, whatever the file says.
const SIZES: std::ops::RangeInclusive<f32> = 60.0..=8_000.0;

impl Layout {
    /// As it was kept; the usual one where nothing was, or it cannot be read.
    pub(super) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Keeps it. The folder is the agent's and is there once an agent ran.
    pub(super) fn keep(self, file: &Path) {
        let kept = serde_json::to_string(&self).map_err(std::io::Error::other);
        if let Err(error) = kept.and_then(|text| fs::write(file, text)) {
            tracing::debug!(%error, "the arrangement of the window is not kept");
        }
    }

    /// As the window is now.
    pub(super) fn of(window: &ui::Mailbox) -> Self {
        use slint::ComponentHandle as _;
        let size = window.window().size().to_logical(window.window().scale_factor());
        Self {
            width: Some(size.width),
            height: Some(size.height),
            folders_width: Some(window.get_side_width()),
            who_width: Some(window.get_who_width()),
            note_width: Some(window.get_note_width()),
            when_width: Some(window.get_when_width()),
            order: order(window),
            list_share: Some(window.get_share()),
            pane: match window.get_pane() {
                ui::Pane::Below => Pane::Below,
                ui::Pane::Right => Pane::Right,
                ui::Pane::Off => Pane::Off,
            },
        }
    }

    /// Arranges the window so.
    pub(super) fn arrange(self, window: &ui::Mailbox) {
        use slint::ComponentHandle as _;
        let sane = |size: Option<f32>| size.filter(|size| SIZES.contains(size));
        if let (Some(width), Some(height)) = (sane(self.width), sane(self.height)) {
            window.window().set_size(slint::LogicalSize::new(width, height));
        }
        if let Some(width) = sane(self.folders_width) {
            window.set_side_width(width.min(400.0));
        }
        if let Some(width) = sane(self.who_width) {
            window.set_who_width(width);
        }
        if let Some(width) = sane(self.note_width) {
            window.set_note_width(width);
        }
        if let Some(width) = sane(self.when_width) {
            window.set_when_width(width);
        }
        window.set_ascending(self.order.ascending);
        window.set_sort(match self.order.sort {
            SortBy::Time => ui::SortBy::Time,
            SortBy::Who => ui::SortBy::Who,
            SortBy::Subject => ui::SortBy::Subject,
            SortBy::Importance => ui::SortBy::Importance,
        });
        if let Some(share) = self.list_share.filter(|share| (0.2..=0.8).contains(share)) {
            window.set_share(share);
        }
        window.set_pane(match self.pane {
            Pane::Below => ui::Pane::Below,
            Pane::Right => ui::Pane::Right,
            Pane::Off => ui::Pane::Off,
        });
    }
}

/// The order in which the window shows a folder.
pub(super) fn order(window: &ui::Mailbox) -> FolderOrder {
    let sort = match window.get_sort() {
        ui::SortBy::Time => SortBy::Time,
        ui::SortBy::Who => SortBy::Who,
        ui::SortBy::Subject => SortBy::Subject,
        ui::SortBy::Importance => SortBy::Importance,
    };
    FolderOrder { sort, ascending: window.get_ascending() }
}

#[cfg(test)]
mod tests {
    use slint::ComponentHandle as _;

    use super::*;

    #[test]
    fn what_was_arranged_is_there_again() {
        i_slint_backend_testing::init_no_event_loop();
        let file = std::env::temp_dir().join(format!("restante-layout-{}", std::process::id()));
        let window = ui::Mailbox::new().unwrap();
        window.show().unwrap();
        window.set_pane(ui::Pane::Off);
        window.set_side_width(180.0);
        window.set_who_width(250.0);
        window.set_share(0.3);
        window.set_sort(ui::SortBy::Subject);
        window.set_ascending(true);
        Layout::of(&window).keep(&file);
        let next = ui::Mailbox::new().unwrap();
        Layout::read(&file).arrange(&next);
        assert_eq!(next.get_pane(), ui::Pane::Off);
        assert_eq!((next.get_sort(), next.get_ascending()), (ui::SortBy::Subject, true));
        assert_eq!((next.get_side_width(), next.get_who_width(), next.get_share()), (180.0, 250.0, 0.3));
        fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_file_that_says_nonsense_arranges_nothing() {
        i_slint_backend_testing::init_no_event_loop();
        let file = std::env::temp_dir().join(format!("restante-nonsense-{}", std::process::id()));
        let usual = ui::Mailbox::new().unwrap();
        let usual = (usual.get_side_width(), usual.get_share());
        for text in ["{", r#"{"folders_width": -5, "list_share": 9, "width": 1e9, "height": 2}"#] {
            fs::write(&file, text).unwrap();
            let window = ui::Mailbox::new().unwrap();
            Layout::read(&file).arrange(&window);
            assert_eq!((window.get_side_width(), window.get_share()), usual);
        }
        fs::remove_file(file).unwrap();
    }
}
