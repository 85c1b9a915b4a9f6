//! What a request may do: the application's state, and the mailbox of the token it came with.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use restante_model::{CheckInterval, ClientVersion, Clock, Cursor, Letter, Login, MessageId, Person};
use restante_server_api::{CLIENT_VERSION_HEADER, Problem, ProblemKind};
use restante_store::{
    ChangesQuery, ChangesReply, Credentials, Delivered, Device, Enrolled, IntervalReply, LedgerEntry,
    Message, OldestClient, Owner, Posted, Reach, Retracted, SavedDraft, Settings, Store, StoreError,
    ThrownDraft, Touched,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, auth, guesses::Guesses, metrics, passwords::Passwords, patience::Patience, problem::Refusal,
    seen::SeenDevices,
};

/// What all requests share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) passwords: Passwords,
    pub(crate) guesses: Guesses,
    pub(crate) seen: SeenDevices,
    /// Cancelled once a database turns out to be damaged.
    pub(crate) damaged: CancellationToken,
}

impl App {
    pub(crate) fn new(config: Config, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let guesses = Guesses::new(config.limits.wrong_passwords);
        Self {
            config,
            store,
            clock,
            passwords: Passwords::new(),
            guesses,
            seen: SeenDevices::default(),
            damaged: CancellationToken::new(),
        }
    }
}

/// All that a token's bearer can do: tasks on his own mailbox, and nothing that names another.
pub(crate) struct Mailbox {
    store: Arc<dyn Store>,
    owner: Owner,
    pub(crate) enrolled: Enrolled,
}

impl Mailbox {
    pub(crate) async fn settings(&self) -> Result<Settings, StoreError> {
        self.store.settings(&self.owner).await
    }

    pub(crate) async fn set_interval(
        &self,
        wished: CheckInterval,
        base_revision: Option<u64>,
    ) -> Result<IntervalReply, StoreError> {
        self.store.set_interval(&self.owner, wished, base_revision).await
    }

    pub(crate) async fn clear_interval(&self) -> Result<IntervalReply, StoreError> {
        self.store.clear_interval(&self.owner).await
    }

    pub(crate) async fn changes(&self, query: &ChangesQuery) -> Result<ChangesReply, StoreError> {
        self.store.changes(&self.owner, query).await.map(|checked| checked.reply)
    }

    pub(crate) async fn mark_delivered(&self, cursor: &Cursor) -> Result<Delivered, StoreError> {
        self.store.mark_delivered(&self.owner, &self.enrolled.device, cursor).await
    }

    pub(crate) async fn mark_read(&self, ids: &[MessageId]) -> Result<Vec<Touched>, StoreError> {
        self.store.mark_read(&self.owner, &self.enrolled.device, ids).await
    }

    pub(crate) async fn mark_alerted(&self, ids: &[MessageId]) -> Result<(), StoreError> {
        self.store.mark_alerted(&self.owner, &self.enrolled.device, ids).await
    }

    pub(crate) async fn acknowledge(&self, ids: &[MessageId]) -> Result<Vec<Touched>, StoreError> {
        self.store.acknowledge(&self.owner, &self.enrolled.device, ids).await
    }

    pub(crate) async fn retract(&self, id: MessageId) -> Result<Option<Retracted>, StoreError> {
        self.store.retract(&self.owner, id).await
    }

    pub(crate) async fn ledger(&self, id: MessageId) -> Result<Option<Vec<LedgerEntry>>, StoreError> {
        self.store.ledger(&self.owner, id).await
    }

    pub(crate) async fn reach(&self, logins: &[Login]) -> Result<Vec<Reach>, StoreError> {
        self.store.reach(&self.owner.organisation, logins).await
    }

    pub(crate) async fn deliver(&self, id: MessageId, letter: &Letter) -> Result<Posted, StoreError> {
        let posted = self.store.deliver(&self.enrolled.account, id, letter).await?;
        if let Posted::Accepted(accepted, _) = &posted {
            metrics::message_accepted(accepted.recipients.len());
        }
        Ok(posted)
    }

    pub(crate) async fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.store.message(&self.owner, id).await
    }

    pub(crate) async fn delete_message(&self, id: MessageId) -> Result<Option<Touched>, StoreError> {
        self.store.delete_message(&self.owner, id).await
    }

    pub(crate) async fn save_draft(
        &self,
        id: MessageId,
        base_version: Option<u64>,
        letter: &Letter,
    ) -> Result<SavedDraft, StoreError> {
        self.store.save_draft(&self.enrolled.account, id, base_version, letter).await
    }

    pub(crate) async fn throw_draft(
        &self,
        id: MessageId,
        base_version: Option<u64>,
    ) -> Result<Option<ThrownDraft>, StoreError> {
        self.store.throw_draft(&self.owner, id, base_version).await
    }

    pub(crate) async fn directory(&self) -> Result<Vec<Person>, StoreError> {
        self.store.directory(&self.owner.organisation).await
    }

    /// What his password is compared with; `None` when he is no user any more.
    pub(crate) async fn credentials(&self) -> Result<Option<Credentials>, StoreError> {
        self.store.credentials_for(&self.owner.organisation, &self.owner.login).await
    }

    /// `false` when his password is no longer the one of `from_hash`.
    pub(crate) async fn change_password(
        &self,
        from_hash: &str,
        to_hash: &str,
        keep_other_devices: bool,
    ) -> Result<bool, StoreError> {
        let only_device = (!keep_other_devices).then_some(self.enrolled.device.id.as_str());
        self.store.change_password(&self.owner, from_hash, to_hash, only_device).await
    }

    pub(crate) async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        self.store.devices(&self.owner).await
    }

    pub(crate) async fn revoke(&self, device: &str) -> Result<bool, StoreError> {
        self.store.revoke(&self.owner, device).await
    }
}

/// Only a valid token makes a mailbox.
impl FromRequestParts<Arc<App>> for Mailbox {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let refused = || Refusal::new(ProblemKind::Unauthenticated, "no device has this token; sign in anew");
        let (tag, sum) = token(&parts.headers).ok_or_else(refused)?;
        let enrolled = app.store.device_by_token_sum(tag, &sum).await?.ok_or_else(refused)?;
        if let Some(connection) = parts.extensions.get::<Patience>() {
            connection.of_device();
        }
        let version = client_version(&parts.headers);
        // Seen all the same: the administrator finds the devices that must be brought up to date.
        app.seen.note(&enrolled, app.clock.now(), version);
        not_too_old(version, enrolled.oldest_client)?;
        Ok(Self { store: Arc::clone(&app.store), owner: enrolled.account.owner(), enrolled })
    }
}

/// The tag and the sum of the token that a request came with.
pub(crate) fn token(headers: &HeaderMap) -> Option<(&str, [u8; 32])> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { auth::parse(token.trim()) } else { None }
}

/// The version that the agent tells, as far as it can be one: in a header of its own, or as a product of
/// the User-Agent (RFC 9110, section 10.1.5).
pub(crate) fn client_version(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name)?.to_str().ok();
    let product =
        || text("user-agent")?.split(' ').find_map(|product| product.strip_prefix("restante-agent/"));
    let version = text(CLIENT_VERSION_HEADER).or_else(product)?;
    (version.len() <= 64).then_some(version)
}

/// Refuses an agent older than the organisation's post office allows (row B23). A program that tells no
/// version is no agent of ours and is served.
pub(crate) fn not_too_old(version: Option<&str>, oldest: OldestClient) -> Result<(), Refusal> {
    let (Some(version), Some(oldest)) = (version, oldest) else { return Ok(()) };
    if version.parse::<ClientVersion>().is_ok_and(|version| version >= oldest) {
        return Ok(());
    }
    let detail = format!("the agent is of version {version}, the organisation needs {oldest} or newer");
    let mut problem = Problem::new(ProblemKind::ClientTooOld, detail)
        .with_hint("update restante on this computer, or call the administrator");
    problem.needed_version = Some(oldest.to_string());
    Err(problem.into())
}

impl Refusal {
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::from(Problem::new(kind, detail))
    }

    /// Not now, but in so many seconds.
    pub(crate) fn later(kind: ProblemKind, detail: &str, seconds: u64) -> Self {
        let mut problem = Problem::new(kind, detail);
        problem.retry_after_seconds = Some(seconds);
        problem.into()
    }
}
