use super::{Bench, Subject, connect::connect_all, pen::Pen};
use crate::{
    lines::{Frames, Lines},
    measure::eventually,
    process::Spent,
    xmpp::{
        account::Account,
        figures::Measure,
        order::{Faults, Order},
        scale::GROUP,
        server::GROUPS_DOMAIN,
        wire::Wire,
    },
};
use anyhow::Context;
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};
use tokio::time::sleep;

const WARM_UP: Duration = Duration::from_secs(1);
const REST_TIME_MAX: Duration = Duration::from_secs(30);
/// Messages of one group that are under way at the same time.
const WINDOW: usize = 4;

/// Groups of a hundred whose members are all there, as many messages as possible.
pub(super) async fn measure(bench: &mut Bench, subject: &Subject<'_>) -> anyhow::Result<Faults> {
    let goes_on = Rc::new(Cell::new(true));
    let mut lines = Lines::default();
    let mut groups = Vec::new();
    for (number, members) in subject.home.accounts().chunks_exact(GROUP).take(bench.scale.groups).enumerate()
    {
        let room = format!("load{number}@{GROUPS_DOMAIN}");
        let wires = gather(subject, &room, members).await.context("a group cannot be made")?;
        groups.push(Group::tend(bench, &room, members, wires, &goes_on, &mut lines));
    }
    let (spent, deliveries) = lines.while_waiting(load(bench, subject, &groups, &goes_on)).await??;
    bench.measured(Measure::GroupCost, subject.contender, spent.server_us_each(deliveries));
    bench.measured(Measure::GroupRate, subject.contender, spent.rate(deliveries));
    bench.report.load(&spent, deliveries);
    let mut faults = Faults::default();
    groups.iter().for_each(|group| faults += group.faults());
    Ok(faults)
}

/// A group that the first of these people owns and all of them have joined.
///
/// # Source
/// XEP-0045 (1.34.6) sections 7.2 (joining), 9.3 (members) and 10.1.2 (instant rooms).
async fn gather(subject: &Subject<'_>, room: &str, members: &[Account]) -> anyhow::Result<Vec<Wire>> {
    let mut wires = connect_all(&subject.running.target(false), members).await?;
    let (owner, others) = wires.split_first_mut().context("nobody")?;
    owner.say(&join(room, &members[0])).await?;
    let instant = "<query xmlns='http://jabber.org/protocol/muc#owner'>\
        <x xmlns='jabber:x:data' type='submit'/></query>";
    owner.ask("set", room, instant).await?;
    for member in &members[1..] {
        let query = format!(
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='{}'/></query>",
            member.bare()
        );
        owner.ask("set", room, &query).await?;
    }
    for (wire, member) in others.iter_mut().zip(&members[1..]) {
        wire.say(&join(room, member)).await?;
        wire.until("subject", |_| Ok(())).await.context("not joined")?;
    }
    Ok(wires)
}

fn join(room: &str, member: &Account) -> String {
    format!(
        "<presence to='{room}/{}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
        member.name
    )
}

/// A group in which a few messages are always under way: the next one is written when everybody has
/// the one before.
struct Group {
    pen: Rc<RefCell<Pen>>,
    writer: Frames,
    heard: Rc<RefCell<Heard>>,
}

/// What the members heard.
#[derive(Debug, Default)]
struct Heard {
    /// Receivers of each message that is under way.
    under_way: HashMap<u64, usize>,
    deliveries: usize,
    /// Of each member.
    orders: Vec<Order>,
}

impl Group {
    fn tend(
        bench: &Bench,
        room: &str,
        members: &[Account],
        wires: Vec<Wire>,
        goes_on: &Rc<Cell<bool>>,
        lines: &mut Lines,
    ) -> Self {
        let pen = Pen::to_group(bench.clock, members[0].index as u32, room.to_owned());
        let pen = Rc::new(RefCell::new(pen));
        let heard = Rc::<RefCell<Heard>>::default();
        heard.borrow_mut().orders.resize_with(wires.len(), Order::default);
        // One way for everything that is written, also by the writer itself, so that nothing overtakes.
        let writer = Rc::<OnceCell<Frames>>::default();
        for (member, wire) in wires.into_iter().enumerate() {
            let (pen, heard, goes_on) = (Rc::clone(&pen), Rc::clone(&heard), Rc::clone(goes_on));
            let frames = writer.clone();
            let frames = lines.tend_channel(wire, move |wire, _| {
                let mut following = Vec::new();
                wire.take(|mark| {
                    if heard.borrow_mut().completes(member, mark.number) && goes_on.get() {
                        pen.borrow_mut().write(&mut following);
                    }
                })?;
                match frames.get() {
                    Some(writer) if !following.is_empty() => Ok(writer.send(following)?),
                    _ => Ok(()),
                }
            });
            writer.get_or_init(|| frames);
        }
        let writer = writer.get().expect("a group has members").clone();
        Self { pen, writer, heard }
    }

    /// Whether everybody has everything.
    fn is_complete(&self) -> bool {
        let heard = self.heard.borrow();
        heard.deliveries as u64 >= self.pen.borrow().written() * heard.orders.len() as u64
    }

    fn faults(&self) -> Faults {
        let written = self.pen.borrow().written();
        let mut faults = Faults::default();
        self.heard.borrow().orders.iter().for_each(|order| faults += order.faults(written));
        faults
    }
}

impl Heard {
    /// Takes note of a message; says whether everybody has it now.
    fn completes(&mut self, member: usize, number: u64) -> bool {
        if !self.orders[member].add(number) {
            return false;
        }
        self.deliveries += 1;
        let received = self.under_way.entry(number).or_default();
        *received += 1;
        let is_complete = *received == self.orders.len();
        if is_complete {
            self.under_way.remove(&number);
        }
        is_complete
    }
}

async fn load(
    bench: &Bench,
    subject: &Subject<'_>,
    groups: &[Group],
    goes_on: &Cell<bool>,
) -> anyhow::Result<(Spent, usize)> {
    for group in groups {
        let mut out = Vec::new();
        (0..WINDOW).for_each(|_| group.pen.borrow_mut().write(&mut out));
        group.writer.send(out)?;
    }
    let deliveries = || groups.iter().map(|group| group.heard.borrow().deliveries).sum::<usize>();
    sleep(WARM_UP).await;
    let (window, before) = (subject.running.window()?, deliveries());
    sleep(bench.scale.load_time).await;
    let (spent, after) = (window.close()?, deliveries());
    goes_on.set(false);
    let all = || groups.iter().all(Group::is_complete);
    // What does not come is found lost later.
    let _all_came = eventually(all, REST_TIME_MAX).await;
    Ok((spent, after - before))
}
