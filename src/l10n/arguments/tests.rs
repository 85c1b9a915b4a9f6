//! A small grammar with every mistake that ours can make, in both languages.

use clap::{Arg, Command, CommandFactory, Parser, Subcommand, ValueEnum};

use super::*;
use crate::Language;

/// Letters by hand
#[derive(Debug, Parser)]
#[command(name = "restante-post", version)]
struct Post {
    /// For scripts
    #[arg(long, global = true, env = "RESTANTE_TEST_JSON", help_heading = "Options of every command")]
    json: Option<String>,
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Send one
    Send {
        /// To whom
        #[arg(long)]
        to: String,
        /// How loud
        #[arg(long, default_value = "low")]
        voice: Voice,
        /// Not with a voice
        #[arg(long, conflicts_with_all = ["voice", "copies"])]
        silent: bool,
        /// How many
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
        copies: u8,
    },
    /// What there is
    #[command(subcommand)]
    Show(Show),
}

#[derive(Debug, Subcommand)]
enum Show {
    /// All of them
    All { folder: Option<String> },
    /// One of them
    One { number: u32 },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Voice {
    Low,
    High,
}

const MISTAKES: &[&[&str]] = &[
    &["send"],
    &["send", "--to"],
    &["send", "--to", "a", "--to", "b"],
    &["send", "--to", "a", "--voice", "hihg"],
    &["send", "--to", "a", "--voice", "shrill"],
    &["send", "--to", "a", "--silent", "--voice", "low"],
    &["send", "--to", "a", "--silent", "--voice", "low", "--copies", "2"],
    &["send", "--to", "a", "--copies", "9"],
    &["send", "--tow", "a"],
    &["send", "--to", "a", "b"],
    &["sned"],
    &["frobnicate"],
    &["show", "all", "inbox", "sent"],
    &["show", "all", "--inbox"],
    &["show", "--folder"],
    &["show", "--", "one"],
];

fn typed(line: &[&str]) -> Vec<OsString> {
    ["restante-post"].iter().chain(line).map(OsString::from).collect()
}

fn answer(line: &[&str], language: Language) -> Answer {
    read::<Post>(typed(line), &Words::new(language), |_| None).unwrap_err()
}

#[test]
fn in_english_a_mistake_is_told_as_the_parser_tells_it() {
    for line in MISTAKES {
        let told = answer(line, Language::English);
        let own = Post::try_parse_from(typed(line)).unwrap_err();
        assert!(told.mistake(), "{line:?}");
        assert_eq!(told.text.trim_end(), own.render().to_string().trim_end(), "{line:?}");
    }
}

#[test]
fn in_english_help_is_as_the_parser_writes_it() {
    for line in
        [&["--help"][..], &[], &["send", "--help"], &["show"], &["help", "show", "one"], &["--version"]]
    {
        let told = answer(line, Language::English);
        let own = Post::try_parse_from(typed(line)).unwrap_err();
        assert_eq!(told.mistake(), own.use_stderr(), "{line:?}");
        assert_eq!(told.text.trim_end(), own.render().to_string().trim_end(), "{line:?}");
    }
}

#[test]
fn in_russian_no_mistake_has_words_of_english() {
    for line in MISTAKES {
        let told = answer(line, Language::Russian).text;
        assert!(told.starts_with("ошибка: ") && told.ends_with("Подробнее: --help."), "{line:?}: {told}");
        let typed = ["restante-post", "send", "show", "all", "one", "low", "high", "inbox", "sent"];
        for word in told.split(|letter: char| !letter.is_alphanumeric() && letter != '-') {
            let latin = word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase());
            let known = typed.contains(&word) || line.contains(&word);
            assert!(!latin || known, "{word:?} in {line:?}: {told}");
        }
    }
}

#[test]
fn a_mistake_in_russian_says_what_comes_near_and_how_the_command_is_used() {
    let told = answer(&["sned"], Language::Russian).text;
    let expected = "ошибка: неизвестная команда «sned»\n\n  совет: есть похожая команда: «send»\n\n\
        Использование: restante-post [ПАРАМЕТРЫ] <КОМАНДА>\n\nПодробнее: --help.";
    assert_eq!(told, expected);
}

#[test]
fn a_program_says_why_it_takes_no_value() {
    fn reason(source: &(dyn Error + 'static)) -> Option<&'static str> {
        source.is::<std::num::ParseIntError>().then_some("arguments-not-a-folder")
    }
    let told =
        read::<Post>(typed(&["show", "one", "x"]), &Words::new(Language::Russian), reason).unwrap_err();
    assert!(told.text.contains("»: папки «x» нет"), "{}", told.text);
}

#[test]
fn what_the_catalogue_lacks_and_what_it_has_too_much_is_found() {
    let found = examine(Post::command(), &Words::new(Language::Russian));
    assert!(found.contains(&"help-post-send.to is missing".to_owned()), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("send: \"whom\" in ")), "{found:?}");
    let agent =
        Command::new("restante-agent").arg(Arg::new("loud").long("loud").help("a").long_help("a\n\nb"));
    let found = examine(agent, &Words::new(Language::Russian));
    assert!(found.contains(&"help-agent.profile is of nothing that can be typed".to_owned()), "{found:?}");
    assert!(found.contains(&"loud has a second paragraph".to_owned()), "{found:?}");
}
