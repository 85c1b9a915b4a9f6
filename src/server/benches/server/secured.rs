//! TLS for both sides: the certificate that ours and the anchor serve with, and the client that trusts it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tempfile::TempDir;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What the certificate is for.
pub(crate) const NAME: &str = "localhost";

/// A certificate of our own, in files.
pub(crate) struct Certificate(TempDir);

fn file(folder: &Path) -> PathBuf {
    folder.join("certificate.pem")
}

fn key_file(folder: &Path) -> PathBuf {
    folder.join("key.pem")
}

impl Certificate {
    pub(crate) fn make() -> Self {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(file(folder.path()), made.cert.pem()).expect("it is written");
        fs::write(key_file(folder.path()), made.signing_key.serialize_pem()).expect("it is written");
        Self(folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        file(self.folder())
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        key_file(self.folder())
    }

    /// A client for whom each handshake is a full one of TLS 1.3.
    pub(crate) fn client(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.file()).expect("it is PEM")).expect("it is trusted");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13]);
        let mut config = config.expect("a version").with_root_certificates(roots).with_no_client_auth();
        config.resumption = Resumption::disabled();
        TlsConnector::from(Arc::new(config))
    }
}

/// The anchor's side, set up as ours (tls.rs).
pub(crate) fn acceptor(folder: &Path) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(file(folder)).expect("it is PEM");
    let key = PrivateKeyDer::from_pem_file(key_file(folder)).expect("it is PEM");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    let mut config = config.expect("they belong together");
    config.ticketer = ring::Ticketer::new().expect("a ticketer");
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
