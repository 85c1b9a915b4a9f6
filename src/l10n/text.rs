//! Text that other people wrote, made safe to stand inside our own sentences.

/// First strong isolate and its end (Unicode UAX #9): what stands between them cannot turn around or
/// reorder the words outside.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// A name or a subject for one line of a window: isolated, so that a right-to-left override in it
/// cannot swap our words around it. A plain left-to-right text comes back as it is.
pub fn isolate(text: &str) -> String {
    if text.chars().all(plain) {
        return text.to_owned();
    }
    // An isolate that is closed too often ends ours early; one that stays open swallows what follows.
    let mut depth = 0_u32;
    let mut safe = String::with_capacity(text.len() + 6);
    safe.push(FIRST_STRONG_ISOLATE);
    for letter in text.chars() {
        match letter {
            '\u{2066}'..='\u{2068}' => depth += 1,
            POP_DIRECTIONAL_ISOLATE if depth == 0 => continue,
            POP_DIRECTIONAL_ISOLATE => depth -= 1,
            _ => {}
        }
        safe.push(letter);
    }
    (0..=depth).for_each(|_| safe.push(POP_DIRECTIONAL_ISOLATE));
    safe
}

/// Text for one line of a list, a log or a terminal: each run of white space and control characters
/// becomes one space, those at the ends nothing. A line break in a subject makes no second line, and an
/// escape sequence in it does not reach the terminal.
///
/// What only hides or turns letters is left out (the embeddings and overrides of Unicode UAX #9, zero
/// widths that no script needs), and of a tower of marks on one letter what would lie over the lines
/// around. Where nothing that can be seen is left, the line is empty.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let (mut gap, mut marks) = (false, 0);
    for letter in text.chars().filter(|letter| !hides_or_turns(*letter)) {
        if is_gap(letter) {
            gap = true;
            continue;
        }
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        if marks > MOST_MARKS {
            continue;
        }
        if std::mem::take(&mut gap) && !line.is_empty() {
            line.push(' ');
        }
        line.push(letter);
    }
    // Joiners and marks of direction, which some scripts need between their letters, show nothing alone.
    if line.chars().all(|letter| matches!(letter, '\u{200C}'..='\u{200F}' | '\u{2066}'..='\u{2069}' | ' ')) {
        line.clear();
    }
    line
}

/// More marks than any script puts on one letter of a name: pointed Hebrew has three, Vietnamese two.
const MOST_MARKS: usize = 4;

fn hides_or_turns(letter: char) -> bool {
    matches!(letter,
        '\u{202A}'..='\u{202E}' // embeddings and overrides of direction
        | '\u{00AD}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' // of no width
        | '\u{E0000}'..='\u{E007F}' // tags
    )
}

/// White space, control characters, and the letters that are drawn as nothing.
fn is_gap(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
}

/// Marks that are set on the letter before them, as towers are built of them.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{06D6}'..='\u{06DC}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Letters of scripts written from left to right and what all scripts share; the scripts written from
/// right to left, and the characters that change direction, are not among them.
fn plain(letter: char) -> bool {
    !matches!(letter,
        '\u{0590}'..='\u{08FF}' // Hebrew to Arabic Extended, with the Arabic letter mark
        | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' // marks
        | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' // presentation forms
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}' // historic scripts, Adlam
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(isolate("Отчёт № 4 / report"), "Отчёт № 4 / report");
    }

    #[test]
    fn what_turns_the_line_around_is_shut_in() {
        assert_eq!(isolate("a\u{202E}b"), "\u{2068}a\u{202E}b\u{2069}");
        assert_eq!(isolate("שלום"), "\u{2068}שלום\u{2069}");
    }

    #[test]
    fn nobody_breaks_out_of_an_isolate_or_leaves_one_open() {
        for text in ["\u{2069}x", "\u{2068}x", "\u{2069}\u{2067}\u{2066}x\u{2069}"] {
            let safe = isolate(text);
            let mut depth = 0;
            for (at, letter) in safe.char_indices() {
                match letter {
                    '\u{2066}'..='\u{2068}' => depth += 1,
                    '\u{2069}' => depth -= 1,
                    _ => {}
                }
                assert!(depth > 0 || at + letter.len_utf8() == safe.len(), "{text:?} breaks out: {safe:?}");
            }
            assert_eq!(depth, 0, "{text:?} stays open: {safe:?}");
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[31m  c\u{0} "), "a b [31m c");
        assert_eq!(one_line("Отчёт"), "Отчёт");
        assert_eq!(one_line("\n"), "");
    }

    #[test]
    fn what_hides_or_turns_letters_is_not_in_a_line() {
        assert_eq!(one_line("invoice\u{202E}fdp.exe"), "invoicefdp.exe");
        assert_eq!(one_line("pay\u{200B}roll\u{FEFF} \u{2062}now"), "payroll now");
        assert_eq!(one_line("a\u{3164}\u{2800}b"), "a b");
        assert_eq!(one_line("می\u{200C}خواهم"), "می\u{200C}خواهم", "Persian needs its joiners");
    }

    #[test]
    fn a_line_of_nothing_that_can_be_seen_is_empty() {
        for nothing in ["\u{200B}\u{200B}", "\u{200D} \u{200E}", "\u{2068}\u{2069}", "\u{3164}"] {
            assert_eq!(one_line(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn no_tower_of_marks_rises_from_a_line() {
        let tower = format!("H{}i", "\u{0301}".repeat(60));
        assert_eq!(one_line(&tower), format!("H{}i", "\u{0301}".repeat(4)));
        assert_eq!(one_line("ố שָׁ"), "ố שָׁ");
    }
}
