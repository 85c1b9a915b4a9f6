//! Figures for Prometheus (row B30): off unless asked for, on a listener of their own, with a closed set of
//! labels.

use reqwest::Method;
use restante_tests::{Office, PASSWORD, ServerProcess};
use serde_json::json;

/// The value of a series in Prometheus's text form.
fn value(figures: &str, series: &str) -> f64 {
    let line = figures.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in\n{figures}")).parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_count_what_happens() {
    let mut office = Office::open().await;
    let (anna, boris) = (office.sign_in("anna").await, office.sign_in("boris").await);
    office.stop().await;
    let options = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let mut server = ServerProcess::start(office.data(), &options, &[]);
    let url = server.says("listening on").await;
    let figures_at = server.says("figures on").await;
    let (anna, boris) = (anna.at(&url), boris.at(&url));

    boris.send(&["anna", "clara"], "One", "normal").await;
    let cursor = anna.changes().await["cursor"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        let answer = anna.call(Method::GET, &format!("changes?since={cursor}"), None).await;
        assert_eq!(answer.status, 304);
    }
    let call = json!({"organisation": "town", "user": "anna", "password": "not her password", "device": "x"});
    anna.call(Method::POST, "sessions", Some(call)).await.is_problem("wrong_credentials");
    anna.call(Method::GET, "no/such/path", None).await.is_problem("not_found");

    let figures = restante_tests::get(&format!("{figures_at}/metrics")).await;
    assert_eq!(figures.0, 200);
    let figures = figures.1;
    for (series, expected) in [
        ("restante_checks_empty_total", 3.0),
        ("restante_messages_accepted_total", 1.0),
        ("restante_recipients_total", 2.0),
        ("restante_database_busy_total", 0.0),
        ("restante_sign_ins_refused_total{code=\"wrong_credentials\"}", 1.0),
        ("restante_password_queue", 0.0),
        ("restante_requests_total{route=\"/api/v1/messages/{id}\",method=\"PUT\",status=\"201\"}", 1.0),
        ("restante_requests_total{route=\"-\",method=\"GET\",status=\"404\"}", 1.0),
        ("restante_request_duration_seconds_count{route=\"/api/v1/changes\"}", 4.0),
    ] {
        assert!((value(&figures, series) - expected).abs() < 0.5, "{series} is not {expected}\n{figures}");
    }
    assert!(value(&figures, "restante_connections") >= 1.0, "{figures}");
    for secret in [cursor.as_str(), "no/such/path", PASSWORD, "anna", "One"] {
        assert!(!figures.contains(secret), "{secret} is in the figures");
    }
    // Not where agents are served.
    assert_eq!(restante_tests::get(&format!("{url}/metrics")).await.0, 404);
    server.stop().await;
}
