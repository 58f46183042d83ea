use super::{
    Bench,
    pen::{FILLER, Pen, SharedTally, eventually, reader},
};
use crate::{
    commit::{self, Commits},
    letter::Arrival,
    lines::{Frames, Lines},
    process::Spent,
    report::{at_least, at_most},
};
use anyhow::{bail, ensure};
use parlance_api::ops::OpenDirect;
use std::{cell::RefCell, rc::Rc, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// How long before figures are taken, so that caches are warm.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long the last messages may take.
const REST_TIME_MAX: Duration = Duration::from_secs(20);

/// Messages between two people: at a rate, and as many as possible. Answers the microseconds of the
/// server's processors for each message at the maximum.
pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<f64> {
    paced(bench).await?;
    maximum(bench).await
}

async fn paced(bench: &mut Bench) -> anyhow::Result<()> {
    let (rate, time) = (bench.scale.paced_rate, bench.scale.paced_time);
    let mut commits = commit::measure(bench.dir.path(), rate, time / 5).await?;
    let (tally, spent) = write_at_rate(bench, rate, time).await?;
    commits.append(commit::measure(bench.dir.path(), rate, time / 5).await?);
    report_paced(bench, &tally, &spent, &commits);
    Ok(())
}

async fn write_at_rate(bench: &mut Bench, rate: u32, time: Duration) -> anyhow::Result<(SharedTally, Spent)> {
    let tally = SharedTally::default();
    let mut lines = Lines::default();
    let mut pens = Vec::new();
    for pair in 0..bench.scale.pairs.min(rate as usize) {
        let (pen, frames) = connect_pair(bench, pair, &mut lines, &tally, |_| false).await?;
        pens.push((pen, frames));
    }
    let window = bench.server.window()?;
    let count = (time.as_secs_f64() * f64::from(rate)) as u32;
    let writing = async {
        let (began, pace) = (Instant::now(), Duration::from_secs(1) / rate);
        for number in 0..count {
            sleep_until(began + pace * number).await;
            let (pen, frames) = &pens[number as usize % pens.len()];
            start(pen, frames, &tally, 1)?;
        }
        ensure!(eventually(|| tally.borrow().is_complete(1), REST_TIME_MAX).await, "{}", missing(&tally));
        anyhow::Ok(())
    };
    lines.while_waiting(writing).await??;
    Ok((tally, window.close()?))
}

fn report_paced(bench: &mut Bench, tally: &SharedTally, spent: &Spent, commits: &Commits) {
    let tally = tally.borrow();
    let count = tally.deliveries.count();
    let report = &mut bench.report;
    report.section("Messages between two people, 200 a second, durable");
    report.hold("server's processor time each", spent.server_us_each(count), "us", at_most(641.0, 385.0));
    let (p50, p99) = (commits.took.p50(), commits.took.p99());
    report.note("one durable commit of this machine, p50", p50, "ms");
    report.note("one durable commit of this machine, p99", p99, "ms");
    report.note("  processor time each", commits.processor_us_each(), "us");
    for (what, took) in [("acknowledgement", &tally.acknowledgements), ("delivery", &tally.deliveries)] {
        report.note(format!("{what}, p50"), took.p50(), "ms");
        report.note(format!("{what}, p99"), took.p99(), "ms");
        report.hold(format!("{what}, p50 in commits"), took.p50() / p50, "x", at_most(2.0, 1.3));
        report.hold(format!("{what}, p99 in commits"), took.p99() / p99, "x", at_most(5.0, 5.0));
    }
    report.hold("lost, doubled or out of order", tally.out_of_order as f64, "", at_most(0.0, 0.0));
    report.load(spent, count);
}

async fn maximum(bench: &mut Bench) -> anyhow::Result<f64> {
    let (tally, spent, count) = load(bench).await?;
    let (report, tally) = (&mut bench.report, tally.borrow());
    report.section("Messages between two people, as many as possible, durable");
    let each = spent.server_us_each(count);
    report.hold("messages", spent.rate(count), "/s", at_least(10_000.0, 20_000.0));
    report.hold("server's processor time each", each, "us", at_most(55.0, 27.0));
    for (what, took) in [("acknowledgement", &tally.acknowledgements), ("delivery", &tally.deliveries)] {
        report.note(format!("{what}, p50"), took.p50(), "ms");
        report.note(format!("{what}, p99"), took.p99(), "ms");
    }
    report.hold("lost, doubled or out of order", tally.out_of_order as f64, "", at_most(0.0, 0.0));
    report.load(&spent, count);
    Ok(each)
}

/// Everybody writes as fast as they are answered. What was spent in the middle, and how many
/// messages arrived then.
pub(super) async fn load(bench: &Bench) -> anyhow::Result<(SharedTally, Spent, usize)> {
    let tally = SharedTally::default();
    let mut lines = Lines::default();
    let end = Rc::new(RefCell::new(None::<Instant>));
    let mut pens = Vec::new();
    for pair in 0..bench.scale.pairs {
        let end = Rc::clone(&end);
        let goes_on = move |now: Instant| end.borrow().is_some_and(|end| now < end);
        pens.push(connect_pair(bench, pair, &mut lines, &tally, goes_on).await?);
    }
    *end.borrow_mut() = Some(Instant::now() + WARM_UP + bench.scale.load_time);
    for (pen, frames) in &pens {
        start(pen, frames, &tally, bench.scale.window)?;
    }
    let measuring = async {
        sleep(WARM_UP).await;
        let (window, before) = (bench.server.window()?, tally.borrow().deliveries.count());
        sleep(bench.scale.load_time).await;
        let (spent, after) = (window.close()?, tally.borrow().deliveries.count());
        ensure!(eventually(|| tally.borrow().is_complete(1), REST_TIME_MAX).await, "{}", missing(&tally));
        anyhow::Ok((spent, after - before))
    };
    let (spent, count) = lines.while_waiting(measuring).await??;
    Ok((Rc::clone(&tally), spent, count))
}

fn start(
    pen: &Rc<RefCell<Pen>>,
    frames: &Frames,
    tally: &SharedTally,
    messages: usize,
) -> anyhow::Result<()> {
    let mut out = Vec::new();
    (0..messages).for_each(|_| pen.borrow_mut().write(&mut out, FILLER));
    tally.borrow_mut().written += messages;
    Ok(frames.send(out)?)
}

/// Two people with a line each: one writes, and goes on after each answer while `goes_on`; the
/// other reads.
async fn connect_pair(
    bench: &Bench,
    pair: usize,
    lines: &mut Lines,
    tally: &SharedTally,
    goes_on: impl Fn(Instant) -> bool + 'static,
) -> anyhow::Result<(Rc<RefCell<Pen>>, Frames)> {
    let (writes, reads) = (2 * pair, 2 * pair + 1);
    let mut line = bench.line(writes).await?;
    let direct = line.ask(&OpenDirect { user: bench.people[reads].address.clone() }).await?;
    lines.tend(bench.line(reads).await?, reader(bench.clock, Rc::clone(tally)));
    let pen = Rc::new(RefCell::new(Pen::new(bench.clock, &direct.conversation)?));
    let frames = lines.tend(line, {
        let (pen, tally) = (Rc::clone(&pen), Rc::clone(tally));
        move |arrival, out| match arrival {
            Arrival::Answer { id } => {
                let (mut pen, mut tally) = (pen.borrow_mut(), tally.borrow_mut());
                tally.acknowledgements.add(pen.answered(id)?);
                if goes_on(Instant::now()) {
                    pen.write(out, FILLER);
                    tally.written += 1;
                }
                Ok(())
            }
            Arrival::Refusal(refusal) => bail!("{refusal}"),
            Arrival::Message { .. } | Arrival::Other => Ok(()),
        }
    });
    Ok((pen, frames))
}

fn missing(tally: &SharedTally) -> String {
    let tally = tally.borrow();
    format!(
        "of {} messages {} were acknowledged and {} delivered",
        tally.written,
        tally.acknowledgements.count(),
        tally.deliveries.count()
    )
}
