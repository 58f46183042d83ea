use super::{Bench, archive::Archive};
use crate::{process, report::at_most, server::Server};
use parlance_api::ops::ListEvents;
use std::{fs, path::Path, time::Instant};

/// Kills the server and starts it again.
pub(super) async fn measure(bench: &mut Bench, archive: &Archive) -> anyhow::Result<()> {
    let before = process::memory(bench.server.pid())?;
    let stored = size_of(&bench.dir.path().join("data"))?;
    let mut ready = Vec::new();
    let mut answering = Vec::new();
    for _ in 0..bench.scale.starts {
        bench.server.kill()?;
        let began = Instant::now();
        bench.server = Server::start(&bench.program, bench.dir.path(), None).await?;
        ready.push(began.elapsed().as_secs_f64());
        open_newest(bench, archive).await?;
        answering.push(began.elapsed().as_secs_f64());
    }
    let after = bench.server.settled_memory().await?;
    let report = &mut bench.report;
    report.section("Starting with a long history after kill -9");
    report.hold("ready, median", median(ready), "s", at_most(3.0, 1.0));
    report.hold("first history shown, median", median(answering), "s", at_most(3.0, 1.0));
    report.note("memory in RAM before the kill", before.resident_bytes as f64 / 1e6, "MB");
    report.note("memory in RAM afterwards", after.resident_bytes as f64 / 1e6, "MB");
    report.note("on disk, each event of the long history", stored as f64 / archive.head as f64, "B");
    Ok(())
}

async fn open_newest(bench: &Bench, archive: &Archive) -> anyhow::Result<()> {
    let list = ListEvents {
        conversation: archive.conversation.clone(),
        before: None,
        after: None,
        around: None,
        from_time: None,
        limit: 50,
    };
    bench.line(archive.member).await?.ask(&list).await?;
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Bytes of all files in a folder and those below it.
fn size_of(dir: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
