use super::{Bench, pen::FILLER};
use crate::{latency::Latencies, lines::Line, report::at_most};
use parlance_api::{
    event::Body,
    ops::{OpenDirect, Send, Sync, Synced},
};
use std::{collections::BTreeMap, time::Instant};

/// Who was away.
const AWAY: usize = 0;
/// Events of each conversation that a client asks for.
const WINDOW: u32 = 20;
/// Messages in each conversation before, and in the changed ones after.
const BEFORE: usize = 2;
const AFTER: usize = 5;

/// Somebody in many conversations catches up with the few that changed while they were away.
pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let (conversations, changed) = bench.scale.sync;
    let mut away = bench.line(AWAY).await?;
    let mut directs = Vec::with_capacity(conversations);
    for other in 1..=conversations {
        let direct = away.ask(&OpenDirect { user: bench.people[other].address.clone() }).await?;
        send_many(&mut away, &direct.conversation, BEFORE).await?;
        directs.push(direct.conversation);
    }
    let (first, first_pages) = sync_whole(&mut away, None).await?;
    drop(away);
    for place in 0..changed {
        // Spread over the list, not its newest part.
        let number = place * (conversations / changed);
        let mut other = bench.line(1 + number).await?;
        send_many(&mut other, &directs[number], AFTER).await?;
    }
    let mut away = bench.line(AWAY).await?;
    let mut took = Latencies::default();
    let window = bench.server.window()?;
    for _ in 0..bench.scale.syncs {
        took.append(sync_whole(&mut away, Some(&first.mark)).await?.1);
    }
    let spent = window.close()?;
    let report = &mut bench.report;
    report.section("Catching up");
    report.note("conversations", conversations as f64, "");
    report.note("  of them changed", changed as f64, "");
    report.note("over the API, p50", took.p50(), "ms");
    report.hold("over the API, p99", took.p99(), "ms", at_most(50.0, 20.0));
    let each = spent.server_us_each(bench.scale.syncs) / 1e3;
    report.hold("server's processor time each", each, "ms", at_most(50.0, 20.0));
    report.note("a first sync: pages", first_pages.count() as f64, "");
    report.note("a first sync: slowest page", first_pages.at(1.0), "ms");
    Ok(())
}

/// Every page since a mark: the last answer, and how long each took.
async fn sync_whole(line: &mut Line, since: Option<&str>) -> anyhow::Result<(Synced, Latencies)> {
    let mut took = Latencies::default();
    let mut cursor = None;
    loop {
        let sync = Sync {
            since: since.map(str::to_owned),
            positions: BTreeMap::new(),
            window: WINDOW,
            limit: 100,
            cursor,
        };
        let began = Instant::now();
        let synced = line.ask(&sync).await?;
        took.add(began.elapsed());
        cursor = synced.next.clone();
        if cursor.is_none() {
            return Ok((synced, took));
        }
    }
}

async fn send_many(line: &mut Line, conversation: &str, count: usize) -> anyhow::Result<()> {
    for _ in 0..count {
        let send = Send {
            conversation: conversation.to_owned(),
            client_ref: format!("y{:x}", rand::random::<u64>()),
            body: Body::Text { text: FILLER.to_owned(), mentions: Vec::new() },
            reply_to: None,
            thread: None,
            poll: None,
            needs_acknowledgement: false,
            forward: None,
        };
        line.ask(&send).await?;
    }
    Ok(())
}
