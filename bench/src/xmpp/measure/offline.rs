use super::{
    Bench, Subject,
    connect::connect_all,
    pen::{Pen, write_ping},
};
use crate::{
    letter::Clock,
    lines::Lines,
    measure::eventually,
    process::Spent,
    xmpp::{
        account::Account,
        figures::Measure,
        order::{Faults, Order},
        wire::Wire,
    },
};
use anyhow::ensure;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::time::sleep;

/// Messages of one writer that are under way at the same time.
const BATCH: usize = 5;
/// How long those who come back may take to receive everything.
const REST_TIME_MAX: Duration = Duration::from_secs(30);

/// Messages to people who are not there, and what they receive when they come back.
pub(super) async fn measure(bench: &mut Bench, subject: &Subject<'_>) -> anyhow::Result<Faults> {
    let accounts = &subject.home.accounts()[..2 * bench.scale.offline_writers];
    let (spent, written) = write_for_a_while(bench, subject, accounts).await?;
    let count = written.iter().sum::<u64>() as usize;
    bench.measured(Measure::OfflineCost, subject.contender, spent.server_us_each(count));
    bench.measured(Measure::OfflineRate, subject.contender, spent.rate(count));
    bench.report.load(&spent, count);
    receive(subject, accounts, &written).await
}

/// Everybody at an even place writes to the next one. What was spent, and how many each one wrote.
async fn write_for_a_while(
    bench: &Bench,
    subject: &Subject<'_>,
    accounts: &[Account],
) -> anyhow::Result<(Spent, Vec<u64>)> {
    let wires = connect_all(&subject.running.target(false), accounts.iter().step_by(2)).await?;
    subject.running.quiet().await?;
    let mut lines = Lines::default();
    let goes_on = Rc::new(Cell::new(true));
    let window = subject.running.window()?;
    let mut writers = Vec::new();
    for (wire, people) in wires.into_iter().zip(accounts.chunks_exact(2)) {
        let pen = Pen::to_person(bench.clock, people[0].index as u32, people[1].bare());
        writers.push(Writer::tend(bench.clock, pen, wire, &goes_on, &mut lines)?);
    }
    let writing = async {
        sleep(bench.scale.load_time).await;
        goes_on.set(false);
        let is_done = || writers.iter().all(|writer| !writer.borrow().is_waiting);
        ensure!(eventually(is_done, REST_TIME_MAX).await, "not every request was answered");
        subject.running.quiet().await
    };
    lines.while_waiting(writing).await??;
    let written = writers.iter().map(|writer| writer.borrow().pen.written()).collect();
    Ok((window.close()?, written))
}

/// Somebody who writes a few messages and a request, and goes on when that is answered.
struct Writer {
    clock: Clock,
    pen: Pen,
    is_waiting: bool,
}

impl Writer {
    fn tend(
        clock: Clock,
        pen: Pen,
        wire: Wire,
        goes_on: &Rc<Cell<bool>>,
        lines: &mut Lines,
    ) -> anyhow::Result<Rc<RefCell<Self>>> {
        let writer = Rc::new(RefCell::new(Self { clock, pen, is_waiting: false }));
        let mut first = Vec::new();
        writer.borrow_mut().write(&mut first);
        let (answered, goes_on) = (Rc::clone(&writer), Rc::clone(goes_on));
        let frames = lines.tend_channel(wire, move |wire, out| {
            wire.take(|_| {
                let mut writer = answered.borrow_mut();
                writer.is_waiting = false;
                if goes_on.get() {
                    writer.write(out);
                }
            })
        });
        frames.send(first)?;
        Ok(writer)
    }

    fn write(&mut self, out: &mut Vec<u8>) {
        (0..BATCH).for_each(|_| self.pen.write(out));
        write_ping(out, self.clock);
        self.is_waiting = true;
    }
}

/// Everybody at an odd place comes back. What is wrong with what they receive.
async fn receive(subject: &Subject<'_>, accounts: &[Account], written: &[u64]) -> anyhow::Result<Faults> {
    let readers = accounts.iter().skip(1).step_by(2);
    let mut lines = Lines::default();
    let received = Rc::new(Cell::new(0));
    let mut orders = Vec::new();
    for wire in connect_all(&subject.running.target(false), readers).await? {
        let order = Rc::<RefCell<Order>>::default();
        orders.push(Rc::clone(&order));
        let received = Rc::clone(&received);
        lines.tend_channel(wire, move |wire, _| {
            wire.take(|mark| received.set(received.get() + u64::from(order.borrow_mut().add(mark.number))))
        });
    }
    let all = || received.get() >= written.iter().sum();
    // What does not come is found lost.
    let _all_came = lines.while_waiting(eventually(all, REST_TIME_MAX)).await?;
    let mut faults = Faults::default();
    orders.iter().zip(written).for_each(|(order, written)| faults += order.borrow().faults(*written));
    Ok(faults)
}
