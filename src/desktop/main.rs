//! `restante-desktop`: the windows, as a program of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    restante_desktop::run(std::env::args_os())
}
