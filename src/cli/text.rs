//! Text that other people wrote, made fit for a terminal.

use restante_l10n::{isolate, one_line};
use restante_local_api::model::Person;

/// One line of other people's words.
pub(crate) fn safe_line(text: &str) -> String {
    isolate(&one_line(text))
}

/// A letter's text: its lines and tabs stay, every other control character becomes visible and does
/// nothing, and no line reaches over into the next one by its direction.
pub(crate) fn safe_text(text: &str) -> String {
    let lines: Vec<_> =
        text.lines().map(|line| isolate(&line.chars().map(visible).collect::<String>())).collect();
    lines.join("\n")
}

/// "Boris Orlov <boris>".
pub(crate) fn person(person: &Person) -> String {
    let name = safe_line(&person.name);
    if name.is_empty() { person.login.to_string() } else { format!("{name} <{}>", person.login) }
}

/// Unicode has a picture for each of the ASCII control characters, and none for the others.
fn visible(letter: char) -> char {
    match letter {
        '\t' => '\t',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_cannot_command_the_terminal() {
        assert_eq!(safe_text("a\u{1b}[2Jb\u{9b}c\u{7f}"), "a␛[2Jb\u{fffd}c␡");
    }

    #[test]
    fn lines_and_tabs_stay() {
        assert_eq!(safe_text("one\r\n\ttwo\nthree\n"), "one\n\ttwo\nthree");
    }

    #[test]
    fn a_line_that_turns_around_ends_with_itself() {
        assert_eq!(safe_text("a\u{202e}b\nc"), "\u{2068}a\u{202e}b\u{2069}\nc");
    }
}
