//! What the server costs, beside a bare hyper server and Dovecot in the same run: `tests/bench/server`.
//!
//! Given names of parts (`polls`, `held`, `load`: what writes, and what polls feel of it; `postgres`, `growth`,
//! `organisations`) it measures these alone. Each figure is a row of a table, with its goal (docs/performance.md). CPU is that of the server's processes,
//! from `/proc/PID/task/*/schedstat`; client and servers are processes of their own. Linux only.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why")]

mod bare;
mod client;
mod dovecot;
mod expiry;
mod growth;
mod held;
mod office;
mod polls;
mod postgres;
mod process;
mod secured;
mod table;

use std::{
    io::BufRead,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use self::{
    client::{Connection, milliseconds, percentile},
    dovecot::Dovecot,
    office::{Office, Place},
    secured::Certificate,
    table::row,
};

/// Rounds of each side, in turn.
const ROUNDS: usize = 5;
/// Connections of a saturated run, and senders.
const CONNECTIONS: usize = 64;
/// What can be measured alone.
const PARTS: [&str; 6] = ["polls", "held", "growth", "organisations", "load", "postgres"];
/// How long a saturated round takes.
const ROUND: Duration = Duration::from_secs(3);

fn main() {
    // People's computers are others than the server's: here they share its cores, and must not wait for what it has to do.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(restante_process::priority::go_ahead)
        .build()
        .expect("a runtime");
    let arguments: Vec<_> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "bare") {
        return runtime.block_on(bare::serve(arguments.get(at + 1).map(Path::new)));
    }
    runtime.block_on(async {
        let loaded = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!("Load when it began: {}\n", loaded.trim());
        let named = PARTS.iter().filter(|part| arguments.iter().any(|argument| argument == **part));
        let named: Vec<_> = named.copied().collect();
        let measured = |part| named.is_empty() || named.contains(&part);
        let dovecot = Dovecot::start().await;
        if dovecot.is_none() {
            println!("Dovecot does not start here: its figures are left out.\n");
        }
        table::begin();
        let office = Office::open(10_000).await;
        if measured("polls") {
            polls::measure(dovecot.as_ref(), &office).await;
        }
        if measured("held") {
            held::measure(&office).await;
        }
        if measured("growth") {
            growth::measure(&office).await;
        }
        if measured("organisations") {
            growth::measure_organisations().await;
        }
        if measured("load") {
            load(dovecot.as_ref(), office).await;
        }
        if measured("postgres") {
            postgres::measure().await;
        }
    });
}

/// P6 to P9 and P14: writing, and what polls feel of it.
async fn load(dovecot: Option<&Dovecot>, office: Office) {
    let server = serve(&office, None);
    deliveries(&server, &office).await;
    fan_outs(&server, dovecot, &office).await;
    busy(&server, &office).await;
    first_sync(&server, &office).await;
    drop((server, office));
    expiry::measure().await;
}

/// With a certificate it speaks TLS.
fn serve(office: &Office, certificate: Option<&Certificate>) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_restante-server"));
    match office.place() {
        Place::Folder(folder) => command.arg("--data").arg(folder.path()),
        Place::Url(url) => command.arg("--database").arg(url),
    };
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    if let Some(certificate) = certificate {
        command.arg("--tls-certificate").arg(certificate.file()).arg("--tls-key").arg(certificate.key_file());
    }
    Process::start(&mut command)
}

fn serve_bare(certificate: Option<&Certificate>) -> Process {
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.arg("bare").args(certificate.map(Certificate::folder));
    Process::start(&mut command)
}

/// A server in a process of its own; killed when dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        std::io::BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit('/').next().expect("an address").to_owned();
        Self { child, address }
    }

    fn cpu_ns(&self) -> u64 {
        process::cpu_ns(self.child.id())
    }

    fn pss_kib(&self) -> u64 {
        process::pss_kib(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Microseconds of CPU for each of so many.
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of seconds")]
fn each_us(before_ns: u64, after_ns: u64, count: usize) -> f64 {
    after_ns.saturating_sub(before_ns) as f64 / count as f64 / 1_000.0
}

/// P8: one-recipient messages of 64 senders.
async fn deliveries(server: &Process, office: &Office) {
    const EACH: usize = 30;
    let alone = Instant::now();
    office.deliver_directly(200).await;
    let alone = 200.0 / alone.elapsed().as_secs_f64();
    let before = server.cpu_ns();
    let rate = post(office, std::slice::from_ref(server), EACH).await;
    let cpu = each_us(before, server.cpu_ns(), CONNECTIONS * EACH);
    let what = format!("one-recipient messages of 64 senders, durable ({cpu:.0} us CPU each)");
    let anchor = format!("one after the other into the store {alone:.0}/s");
    row("P8", &what, &format!("{rate:.0}/s"), &anchor, rate / alone, "at least 4");
}

/// One-recipient messages of 64 senders, each so many, in turn through these servers; gives how many a second. No two
/// senders have a mailbox in common.
async fn post(office: &Office, servers: &[Process], each: usize) -> f64 {
    let mut senders = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for sender in 0..CONNECTIONS {
        let requests: Vec<_> = (0..each).map(|_| office.letter(2 * sender, 1)).collect();
        let address = servers[sender % servers.len()].address.clone();
        senders.spawn(async move {
            let mut connection = Connection::open(&address).await;
            for request in requests {
                assert_eq!(connection.ask(&request).await, 201);
            }
        });
    }
    senders.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = (CONNECTIONS * each) as f64;
    count / begun.elapsed().as_secs_f64()
}

/// P6: one message to many.
async fn fan_outs(server: &Process, dovecot: Option<&Dovecot>, office: &Office) {
    for recipients in [100, 10_000] {
        let (mut through, mut direct, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
        let mut connection = Connection::open(&server.address).await;
        for _ in 0..ROUNDS {
            direct.push(office.fan_out_directly(recipients).await.as_secs_f64() * 1_000.0);
            // What another process wrote meanwhile is looked at by another call than the measured one.
            assert_eq!(connection.ask(&office.letter(0, 1)).await, 201);
            let request = office.letter(0, recipients);
            let (begun, before) = (Instant::now(), server.cpu_ns());
            assert_eq!(connection.ask(&request).await, 201);
            cpu.push(each_us(before, server.cpu_ns(), recipients));
            through.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        let (through, direct) = (median(through), median(direct));
        let cpu = median(cpu);
        let what = format!("1 message to {recipients}, durable");
        let anchor = format!("into the store {direct:.1} ms");
        row("P6", &what, &format!("{through:.1} ms"), &anchor, through / direct, "1.3");
        let Some(dovecot) = dovecot.filter(|_| recipients == 100) else { continue };
        let mut lmtp = Vec::new();
        for _ in 0..ROUNDS {
            let before = dovecot.cpu_ns();
            dovecot.deliver(recipients, &"x".repeat(1_000)).await;
            lmtp.push(each_us(before, dovecot.cpu_ns(), recipients));
        }
        let lmtp = median(lmtp);
        let what = format!("{what}, CPU a recipient");
        row("P6", &what, &format!("{cpu:.1} us"), &format!("Dovecot LMTP {lmtp:.1} us"), cpu / lmtp, "0.02");
    }
}

/// What goes on beside polls that are alone; a client that turned in circles would take a core from them.
async fn nothing() {
    std::future::pending::<()>().await;
}

/// P7 and P9: polls of others while a fan-out runs, and while people sign in.
async fn busy(server: &Process, office: &Office) {
    // Of people whom nobody writes to.
    let requests = office.quiet_polls(&server.address, CONNECTIONS).await;
    let quiet = client::latencies(&server.address, &requests, ROUND, nothing).await;
    let mut sender = Connection::open(&server.address).await;
    let fan_out = client::latencies(&server.address, &requests, ROUND, async || {
        assert_eq!(sender.ask(&office.letter(0, 10_000)).await, 201);
    })
    .await;
    let mut person = Connection::open(&server.address).await;
    let sign_in = office.sign_in();
    let signing_in = client::latencies(&server.address, &requests, ROUND, async || {
        assert_eq!(person.ask(&sign_in).await, 201);
    })
    .await;
    let most = |times: &[Duration]| milliseconds(percentile(times, 99));
    let quiet = most(&quiet);
    for (number, what, goal, times) in [
        ("P7", "polls' p99 while a letter to 10,000 is accepted", "2", &fan_out),
        ("P9", "polls' p99 while people sign in", "1", &signing_in),
    ] {
        let busy = most(times);
        let anchor = format!("quiet {quiet:.2} ms");
        row(number, what, &format!("{busy:.2} ms"), &anchor, busy / quiet, goal);
    }
}

/// The server's part of P14: a mailbox fetched from the beginning.
async fn first_sync(server: &Process, office: &Office) {
    const MESSAGES: usize = 5_000;
    office.fill_mailbox(MESSAGES).await;
    let before = server.cpu_ns();
    let begun = Instant::now();
    let mut connection = Connection::open(&server.address).await;
    let pages = office.fetch_all(&mut connection).await;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = each_us(before, server.cpu_ns(), MESSAGES);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let rate = MESSAGES as f64 / seconds;
    let what = format!("first sync of {MESSAGES} messages in {pages} pages, the server's part");
    row(
        "P14",
        &what,
        &format!("{rate:.0}/s"),
        &format!("{cpu:.0} us CPU each"),
        rate / 15_000.0,
        "at least 1",
    );
}
