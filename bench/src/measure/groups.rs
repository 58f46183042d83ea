use super::{
    Bench,
    crowd::{self, Crowd},
    idle,
    pen::{FILLER, Pen, eventually},
};
use crate::{letter::Arrival, lines::Lines, process::Spent, report::at_most, scale::GROUP};
use anyhow::{bail, ensure};
use std::{cell::RefCell, collections::HashMap, ops::Range, rc::Rc, time::Duration};
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time::{Instant, sleep},
};

const WARM_UP: Duration = Duration::from_secs(1);
const REST_TIME_MAX: Duration = Duration::from_secs(20);
/// Messages of one group that are under way at the same time.
const WINDOW: usize = 4;
/// Messages for the time to the last receiver.
const MESSAGES: usize = 50;

/// Groups of a hundred whose members are all there: one message after the other, then as many as
/// possible.
pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let mut conversations = Vec::new();
    for group in 0..bench.scale.groups {
        conversations.push(crowd::found(bench, people_of(group)).await?);
    }
    let told = {
        let mut lines = Lines::default();
        let mut crowd = Crowd::connect(bench, &conversations[0], people_of(0), &mut lines).await?;
        lines.while_waiting(crowd.tell(MESSAGES)).await??
    };
    let (spent, deliveries) = load(bench, &conversations).await?;
    let report = &mut bench.report;
    report.section("Groups of a hundred, all members there, durable");
    report.note("one message to the last receiver, p50", told.p50(), "ms");
    report.note("one message to the last receiver, p99", told.p99(), "ms");
    let goal = at_most(4.5, 2.7);
    report.hold("server's processor time each delivery", spent.server_us_each(deliveries), "us", goal);
    report.note("deliveries at the maximum", spent.rate(deliveries), "/s");
    report.note("  messages", spent.rate(deliveries / GROUP), "/s");
    report.load(&spent, deliveries);
    Ok(())
}

fn people_of(group: usize) -> Range<usize> {
    group * GROUP..(group + 1) * GROUP
}

/// Who received what in one group.
struct Group {
    /// Receivers of each message that is under way, by its place.
    received: HashMap<u64, usize>,
    deliveries: usize,
    /// Told when everybody has a message.
    everybody_has: UnboundedSender<()>,
}

/// In each group a few messages are always under way: the next one is written when everybody has
/// the one before.
async fn load(bench: &Bench, conversations: &[String]) -> anyhow::Result<(Spent, usize)> {
    let mut lines = Lines::default();
    let mut groups = Vec::new();
    let end = Rc::new(RefCell::new(None::<Instant>));
    let mut writing = tokio::task::JoinSet::new();
    for (number, conversation) in conversations.iter().enumerate() {
        let (everybody_has, mut told) = unbounded_channel();
        let group = Rc::new(RefCell::new(Group { received: HashMap::new(), deliveries: 0, everybody_has }));
        groups.push(Rc::clone(&group));
        let mut writer = None;
        for line in idle::open_all(&bench.server, bench, people_of(number)).await? {
            let group = Rc::clone(&group);
            let frames = lines.tend(line, move |arrival, _| hear(arrival, &group));
            writer.get_or_insert(frames);
        }
        let (mut pen, end) = (Pen::new(bench.clock, conversation)?, Rc::clone(&end));
        let writer = writer.expect("a group has members");
        writing.spawn_local(async move {
            let mut is_under_way = 0;
            loop {
                let goes_on = end.borrow().is_none_or(|end| Instant::now() < end);
                while goes_on && is_under_way < WINDOW {
                    let mut out = Vec::new();
                    pen.write(&mut out, FILLER);
                    is_under_way += 1;
                    if writer.send(out).is_err() {
                        return;
                    }
                }
                if is_under_way == 0 || told.recv().await.is_none() {
                    return;
                }
                is_under_way -= 1;
            }
        });
    }
    let deliveries = || groups.iter().map(|group| group.borrow().deliveries).sum::<usize>();
    let measuring = async {
        sleep(WARM_UP).await;
        let (window, before) = (bench.server.window()?, deliveries());
        sleep(bench.scale.load_time).await;
        let (spent, after) = (window.close()?, deliveries());
        *end.borrow_mut() = Some(Instant::now());
        let all = || groups.iter().all(|group| group.borrow().received.is_empty());
        ensure!(eventually(all, REST_TIME_MAX).await, "not everybody received everything");
        anyhow::Ok((spent, after - before))
    };
    lines.while_waiting(measuring).await?
}

fn hear(arrival: Arrival<'_>, group: &Rc<RefCell<Group>>) -> anyhow::Result<()> {
    match arrival {
        Arrival::Message { seq, .. } => {
            let mut group = group.borrow_mut();
            group.deliveries += 1;
            let received = group.received.entry(seq).or_default();
            *received += 1;
            if *received == GROUP {
                group.received.remove(&seq);
                group.everybody_has.send(())?;
            }
            Ok(())
        }
        Arrival::Refusal(refusal) => bail!("{refusal}"),
        Arrival::Answer { .. } | Arrival::Other => Ok(()),
    }
}
