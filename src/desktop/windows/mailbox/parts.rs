//! A long text in parts: the toolkit lays out a whole text at once, and one of a mebibyte would hold up
//! the window for seconds.

/// What is laid out at once: about five hundred lines.
const PART_BYTES: usize = 32 * 1024;

/// The text in parts that together are all of it, cut between lines where there are any.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > PART_BYTES {
        let most = rest.floor_char_boundary(PART_BYTES);
        let line_end = rest[..most].rfind('\n').map(|at| at + 1);
        // Far back there is no end of a line to speak of; a word's end does as well.
        let word_end = || rest[..most].rfind(' ').map(|at| at + 1);
        let far_enough = |at: &usize| *at > PART_BYTES / 2;
        let at = line_end.filter(far_enough).or_else(|| word_end().filter(far_enough)).unwrap_or(most);
        let (part, more) = rest.split_at(at);
        parts.push(part);
        rest = more;
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_usual_length_is_one_part() {
        assert_eq!(parts("Good day!\n"), ["Good day!\n"]);
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn the_parts_together_are_the_text_and_none_is_long() {
        let texts = ["ы".repeat(600_000), "A line of text.\n".repeat(70_000), "word ".repeat(200_000)];
        for text in texts {
            let parts = parts(&text);
            assert_eq!(parts.concat(), text);
            assert!(parts.len() > 20 && parts.iter().all(|part| part.len() <= PART_BYTES));
        }
        assert!(parts(&"A line of text.\n".repeat(70_000))[0].ends_with('\n'), "cut between lines");
    }
}
