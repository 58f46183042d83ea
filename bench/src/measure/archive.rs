use super::{
    Bench, crowd, direct, opening,
    pen::{Pen, SharedTally, Tally, eventually},
    searching, starting,
};
use crate::{
    letter::Arrival,
    lines::Lines,
    process::Spent,
    report::{at_least, at_most},
    words::Texts,
};
use anyhow::{bail, ensure};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// How long writing the whole history may take.
const WRITING_TIME_MAX: Duration = Duration::from_secs(900);

/// A long history in one group.
pub(super) struct Archive {
    pub(super) conversation: String,
    /// The newest place.
    pub(super) head: u64,
    /// Somebody in it, and somebody who is not.
    pub(super) member: usize,
    pub(super) stranger: usize,
}

/// Writes a long history through the API, and measures everything that might suffer from its length.
pub(super) async fn measure(bench: &mut Bench, direct_us: Option<f64>) -> anyhow::Result<()> {
    let archive = write(bench).await?;
    searching::measure(bench, &archive).await?;
    opening::measure(bench, &archive).await?;
    if let Some(before) = direct_us {
        let (_, spent, count) = direct::load(bench).await?;
        let ratio = spent.server_us_each(count) / before;
        bench.report.section("Messages between two people, beside a long history");
        bench.report.hold("one against one on an empty server", ratio, "x", at_most(1.2, 1.0));
    }
    starting::measure(bench, &archive).await
}

async fn write(bench: &mut Bench) -> anyhow::Result<Archive> {
    let writers = bench.scale.archive_writers;
    let conversation = crowd::found(bench, 0..writers).await?;
    let (spent, tally) = write_all(bench, &conversation).await?;
    note_writing(bench, &spent, &tally.borrow());
    let head = bench
        .line(0)
        .await?
        .ask(&parlance_api::ops::GetConversation { conversation: conversation.clone() })
        .await?
        .head;
    Ok(Archive { conversation, head, member: 0, stranger: writers })
}

fn note_writing(bench: &mut Bench, spent: &Spent, tally: &Tally) {
    let (count, writers) = (bench.scale.archive, bench.scale.archive_writers);
    let report = &mut bench.report;
    report.section("Writing a long history into one group");
    report.hold("messages", spent.rate(count), "/s", at_least(10_000.0, 20_000.0));
    report.note("  members who receive each", writers as f64, "");
    report.note("server's processor time each, index included", spent.server_us_each(count), "us");
    report.note("acknowledgement, p50", tally.acknowledgements.p50(), "ms");
    report.note("acknowledgement, p99", tally.acknowledgements.p99(), "ms");
    report.load(spent, count);
}

async fn write_all(bench: &Bench, conversation: &str) -> anyhow::Result<(Spent, SharedTally)> {
    let tally = SharedTally::default();
    let texts = Rc::new(RefCell::new(Texts::new()));
    let count = bench.scale.archive;
    let mut lines = Lines::default();
    let window = bench.server.window()?;
    for writer in 0..bench.scale.archive_writers {
        let (tally, texts) = (Rc::clone(&tally), Rc::clone(&texts));
        let mut pen = Pen::new(bench.clock, conversation)?;
        let write = {
            let tally = Rc::clone(&tally);
            move |pen: &mut Pen, out: &mut Vec<u8>| {
                if tally.borrow().written < count {
                    tally.borrow_mut().written += 1;
                    pen.write(out, &texts.borrow_mut().next());
                }
            }
        };
        let mut first = Vec::new();
        (0..bench.scale.archive_window).for_each(|_| write(&mut pen, &mut first));
        let frames = lines.tend(bench.line(writer).await?, move |arrival, out| match arrival {
            Arrival::Answer { id } => {
                tally.borrow_mut().acknowledgements.add(pen.answered(id)?);
                write(&mut pen, out);
                Ok(())
            }
            Arrival::Refusal(refusal) => bail!("{refusal}"),
            Arrival::Message { .. } | Arrival::Other => Ok(()),
        });
        frames.send(first)?;
    }
    let done = || tally.borrow().acknowledgements.count() == count;
    let in_time = lines.while_waiting(eventually(done, WRITING_TIME_MAX)).await?;
    ensure!(in_time, "{} of {count} messages were written", tally.borrow().acknowledgements.count());
    Ok((window.close()?, tally))
}
