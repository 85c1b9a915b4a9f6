//! Words of both languages, and what is searched for.

use proptest::prelude::*;

use super::*;

fn stems(text: &str) -> String {
    Stemming::default().index_text([text])
}

#[test]
fn forms_of_one_word_have_one_stem() {
    for forms in [
        "письмо письма письму письмом письме письмам письмами ПИСЬМАХ писем",
        "деньги денег деньгам деньгами",
        "отчёт отчета отчёту отчётом отчёты отчётов",
        "справка справки справку справкой справок справкам",
        "день дня дню днём дне дни дней дням днями днях",
        "совещание совещания совещанию совещанием совещаний",
        "окно окна окон окнам",
        "letter letters Letter's",
        "meeting meetings",
    ] {
        let stems = stems(forms);
        let one = stems.trim_end_matches(" s");
        assert!(!one.contains(' '), "{forms}: {stems}");
    }
}

#[test]
fn the_list_of_exceptions_is_in_order_and_leads_to_stems_that_words_have() {
    assert!(EXCEPTIONS.is_sorted_by(|one, other| one.0 < other.0));
    // In the nominative each of them ends with a vowel more, or is its own stem.
    for (form, stem_of_others) in EXCEPTIONS {
        let has = ["", "а", "о", "и"].iter().any(|ending| {
            Stemmer::create(Algorithm::Russian).stem(&format!("{stem_of_others}{ending}")) == *stem_of_others
        });
        assert!(has, "{form} leads to {stem_of_others}, which is no stem");
    }
}

#[test]
fn one_word_is_one_however_it_is_spelled() {
    let composed = "Ёлка, съёмный йод";
    let decomposed: String = composed.nfd().collect();
    assert_ne!(composed, decomposed);
    assert_eq!(stems(composed), stems(&decomposed));
    assert_eq!(stems("елка съемный йод"), stems(composed));
    assert_eq!(stems("за\u{301}мок"), stems("замок"), "a mark of stress is no letter");
}

#[test]
fn signs_only_separate_words() {
    let expression = |text| Wanted::from_words(text).map(|wanted| wanted.expression(None));
    assert_eq!(expression("foo-bar").unwrap(), "\"foo\" AND (\"bar\"*)");
    assert_eq!(expression("C++").unwrap(), "(\"c\"*)");
    assert_eq!(expression("т.е.").unwrap(), "\"т\" AND (\"е\"*)");
    assert_eq!(expression("a AND NOT \"b").unwrap(), "\"a\" AND \"and\" AND \"not\" AND (\"b\"*)");
    for nothing in ["", "  ", "\"", "*", "'", "()", "-", "\u{301}"] {
        assert_eq!(expression(nothing), None, "{nothing:?}");
    }
}

#[test]
fn a_word_longer_than_words_are_is_found_by_its_beginning() {
    let long = "я".repeat(100_000);
    let wanted = Wanted::from_words(&long).unwrap();
    assert!(wanted.expression(None).len() < 200);
    assert!(wanted.found_in([long.as_str()]));
}

#[test]
fn text_that_is_in_no_index_is_looked_through_in_the_same_way() {
    let wanted = Wanted::from_words("отчёты квар").unwrap();
    assert!(wanted.found_in(["Отчет", "за третий квартал"]));
    assert!(!wanted.found_in(["Отчет", "за год"]));
}

proptest! {
    #[test]
    fn every_text_is_found_by_its_own_words(text in "\\PC{0,40}") {
        if let Some(wanted) = Wanted::from_words(&text) {
            prop_assert!(wanted.found_in([text.as_str()]), "{:?}", wanted);
        }
    }

    #[test]
    fn the_last_word_goes_on_where_the_whole_is_found(
        text in "[а-яa-z ]{0,30}",
        beginning in "[а-яa-z]{1,4}",
    ) {
        let wanted = Wanted::from_words(&beginning).unwrap();
        if wanted.beginning().is_some() {
            prop_assert_eq!(wanted.goes_on_in([text.as_str()]), wanted.found_in([text.as_str()]));
        }
    }

    #[test]
    fn a_stem_has_the_first_letter_of_its_word(word in "[а-я]{1,12}|[a-z]{1,12}") {
        prop_assert_eq!(stem(&word).chars().next(), word.chars().next());
    }

    #[test]
    fn stems_are_letters_and_digits_and_blanks(text in "\\PC{0,40}") {
        let stems = stems(&text);
        prop_assert!(stems.chars().all(|it| it == ' ' || it.is_alphanumeric()), "{:?}", stems);
    }
}
