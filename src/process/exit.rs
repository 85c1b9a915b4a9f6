//! How a program says what came of it: few codes, the same for every program, told in its help.

use std::process::ExitCode;

/// The exit codes of every program (ARCHITECTURE.md, "Errors").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// The answer is none or no.
    No = 1,
    /// The command line is not as described.
    Usage = 2,
    /// The agent is not running.
    AgentNotRunning = 3,
    /// The server cannot be reached.
    ServerUnreachable = 4,
    /// The agent or the server refused.
    Refused = 5,
    /// A fault of the program itself (`EX_SOFTWARE` of sysexits.h).
    Bug = 70,
}

impl Exit {
    /// Every code, in ascending order.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::No,
        Self::Usage,
        Self::AgentNotRunning,
        Self::ServerUnreachable,
        Self::Refused,
        Self::Bug,
    ];

    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_promised_numbers() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 70]);
    }
}
