//! Accounts of our own server.

use crate::xmpp::account::Account;
use anyhow::ensure;
use std::{fs, path::Path, process::Command};

const FILE: &str = "people";

/// Makes accounts at the server that runs in a folder.
pub(super) fn import(program: &Path, dir: &Path, accounts: &[Account]) -> anyhow::Result<()> {
    let lines = accounts.iter().map(|account| format!("{} {}\n", account.name, account.password));
    fs::write(dir.join(FILE), lines.collect::<String>())?;
    let mut import = Command::new(program);
    import.args(["user", "import", FILE, "--config", "parlance.toml", "--data", "data"]).current_dir(dir);
    let output = import.output()?;
    ensure!(output.status.success(), "user import: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
