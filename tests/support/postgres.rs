//! A private PostgreSQL: a cluster of its own behind a socket, which ends with the test's process, and a database for
//! each test. The store's own tests include this file as well, so it leans on nothing of ours.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
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
    /// Through which it is reached.
    pooler: Option<Arc<Pooler>>,
}

/// `PgBouncer` in front of a cluster; it ends with the last who holds it.
#[derive(Debug)]
pub struct Pooler {
    folder: TempDir,
    child: Mutex<Child>,
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
        let database = Self { cluster: Arc::clone(cluster), name, pooler: None };
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
        Self { name: name.to_owned(), ..self.clone() }
    }

    /// The same through a pooler that lends its connections for a `session` or a `transaction`.
    ///
    /// # Panics
    /// When `PgBouncer` is not installed or does not start.
    #[must_use]
    pub fn through_pooler(&self, lent_for: &str) -> Self {
        Self { pooler: Some(Arc::new(Pooler::start(&self.cluster, lent_for))), ..self.clone() }
    }

    /// Where it is, for the cluster's owner.
    pub fn url(&self) -> String {
        self.url_for("owner", "")
    }

    /// Where it is, for another role; what a password is asked for nobody here is asked.
    pub fn url_for(&self, role: &str, password: &str) -> String {
        let folder = self.pooler.as_ref().map_or(&self.cluster.folder, |pooler| &pooler.folder);
        let socket = folder.path().display();
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
        // Here, where ALTER SYSTEM can change it, and not on the command line.
        let settings = fs::OpenOptions::new().append(true).open(cluster.data().join("postgresql.conf"));
        writeln!(settings.expect("initdb made it"), "fsync = off").expect("it is written");
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

    /// Makes a copy of it as it is now, beside it.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn copy_away(&self) {
        let mut backup = self.program("pg_basebackup");
        backup.args(["--no-sync", "--checkpoint=fast", "--username=owner"]);
        done(backup.arg("--host").arg(self.folder.path()).arg("--pgdata").arg(self.copy()).output());
    }

    /// Ends it as its machine's end does, and goes on with the copy, as after a failover to a standby that was behind.
    ///
    /// # Panics
    /// When the copy does not start.
    pub fn fail_over_to_copy(&self) {
        self.control(&["stop", "--mode=immediate", "--wait"]);
        fs::remove_dir_all(self.data()).expect("it is ours");
        fs::rename(self.copy(), self.data()).expect("a copy was made");
        done(self.program("touch").arg(self.data().join("standby.signal")).output());
        self.run();
        self.control(&["promote", "--wait"]);
    }

    /// Changes a setting of the whole cluster, and waits until it is in force for who connects.
    ///
    /// # Panics
    /// When there is no such setting.
    pub fn set(&self, setting: &str, value: &str) {
        self.sql("postgres", &format!("ALTER SYSTEM SET {setting} = '{value}'"));
        self.sql("postgres", "SELECT pg_reload_conf()");
        while self.sql("postgres", &format!("SHOW {setting}")) != value {}
    }

    /// Somebody to whom the cluster sends its log as to a standby, until he is dropped.
    ///
    /// # Panics
    /// When he cannot connect.
    pub fn standby(&self) -> Standby {
        let mut receiver = self.program("pg_receivewal");
        receiver.args(["--username=owner", "--no-sync", "--directory"]).arg(self.folder.path());
        let child = receiver.arg("--host").arg(self.folder.path()).spawn().expect("it starts");
        let standby = Standby(child);
        while self.sql("postgres", "SELECT count(*) FROM pg_stat_replication") == "0" {}
        standby
    }

    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server is a child of a thread that stays, and dies with it: a test that is killed leaves nothing running.
    fn run(&self) {
        let socket = self.folder.path().display();
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        server.args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
        server.args(["-c", &format!("unix_socket_directories={socket}"), "-c", "shared_buffers=32MB"]);
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log());
        let (ready, becomes_ready) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut log, mut child) = (log.expect("a log file"), server.spawn().expect("PostgreSQL starts"));
            let words = BufReader::new(child.stderr.take().expect("stderr is piped"));
            for line in words.lines().map_while(Result::ok) {
                let _ = writeln!(log, "{line}");
                if line.contains("database system is ready to accept") {
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
        // Another program is where it always is.
        let own = self.programs.join(name);
        let mut command = as_user(if own.exists() { &own } else { Path::new(name) });
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

/// See [`Cluster::standby`].
#[derive(Debug)]
pub struct Standby(Child);

impl Drop for Standby {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Pooler {
    fn start(cluster: &Cluster, lent_for: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("it is ours");
        let (settings, users) = (folder.path().join("pooler.ini"), folder.path().join("users"));
        fs::write(&users, "\"owner\" \"\"\n").expect("it is written");
        let text = format!(
            "[databases]\n* = host={}\n[pgbouncer]\npool_mode = {lent_for}\nunix_socket_dir = {}\n\
             listen_port = 5432\nauth_type = trust\nauth_file = {}\n",
            cluster.folder.path().display(),
            folder.path().display(),
            users.display()
        );
        fs::write(&settings, text).expect("it is written");
        let mut program = as_user(Path::new("pgbouncer"));
        program.arg(settings).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child =
            program.env("PATH", "/usr/sbin:/usr/bin:/bin").spawn().expect("PgBouncer is installed");
        let mut words =
            BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        assert!(words.any(|line| line.contains("process up")), "PgBouncer does not start");
        // Read on, or it would wait for somebody to read what it says.
        std::thread::spawn(move || words.count());
        Self { folder, child: Mutex::new(child) }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A program as a user that PostgreSQL accepts, which ends with the thread that began it.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT"]).arg(program);
    command
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
