//! What is left of another language in a Russian sentence: the question that tests put to whoever says something.

/// Latin words of a Russian sentence that are no names: neither quoted, nor part of a command of ours, nor a path, an
/// address, an option, a key or a short form in capitals, nor one of these names.
pub fn foreign_words(text: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_command = false;
    for word in unquoted(text).split_whitespace() {
        let latin = word.chars().any(|letter| letter.is_ascii_alphabetic());
        let bare = word.trim_matches(|letter: char| "().,;:!?…—".contains(letter));
        // A command ends with the first word that is no longer Latin, or where its clause ends.
        in_command = latin && (in_command || bare.starts_with("restante"));
        if latin && !in_command && !names.contains(&bare) && !is_name(bare) {
            found.push(bare.to_owned());
        }
        in_command &= !word.ends_with([',', ';', ':', ')']);
    }
    found
}

/// The text without what stands in quotes of any kind.
fn unquoted(text: &str) -> String {
    let mut outside = String::new();
    let mut end = None;
    for letter in text.chars() {
        match end {
            Some(quote) if letter == quote => end = None,
            Some(_) => {}
            None => {
                end = match letter {
                    '«' => Some('»'),
                    '"' | '`' => Some(letter),
                    '“' => Some('”'),
                    _ => None,
                };
                outside.push(if end.is_some() { ' ' } else { letter });
            }
        }
    }
    outside
}

fn is_name(word: &str) -> bool {
    word.contains(|letter: char| letter.is_ascii_digit() || "/._=@".contains(letter))
        || word.starts_with("--")
        || word.chars().all(|letter| letter.is_ascii_uppercase() || "-[]".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_word_is_found_and_a_name_is_none() {
        let clean =
            "файл /etc/ca.pem: «no such file», см. `restante config check`, --tls-key, log.level, UTF-8";
        assert_eq!(foreign_words(clean, &[]), [""; 0]);
        assert_eq!(foreign_words("войдите: restante login URL; потом", &[]), [""; 0]);
        assert_eq!(foreign_words("user: нужно так /srv (см. https://x).", &["user"]), [""; 0]);
        assert_eq!(foreign_words("user: нужно так", &[]), ["user"]);
        assert_eq!(foreign_words("нет связи: connection refused", &[]), ["connection", "refused"]);
        assert_eq!(foreign_words("наберите restante list, please", &[]), ["please"]);
    }
}
