//! The operations that the server describes, and all that its databases hold.

use std::path::Path;

use reqwest::Method;
use restante_tests::{HttpAnswer, Office};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// One operation of the server's description.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whether it asks for a token.
    pub(crate) token: bool,
    /// The properties of its body, where it takes one.
    pub(crate) properties: Option<Vec<String>>,
}

/// Every one, as a running server describes them.
pub(crate) async fn operations(office: &Office) -> Vec<Operation> {
    let document = office.ask(Method::GET, "/api/v1/openapi.json", None, None).await.body;
    let schemas = &document["components"]["schemas"];
    let paths = document["paths"].as_object().expect("a description has paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path has operations") {
            let schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
            let properties = schema.map(|name| {
                let name = name.rsplit('/').next().expect("a reference has a name");
                let properties = schemas[name]["properties"].as_object().expect("a body is an object");
                properties.keys().cloned().collect()
            });
            operations.push(Operation {
                id: operation["operationId"].as_str().expect("an operation has an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                token: operation["security"].is_array(),
                properties,
            });
        }
    }
    assert!(operations.len() > 10, "{operations:?}");
    operations
}

/// Everything that the databases below a folder hold, but when devices were last seen.
pub(crate) fn everything(folder: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "db") {
            rows.extend(rows_of(&path));
        }
    }
    assert!(rows.len() > 5, "{rows:?}");
    rows.sort();
    rows
}

fn rows_of(path: &Path) -> Vec<String> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> =
        tables.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut all = Vec::new();
    for table in tables {
        let mut select = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = select.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = columns.iter().enumerate().filter(|(_, name)| *name != "last_seen_at");
            let values =
                values.map(|(place, name)| (name, row.get::<_, rusqlite::types::Value>(place).unwrap()));
            all.push(format!("{table}: {:?}", values.collect::<Vec<_>>()));
        }
    }
    all
}

/// That the answer is a problem of one of these codes.
#[track_caller]
pub(crate) fn is_one_of(answer: &HttpAnswer, codes: &[&str], asked: &str) {
    let code = answer.body["code"].as_str().unwrap_or_else(|| panic!("{asked}: {answer:?}"));
    assert!(codes.contains(&code), "{asked}: {answer:?} is none of {codes:?}");
    answer.is_problem(code);
}

/// A body that the operation takes, as this user with these ids and this cursor; `None`: it takes none.
///
/// WHEN ADDING AN OPERATION: give it one here, and its place in authorisation.rs.
pub(crate) fn body(operation: &Operation, user: &str, ids: &[String], cursor: &str) -> Option<Value> {
    use serde_json::json;
    let letter = json!({"to": [user], "subject": "Mine", "body": "Mine."});
    let body = match operation.id.as_str() {
        "sign_in" => json!({"organisation": "town", "user": user, "password": "wrong", "device": "x"}),
        "change_password" => json!({"old": "not the old password", "new": "many a mickle makes a muckle"}),
        "set_interval" => json!({"check_interval_seconds": 600}),
        "mark_delivered" => json!({"cursor": cursor}),
        // The last one is a device's.
        "acknowledge" | "mark_alerted" | "mark_read" => json!({"ids": ids[..ids.len() - 1]}),
        "send" => letter,
        "save_draft" => json!({"content": letter}),
        other => {
            assert!(operation.properties.is_none(), "{other} is not covered: give it a body here");
            return None;
        }
    };
    assert!(operation.properties.is_some(), "{operation:?} takes no body");
    Some(body)
}
