//! The server as a service: where it listens, its settings, its certificate, its service manager, its end
//! (row B30).

use std::{os::fd::AsRawFd, time::Duration};

use reqwest::StatusCode;
use restante_tests::{Office, PASSWORD, Program, ServerProcess, run, within};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixDatagram},
    process::Command,
};

use crate::authority::Authority;

/// An office whose own server is stopped, so that a test can serve it in its own way.
async fn office() -> Office {
    let mut office = Office::open().await;
    office.stop().await;
    office
}

fn plain() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

async fn livez(client: &reqwest::Client, url: &str) -> Result<StatusCode, reqwest::Error> {
    let answer = within("an answer", client.get(format!("{url}/livez")).send()).await?;
    let status = answer.status();
    answer.bytes().await?;
    Ok(status)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_listens_on_several_addresses_and_on_a_unix_socket_with_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let office = office().await;
    let socket = office.data().join("s");
    let unix = format!("unix:{}", socket.display());
    let options =
        ["--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--listen", &unix, "--unix-socket-mode", "0600"];
    let mut server = ServerProcess::start(office.data(), &options, &[]);
    let (first, second) = (server.says("listening on").await, server.says("listening on").await);
    assert_eq!(server.says("listening on").await, unix);
    let client = plain().build().unwrap();
    for url in [first, second] {
        assert_eq!(livez(&client, &url).await.unwrap(), 200);
    }
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let client = plain().unix_socket(socket.clone()).build().unwrap();
    assert_eq!(livez(&client, "http://here").await.unwrap(), 200);
    server.stop().await;
    assert!(!socket.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_from_the_file_variables_and_the_command_line() {
    let office = office().await;
    let file = office.data().join("server.toml");
    std::fs::write(&file, "listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\n[log]\nformat = \"json\"\n").unwrap();
    let config = file.to_str().unwrap();
    let mut server =
        ServerProcess::start(office.data(), &["--config", config], &[("RESTANTE_LISTEN", "[::1]:0")]);
    assert!(server.says("listening on").await.starts_with("http://[::1]:"));
    server.until_logged("\"message\":\"serving\"", 1).await;
    for line in server.log().lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    server.stop().await;

    let shown = office.command(&["config", "show", "--json", "--config", config], "").await.done().json();
    let row = shown.as_array().unwrap().iter().find(|row| row["key"] == "log.format").unwrap();
    assert_eq!(row, &json!({"key": "log.format", "value": "\"json\"", "from": format!("{config}:3")}));
    let right = office.command(&["config", "check", "--config", config], "").await.done();
    assert!(right.stdout.contains("right"), "{right:?}");

    std::fs::write(&file, "[limits]\nconections = 3\n").unwrap();
    let place = format!("{config}:2:1: limits.conections");
    for command in [&["config", "check", "--config", config][..], &["serve", "--config", config]] {
        office.command(command, "").await.ended_with(2).says(&place);
    }
    let missing = office.command(&["serve", "--config", "/nowhere/server.toml"], "").await.ended_with(2);
    missing.says("/nowhere/server.toml");
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_beyond_this_machine_is_refused_unless_said() {
    let office = office().await;
    let refused = office.command(&["serve", "--listen", "0.0.0.0:0"], "").await.ended_with(5);
    refused.says("not a loopback address");
    let pages = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "0.0.0.0:0"];
    office.command(&pages, "").await.ended_with(5).says("not a loopback address");
    let options = ["--listen", "0.0.0.0:0", "--admin-listen", "0.0.0.0:0", "--plain-http-anyway"];
    let mut server = ServerProcess::start(office.data(), &options, &[]);
    server.says("listening on").await;
    assert!(server.says("administrators' pages on").await.starts_with("http://"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_data_folder_is_refused_and_commands_are_not() {
    let office = Office::open().await;
    let second = office.command(&["serve", "--listen", "127.0.0.1:0"], "").await.ended_with(5);
    second.says("another server has the data folder");
    let users = office.command(&["user", "list", "town", "--json"], "").await.done().json();
    assert_eq!(users.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_ends_with_a_killed_server() {
    let office = office().await;
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    server.says("listening on").await;
    server.signal(Signal::KILL);
    assert_eq!(server.ended().await, None);
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    server.says("listening on").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_systemd_opened_are_taken_over() {
    let office = office().await;
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::empty()).unwrap();
    // Descriptors begin at 3, and LISTEN_PID is the process that they are for (sd_listen_fds(3)).
    let script = format!("exec 3<&{}; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"", socket.as_raw_fd());
    let mut command = Command::new("bash");
    command.args(["-c", &script, "bash"]).arg(Program::Server.path()).arg("--data").arg(office.data());
    command.args(["serve", "--listen", "127.0.0.1:1"]);
    let mut server = ServerProcess::spawn(command);
    assert_eq!(server.says("listening on").await, format!("http://{address}"));
    let client = plain().build().unwrap();
    assert_eq!(livez(&client, &format!("http://{address}")).await.unwrap(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_who_comes_to_a_socket_of_systemd_has_the_server_started() {
    let office = office().await;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("s");
    let mut command = Command::new("systemd-socket-activate");
    command.arg("--listen").arg(&socket).arg(Program::Server.path()).arg("--data").arg(office.data());
    command.args(["serve", "--listen", "127.0.0.1:1"]);
    let mut server = ServerProcess::spawn(command);
    server.until_logged("Listening on", 1).await;
    // The first who comes has the server started, and is answered by it.
    let client = plain().unix_socket(socket.clone()).build().unwrap();
    assert_eq!(livez(&client, "http://here").await.unwrap(), 200);
    assert_eq!(server.says("listening on").await, format!("unix:{}", socket.display()));
    assert_eq!(livez(&client, "http://here").await.unwrap(), 200);
    server.stop().await;
    assert!(socket.exists(), "the socket is the service manager's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_read_anew_without_dropping_connections_and_a_bad_one_is_not_taken() {
    let office = office().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second, ended) = (Authority::new(4000), Authority::new(4000), Authority::new(1999));
    first.install(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    let options = ["--listen", "127.0.0.1:0", "--tls-certificate", &certificate, "--tls-key", &key];
    let mut server = ServerProcess::start(office.data(), &options, &[("RESTANTE_LOG", "debug")]);
    let address = server.says("listening on").await;
    let url = address.replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    let early = first.client();
    assert_eq!(livez(&early, &url).await.unwrap(), 200);

    // Another one in its place: taken by itself.
    second.install(folder.path());
    server.until_logged("another certificate is in force", 1).await;
    assert_eq!(livez(&second.client(), &url).await.unwrap(), 200);
    livez(&first.client(), &url).await.expect_err("the old one is not shown any more");
    assert_eq!(livez(&early, &url).await.unwrap(), 200, "its connection is still there");

    // Bad ones: garbage, another's key, one that has ended. Each is said, and none taken, by SIGHUP too.
    let stays = "the new certificate cannot be used: the old one stays";
    std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    server.until_logged(stays, 1).await;
    first.install(folder.path());
    std::fs::write(folder.path().join("key.pem"), &second.key).unwrap();
    server.until_logged("is not that of the certificate", 1).await;
    ended.install(folder.path());
    server.until_logged("ended at", 1).await;
    let told = server.log().matches(stays).count();
    server.signal(Signal::HUP);
    server.until_logged(stays, told + 1).await;
    assert_eq!(livez(&second.client(), &url).await.unwrap(), 200);
    assert_eq!(livez(&early, &url).await.unwrap(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_certificate_is_refused_at_the_start() {
    let office = office().await;
    let folder = tempfile::tempdir().unwrap();
    Authority::new(4000).install(folder.path());
    std::fs::write(folder.path().join("key.pem"), Authority::new(4000).key).unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tls-certificate", &certificate];
    office.command(&[&serve[..], &["--tls-key", &key]].concat(), "").await.ended_with(5).says(&key);
    office.command(&serve, "").await.ended_with(2).says("tls.key_file");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_hears_ready_alive_reloading_and_stopping() {
    let office = office().await;
    let socket = office.data().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    let variables = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", "200000")];
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &variables);
    server.says("listening on").await;
    let hear = async |wanted: &str| {
        let mut message = [0; 512];
        loop {
            let heard = within(wanted, manager.recv(&mut message)).await.unwrap();
            if String::from_utf8_lossy(&message[..heard]).contains(wanted) {
                return;
            }
        }
    };
    hear("READY=1").await;
    for _ in 0..3 {
        hear("WATCHDOG=1").await;
    }
    server.signal(Signal::HUP);
    hear("RELOADING=1").await;
    hear("READY=1").await;
    hear("WATCHDOG=1").await;
    server.signal(Signal::TERM);
    hear("STOPPING=1").await;
    assert_eq!(server.ended().await, Some(0));
}

/// A request to sign in whose body has not come yet.
async fn begin_request(address: &str) -> (TcpStream, String) {
    let body =
        json!({"organisation": "town", "user": "anna", "password": PASSWORD, "device": "x"}).to_string();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Half of it, so that the server is known to be reading: it answers Expect only then.
    stream.write_all(&body.as_bytes()[..10]).await.unwrap();
    (stream, body[10..].to_owned())
}

async fn rest_of(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let _ = within("the connection to end", stream.read_to_string(&mut answer)).await;
    answer
}

/// A kept connection that has had its answer.
async fn idle(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok\n") {
        within("an answer", stream.read_buf(&mut answer)).await.unwrap();
    }
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_closes_idle_connections_at_once_and_ends_what_is_under_way() {
    let office = office().await;
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    let address = server.says("listening on").await.replace("http://", "");
    let kept = idle(&address).await;
    let (mut asking, rest) = begin_request(&address).await;
    // Accepted in order: when a later connection has its answer, the request's has its handler.
    drop(idle(&address).await);
    server.signal(Signal::TERM);
    assert_eq!(rest_of(kept).await, "", "an idle connection is closed while the other is still asking");
    asking.write_all(rest.as_bytes()).await.unwrap();
    let answer = rest_of(asking).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn told_twice_it_stops_at_once() {
    let office = office().await;
    // So long that the test's own limit would come first.
    let patient = [("RESTANTE_LIMITS_DRAIN_SECONDS", "600"), ("RESTANTE_LIMITS_BODY_SECONDS", "600")];
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &patient);
    let address = server.says("listening on").await.replace("http://", "");
    let (asking, _rest) = begin_request(&address).await;
    drop(idle(&address).await);
    server.signal(Signal::TERM);
    server.until_logged("stopping: what is being answered comes to its end", 1).await;
    server.signal(Signal::TERM);
    assert_eq!(server.ended().await, Some(0));
    assert!(server.log().contains("asked for a second time"), "{}", server.log());
    drop(asking);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_budget_the_connection_idle_longest_is_closed() {
    let office = office().await;
    let budget = [("RESTANTE_LIMITS_IDLE_CONNECTIONS", "2")];
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &budget);
    let address = server.says("listening on").await.replace("http://", "");
    let (first, mut second) = (idle(&address).await, idle(&address).await);
    let _third = idle(&address).await;
    assert_eq!(rest_of(first).await, "");
    second.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let answer = rest_of(second).await;
    assert!(answer.contains("200 OK"), "the others are kept: {answer}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_tells_whom_it_heard_and_nobody_is_locked_out_by_another() {
    let office = office().await;
    let settings = [("RESTANTE_LIMITS_WRONG_PASSWORDS", "3"), ("RESTANTE_TRUSTED_PROXIES", "127.0.0.0/8")];
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &settings);
    let url = server.says("listening on").await;
    let client = plain().build().unwrap();
    let sign_in = async |from: &str, password: &str| {
        let call = json!({"organisation": "town", "user": "anna", "password": password, "device": "x"});
        let request =
            client.post(format!("{url}/api/v1/sessions")).header("x-forwarded-for", from).json(&call);
        within("an answer", request.send()).await.unwrap().status().as_u16()
    };
    let mut guessed = Vec::new();
    for n in 0..5 {
        // Whatever he says of himself on the left: the proxy's word is the last one.
        guessed.push(sign_in(&format!("198.51.100.{n}, 203.0.113.1"), "a guess that is wrong").await);
    }
    assert_eq!(guessed, [401, 401, 401, 429, 429]);
    assert_eq!(sign_in("203.0.113.2", PASSWORD).await, 201, "the owner comes from elsewhere");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_named_in_the_log_by_the_id_that_it_came_with() {
    let office = office().await;
    let mut server = ServerProcess::start(office.data(), &["--listen", "127.0.0.1:0"], &[]);
    let url = server.says("listening on").await;
    let client = plain().timeout(Duration::from_mins(1)).build().unwrap();
    let answered = async |id: Option<&str>| {
        let mut request = client.get(format!("{url}/readyz"));
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let answer = request.send().await.unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(answered(Some("proxy-4711")).await, "proxy-4711");
    server.until_logged("proxy-4711", 1).await;
    let made = answered(Some("two words \"quoted\"")).await;
    assert_eq!(made.len(), 16, "{made}");
    assert_ne!(answered(None).await, answered(None).await);
    assert!(!server.log().contains("two words"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_units_are_right_and_give_the_server_little() {
    let folder = tempfile::tempdir().unwrap();
    let mut units = Vec::new();
    for name in ["restante-server.service", "restante-server.socket"] {
        let unit = restante_tests::workspace_root().join("packaging/linux").join(name);
        let unit = std::fs::read_to_string(unit).unwrap();
        // The program as it is here, since it is not installed.
        let program = Program::Server.path().display().to_string();
        std::fs::write(folder.path().join(name), unit.replace("/usr/bin/restante-server", &program)).unwrap();
        units.push((folder.path().join(name), unit));
    }
    let [(service, service_text), (socket, _)] = &units[..] else { unreachable!() };
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).args([service, socket]);
    let verified = run(&mut verify, "").await.done();
    assert_eq!((verified.stdout.as_str(), verified.stderr.as_str()), ("", ""));
    // 15: an exposure of 1.5 out of 10.
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=true", "--threshold=15", "--no-pager"]).arg(service);
    drop(run(&mut analyze, "").await.done());
    for line in ["Type=notify", "WatchdogSec=30", "ExecReload=/bin/kill -HUP $MAINPID"] {
        assert!(service_text.lines().any(|it| it == line), "{line}");
    }
}
