//! Texts of made-up Russian and English words, as often as words are in real text, and the same at each run.

/// Words by how often they come: the n-th as often as 1/n.
pub(crate) struct Vocabulary {
    words: Vec<String>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        const RUSSIAN: [&str; 24] = [
            "от",
            "при",
            "каз",
            "сов",
            "ет",
            "дого",
            "вор",
            "пись",
            "мо",
            "рас",
            "пре",
            "дел",
            "ение",
            "отч",
            "ёт",
            "служ",
            "ба",
            "город",
            "ской",
            "запи",
            "ска",
            "вы",
            "плат",
            "а",
        ];
        const ENGLISH: [&str; 12] =
            ["re", "port", "meet", "ing", "con", "tract", "ser", "vice", "pay", "ment", "let", "ter"];
        let words = (0..30_000_u64).map(|number| {
            let parts: &[&str] = if number % 10 == 9 { &ENGLISH } else { &RUSSIAN };
            let mut random = Random(number);
            (0..2 + random.below(3)).map(|_| parts[random.below(parts.len() as u64) as usize]).collect()
        });
        Self { words: words.collect() }
    }

    /// The n-th most frequent one.
    pub(crate) fn word(&self, number: usize) -> String {
        self.words[number].clone()
    }

    pub(crate) fn text(&self, seed: u64, length: usize) -> String {
        let mut random = Random(seed);
        let mut text = String::new();
        for _ in 0..length {
            // By this the n-th word comes as often as 1/n.
            let exponent = random.below(1 << 20) as f64 / f64::from(1 << 20);
            let number = (self.words.len() as f64).powf(exponent) as usize - 1;
            text.push_str(&self.words[number.min(self.words.len() - 1)]);
            text.push(' ');
        }
        text.pop();
        text
    }
}

/// The same numbers at each run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
