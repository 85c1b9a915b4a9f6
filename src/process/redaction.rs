//! What a text for others must not carry along.

/// The text without what its URLs carry before their `@`: names and passwords (RFC 3986, 3.2.1).
pub fn without_credentials(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after.find(|letter: char| "/?# \"'".contains(letter)).unwrap_or(after.len());
        let host = after[..end].rfind('@').map_or(0, |at| at + 1);
        if host > 0 {
            shown.push_str("...@");
        }
        shown.push_str(&after[host..end]);
        rest = &after[end..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        for (text, shown) in [
            ("http://user:secret@proxy:3128/x@y", "http://...@proxy:3128/x@y"),
            ("https://mail.example.org", "https://mail.example.org"),
            ("proxy socks5://a:b@c failed, http://d", "proxy socks5://...@c failed, http://d"),
            ("no url", "no url"),
        ] {
            assert_eq!(without_credentials(text), shown);
        }
    }
}
