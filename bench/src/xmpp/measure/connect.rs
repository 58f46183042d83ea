use crate::xmpp::{
    account::Account,
    wire::{Target, Wire},
};
use anyhow::Context;
use std::{rc::Rc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

/// Connections that are being set up at the same time.
const CONNECTING: usize = 32;
const OPEN_TIME_MAX: Duration = Duration::from_secs(60);

/// Signs all of these in, many at a time; their wires in the same order.
pub(super) async fn connect_all(
    target: &Target,
    accounts: impl IntoIterator<Item = &Account>,
) -> anyhow::Result<Vec<Wire>> {
    let permits = Rc::new(Semaphore::new(CONNECTING));
    let mut tasks = JoinSet::new();
    for (place, account) in accounts.into_iter().cloned().enumerate() {
        let (target, permits) = (target.clone(), Rc::clone(&permits));
        tasks.spawn_local(async move {
            let _permit = permits.acquire().await?;
            let opening = timeout(OPEN_TIME_MAX, Wire::open(&target, &account)).await;
            anyhow::Ok((place, opening.context("signing in took too long")??))
        });
    }
    let mut wires = Vec::new();
    while let Some(wire) = tasks.join_next().await {
        wires.push(wire??);
    }
    wires.sort_by_key(|(place, _)| *place);
    Ok(wires.into_iter().map(|(_, wire)| wire).collect())
}
