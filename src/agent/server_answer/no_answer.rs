//! Why there was no answer: a closed list, and the words for it.

use std::{error::Error, io};

use restante_l10n::{Value, Words, io_error};
use rustls::CertificateError;

/// Why there was no answer at all.
#[derive(Debug)]
enum NoAnswer<'a> {
    /// None came in time.
    Late,
    /// The network has no such name.
    NameUnknown,
    /// The system says what happened to the connection.
    System(&'a io::Error),
    /// The certificate is from an authority that this computer does not trust.
    Untrusted,
    /// The certificate has ended.
    Ended,
    /// The certificate does not hold yet.
    NotYet,
    /// The certificate is another server's.
    OfAnotherName,
    /// Anything else with the certificate, in the library's own words.
    BadCertificate(&'a CertificateError),
    /// Whoever is there speaks no TLS, or another one.
    NoTls(&'a rustls::Error),
    /// Anything else, in the library's own words.
    Other(&'a (dyn Error + 'static)),
}

/// What happened, for the middle of a sentence.
pub(super) fn said(error: &reqwest::Error, words: &Words) -> String {
    let quoting = |key: &str, said: &dyn std::fmt::Display| {
        words.with(key, &[("said", Value::Text(&said.to_string()))])
    };
    match why(error) {
        NoAnswer::Late => words.text("server-no-answer-in-time"),
        NoAnswer::NameUnknown => words.text("server-name-unknown"),
        NoAnswer::System(error) => io_error(error, words),
        NoAnswer::Untrusted => words.text("server-certificate-untrusted"),
        NoAnswer::Ended => words.text("server-certificate-ended"),
        NoAnswer::NotYet => words.text("server-certificate-not-yet"),
        NoAnswer::OfAnotherName => words.text("server-certificate-of-another-name"),
        NoAnswer::BadCertificate(error) => quoting("server-certificate-bad", error),
        NoAnswer::NoTls(error) => quoting("server-no-tls", error),
        NoAnswer::Other(error) => quoting("server-no-answer", &error),
    }
}

fn why(error: &reqwest::Error) -> NoAnswer<'_> {
    if error.is_timeout() {
        return NoAnswer::Late;
    }
    // The last cause says what happened ("Connection refused"), the ones above it only where.
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        if let Some(error) = within(cause) {
            return of_tls(error);
        }
        // The resolver has no type for others to see.
        if cause.to_string() == "dns error" {
            return NoAnswer::NameUnknown;
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    cause.downcast_ref().map_or(NoAnswer::Other(cause), NoAnswer::System)
}

/// What the system's errors stand around, which is no source of theirs.
fn within<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut inside = cause;
    loop {
        match inside.downcast_ref() {
            Some(error) => return Some(error),
            None => inside = inside.downcast_ref::<io::Error>()?.get_ref()?,
        }
    }
}

fn of_tls(error: &rustls::Error) -> NoAnswer<'_> {
    let rustls::Error::InvalidCertificate(certificate) = error else { return NoAnswer::NoTls(error) };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => NoAnswer::Ended,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => NoAnswer::NotYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            NoAnswer::OfAnotherName
        }
        CertificateError::UnknownIssuer => NoAnswer::Untrusted,
        // The library adds kinds as it likes.
        other => NoAnswer::BadCertificate(other),
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use restante_engine::settings_file::Proxy;
    use restante_l10n::{Language, foreign_words};
    use tokio::{io::AsyncWriteExt, net::TcpListener};
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::server_client::http_client;

    /// A server's certificate: its name, and the first and last year in which it holds.
    struct Certificate {
        name: &'static str,
        years: (i32, i32),
    }

    const GOOD: Certificate = Certificate { name: "localhost", years: (2000, 2090) };

    /// What is said of a server with this certificate, whose authority is trusted or not.
    async fn told(certificate: Certificate, trusted: bool) -> String {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root_key = rcgen::KeyPair::generate().unwrap();
        let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
        root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, root.self_signed(&root_key).unwrap().pem()).unwrap();
        let issuer = rcgen::Issuer::new(root, root_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![certificate.name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(certificate.years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(certificate.years.1, 1, 1);
        let signed = params.signed_by(&key, &issuer).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![signed.der().clone()], key.into()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            // The agent is the one that breaks it off.
            let _ = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
        });
        let said = asked(&url, trusted.then_some(authority)).await;
        serving.await.unwrap();
        said
    }

    async fn asked(url: &str, authority: Option<PathBuf>) -> String {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http_client(&Proxy::None, authority.as_deref()).unwrap();
        said(&http.get(url).send().await.unwrap_err(), &Words::new(Language::Russian))
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_servers_certificate_is_told_with_what_to_do() {
        for (certificate, trusted, expected) in [
            (GOOD, false, "этот компьютер не доверяет центру, который выдал сертификат сервера"),
            (Certificate { years: (2000, 2001), ..GOOD }, true, "срок действия сертификата сервера истёк"),
            (Certificate { years: (2080, 2090), ..GOOD }, true, "сертификат сервера ещё не действует"),
            (
                Certificate { name: "mail.example.org", ..GOOD },
                true,
                "сертификат сервера выдан на другое имя",
            ),
        ] {
            let said = told(certificate, trusted).await;
            assert!(said.starts_with(expected), "{said}");
            assert_eq!(foreign_words(&said, &["[network]"]), [""; 0], "{said}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_or_speaks_something_else_is_told_in_russian() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", closed.local_addr().unwrap());
        drop(closed);
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let no_tls = format!("https://localhost:{}", plain.local_addr().unwrap().port());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = plain.accept().await.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            stream
        });
        for (url, expected) in [
            (nobody.as_str(), "соединение отклонено"),
            ("http://no-such-host.invalid/", "в сети нет сервера с таким именем"),
            (no_tls.as_str(), "там не отвечают по TLS"),
        ] {
            let said = asked(url, None).await;
            assert!(said.starts_with(expected), "{url}: {said}");
            assert_eq!(foreign_words(&said, &[]), [""; 0], "{url}: {said}");
        }
        drop(serving.await.unwrap());
    }
}
