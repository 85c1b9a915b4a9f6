//! Ids that the agent makes itself: from another id and a reason, never by chance.

use restante_model::MessageId;
use sha2::{Digest, Sha256};

/// An id for something that comes out of what `of` names: the same out of the same, whichever device
/// makes it. It sorts beside the id that it comes from.
pub(crate) fn derived(of: MessageId, why: &str, content_sum: &[u8]) -> MessageId {
    let of = *of.uuid().as_bytes();
    let mut hash = Sha256::new();
    hash.update(of);
    hash.update(why);
    hash.update(content_sum);
    let mut bytes: [u8; 16] = of;
    // A UUIDv7's first six bytes are its time.
    bytes[6..].copy_from_slice(&hash.finalize()[..10]);
    MessageId::from_uuid(
        uuid::Builder::from_bytes(bytes)
            .with_version(uuid::Version::SortRand)
            .with_variant(uuid::Variant::RFC4122)
            .into_uuid(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_out_of_the_same_and_another_out_of_anything_else() {
        let of: MessageId = "01930000-0000-7000-8000-000000000001".parse().unwrap();
        let one = derived(of, "copy", b"text");
        assert_eq!(one, derived(of, "copy", b"text"));
        assert_ne!(one, derived(of, "copy", b"other"));
        assert_ne!(one, derived(of, "letter", b"text"));
        assert_eq!(one.uuid().get_version_num(), 7);
        assert!(one.to_string().starts_with("01930000-0000-7"), "{one}");
    }
}
