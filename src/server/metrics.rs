//! What is counted, and its text for Prometheus. Until a recorder is started nothing is, at no cost worth
//! naming. Labels are route, method, status and code of a problem: a closed set, whatever clients send.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use metrics::{
    Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use restante_server_api::{ProblemKind, path};

/// Upper bounds of the histogram of answers, in seconds.
const SECONDS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// One a process: the counters are the process's.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Whether anybody may ask for figures.
fn counting() -> bool {
    RECORDER.get().is_some()
}

/// Counts from now on; the routes that tell.
pub(crate) fn start() -> Result<Router, String> {
    if !counting() {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .map_err(|error| error.to_string())?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|error| error.to_string())?;
        RECORDER.get_or_init(|| handle);
        describe();
    }
    let handle = RECORDER.get().cloned().ok_or("no recorder")?;
    let routes = Router::new().route("/metrics", get(told)).with_state(Arc::new(handle));
    Ok(routes.fallback(async || (StatusCode::NOT_FOUND, "figures are at /metrics\n")))
}

async fn told(State(handle): State<Arc<PrometheusHandle>>) -> Response {
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
}

fn describe() {
    describe_counter!("restante_requests_total", "Requests answered, by route, method and status");
    describe_histogram!("restante_request_duration_seconds", "From a request's head to its answer, by route");
    describe_gauge!("restante_connections", "Open connections, in use and idle");
    describe_counter!("restante_connections_refused_total", "Connections turned away: all places were taken");
    describe_counter!("restante_checks_empty_total", "Checks answered with nothing new");
    describe_counter!("restante_messages_accepted_total", "Messages accepted, repeated requests aside");
    describe_counter!("restante_recipients_total", "Recipients of the messages accepted");
    describe_counter!("restante_expiry_mailboxes_total", "Mailboxes that a run of the expiry changed");
    describe_counter!("restante_database_busy_total", "Requests told to come back: the database was busy");
    describe_counter!("restante_sign_ins_refused_total", "Sign-ins refused, by code of the problem");
    describe_gauge!("restante_password_queue", "Passwords being compared or waiting for their turn");
    describe_counter!("restante_certificate_reloads_total", "Certificates read anew, by outcome");
    for outcome in ["taken", "refused"] {
        counter!("restante_certificate_reloads_total", "outcome" => outcome).absolute(0);
    }
    gauge!("restante_connections").set(0);
    gauge!("restante_password_queue").set(0);
    for name in [
        "restante_connections_refused_total",
        "restante_checks_empty_total",
        "restante_messages_accepted_total",
        "restante_recipients_total",
        "restante_expiry_mailboxes_total",
        "restante_database_busy_total",
    ] {
        counter!(name).absolute(0);
    }
}

/// A request was answered.
pub(crate) fn answered(
    route: &str,
    method: &axum::http::Method,
    status: StatusCode,
    problem: Option<ProblemKind>,
    took: Duration,
) {
    if !counting() {
        return;
    }
    // A method of the client's own invention would be a label of its own.
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = known.into_iter().find(|known| method == known).unwrap_or("other");
    if route == path::SESSIONS
        && method == "POST"
        && let Some(problem) = problem
    {
        counter!("restante_sign_ins_refused_total", "code" => problem.code()).increment(1);
    }
    if route == path::CHANGES && status == StatusCode::NOT_MODIFIED && method == "GET" {
        let EmptyChecks { duration, checks, requests } = EMPTY_CHECKS.get_or_init(EmptyChecks::look_up);
        duration.record(took.as_secs_f64());
        checks.increment(1);
        return requests.increment(1);
    }
    duration(route).record(took.as_secs_f64());
    requests(route, method, status).increment(1);
}

fn duration(route: &str) -> Histogram {
    histogram!("restante_request_duration_seconds", "route" => route.to_owned())
}

fn requests(route: &str, method: &'static str, status: StatusCode) -> Counter {
    let (route, status) = (route.to_owned(), status.as_u16().to_string());
    counter!("restante_requests_total", "route" => route, "method" => method, "status" => status)
}

/// What checks that bring nothing are counted by, looked up once: nearly all requests are such.
struct EmptyChecks {
    duration: Histogram,
    checks: Counter,
    requests: Counter,
}

static EMPTY_CHECKS: OnceLock<EmptyChecks> = OnceLock::new();

impl EmptyChecks {
    fn look_up() -> Self {
        Self {
            duration: duration(path::CHANGES),
            checks: counter!("restante_checks_empty_total"),
            requests: requests(path::CHANGES, "GET", StatusCode::NOT_MODIFIED),
        }
    }
}

/// A connection has its place.
pub(crate) fn connection_opened() {
    gauge!("restante_connections").increment(1);
}

/// And gave it back.
pub(crate) fn connection_closed() {
    gauge!("restante_connections").decrement(1);
}

/// A connection found no place.
pub(crate) fn connection_refused() {
    counter!("restante_connections_refused_total").increment(1);
}

/// A message was accepted for so many.
pub(crate) fn message_accepted(recipients: usize) {
    counter!("restante_messages_accepted_total").increment(1);
    counter!("restante_recipients_total").increment(recipients as u64);
}

/// Expired mail was taken out of so many mailboxes.
pub(crate) fn expired_in(mailboxes: usize) {
    counter!("restante_expiry_mailboxes_total").increment(mailboxes as u64);
}

/// A request was told that the database is busy.
pub(crate) fn database_busy() {
    counter!("restante_database_busy_total").increment(1);
}

/// Certificates were read anew.
pub(crate) fn certificate_reloaded(taken: bool) {
    let outcome = if taken { "taken" } else { "refused" };
    counter!("restante_certificate_reloads_total", "outcome" => outcome).increment(1);
}

/// A password that waits for its turn or is being compared, until dropped.
pub(crate) struct PasswordInQueue(());

impl PasswordInQueue {
    pub(crate) fn new() -> Self {
        gauge!("restante_password_queue").increment(1);
        Self(())
    }
}

impl Drop for PasswordInQueue {
    fn drop(&mut self) {
        gauge!("restante_password_queue").decrement(1);
    }
}
