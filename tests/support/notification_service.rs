//! The notification service, played by the test: what was to be shown, and what the person did.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::StreamExt;
use tokio::sync::mpsc;
use zbus::{Connection, Message, MessageStream, OwnedVariant, message};

use crate::{Bus, within};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// One call of `Notify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popup {
    /// The id that the service gave it.
    pub id: u32,
    /// The popup that it takes the place of; 0 where none.
    pub replaces: u32,
    /// The name of the program.
    pub program: String,
    /// The headline.
    pub summary: String,
    /// The text, with markup where the service reads it.
    pub body: String,
    /// Key and label of each action.
    pub actions: Vec<(String, String)>,
    /// The connection that asked: the only one to be told what the person did, as dunst does it.
    asker: String,
}

impl Popup {
    /// All its words.
    pub fn summary_and_body(&self) -> String {
        format!("{} {}", self.summary, self.body)
    }

    /// Whether the person is offered this action.
    pub fn offers(&self, key: &str) -> bool {
        self.actions.iter().any(|(offered, _)| offered == key)
    }
}

#[derive(Default)]
struct Record {
    shown: Mutex<Vec<Popup>>,
    closed: Mutex<Vec<u32>>,
    hung: AtomicBool,
}

/// The service on its own connection. It interprets markup and offers actions, as the daemons of
/// the usual desktops do.
pub struct NotificationService {
    connection: Connection,
    record: Arc<Record>,
    popups: mpsc::UnboundedReceiver<Popup>,
    withdrawals: mpsc::UnboundedReceiver<u32>,
}

impl NotificationService {
    /// Takes the service's name on this bus.
    ///
    /// # Panics
    /// When somebody else has it.
    pub async fn start(bus: &Bus) -> Self {
        let connection = bus.connect().await;
        let calls = MessageStream::from(&connection);
        let record = Arc::new(Record::default());
        let (shown, popups) = mpsc::unbounded_channel();
        let (closed, withdrawals) = mpsc::unbounded_channel();
        tokio::spawn(answer_all(connection.clone(), calls, Arc::clone(&record), shown, closed));
        connection.request_name(NAME).await.expect("the name is free");
        Self { connection, record, popups, withdrawals }
    }

    /// The next popup that was not asked for yet.
    ///
    /// # Panics
    /// When none comes.
    pub async fn next(&mut self, what: &str) -> Popup {
        let popup = within(&format!("a popup: {what}"), self.popups.recv()).await;
        popup.expect("the service goes on")
    }

    /// The next popup that the agent took back by `CloseNotification`.
    ///
    /// # Panics
    /// When none is taken back.
    pub async fn next_withdrawn(&mut self) -> u32 {
        let id = within("a popup to be withdrawn", self.withdrawals.recv()).await;
        id.expect("the service goes on")
    }

    /// Every popup so far.
    pub fn shown(&self) -> Vec<Popup> {
        self.record.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every popup taken back so far.
    pub fn withdrawn(&self) -> Vec<u32> {
        self.record.closed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The person chooses an action, which also closes the popup.
    ///
    /// # Panics
    /// When the popup does not offer it.
    pub async fn choose(&self, popup: &Popup, key: &str) {
        assert!(popup.offers(key), "{popup:?} offers no {key:?}");
        self.signal(popup, "ActionInvoked", &(popup.id, key)).await;
        // 2: dismissed by the user (Desktop Notifications Specification, "NotificationClosed").
        self.signal(popup, "NotificationClosed", &(popup.id, 2_u32)).await;
    }

    /// The same, told to everybody, as most services do it.
    ///
    /// # Panics
    /// When the popup does not offer it.
    pub async fn choose_aloud(&self, popup: &Popup, key: &str) {
        let everybody = Popup { asker: String::new(), ..popup.clone() };
        self.choose(&everybody, key).await;
    }

    /// The person closes a popup.
    ///
    /// # Panics
    /// When the bus is gone.
    pub async fn dismiss(&self, popup: &Popup) {
        self.signal(popup, "NotificationClosed", &(popup.id, 2_u32)).await;
    }

    /// From now on no call is answered, as by a daemon that hangs.
    pub fn hang(&self) {
        self.record.hung.store(true, Ordering::SeqCst);
    }

    /// The service ends.
    ///
    /// # Panics
    /// When the bus is gone.
    pub async fn leave(&self) {
        self.connection.release_name(NAME).await.expect("the bus answers");
    }

    /// The service is there again.
    ///
    /// # Panics
    /// When somebody else has taken its name.
    pub async fn come_back(&self) {
        self.record.hung.store(false, Ordering::SeqCst);
        self.connection.request_name(NAME).await.expect("the name is free");
    }

    async fn signal<B>(&self, popup: &Popup, name: &str, body: &B)
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        self.connection
            .emit_signal((!popup.asker.is_empty()).then_some(popup.asker.as_str()), PATH, NAME, name, body)
            .await
            .expect("the bus takes the signal");
    }
}

async fn answer_all(
    connection: Connection,
    mut calls: MessageStream,
    record: Arc<Record>,
    shown: mpsc::UnboundedSender<Popup>,
    closed: mpsc::UnboundedSender<u32>,
) {
    while let Some(Ok(call)) = calls.next().await {
        if call.message_type() != message::Type::MethodCall || record.hung.load(Ordering::SeqCst) {
            continue;
        }
        if let Err(error) = answer(&connection, &call, &record, &shown, &closed).await {
            eprintln!("the notification service cannot answer {call}: {error}");
            let name = "org.freedesktop.DBus.Error.InvalidArgs";
            // An asker that ended meanwhile needs no answer.
            let _ = connection.reply_error(&call.header(), name, &error.to_string()).await;
        }
    }
}

type NotifyArguments<'a> =
    (&'a str, u32, &'a str, &'a str, &'a str, Vec<&'a str>, HashMap<String, OwnedVariant>, i32);

async fn answer(
    connection: &Connection,
    call: &Message,
    record: &Record,
    shown: &mpsc::UnboundedSender<Popup>,
    closed: &mpsc::UnboundedSender<u32>,
) -> zbus::Result<()> {
    let header = call.header();
    let body = call.body();
    match header.member().map(zbus::names::MemberName::as_str).unwrap_or_default() {
        "GetCapabilities" => connection.reply(&header, &vec!["body", "body-markup", "actions"]).await,
        "GetServerInformation" => {
            connection.reply(&header, &("restante tests", "restante", "1", "1.2")).await
        }
        "Notify" => {
            let (program, replaces, _icon, summary, text, actions, _hints, _expiry): NotifyArguments<'_> =
                body.deserialize()?;
            let popup = {
                let mut all = record.shown.lock().unwrap_or_else(PoisonError::into_inner);
                let next = u32::try_from(all.len()).unwrap_or(u32::MAX - 1) + 1;
                let popup = Popup {
                    id: if replaces == 0 { next } else { replaces },
                    replaces,
                    program: program.to_owned(),
                    summary: summary.to_owned(),
                    body: text.to_owned(),
                    actions: actions
                        .chunks_exact(2)
                        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
                        .collect(),
                    asker: header.sender().map(ToString::to_string).unwrap_or_default(),
                };
                all.push(popup.clone());
                popup
            };
            connection.reply(&header, &popup.id).await?;
            let _ = shown.send(popup);
            Ok(())
        }
        "CloseNotification" => {
            let id: u32 = body.deserialize()?;
            record.closed.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            connection.reply(&header, &()).await?;
            // 3: closed by a call (Desktop Notifications Specification, "NotificationClosed").
            connection
                .emit_signal(header.sender().cloned(), PATH, NAME, "NotificationClosed", &(id, 3_u32))
                .await?;
            let _ = closed.send(id);
            Ok(())
        }
        other => {
            let error = "org.freedesktop.DBus.Error.UnknownMethod";
            connection.reply_error(&header, error, &format!("no method {other}")).await
        }
    }
}
