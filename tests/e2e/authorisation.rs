//! What one may do is what one's token can call: every operation, by everybody who should not.

use reqwest::Method;
use restante_tests::{Colleague, HttpAnswer, Office, PASSWORD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::described::{Operation, body, everything, is_one_of, operations};

/// What only anna and boris may read.
const SECRET: &str = "for boris alone";

/// Operations that need no token.
const ANYONE: [&str; 3] = ["livez", "readyz", "sign_in"];
/// Operations that, called by somebody else, act in his own mailbox, whatever ids he names.
const IN_ONES_OWN: [&str; 12] = [
    "acknowledge",
    "changes",
    "clear_interval",
    "directory",
    "get_settings",
    "list_devices",
    "mark_alerted",
    "mark_delivered",
    "mark_read",
    "save_draft",
    "send",
    "set_interval",
];
/// Operations that find nothing of another's.
const NOTHING_FOUND: [&str; 7] =
    ["change_password", "delete_message", "get_message", "ledger", "retract", "revoke_device", "throw_draft"];

/// Anna's letter, draft and device.
struct Annas {
    anna: Colleague,
    ids: Vec<String>,
    cursor: String,
}

impl Annas {
    async fn of(office: &Office) -> Self {
        let anna = office.sign_in("anna").await;
        let (letter, draft) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let content = json!({"to": ["boris"], "subject": SECRET, "body": SECRET});
        let sent = anna.call(Method::PUT, &format!("messages/{letter}"), Some(content.clone())).await;
        assert_eq!(sent.status, 201, "{sent:?}");
        let saved =
            anna.call(Method::PUT, &format!("drafts/{draft}"), Some(json!({"content": content}))).await;
        assert_eq!(saved.status, 200, "{saved:?}");
        let devices = anna.call(Method::GET, "sessions", None).await.body;
        let device = devices[0]["id"].as_str().expect("a device has an id").to_owned();
        let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
        Self { anna, ids: vec![letter, draft, device], cursor }
    }

    /// All that she can see of what is hers.
    async fn view(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        for what in ["changes", "settings", "sessions"] {
            let mut body = self.anna.call(Method::GET, what, None).await.body;
            if let Some(page) = body.as_object_mut() {
                page.remove("server_time");
            }
            for device in body.as_array_mut().into_iter().flatten() {
                device.as_object_mut().expect("a device").remove("last_seen_at");
            }
            seen.push(body);
        }
        seen
    }
}

/// The operation's path with each id in turn.
fn paths(operation: &Operation, ids: &[String]) -> Vec<String> {
    if operation.path.contains("{id}") {
        ids.iter().map(|id| operation.path.replace("{id}", id)).collect()
    } else {
        vec![operation.path.clone()]
    }
}

async fn call(
    office: &Office,
    operation: &Operation,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> HttpAnswer {
    office.ask(operation.method.clone(), path, token, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_its_place_here() {
    let office = Office::open().await;
    for operation in operations(&office).await {
        let id = operation.id.as_str();
        let places = [ANYONE.contains(&id), IN_ONES_OWN.contains(&id), NOTHING_FOUND.contains(&id)];
        assert_eq!(places.iter().filter(|there| **there).count(), 1, "{id}: say what others get of it");
        assert_eq!(operation.token, !ANYONE.contains(&id), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_nothing_is_told_and_nothing_changes() {
    let office = Office::open().await;
    let annas = Annas::of(&office).await;
    let revoked = office.sign_in("anna").await;
    assert_eq!(revoked.call(Method::DELETE, "sessions/current", None).await.status, 204);
    let disabled = office.sign_in("clara").await;
    drop(office.command(&["user", "disable", "town", "clara"], "").await.done());
    let garbage = format!("rst_00000000_{}", "0".repeat(64));
    let tokens =
        [None, Some("garbage"), Some(garbage.as_str()), Some(revoked.token()), Some(disabled.token())];
    let before = everything(office.data());
    for operation in operations(&office).await.iter().filter(|operation| operation.token) {
        for path in paths(operation, &annas.ids) {
            for token in tokens {
                let body = body(operation, "anna", &annas.ids, &annas.cursor);
                let answer = call(&office, operation, &path, token, body).await;
                is_one_of(&answer, &["unauthenticated"], &format!("{} with {token:?}", operation.id));
                assert_eq!(everything(office.data()), before, "{} with {token:?}", operation.id);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_ones_own_token_there_is_nothing_of_others() {
    let office = Office::open().await;
    drop(office.command(&["organisation", "create", "village"], "").await.done());
    drop(office.command(&["office", "attach", "main", "--to", "village"], "").await.done());
    let add = ["user", "add", "village", "dora", "--name", "Dora", "--password-stdin"];
    drop(office.command(&add, &format!("{PASSWORD}\n")).await.done());
    let annas = Annas::of(&office).await;
    let others = [office.sign_in("clara").await, office.sign_in_to("village", "dora").await];
    let view = annas.view().await;
    assert!(format!("{view:?}").contains(SECRET), "there is something to be kept from others");
    // Those that find nothing come first: whoever has sent a letter with anna's id has one of his own by it.
    let mut operations = operations(&office).await;
    operations.sort_by_key(|operation| !NOTHING_FOUND.contains(&operation.id.as_str()));
    for operation in operations.iter().filter(|operation| operation.token) {
        for path in paths(operation, &annas.ids) {
            for other in &others {
                let asked = format!("{} {path} by {}", operation.method, other.login());
                let body = body(operation, other.login(), &annas.ids, &annas.cursor);
                let before = everything(office.data());
                let answer = call(&office, operation, &path, Some(other.token()), body).await;
                assert!(!answer.body.to_string().contains(SECRET), "{asked}: {answer:?}");
                if NOTHING_FOUND.contains(&operation.id.as_str()) {
                    is_one_of(&answer, &["not_found", "wrong_credentials"], &asked);
                }
                if answer.status >= 400 {
                    assert_eq!(everything(office.data()), before, "{asked}: {answer:?}");
                }
                assert_eq!(annas.view().await, view, "{asked}: {answer:?}");
            }
        }
    }
    // The others were not refused as a whole.
    assert_eq!(others[0].call(Method::GET, "settings", None).await.status, 200);
}
