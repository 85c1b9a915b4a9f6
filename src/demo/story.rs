//! The story: a normal and an important message from Boris, and an answer to what Anna writes.

use std::{env, ffi::OsString, path::Path, time::Duration};

use anyhow::Context;
use restante_agent::Desktop;
use restante_l10n::Value;
use restante_local_api::{RowState, Show, ShowWhat};
use restante_model::{Folder, Importance, MessageId, Person};
use restante_process::shutdown;

use crate::{
    Tasks, WINDOW, colleague,
    narrator::Narrator,
    office::{self, INTERVAL_SECONDS},
    people::{Seat, Someone},
};

/// Long enough to look at a window before it goes.
const LOOK: Duration = Duration::from_secs(3);

/// The server drains its connections first.
const END_LIMIT: Duration = Duration::from_secs(5);

/// Plays the story once where nobody sits at the terminal; else goes on until Ctrl+C.
pub(crate) async fn play(narrator: &Narrator, attended: bool) -> anyhow::Result<()> {
    let stopped = shutdown::requested();
    let folder =
        tempfile::Builder::new().prefix("restante-demo-").tempdir().context("making the demo's folder")?;
    let tasks = Tasks::default();
    let display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|it| !it.is_empty()));
    introduce(narrator, folder.path(), display);
    let outcome = tokio::select! {
        outcome = tell(narrator, folder.path(), display, attended, &tasks) => outcome,
        () = stopped => Ok(()),
    };
    tasks.stop.cancel();
    tasks.running.close();
    // Server and agents end by themselves, before the folder goes from under them.
    if tokio::time::timeout(END_LIMIT, tasks.running.wait()).await.is_err() {
        eprintln!("restante-demo: {}", narrator.words.text("demo-ends-late"));
    }
    folder.close().context("clearing the demo's folder")?;
    outcome
}

fn introduce(narrator: &Narrator, folder: &Path, display: bool) {
    narrator.say("demo-title", &[]);
    narrator.say("demo-who", &[]);
    narrator.say("demo-interval", &[("seconds", Value::Number(INTERVAL_SECONDS))]);
    narrator.say("demo-where", &[("folder", Value::Text(&folder.display().to_string()))]);
    if !display {
        narrator.say("demo-no-display", &[]);
    }
}

async fn tell(
    narrator: &Narrator,
    folder: &Path,
    display: bool,
    attended: bool,
    tasks: &Tasks,
) -> anyhow::Result<()> {
    let person =
        |login: &str, name: &str| anyhow::Ok(Person { login: login.parse()?, name: name.to_owned() });
    let (anna, boris) = (
        person("anna", &narrator.words.text("demo-anna"))?,
        person("boris", &narrator.words.text("demo-boris"))?,
    );
    let url = office::open(folder, &[anna.clone(), boris.clone()], tasks).await?;
    narrator.tell("demo-serves", &[("url", Value::Text(&url))]);
    let windows: Vec<OsString> = match env::current_exe() {
        Ok(program) if display => vec![program.into(), WINDOW.into()],
        Ok(_) | Err(_) => Vec::new(),
    };
    let seat = Seat { desktop: Desktop::Session, windows };
    let you = Someone::sit_down(&anna, seat, &url, folder, narrator, tasks).await?;
    let seat = Seat { desktop: Desktop::None, windows: Vec::new() };
    let robot = Someone::sit_down(&boris, seat, &url, folder, narrator, tasks).await?;
    if display {
        you.client.show(Show { what: ShowWhat::Mailbox, id: None }).await?;
    }
    let cast = Cast { narrator, you: &you, robot: &robot, anna: &anna, boris: &boris, display };
    tokio::select! {
        outcome = colleague::answer_all(&robot, narrator) => outcome,
        outcome = async {
            if attended { cast.attended().await } else { cast.unattended().await }
        } => outcome,
    }
}

struct Cast<'a> {
    narrator: &'a Narrator,
    you: &'a Someone,
    robot: &'a Someone,
    anna: &'a Person,
    boris: &'a Person,
    display: bool,
}

impl Cast<'_> {
    /// Somebody sits here: he reads and writes, the demo does not.
    async fn attended(&self) -> anyhow::Result<()> {
        self.robot_writes("demo-menu-subject", "demo-menu-body", Importance::Normal).await?;
        self.you.until("the first mail", |status| status.unread > 0).await?;
        if self.display {
            self.narrator.say("demo-until", &[]);
        } else {
            self.narrator.say("demo-until-cli", &[]);
            let socket = self.you.paths.socket();
            self.narrator
                .line(&format!("    echo Hello | restante --socket {} send --to boris", socket.display()));
        }
        tokio::time::sleep(LOOK * 2).await;
        self.robot_writes("demo-drill-subject", "demo-drill-body", Importance::High).await?;
        std::future::pending().await
    }

    /// Nobody sits here: the demo opens Anna's messages and writes her letter, and ends.
    async fn unattended(&self) -> anyhow::Result<()> {
        let id = self.robot_writes("demo-menu-subject", "demo-menu-body", Importance::Normal).await?;
        self.you.until("the first mail", |status| status.unread == 1).await?;
        self.read_for_anna(id).await?;

        let id = self.robot_writes("demo-drill-subject", "demo-drill-body", Importance::High).await?;
        self.you.until("the important mail", |status| status.unread_high == 1).await?;
        self.read_for_anna(id).await?;

        let text = |key| self.narrator.words.text(key);
        self.you
            .write(self.boris, text("demo-thanks-subject"), text("demo-thanks-body"), Importance::Normal)
            .await?;
        self.you.until("the answer", |status| status.unread == 1).await?;
        self.narrator.say("demo-end", &[]);
        Ok(())
    }

    async fn robot_writes(
        &self,
        subject: &str,
        body: &str,
        importance: Importance,
    ) -> anyhow::Result<MessageId> {
        let text = |key| self.narrator.words.text(key);
        self.robot.write(self.anna, text(subject), text(body), importance).await
    }

    /// Opens the message for Anna, and waits until Boris has been told.
    async fn read_for_anna(&self, id: MessageId) -> anyhow::Result<()> {
        if self.display {
            tokio::time::sleep(LOOK).await;
        }
        self.narrator.tell("demo-reads-for", &[("who", Value::Text(&self.anna.name))]);
        self.you.client.mark_read(id).await?;
        let mut seen = 0;
        loop {
            let sent = self.robot.client.folder(Folder::Sent, None, 10, false).await?;
            if sent.messages.iter().any(|row| row.id == id && row.state == RowState::Read) {
                return Ok(());
            }
            let revision = seen;
            self.robot.until("word that it was read", |status| status.mailbox_revision > revision).await?;
            seen = self.robot.client.status().await?.mailbox_revision;
        }
    }
}
