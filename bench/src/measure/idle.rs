use super::{Bench, crowd, direct};
use crate::{
    lines::{Line, Lines},
    report::{Goal, at_most},
    server::Server,
};
use std::{ops::Range, rc::Rc};
use tokio::{sync::Semaphore, task::JoinSet};

/// Connections that are being set up at the same time.
const CONNECTING: usize = 32;

/// Idle connections; then the group that all of them are in; then whether messages cost more while
/// they are there.
pub(super) async fn plain(bench: &mut Bench) -> anyhow::Result<()> {
    let without = direct::load(bench).await?;
    bench.restart(false).await?;
    let lines = connect_all(bench, "Idle connections", at_most(5_120.0, 3_072.0)).await?;
    let with = direct::load(bench).await?;
    let ratio = with.1.server_us_each(with.2) / without.1.server_us_each(without.2);
    bench.report.hold("a message with them against one without", ratio, "x", at_most(1.2, 1.0));
    drop(lines);
    bench.restart(false).await?;
    crowd::measure(bench).await
}

pub(super) async fn tls(bench: &mut Bench) -> anyhow::Result<()> {
    connect_all(bench, "Idle connections with TLS", at_most(16_384.0, 13_312.0)).await?;
    Ok(())
}

async fn connect_all(bench: &mut Bench, title: &'static str, goal: Goal) -> anyhow::Result<Lines> {
    bench.report.section(title);
    // The first connections make what all share.
    const FIRST: usize = 20;
    let mut lines = Lines::default();
    connect(bench, 0..FIRST, &mut lines).await?;
    let base = bench.server.settled_memory().await?.resident_bytes;
    for count in bench.scale.idle {
        let window = bench.server.window()?;
        let before = lines.count();
        connect(bench, before..count, &mut lines).await?;
        let spent = window.close()?;
        let grown = bench.server.settled_memory().await?.resident_bytes.saturating_sub(base);
        let each = grown as f64 / (count - FIRST) as f64;
        bench.report.hold(format!("memory of each of {count}"), each, "B", goal);
        let sign_in = spent.server_us_each(count - before) / 1e3;
        bench.report.note("  processor time of each sign-in by token", sign_in, "ms");
    }
    Ok(lines)
}

/// Connects these people and keeps their lines open.
pub(super) async fn connect(bench: &Bench, people: Range<usize>, lines: &mut Lines) -> anyhow::Result<()> {
    for line in open_all(&bench.server, bench, people).await? {
        lines.tend(line, |_, _| Ok(()));
    }
    Ok(())
}

/// Opens a line for each of these people, many at a time.
pub(super) async fn open_all(
    server: &Server,
    bench: &Bench,
    people: Range<usize>,
) -> anyhow::Result<Vec<Line>> {
    let permits = Rc::new(Semaphore::new(CONNECTING));
    let mut tasks = JoinSet::new();
    for index in people {
        let (target, person, permits) = (server.target(), bench.people[index].clone(), Rc::clone(&permits));
        tasks.spawn_local(async move {
            let _permit = permits.acquire().await?;
            Line::open(&target, &person).await
        });
    }
    let mut lines = Vec::new();
    while let Some(line) = tasks.join_next().await {
        lines.push(line??);
    }
    Ok(lines)
}
