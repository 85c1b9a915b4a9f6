//! Settings files as no person means them: what is wrong is named with its place, what is rewritten keeps every
//! other byte.

use restante_model::{CheckInterval, Seconds};

use super::*;

const FILES: [&str; 4] = [
    "# Mine.\nserver = \"https://mail.example.org\" # ours\ncheck_interval = \"5m\"\n\n[notifications]\n\
     ordinary = \"window\"\nquiet_hours = \"22:00-07:00\"\n[mail]\nmark_read_after_seconds = 4\n",
    "user = 'анна'\r\ncheck_interval = '''10m''' # не чаще\r\nmail = { undo_seconds = 5 }\r\nlater = [1, 2]\r\n",
    "notifications.preview = false\n\"check_interval\" = \"1h\"\nunknown.key = 2026-11-24\n[unknown.table]\n[[list]]\n",
    "[network]\nproxy = \"none\"\nextra_ca_file = \"/etc/ca.pem\"\n[storage]\ntoken = \"file\"\n[log]\nlevel = \"debug\"",
];

/// What stands between the parts in which the two agree.
fn differing<'a>(old: &'a str, new: &'a str) -> (&'a str, &'a str) {
    let (old_bytes, new_bytes) = (old.as_bytes(), new.as_bytes());
    let mut before = old_bytes.iter().zip(new_bytes).take_while(|(one, other)| one == other).count();
    while !old.is_char_boundary(before) || !new.is_char_boundary(before) {
        before -= 1;
    }
    let (old, new) = (&old[before..], &new[before..]);
    let pairs = old.bytes().rev().zip(new.bytes().rev());
    let mut after = pairs.take_while(|(one, other)| one == other).count();
    while !old.is_char_boundary(old.len() - after) || !new.is_char_boundary(new.len() - after) {
        after -= 1;
    }
    (&old[..old.len() - after], &new[..new.len() - after])
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    restante_garbage::each_text(&FILES, |text| {
        let problems = match parse(text, "config.toml") {
            Ok(settings) => settings.problems,
            Err(problem) => vec![problem],
        };
        let lines: Vec<_> = text.split('\n').collect();
        for problem in problems {
            let line = lines.get(problem.line - 1).unwrap_or_else(|| panic!("{problem}"));
            assert!((1..=line.chars().count() + 1).contains(&problem.column), "{problem}");
            let said = problem.fault.to_string();
            assert!(!said.is_empty() && !said.contains('\n'), "{problem}");
        }
    });
}

#[test]
fn what_is_rewritten_keeps_every_other_byte_and_what_cannot_be_read_is_not_rewritten() {
    let wish = CheckInterval::from_seconds(420);
    restante_garbage::each_text(&FILES, |text| {
        let written = with_check_interval(text, Some(wish), "config.toml");
        let Ok(before) = parse(text, "config.toml") else {
            return assert!(written.is_err());
        };
        // One whose `check_interval` cannot be given a value, as it is a table, is refused too.
        let Ok(written) = written else { return };
        let after = parse(&written, "config.toml").unwrap();
        assert_eq!(after.check_interval, Some(Seconds::new(420)), "{written:?}");
        let (gone, come) = differing(text, &written);
        // A file whose last line has no end gets one.
        assert!(come.len() <= "\r\ncheck_interval = \"7m\"\r\n".len(), "{come:?} came");
        // Where the key was not there nothing goes.
        assert!(gone.is_empty() || text.contains("check_interval"), "{gone:?} went");
        let rest =
            |settings: SettingsFile| SettingsFile { check_interval: None, problems: Vec::new(), ..settings };
        assert_eq!(rest(before), rest(after));
    });
}
