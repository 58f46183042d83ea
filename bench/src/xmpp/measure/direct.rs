use super::{Bench, Subject, connect::connect_all, pen::Pen};
use crate::{
    latency::Latencies,
    lines::{Frames, Lines},
    measure::eventually,
    process::Spent,
    xmpp::{
        account::Account,
        figures::{Link, Measure},
        order::{Faults, Order},
        wire::Wire,
    },
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::time::{Instant, sleep, sleep_until};

/// How long before figures are taken, so that caches are warm.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long the last messages may take.
const REST_TIME_MAX: Duration = Duration::from_secs(30);

/// Messages between two people: at a rate, and as many as possible.
pub(super) async fn measure(bench: &mut Bench, subject: &Subject<'_>, link: Link) -> anyhow::Result<Faults> {
    let mut pairs = Pairs::connect(bench, subject, link).await?;
    let (spent, took) = pairs.at_rate(bench, subject).await?;
    let count = took.count();
    bench.measured(Measure::PacedCost(link), subject.contender, spent.server_us_each(count));
    bench.measured(Measure::PacedP50(link), subject.contender, took.p50());
    bench.measured(Measure::PacedP99(link), subject.contender, took.p99());
    let (spent, count) = pairs.at_maximum(bench, subject).await?;
    bench.measured(Measure::DirectCost(link), subject.contender, spent.server_us_each(count));
    bench.measured(Measure::DirectRate(link), subject.contender, spent.rate(count));
    bench.report.load(&spent, count);
    Ok(pairs.faults())
}

/// Pairs of people who are both there: one writes, the other reads.
struct Pairs {
    lines: Lines,
    pairs: Vec<Pair>,
    tally: Rc<RefCell<Tally>>,
    /// Whether a message that comes is followed by another one.
    goes_on: Rc<Cell<bool>>,
}

struct Pair {
    pen: Rc<RefCell<Pen>>,
    writer: Frames,
    order: Rc<RefCell<Order>>,
}

/// What all pairs together saw.
#[derive(Debug, Default)]
struct Tally {
    delivered: u64,
    took: Latencies,
}

impl Pairs {
    async fn connect(bench: &Bench, subject: &Subject<'_>, link: Link) -> anyhow::Result<Self> {
        let target = subject.running.target(link.has_tls());
        let accounts = &subject.home.accounts()[..2 * bench.scale.pairs];
        let mut wires = connect_all(&target, accounts).await?.into_iter();
        let mut all =
            Self { lines: Lines::default(), pairs: Vec::new(), tally: Rc::default(), goes_on: Rc::default() };
        for people in accounts.chunks_exact(2) {
            let (Some(writer), Some(reader)) = (wires.next(), wires.next()) else { break };
            // What one link has delivered and comes again over the other is told apart from what is lost there.
            let sender = (2 * people[0].index + usize::from(link.has_tls())) as u32;
            let pen = Pen::to_person(bench.clock, sender, Account::bare(&people[1]));
            all.tend(bench, pen, writer, reader);
        }
        Ok(all)
    }

    fn tend(&mut self, bench: &Bench, pen: Pen, writer: Wire, reader: Wire) {
        let writer = self.lines.tend_channel(writer, |wire, _| wire.take(|_| {}));
        let pair = Pair { pen: Rc::new(RefCell::new(pen)), writer, order: Rc::default() };
        let (pen, order, writer) = (Rc::clone(&pair.pen), Rc::clone(&pair.order), pair.writer.clone());
        let (tally, goes_on, clock) = (Rc::clone(&self.tally), Rc::clone(&self.goes_on), bench.clock);
        let sender = pen.borrow().sender();
        self.lines.tend_channel(reader, move |wire, _| {
            let mut following = Vec::new();
            wire.take(|mark| {
                if mark.sender != sender {
                    return order.borrow_mut().came_again();
                }
                if !order.borrow_mut().add(mark.number) {
                    return;
                }
                let mut tally = tally.borrow_mut();
                tally.delivered += 1;
                tally.took.add(clock.since(mark.sent_micros));
                if goes_on.get() {
                    pen.borrow_mut().write(&mut following);
                }
            })?;
            if !following.is_empty() {
                writer.send(following)?;
            }
            Ok(())
        });
        self.pairs.push(pair);
    }

    async fn at_rate(&mut self, bench: &Bench, subject: &Subject<'_>) -> anyhow::Result<(Spent, Latencies)> {
        let Self { lines, pairs, tally, .. } = self;
        let (rate, time) = (bench.scale.paced_rate, bench.scale.paced_time);
        let count = (time.as_secs_f64() * f64::from(rate)) as u32;
        let window = subject.running.window()?;
        let writing = async {
            let (began, pace) = (Instant::now(), Duration::from_secs(1) / rate);
            for number in 0..count {
                sleep_until(began + pace * number).await;
                pairs[number as usize % pairs.len()].write(1)?;
            }
            wait_for_rest(pairs, tally).await;
            anyhow::Ok(())
        };
        lines.while_waiting(writing).await??;
        let spent = window.close()?;
        Ok((spent, std::mem::take(&mut tally.borrow_mut().took)))
    }

    /// Each pair writes as fast as messages arrive. What was spent in the middle, and how many
    /// messages arrived then.
    async fn at_maximum(&mut self, bench: &Bench, subject: &Subject<'_>) -> anyhow::Result<(Spent, usize)> {
        let Self { lines, pairs, tally, goes_on } = self;
        let measuring = async {
            goes_on.set(true);
            for pair in pairs.iter() {
                pair.write(bench.scale.window)?;
            }
            sleep(WARM_UP).await;
            let (window, before) = (subject.running.window()?, tally.borrow().delivered);
            sleep(bench.scale.load_time).await;
            let (spent, after) = (window.close()?, tally.borrow().delivered);
            goes_on.set(false);
            wait_for_rest(pairs, tally).await;
            anyhow::Ok((spent, (after - before) as usize))
        };
        lines.while_waiting(measuring).await?
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        for pair in &self.pairs {
            faults += pair.order.borrow().faults(pair.pen.borrow().written());
        }
        faults
    }
}

impl Pair {
    fn write(&self, messages: usize) -> anyhow::Result<()> {
        let mut out = Vec::new();
        (0..messages).for_each(|_| self.pen.borrow_mut().write(&mut out));
        Ok(self.writer.send(out)?)
    }
}

/// Waits for what is under way. What does not come is found lost later.
async fn wait_for_rest(pairs: &[Pair], tally: &RefCell<Tally>) {
    let written = || pairs.iter().map(|pair| pair.pen.borrow().written()).sum::<u64>();
    let _all_came = eventually(|| tally.borrow().delivered >= written(), REST_TIME_MAX).await;
}
