use crate::{net::Bound, output::Output};
use anyhow::Context;
use serde::Serialize;
use std::{
    fmt::Write,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tracing::warn;

/// Where the server can be reached, for programs that wait for it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Addresses {
    /// Web client, API and WebSocket.
    pub(super) http: Vec<SocketAddr>,
    /// Streams of XMPP that begin without encryption.
    pub(super) xmpp: Vec<SocketAddr>,
    /// Streams of XMPP that are encrypted from the first byte.
    pub(super) xmpp_tls: Vec<SocketAddr>,
    /// Components of XMPP.
    pub(super) xmpp_components: Vec<SocketAddr>,
    /// Health and metrics.
    pub(super) admin: Vec<SocketAddr>,
    /// Administration commands.
    pub(super) admin_socket: PathBuf,
}

/// Removes the ready file of an earlier server, so that nobody takes this one for ready too soon.
pub(super) fn remove_old(ready_file: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = ready_file else { return Ok(()) };
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot write the ready file {}", path.display()))
        }
        _ => Ok(()),
    }
}

impl Addresses {
    /// The addresses that were bound; those that were left out are reported.
    pub(super) fn note(bound: &Bound) -> Vec<SocketAddr> {
        for (address, error) in &bound.left_out {
            warn!(listener = %address, %error, "this default address is taken and left out; choose another one in the settings");
        }
        bound.listeners.iter().map(|listener| listener.address).collect()
    }

    /// Writes one JSON object into the file, whole or not at all.
    pub(super) fn write(&self, ready_file: Option<&Path>) -> anyhow::Result<()> {
        let Some(path) = ready_file else { return Ok(()) };
        let unfinished = path.with_extension("new");
        let text = serde_json::to_string(self)? + "\n";
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, path))
            .with_context(|| format!("cannot write the ready file {}", path.display()))
    }

    /// Says where to go.
    pub(super) fn show(
        &self,
        public_url: &str,
        first_administrator_link: Option<&str>,
        output: Output,
    ) -> anyhow::Result<()> {
        output.answer(self, || self.text(public_url, first_administrator_link).expect("strings grow"))
    }

    fn text(
        &self,
        public_url: &str,
        first_administrator_link: Option<&str>,
    ) -> Result<String, std::fmt::Error> {
        let mut text = String::from("Parlance is running.\n");
        if !self.http.is_empty() {
            writeln!(text, "  Web client  {public_url}\n  API         {public_url}/docs")?;
        }
        for address in self.xmpp.iter().chain(&self.xmpp_tls) {
            writeln!(text, "  XMPP        {address}")?;
        }
        for address in &self.xmpp_components {
            writeln!(text, "  Components  {address}")?;
        }
        for address in &self.admin {
            writeln!(text, "  Metrics     http://{address}/metrics")?;
        }
        if let Some(link) = first_administrator_link {
            writeln!(text, "\nMake the first administrator here, once:\n  {link}")?;
        }
        Ok(text)
    }

    /// Removes the admin socket, so that commands see at once that the server has stopped.
    pub(super) fn forget_socket(&self) {
        match fs::remove_file(&self.admin_socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                warn!(%error, "the admin socket could not be removed");
            }
            _ => {}
        }
    }
}
