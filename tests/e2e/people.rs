//! Who may sign in: imported, disabled, with another password, on which devices.

use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use restante_tests::{Agent, Office, PASSWORD};
use serde_json::{Value, json};

/// Another good password.
const NEW: &str = "many a mickle makes a muckle";

async fn signs_in(office: &Office, user: &str, password: &str) -> u16 {
    let person = json!({"organisation": "town", "user": user, "password": password, "device": "x"});
    office.ask(Method::POST, "/api/v1/sessions", None, Some(person)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_gets_another_password_and_his_other_devices_go() {
    let office = Office::open().await;
    let mut anna = Agent::new(None);
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let other = office.sign_in("anna").await;
    let change = async |old: &str, new: &str, more: &[&str]| {
        let arguments = [&["password", "--password-stdin"], more].concat();
        anna.cli.with_input(&arguments, &format!("{old}\n{new}\n")).await
    };
    change("not her password", NEW, &[]).await.ended_with(5).says("old password");
    change(PASSWORD, "too short", &[]).await.ended_with(5).says("15");
    change(PASSWORD, "passwordpassword", &[]).await.ended_with(5).says("common");
    change(PASSWORD, PASSWORD, &[]).await.ended_with(5).says("the old one");
    drop(anna.cli.with_input(&["password", "--password-stdin"], PASSWORD).await.ended_with(2));
    assert_eq!(other.call(Method::GET, "settings", None).await.status, 200, "nothing has changed yet");

    drop(change(PASSWORD, NEW, &["--keep-other-devices"]).await.done());
    assert_eq!(other.call(Method::GET, "settings", None).await.status, 200);
    assert_eq!(signs_in(&office, "anna", PASSWORD).await, 401);
    assert_eq!(signs_in(&office, "anna", NEW).await, 201);
    drop(change(NEW, PASSWORD, &[]).await.done());
    other.call(Method::GET, "settings", None).await.is_problem("unauthenticated");
    // The device that asked goes on.
    anna.cli.check().await;
    drop(anna.cli.run(&["offline", "on"]).await.done());
    drop(change(PASSWORD, NEW, &[]).await.ended_with(5));
    for secret in [PASSWORD, NEW] {
        assert!(!anna.log().contains(secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_users_is_imported_whole_or_not_at_all() {
    let office = Office::open().await;
    let file = office.data().join("people.csv");
    let made = office.data().join("people.passwords.csv");
    let import = async |text: &[u8]| {
        std::fs::write(&file, text).unwrap();
        office.command(&["user", "import", "town", file.to_str().unwrap(), "--json"], "").await
    };
    let users = async || {
        let listed = office.command(&["user", "list", "town", "--json"], "").await.done();
        serde_json::from_str::<Vec<Value>>(&listed.stdout).unwrap().len()
    };
    let refused =
        import(b"login,name,password\ndmitri,Dmitri,\nanna,Anna,\negor,Egor,short\n").await.ended_with(5);
    refused.says("line 3: anna is a user already").says("line 4: the password has 5 characters");
    assert_eq!((users().await, made.exists()), (3, false));

    let text = format!("\u{feff}Login;Name;Password\r\ndmitri;Dmitri;\r\negor;Egor;{NEW}\r\n");
    let imported = import(text.as_bytes()).await.done().json();
    assert_eq!((&imported["imported"], &imported["passwords_made"]), (&json!(2), &json!(1)), "{imported}");
    assert_eq!(users().await, 5);
    assert_eq!(std::fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o600);
    let passwords = std::fs::read_to_string(&made).unwrap();
    let password = passwords.lines().nth(1).and_then(|line| line.strip_prefix("dmitri,")).unwrap();
    assert_eq!(signs_in(&office, "dmitri", password).await, 201);
    assert_eq!(signs_in(&office, "egor", NEW).await, 201);

    // Passwords made before are not written over.
    import(b"login,name\nfedor,Fedor\n").await.ended_with(5).says("--passwords-to");
    assert_eq!((users().await, std::fs::read_to_string(&made).unwrap()), (5, passwords));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_devices_and_signs_one_out() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let agents = async || {
        let listed = office.command(&["agents", "list", "town", "--json"], "").await.done();
        serde_json::from_str::<Vec<Value>>(&listed.stdout).unwrap()
    };
    let list = agents().await;
    let told: Vec<_> = list.iter().map(|agent| (agent["mode"].as_str(), agent["login"].as_str())).collect();
    let never = Some("never_signed_in");
    assert_eq!(told, [(never, Some("boris")), (never, Some("clara")), (Some("online"), Some("anna"))]);
    let device = list[2]["device"]["id"].as_str().unwrap();
    office
        .command(&["device", "revoke", "town", "boris", device], "")
        .await
        .ended_with(1)
        .says("has no device");
    assert_eq!(anna.call(Method::GET, "settings", None).await.status, 200);
    drop(office.command(&["device", "revoke", "town", "anna", device], "").await.done());
    anna.call(Method::GET, "settings", None).await.is_problem("unauthenticated");

    drop(office.command(&["user", "disable", "town", "anna"], "").await.done());
    assert_eq!(signs_in(&office, "anna", PASSWORD).await, 401);
    drop(office.command(&["user", "enable", "town", "anna"], "").await.done());
    assert_eq!(signs_in(&office, "anna", PASSWORD).await, 201);
}
