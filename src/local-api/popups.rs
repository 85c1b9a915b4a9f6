//! What the agent and its own corner window say to each other, a line of JSON each: orders on the
//! window's input, reports on its output. The window ends with its input.

use serde::{Deserialize, Serialize};

/// What the corner window is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum PopupOrder {
    /// Show a popup, in place of the one of that number.
    Show(PopupCard),
    /// Take a popup away; no report follows.
    Withdraw {
        /// Its number.
        id: u64,
    },
}

/// A popup, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopupCard {
    /// Its number.
    pub id: u64,
    /// The first line, bold.
    pub title: String,
    /// The second line; empty: none.
    pub text: String,
    /// The last line, small; empty: none.
    pub note: String,
    /// Whether it is about important mail: it stays until the person does something.
    pub important: bool,
    /// Whether it is of one message, which can be marked read from here, or put off.
    pub one_message: bool,
}

/// What became of a popup in the corner window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum PopupReport {
    /// It is on the screen.
    Shown {
        /// Its number.
        id: u64,
    },
    /// The person clicked it; it is gone.
    Opened {
        /// Its number.
        id: u64,
    },
    /// The person marked its message read; it is gone.
    MarkedRead {
        /// Its number.
        id: u64,
    },
    /// The person wants it again in ten minutes; it is gone.
    Later {
        /// Its number.
        id: u64,
    },
    /// The person closed it, or its time was over.
    Closed {
        /// Its number.
        id: u64,
    },
}
