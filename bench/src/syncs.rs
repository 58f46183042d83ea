//! Whether every acknowledgement waited for the disk: with one message in flight there must be at
//! least one sync of the store for each. A kill cannot show that, because the page cache survives.

#![allow(clippy::print_stdout, reason = "the count is what this part is for")]

use crate::{
    arguments::Syncs,
    letter::{Arrival, Clock, Letter},
    lines::Lines,
    measure::eventually,
    people,
    server::{self, Server},
};
use anyhow::{Context, bail, ensure};
use parlance_api::ops::OpenDirect;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
    time::Duration,
};

const SYNC_CALLS: &str = "trace=fsync,fdatasync,sync_file_range,msync";
const TIME_MAX: Duration = Duration::from_secs(120);
/// The file of the store that holds what was committed last.
const LOG_OF_STORE: &str = "/parlance.db-wal>";

/// Counts syncs and acknowledgements and compares them.
///
/// # Errors
/// When there were fewer syncs than acknowledgements, or strace is not there.
pub(crate) async fn run(arguments: &Syncs) -> anyhow::Result<()> {
    let dir = tempfile::Builder::new().prefix("parlance-syncs-").tempdir()?;
    let server = Server::start(&server::program(&arguments.server)?, dir.path(), None).await?;
    let people = people::register(&server, 2).await?;
    let mut line = crate::lines::Line::open(&server.target(), &people[0]).await?;
    let direct = line.ask(&OpenDirect { user: people[1].address.clone() }).await?;
    let trace = Trace::start(server.pid(), dir.path()).await?;
    let acknowledged = send_one_by_one(line, &direct.conversation, arguments.count).await?;
    let counted = count_syncs(&trace.stop()?);
    println!("messages acknowledged, one in flight   {acknowledged}");
    println!("syncs of the store's log               {}", counted.of_store);
    println!("other syncs                            {}", counted.others);
    ensure!(
        counted.of_store >= acknowledged,
        "{} acknowledgements did not wait for the disk",
        acknowledged - counted.of_store
    );
    Ok(())
}

async fn send_one_by_one(
    line: crate::lines::Line,
    conversation: &str,
    count: usize,
) -> anyhow::Result<usize> {
    let (clock, letter) = (Clock::start(), Letter::to(conversation)?);
    let answered = Rc::new(Cell::new(0));
    let mut lines = Lines::default();
    let mut first = Vec::new();
    letter.push(&mut first, 0, clock.micros(), "one at a time");
    let frames = lines.tend(line, {
        let answered = Rc::clone(&answered);
        move |arrival, out| match arrival {
            Arrival::Answer { id } => {
                ensure!(id == answered.get() as u64, "the answer to request {id} came twice or out of turn");
                answered.set(answered.get() + 1);
                if answered.get() < count {
                    letter.push(out, id + 1, clock.micros(), "one at a time");
                }
                Ok(())
            }
            Arrival::Refusal(refusal) => bail!("{refusal}"),
            Arrival::Message { .. } | Arrival::Other => Ok(()),
        }
    });
    frames.send(first)?;
    let is_done = lines.while_waiting(eventually(|| answered.get() == count, TIME_MAX)).await?;
    ensure!(is_done, "only {} messages were acknowledged", answered.get());
    Ok(answered.get())
}

/// strace, attached to a process.
struct Trace {
    strace: Child,
    file: PathBuf,
}

impl Trace {
    async fn start(pid: u32, dir: &Path) -> anyhow::Result<Self> {
        let file = dir.join("trace");
        let messages = dir.join("strace-messages");
        let strace = Command::new("strace")
            .args(["-f", "-y", "-e", SYNC_CALLS, "-o"])
            .arg(&file)
            .args(["-p", &pid.to_string()])
            .stdout(Stdio::null())
            .stderr(fs::File::create(&messages)?)
            .spawn()
            .context("cannot start strace; on Debian: apt-get install strace")?;
        let is_attached = || fs::read_to_string(&messages).is_ok_and(|text| text.contains("attached"));
        ensure!(
            eventually(is_attached, TIME_MAX).await,
            "strace did not attach: {}",
            fs::read_to_string(&messages)?
        );
        Ok(Self { strace, file })
    }

    /// What it saw.
    fn stop(mut self) -> anyhow::Result<String> {
        kill_process(Pid::from_child(&self.strace), Signal::INT)?;
        self.strace.wait()?;
        Ok(fs::read_to_string(&self.file)?)
    }
}

/// How many syncs succeeded.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    of_store: usize,
    others: usize,
}

/// A call that another thread interrupts stands on two lines: the file on the first, the outcome on
/// the second.
fn count_syncs(trace: &str) -> Counted {
    let mut counted = Counted::default();
    let mut unfinished = std::collections::HashMap::new();
    for line in trace.lines() {
        let thread = line.split_whitespace().next().unwrap_or_default();
        let is_of_store = if line.contains(" resumed>") {
            unfinished.remove(thread).unwrap_or(false)
        } else {
            line.contains("sync(") && line.contains(LOG_OF_STORE)
        };
        if line.ends_with("<unfinished ...>") {
            unfinished.insert(thread, is_of_store);
        } else if line.ends_with(" = 0") {
            counted.of_store += usize::from(is_of_store);
            counted.others += usize::from(!is_of_store);
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_syncs_of_the_store_that_succeeded_count() {
        let trace = "\
7 fdatasync(5</tmp/a/data/parlance.db-wal>) = 0
8 fdatasync(5</tmp/a/data/parlance.db-wal> <unfinished ...>
7 fsync(9</tmp/a/data/parlance.db-search-wal>) = 0
8 <... fdatasync resumed>) = 0
7 fdatasync(5</tmp/a/data/parlance.db-wal>) = -1 EIO (Input/output error)
9 +++ exited with 0 +++
";
        assert_eq!(count_syncs(trace), Counted { of_store: 2, others: 1 });
    }
}
