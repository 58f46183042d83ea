use super::wire::{DOMAIN, Target, Wire};
use std::{net::SocketAddr, ops::Range};
use tokio::task::JoinSet;

const PASSWORD: &str = "correct horse battery";
/// How many streams register at the same time: enough to keep two processors busy with hashing.
const PARALLEL: usize = 4;

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// The number among all accounts of a server.
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) password: &'static str,
}

impl Account {
    pub(crate) fn new(index: usize) -> Self {
        Self { index, name: format!("person{index:05}"), password: PASSWORD }
    }

    /// The address without a resource.
    pub(crate) fn bare(&self) -> String {
        format!("{}@{DOMAIN}", self.name)
    }
}

/// Makes the accounts with these numbers over XMPP.
///
/// # Source
/// XEP-0077 (2.4) section 3.1.
pub(crate) async fn register(address: SocketAddr, numbers: Range<usize>) -> anyhow::Result<()> {
    let target = Target { address, trust: None, mechanism: None };
    let mut tasks = JoinSet::new();
    for part in 0..PARALLEL {
        let (target, numbers) = (target.clone(), numbers.clone());
        tasks.spawn_local(async move {
            let (mut wire, _) = Wire::connect(&target, part).await?;
            for index in numbers.skip(part).step_by(PARALLEL) {
                let Account { name, password, .. } = Account::new(index);
                let query = format!(
                    "<query xmlns='jabber:iq:register'><username>{name}</username><password>{password}</password></query>"
                );
                wire.ask("set", "", &query).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(part) = tasks.join_next().await {
        part??;
    }
    Ok(())
}
