use super::{Server, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, Outcome},
    args::ImportKind,
    output::Output,
    portable::{PASSES, Portable, Read, Unreadable, ejabberd, prosody, xep0227},
};
use anyhow::Context;
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    io::{IsTerminal, Write},
    path::PathBuf,
};
use tokio::sync::mpsc;

/// How many things go to the server at once.
const PART: usize = 50;
/// With how many bytes no more is added to that.
const PART_BYTES: usize = 1 << 20;
/// How many things that were left out are named.
const LEFT_OUT_MAX: usize = 1_000;

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
    /// How many more were left out than are named.
    left_out_unnamed: u64,
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
        let mut ended = Ok(());
        for pass in 0..PASSES {
            ended = self.pass(pass, server, &mut report).await?.and(ended);
        }
        output.answer(&report, || report.text(self.dry_run))?;
        ended
    }

    /// Takes over what is to be taken over with this pass. Inside is why the files could not be read to their
    /// end; what stands before that is taken over.
    async fn pass(
        &self,
        pass: usize,
        server: &Server,
        report: &mut Report,
    ) -> anyhow::Result<anyhow::Result<()>> {
        let (send, mut receive) = mpsc::channel(PART);
        let import = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            import.read(&mut |item| send.blocking_send(item).context("the import has stopped"))
        });
        let (mut part, mut bytes) = (Vec::new(), 0);
        while let Some(item) = receive.recv().await {
            match item {
                Ok(item) if item.pass() == pass => {
                    bytes += item.bytes();
                    part.push(item);
                }
                Err(unreadable) if pass == 0 => report.leave_out(unreadable),
                _ => {}
            }
            if part.len() == PART || bytes > PART_BYTES {
                bytes = 0;
                self.send(std::mem::take(&mut part), server, report).await?;
            }
        }
        self.send(part, server, report).await?;
        Ok(reading.await?)
    }

    fn read(&self, take: &mut dyn FnMut(Read) -> anyhow::Result<()>) -> anyhow::Result<()> {
        match self.kind {
            ImportKind::Prosody => prosody::read(&self.path, &self.domain, take),
            ImportKind::Ejabberd => ejabberd::read(&self.path, &self.domain, take),
            ImportKind::Xep0227 => xep0227::read(&self.path, &self.domain, take),
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

/// Whether something is refused because what it belongs to is not there.
fn is_of_missing(code: &str) -> bool {
    matches!(code, "user.not_found" | "conversation.not_found")
}

impl Report {
    fn note(&mut self, item: &Portable, outcome: Outcome, dry_run: bool) {
        let is_announced = dry_run && self.is_announced(item);
        if let (Portable::Password { name, .. } | Portable::Verifiers { name, .. }, true) =
            (item, outcome == Outcome::Taken && dry_run)
        {
            self.announced.insert(format!("{name}@{}", self.domain));
        }
        if let (Portable::Room { name, .. }, true) = (item, outcome == Outcome::Taken && dry_run) {
            self.announced.insert(name.clone());
        }
        let counts = self.families.entry(item.family()).or_default();
        match outcome {
            Outcome::Taken => counts.taken += 1,
            Outcome::WasThere => counts.there_already += 1,
            Outcome::Refused(code) if is_of_missing(&code) && is_announced => counts.taken += 1,
            Outcome::Refused(why) => {
                counts.left_out += 1;
                self.name_left_out(item.label(), why);
            }
        }
    }

    /// Whether everybody it refers to would be made before it.
    fn is_announced(&self, item: &Portable) -> bool {
        let knows = |address: &str| self.announced.contains(address);
        let is_here = |name: &str| knows(&format!("{name}@{}", self.domain));
        match item {
            Portable::Contact { owner, who, .. } => is_here(owner) && knows(who),
            Portable::Element { owner, .. } | Portable::Node { owner, .. } | Portable::Item { owner, .. } => {
                is_here(owner)
            }
            // Who the other one is stands in the stanza.
            Portable::Message { owner, .. } => is_here(owner),
            Portable::RoomMessage { room, .. } => self.announced.contains(room),
            _ => false,
        }
    }

    fn leave_out(&mut self, unreadable: Unreadable) {
        self.name_left_out(unreadable.place, unreadable.why);
    }

    fn name_left_out(&mut self, what: String, why: String) {
        match self.left_out.len() < LEFT_OUT_MAX {
            true => self.left_out.push(LeftOut { what, why }),
            false => self.left_out_unnamed += 1,
        }
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
        let unnamed = match self.left_out_unnamed {
            0 => String::new(),
            count => format!("and {count} more that were left out\n"),
        };
        left_out.chain([unnamed]).chain(families).collect()
    }
}
