//! What the server costs, beside a bare hyper server in the same run: `cargo bench -p restante-server`.
//!
//! Each figure is printed with its goal (docs/performance.md). CPU is that of the server's threads, from
//! `/proc/PID/task/*/schedstat`; client and server are processes of their own. Linux only.

mod bare;
mod client;
mod office;

use std::{
    io::BufRead,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use self::{
    client::{Connection, milliseconds, percentile},
    office::Office,
};

/// Rounds of each side, in turn.
const ROUNDS: usize = 5;
/// Connections of a saturated run, and senders.
const CONNECTIONS: usize = 64;
/// How long a saturated round takes.
const ROUND: Duration = Duration::from_secs(3);

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if std::env::args().any(|argument| argument == "bare") {
        return runtime.block_on(bare::serve());
    }
    runtime.block_on(async {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!("load before: {}", load.trim());
        let office = Office::open(10_000).await;
        let bare = Process::start(Command::new(std::env::current_exe().expect("a path")).arg("bare"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_restante-server"));
        command.arg("--data").arg(office.folder()).args(["serve", "--listen", "127.0.0.1:0"]);
        let server = Process::start(&mut command);
        polls(&bare, &server, &office).await;
        memory(&bare, &server, &office).await;
        deliveries(&server, &office).await;
        fan_outs(&server, &office).await;
        busy(&server, &office).await;
        first_sync(&server, &office).await;
    });
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

    /// Nanoseconds of CPU that its threads have used.
    fn cpu_ns(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let used = tasks.flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        used.sum()
    }

    /// Its proportional share of memory, in KiB.
    fn pss_kib(&self) -> u64 {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = std::fs::read_to_string(path).expect("it runs");
        let line = text.lines().find(|line| line.starts_with("Pss:")).expect("a line of it");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
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

/// P1 and P2: empty polls, saturated and paced.
async fn polls(bare: &Process, server: &Process, office: &Office) {
    let requests = office.polls(&server.address, CONNECTIONS).await;
    for (what, goal, paced) in [("P1 saturated", 1.3, false), ("P2 paced at 200/s", 1.2, true)] {
        let (mut bares, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (process, costs) in [(bare, &mut bares), (server, &mut ours)] {
                let before = process.cpu_ns();
                let count = if paced {
                    client::paced(&process.address, &requests, ROUND).await
                } else {
                    client::saturated(&process.address, &requests, ROUND).await
                };
                #[expect(clippy::cast_precision_loss, reason = "nanoseconds of seconds")]
                costs.push((process.cpu_ns() - before) as f64 / count as f64 / 1_000.0);
            }
        }
        let (bare, ours) = (median(bares), median(ours));
        let ratio = ours / bare;
        println!("{what}: {ours:.1} us CPU a poll, bare {bare:.1} us: {ratio:.2} x (goal {goal} x)");
    }
}

/// P5 without TLS: connections held after one poll each.
async fn memory(bare: &Process, server: &Process, office: &Office) {
    let requests = office.polls(&server.address, CONNECTIONS).await;
    let mut costs = Vec::new();
    for process in [bare, server] {
        let before = process.pss_kib();
        let mut held = Vec::new();
        for number in 0..1_000 {
            let mut connection = Connection::open(&process.address).await;
            assert_eq!(connection.ask(&requests[number % CONNECTIONS]).await, 304);
            held.push(connection);
        }
        costs.push(process.pss_kib().saturating_sub(before));
    }
    let (bare, ours) = (costs[0], costs[1]);
    println!("P5 memory of 1,000 held connections (TCP): {ours} KiB, bare {bare} KiB (goal 1.15 x)");
}

/// P8: one-recipient messages of 64 senders.
async fn deliveries(server: &Process, office: &Office) {
    const EACH: usize = 30;
    let alone = Instant::now();
    office.deliver_directly(200).await;
    let alone = 200.0 / alone.elapsed().as_secs_f64();
    let before = server.cpu_ns();
    let begun = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..CONNECTIONS {
        let requests: Vec<_> = (0..EACH).map(|_| office.letter(sender, 1)).collect();
        let address = server.address.clone();
        senders.spawn(async move {
            let mut connection = Connection::open(&address).await;
            for request in requests {
                assert_eq!(connection.ask(&request).await, 201);
            }
        });
    }
    senders.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = (CONNECTIONS * EACH) as f64;
    let rate = count / begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of seconds")]
    let cpu = (server.cpu_ns() - before) as f64 / count / 1_000.0;
    println!(
        "P8 64 senders through HTTP: {rate:.0} messages/s, {cpu:.0} us CPU each; one after the other into the \
         store {alone:.0}/s: {:.1} x (goal 4 x)",
        rate / alone
    );
}

/// P6: one message to many.
async fn fan_outs(server: &Process, office: &Office) {
    for recipients in [100, 10_000] {
        let (mut through, mut direct) = (Vec::new(), Vec::new());
        let mut connection = Connection::open(&server.address).await;
        for _ in 0..ROUNDS {
            direct.push(office.fan_out_directly(recipients).await.as_secs_f64() * 1_000.0);
            let request = office.letter(0, recipients);
            let begun = Instant::now();
            assert_eq!(connection.ask(&request).await, 201);
            through.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        let (through, direct) = (median(through), median(direct));
        let ratio = through / direct;
        println!(
            "P6 1 message to {recipients}: {through:.1} ms through HTTP, {direct:.1} ms into the store: {ratio:.2} x (goal 1.3 x)"
        );
    }
}

/// P7 and P9: polls of others while a fan-out runs, and while people sign in.
async fn busy(server: &Process, office: &Office) {
    // Of people whom nobody writes to.
    let requests = office.quiet_polls(&server.address, CONNECTIONS).await;
    let quiet = client::latencies(&server.address, &requests, ROUND, async || {}).await;
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
    for (what, goal, times) in [
        ("quiet", "", &quiet),
        ("P7 fan-outs to 10,000", " (goal 2 x quiet)", &fan_out),
        ("P9 sign-ins", " (goal: unmoved)", &signing_in),
    ] {
        let (half, most) = (milliseconds(percentile(times, 50)), milliseconds(percentile(times, 99)));
        println!("{what}: polls' median {half:.2} ms, p99 {most:.2} ms{goal}");
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
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of seconds")]
    let cpu = (server.cpu_ns() - before) as f64 / 1_000.0;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = MESSAGES as f64;
    println!(
        "first sync of {MESSAGES} messages in {pages} pages: {:.0} messages/s, {:.0} us CPU each",
        count / seconds,
        cpu / count
    );
}
