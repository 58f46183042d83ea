use super::{Bench, archive::Archive};
use crate::{
    latency::Latencies,
    lines::Line,
    report::at_most,
    words::{CJK_WORD, COMMON, PAIR, PREFIX, RARE},
};
use anyhow::ensure;
use parlance_api::{
    event::Body,
    ops::{OpenDirect, Search, Send},
};
use std::time::{Duration, Instant};

/// What the first page shows.
const HITS: u32 = 20;
/// How long the index may take to catch up.
const INDEX_TIME_MAX: Duration = Duration::from_secs(600);
const LAST_WORD: &str = "supercalifragilistic";

/// Searches a long history.
pub(super) async fn measure(bench: &mut Bench, archive: &Archive) -> anyhow::Result<()> {
    let mut member = bench.line(archive.member).await?;
    let behind = wait_for_index(&mut member, archive).await?;
    let mut stranger = bench.line(archive.stranger).await?;
    write_a_little(bench, &mut stranger, archive).await?;
    bench.report.section("Searching a long history, first 20 hits");
    bench.report.note("index complete after the last message", behind.as_secs_f64(), "s");
    let two_words = PAIR.join(" ");
    let prefix = format!("{PREFIX}*");
    let queries = [
        ("a rare word", RARE),
        ("a common word", COMMON),
        ("two words", &two_words),
        ("the beginning of a word", &prefix),
        ("a Chinese word", CJK_WORD),
    ];
    for (what, query) in queries {
        search(bench, &mut member, what, query).await?;
    }
    search(bench, &mut stranger, "a common word, by somebody in few conversations", COMMON).await
}

async fn search(bench: &mut Bench, line: &mut Line, what: &str, query: &str) -> anyhow::Result<()> {
    let mut took = Latencies::default();
    let request = request(query);
    let found = line.ask(&request).await?.items.len();
    ensure!(found > 0, "nothing was found for {what}");
    for _ in 0..bench.scale.searches {
        let began = Instant::now();
        line.ask_raw(&request).await?;
        took.add(began.elapsed());
    }
    bench.report.note(format!("{what}, p50"), took.p50(), "ms");
    bench.report.hold(format!("{what}, p99"), took.p99(), "ms", at_most(50.0, 20.0));
    bench.report.note("  hits shown", found as f64, "");
    Ok(())
}

fn request(query: &str) -> Search {
    Search { query: query.to_owned(), conversation: None, limit: HITS, cursor: None }
}

/// Writes one more message and waits until it can be found.
async fn wait_for_index(member: &mut Line, archive: &Archive) -> anyhow::Result<Duration> {
    send(member, &archive.conversation, LAST_WORD).await?;
    let began = Instant::now();
    while began.elapsed() < INDEX_TIME_MAX {
        if !member.ask(&request(LAST_WORD)).await?.items.is_empty() {
            return Ok(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the index was not complete after {INDEX_TIME_MAX:?}")
}

/// Somebody who is not in the long history says a few things of their own.
async fn write_a_little(bench: &Bench, stranger: &mut Line, archive: &Archive) -> anyhow::Result<()> {
    let user = bench.people[archive.stranger + 1].address.clone();
    let direct = stranger.ask(&OpenDirect { user }).await?;
    for _ in 0..10 {
        send(stranger, &direct.conversation, COMMON).await?;
    }
    wait_until_found(stranger).await
}

async fn wait_until_found(line: &mut Line) -> anyhow::Result<()> {
    let began = Instant::now();
    while line.ask(&request(COMMON)).await?.items.len() < 10 {
        ensure!(began.elapsed() < INDEX_TIME_MAX, "what was written last cannot be found");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn send(line: &mut Line, conversation: &str, text: &str) -> anyhow::Result<()> {
    let send = Send {
        conversation: conversation.to_owned(),
        client_ref: format!("s{:x}", rand::random::<u64>()),
        body: Body::Text { text: text.to_owned(), mentions: Vec::new() },
        reply_to: None,
        thread: None,
        poll: None,
        needs_acknowledgement: false,
        forward: None,
    };
    line.ask(&send).await?;
    Ok(())
}
