//! What stands between us and our server: captive portals, proxies, cut lines.

use std::sync::Arc;

use restante_engine::event::Checked;
use restante_l10n::Language;
use restante_model::Cursor;
use restante_server_api::ProblemKind;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::server_client::{ServerClient, http_client};

/// A page of changes as our server would send it.
const PAGE: &str = r#"{"cursor":"e.g.7","more":false,"unread":0,"changes":[],"settings_revision":1,
    "next_check_in_seconds":null,"server_time":"2026-11-24T09:30:00Z"}"#;

/// Asks for changes where `answer` stands on the wire.
async fn asked(answer: String) -> Result<Checked, ServerError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = http_client(&restante_engine::settings_file::Proxy::None, None).unwrap();
    let since: Cursor = "e.g.3".parse().unwrap();
    let answer = ServerClient::new(http, &url, None, &Arc::new(Words::new(Language::English)))
        .changes(Some(&since))
        .await;
    serving.await.unwrap();
    answer
}

fn http(status: &str, media_type: &str, more: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\n{more}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn our_servers_page_is_taken() {
    let Ok(Checked::Page(page)) = asked(http("200 OK", "application/json", "", PAGE)).await else {
        panic!("a page")
    };
    assert_eq!(page.cursor.to_string(), "e.g.7");
}

#[tokio::test]
async fn what_is_not_our_server_is_unreachable_and_says_so() {
    let html = "<html><body>Sign in to the hotel's network</body></html>";
    let answers = [
        http("200 OK", "text/html", "", html),
        http("200 OK", "application/json", "", html),
        // The right words of another program, and the right shape under a wrong name.
        http("200 OK", "application/json", "", r#"{"status":"ok"}"#),
        http("200 OK", "text/plain", "", PAGE),
        http("200 OK", "application/json", "", &PAGE[..PAGE.len() / 2]),
        http("200 OK", "application/json", "", ""),
        http("204 No Content", "application/json", "", ""),
        http("302 Found", "text/html", "location: http://portal.example/\r\n", html),
        http("301 Moved Permanently", "application/json", "location: http://127.0.0.1:1/\r\n", PAGE),
        http("511 Network Authentication Required", "text/html", "", html),
        http("502 Bad Gateway", "text/html", "", html),
        http("503 Service Unavailable", "text/html", "retry-after: 100000\r\n", html),
        http("503 Service Unavailable", "application/problem+json", "", r#"{"code":"not one of ours"}"#),
        http("404 Not Found", "application/json", "", r#"{"detail":"Not Found"}"#),
    ];
    for answer in answers {
        let error = asked(answer.clone()).await.unwrap_err();
        let ServerError::Unreachable(why) = &error else { panic!("{answer}\n{error:?}") };
        assert!(why.contains("not a restante server"), "{answer}\n{why}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_no_answer() {
    let whole = http("200 OK", "application/json", "", PAGE);
    for length in [whole.len() - 1, whole.len() - PAGE.len() / 2, whole.len() - PAGE.len(), 20, 0] {
        let error = asked(whole[..length].to_owned()).await.unwrap_err();
        assert!(matches!(error, ServerError::Unreachable(_)), "{length} of {}: {error:?}", whole.len());
    }
}

#[tokio::test]
async fn nothing_new_is_only_said_by_a_304() {
    for (header, revision) in [("", None), ("restante-settings-revision: 7\r\n", Some(7))] {
        let answer = asked(format!("HTTP/1.1 304 Not Modified\r\netag: \"e.g.3\"\r\n{header}\r\n")).await;
        let Ok(Checked::Unchanged { settings_revision }) = answer else { panic!("{answer:?}") };
        assert_eq!(settings_revision, revision);
    }
}

#[tokio::test]
async fn when_to_come_back_is_read_from_the_body_and_else_from_the_header() {
    let problem = |retry_after_seconds| {
        let problem = Problem { retry_after_seconds, ..Problem::new(ProblemKind::Busy, "too many at once") };
        http(
            "503 Service Unavailable",
            Problem::MEDIA_TYPE,
            "retry-after: 40\r\n",
            &serde_json::to_string(&problem).unwrap(),
        )
    };
    for (said, read) in [(None, 40), (Some(70), 70)] {
        let Err(ServerError::Refused(problem)) = asked(problem(said)).await else { panic!("a refusal") };
        assert_eq!(problem.retry_after_seconds, Some(read));
    }
}
