use super::{Bench, archive::Archive};
use crate::{latency::Latencies, report::at_most};
use parlance_api::ops::ListEvents;
use std::time::Instant;

/// What one look at a place shows.
const EVENTS: u32 = 50;

/// Opens a long history at random places.
pub(super) async fn measure(bench: &mut Bench, archive: &Archive) -> anyhow::Result<()> {
    let mut line = bench.line(archive.member).await?;
    let mut took = Latencies::default();
    let count = bench.scale.openings;
    let window = bench.server.window()?;
    for _ in 0..count {
        let around = rand::random_range(1..=archive.head);
        let list = ListEvents {
            conversation: archive.conversation.clone(),
            before: None,
            after: None,
            around: Some(around),
            from_time: None,
            limit: EVENTS,
        };
        let began = Instant::now();
        line.ask_raw(&list).await?;
        took.add(began.elapsed());
    }
    let spent = window.close()?;
    let report = &mut bench.report;
    report.section("Opening a long history at any place, 50 events");
    report.note("events in it", archive.head as f64, "");
    report.note("over the API, p50", took.p50(), "ms");
    report.hold("over the API, p99", took.p99(), "ms", at_most(5.0, 2.0));
    report.note("server's processor time each", spent.server_us_each(count) / 1e3, "ms");
    Ok(())
}
