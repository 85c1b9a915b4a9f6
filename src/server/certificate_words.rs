//! What is wrong with the server's certificate, in the administrator's language.

use restante_l10n::{Words, io_error};

use crate::{
    store_words::text,
    tls::{PemFault, TlsProblem},
};

/// What happened to which file; what a library says itself stands behind it as a quotation.
pub(crate) fn of_certificate(problem: &TlsProblem, words: &Words) -> String {
    match problem {
        TlsProblem::File { file, fault } => {
            let file = file.display();
            match fault {
                PemFault::Unreadable(error) => {
                    text(words, "server-tls-unreadable", &[("file", &file), ("why", &io_error(error, words))])
                }
                PemFault::NoCertificate => text(words, "server-tls-no-certificate", &[("file", &file)]),
                PemFault::NoKey => text(words, "server-tls-no-key", &[("file", &file)]),
                PemFault::Said(said) => {
                    text(words, "server-tls-unusable", &[("file", &file), ("said", said)])
                }
            }
        }
        TlsProblem::OtherKey(files) => text(
            words,
            "server-tls-other-key",
            &[("key", &files.key.display()), ("file", &files.certificate.display())],
        ),
        TlsProblem::Ended { file, ended_at } => {
            text(words, "server-tls-ended", &[("file", &file.display()), ("moment", ended_at)])
        }
        TlsProblem::Protocol(error) => text(words, "server-tls-fails", &[("said", error)]),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use restante_l10n::{Language, foreign_words};
    use restante_model::Timestamp;

    use super::*;
    use crate::tls::TlsFiles;

    #[test]
    fn whatever_is_wrong_with_a_certificate_is_told_in_russian() {
        let words = Words::new(Language::Russian);
        let file = || "/etc/ssl/mail.pem".into();
        let of_file = |fault| TlsProblem::File { file: file(), fault };
        for problem in [
            of_file(PemFault::Unreadable(io::ErrorKind::PermissionDenied.into())),
            of_file(PemFault::NoCertificate),
            of_file(PemFault::NoKey),
            of_file(PemFault::Said("bad DER".into())),
            TlsProblem::OtherKey(TlsFiles { certificate: file(), key: file() }),
            TlsProblem::Ended { file: file(), ended_at: Timestamp::from_unix_ms(0) },
            TlsProblem::Protocol(rustls::Error::HandshakeNotComplete),
        ] {
            let said = of_certificate(&problem, &words);
            assert_eq!(foreign_words(&said, &[]), [""; 0], "{problem:?}: {said}");
        }
    }
}
