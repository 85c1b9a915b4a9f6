//! What a message is answered with: to all, or handed on (row B21).

use restante_l10n::{Value, Words};
use restante_local_api::{
    Message,
    model::{Person, Timestamp},
};

use super::Sheet;
use crate::phrases;

impl Sheet {
    /// An answer to the sender and everybody else it was for, but not to oneself.
    pub(in crate::windows) fn reply_all(
        words: &Words,
        now: Timestamp,
        message: &Message,
        own_login: Option<&str>,
    ) -> Self {
        let answer = Self::reply(words, now, message);
        let mut to: Vec<Person> = Vec::new();
        for person in answer.to.iter().chain(&message.row.to) {
            let own = own_login == Some(person.login.as_str());
            if !own && !to.iter().any(|it| it.login == person.login) {
                to.push(person.clone());
            }
        }
        // To a letter to oneself, the answer goes there too.
        let to = if to.is_empty() { answer.to.clone() } else { to };
        Self { to, ..answer }
    }

    /// The message for somebody else: who wrote it when to whom, and its text.
    pub(in crate::windows) fn forward(words: &Words, now: Timestamp, message: &Message) -> Self {
        let subject = message.row.subject.trim();
        let forwarded = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("fw:"));
        let subject = if forwarded {
            subject.to_owned()
        } else {
            words.with("forward-subject", &[("subject", Value::Text(subject))])
        };
        let names: Vec<&str> = message.row.to.iter().map(phrases::name).collect();
        let said = words.with(
            "forward-quote",
            &[
                ("name", Value::Text(phrases::name(&message.row.from))),
                ("moment", Value::Text(&phrases::moment_of(words, now, message.row.sent_at))),
                ("names", Value::Text(&names.join(", "))),
            ],
        );
        Self {
            subject: subject.trim().to_owned(),
            body: format!("\n\n{said}\n\n{}", message.body),
            importance: message.row.importance,
            ..Self::empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::*;

    fn message() -> Message {
        serde_json::from_value(serde_json::json!({
            "id": "01936a70-1b3c-7000-8000-000000000001",
            "from": {"login": "boris", "name": "Boris"},
            "to": [{"login": "anna", "name": "Anna"}, {"login": "clara", "name": "Clara"}, {"login": "boris", "name": "Boris"}],
            "subject": "Keys", "importance": "normal", "sent_at": "2026-11-24T09:30:00Z",
            "state": "read", "bold": false, "not_delivered": [],
            "direction": "received", "body": "They are on the table.", "expires_at": null, "recipients": [],
        }))
        .unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-25T09:30:00Z").unwrap()
    }

    #[test]
    fn an_answer_to_all_goes_to_everybody_once_and_not_to_oneself() {
        let words = Words::new(Language::English);
        let sheet = Sheet::reply_all(&words, now(), &message(), Some("anna"));
        let to: Vec<_> = sheet.to.iter().map(|person| person.login.as_str()).collect();
        assert_eq!(to, ["boris", "clara"]);
        assert_eq!(sheet.subject, "Re: Keys");
        let alone =
            Message { row: restante_local_api::MessageRow { to: vec![], ..message().row }, ..message() };
        assert_eq!(Sheet::reply_all(&words, now(), &alone, Some("boris")).to.len(), 1);
    }

    #[test]
    fn what_is_handed_on_says_whose_it_was() {
        let words = Words::new(Language::English);
        let sheet = Sheet::forward(&words, now(), &message());
        assert!(sheet.to.is_empty());
        assert_eq!(sheet.subject, "Fw: Keys");
        assert!(sheet.body.contains("Boris") && sheet.body.contains("Anna, Clara"), "{}", sheet.body);
        assert!(sheet.body.ends_with("They are on the table."));
        let again = Message {
            row: restante_local_api::MessageRow { subject: "FW: Keys".into(), ..message().row },
            ..message()
        };
        assert_eq!(Sheet::forward(&words, now(), &again).subject, "FW: Keys");
    }
}
