//! Device tokens: opaque, random, shown once, kept as their SHA-256.

use sha2::{Digest, Sha256};

/// A new token and its sum.
pub(crate) struct NewToken {
    /// For the device, once.
    pub(crate) token: String,
    /// For the store. No slow hash: there is nothing to guess in 256 random bits.
    pub(crate) sum: [u8; 32],
}

/// Makes a token of the organisation with this tag.
pub(crate) fn mint(organisation_tag: &str) -> NewToken {
    let token = format!("rst_{organisation_tag}_{}", hex(&rand::random::<[u8; 32]>()));
    let sum = sum(&token);
    NewToken { token, sum }
}

/// The organisation's tag and the sum of a token; `None` for what was never one.
pub(crate) fn parse(token: &str) -> Option<(&str, [u8; 32])> {
    let (tag, random) = token.strip_prefix("rst_")?.split_once('_')?;
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (tag.len() == 8 && hexadecimal(tag) && random.len() == 64 && hexadecimal(random))
        .then(|| (tag, sum(token)))
}

fn sum(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_its_organisation_and_sum() {
        let new = mint("0123abcd");
        assert_eq!(parse(&new.token), Some(("0123abcd", new.sum)));
        assert_ne!(mint("0123abcd").token, new.token);
    }

    #[test]
    fn what_was_never_a_token_is_not_looked_up() {
        let long = format!("rst_0123abcd_{}", "0".repeat(65));
        for text in ["", "rst_", "rst_0123abcd_", "rst_0123abcd_xyz", "bearer", &long] {
            assert!(parse(text).is_none(), "{text:?} was taken for a token");
        }
    }
}
