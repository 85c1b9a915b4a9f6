use std::fs;

use restante_l10n::Language;
use restante_model::Timestamp;

use super::*;

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn doctor(folder: &std::path::Path, settings: &str) -> Doctor {
    let paths = Paths::under(folder);
    paths.create().unwrap();
    fs::write(paths.config_file(), settings).unwrap();
    let sources = SettingsSources::of(paths.config_file());
    let _ = rustls::crypto::ring::default_provider().install_default();
    Doctor::new(paths, sources, Arc::new(Words::new(Language::English)), Arc::new(SystemClock))
}

fn found<'a>(report: &'a DoctorReport, id: &str) -> &'a DoctorCheck {
    report.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no {id} in {report:?}"))
}

#[tokio::test]
async fn without_a_running_agent_that_is_what_fails_and_the_rest_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let report = doctor(folder.path(), "").examine(None).await;
    assert_eq!(found(&report, "agent").status, CheckStatus::Fail);
    for id in ["folders", "settings", "proxy", "database"] {
        assert_eq!(found(&report, id).status, CheckStatus::Ok, "{id}: {report:?}");
    }
    assert_eq!(found(&report, "server").status, CheckStatus::Warn, "nobody is signed in");
    assert!(found(&report, "disk").detail.contains("MB"), "{report:?}");
}

#[tokio::test]
async fn what_is_wrong_in_the_settings_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let report = doctor(folder.path(), "user = 5\n").examine(None).await;
    let settings = found(&report, "settings");
    assert_eq!(settings.status, CheckStatus::Warn);
    assert!(settings.detail.contains("config.toml:1:8"), "{settings:?}");
    let report = doctor(folder.path(), "user = \n").examine(None).await;
    assert_eq!(found(&report, "settings").status, CheckStatus::Fail);
}

#[tokio::test]
async fn a_server_that_is_away_and_one_that_is_not_ours_are_told_apart_from_ours() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let ours = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/problem+json\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nconnection: close\r\n";
    let body = r#"{"type":"about:blank","title":"t","status":401,"code":"unauthenticated","detail":"d"}"#;
    let portal =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi";
    let answers = [format!("{ours}content-length: {}\r\n\r\n{body}", body.len()), portal.to_owned()];
    let serving = tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 2_048];
            let _ = stream.read(&mut asked).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let mut doctor = doctor(
        folder.path(),
        &format!("server = \"http://127.0.0.1:{port}\"\n[network]\nproxy = \"none\"\n"),
    );
    doctor.clock = Arc::new(At(Timestamp::parse("2030-01-01T01:00:00Z").unwrap()));
    let report = doctor.examine(None).await;
    assert_eq!(found(&report, "server").status, CheckStatus::Ok, "{report:?}");
    let clock = found(&report, "clock");
    assert!(clock.status == CheckStatus::Warn && clock.detail.contains("3600"), "{clock:?}");

    let report = doctor.examine(None).await;
    let server = found(&report, "server");
    assert!(
        server.status == CheckStatus::Fail && server.detail.contains("not a restante server"),
        "{server:?}"
    );
    serving.await.unwrap();
    assert_eq!(found(&doctor.examine(None).await, "server").status, CheckStatus::Fail);
}

#[tokio::test]
async fn a_voice_that_is_wished_and_not_there_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let report = doctor(folder.path(), "").examine(None).await;
    assert!(report.checks.iter().all(|check| check.id != "speech"), "nobody wishes one: {report:?}");
    let report = doctor(folder.path(), "[notifications]\nspeak_important = true\n").examine(None).await;
    let expected = if crate::speech::is_there() { CheckStatus::Ok } else { CheckStatus::Warn };
    assert_eq!(found(&report, "speech").status, expected);
}

#[tokio::test]
async fn a_damaged_database_fails() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = doctor(folder.path(), "");
    fs::write(doctor.paths.cache_database(), "no database at all, and long enough for a header").unwrap();
    let report = doctor.examine(None).await;
    let database = found(&report, "database");
    assert!(
        database.status == CheckStatus::Fail && database.detail.contains("damaged: “cache:"),
        "{database:?}"
    );
}
