//! Installed, started by the session, first mail (rows S21, B33): for one user without root, and by dpkg.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use restante_tests::{Desktop, Office, Output, Session, run, target_folder, workspace_root};
use tempfile::TempDir;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn installed_without_root_the_agent_starts_with_the_session_and_is_removed_clean() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut session = Session::new(&desktop);
    let installer = packaging("install");
    let from = target_folder().display().to_string();
    drop(session.run(&installer, &["--user", "--from", &from], "").await.done());
    let entry = session.home().join(".config/autostart/ru.restante.Agent.desktop");
    let launcher = session.home().join(".local/share/applications/ru.restante.Mailbox.desktop");
    drop(session.run("desktop-file-validate", &[&text(&entry), &text(&launcher)], "").await.done());

    let data = session.home().join(".local/share");
    the_words_of_the_command_line_are_there(&data.join("man/man1/restante-snooze.1"), &data);
    assert!(data.join("doc/restante/third-party.txt").is_file());

    session.begin().await;
    let cli = session.home().join(".local/bin/restante");
    session.first_mail(&cli, &office, &mut desktop).await;
    // Again, while it runs: that is how one brings it up to date.
    drop(session.run(&installer, &["--user", "--from", &from], "").await.done());
    drop(session.run(&cli, &["check", "--wait"], "").await.done());

    drop(session.run(&installer, &["--uninstall"], "").await.done());
    let left = entries_below(session.home());
    let ours = |name: &&String| {
        let mine = [".config/restante/", ".local/state/restante/", ".cache/restante/"];
        !mine.iter().any(|folder| format!("{name}/").starts_with(folder))
    };
    let left_beside: Vec<&String> = left.iter().filter(ours).collect();
    assert_eq!(left_beside, [".cache", ".config", ".local", ".local/share", ".local/state"]);
    assert!(left.contains(".local/state/restante/ledger.sqlite"), "{left:?}");
    let again = session.run(&installer, &["--uninstall"], "").await.done();
    assert!(again.stdout.contains("still in"), "{}", again.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn installed_by_dpkg_the_agent_starts_with_the_session_is_upgraded_in_place_and_removed_clean() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let machine = Machine::new();
    let before = entries_below(machine.root());
    machine.install(&build(machine.downloads(), "1").await).await;
    let users = std::fs::read_to_string(machine.root().join("etc/passwd")).unwrap();
    assert!(users.contains("\nrestante:") || users.starts_with("restante:"), "{users}");
    let units = ["restante-server.service", "restante-server.socket"];
    let units = units.map(|unit| machine.root().join("usr/lib/systemd/system").join(unit));
    assert!(units.iter().all(|unit| unit.is_file()), "{units:?}");

    let data = machine.root().join("usr/share");
    the_words_of_the_command_line_are_there(&data.join("man/man1/restante-snooze.1.gz"), &data);
    for package in ["restante", "restante-server"] {
        let licences = data.join("doc").join(package).join("third-party.txt");
        let licences = std::fs::read_to_string(licences).expect("the licences of what is linked");
        assert!(licences.contains("* tokio "), "{package}");
    }

    let mut session = Session::new(&desktop).on_machine(machine.root());
    session.begin().await;
    let cli = machine.root().join("usr/bin/restante");
    session.first_mail(&cli, &office, &mut desktop).await;

    // A newer package over the old one, under a running agent: what the administrator wrote stays.
    let settings = machine.root().join("etc/restante/server.env");
    std::fs::write(&settings, "RESTANTE_LOG=debug\n").unwrap();
    machine.install(&build(machine.downloads(), "2").await).await;
    assert_eq!(std::fs::read_to_string(&settings).unwrap(), "RESTANTE_LOG=debug\n");
    drop(session.run(&cli, &["check", "--wait"], "").await.done());
    drop(session.run(&cli, &["quit"], "").await.done());
    session.begin().await;
    let inbox = session.run(&cli, &["list", "inbox"], "").await.done();
    assert!(inbox.stdout.contains("First mail"), "{}", inbox.stdout);
    drop(session.run(&cli, &["quit"], "").await.done());

    // Mail of a server is never thrown away with its package.
    let mail = machine.root().join("var/lib/restante/registry.sqlite");
    std::fs::create_dir_all(mail.parent().unwrap()).unwrap();
    std::fs::write(&mail, "mail").unwrap();
    let purged = machine.dpkg(&["--purge", "restante", "restante-server"]).await.done();
    assert!(purged.stdout.contains("the mail is still in"), "{purged:?}");
    std::fs::remove_dir_all(mail.parent().unwrap()).unwrap();
    let left: Vec<String> = entries_below(machine.root()).difference(&before).cloned().collect();
    // The user of the server stays, as Debian's users do, and dpkg's own notes.
    let accounts = |name: &String| {
        name.starts_with("var/lib/dpkg/")
            || ["etc", "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/.pwd.lock"]
                .contains(&name.as_str())
            || name.ends_with('-')
    };
    assert_eq!(left.into_iter().filter(|name| !accounts(name)).collect::<Vec<_>>(), Vec::<String>::new());
}

/// A man page for each command, and completions of bash and fish.
fn the_words_of_the_command_line_are_there(page: &Path, data: &Path) {
    let russian = data.join("man/ru/man1").join(page.file_name().unwrap());
    for page in [page, &russian] {
        assert!(page.is_file(), "{}", page.display());
    }
    for (file, what) in [
        ("bash-completion/completions/restante", "complete -F _restante"),
        ("fish/vendor_completions.d/restante.fish", "complete -c restante"),
    ] {
        let script = std::fs::read_to_string(data.join(file)).unwrap();
        assert!(script.contains(what) && script.contains("snooze"), "{file}: {script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_programs_give_the_same_packages() {
    let folder = tempfile::tempdir().unwrap();
    let first = build(&folder.path().join("first"), "1").await;
    let second = build(&folder.path().join("second"), "1").await;
    for (first, second) in first.iter().zip(&second) {
        assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap(), "{}", first.display());
    }
    let told = run(Command::new("dpkg-deb").arg("--field").arg(&first[0]).arg("Depends"), "").await.done();
    // Loaded when a window opens, so that no linker knows of them.
    for library in ["libx11-6", "libxcb1", "libxkbcommon0", "libfontconfig1", "libc6 (>= 2."] {
        assert!(told.stdout.contains(library), "{library}: {}", told.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_software_centres_read_is_valid() {
    let file = packaging("linux/ru.restante.Mailbox.metainfo.xml");
    drop(run(Command::new("appstreamcli").args(["validate", "--no-net", &file]), "").await.done());
}

/// A folder that dpkg takes for a machine, fresh.
struct Machine {
    folder: TempDir,
    downloads: TempDir,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("var/lib/dpkg/status"), "").unwrap();
        Self { folder, downloads: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn downloads(&self) -> &Path {
        self.downloads.path()
    }

    async fn install(&self, packages: &[PathBuf]) {
        let packages: Vec<String> = packages.iter().map(|package| text(package)).collect();
        let mut arguments = vec!["--install"];
        arguments.extend(packages.iter().map(String::as_str));
        drop(self.dpkg(&arguments).await.done());
    }

    async fn dpkg(&self, arguments: &[&str]) -> Output {
        // dpkg gives files to root; where the tests run as another user, fakeroot lets it believe so.
        let root = rustix::process::geteuid().is_root();
        let mut command = Command::new(if root { "dpkg" } else { "fakeroot" });
        if !root {
            command.arg("dpkg");
        }
        command
            .arg(format!("--root={}", self.root().display()))
            // The libraries are those of the machine that the test runs on, and so are the scripts' tools.
            .args(["--force-depends", "--force-script-chrootless", "--force-confdef", "--no-debsig"])
            .args(arguments)
            .env("LC_ALL", "C.UTF-8");
        run(&mut command, "").await
    }
}

/// Builds the packages of the programs under test.
async fn build(output: &Path, revision: &str) -> Vec<PathBuf> {
    let mut command = Command::new(packaging("build-deb"));
    command.arg("--from").arg(target_folder()).arg("--output").arg(output);
    let built = run(command.args(["--quick", "--revision", revision]), "").await.done();
    built.stdout.lines().map(PathBuf::from).collect()
}

fn packaging(name: &str) -> String {
    text(&workspace_root().join("packaging").join(name))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Everything below a folder, named from it.
fn entries_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            found.insert(text(path.strip_prefix(folder).unwrap()));
            if path.is_dir() && !path.is_symlink() {
                waiting.push(path);
            }
        }
    }
    found
}
