use anyhow::Context;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::ServerName;
use std::{fs, path::Path, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

const NAME: &str = "localhost";
/// The files that [`make`] writes.
pub(crate) const CERT_FILE: &str = "cert.pem";
pub(crate) const KEY_FILE: &str = "key.pem";

/// The one certificate that is believed.
#[derive(Clone)]
pub(crate) struct Trust {
    connector: TlsConnector,
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trust")
    }
}

/// Makes a certificate for a server in this folder.
pub(crate) fn make(dir: &Path) -> anyhow::Result<Trust> {
    let mut asked = CertificateParams::new([NAME.to_owned()])?;
    // Erlang takes a certificate for expired whose last year does not have two digits.
    (asked.not_before, asked.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2049, 1, 1));
    let key = KeyPair::generate()?;
    let certificate = asked.self_signed(&key)?;
    fs::write(dir.join(CERT_FILE), certificate.pem())?;
    fs::write(dir.join(KEY_FILE), key.serialize_pem())?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone())?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Trust { connector: TlsConnector::from(Arc::new(config)) })
}

impl Trust {
    pub(crate) async fn connect(&self, stream: TcpStream) -> anyhow::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(NAME).expect("a name");
        self.connector.connect(name, stream).await.context("no TLS")
    }
}
