//! The other anchor: Dovecot, tuned, with a file of plain passwords and mail in folders of its own.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::process;

/// Users of it, each with a connection.
const USERS: usize = 128;
/// Debian's nobody: the mail's owner.
const OWNER: u32 = 65_534;

/// A running Dovecot; stopped when dropped.
pub(crate) struct Dovecot {
    master: Child,
    imap: u16,
    lmtp: u16,
    _folder: TempDir,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Dovecot {
    /// `None` where it is not installed, or may not be started: it takes root to have users of its own.
    pub(crate) async fn start() -> Option<Self> {
        Command::new("dovecot").arg("--version").stdout(Stdio::null()).status().ok()?;
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().display();
        let (imap, lmtp) = (free_port(), free_port());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).ok()?;
        let mail = folder.path().join("mail");
        fs::create_dir(&mail).ok()?;
        chown(&mail, Some(OWNER), Some(OWNER)).ok()?;
        let users: Vec<_> = (0..USERS).map(|user| format!("user{user}:{{PLAIN}}secret::::::")).collect();
        let passwords = folder.path().join("passwords");
        fs::write(&passwords, users.join("\n") + "\n").ok()?;
        fs::set_permissions(&passwords, fs::Permissions::from_mode(0o644)).ok()?;
        let settings = folder.path().join("dovecot.conf");
        fs::write(
            &settings,
            format!(
                "protocols = imap lmtp\nlisten = 127.0.0.1\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nssl = no\n\
                 disable_plaintext_auth = no\nauth_mechanisms = plain\nauth_cache_size = 10M\n\
                 first_valid_uid = 1\nfirst_valid_gid = 1\nmail_location = maildir:{at}/mail/%u\n\
                 mail_fsync = always\n\
                 passdb {{\n driver = passwd-file\n args = {at}/passwords\n}}\n\
                 userdb {{\n driver = static\n args = uid={OWNER} gid={OWNER} home={at}/mail/%u allow_all_users=yes\n}}\n\
                 service imap-login {{\n service_count = 0\n inet_listener imap {{\n port = {imap}\n }}\n inet_listener imaps {{\n port = 0\n }}\n}}\n\
                 service imap {{\n service_count = 0\n process_limit = 1024\n}}\n\
                 service lmtp {{\n service_count = 0\n inet_listener lmtp {{\n port = {lmtp}\n }}\n}}\n"
            ),
        )
        .ok()?;
        let mut command = Command::new("dovecot");
        command.arg("-F").arg("-c").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null());
        let master = command.spawn().ok()?;
        let this = Self { master, imap, lmtp, _folder: folder };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if Session::log_in(imap, 0).await.is_some() {
                return Some(this);
            }
            sleep(Duration::from_millis(200)).await;
        }
        None
    }

    /// Of all its processes that live.
    pub(crate) fn cpu_ns(&self) -> u64 {
        process::tree(self.master.id()).into_iter().map(process::cpu_ns).sum()
    }

    /// So many sessions, each with its mailbox open.
    pub(crate) async fn sessions(&self, count: usize) -> Vec<Session> {
        let mut sessions = Vec::new();
        for user in 0..count {
            let mut session = Session::log_in(self.imap, user).await.expect("it lets users in");
            session.command("SELECT INBOX").await;
            sessions.push(session);
        }
        sessions
    }

    /// One message to so many users; comes back when it is durably with each.
    pub(crate) async fn deliver(&self, recipients: usize, body: &str) {
        let stream = TcpStream::connect(("127.0.0.1", self.lmtp)).await.expect("it accepts");
        let mut stream = BufStream::new(stream);
        answers(&mut stream, "", 1).await;
        answers(&mut stream, "LHLO localhost\r\n", 1).await;
        answers(&mut stream, "MAIL FROM:<anna@example.org>\r\n", 1).await;
        for user in 0..recipients {
            answers(&mut stream, &format!("RCPT TO:<user{user}>\r\n"), 1).await;
        }
        answers(&mut stream, "DATA\r\n", 1).await;
        let message = format!("From: anna@example.org\r\nSubject: Measured\r\n\r\n{body}\r\n.\r\n");
        answers(&mut stream, &message, recipients).await;
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // SIGTERM, so that it ends its children.
        let _ = Command::new("kill").arg(self.master.id().to_string()).status();
        let _ = self.master.wait();
    }
}

/// Says something in LMTP and reads so many whole answers.
async fn answers(stream: &mut BufStream<TcpStream>, said: &str, count: usize) {
    stream.write_all(said.as_bytes()).await.expect("it reads");
    stream.flush().await.expect("it reads");
    let mut left = count;
    while left > 0 {
        let mut line = String::new();
        let length = stream.read_line(&mut line).await.expect("it answers");
        assert!(length > 0 && (line.starts_with('2') || line.starts_with('3')), "{said}: {line:?}");
        if line.as_bytes().get(3) == Some(&b' ') {
            left -= 1;
        }
    }
}

/// An IMAP connection that is signed in.
pub(crate) struct Session(BufStream<TcpStream>);

impl Session {
    async fn log_in(port: u16, user: usize) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let mut session = Self(BufStream::new(stream));
        let mut greeting = String::new();
        session.0.read_line(&mut greeting).await.ok()?;
        session.try_command(&format!("LOGIN user{user} secret")).await?.starts_with("a OK").then_some(session)
    }

    async fn try_command(&mut self, command: &str) -> Option<String> {
        self.0.write_all(format!("a {command}\r\n").as_bytes()).await.ok()?;
        self.0.flush().await.ok()?;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            if line.starts_with("a ") {
                return Some(line);
            }
        }
    }

    async fn command(&mut self, command: &str) {
        let answer = self.try_command(command).await.expect("it answers");
        assert!(answer.starts_with("a OK"), "{command}: {answer}");
    }
}

/// The command over and over in each session; gives how often.
pub(crate) async fn saturated(sessions: &mut Vec<Session>, command: &'static str, time: Duration) -> usize {
    let mut clients = JoinSet::new();
    for mut session in sessions.drain(..) {
        clients.spawn(async move {
            let (begun, mut count) = (Instant::now(), 0);
            while begun.elapsed() < time {
                session.command(command).await;
                count += 1;
            }
            (session, count)
        });
    }
    let (back, counts): (Vec<_>, Vec<usize>) = clients.join_all().await.into_iter().unzip();
    sessions.extend(back);
    counts.into_iter().sum()
}

/// 200 commands a second, in turn in the sessions.
pub(crate) async fn paced(sessions: &mut [Session], command: &'static str, time: Duration) -> usize {
    let mut ticks = interval(Duration::from_millis(5));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < time {
        ticks.tick().await;
        let turn = count % sessions.len();
        sessions[turn].command(command).await;
        count += 1;
    }
    count
}
