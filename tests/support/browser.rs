//! A real browser without a window, driven as people drive it (`WebDriver` of the W3C: Debian's chromium-driver).

use std::{path::PathBuf, process::Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};

use crate::{target_folder, within};

/// The member of an answer that names an element (`WebDriver`, 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser with one window.
pub struct Browser {
    http: reqwest::Client,
    session: String,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Opens one that asks for pages in this language.
    ///
    /// # Panics
    /// When chromium or its driver does not start.
    pub async fn open(language: &str) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts: tests/run installs it");
        let mut lines = BufReader::new(driver.stdout.take().expect("stdout is piped")).lines();
        let port = loop {
            let line = within("chromedriver to start", lines.next_line()).await.expect("it can be read");
            let line = line.expect("chromedriver says its port");
            if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // Whoever writes to a full pipe waits for ever.
        tokio::spawn(async move {
            let mut rest = Vec::new();
            let _ = lines.into_inner().read_to_end(&mut rest).await;
        });
        // A second test in the same process finds the provider installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a plain client");
        let profile_folder = format!("--user-data-dir={}", profile.path().display());
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", &profile_folder];
        let options = json!({"args": arguments, "prefs": {"intl.accept_languages": language}});
        let wish = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let base = format!("http://127.0.0.1:{port}/session");
        let answer = within("the browser to open", http.post(&base).json(&wish).send()).await;
        let answer: Value = answer.expect("the driver answers").json().await.expect("it answers in JSON");
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {answer}"));
        Self { session: format!("{base}/{id}"), http, _driver: driver, _profile: profile }
    }

    async fn ask(&self, method: Method, what: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}/{what}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = within("the browser", request.send()).await.expect("the driver answers");
        let good = answer.status().is_success();
        let answer: Value = answer.json().await.expect("it answers in JSON");
        if good { Ok(answer["value"].clone()) } else { Err(answer["value"]["message"].to_string()) }
    }

    async fn done(&self, method: Method, what: &str, body: Option<Value>) -> Value {
        match self.ask(method, what, body).await {
            Ok(value) => value,
            Err(why) => panic!("{what}: {why}\n{}", self.text().await),
        }
    }

    /// Loads a page.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn goes_to(&self, url: &str) {
        self.done(Method::POST, "url", Some(json!({"url": url}))).await;
    }

    async fn find(&self, xpath: &str) -> String {
        let body = json!({"using": "xpath", "value": xpath});
        let found = self.done(Method::POST, "element", Some(body)).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    /// Types into the field with this label, instead of what stands there.
    ///
    /// # Panics
    /// When no field has the label.
    pub async fn types(&self, label: &str, text: &str) {
        let field = self.find(&format!("//*[@id = //label[normalize-space() = \"{label}\"]/@for]")).await;
        self.done(Method::POST, &format!("element/{field}/clear"), Some(json!({}))).await;
        self.done(Method::POST, &format!("element/{field}/value"), Some(json!({"text": text}))).await;
    }

    /// What stands in the field with this label.
    ///
    /// # Panics
    /// When no field has the label.
    pub async fn field(&self, label: &str) -> String {
        let field = self.find(&format!("//*[@id = //label[normalize-space() = \"{label}\"]/@for]")).await;
        let value = self.done(Method::GET, &format!("element/{field}/property/value"), None).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Presses the first button or link of this name, and waits until what it brings is there.
    ///
    /// # Panics
    /// When there is none.
    pub async fn presses(&self, name: &str) {
        self.presses_at(&format!("(//button | //a | //summary)[normalize-space() = '{name}']")).await;
    }

    /// The same for the element that this path of XML names.
    ///
    /// # Panics
    /// When there is none.
    pub async fn presses_at(&self, xpath: &str) {
        let element = self.find(xpath).await;
        self.done(Method::POST, &format!("element/{element}/click"), Some(json!({}))).await;
    }

    /// Types keys wherever the focus is.
    ///
    /// # Panics
    /// When the browser takes none.
    pub async fn keys(&self, keys: &str) {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.done(Method::POST, "actions", Some(body)).await;
    }

    /// All text that the page shows.
    ///
    /// # Panics
    /// When there is no page.
    pub async fn text(&self) -> String {
        let body = json!({"script": "return document.body.innerText", "args": []});
        let text = self.ask(Method::POST, "execute/sync", Some(body)).await.expect("a page");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What a script of the test says of the page.
    ///
    /// # Panics
    /// When the script fails.
    pub async fn says(&self, script: &str) -> Value {
        self.done(Method::POST, "execute/sync", Some(json!({"script": script, "args": []}))).await
    }

    /// Makes the window of this size, light or dark.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn looks_like(&self, width: u32, height: u32, scheme: &str) {
        let size = json!({"cmd": "Emulation.setDeviceMetricsOverride",
            "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}});
        self.done(Method::POST, "goog/cdp/execute", Some(size)).await;
        let media = json!({"cmd": "Emulation.setEmulatedMedia",
            "params": {"features": [{"name": "prefers-color-scheme", "value": scheme}]}});
        self.done(Method::POST, "goog/cdp/execute", Some(media)).await;
    }

    /// Keeps a picture of the page under target/screenshots.
    ///
    /// # Panics
    /// When it cannot be written.
    pub async fn picture(&self, name: &str) {
        let wish = json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true}});
        let picture = self.done(Method::POST, "goog/cdp/execute", Some(wish)).await;
        let folder = pictures();
        std::fs::create_dir_all(&folder).expect("target can be written");
        let bytes = base64(picture["data"].as_str().expect("a picture"));
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a picture can be written");
    }

    /// Closes the browser.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn close(self) {
        let answer = within("the browser to close", self.http.delete(&self.session).send()).await;
        assert!(answer.expect("the driver answers").status().is_success());
    }
}

fn pictures() -> PathBuf {
    target_folder().parent().expect("target holds the profile's folder").join("screenshots")
}

/// RFC 4648, section 4; the driver's own text, so nothing else can stand in it.
fn base64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(u32::from(digit))
    });
    let digits: Vec<u32> = digits.collect();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in digits.chunks(4) {
        let bits = group.iter().enumerate().fold(0, |bits, (place, digit)| bits | digit << (18 - 6 * place));
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
