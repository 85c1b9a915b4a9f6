//! The loop: `event = select(); effects = engine.apply(event, now); carry out(effects)`.

mod carry_out;
mod sign_in;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, ffi::OsString, io, ops::ControlFlow, path::PathBuf, sync::Arc};

use restante_engine::{
    Effect, Engine, Event, StorageError,
    effect::Answer,
    event::CallId,
    settings_file::{SettingsFile, SettingsProblem},
};
use restante_l10n::Words;
use restante_local_api::{LocalProblem, Status};
use restante_model::{Clock, LocalTime};
use restante_process::{Paths, PathsError};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    alarm::Alarm,
    credentials::Credentials,
    doctor::Doctor,
    exchanges::Exchanges,
    hook::Hooks,
    http::{Http, client_of},
    instance::{Instance, InstanceError},
    local_routes::Question,
    local_server::LocalServer,
    local_time::local_time,
    notifier::Notifier,
    popup_windows::PopupWindows,
    programs::Programs,
    scheduler::{Scheduler, SchedulerError},
    server_client::{ClientError, ServerClient},
    session::Session,
    settings_sources::SettingsSources,
    settings_watcher::{LOOK_FOR_FOLDERS, SettingsWatcher},
    speech::Speech,
    tray::Tray,
};

/// Questions of front ends that wait for the loop; more wait in their connections.
const MAX_QUESTIONS: usize = 64;

/// What an agent runs on.
pub struct Config {
    /// Its folders.
    pub paths: Paths,
    /// Where its settings come from; the user's file is usually in its folders.
    pub settings: SettingsSources,
    /// How windows are started; `None`: by the program beside this one.
    pub windows: Option<Vec<OsString>>,
    /// In which words it speaks.
    pub words: Arc<Words>,
    /// What it shows itself on.
    pub desktop: Desktop,
    /// Who is told of everything that happens and is done.
    pub witness: Option<Box<dyn Witness>>,
}

/// Which desktop an agent shows itself on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desktop {
    /// The session's.
    Session,
    /// None: no tray, no popups, no windows; what is due stays due.
    None,
}

/// Sees what happens, and changes nothing: the demo tells its story from it.
pub trait Witness: Send {
    /// Something happened.
    fn event(&mut self, event: &Event);
    /// Something is about to be done.
    fn effect(&mut self, effect: &Effect);
}

/// Why an agent cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Its folders cannot be used.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// Another agent runs on them.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// Its databases cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its socket cannot be listened on.
    #[error("could not listen on {}: {source}", .socket.display())]
    Socket {
        /// The socket.
        socket: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The scheduler did not start.
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
    /// The network settings cannot be used.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The system gives it no thread or no timer.
    #[error("could not start: {0}")]
    Runtime(#[source] io::Error),
}

/// Runs an agent until it is told to quit or `stopped` comes.
pub async fn run(
    config: Config,
    clock: Arc<dyn Clock>,
    stopped: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    // Another part of the process may have installed it already; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    config.paths.create()?;
    let _instance = Instance::take(&config.paths.lock_file())?;
    let engine = Engine::open(Some(&config.paths.ledger_database()), Some(&config.paths.cache_database()))?;
    let (events, mut happened) = mpsc::unbounded_channel();
    let (questions, mut asked) = mpsc::channel(MAX_QUESTIONS);
    let (published, status) = watch::channel(Arc::new(engine.status()?));
    let socket = config.paths.socket();
    let doctor =
        Doctor::new(config.paths.clone(), config.settings.clone(), config.words.clone(), clock.clone());
    let local_server = LocalServer::start(&socket, questions, status, doctor)
        .map_err(|source| AgentError::Socket { socket: socket.clone(), source })?;
    // The login session's name by pam_systemd; without one, its end is told by a signal to the process.
    let _session = Session::start(events.clone(), std::env::var("XDG_SESSION_ID").ok());
    let _watcher = SettingsWatcher::start(events.clone(), config.settings.clone(), LOOK_FOR_FOLDERS);
    let settings = config.settings.settings();
    let (http, mut no_http) = Http::begin(settings.clone().unwrap_or_default());
    let (connected, mut connections) = mpsc::unbounded_channel();
    let (exchanges, mut answers) = Exchanges::new();
    let ways = Ways { events, connected, exchanges, published, http };
    let mut agent = Agent::start(config, engine, clock, ways, &settings).await?;
    tracing::info!(socket = %socket.display(), "the agent runs");

    let mut flow = agent.take(Event::Started { settings });
    let mut outcome = Ok(());
    tokio::pin!(stopped);
    while flow.is_continue() {
        flow = tokio::select! {
            Some(event) = happened.recv() => agent.take(event),
            Some(answer) = answers.recv() => {
                let event = agent.exchanges.heard(answer);
                agent.take(event)
            }
            Some((server, event)) = connections.recv() => {
                agent.server = Some(server);
                agent.take(event)
            }
            Some(question) = asked.recv() => agent.answer(question),
            Some(error) = no_http.recv() => {
                outcome = Err(error.into());
                ControlFlow::Break(())
            }
            () = &mut stopped => agent.take(Event::Stopped),
        };
    }
    local_server.end().await;
    tracing::info!("the agent ended");
    outcome
}

/// The ways from what runs beside the loop into it, and from it to those that listen.
struct Ways {
    events: mpsc::UnboundedSender<Event>,
    connected: mpsc::UnboundedSender<(ServerClient, Event)>,
    exchanges: Exchanges,
    published: watch::Sender<Arc<Status>>,
    http: Http,
}

struct Agent {
    engine: Engine,
    clock: Arc<dyn Clock>,
    events: mpsc::UnboundedSender<Event>,
    published: watch::Sender<Arc<Status>>,
    /// Who waits for which answer.
    waiting: HashMap<CallId, oneshot::Sender<Result<Answer, LocalProblem>>>,
    next_call: u64,
    http: Http,
    words: Arc<Words>,
    server: Option<ServerClient>,
    /// By which a client with a token comes back to the loop, with the event that it belongs to.
    connected: mpsc::UnboundedSender<(ServerClient, Event)>,
    exchanges: Exchanges,
    credentials: Credentials,
    scheduler: Scheduler,
    alarm: Alarm,
    tray: Option<Tray>,
    notifier: Option<Notifier>,
    popup_windows: PopupWindows,
    hooks: Hooks,
    speech: Speech,
    local_time: Option<LocalTime>,
    programs: Programs,
    settings_sources: SettingsSources,
    socket: PathBuf,
    token_file: PathBuf,
    settings: SettingsFile,
    witness: Option<Box<dyn Witness>>,
}

impl Agent {
    async fn start(
        config: Config,
        engine: Engine,
        clock: Arc<dyn Clock>,
        ways: Ways,
        settings: &Result<SettingsFile, SettingsProblem>,
    ) -> Result<Self, AgentError> {
        let Ways { events, connected, exchanges, published, http } = ways;
        let settings = settings.clone().unwrap_or_default();
        let session = config.desktop == Desktop::Session;
        let programs = match config.windows.or_else(|| (!session).then(Vec::new)) {
            Some(command) => Programs::with_command(command, events.clone()),
            None => Programs::beside_this_one(events.clone()),
        };
        let profile = config.paths.profile().map(ToOwned::to_owned);
        let tray = session.then(|| Tray::start(events.clone(), config.words.clone(), clock.clone(), profile));
        let speech = Speech::new(config.words.clone());
        Ok(Self {
            http,
            words: config.words.clone(),
            server: None,
            connected,
            exchanges,
            credentials: Credentials::new(settings.token, config.paths.token_file()),
            scheduler: Scheduler::start(events.clone(), clock.clone()).await?,
            alarm: Alarm::new(events.clone(), clock.clone()),
            tray,
            popup_windows: PopupWindows::new(
                programs.command().to_vec(),
                events.clone(),
                config.words.clone(),
                clock.clone(),
            ),
            notifier: session.then(|| Notifier::start(events.clone(), config.words)),
            hooks: Hooks::new(),
            speech,
            local_time: None,
            programs,
            settings_sources: config.settings,
            socket: config.paths.socket(),
            token_file: config.paths.token_file(),
            settings,
            witness: config.witness,
            waiting: HashMap::new(),
            next_call: 1,
            engine,
            clock,
            events,
            published,
        })
    }

    fn answer(&mut self, question: Question) -> ControlFlow<()> {
        let call = CallId(self.next_call);
        self.next_call += 1;
        self.waiting.insert(call, question.reply);
        self.take(Event::Asked { call, ask: question.ask })
    }

    fn take(&mut self, event: Event) -> ControlFlow<()> {
        let local = local_time(self.clock.now());
        if self.local_time.replace(local) != Some(local) {
            self.take_one(Event::LocalTimeChanged(local))?;
        }
        self.take_one(event)
    }

    fn take_one(&mut self, event: Event) -> ControlFlow<()> {
        if let Some(witness) = &mut self.witness {
            witness.event(&event);
        }
        if let Event::SettingsEdited(Ok(settings)) = &event {
            self.connect_by(settings.clone());
        }
        if matches!(event, Event::Resumed | Event::NetworkCame) {
            self.scheduler.look_again();
            self.forget_connections();
        }
        for effect in self.engine.apply(event, self.clock.now()) {
            if let Some(witness) = &mut self.witness {
                witness.effect(&effect);
            }
            self.carry_out(effect)?;
        }
        ControlFlow::Continue(())
    }

    /// The network and the keyring as the settings file now says.
    fn connect_by(&mut self, settings: SettingsFile) {
        if settings.proxy != self.settings.proxy || settings.extra_ca_file != self.settings.extra_ca_file {
            match client_of(&settings) {
                Ok(http) => self.connect_through(http),
                Err(error) => tracing::warn!(%error, "the new network settings cannot be used"),
            }
        }
        if settings.token != self.settings.token {
            self.credentials = Credentials::new(settings.token, self.token_file.clone());
        }
        self.settings = settings;
    }

    /// Connections from before a sleep, or of another network, lead nowhere and would not say so.
    fn forget_connections(&mut self) {
        match client_of(&self.settings) {
            Ok(http) => self.connect_through(http),
            Err(error) => tracing::warn!(%error, "the connections could not be made anew"),
        }
    }

    fn connect_through(&mut self, http: reqwest::Client) {
        self.http = Http::made(http.clone());
        if let Some(server) = &mut self.server {
            *server = server.through(http);
        }
    }

    fn tell(&self, event: Event) {
        // The loop that reads it is the one that is running this.
        let _ = self.events.send(event);
    }
}
