use super::{Server, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, ExportStep},
    output::Output,
};
use anyhow::Context;
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{BufWriter, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// What was written.
#[derive(Debug, Default, Serialize)]
struct Report {
    accounts: u64,
    /// Left out, because they would not be switched off elsewhere.
    switched_off: u64,
}

/// Writes everything that people keep into a new file that only its owner can read, since it holds what one
/// needs to find out passwords.
///
/// # Source
/// XEP-0227 (1.1) sections 4 and 6.
pub(super) async fn run(path: &Path, domain: &str, server: &Server, output: Output) -> anyhow::Result<()> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    let written = write(BufWriter::new(file), domain, server).await;
    if written.is_err() {
        // The first error is the one to tell.
        let _removed = fs::remove_file(path);
    }
    let report = written?;
    output.answer(&report, || text(&report))
}

async fn write(mut file: BufWriter<File>, domain: &str, server: &Server) -> anyhow::Result<Report> {
    let mut report = Report::default();
    write!(
        file,
        "<?xml version='1.0' encoding='UTF-8'?>\n<server-data xmlns='urn:xmpp:pie:0'><host jid='{domain}'>"
    )?;
    let mut next = Some(ExportStep::Account { after: None });
    while let Some(step) = next {
        let part = match server.run(AdminCommand::Export { step }).await? {
            AdminAnswer::Exported(part) => part,
            other => return Err(unexpected(&other)),
        };
        file.write_all(part.xml.expose().as_bytes())?;
        report.accounts += part.accounts;
        report.switched_off += part.switched_off;
        show_progress(&report);
        next = part.next;
    }
    file.write_all(b"</host></server-data>\n")?;
    file.into_inner()?.sync_all()?;
    Ok(report)
}

/// Tells a person who watches how far it is.
fn show_progress(report: &Report) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // Nobody is left to tell when standard error is gone.
        let _told = writeln!(stderr, "{} accounts written", report.accounts);
    }
}

fn text(report: &Report) -> String {
    let Report { accounts, switched_off } = report;
    format!("{accounts} accounts written, {switched_off} that are switched off left out\n")
}
