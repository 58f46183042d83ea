//! What is measured, one file each.

mod connect;
mod direct;
mod groups;
mod idle;
mod offline;
mod pen;
mod sign_in;

use super::{
    contender::{Contender, Product},
    figures::{Figures, Link, Measure},
    goals::{self, Commit},
    order::Faults,
    scale::Scale,
    scram::Hash,
    server::{Home, Running},
};
use crate::{
    arguments::{Xmpp, XmppPart},
    commit,
    letter::Clock,
    open_files,
    report::{self, Report},
    server,
    trust::{self, Trust},
};
use anyhow::ensure;
use std::{path::PathBuf, time::Duration};
use tempfile::TempDir;

/// How long the machine's own commits are measured.
const COMMIT_TIME: Duration = Duration::from_secs(4);

/// What every measurement needs.
struct Bench {
    arguments: Xmpp,
    scale: Scale,
    report: Report,
    figures: Figures,
    clock: Clock,
    program: PathBuf,
    dir: TempDir,
    trust: Trust,
    /// What could not be measured.
    failed: Vec<String>,
}

/// A server that runs, and what it is.
struct Subject<'a> {
    contender: Contender,
    home: &'a Home,
    running: &'a Running,
}

/// Measures everything that was asked for. What one server cannot do does not keep the others from
/// being measured.
pub(crate) async fn run(arguments: &Xmpp) -> anyhow::Result<()> {
    let mut bench = Bench::new(arguments.clone())?;
    let commit = bench.commit().await?;
    for product in Product::ALL {
        if bench.arguments.includes_server(product) {
            bench.product(product).await?;
        }
    }
    bench.finish(commit)
}

impl Bench {
    fn new(arguments: Xmpp) -> anyhow::Result<Self> {
        let scale = if arguments.quick { Scale::QUICK } else { Scale::FULL };
        open_files::allow(scale.connections_max())?;
        let dir = tempfile::Builder::new().prefix("parlance-bench-").tempdir()?;
        Ok(Self {
            program: server::program(&arguments.server)?,
            trust: trust::make(dir.path())?,
            report: Report::new("xmpp", scale.name),
            figures: Figures::default(),
            clock: Clock::start(),
            failed: Vec::new(),
            arguments,
            scale,
            dir,
        })
    }

    async fn commit(&mut self) -> anyhow::Result<Commit> {
        let commits = commit::measure(self.dir.path(), self.scale.paced_rate, COMMIT_TIME).await?;
        let commit = Commit { p50: commits.took.p50(), p99: commits.took.p99() };
        self.report.section("This machine");
        self.report.note("a durable commit of one row, p50", commit.p50, "ms");
        self.report.note("a durable commit of one row, p99", commit.p99, "ms");
        self.report.note("  processor time each", commits.processor_us_each(), "us");
        Ok(commit)
    }

    async fn product(&mut self, product: Product) -> anyhow::Result<()> {
        let mut home = self.home(product, Hash::Sha1)?;
        for contender in product.contenders() {
            self.messages(&mut home, *contender).await;
        }
        let contender = product.plainest();
        if self.arguments.includes(XmppPart::Idle) {
            self.report.section(format!("{}: idle connections", contender.name()));
            for link in Link::ALL {
                let outcome = self.idle(&mut home, contender, link).await;
                self.note_failure(contender, outcome);
            }
        }
        if self.arguments.includes(XmppPart::Login) {
            self.report.section(format!("{}: signing in", contender.name()));
            let outcome = self.sign_ins(home, product).await;
            self.note_failure(contender, outcome);
        }
        Ok(())
    }

    fn home(&self, product: Product, hash: Hash) -> anyhow::Result<Home> {
        Home::new(self.dir.path(), &self.trust, &self.program, product, hash)
    }

    /// Everything about messages, with one start.
    async fn messages(&mut self, home: &mut Home, contender: Contender) {
        let mut parts = vec![XmppPart::Direct, XmppPart::Groups, XmppPart::Offline];
        parts.retain(|part| self.arguments.includes(*part));
        if parts.is_empty() {
            return;
        }
        self.report.section(contender.name());
        let outcome = home.start(contender, self.scale.accounts()).await;
        let Some(running) = self.note_failure(contender, outcome) else { return };
        let mut faults: Option<Faults> = None;
        for part in parts {
            let subject = Subject { contender, home, running: &running };
            let outcome = self.part(part, &subject).await;
            if let Some(found) = self.note_failure(contender, outcome) {
                self.report.note("  lost", found.lost as f64, "");
                self.report.note("  doubled", found.doubled as f64, "");
                self.report.note("  out of order", found.late as f64, "");
                *faults.get_or_insert_default() += found;
            }
        }
        if let Some(Faults { lost, doubled, late }) = faults {
            self.measured(Measure::Lost, contender, lost as f64);
            self.measured(Measure::Doubled, contender, doubled as f64);
            self.measured(Measure::Late, contender, late as f64);
        }
        let outcome = running.stop().await;
        self.note_failure(contender, outcome);
    }

    async fn part(&mut self, part: XmppPart, subject: &Subject<'_>) -> anyhow::Result<Faults> {
        match part {
            XmppPart::Direct => {
                let mut faults = direct::measure(self, subject, Link::Plain).await?;
                faults += direct::measure(self, subject, Link::Tls).await?;
                Ok(faults)
            }
            XmppPart::Groups => groups::measure(self, subject).await,
            XmppPart::Offline => offline::measure(self, subject).await,
            XmppPart::Idle | XmppPart::Login => Ok(Faults::default()),
        }
    }

    async fn idle(&mut self, home: &mut Home, contender: Contender, link: Link) -> anyhow::Result<()> {
        let running = home.start(contender, self.scale.idle).await?;
        idle::measure(self, &Subject { contender, home, running: &running }, link).await?;
        running.stop().await
    }

    async fn sign_ins(&mut self, with_sha_1: Home, product: Product) -> anyhow::Result<()> {
        let contender = product.plainest();
        let with_sha_256 = self.home(product, Hash::Sha256)?;
        for (hash, mut home) in [(Hash::Sha1, with_sha_1), (Hash::Sha256, with_sha_256)] {
            let running = home.start(contender, self.scale.sign_ins).await?;
            for link in Link::ALL {
                let subject = Subject { contender, home: &home, running: &running };
                sign_in::measure(self, &subject, link, hash).await?;
            }
            running.stop().await?;
        }
        Ok(())
    }

    fn measured(&mut self, measure: Measure, contender: Contender, value: f64) {
        self.report.note(measure.name(), value, measure.unit());
        self.figures.set(measure, contender, value);
    }

    fn note_failure<T>(&mut self, contender: Contender, outcome: anyhow::Result<T>) -> Option<T> {
        outcome
            .inspect_err(|error| {
                let failure = format!("{}: {error:#}", contender.name());
                eprintln!("{failure}");
                self.failed.push(failure);
            })
            .ok()
    }

    fn finish(mut self, commit: Commit) -> anyhow::Result<()> {
        self.report.table("All of them", &self.figures.table(report::number));
        self.report.section("Ours beside the goals");
        for standing in goals::standings(&self.figures, Some(commit)) {
            self.report.hold(standing.name, standing.value, standing.unit, standing.goal);
        }
        self.report.finish()?;
        ensure!(self.failed.is_empty(), "not everything could be measured:\n{}", self.failed.join("\n"));
        Ok(())
    }
}
