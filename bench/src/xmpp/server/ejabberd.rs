//! ejabberd from Debian's package.

use super::{GROUPS_DOMAIN, child::Child, postgres::Postgres};
use crate::{
    trust::{CERT_FILE, KEY_FILE},
    xmpp::{contender::Contender, scram::Hash, wire::DOMAIN},
};
use anyhow::Context;
use std::{fs, net::SocketAddr, path::Path, process::Command};

/// Debian's program to control it; says where its libraries are.
const CONTROL: &str = "/usr/sbin/ejabberdctl";
const LIBRARIES: &str = "ERL_LIBS='";

/// What differs between starts.
pub(super) struct Settings<'a> {
    pub(super) dir: &'a Path,
    pub(super) address: SocketAddr,
    pub(super) hash: Hash,
    pub(super) contender: Contender,
}

impl Settings<'_> {
    /// Starts it the way `ejabberdctl` does, but not as a node that others can join, so that it needs
    /// no daemon and no port beside its own.
    pub(super) async fn start(&self, database: Option<&Postgres>) -> anyhow::Result<Child> {
        let control = fs::read_to_string(CONTROL).context("apt-get install ejabberd")?;
        let libraries = libraries(&control).with_context(|| format!("{CONTROL} names no libraries"))?;
        let (settings, log) = (self.dir.join("ejabberd.yml"), self.dir.join("log"));
        fs::write(&settings, self.text(database))?;
        let mnesia = self.dir.join("mnesia");
        fs::create_dir_all(&mnesia)?;
        let mut erl = Command::new("erl");
        erl.args(["+K", "true", "+P", "250000", "-env", "ERL_CRASH_DUMP_BYTES", "0"])
            .args(["-mnesia", "dir"])
            .arg(format!("\"{}\"", mnesia.display()))
            .args(["-s", "ejabberd", "-noinput"])
            .env("EJABBERD_CONFIG_PATH", &settings)
            .env("EJABBERD_LOG_PATH", self.dir.join("ejabberd.log"))
            .env("ERL_LIBS", libraries)
            .env("ERL_MAX_PORTS", "32000")
            .env("ERL_MAX_ETS_TABLES", "1400")
            .env("HOME", self.dir)
            .current_dir(self.dir);
        let mut server = Child::start(&mut erl, &log)?;
        server.until_listening(self.address).await?;
        Ok(server)
    }

    fn text(&self, database: Option<&Postgres>) -> String {
        let file = |name: &str| self.dir.join(name).display().to_string();
        let hash = match self.hash {
            Hash::Sha1 => "sha",
            Hash::Sha256 => "sha256",
        };
        format!(
            r#"
loglevel: error
hosts: [{DOMAIN}]
certfiles: ["{certificate}", "{key}"]
auth_password_format: scram
auth_scram_hash: {hash}
disable_sasl_mechanisms: [digest-md5, X-OAUTH2]
registration_timeout: infinity
negotiation_timeout: 1 hour
{database}
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    access: all
    shaper: none
    starttls: true
    max_stanza_size: 262144
    protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, no_compression]
    backlog: 1000
modules:
  mod_adhoc: {{}}
  mod_admin_extra: {{}}
  mod_announce: {{}}
  mod_avatar: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_configure: {{}}
  mod_disco: {{}}
  mod_last: {{}}
  mod_muc:
    host: {GROUPS_DOMAIN}
    access_create: all
    history_size: 0
    default_room_options: {{mam: {has_archive}}}
  mod_muc_admin: {{}}
  mod_offline: {{access_max_user_messages: all}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_push: {{}}
  mod_push_keepalive: {{}}
  mod_register: {{access: all, registration_watchers: []}}
  mod_roster: {{versioning: true}}
  mod_shared_roster: {{}}
  mod_sic: {{}}
  mod_stream_mgmt: {{resend_on_timeout: if_offline}}
  mod_vcard: {{search: false}}
  mod_vcard_xupdate: {{}}
  mod_version: {{}}
{archive}
"#,
            certificate = file(CERT_FILE),
            key = file(KEY_FILE),
            database = database.map(database_text).unwrap_or_default(),
            port = self.address.port(),
            has_archive = self.contender.keeps_messages(),
            archive = archive_text(self.contender),
        )
    }
}

fn archive_text(contender: Contender) -> &'static str {
    match contender {
        Contender::EjabberdMnesia => "  mod_mam: {default: always, db_type: mnesia}",
        Contender::EjabberdPostgres => "  mod_mam: {default: always, db_type: sql}",
        _ => "",
    }
}

fn database_text(database: &Postgres) -> String {
    format!(
        "sql_type: pgsql\nsql_server: \"127.0.0.1\"\nsql_port: {}\nsql_database: {name}\n\
         sql_username: {name}\nsql_password: {name}\n",
        database.port(),
        name = Postgres::NAME
    )
}

fn libraries(control: &str) -> Option<&str> {
    control.lines().find_map(|line| line.strip_prefix(LIBRARIES)?.strip_suffix('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_program_says_where_libraries_are() {
        assert_eq!(libraries("A=1\nERL_LIBS='/usr/lib/erl'\n"), Some("/usr/lib/erl"));
        assert_eq!(libraries("A=1\n"), None);
    }

    #[test]
    fn only_a_contender_with_an_archive_has_one() {
        let text = |contender| {
            let address = "127.0.0.1:5222".parse().expect("an address");
            Settings { dir: Path::new("/tmp/e"), address, hash: Hash::Sha256, contender }.text(None)
        };
        assert!(!text(Contender::Ejabberd).contains("mod_mam"));
        assert!(text(Contender::Ejabberd).contains("{mam: false}"));
        assert!(text(Contender::EjabberdMnesia).contains("mod_mam: {default: always, db_type: mnesia}"));
        assert!(text(Contender::EjabberdMnesia).contains("{mam: true}"));
        assert!(text(Contender::Ejabberd).contains("auth_scram_hash: sha256\n"));
    }
}
