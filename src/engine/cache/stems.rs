//! Words as the search knows them: one spelling, no endings. SQLite's own tokenizers neither know Russian
//! endings nor that ё and е are one letter to a reader, so both text and question pass through here.

use std::{borrow::Cow, collections::HashMap};

use foldhash::fast::RandomState;
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longer than any word; what is longer is no word, and is found by its beginning.
const MAX_WORD_CHARACTERS: usize = 64;
/// More words than anybody asks for; FTS5 takes 256.
const MAX_WORDS_ASKED: usize = 32;

/// Of words up to this length, the whole is meant and not a beginning.
const SHORT_CHARACTERS: usize = 2;

/// Words whose stem changes with the ending, which Snowball does not follow: the genitive plural puts a
/// vowel into the stem, and a few short words lose one. On the right, the stem of their other forms.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("бумажек", "бумажк"),
    ("выписок", "выписк"),
    ("денег", "деньг"),
    ("дне", "ден"),
    ("дней", "ден"),
    ("днем", "ден"),
    ("дни", "ден"),
    ("дню", "ден"),
    ("дня", "ден"),
    ("дням", "ден"),
    ("днями", "ден"),
    ("днях", "ден"),
    ("досок", "доск"),
    ("задержек", "задержк"),
    ("закупок", "закупк"),
    ("заметок", "заметк"),
    ("записок", "записк"),
    ("заявок", "заявк"),
    ("карточек", "карточк"),
    ("кнопок", "кнопк"),
    ("копеек", "копейк"),
    ("окон", "окн"),
    ("отметок", "отметк"),
    ("оценок", "оценк"),
    ("ошибок", "ошибк"),
    ("папок", "папк"),
    ("писем", "письм"),
    ("площадок", "площадк"),
    ("подписок", "подписк"),
    ("поездок", "поездк"),
    ("поставок", "поставк"),
    ("посылок", "посылк"),
    ("правок", "правк"),
    ("проверок", "проверк"),
    ("расписок", "расписк"),
    ("рассылок", "рассылк"),
    ("сводок", "сводк"),
    ("скидок", "скидк"),
    ("сносок", "сноск"),
    ("справок", "справк"),
    ("ссылок", "ссылк"),
    ("ставок", "ставк"),
    ("установок", "установк"),
    ("чисел", "числ"),
];

/// More words than this are forgotten and begun anew: about 4 MB.
const MAX_WORDS_KNOWN: usize = 32_768;

/// Makes the stems of many messages: words repeat, and cutting one takes 40 times as long as knowing it.
#[derive(Default)]
pub(crate) struct Stemming {
    /// The place in `stems` of each word met so far.
    words: HashMap<Box<str>, u32, RandomState>,
    places: HashMap<Box<str>, u32, RandomState>,
    stems: Vec<Stem>,
    messages: u32,
    /// How many of `stems` were taken away by [`Self::new_stems`].
    taken: usize,
}

struct Stem {
    text: Box<str>,
    /// The message in which it was last met, by number.
    met_in: u32,
}

impl Stemming {
    /// The stems of one message's texts, each once, with a blank between them: what the index keeps of it.
    pub(crate) fn index_text<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> String {
        let full = self.words.len() > MAX_WORDS_KNOWN || self.messages == u32::MAX;
        if full && self.taken == self.stems.len() {
            *self = Self::default();
        }
        self.messages += 1;
        let mut line = String::with_capacity(2_048);
        for text in texts {
            each_word(text, |word| {
                let place = self.place(word);
                let stem = &mut self.stems[place as usize];
                if std::mem::replace(&mut stem.met_in, self.messages) != self.messages {
                    line.push_str(&stem.text);
                    line.push(' ');
                }
            });
        }
        line.pop();
        line
    }

    /// The stems that were met since this was asked last.
    pub(crate) fn new_stems(&mut self) -> impl Iterator<Item = &str> {
        let from = std::mem::replace(&mut self.taken, self.stems.len());
        self.stems[from..].iter().map(|stem| &*stem.text)
    }

    fn place(&mut self, word: &str) -> u32 {
        if let Some(place) = self.words.get(word) {
            return *place;
        }
        let text: Box<str> = stem(word).into();
        let next = u32::try_from(self.stems.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(text.clone()).or_insert_with(|| {
            self.stems.push(Stem { text, met_in: 0 });
            next
        });
        self.words.insert(word.into(), place);
        place
    }
}

/// What somebody looks for: every word, the last one as the beginning of one, since it may be still being
/// typed. Anything that is neither letter nor digit only separates words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    whole: Vec<String>,
    beginning: String,
}

impl Wanted {
    /// `None` where the question holds no word.
    pub(crate) fn from_words(question: &str) -> Option<Self> {
        let mut words = Vec::new();
        each_word(question, |word| {
            if words.len() < MAX_WORDS_ASKED {
                words.push(stem(word).into_owned());
            }
        });
        let beginning = words.pop()?;
        Some(Self { whole: words, beginning })
    }

    /// How the last word begins; `None` where it is too short to go on to anything: half of all words
    /// begin with two letters or fewer.
    pub(crate) fn beginning(&self) -> Option<&str> {
        let long = self.beginning.chars().nth(SHORT_CHARACTERS).is_some();
        long.then_some(self.beginning.as_str())
    }

    /// The same for FTS5, with the stems that the last word may go on to; `None`: too many to name. Each
    /// word is quoted, so that none of them is an operator; as they hold letters and digits only, none of
    /// them ends its quotes.
    pub(crate) fn expression(&self, continued: Option<&[String]>) -> String {
        let quoted = |word: &String| format!("\"{word}\"");
        let whole: String = self.whole.iter().map(|word| quoted(word) + " AND ").collect();
        let last = match continued {
            None => quoted(&self.beginning) + "*",
            Some([]) => quoted(&self.beginning),
            Some(stems) => stems.iter().map(quoted).collect::<Vec<_>>().join(" OR "),
        };
        format!("{whole}({last})")
    }

    /// The words before the last for FTS5; `None` where there are none.
    pub(crate) fn whole_expression(&self) -> Option<String> {
        let quoted: Vec<_> = self.whole.iter().map(|word| format!("\"{word}\"")).collect();
        (!quoted.is_empty()).then(|| quoted.join(" AND "))
    }

    /// Whether the last word goes on in one of these texts, whatever else is in them.
    pub(crate) fn goes_on_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        // A stem has the first letter of its word, so that few words have to be cut.
        let first = self.beginning.chars().next();
        texts.into_iter().any(|text| {
            let mut goes_on = false;
            each_word(text, |word| {
                goes_on |= word.chars().next() == first && stem(word).starts_with(&self.beginning);
            });
            goes_on
        })
    }

    /// Whether a text that is in no index holds all of it.
    pub(crate) fn found_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let line = Stemming::default().index_text(texts);
        let has = |fits: &dyn Fn(&str) -> bool| line.split(' ').any(fits);
        self.whole.iter().all(|word| has(&|stem| stem == word))
            && match self.beginning() {
                Some(beginning) => has(&|stem| stem.starts_with(beginning)),
                None => has(&|stem| stem == self.beginning),
            }
    }
}

/// Hands over each word in one spelling: composed, in small letters, е for ё, without marks of stress.
fn each_word(text: &str, mut take: impl FnMut(&str)) {
    // Letters of Latin-1 and Russian ones are composed as they stand, and nearly all text is of them.
    let plain = |letter| letter < '\u{300}' || ('\u{400}'..='\u{482}').contains(&letter);
    let text = if text.chars().all(plain) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    };
    let mut spelled = Spelled::default();
    for (place, letter) in text.char_indices() {
        // Nearly all letters are of these, and the tables that know all others are slow.
        let small = match letter {
            'а'..='я' | 'a'..='z' | '0'..='9' => {
                spelled.keep(&text, place, letter);
                continue;
            }
            'А'..='Я' => char::from_u32(u32::from(letter) + 0x20),
            'A'..='Z' => Some(letter.to_ascii_lowercase()),
            'ё' | 'Ё' => Some('е'),
            _ => None,
        };
        if let Some(small) = small {
            spelled.put(&text, place, [small]);
        } else if !letter.is_ascii() && letter.is_alphanumeric() {
            spelled.put(&text, place, letter.to_lowercase());
        } else if ('\u{300}'..='\u{36f}').contains(&letter) {
            spelled.leave_out(&text, place);
        } else {
            spelled.end(&text, place, &mut take);
        }
    }
    spelled.end(&text, text.len(), &mut take);
}

/// A word that is being read: as long as it stands in the text as it is to be spelled, nothing of it is copied.
#[derive(Default)]
struct Spelled {
    /// Where the word begins in the text, as long as that is so.
    from: Option<usize>,
    /// Else what there is of it.
    word: String,
    characters: usize,
}

impl Spelled {
    /// A letter that stays as it stands.
    fn keep(&mut self, text: &str, place: usize, letter: char) {
        if self.from.is_none() && self.word.is_empty() {
            self.from = Some(place);
        }
        if self.from.is_none() || self.characters >= MAX_WORD_CHARACTERS {
            return self.put(text, place, [letter]);
        }
        self.characters += 1;
    }

    /// A letter that is spelled otherwise.
    fn put(&mut self, text: &str, place: usize, letters: impl IntoIterator<Item = char>) {
        self.leave_out(text, place);
        self.characters += 1;
        if self.characters <= MAX_WORD_CHARACTERS {
            self.word.extend(letters);
        }
    }

    /// What stands here belongs to the word, and not to its spelling.
    fn leave_out(&mut self, text: &str, place: usize) {
        if let Some(from) = self.from.take() {
            self.word.push_str(&text[from..place]);
        }
    }

    fn end(&mut self, text: &str, place: usize, take: &mut impl FnMut(&str)) {
        match self.from.take() {
            Some(from) => take(&text[from..place]),
            None if self.word.is_empty() => {}
            None => take(&self.word),
        }
        self.word.clear();
        self.characters = 0;
    }
}

/// The word without its ending: Russian for Cyrillic letters, English for Latin ones, as it is for all else.
fn stem(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Stemmer::create(Algorithm::English).stem(word);
    }
    if !word.chars().all(|letter| ('\u{400}'..='\u{4ff}').contains(&letter)) {
        return Cow::Borrowed(word);
    }
    match EXCEPTIONS.binary_search_by_key(&word, |(form, _)| form) {
        Ok(at) => Cow::Borrowed(EXCEPTIONS[at].1),
        Err(_) => Stemmer::create(Algorithm::Russian).stem(word),
    }
}

#[cfg(test)]
mod tests;
