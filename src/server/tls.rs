//! The server's certificate: read at the start, read anew on request and when its files change. Connections
//! that are there go on; one that cannot be used leaves the old one in force.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use restante_model::Timestamp;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// Files are written in several steps: the last change is waited for this long.
const SETTLED: Duration = Duration::from_secs(1);

/// Where certificate and key lie, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The server's own certificate first, then those that lead to its authority's.
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// A certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsProblem {
    #[error("{}: {fault}", .file.display())]
    File { file: PathBuf, fault: PemFault },
    #[error("the key in {} is not that of the certificate in {}", .0.key.display(), .0.certificate.display())]
    OtherKey(TlsFiles),
    #[error("the certificate in {} ended at {ended_at}", .file.display())]
    Ended { file: PathBuf, ended_at: Timestamp },
    #[error("TLS cannot be set up: {0}")]
    Protocol(#[from] rustls::Error),
}

/// What is wrong with a file of certificates, or of a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PemFault {
    #[error("{0}")]
    Unreadable(io::Error),
    #[error("holds no certificate in PEM")]
    NoCertificate,
    #[error("holds no key in PEM")]
    NoKey,
    #[error("{0}")]
    Said(String),
}

/// Speaks TLS with the certificate in force.
pub(crate) struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
    pub(crate) acceptor: TlsAcceptor,
    /// None where the system cannot tell.
    watch: Option<Watch>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads the files; one that has ended is used all the same, since to start without would help nobody.
    pub(crate) fn load(files: TlsFiles) -> Result<Self, TlsProblem> {
        // Before they are read: what changes in between would never be noticed.
        let watch = Watch::begin(&files)
            .inspect_err(|error| tracing::warn!(%error, "certificates are read anew on SIGHUP only"))
            .ok();
        let provider = Arc::new(ring::default_provider());
        let current = Arc::new(Current(RwLock::new(Arc::new(read(&files, &provider)?))));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        // Tickets: sessions are resumed without a table of them here.
        config.ticketer = ring::Ticketer::new()?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // The strongest cipher that both have, whatever a client would like: what auditors of a server look for.
        config.ignore_client_order = true;
        Ok(Self { files, current, acceptor: TlsAcceptor::from(Arc::new(config)), watch })
    }

    /// Reads the files anew; whether the certificate is another one now.
    pub(crate) fn reload(&self, now: Timestamp) -> Result<bool, TlsProblem> {
        let read = read(&self.files, &Arc::new(ring::default_provider()))?;
        let ended_at = ends_at(&self.files)?;
        let mut current = self.current.0.write().unwrap_or_else(PoisonError::into_inner);
        if read.cert == current.cert {
            return Ok(false);
        }
        if ended_at < now {
            return Err(TlsProblem::Ended { file: self.files.certificate.clone(), ended_at });
        }
        *current = Arc::new(read);
        Ok(true)
    }

    /// Comes back once the files changed and nothing more did for a while.
    pub(crate) async fn changed(&self) {
        match &self.watch {
            Some(watch) => watch.changed().await,
            None => std::future::pending().await,
        }
    }

    /// Until when the certificate in its file holds.
    pub(crate) fn ends_at(&self) -> Result<Timestamp, TlsProblem> {
        ends_at(&self.files)
    }
}

fn read(files: &TlsFiles, provider: &Arc<CryptoProvider>) -> Result<CertifiedKey, TlsProblem> {
    let problem = |file: &Path, fault| TlsProblem::File { file: file.to_owned(), fault };
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| problem(&files.key, fault(error, PemFault::NoKey)))?;
    match CertifiedKey::from_der(certificates(&files.certificate)?, key, provider) {
        Ok(key) => Ok(key),
        Err(rustls::Error::InconsistentKeys(_)) => Err(TlsProblem::OtherKey(files.clone())),
        Err(error) => Err(problem(&files.certificate, PemFault::Said(error.to_string()))),
    }
}

fn fault(error: rustls::pki_types::pem::Error, none: PemFault) -> PemFault {
    use rustls::pki_types::pem::Error;
    match error {
        Error::Io(error) => PemFault::Unreadable(error),
        Error::NoItemsFound => none,
        error => PemFault::Said(error.to_string()),
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let problem = |fault| TlsProblem::File { file: file.to_owned(), fault };
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| problem(fault(error, PemFault::NoCertificate)))?;
    if read.is_empty() { Err(problem(PemFault::NoCertificate)) } else { Ok(read) }
}

/// Until when the first certificate of the file holds.
pub(crate) fn ends_at(files: &TlsFiles) -> Result<Timestamp, TlsProblem> {
    let problem = |fault| TlsProblem::File { file: files.certificate.clone(), fault };
    let certificates = certificates(&files.certificate)?;
    let first = certificates.first().ok_or_else(|| problem(PemFault::NoCertificate))?;
    let (_, parsed) = x509_parser::parse_x509_certificate(first)
        .map_err(|error| problem(PemFault::Said(error.to_string())))?;
    Ok(Timestamp::from_unix_ms(parsed.validity().not_after.timestamp().saturating_mul(1000)))
}

/// What people read of a certificate's end or trouble.
pub(crate) fn usable(files: &TlsFiles) -> Result<Timestamp, TlsProblem> {
    read(files, &Arc::new(ring::default_provider()))?;
    ends_at(files)
}

/// Tells when files in the folders of certificate and key change.
struct Watch {
    changed: Arc<Notify>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// The folders, not the files: those who renew certificates put another file, or link, in the place.
    fn begin(files: &TlsFiles) -> Result<Self, notify::Error> {
        let changed = Arc::new(Notify::new());
        let tell = Arc::clone(&changed);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Our own reading is an event as well.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                tell.notify_one();
            }
        })?;
        for file in [&files.certificate, &files.key] {
            let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { changed, _watcher: watcher })
    }

    /// Comes back once something changed and nothing more did for a while.
    async fn changed(&self) {
        self.changed.notified().await;
        while tokio::time::timeout(SETTLED, self.changed.notified()).await.is_ok() {}
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, io::Write};

    use tokio::task::spawn_blocking;

    use super::*;

    /// A certificate and its key, as PEM.
    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn files_in(folder: &Path) -> TlsFiles {
        TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") }
    }

    #[tokio::test]
    async fn the_strongest_cipher_of_both_is_taken_whatever_the_client_likes_best() {
        let folder = tempfile::tempdir().unwrap();
        let files = files_in(folder.path());
        let (certificate, key) = made();
        fs::write(&files.key, key).unwrap();
        fs::write(&files.certificate, certificate).unwrap();
        let tls = Tls::load(files.clone()).unwrap();
        let mut weakest_first = ring::default_provider();
        weakest_first.cipher_suites.reverse();
        let mut trusted = rustls::RootCertStore::empty();
        trusted.add(certificates(&files.certificate).unwrap().remove(0)).unwrap();
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(weakest_first))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let (here, there) = tokio::io::duplex(16_384);
        let client = tokio_rustls::TlsConnector::from(Arc::new(config));
        let (client, server) =
            tokio::join!(client.connect("localhost".try_into().unwrap(), here), tls.acceptor.accept(there));
        server.unwrap();
        let cipher = client.unwrap().get_ref().1.negotiated_cipher_suite().unwrap().suite();
        assert_eq!(cipher, rustls::CipherSuite::TLS13_AES_256_GCM_SHA384);
    }

    #[tokio::test]
    async fn files_that_are_replaced_while_they_are_first_read_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let files = files_in(folder.path());
        let ((old, old_key), (new, new_key)) = (made(), made());
        fs::write(&files.key, old_key).unwrap();
        // Read like a file, but for as long as somebody writes.
        rustix::fs::mkfifoat(rustix::fs::CWD, &files.certificate, rustix::fs::Mode::RWXU).unwrap();
        let loading = spawn_blocking({
            let files = files.clone();
            move || Tls::load(files)
        });
        let replaced = spawn_blocking({
            let files = files.clone();
            move || {
                // Opened once the other end is: the key has been read, and the certificate is about to be.
                let mut certificate = fs::File::options().write(true).open(&files.certificate).unwrap();
                fs::write(&files.key, new_key).unwrap();
                fs::write(folder.path().join("renewed"), new).unwrap();
                fs::rename(folder.path().join("renewed"), &files.certificate).unwrap();
                certificate.write_all(old.as_bytes()).unwrap();
                folder
            }
        });
        let _folder = replaced.await.unwrap();
        let tls = loading.await.unwrap().unwrap();
        let noticed = tokio::time::timeout(Duration::from_secs(20), tls.changed()).await;
        assert!(noticed.is_ok(), "the old certificate stays in force, and nobody looks again");
        assert!(tls.reload(Timestamp::EPOCH).unwrap(), "another certificate is in force");
    }
}
