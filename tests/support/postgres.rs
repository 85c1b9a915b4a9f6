//! A private PostgreSQL: a cluster of its own behind a socket, which ends with the test's process, and a database for
//! each test. The store's own tests include this file as well, so it leans on nothing of ours.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
};

use tempfile::TempDir;

/// Where Debian and its kin install the programs of PostgreSQL, one folder a version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Who runs it where the tests run as root, which PostgreSQL refuses to be run by.
const USER: &str = "postgres";

/// A running cluster. Nothing of it reaches the disk in time, since no test outlives the machine.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    databases: AtomicU32,
}

/// An empty database in a cluster.
#[derive(Clone, Debug)]
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
}

/// The cluster that the tests of this process share.
static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

impl Database {
    /// A new one in the cluster that this process shares.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start: no test goes on without it.
    pub fn create() -> Self {
        Self::within(&Cluster::shared())
    }

    /// A new one in this cluster.
    ///
    /// # Panics
    /// As [`Database::create`].
    pub fn within(cluster: &Arc<Cluster>) -> Self {
        let name = format!("test_{}", cluster.databases.fetch_add(1, Ordering::Relaxed));
        let database = Self { cluster: Arc::clone(cluster), name };
        database.cluster.sql("postgres", &format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One of this name in the same cluster, made by whomever.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        Self { cluster: Arc::clone(&self.cluster), name: name.to_owned() }
    }

    /// Where it is, for the cluster's owner.
    pub fn url(&self) -> String {
        self.url_for("owner", "")
    }

    /// Where it is, for another role; what a password is asked for nobody here is asked.
    pub fn url_for(&self, role: &str, password: &str) -> String {
        let socket = self.cluster.folder.path().display();
        format!("postgres:///{}?host={socket}&user={role}&password={password}", self.name)
    }

    /// Runs statements of SQL in it, past everything of ours, and gives their output in lines of `a|b`.
    ///
    /// # Panics
    /// When they are refused.
    pub fn sql(&self, statements: &str) -> String {
        self.cluster.sql(&self.name, statements)
    }

    /// The same where they may be refused: what PostgreSQL says of it.
    ///
    /// # Errors
    /// When they are refused.
    pub fn try_sql(&self, statements: &str) -> Result<String, String> {
        self.cluster.try_sql(&self.name, statements)
    }
}

impl Cluster {
    /// The one that this process shares; it ends with the last who holds it.
    ///
    /// # Panics
    /// As [`Cluster::start`].
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Self::start());
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    /// Makes one and starts it.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Self {
        // Short: the path of a socket has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a temporary folder");
        let cluster = Self { folder, programs: programs(), databases: AtomicU32::new(0) };
        if root() {
            fs::set_permissions(cluster.folder.path(), fs::Permissions::from_mode(0o755))
                .expect("it is ours");
            done(Command::new("chown").arg(USER).arg(cluster.folder.path()).output());
        }
        let mut initdb = cluster.program("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=owner"]);
        done(initdb.arg("--pgdata").arg(cluster.data()).output());
        cluster.run();
        cluster
    }

    /// Ends it as a crash does, and starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn crash_and_restart(&self) {
        self.control(&["stop", "--mode=immediate", "--wait"]);
        self.run();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server is a child of a thread that stays, and dies with it: a test that is killed leaves nothing running.
    fn run(&self) {
        let socket = self.folder.path().display();
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        server.args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"]);
        server.args(["-c", &format!("unix_socket_directories={socket}"), "-c", "shared_buffers=32MB"]);
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log());
        let (ready, becomes_ready) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut log, mut child) = (log.expect("a log file"), server.spawn().expect("PostgreSQL starts"));
            let words = BufReader::new(child.stderr.take().expect("stderr is piped"));
            for line in words.lines().map_while(Result::ok) {
                let _ = writeln!(log, "{line}");
                if line.contains("database system is ready to accept connections") {
                    let _ = ready.send(());
                }
            }
            let _ = child.wait();
        });
        becomes_ready.recv().unwrap_or_else(|_| panic!("PostgreSQL does not start\n{}", self.words()));
    }

    fn control(&self, arguments: &[&str]) {
        done(self.program("pg_ctl").arg("--pgdata").arg(self.data()).args(arguments).output());
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn words(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// One of PostgreSQL's programs, as a user that it accepts.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = Command::new("setpriv");
        if root() {
            command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
        }
        command.args(["--pdeathsig", "QUIT"]).arg(program);
        command.current_dir(self.folder.path()).env("LC_ALL", "C.UTF-8");
        command
    }

    fn sql(&self, database: &str, statements: &str) -> String {
        self.try_sql(database, statements)
            .unwrap_or_else(|error| panic!("{statements}: {error}\n{}", self.words()))
    }

    fn try_sql(&self, database: &str, statements: &str) -> Result<String, String> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        psql.args(["--username", "owner", "--dbname", database]).arg("--host").arg(self.folder.path());
        psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = psql.spawn().expect("psql runs");
        let mut input = child.stdin.take().expect("stdin is piped");
        input.write_all(statements.as_bytes()).expect("psql reads");
        drop(input);
        let output = child.wait_with_output().expect("psql ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The folder goes next, and nobody asks for what was in it.
        let stop =
            self.program("pg_ctl").args(["stop", "--mode=immediate"]).arg("-D").arg(self.data()).output();
        drop(stop);
    }
}

fn root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> = fs::read_dir(VERSIONS)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().unwrap_or_else(|| {
        let first = ["/usr/local/bin", "/usr/bin"].map(Path::new).into_iter();
        let folder = first
            .into_iter()
            .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists());
        folder.expect("PostgreSQL is installed (Debian: postgresql)").to_owned()
    })
}

fn done(output: std::io::Result<Output>) {
    let output = output.expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
