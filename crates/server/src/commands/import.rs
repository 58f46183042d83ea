use super::{Server, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, Outcome},
    args::ImportKind,
    output::Output,
    portable::{Portable, Read, Unreadable, prosody, xep0227},
};
use anyhow::Context;
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{BufReader, IsTerminal, Write},
    path::PathBuf,
};
use tokio::sync::mpsc;

/// How many things go to the server at once.
const PART: usize = 50;

/// An import of what another server kept.
#[derive(Clone, Debug)]
pub(super) struct Import {
    kind: ImportKind,
    path: PathBuf,
    domain: String,
    dry_run: bool,
}

/// What became of each family of things.
#[derive(Debug, Default, Serialize)]
struct Report {
    families: BTreeMap<&'static str, Counts>,
    left_out: Vec<LeftOut>,
    /// Whose addresses they are on.
    #[serde(skip)]
    domain: String,
    /// Which addresses a dry run would make.
    #[serde(skip)]
    announced: HashSet<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    taken: u64,
    there_already: u64,
    left_out: u64,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    what: String,
    why: String,
}

impl Import {
    pub(super) fn new(kind: ImportKind, path: PathBuf, domain: String, dry_run: bool) -> Self {
        Self { kind, path, domain, dry_run }
    }

    /// Reads twice, so that everybody is there before anything refers to them.
    pub(super) async fn run(self, server: &Server, output: Output) -> anyhow::Result<()> {
        let mut report = Report { domain: self.domain.clone(), ..Report::default() };
        let accounts = self.pass(true, server, &mut report).await?;
        let others = self.pass(false, server, &mut report).await?;
        output.answer(&report, || report.text(self.dry_run))?;
        accounts.and(others)
    }

    /// Takes over the accounts, or all but the accounts. Inside is why the files could not be read to their
    /// end; what stands before that is taken over.
    async fn pass(
        &self,
        accounts: bool,
        server: &Server,
        report: &mut Report,
    ) -> anyhow::Result<anyhow::Result<()>> {
        let (send, mut receive) = mpsc::channel(PART);
        let import = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            import.read(&mut |item| send.blocking_send(item).context("the import has stopped"))
        });
        let mut part = Vec::new();
        while let Some(item) = receive.recv().await {
            match item {
                Ok(item) if item.is_account() == accounts => part.push(item),
                Err(unreadable) if accounts => report.leave_out(unreadable),
                _ => {}
            }
            if part.len() == PART {
                self.send(std::mem::take(&mut part), server, report).await?;
            }
        }
        self.send(part, server, report).await?;
        Ok(reading.await?)
    }

    fn read(&self, take: &mut dyn FnMut(Read) -> anyhow::Result<()>) -> anyhow::Result<()> {
        match self.kind {
            ImportKind::Prosody => prosody::read(&self.path, &self.domain, take),
            ImportKind::Xep0227 => {
                let file = File::open(&self.path);
                let file = file.with_context(|| format!("cannot read {}", self.path.display()))?;
                xep0227::read(BufReader::new(file), &self.path, &self.domain, take)
            }
        }
    }

    async fn send(&self, items: Vec<Portable>, server: &Server, report: &mut Report) -> anyhow::Result<()> {
        let command = AdminCommand::Adopt { items: items.clone(), dry_run: self.dry_run };
        let adopted = match server.run(command).await? {
            AdminAnswer::Adopted(adopted) => adopted,
            other => return Err(unexpected(&other)),
        };
        for (item, outcome) in items.iter().zip(adopted.outcomes) {
            report.note(item, outcome, self.dry_run);
        }
        report.show_progress();
        Ok(())
    }
}

impl Report {
    fn note(&mut self, item: &Portable, outcome: Outcome, dry_run: bool) {
        let is_announced = dry_run && self.is_announced(item);
        if let (Portable::Password { name, .. } | Portable::Verifiers { name, .. }, true) =
            (item, outcome == Outcome::Taken && dry_run)
        {
            self.announced.insert(format!("{name}@{}", self.domain));
        }
        let counts = self.families.entry(item.family()).or_default();
        match outcome {
            Outcome::Taken => counts.taken += 1,
            Outcome::WasThere => counts.there_already += 1,
            Outcome::Refused(code) if code == "user.not_found" && is_announced => counts.taken += 1,
            Outcome::Refused(why) => {
                counts.left_out += 1;
                self.left_out.push(LeftOut { what: item.label(), why });
            }
        }
    }

    /// Whether everybody it refers to would be made before it.
    fn is_announced(&self, item: &Portable) -> bool {
        let knows = |address: &str| self.announced.contains(address);
        let is_here = |name: &str| knows(&format!("{name}@{}", self.domain));
        match item {
            Portable::Contact { owner, who, .. } => is_here(owner) && knows(who),
            Portable::Element { owner, .. } => is_here(owner),
            _ => false,
        }
    }

    fn leave_out(&mut self, unreadable: Unreadable) {
        self.left_out.push(LeftOut { what: unreadable.place, why: unreadable.why });
    }

    /// Tells a person who watches how far it is.
    fn show_progress(&self) {
        let mut stderr = std::io::stderr();
        if stderr.is_terminal() {
            // Nobody is left to tell when standard error is gone.
            let _told = writeln!(stderr, "{} read", self.total());
        }
    }

    fn total(&self) -> u64 {
        self.families.values().map(|counts| counts.taken + counts.there_already + counts.left_out).sum()
    }

    fn text(&self, dry_run: bool) -> String {
        let verb = if dry_run { "would be taken over" } else { "taken over" };
        let left_out = self.left_out.iter().map(|one| format!("{}: {}\n", one.what, one.why));
        let families = self.families.iter().map(|(family, counts)| {
            let Counts { taken, there_already, left_out } = counts;
            format!("{family}: {taken} {verb}, {there_already} here already, {left_out} left out\n")
        });
        left_out.chain(families).collect()
    }
}
