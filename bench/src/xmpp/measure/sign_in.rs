use super::{Bench, Subject, connect::connect_all};
use crate::xmpp::{
    figures::{Link, Measure},
    scram::Hash,
    wire::{Mechanism, Target},
};

/// The first sign-ins make what all share.
const FIRST: usize = 20;

/// What it costs to connect, sign in, bind and become available.
pub(super) async fn measure(
    bench: &mut Bench,
    subject: &Subject<'_>,
    link: Link,
    hash: Hash,
) -> anyhow::Result<()> {
    let mechanism = Mechanism::Scram(hash);
    let target = Target { mechanism: Some(mechanism), ..subject.running.target(link.has_tls()) };
    let (first, others) = subject.home.accounts()[..bench.scale.sign_ins].split_at(FIRST);
    let warm = connect_all(&target, first).await?;
    subject.running.quiet().await?;
    let window = subject.running.window()?;
    let wires = connect_all(&target, others).await?;
    let each = window.close()?.server_us_each(wires.len()) / 1e3;
    bench.measured(Measure::SignIn(link, mechanism), subject.contender, each);
    drop((warm, wires));
    subject.running.quiet().await
}
