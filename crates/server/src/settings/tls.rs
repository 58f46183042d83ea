use super::SettingsErrors;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Encryption of connections.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSection {
    /// Where certificates come from.
    pub(crate) mode: TlsMode,
    /// The certificate and those that lead to a known authority, in PEM, the server's own first.
    /// Read at start and again on SIGHUP, so that a renewed certificate needs no restart.
    #[schemars(example = "/etc/parlance/cert.pem")]
    pub(crate) cert_file: Option<PathBuf>,
    /// The private key of the certificate, in PEM. Keep it readable by the server only.
    #[schemars(example = "/etc/parlance/key.pem")]
    pub(crate) key_file: Option<PathBuf>,
}

/// Where certificates come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TlsMode {
    /// Connections are not encrypted: for loopback, or behind a proxy that encrypts.
    #[default]
    Off,
    /// From `cert_file` and `key_file`.
    Files,
}

/// A certificate and its key on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) cert_file: PathBuf,
    pub(crate) key_file: PathBuf,
}

impl TlsSection {
    pub(super) fn validate(self, wrong: &mut SettingsErrors) -> Option<TlsFiles> {
        if self.mode == TlsMode::Off {
            if self.cert_file.is_some() || self.key_file.is_some() {
                wrong.add(
                    "tls.mode",
                    "set tls.mode = \"files\" to use the certificate, or remove cert_file and key_file",
                );
            }
            return None;
        }
        let mut needed = |key: &str, file: Option<PathBuf>| {
            if file.is_none() {
                wrong.add(key, "tls.mode = \"files\" needs this file");
            }
            file
        };
        let cert_file = needed("tls.cert_file", self.cert_file);
        let key_file = needed("tls.key_file", self.key_file);
        Some(TlsFiles { cert_file: cert_file?, key_file: key_file? })
    }
}
