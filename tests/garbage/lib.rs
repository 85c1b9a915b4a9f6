//! Garbage for tests of whatever reads what others wrote: good texts, harmed by chance, the same ones in each run.
//!
//! `RESTANTE_GARBAGE_CASES=1000000` makes more of them, for a night.

use std::ops::Range;

/// In an ordinary run (reliability.md 5).
const CASES: u64 = 10_000;

/// What readers stumble over.
const WORDS: [&[u8]; 20] = [
    b"\0",
    b"\"",
    b"'",
    b"\\",
    b"\n",
    b"\r\n",
    b"#",
    b"=",
    b"{",
    b"[[[[[[[[[[[[[[[[",
    b"}}",
    b",",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"null",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    "\u{451}\u{301}\u{1f600}".as_bytes(),
];

/// Numbers by chance, the same ones for the same seed: splitmix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// One below this bound; 0 where that is 0.
    #[expect(clippy::cast_possible_truncation, reason = "it is below the bound, which was of this type")]
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % (bound.max(1) as u64)) as usize
    }

    /// A part of so many bytes, most often a short one.
    fn part(&mut self, length: usize) -> Range<usize> {
        let start = self.below(length + 1);
        let longest = if self.below(4) == 0 { length } else { 8 };
        start..(start + self.below(longest + 1)).min(length)
    }
}

/// So many cases as this run is to have, of which `usual` are had in an ordinary one.
pub fn cases(usual: u64) -> u64 {
    let wished: Option<u64> = std::env::var("RESTANTE_GARBAGE_CASES").ok().and_then(|it| it.parse().ok());
    wished.map_or(usual, |wished| usual.max(wished * usual / CASES))
}

/// One of the texts, harmed.
pub fn harmed(good: &[&[u8]], random: &mut Random) -> Vec<u8> {
    let mut text = good[random.below(good.len())].to_vec();
    for _ in 0..random.below(4) {
        let part = random.part(text.len());
        match random.below(7) {
            0 if !text.is_empty() => {
                let place = random.below(text.len());
                text[place] ^= 1 << random.below(8);
            }
            1 => drop(text.drain(part)),
            2 => {
                let again = text[part.clone()].to_vec();
                text.splice(part.start..part.start, again);
            }
            3 => text.truncate(part.start),
            4 => {
                let other = good[random.below(good.len())];
                let from = random.below(other.len() + 1);
                text.truncate(part.start);
                text.extend_from_slice(&other[from..]);
            }
            5 => drop(text.splice(part, WORDS[random.below(WORDS.len())].iter().copied())),
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                text.splice(part.start..part.start, word.iter().copied());
            }
        }
    }
    text
}

/// Hands over each case; the one that is not taken is printed.
pub fn each(good: &[&[u8]], mut take: impl FnMut(&[u8])) {
    for seed in 0..cases(CASES) {
        let text = harmed(good, &mut Random(seed));
        let told = Told { seed, text: &text };
        take(&text);
        drop(told);
    }
}

/// The same where text is expected.
pub fn each_text(good: &[&str], mut take: impl FnMut(&str)) {
    let good: Vec<&[u8]> = good.iter().map(|text| text.as_bytes()).collect();
    each(&good, |bytes| take(&String::from_utf8_lossy(bytes)));
}

/// The case at hand.
struct Told<'a> {
    seed: u64,
    text: &'a [u8],
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("case {}: {:?}", self.seed, String::from_utf8_lossy(self.text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_many_kinds_of_harm_and_the_same_in_each_run() {
        let good: &[&[u8]] = &[b"one two", b"three"];
        let all: std::collections::BTreeSet<_> =
            (0..1_000).map(|seed| harmed(good, &mut Random(seed))).collect();
        assert!(all.len() > 400, "{}", all.len());
        assert!(all.contains(&b"one two"[..]) && all.contains(&b""[..]));
        assert_eq!(harmed(good, &mut Random(77)), harmed(good, &mut Random(77)));
    }
}
