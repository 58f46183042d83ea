//! Prosody from Debian's package.

use super::{GROUPS_DOMAIN, child::Child};
use crate::{
    trust::{CERT_FILE, KEY_FILE},
    xmpp::{contender::Contender, scram::Hash, wire::DOMAIN},
};
use std::{fs, net::SocketAddr, path::Path, process::Command};

/// What differs between starts.
pub(super) struct Settings<'a> {
    pub(super) dir: &'a Path,
    pub(super) address: SocketAddr,
    pub(super) hash: Hash,
    pub(super) contender: Contender,
}

impl Settings<'_> {
    pub(super) async fn start(&self) -> anyhow::Result<Child> {
        let (settings, log) = (self.dir.join("prosody.cfg.lua"), self.dir.join("log"));
        fs::create_dir_all(self.dir.join("data"))?;
        fs::create_dir_all(self.dir.join("certs"))?;
        fs::write(&settings, self.text())?;
        let mut prosody = Command::new("prosody");
        prosody.arg("--config").arg(&settings).arg("-F").current_dir(self.dir);
        let mut server = Child::start(&mut prosody, &log)?;
        server.until_listening(self.address).await?;
        Ok(server)
    }

    fn text(&self) -> String {
        let file = |name: &str| self.dir.join(name).display().to_string();
        let hash = match self.hash {
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
        };
        let (archive, groups_archive) = match self.contender.keeps_messages() {
            true => ("\"mam\";", "modules_enabled = { \"muc_mam\" }\nmuc_log_by_default = true"),
            false => ("", ""),
        };
        format!(
            r#"
run_as_root = true
daemonize = false
data_path = "{data}"
certificates = "{certificates}"
plugin_paths = {{}}
modules_enabled = {{
    "disco"; "roster"; "saslauth"; "tls";
    "blocklist"; "bookmarks"; "carbons"; "pep"; "private"; "smacks"; "vcard4"; "vcard_legacy";
    "csi_simple"; "ping"; "register"; "time"; "uptime"; "version"; "posix"; {archive}
}}
modules_disabled = {{ "s2s" }}
c2s_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
network_settings = {{ tcp_backlog = 1000 }}
c2s_timeout = 3600
allow_registration = true
authentication = "internal_hashed"
password_hash = "{hash}"
default_iteration_count = 4096
default_archive_policy = true
storage = "internal"
log = {{ error = "*console" }}
ssl = {{ certificate = "{certificate}"; key = "{key}" }}
VirtualHost "{DOMAIN}"
Component "{GROUPS_DOMAIN}" "muc"
max_history_messages = 0
{groups_archive}
"#,
            data = file("data"),
            certificates = file("certs"),
            port = self.address.port(),
            certificate = file(CERT_FILE),
            key = file(KEY_FILE),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_contender_with_an_archive_has_one() {
        let text = |contender| {
            let address = "127.0.0.1:5222".parse().expect("an address");
            Settings { dir: Path::new("/tmp/p"), address, hash: Hash::Sha1, contender }.text()
        };
        assert!(!text(Contender::Prosody).contains("mam"));
        assert!(text(Contender::ProsodyFiles).contains("\"mam\";"));
        assert!(text(Contender::ProsodyFiles).contains("\"muc_mam\""));
    }
}
