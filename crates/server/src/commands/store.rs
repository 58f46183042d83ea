use super::{Server, lock_stopped, running, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, AdminService, DataLock},
    engine,
    output::Output,
    settings::Settings,
};
use anyhow::{Context, bail};
use serde_json::json;
use std::path::Path;

pub(super) async fn backup(file: &Path, server: &Server, output: Output) -> anyhow::Result<()> {
    let path = std::path::absolute(file).with_context(|| format!("cannot use {}", file.display()))?;
    if path.exists() {
        bail!("{} exists already: choose a new file", path.display());
    }
    match server.run(AdminCommand::Backup { path }).await? {
        AdminAnswer::Backup(made) => {
            output.answer(&made, || format!("{} bytes written to {}", made.bytes, made.path.display()))
        }
        other => Err(unexpected(&other)),
    }
}

pub(super) async fn restore(file: &Path, settings: &Settings, output: Output) -> anyhow::Result<()> {
    let _lock = DataLock::take(&settings.data_dir)?;
    let kept = engine::restore(settings, file).await?.replaced;
    output.answer(&json!({ "done": true, "kept": kept }), || match &kept {
        Some(kept) => {
            format!("Restored; start the server. What was there before is kept in {}.", kept.display())
        }
        None => "Restored; start the server.".to_owned(),
    })
}

pub(super) async fn verify(settings: &Settings, output: Output) -> anyhow::Result<()> {
    let found = match running(settings).await? {
        Some(server) => match server.run(AdminCommand::Verify {}).await? {
            AdminAnswer::Verified(found) => found,
            other => return Err(unexpected(&other)),
        },
        None => {
            let _lock = lock_stopped(settings)?;
            engine::verify_stopped(settings).await?
        }
    };
    output.answer(&found, || {
        let counts = format!("{} conversations with {} events read\n", found.conversations, found.events);
        counts + &found.faults.join("\n")
    })?;
    if found.faults.is_empty() { Ok(()) } else { bail!("the store is damaged: restore a backup") }
}
