//! What is measured, one file each.

mod archive;
mod crowd;
mod direct;
mod groups;
mod idle;
mod opening;
mod pen;
mod searching;
mod starting;
mod syncing;

pub(crate) use pen::{FILLER, eventually};

use crate::{
    arguments::{Native, Part},
    letter::Clock,
    lines::Line,
    open_files,
    people::{self, Person},
    report::{Report, at_most},
    scale::{GROUP, Scale},
    server::{self, Server},
    trust::{self, Trust},
};
use anyhow::Context;
use std::path::PathBuf;
use tempfile::TempDir;

/// What every measurement needs.
struct Bench {
    scale: Scale,
    report: Report,
    clock: Clock,
    program: PathBuf,
    dir: TempDir,
    trust: Trust,
    server: Server,
    people: Vec<Person>,
}

/// Measures everything that was asked for.
pub(crate) async fn native(arguments: &Native) -> anyhow::Result<()> {
    let scale = if arguments.quick { Scale::QUICK } else { Scale::FULL };
    open_files::allow(scale.connections_max())?;
    let mut bench = Bench::start(scale, server::program(&arguments.server)?).await?;
    bench.fresh().await?;
    bench.register().await?;
    let mut direct_us = None;
    if arguments.includes(Part::Idle) {
        bench.restart(false).await.context("start again")?;
        idle::plain(&mut bench).await.context("idle connections")?;
    }
    if arguments.includes(Part::Tls) {
        bench.restart(true).await.context("start again")?;
        idle::tls(&mut bench).await.context("idle connections with TLS")?;
    }
    if arguments.includes(Part::Direct) {
        bench.restart(false).await.context("start again")?;
        direct_us = Some(direct::measure(&mut bench).await.context("messages between two people")?);
    }
    if arguments.includes(Part::Groups) {
        bench.restart(false).await.context("start again")?;
        groups::measure(&mut bench).await.context("groups")?;
    }
    if arguments.includes(Part::Sync) {
        bench.restart(false).await.context("start again")?;
        syncing::measure(&mut bench).await.context("catching up")?;
    }
    if arguments.includes(Part::Archive) {
        bench.restart(false).await.context("start again")?;
        archive::measure(&mut bench, direct_us).await.context("a long history")?;
    }
    bench.report.finish()?;
    bench.server.stop()
}

impl Bench {
    async fn start(scale: Scale, program: PathBuf) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("parlance-bench-").tempdir()?;
        let trust = trust::make(dir.path())?;
        let server = Server::start(&program, dir.path(), None).await?;
        let report = Report::new("native", scale.name);
        Ok(Self { scale, report, clock: Clock::start(), program, dir, trust, server, people: Vec::new() })
    }

    /// The same server again, with nothing left in its memory.
    async fn restart(&mut self, with_tls: bool) -> anyhow::Result<()> {
        let trust = with_tls.then_some(&self.trust);
        self.server.stop()?;
        self.server = Server::start(&self.program, self.dir.path(), trust).await?;
        Ok(())
    }

    async fn fresh(&mut self) -> anyhow::Result<()> {
        self.report.section("A fresh server");
        let memory = self.server.settled_memory().await?;
        let goal = at_most(40.0, 25.0);
        self.report.hold("memory in RAM", memory.resident_bytes as f64 / 1e6, "MB", goal);
        self.report.note("  of it anonymous", memory.anonymous_bytes as f64 / 1e6, "MB");
        Ok(())
    }

    async fn register(&mut self) -> anyhow::Result<()> {
        let count = self.scale.people();
        let window = self.server.window()?;
        self.people = people::register(&self.server, count).await?;
        let spent = window.close()?;
        self.report.section("Accounts");
        self.report.note("accounts made through the API", spent.rate(count), "/s");
        self.report.note("  processor time each", spent.server_us_each(count) / 1e3, "ms");
        Ok(())
    }

    async fn line(&self, person: usize) -> anyhow::Result<Line> {
        Line::open(&self.server.target(), &self.people[person]).await
    }

    fn addresses(&self, people: std::ops::Range<usize>) -> Vec<String> {
        self.people[people].iter().map(|person| person.address.clone()).collect()
    }
}

impl Scale {
    fn people(&self) -> usize {
        let most = [self.idle[1], self.crowd, self.pairs * 2, self.groups * GROUP, self.sync.0 + 1];
        most.into_iter().max().unwrap_or_default()
    }

    fn connections_max(&self) -> usize {
        self.idle[1].max(self.crowd) + self.pairs * 2
    }
}
