//! The program `restante-server`.

use std::process::ExitCode;

fn main() -> ExitCode {
    restante_server::commands::run(std::env::args_os()).into()
}
