//! A person of the demo: his agent, the way to it, and a witness who tells what it really does.

use std::{collections::HashMap, ffi::OsString, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use restante_agent::{Config, Desktop, SettingsSources, Witness};
use restante_engine::{
    Effect, Event,
    effect::{Mark, PopupContent},
    event::{Checked, PopupId, ServerError},
};
use restante_l10n::Value;
use restante_local_api::{Client, Login, Status, Undo};
use restante_model::{DeliveryState, Importance, Letter, MessageId, Person, SystemClock};
use restante_process::Paths;
use restante_server_api::{Change, Direction};
use tokio::sync::oneshot;

use crate::{
    Tasks,
    narrator::{Narrator, quoted},
    office::{ORGANISATION, PASSWORD},
};

/// Ten times what the slowest step takes.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The demo's settings: the token in a file of its folder, so that no keyring hears of it.
const SETTINGS: &str = "[storage]\ntoken = \"file\"\n";

/// A person with an agent that runs.
pub(crate) struct Someone {
    pub(crate) client: Client,
    pub(crate) paths: Paths,
    narrator: Narrator,
}

/// What a person's agent shows itself on.
pub(crate) struct Seat {
    pub(crate) desktop: Desktop,
    /// How windows are started; empty where there is no display.
    pub(crate) windows: Vec<OsString>,
}

impl Someone {
    /// Starts the person's agent and signs it in.
    pub(crate) async fn sit_down(
        person: &Person,
        seat: Seat,
        server: &str,
        folder: &Path,
        narrator: &Narrator,
        tasks: &Tasks,
    ) -> anyhow::Result<Self> {
        let paths = Paths::under(&folder.join(person.login.as_str()));
        paths.create()?;
        std::fs::write(paths.config_file(), SETTINGS).context("writing the demo's settings")?;
        let (started, runs) = oneshot::channel();
        let witness = Beside {
            narrator: narrator.clone(),
            person: person.clone(),
            windows: !seat.windows.is_empty(),
            talks: seat.desktop == Desktop::Session,
            letters: HashMap::new(),
            popups: HashMap::new(),
            started: Some(started),
            unread: 0,
        };
        let config = Config {
            settings: SettingsSources::of(paths.config_file()),
            paths: paths.clone(),
            windows: Some(seat.windows),
            words: Arc::clone(&narrator.words),
            desktop: seat.desktop,
            witness: Some(Box::new(witness)),
        };
        let stopped = tasks.stop.clone().cancelled_owned();
        let words = Arc::clone(&narrator.words);
        tasks.running.spawn_local(async move {
            if let Err(error) = restante_agent::run(config, Arc::new(SystemClock), stopped).await {
                let (why, _) = error.said(&words);
                eprintln!("restante-demo: {}", words.with("demo-agent-ended", &[("why", Value::Text(&why))]));
            }
        });
        runs.await.context("the agent did not start")?;
        let client = Client::new(&paths.socket());
        let login = Login {
            server: server.to_owned(),
            organisation: ORGANISATION.to_owned(),
            user: person.login.to_string(),
            password: PASSWORD.to_owned(),
        };
        client.login(&login).await.context("signing in")?;
        narrator.tell("demo-signed-in", &[("who", Value::Text(&person.name))]);
        Ok(Self { client, paths, narrator: narrator.clone() })
    }

    /// Puts a letter into the outbox; the witness tells what becomes of it.
    pub(crate) async fn write(
        &self,
        to: &Person,
        subject: String,
        body: String,
        importance: Importance,
    ) -> anyhow::Result<MessageId> {
        let id = MessageId::from_uuid(uuid::Uuid::now_v7());
        let letter = Letter { to: vec![to.login.to_string()], subject, body, importance };
        self.client.send(id, &letter, Undo::AtOnce).await?;
        Ok(id)
    }

    /// Waits until the agent says so, or until that would have happened ten times.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Status) -> bool) -> anyhow::Result<()> {
        let watch = async {
            let mut events = self.client.events().await?;
            while let Some(status) = events.next().await {
                if wanted(&status) {
                    return Ok(());
                }
            }
            bail!("the agent ended")
        };
        match tokio::time::timeout(TIME_LIMIT, watch).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => bail!(self.narrator.words.with("demo-failed", &[("what", Value::Text(what))])),
        }
    }
}

/// Stands beside a person and tells what his agent does.
struct Beside {
    narrator: Narrator,
    person: Person,
    /// Whether windows can be shown.
    windows: bool,
    /// Whether this person's desktop is the one that is looked at.
    talks: bool,
    /// Sender or recipients, and subject, of what was seen so far.
    letters: HashMap<MessageId, (String, String)>,
    /// Popups on their way to the screen.
    popups: HashMap<PopupId, MessageId>,
    started: Option<oneshot::Sender<()>>,
    unread: u64,
}

impl Witness for Beside {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Started { .. } => {
                if let Some(started) = self.started.take() {
                    let _ = started.send(());
                }
            }
            Event::Checked(Ok(Checked::Page(page))) => {
                for change in &page.changes {
                    self.change(change);
                }
            }
            Event::Posted { id, outcome } => self.posted(*id, outcome),
            Event::PopupShown { popup, outcome } => {
                let key = if outcome.is_ok() { "demo-popup" } else { "demo-popup-not-shown" };
                if let Some(id) = self.popups.remove(popup) {
                    self.about(key, id);
                }
            }
            _ => {}
        }
    }

    fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::Post { id, letter } => {
                self.letters.insert(*id, (letter.to.join(", "), letter.subject.clone()));
                let subject = quoted(&letter.subject);
                let values = [("who", Value::Text(&self.person.name)), ("subject", Value::Text(&subject))];
                self.narrator.tell("demo-sent", &values);
            }
            Effect::ShowPopup(popup) if self.talks => {
                if let PopupContent::Message { id, .. } = popup.content {
                    self.popups.insert(popup.id, id);
                }
            }
            Effect::OpenImportant { ids } if self.talks => {
                let key = if self.windows { "demo-important" } else { "demo-important-not-shown" };
                for id in ids {
                    self.about(key, *id);
                }
            }
            Effect::ReportMarks { mark: Mark::Read, ids } => {
                for id in ids {
                    self.about("demo-read", *id);
                }
            }
            Effect::SetTray(face) if self.talks && face.unread != self.unread => {
                self.unread = face.unread;
                self.narrator.tell("demo-tray", &[("unread", Value::Number(face.unread))]);
            }
            _ => {}
        }
    }
}

impl Beside {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Message { message, .. } => {
                let Direction::Received { state: DeliveryState::Waiting } = message.direction else { return };
                let (from, subject) = (message.from.name.clone(), message.subject.clone());
                self.letters.insert(message.id, (from, subject));
                self.about("demo-fetched", message.id);
            }
            // One's own reading comes back to one's own other devices; that is no news here.
            Change::Delivery { user, .. } if *user == self.person.login => {}
            Change::Delivery { message_id, state, .. } => match state {
                DeliveryState::Delivered => self.about("demo-told-delivered", *message_id),
                DeliveryState::Read => self.about("demo-told-read", *message_id),
                DeliveryState::Waiting | DeliveryState::Expired | DeliveryState::Retracted => {}
            },
            Change::Expiry { .. }
            | Change::Removed { .. }
            | Change::Draft { .. }
            | Change::DraftRemoved { .. } => {}
        }
    }

    fn posted(&mut self, id: MessageId, outcome: &Result<restante_server_api::Accepted, ServerError>) {
        match outcome {
            Ok(accepted) => {
                let names: Vec<_> = accepted.recipients.iter().map(|it| it.person.name.as_str()).collect();
                if let Some((to, _)) = self.letters.get_mut(&id) {
                    *to = names.join(", ");
                }
                self.about("demo-waits", id);
            }
            Err(error) => {
                let Some((_, subject)) = self.letters.get(&id) else { return };
                let (subject, why) = (quoted(subject), error.to_string());
                let values = [("subject", Value::Text(&subject)), ("why", Value::Text(&why))];
                self.narrator.tell("demo-refused", &values);
            }
        }
    }

    /// Something about a letter; what was never seen is not spoken of.
    fn about(&self, key: &str, id: MessageId) {
        let Some((other, subject)) = self.letters.get(&id) else { return };
        let (other, subject) = (quoted(other), quoted(subject));
        let values = [
            ("who", Value::Text(&self.person.name)),
            ("from", Value::Text(&other)),
            ("to", Value::Text(&other)),
            ("subject", Value::Text(&subject)),
        ];
        self.narrator.tell(key, &values);
    }
}
