use super::{Bench, Subject, connect::connect_all};
use crate::{
    lines::Lines,
    xmpp::{
        account::Account,
        figures::{Link, Measure},
        wire::Target,
    },
};

/// The first connections make what all share.
const FIRST: usize = 20;

/// Memory of connections on which nothing happens, of a server that was just started.
pub(super) async fn measure(bench: &mut Bench, subject: &Subject<'_>, link: Link) -> anyhow::Result<()> {
    let target = subject.running.target(link.has_tls());
    let (first, others) = subject.home.accounts()[..bench.scale.idle].split_at(FIRST);
    let mut lines = Lines::default();
    connect(&target, first, &mut lines).await?;
    let base = subject.running.settled_bytes().await?;
    connect(&target, others, &mut lines).await?;
    let grown = subject.running.settled_bytes().await?.saturating_sub(base);
    bench.measured(Measure::IdleBytes(link), subject.contender, grown as f64 / others.len() as f64);
    Ok(())
}

async fn connect(target: &Target, accounts: &[Account], lines: &mut Lines) -> anyhow::Result<()> {
    for wire in connect_all(target, accounts).await? {
        lines.tend_channel(wire, |wire, _| wire.take(|_| {}));
    }
    Ok(())
}
