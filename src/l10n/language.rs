//! Which language a person reads.

use unic_langid::LanguageIdentifier;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English: also for whoever reads neither.
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// Every language, the fallback first.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// The language of the person who started the program: `RESTANTE_LANGUAGE`, then `LC_ALL`,
    /// `LC_MESSAGES` and `LANG` (POSIX.1, 8.2); where none is set, as the system says.
    pub fn of_user() -> Self {
        let set = ["RESTANTE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        set.or_else(sys_locale::get_locale).map_or(Self::English, |locale| Self::of_locale(&locale))
    }

    /// The language of a locale's name: `ru`, `ru_RU.UTF-8`, `ru-RU`.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "ru" | "russian" => Self::Russian,
            _ => Self::English,
        }
    }

    /// Its name by ISO 639: what other programs know it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// Its identifier, by which plural forms are picked.
    pub(crate) fn identifier(self) -> LanguageIdentifier {
        self.code().parse().unwrap_or_default() // both names parse: the plural forms are tested
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_known_by_its_language() {
        for russian in ["ru", "ru_RU.UTF-8", "ru-RU", "RU_ru", "ru@cyrillic", "ru_UA"] {
            assert_eq!(Language::of_locale(russian), Language::Russian, "{russian}");
        }
        for other in ["", "C", "POSIX", "en_GB.UTF-8", "de_DE", "run_BI", "C.UTF-8"] {
            assert_eq!(Language::of_locale(other), Language::English, "{other}");
        }
    }
}
