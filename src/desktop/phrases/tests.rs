//! What people read and what a screen reader says, in both languages.

use restante_l10n::Language;
use restante_local_api::model::{DeliveryState, Folder, Importance, IntervalFrom};
use restante_local_api::{
    AlertsStatus, Carriers, Connection, Direction, FolderSummary, IntervalStatus, KeyringState, MessageRow,
    Mode, NotificationsState, OutboxStatus, RowState, Status, TrayState,
};
use slint::Model;

use super::*;
use crate::{
    stream::Link,
    ui::{StatusLine, Tone},
};

const NOW: &str = "2026-11-24T16:20:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn russian() -> Words {
    Words::new(Language::Russian)
}

fn person(login: &str, name: &str) -> Person {
    Person { login: login.parse().unwrap(), name: name.into() }
}

fn row() -> MessageRow {
    MessageRow {
        id: "01936a70-1b3c-7000-8000-000000000001".parse().unwrap(),
        from: person("anna", "Анна Кузнецова"),
        to: vec![
            person("boris", "Борис"),
            person("igor", "Игорь"),
            person("olga", ""),
            person("petr", "Пётр"),
        ],
        subject: "Отчёт".into(),
        importance: Importance::High,
        sent_at: Timestamp::parse("2026-11-20T13:05:00Z").unwrap(),
        state: RowState::Delivered,
        bold: true,
        not_delivered: vec!["igor".into()],
        refused: None,
        on_its_way: None,
    }
}

fn status() -> Status {
    Status {
        schema: 1,
        account: None,
        offered: restante_local_api::Offered::default(),
        unread: 3,
        unread_high: 0,
        mode: Mode::Online,
        connection: Connection::Ok,
        connection_detail: None,
        last_good_at: Some(now()),
        last_check: None,
        next_check_at: Some(now().plus_ms(300_000)),
        interval: IntervalStatus {
            seconds: 300,
            from: IntervalFrom::Office,
            locked_by: None,
            wished_seconds: None,
            pending: false,
            min_seconds: None,
            max_seconds: None,
            synced_at: None,
        },
        outbox: OutboxStatus { waiting: 2, refused: 1, held: 0 },
        drafts: 0,
        carriers: Carriers {
            tray: TrayState::Shown,
            notifications: NotificationsState::Ok,
            keyring: KeyringState::Ok,
        },
        alerts: AlertsStatus::default(),
        settings_problem: None,
        storage: restante_local_api::StorageStatus::default(),
        mailbox_revision: 0,
        autosave_revision: 0,
    }
}

fn line_of(words: &Words, status: Status) -> StatusLine {
    status_line(words, now(), &Link::Here(Box::new(status)))
}

#[test]
fn an_unread_important_message_looks_and_sounds_so() {
    let shown = entry(&russian(), now(), Folder::Inbox, &MessageRow { not_delivered: vec![], ..row() }).row;
    assert!(shown.strong && shown.dot && shown.important);
    assert_eq!(shown.who, "Анна Кузнецова");
    assert_eq!(shown.when, "20.11.2026");
    assert_eq!(shown.spoken, "не прочитано, высокая важность, Анна Кузнецова, Отчёт, 20.11.2026");
}

#[test]
fn a_read_message_does_not() {
    let read = MessageRow { bold: false, importance: Importance::Normal, not_delivered: vec![], ..row() };
    let shown = entry(&russian(), now(), Folder::Inbox, &read).row;
    assert!(!shown.strong && !shown.dot && !shown.important);
    assert_eq!(shown.spoken, "Анна Кузнецова, Отчёт, 20.11.2026");
}

#[test]
fn the_sent_folder_names_those_who_have_not_received_it() {
    let shown = entry(&russian(), now(), Folder::Sent, &row()).row;
    assert!(shown.strong && !shown.dot, "bold without the mark of unread mail");
    assert_eq!(shown.who, "Борис, Игорь, olga и ещё 1");
    assert_eq!(shown.note, "Игорь");
    assert!(shown.spoken.contains("не доставлено: Игорь"));
}

#[test]
fn a_refused_letter_says_why() {
    let refused = MessageRow {
        state: RowState::Refused,
        refused: Some("нет\nтакого".into()),
        subject: String::new(),
        ..row()
    };
    let shown = entry(&russian(), now(), Folder::Outbox, &refused).row;
    assert!(shown.alarming);
    assert_eq!(shown.note, "нет такого");
    assert_eq!(shown.subject, "(без темы)");
}

#[test]
fn a_subject_cannot_turn_the_window_around() {
    let turned = MessageRow { subject: "a\u{202E}b\r\nשc".into(), ..row() };
    let shown = entry(&russian(), now(), Folder::Inbox, &turned).row;
    assert_eq!(shown.subject, "\u{2068}ab שc\u{2069}");
    let hidden = MessageRow { subject: "\u{200B}".into(), ..row() };
    assert_eq!(entry(&russian(), now(), Folder::Inbox, &hidden).row.subject, "(без темы)");
}

#[test]
fn a_row_holds_no_more_of_a_subject_than_can_be_seen() {
    let long = MessageRow { subject: "ы".repeat(998), ..row() };
    let shown = entry(&russian(), now(), Folder::Inbox, &long).row;
    assert_eq!(shown.subject.chars().count(), 301);
    assert!(shown.subject.ends_with('…') && shown.spoken.len() < 1_000);
}

#[test]
fn folders_are_bold_and_counted_as_the_agent_says() {
    let words = russian();
    let inbox = folder(&words, &FolderSummary { folder: Folder::Inbox, count: 40, unread: 21, bold: true });
    assert!(inbox.strong);
    assert_eq!((inbox.name.as_str(), inbox.count.as_str()), ("Входящие", "(21)"));
    assert_eq!(inbox.spoken, "Входящие, 21 непрочитанное письмо");
    let sent = folder(&words, &FolderSummary { folder: Folder::Sent, count: 5, unread: 0, bold: true });
    assert!(sent.strong && sent.count.is_empty());
    assert_eq!(sent.spoken, "Отправленные, ещё не все получили");
    let drafts = folder(&words, &FolderSummary { folder: Folder::Drafts, count: 2, unread: 0, bold: false });
    assert_eq!(drafts.spoken, "Черновики, 2 письма");
}

#[test]
fn a_sent_message_tells_how_far_each_copy_has_come() {
    let recipient = |person: Person, state| restante_local_api::Recipient {
        person,
        state,
        since: now(),
        acknowledged_at: None,
        not_delivered_because: None,
    };
    let message = Message {
        row: MessageRow { state: RowState::Waiting, ..row() },
        direction: Direction::Sent,
        body: "x".into(),
        expires_at: Some(now()),
        version: None,
        recipients: vec![
            recipient(person("igor", "Игорь"), DeliveryState::Waiting),
            recipient(person("boris", "Борис"), DeliveryState::Read),
            recipient(person("petr", "Пётр"), DeliveryState::Read),
        ],
    };
    let lines: Vec<_> = reading(&russian(), now(), &message).recipients.iter().collect();
    let said: Vec<_> = lines.iter().map(|it| (it.name.to_string(), it.state.to_string())).collect();
    let read = |name: &str| (name.to_owned(), "прочитано".to_owned());
    assert_eq!(said, [("Игорь".to_owned(), "не доставлено".to_owned()), read("Борис"), read("Пётр")]);
    assert!(lines[0].waiting && !lines[1].waiting && !lines[0].when.is_empty());
}

#[test]
fn the_status_line_carries_the_time_of_the_last_answer() {
    let said = line_of(&Words::new(Language::English), status());
    assert_eq!(said.tone, Tone::Good);
    assert!(
        said.text.starts_with("Connected. Last answer: ") && said.text.contains("next check: "),
        "{}",
        said.text
    );
    assert_eq!(said.strip, "");
    assert_eq!(said.right, "1 letter was not sent   ·   2 letters wait to be sent   ·   3 unread");
}

#[test]
fn an_upgrade_never_reads_as_a_wrong_password() {
    let words = russian();
    let unavailable = Status {
        connection: Connection::OfficeUnavailable,
        connection_detail: Some("нужна схема 5".into()),
        ..status()
    };
    assert_eq!(line_of(&words, unavailable).strip, "Сервер сообщений не доступен: нужна схема 5");
    let signed_out = Status { connection: Connection::SignedOut, ..status() };
    assert!(line_of(&words, signed_out).strip.starts_with("Вход не выполнен"));
}

#[test]
fn an_unreachable_server_needs_nobody_but_says_since_when() {
    let said = line_of(&russian(), Status { connection: Connection::Unreachable, ..status() });
    assert_eq!((said.tone, said.strip.as_str()), (Tone::Bad, ""));
    assert!(said.text.starts_with("Сервер не отвечает. Последний ответ: "), "{}", said.text);
}

#[test]
fn offline_is_the_persons_choice_and_no_fault() {
    let said =
        line_of(&russian(), Status { mode: Mode::Offline, connection: Connection::Unreachable, ..status() });
    assert_eq!((said.tone, said.strip.as_str()), (Tone::Offline, ""));
    assert!(said.text.starts_with("Автономный режим"));
}

#[test]
fn an_agent_that_is_away_is_said_in_the_strip() {
    let said = status_line(&russian(), now(), &Link::Away);
    assert!(said.strip.starts_with("Почтовый агент не запущен"));
    assert_eq!(status_line(&russian(), now(), &Link::Connecting).strip, "");
    let other = status_line(&russian(), now(), &Link::Foreign);
    assert!(other.strip.starts_with("Почтовый агент теперь другой версии"), "{}", other.strip);
}

#[test]
fn a_broken_settings_file_is_said_while_all_else_is_well() {
    let problem = "config.toml:3:1: unknown key";
    let said = line_of(&russian(), Status { settings_problem: Some(problem.into()), ..status() });
    assert_eq!((said.tone, said.strip.as_str()), (Tone::Good, problem));
}

#[test]
fn a_full_disk_is_said_before_a_broken_settings_file() {
    let storage = restante_local_api::StorageStatus {
        disk: restante_local_api::DiskState::Full,
        ..restante_local_api::StorageStatus::default()
    };
    let said = line_of(
        &russian(),
        Status { storage, settings_problem: Some("config.toml:3:1: unknown key".into()), ..status() },
    );
    assert!(said.strip.starts_with("диск заполнен"), "{}", said.strip);
}
