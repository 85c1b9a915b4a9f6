//! What the administrators' pages refuse, asked as another web site, a guesser or a stolen cookie would ask.

use reqwest::{Method, StatusCode, header};
use restante_tests::{Office, PASSWORD, ServerProcess, within};

use crate::authority::Authority;

/// A browser as far as these pages need one: it keeps the cookie.
struct Visitor<'a> {
    client: &'a reqwest::Client,
    url: &'a str,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    text: String,
}

impl Answer {
    /// What the page's forms carry.
    fn form_token(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"form_token\" value=\"").expect("the page has a form");
        rest.split('"').next().expect("a value ends").to_owned()
    }

    fn header(&self, name: &header::HeaderName) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("there is no {name}")).to_str().expect("it is text")
    }

    /// Whether a visitor who is not signed in gets this.
    fn wants_sign_in(&self) -> bool {
        self.status == StatusCode::SEE_OTHER && self.header(&header::LOCATION) == "/sign-in"
    }
}

impl<'a> Visitor<'a> {
    fn new(client: &'a reqwest::Client, url: &'a str) -> Self {
        Self { client, url, cookie: String::new() }
    }

    async fn asks(
        &mut self,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url));
        request = request.header(header::COOKIE, &self.cookie);
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            request = request.body(form.join("&").replace(' ', "+"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = within("an answer", request.send()).await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        if let Some(cookie) = headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie is text");
            cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        }
        Answer { status, headers, text: answer.text().await.expect("the page comes whole") }
    }

    async fn gets(&mut self, path: &str) -> Answer {
        self.asks(Method::GET, path, &[], &[]).await
    }

    async fn signs_in(&mut self, password: &str) -> Answer {
        let token = self.gets("/sign-in").await.form_token();
        let fields = [("form_token", &*token), ("name", "root"), ("password", password)];
        self.asks(Method::POST, "/sign-in", &fields, &[]).await
    }
}

/// All that the pages could change.
async fn all_there_is(office: &Office) -> Vec<String> {
    let mut all = Vec::new();
    for command in [
        &["organisation", "list", "--json"][..],
        &["office", "list", "--json"],
        &["user", "list", "town", "--json"],
    ] {
        all.push(office.command(command, "").await.done().stdout);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_network_the_pages_take_nothing_from_elsewhere() {
    let mut office = Office::open().await;
    office.stop().await;
    let add = ["administrator", "add", "root", "--password-stdin"];
    drop(office.command(&add, &format!("{PASSWORD}\n")).await.done());
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new(4000));
    authority.install(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let options = ["--listen", "127.0.0.1:0", "--admin-listen", "0.0.0.0:0"];
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    let options = [&options[..], &["--tls-certificate", &certificate, "--tls-key", &key]].concat();
    let limits = [("RESTANTE_LIMITS_WRONG_PASSWORDS", "3")];
    let mut server = ServerProcess::start(office.data(), &options, &limits);
    server.says("listening on").await;
    let url = server.says("administrators' pages on").await.replace("0.0.0.0", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    let client = authority.client();
    let mut root = Visitor::new(&client, &url);

    let page = root.gets("/sign-in").await;
    let policy = page.header(&header::CONTENT_SECURITY_POLICY);
    for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
        assert!(policy.split("; ").any(|it| it == part), "{part}: {policy}");
    }
    assert_eq!(page.header(&header::CACHE_CONTROL), "no-store");
    assert_eq!(page.header(&header::REFERRER_POLICY), "same-origin");
    assert_eq!(page.header(&header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    let cookie: Vec<&str> = page.header(&header::SET_COOKIE).split("; ").collect();
    assert!(cookie[0].starts_with("__Host-restante_administrator="), "{cookie:?}");
    for attribute in ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"] {
        assert!(cookie.contains(&attribute), "{attribute}: {cookie:?}");
    }

    let before_sign_in = root.cookie.clone();
    assert_eq!(root.signs_in(PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_ne!(root.cookie, before_sign_in, "nobody gives an administrator his cookie");
    let page = root.gets("/").await;
    assert_eq!((page.status, page.header(&header::CACHE_CONTROL)), (StatusCode::OK, "no-store"));
    let token = page.form_token();
    let mut plain = Visitor::new(&client, &url);
    plain.cookie = root.cookie.replace("__Host-", "");
    assert!(plain.gets("/").await.wants_sign_in(), "a cookie that may have been read on the way");

    // Each form, sent as another site or a page of somebody else would.
    let there_was = all_there_is(&office).await;
    let mut another = Visitor::new(&client, &url);
    let anothers_token = another.gets("/sign-in").await.form_token();
    let terms = "name=stolen&placement=separate&interval=1&lifetime=1&lifetime_unit=d&shortest=1&longest=1";
    let forms = [
        ("/offices", terms),
        ("/offices/main", terms),
        ("/organisations/town/attach", "office=main"),
        ("/organisations/town/detach", ""),
        ("/organisations/town/users", "login=anna&wish=disable"),
        ("/organisations/town/devices", "login=anna&device=x"),
        ("/sign-out", ""),
    ];
    let here = url.as_str();
    for (path, fields) in forms {
        let fields: Vec<_> = fields.split('&').filter_map(|field| field.split_once('=')).collect();
        for (token, headers) in [
            (&token, ("origin", "https://elsewhere.example")),
            (&token, ("origin", "null")),
            (&token, ("sec-fetch-site", "cross-site")),
            (&token, ("sec-fetch-site", "same-site")),
            (&token, ("sec-fetch-site", "none")),
            (&anothers_token, ("origin", here)),
            (&String::new(), ("origin", here)),
        ] {
            let fields = [&fields[..], &[("form_token", token.as_str())]].concat();
            let answer = root.asks(Method::POST, path, &fields, &[headers]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {token} {headers:?}");
        }
        let bare = root.asks(Method::POST, path, &fields, &[("origin", here)]).await;
        assert_eq!(bare.status, StatusCode::FORBIDDEN, "{path} without a token");
        let query: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let path = format!("{path}?{}&form_token={token}", query.join("&"));
            root.asks(method, &path, &[], &[("origin", here)]).await;
        }
    }
    assert_eq!(all_there_is(&office).await, there_was);
    let wish = [("form_token", token.as_str()), ("login", "anna"), ("wish", "disable")];
    let answer = root.asks(Method::POST, "/organisations/town/users", &wish, &[("origin", here)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "from here it is taken: {}", answer.text);
    assert_ne!(all_there_is(&office).await, there_was);

    // A guesser is slowed, and who is signed in goes on until he signs out.
    let mut stranger = Visitor::new(&client, &url);
    let mut guessed = Vec::new();
    for password in ["a guess that is wrong", "another wrong guess", "wrong once more", PASSWORD] {
        guessed.push(stranger.signs_in(password).await.status.as_u16());
    }
    assert_eq!(guessed, [401, 401, 401, 429]);
    assert_eq!(root.gets("/").await.status, StatusCode::OK);
    let signed_in = root.cookie.clone();
    root.asks(Method::POST, "/sign-out", &[("form_token", &token)], &[("origin", here)]).await;
    assert_ne!(root.cookie, signed_in);
    root.cookie = signed_in;
    assert!(root.gets("/").await.wants_sign_in(), "the old cookie opens nothing");
    server.stop().await;
}
