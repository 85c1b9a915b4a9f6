//! The client's side of the local API.

use std::path::{Path, PathBuf};

use hyper::Method;
use restante_model::{Folder, Letter, MessageId, Person};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    CheckAnswer, DoctorReport, FolderOrder, FolderPage, FolderSummary, Job, LetterId, LocalProblem, Login,
    Message, MessageIds, PutInterval, PutMode, PutPassword, PutSetting, PutSnooze, Recipients, RemindLater,
    RowPosition, SCHEMA, SearchPage, SettingsReport, Show, Status, Undo, path,
    transport::{Answer, Request},
};

/// Why an exchange with the agent failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nothing listens on the socket.
    #[error("the agent is not running (no answer on {0})")]
    NotRunning(PathBuf),
    /// The agent says no, and why.
    #[error("{}", .0.detail)]
    Refused(LocalProblem),
    /// The connection broke, or the answer is none of ours.
    #[error("exchange with the agent failed: {0}")]
    Broken(String),
}

/// Talks to one agent.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// A client of the agent that listens on this socket. Nothing is connected yet.
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// The state of the agent.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.get(path::STATUS).await
    }

    /// Sets off a check, and with `wait` comes back when it is complete.
    pub async fn check(&self, wait: bool) -> Result<CheckAnswer, ClientError> {
        self.call(Request::new(Method::POST, &format!("{}?wait={wait}", path::CHECK))).await
    }

    /// The folders with their counts.
    pub async fn folders(&self) -> Result<Vec<FolderSummary>, ClientError> {
        self.get(path::FOLDERS).await
    }

    /// A page of a folder, newest first; `before` as the page before it said.
    pub async fn folder(
        &self,
        folder: Folder,
        before: Option<&str>,
        limit: u32,
        unread: bool,
    ) -> Result<FolderPage, ClientError> {
        let request = Request::new(Method::GET, &path::folder(folder));
        let mut request = request.query(&[("limit", limit.to_string()), ("unread", unread.to_string())]);
        if let Some(before) = before {
            request = request.query(&[("before", before)]);
        }
        self.call(request).await
    }

    /// The rows of a folder in this order, from this one on, and how many there are in all.
    pub async fn folder_from(
        &self,
        folder: Folder,
        order: FolderOrder,
        from: u64,
        limit: u32,
        unread: bool,
    ) -> Result<FolderPage, ClientError> {
        let request = Request::new(Method::GET, &path::folder(folder)).query(&order);
        let numbers = [("from", from.to_string()), ("limit", limit.to_string())];
        self.call(request.query(&numbers).query(&[("unread", unread)])).await
    }

    /// Where a message stands in a folder that is asked for in this order, all of it or unread only.
    pub async fn position(
        &self,
        id: MessageId,
        folder: Folder,
        order: FolderOrder,
        unread: bool,
    ) -> Result<RowPosition, ClientError> {
        let request = Request::new(Method::GET, &path::position(id)).query(&order);
        let request = request.query(&[("folder", folder.to_string()), ("unread", unread.to_string())]);
        self.call(request).await
    }

    /// One message, whole.
    pub async fn message(&self, id: MessageId) -> Result<Message, ClientError> {
        self.get(&path::message(id)).await
    }

    /// Which of these are unread, newest first.
    pub async fn unread(&self, ids: &[MessageId]) -> Result<Vec<MessageId>, ClientError> {
        let asked = MessageIds { ids: ids.to_vec() };
        let request = Request::new(Method::POST, path::UNREAD).json(&asked);
        self.call(request).await.map(|MessageIds { ids }| ids)
    }

    /// The person opened it.
    pub async fn mark_read(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, &path::read(id))).await
    }

    /// The person wants it to count as unread again, on this device.
    pub async fn mark_unread(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::DELETE, &path::read(id))).await
    }

    /// Removes a message that came or was sent from the person's mailbox, on all devices.
    pub async fn delete_message(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::DELETE, &path::message(id))).await
    }

    /// The person knows of it: it is not announced again.
    pub async fn acknowledge(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, &path::acknowledge(id))).await
    }

    /// What became of each recipient's copy of a sent message, as the server knows it now.
    pub async fn recipients(&self, id: MessageId) -> Result<Recipients, ClientError> {
        self.get(&path::recipients(id)).await
    }

    /// Takes a sent message back from whoever has not read it.
    pub async fn retract(&self, id: MessageId) -> Result<Recipients, ClientError> {
        self.call(Request::new(Method::POST, &path::retract(id))).await
    }

    /// Has it announced again later.
    pub async fn remind(&self, id: MessageId, later: RemindLater) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, &path::remind(id)).json(&later)).await
    }

    /// Has no alerts for a time, or again from now on.
    pub async fn snooze(&self, wish: PutSnooze) -> Result<Status, ClientError> {
        self.put(path::SNOOZE, &wish).await
    }

    /// Puts a letter into the outbox; done when it is there durably.
    pub async fn send(&self, id: MessageId, letter: &Letter, undo: Undo) -> Result<LetterId, ClientError> {
        self.put(&format!("{}?undo_seconds={undo}", path::outbox(id)), letter).await
    }

    /// Makes a letter of the outbox a draft again.
    pub async fn take_back(&self, id: MessageId) -> Result<LetterId, ClientError> {
        self.call(Request::new(Method::POST, &path::outbox_undo(id))).await
    }

    /// Tries a refused letter again.
    pub async fn send_anew(&self, id: MessageId) -> Result<LetterId, ClientError> {
        self.call(Request::new(Method::POST, &path::outbox_retry(id))).await
    }

    /// Throws a letter of the outbox away.
    pub async fn delete_letter(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::DELETE, &path::outbox(id))).await
    }

    /// Saves a letter that is still being written. Where another device's save came after
    /// `base_version`, that one is kept as a draft of its own.
    pub async fn save_draft(
        &self,
        id: MessageId,
        letter: &Letter,
        base_version: Option<u64>,
    ) -> Result<LetterId, ClientError> {
        let base = base_version.map(|base| format!("?base_version={base}")).unwrap_or_default();
        self.put(&format!("{}{base}", path::draft(id)), letter).await
    }

    /// Sends a draft as it was last saved.
    pub async fn send_draft(&self, id: MessageId, undo: Undo) -> Result<LetterId, ClientError> {
        let path = format!("{}?undo_seconds={undo}", path::draft_send(id));
        self.call(Request::new(Method::POST, &path)).await
    }

    /// Throws a draft away.
    pub async fn delete_draft(&self, id: MessageId) -> Result<(), ClientError> {
        self.done(Request::new(Method::DELETE, &path::draft(id))).await
    }

    /// Enters or leaves offline mode.
    pub async fn set_mode(&self, mode: PutMode) -> Result<Status, ClientError> {
        self.put(path::MODE, &mode).await
    }

    /// Wishes for an interval, or for the office's.
    pub async fn set_interval(&self, wish: PutInterval) -> Result<Status, ClientError> {
        self.put(path::INTERVAL, &wish).await
    }

    /// The people whose login or name holds `text`.
    pub async fn directory(&self, text: &str) -> Result<Vec<Person>, ClientError> {
        self.call(Request::new(Method::GET, path::DIRECTORY).query(&[("q", text)])).await
    }

    /// The messages that hold every word of `text`, newest first; `before` as the page before it said.
    pub async fn search(
        &self,
        text: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<SearchPage, ClientError> {
        let limit = limit.to_string();
        let mut query = vec![("q", text), ("limit", &limit)];
        query.extend(before.map(|before| ("before", before)));
        self.call(Request::new(Method::GET, path::SEARCH).query(&query)).await
    }

    /// The rows of the same answer from this one on, and how many there are in all, as far as they were counted.
    pub async fn search_from(&self, text: &str, from: u64, limit: u32) -> Result<SearchPage, ClientError> {
        let numbers = [("from", from.to_string()), ("limit", limit.to_string())];
        let request = Request::new(Method::GET, path::SEARCH).query(&[("q", text)]);
        self.call(request.query(&numbers)).await
    }

    /// Where a message stands in the answer to `text`.
    pub async fn position_found(&self, id: MessageId, text: &str) -> Result<RowPosition, ClientError> {
        self.call(Request::new(Method::GET, &path::position(id)).query(&[("q", text)])).await
    }

    /// The scheduler's jobs.
    pub async fn jobs(&self) -> Result<Vec<Job>, ClientError> {
        self.get(path::JOBS).await
    }

    /// What the settings say, and where each comes from.
    pub async fn settings(&self) -> Result<SettingsReport, ClientError> {
        self.get(path::SETTINGS).await
    }

    /// Changes one key of the user's settings file, `table.name`, and says what is in force then.
    pub async fn set_setting(&self, key: &str, wish: &PutSetting) -> Result<SettingsReport, ClientError> {
        self.put(&path::setting(key), wish).await
    }

    /// Lets the agent look at everything that it works with; takes seconds where something hangs.
    pub async fn doctor(&self) -> Result<DoctorReport, ClientError> {
        self.get(path::DOCTOR).await
    }

    /// Signs in.
    pub async fn login(&self, login: &Login) -> Result<Status, ClientError> {
        self.call(Request::new(Method::POST, path::LOGIN).json(login)).await
    }

    /// Gives the user another password.
    pub async fn change_password(&self, wish: &PutPassword) -> Result<(), ClientError> {
        self.done(Request::new(Method::PUT, path::PASSWORD).json(wish)).await
    }

    /// Signs out and forgets the token.
    pub async fn logout(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, path::LOGOUT)).await
    }

    /// Brings a window to the front.
    pub async fn show(&self, show: Show) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, path::SHOW).json(&show)).await
    }

    /// Ends the agent.
    pub async fn quit(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::POST, path::QUIT)).await
    }

    /// The state of the agent, now and after every change of anything that it would show.
    pub async fn events(&self) -> Result<Events, ClientError> {
        let answer = self.good(Request::new(Method::GET, path::EVENTS)).await?;
        Ok(Events { answer, received: Vec::new() })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.call(Request::new(Method::GET, path)).await
    }

    async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        self.call(Request::new(Method::PUT, path).json(body)).await
    }

    async fn call<T: DeserializeOwned>(&self, request: Request) -> Result<T, ClientError> {
        self.good(request).await?.json().await
    }

    async fn done(&self, request: Request) -> Result<(), ClientError> {
        self.good(request).await.map(drop)
    }

    async fn good(&self, request: Request) -> Result<Answer, ClientError> {
        let answer = request.send(&self.socket).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let status = answer.status;
        Err(match answer.json::<LocalProblem>().await {
            Ok(problem) => ClientError::Refused(problem),
            Err(_) => ClientError::Broken(format!("the agent answered {status}")),
        })
    }
}

/// The stream of the agent's states.
pub struct Events {
    answer: Answer,
    received: Vec<u8>,
}

impl Events {
    /// The next state; `None` when the agent has ended. What is none that we know is passed over.
    pub async fn next(&mut self) -> Option<Status> {
        loop {
            if let Ok(status) = self.told().await? {
                return Some(status);
            }
        }
    }

    /// The next thing that it tells: a state, or [`ClientError::Broken`] where that is none that we know, as an agent
    /// of another version may have it. `None` when the agent has ended.
    pub async fn told(&mut self) -> Option<Result<Status, ClientError>> {
        loop {
            // An event ends with an empty line (HTML, "Server-sent events"); comments keep it alive.
            if let Some(end) = self.received.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.received.drain(..end + 2).collect();
                let data = event.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"data: "));
                if let Some(data) = data {
                    return Some(state(data));
                }
                continue;
            }
            self.received.extend_from_slice(&self.answer.chunk().await?);
        }
    }
}

/// A number that we do not know says that a field means something else by now.
fn state(data: &[u8]) -> Result<Status, ClientError> {
    let status: Status =
        serde_json::from_slice(data).map_err(|error| ClientError::Broken(error.to_string()))?;
    match status.schema {
        SCHEMA => Ok(status),
        other => Err(ClientError::Broken(format!("states of number {other}, not {SCHEMA}"))),
    }
}
