//! The commands, each in its file.

mod check;
mod completions;
mod config;
mod delete;
mod doctor;
mod draft;
mod interval;
mod jobs;
mod list;
mod login;
mod logout;
mod man;
mod mark;
mod offline;
mod open;
mod outbox;
mod paging;
mod password;
mod quit;
mod read;
mod retract;
mod search;
mod send;
mod snooze;
mod status;
mod write;

use clap::Subcommand;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Login(login::Login),
    Logout(logout::Logout),
    Password(password::Password),
    Status(status::Status),
    Check(check::Check),
    List(list::List),
    Read(read::Read),
    #[command(subcommand)]
    Mark(mark::Mark),
    Delete(delete::Delete),
    Retract(retract::Retract),
    Search(search::Search),
    Send(send::Send),
    #[command(subcommand)]
    Draft(draft::Draft),
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    Offline(offline::Offline),
    Interval(interval::Interval),
    Jobs(jobs::Jobs),
    Snooze(snooze::Snooze),
    Open(open::Open),
    Write(write::Write),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Config(config::Config),
    Completions(completions::Completions),
    #[command(hide = true)]
    Man(man::Man),
    Quit(quit::Quit),
}

impl Command {
    /// Does it. `grammar` describes all that can be typed, for the commands that tell others of it.
    pub(crate) async fn run(
        self,
        session: &mut Session<'_, '_>,
        grammar: fn() -> clap::Command,
    ) -> Result<Exit, Failure> {
        match self {
            Self::Login(login) => login.run(session).await,
            Self::Logout(logout) => logout.run(session).await,
            Self::Password(password) => password.run(session).await,
            Self::Status(status) => status.run(session).await,
            Self::Check(check) => check.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Read(read) => read.run(session).await,
            Self::Mark(mark) => mark.run(session).await,
            Self::Delete(delete) => delete.run(session).await,
            Self::Retract(retract) => retract.run(session).await,
            Self::Search(search) => search.run(session).await,
            Self::Send(send) => send.run(session).await,
            Self::Draft(draft) => draft.run(session).await,
            Self::Outbox(outbox) => outbox.run(session).await,
            Self::Offline(offline) => offline.run(session).await,
            Self::Interval(interval) => interval.run(session).await,
            Self::Snooze(snooze) => snooze.run(session).await,
            Self::Jobs(jobs) => jobs.run(session).await,
            Self::Open(open) => open.run(session).await,
            Self::Write(write) => write.run(session).await,
            Self::Doctor(doctor) => doctor.run(session).await,
            Self::Config(config) => config.run(session).await,
            Self::Completions(completions) => completions.run(session, grammar()),
            Self::Man(man) => man.run(session, grammar()),
            Self::Quit(quit) => quit.run(session).await,
        }
    }
}
