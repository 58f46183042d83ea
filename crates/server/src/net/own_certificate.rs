use anyhow::Context;
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use crate::settings::TlsFiles;

/// A certificate that the server signs itself, for clients on this machine: made once, so that a client that
/// was told to trust it does not ask again.
///
/// # Errors
/// When it cannot be made or written.
pub(crate) fn load_or_make(data_dir: &Path, domain: &str) -> anyhow::Result<TlsFiles> {
    let files = TlsFiles { cert_file: data_dir.join("own.crt"), key_file: data_dir.join("own.key") };
    if !files.cert_file.exists() || !files.key_file.exists() {
        let names = vec![domain.to_owned(), format!("groups.{domain}")];
        let made = rcgen::generate_simple_self_signed(names).context("cannot make a certificate")?;
        write(&files.key_file, &made.signing_key.serialize_pem())?;
        write(&files.cert_file, &made.cert.pem())?;
    }
    Ok(files)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let unfinished = path.with_extension("new");
    let write = || {
        let mut file =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
