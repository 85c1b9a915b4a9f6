//! Exchanges between agent and server: the agent's real client, its requests and answers carried by the
//! story instead of the network.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use axum::{body::Bytes, http};
use reqwest::{Request, Response};
use restante_agent::{Carried, Carrier, ServerClient};
use restante_engine::{Event, event::ServerError};
use restante_l10n::{Language, Words};

use crate::post_office::{Answered, Sent};

/// Where a request waits for the story, and its answer for the client.
#[derive(Default)]
pub(crate) struct Wire(Mutex<OnWire>);

#[derive(Default)]
struct OnWire {
    request: Option<Request>,
    answer: Option<Result<Response, ServerError>>,
}

impl Wire {
    fn with<T>(&self, task: impl FnOnce(&mut OnWire) -> T) -> T {
        task(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the client of an agent sends with.
pub(crate) struct WireCarrier(pub(crate) Arc<Wire>);

impl Carrier for WireCarrier {
    fn carry(&self, request: Request) -> Carried {
        let wire = Arc::clone(&self.0);
        wire.with(|on_wire| on_wire.request = Some(request));
        Box::pin(poll_fn(move |_| match wire.with(|on_wire| on_wire.answer.take()) {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        }))
    }
}

/// What becomes of an exchange on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    RequestLost,
    AnswerLost,
    AnswerLate,
    AnswerCut,
    RequestDoubled,
    Portal,
    ServerFailed,
    ServerBusy,
}

/// An exchange under way.
pub(crate) struct Exchange {
    pub(crate) device: usize,
    pub(crate) life: u32,
    pub(crate) what: &'static str,
    pub(crate) fate: Fate,
    pub(crate) sent: Sent,
    /// The agent waits for it no more.
    pub(crate) given_up: bool,
    /// What came back so far, as the agent will see it.
    pub(crate) answered: Option<Answered>,
    wire: Arc<Wire>,
    task: Task,
}

/// What the agent's client makes of the answer.
pub(crate) type Task = Pin<Box<dyn Future<Output = Event> + Send>>;

impl Exchange {
    /// Lets the client make its request.
    pub(crate) fn begin(
        device: usize,
        life: u32,
        what: &'static str,
        fate: Fate,
        task: impl FnOnce(Arc<Wire>) -> Task,
    ) -> Self {
        let wire = Arc::new(Wire::default());
        let mut task = task(Arc::clone(&wire));
        let poll = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_pending(), "the client answered without asking");
        let request = wire.with(|on_wire| on_wire.request.take()).expect("the client asks first");
        let url = request.url();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let body = request.body().and_then(reqwest::Body::as_bytes).map(Bytes::copy_from_slice);
        let sent = Sent {
            method: request.method().clone(),
            path,
            headers: request.headers().clone(),
            body: body.unwrap_or_default(),
        };
        Self { device, life, what, fate, sent, given_up: false, answered: None, wire, task }
    }

    /// Gives the client what came back, and takes what it makes of it.
    pub(crate) fn end(mut self) -> Event {
        let answer = match self.answered.take() {
            None => Err(ServerError::Unreachable("no answer in time".into())),
            Some(answered) => {
                let mut answer = http::Response::new(answered.body);
                *answer.status_mut() = answered.status;
                *answer.headers_mut() = answered.headers;
                Ok(Response::from(answer))
            }
        };
        self.wire.with(|on_wire| on_wire.answer = Some(answer));
        match self.task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(event) => event,
            Poll::Pending => panic!("the client waits although it has its answer"),
        }
    }
}

/// The client of one exchange.
pub(crate) fn client(http: &reqwest::Client, token: &str, wire: Arc<Wire>) -> ServerClient {
    static WORDS: LazyLock<Arc<Words>> = LazyLock::new(|| Arc::new(Words::new(Language::English)));
    ServerClient::carried(http.clone(), SERVER, token.into(), &WORDS, Arc::new(WireCarrier(wire)))
}

/// The server's address; nothing is ever sent there.
pub(crate) const SERVER: &str = "http://127.0.0.1:1";
