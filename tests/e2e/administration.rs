//! The administrators' pages in a real browser, and what they refuse without one.

use reqwest::Method;
use restante_tests::{Browser, Office, OfficeOptions, PASSWORD};

/// An office whose administrator is "root", with his pages.
async fn with_pages() -> Office {
    let mut office = Office::with(OfficeOptions { check_interval: "1s", ..OfficeOptions::default() }).await;
    let add = ["administrator", "add", "root", "--password-stdin"];
    drop(office.command(&add, &format!("{PASSWORD}\n")).await.done());
    office.serve_pages().await;
    office
}

async fn signed_in(office: &Office, language: &str, words: [&str; 3]) -> Browser {
    let browser = Browser::open(language).await;
    browser.looks_like(1280, 860, "light").await;
    browser.goes_to(&office.pages()).await;
    let [name, password, sign_in] = words;
    browser.types(name, "root").await;
    browser.types(password, PASSWORD).await;
    browser.presses(sign_in).await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_creates_attaches_and_changes_a_message_server() {
    let office = with_pages().await;
    drop(office.command(&["organisation", "create", "village", "--title", "The village"], "").await.done());
    let browser = Browser::open("en").await;
    browser.looks_like(1280, 860, "light").await;
    browser.goes_to(&office.pages()).await;
    browser.picture("sign-in").await;
    browser.types("Administrator", "root").await;
    browser.types("Password", "not the password").await;
    browser.presses("Sign in").await;
    within_text(&browser, "do not fit").await;
    browser.types("Administrator", "root").await;
    browser.types("Password", PASSWORD).await;
    // By the keyboard alone.
    browser.keys("\u{e007}").await;
    within_text(&browser, "The village").await;

    browser.presses("Create").await;
    within_text(&browser, "Create a message server").await;
    browser.types("Name", "second").await;
    browser.types("Check interval of the client's agent (s)", "600").await;
    browser.types("Lifetime of messages", "3").await;
    browser.picture("create").await;
    browser.presses("Create").await;
    within_text(&browser, "is created").await;
    browser.presses_at("//tr[contains(., 'The village')]//a[normalize-space() = 'Attach']").await;
    within_text(&browser, "Available message servers").await;
    browser.presses_at("//label[contains(., 'second')]").await;
    browser.picture("attach").await;
    browser.presses("Attach").await;
    within_text(&browser, "is attached").await;
    browser.picture("message-servers").await;
    let listed = office.listed("village").await;
    let server = &listed["office"];
    assert_eq!(
        (&server["name"], &server["check_interval_seconds"]),
        (&"second".into(), &600.into()),
        "{listed}"
    );
    assert_eq!(server["message_lifetime_seconds"], 3 * 86_400);

    browser.goes_to(&format!("{}/offices/second", office.pages())).await;
    browser.types("Check interval of the client's agent (s)", "0").await;
    assert_eq!(browser.says("return document.querySelector('form.card').checkValidity()").await, false);
    browser.types("Check interval of the client's agent (s)", "120").await;
    browser.types("Shortest interval (s)", "60").await;
    browser.presses_at("//label[contains(., 'Lock the interval')]").await;
    browser.presses("Save").await;
    within_text(&browser, "Saved.").await;
    assert_eq!(browser.field("Check interval of the client's agent (s)").await, "120");
    browser.picture("change").await;
    let server = office.listed("village").await["office"].clone();
    assert_eq!(
        (&server["check_interval_seconds"], &server["locked"]),
        (&120.into(), &true.into()),
        "{server}"
    );

    // What the server refuses is told in the form, and what was typed stays.
    browser.goes_to(&format!("{}/offices/new", office.pages())).await;
    browser.types("Name", "second").await;
    browser.presses("Create").await;
    within_text(&browser, "“second” is there already").await;
    assert_eq!(browser.field("Name").await, "second");

    browser.goes_to(&format!("{}/organisations/village/attach", office.pages())).await;
    browser.presses("Detach").await;
    browser.presses_at("//form[contains(@action, 'detach')]//button").await;
    within_text(&browser, "is detached").await;
    assert!(office.listed("village").await["office"].is_null());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_agents_come_first_and_users_are_disabled_in_russian_too() {
    let office = with_pages().await;
    // An interval of a second: who was last seen some minutes ago is silent.
    let (_anna, boris) = (office.sign_in("anna").await, office.sign_in("boris").await);
    // As if anna's device had been silent for an hour.
    let people = rusqlite::Connection::open(office.data().join("organisations/town.db")).unwrap();
    people
        .execute("UPDATE device SET last_seen_at = last_seen_at - 3600000 WHERE login = 'anna'", ())
        .unwrap();
    boris.settings().await;
    let browser = signed_in(&office, "ru", ["Администратор", "Пароль", "Войти"]).await;
    within_text(&browser, "Серверы сообщений").await;
    let text = browser.text().await;
    for words in [
        "Создать",
        "Присоединить",
        "Интервал опроса агента клиента (сек)",
        "Время «жизни» сообщений",
        "7 дней",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    browser.picture("message-servers-ru").await;
    browser.presses("Агенты").await;
    within_text(&browser, "молчит").await;
    let first = browser.says("return document.querySelector('tbody tr').innerText").await;
    assert!(first.as_str().is_some_and(|row| row.contains("молчит") && row.contains("anna")), "{first}");
    let rows =
        browser.says("return [...document.querySelectorAll('tbody tr')].map(row => row.innerText)").await;
    assert!(rows[1].as_str().is_some_and(|row| row.contains("clara") && row.contains("ни разу")), "{rows}");
    browser.picture("agents-ru").await;
    browser.looks_like(360, 740, "dark").await;
    let width = browser.says("return document.documentElement.scrollWidth").await;
    assert!(width.as_u64().is_some_and(|width| width <= 360), "the page is {width} wide");
    browser.picture("agents-ru-360-dark").await;

    browser.goes_to(&format!("{}/organisations/town", office.pages())).await;
    browser.presses_at("//tr[contains(., 'boris')]//button").await;
    within_text(&browser, "больше не может войти").await;
    browser.picture("users-ru-360-dark").await;
    boris.call(Method::GET, "settings", None).await.is_problem("unauthenticated");
    browser.presses_at("//tr[contains(., 'boris')]//button").await;
    within_text(&browser, "снова может войти").await;
    boris.settings().await;
    browser.goes_to(&office.pages()).await;
    let width = browser.says("return document.documentElement.scrollWidth").await;
    assert!(width.as_u64().is_some_and(|width| width <= 360), "the page is {width} wide");
    browser.picture("message-servers-ru-360-dark").await;
    browser.looks_like(1280, 860, "dark").await;
    browser.picture("message-servers-ru-dark").await;
    browser.presses("Выйти").await;
    within_text(&browser, "Пароль").await;
    browser.goes_to(&office.pages()).await;
    within_text(&browser, "Пароль").await;
    browser.close().await;
}

/// Waits until the page shows this.
async fn within_text(browser: &Browser, text: &str) {
    let shown = async {
        while !browser.text().await.contains(text) {
            tokio::task::yield_now().await;
        }
    };
    let shown = tokio::time::timeout(restante_tests::TIME_LIMIT, shown).await;
    assert!(shown.is_ok(), "the page never showed {text:?}:\n{}", browser.text().await);
}
