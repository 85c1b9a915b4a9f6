//! Who certifies the server of a test.

use std::path::Path;

use reqwest::{Certificate, redirect::Policy};

/// An authority of its own and a certificate for `localhost` from it.
pub(crate) struct Authority {
    root: Certificate,
    certificate: String,
    pub(crate) key: String,
}

impl Authority {
    /// Its certificate holds until this year.
    pub(crate) fn new(ends_in_year: i32) -> Self {
        let root_key = rcgen::KeyPair::generate().unwrap();
        let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
        root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root_certificate = root.self_signed(&root_key).unwrap();
        let issuer = rcgen::Issuer::new(root, root_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(ends_in_year, 1, 1);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Self {
            root: Certificate::from_pem(root_certificate.pem().as_bytes()).unwrap(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Writes certificate and key there, as `cert.pem` and `key.pem`.
    pub(crate) fn install(&self, folder: &Path) {
        std::fs::write(folder.join("cert.pem"), &self.certificate).unwrap();
        std::fs::write(folder.join("key.pem"), &self.key).unwrap();
    }

    /// A client that trusts this authority alone, and goes nowhere by itself.
    pub(crate) fn client(&self) -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([self.root.clone()]);
        client.redirect(Policy::none()).build().unwrap()
    }
}
