use super::{
    Bench, idle,
    pen::{FILLER, Pen, eventually},
};
use crate::{
    latency::Latencies,
    letter::{Arrival, Clock},
    lines::{Frames, Line, Lines},
    report::at_most,
};
use anyhow::{bail, ensure};
use parlance_api::{
    model::ConversationKind,
    ops::{AddMember, CreateConversation},
};
use std::{cell::RefCell, ops::Range, rc::Rc, time::Duration};

/// How long one message may take to everybody.
const ROUND_TIME_MAX: Duration = Duration::from_secs(20);
/// The pause after everybody has a message.
const PAUSE: Duration = Duration::from_millis(100);
/// Most members a group can be founded with.
const FOUNDERS_MAX: usize = 100;

/// One message after the other into a group in which everybody is there.
pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let members = bench.scale.crowd;
    let conversation = found(bench, 0..members).await?;
    let mut lines = Lines::default();
    let mut crowd = Crowd::connect(bench, &conversation, 0..members, &mut lines).await?;
    let window = bench.server.window()?;
    let told = lines.while_waiting(crowd.tell(bench.scale.crowd_messages)).await??;
    let spent = window.close()?;
    let deliveries = bench.scale.crowd_messages * members;
    let report = &mut bench.report;
    report.section("A group of which all members are there");
    report.note("members", members as f64, "");
    report.hold("one message to the last receiver, p50", told.p50(), "ms", at_most(250.0, 100.0));
    report.hold("one message to the last receiver, p99", told.p99(), "ms", at_most(250.0, 100.0));
    report.note("server's processor time each delivery", spent.server_us_each(deliveries), "us");
    report.note("  generator's processor time each", spent.own_us_each(deliveries), "us");
    Ok(())
}

/// A group with these people, the first of whom owns it.
pub(super) async fn found(bench: &Bench, people: Range<usize>) -> anyhow::Result<String> {
    let mut owner = bench.line(people.start).await?;
    let others = bench.addresses(people.start + 1..people.end);
    let (founders, joining) = others.split_at(others.len().min(FOUNDERS_MAX));
    let create = CreateConversation {
        kind: ConversationKind::Group,
        name: "load".to_owned(),
        address_name: None,
        topic: String::new(),
        members: founders.to_vec(),
        history: None,
        client_ref: None,
    };
    let conversation = owner.ask(&create).await?.conversation;
    for user in joining {
        let add = AddMember { conversation: conversation.clone(), user: user.clone(), role: None };
        owner.ask(&add).await?;
    }
    Ok(conversation)
}

/// A group whose members are all connected, and who has the newest message.
pub(super) struct Crowd {
    clock: Clock,
    pen: Pen,
    writer: Frames,
    newest: Rc<RefCell<Newest>>,
    members: usize,
}

#[derive(Debug, Default)]
struct Newest {
    sent_micros: u64,
    received: usize,
    /// When the last one received it.
    last: Duration,
}

impl Newest {
    /// How many have it, and when the last one got it.
    fn reached(&self) -> (usize, Duration) {
        (self.received, self.last)
    }
}

impl Crowd {
    /// Connects these people; the first writes.
    pub(super) async fn connect(
        bench: &Bench,
        conversation: &str,
        people: Range<usize>,
        lines: &mut Lines,
    ) -> anyhow::Result<Self> {
        let (clock, newest) = (bench.clock, Rc::<RefCell<Newest>>::default());
        let members = people.len();
        let writer = tend(bench.line(people.start).await?, clock, &newest, lines);
        for line in idle::open_all(&bench.server, bench, people.start + 1..people.end).await? {
            tend(line, clock, &newest, lines);
        }
        Ok(Self { clock, pen: Pen::new(clock, conversation)?, writer, newest, members })
    }

    /// Sends messages one after the other; answers how long each took to the last receiver.
    pub(super) async fn tell(&mut self, messages: usize) -> anyhow::Result<Latencies> {
        let mut took = Latencies::default();
        // The first one fills caches.
        for number in 0..=messages {
            *self.newest.borrow_mut() = Newest { sent_micros: self.clock.micros(), ..Newest::default() };
            let mut out = Vec::new();
            self.pen.write(&mut out, FILLER);
            self.writer.send(out)?;
            let all = || self.newest.borrow().received >= self.members;
            let is_told = eventually(all, ROUND_TIME_MAX).await;
            let (received, last) = self.newest.borrow().reached();
            ensure!(is_told, "{received} of {} received a message", self.members);
            if number > 0 {
                took.add(last);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(took)
    }
}

fn tend(line: Line, clock: Clock, newest: &Rc<RefCell<Newest>>, lines: &mut Lines) -> Frames {
    let newest = Rc::clone(newest);
    lines.tend(line, move |arrival, _| match arrival {
        Arrival::Message { sent_micros, .. } => {
            let mut newest = newest.borrow_mut();
            if sent_micros >= newest.sent_micros {
                newest.received += 1;
                newest.last = clock.since(sent_micros);
            }
            Ok(())
        }
        Arrival::Refusal(refusal) => bail!("{refusal}"),
        Arrival::Answer { .. } | Arrival::Other => Ok(()),
    })
}
