//! What each operation of the server does with what it cannot read: a problem with a code, and nothing changes.

use reqwest::Method;
use restante_tests::Office;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::described::{Operation, body, everything, is_one_of, operations};

/// With an id that is nobody's.
fn path(operation: &Operation) -> String {
    operation.path.replace("{id}", &Uuid::now_v7().to_string())
}

/// Bodies that are wrong for every operation that takes one, each with what is wrong.
fn wrong_bodies(operation: &Operation, right: &Value) -> Vec<(String, Vec<u8>)> {
    let text = |value: &Value| serde_json::to_vec(value).unwrap();
    let mut wrong: Vec<(String, Vec<u8>)> = [json!(null), json!([]), json!("x"), json!(1), json!({})]
        .iter()
        .map(|value| (format!("{value} as a whole"), text(value)))
        .collect();
    for property in operation.properties.iter().flatten() {
        for value in [json!([[1]]), json!({"x": []}), json!(-1.5)] {
            let mut body = right.clone();
            body[property] = value.clone();
            wrong.push((format!("{property} = {value}"), text(&body)));
        }
    }
    for property in right
        .as_object()
        .unwrap()
        .keys()
        .filter(|property| !["device", "subject", "body"].contains(&property.as_str()))
    {
        let mut body = right.clone();
        body.as_object_mut().unwrap().remove(property);
        wrong.push((format!("without {property}"), text(&body)));
    }
    let mut more = right.clone();
    more["unknown"] = json!(1);
    let whole = text(right);
    let first = operation.properties.iter().flatten().next().unwrap();
    let deep = format!("{{\"{first}\": {}", "[".repeat(10_000));
    wrong.extend([
        ("an unknown property".to_owned(), text(&more)),
        ("no body".to_owned(), vec![]),
        ("cut".to_owned(), whole[..whole.len() - 1].to_vec()),
        ("twice".to_owned(), [whole.clone(), whole.clone()].concat()),
        ("10,000 deep".to_owned(), deep.into_bytes()),
        ("not UTF-8".to_owned(), [&whole[..whole.len() - 2], b"\xff\xfe\"}"].concat()),
        ("UTF-16".to_owned(), whole.iter().flat_map(|byte| [*byte, 0]).collect()),
    ]);
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_as_described_changes_nothing() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
    let ids = [Uuid::now_v7().to_string(), "a device".to_owned()];
    let before = everything(office.data());
    let with_bodies =
        operations(&office).await.into_iter().filter(|operation| operation.properties.is_some());
    for operation in with_bodies {
        let right = body(&operation, "anna", &ids, &cursor).expect("it takes a body");
        let send = async |media: &str, bytes: Vec<u8>| {
            office
                .ask_with(operation.method.clone(), &path(&operation), Some(anna.token()), media, bytes)
                .await
        };
        for (what, bytes) in wrong_bodies(&operation, &right) {
            let asked = format!("{}: {what}", operation.id);
            let answer = send("application/json", bytes).await;
            is_one_of(&answer, &["invalid"], &asked);
            assert_eq!(answer.status, 400, "{asked}");
        }
        let answer = send("text/plain", serde_json::to_vec(&right).unwrap()).await;
        assert_eq!(answer.status, 415, "{answer:?}");
        let answer = send("application/json", vec![b' '; 3 << 20]).await;
        is_one_of(&answer, &["too_large"], &format!("{}: 3 MiB", operation.id));
        assert_eq!(everything(office.data()), before, "{}", operation.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_ids_and_cursors_name_nothing() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let before = everything(office.data());
    let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
    let with_ids = operations(&office).await.into_iter().filter(|operation| operation.path.contains("{id}"));
    for operation in with_ids {
        for id in [
            "x",
            "%00",
            "%ff",
            "..%2f..",
            "%E2%80%AE",
            "00000000-0000-0000-0000-00000000000g",
            &"9".repeat(4000),
        ] {
            let body = body(&operation, "anna", &["x".to_owned()], &cursor);
            let path = operation.path.replace("{id}", id);
            let answer = office.ask(operation.method.clone(), &path, Some(anna.token()), body).await;
            is_one_of(&answer, &["not_found", "invalid"], &format!("{} {path}", operation.method));
        }
    }
    let place = cursor.rsplit_once('.').expect("three parts").0;
    for (strange, code) in [
        (format!("{place}.999999"), "cursor_reset"),
        (format!("{place}.9223372036854775807"), "cursor_reset"),
        (format!("{place}.9223372036854775808"), "invalid"),
        (format!("{place}.-1"), "invalid"),
        ("elsewhere.then.0".to_owned(), "cursor_reset"),
        ("%00".to_owned(), "invalid"),
        ("%ff.%ff.1".to_owned(), "invalid"),
        ("a".repeat(5000), "invalid"),
    ] {
        let answer = anna.call(Method::GET, &format!("changes?since={strange}"), None).await;
        is_one_of(&answer, &[code], &strange);
        if !strange.contains('%') {
            let answer = anna.call(Method::POST, "delivered", Some(json!({"cursor": strange}))).await;
            is_one_of(&answer, &[code], &strange);
        }
    }
    for limit in ["0", "-1", "x", "4294967296", "%ff"] {
        anna.call(Method::GET, &format!("changes?limit={limit}"), None).await.is_problem("invalid");
    }
    assert_eq!(everything(office.data()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_left_half_way_changes_nothing() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let before = everything(office.data());
    let letter = json!({"to": ["boris"], "subject": "Half", "body": "Half."}).to_string();
    let head = format!(
        "PUT /api/v1/messages/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        Uuid::now_v7(),
        anna.token(),
        letter.len()
    );
    let whole = head + &letter;
    for sent in [1, whole.len() / 2, whole.len() - 1] {
        let mut stream = TcpStream::connect(("127.0.0.1", office.port())).await.unwrap();
        stream.write_all(&whole.as_bytes()[..sent]).await.unwrap();
        // Nothing more will come, and the answer is waited for: then the server has done what it will.
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(!answer.starts_with("HTTP/1.1 2"), "{sent} bytes of a request: {answer}");
    }
    assert_eq!(everything(office.data()), before);
    assert_eq!(anna.call(Method::GET, "settings", None).await.status, 200);
}
