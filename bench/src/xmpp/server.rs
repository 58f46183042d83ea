//! The servers that are compared: each runs in a folder of its own, on loopback, with the same
//! certificate.

mod child;
mod ejabberd;
mod parlance;
mod postgres;
mod prosody;

use super::{
    account::{self, Account},
    contender::{Contender, Product},
    scram::Hash,
    wire::Target,
};
use crate::{
    process::Window,
    server::Server,
    tree::Tree,
    trust::{CERT_FILE, KEY_FILE, Trust},
};
use anyhow::Context;
use child::Child;
use postgres::Postgres;
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

/// Groups live here at every server.
pub(crate) const GROUPS_DOMAIN: &str = "groups.localhost";
/// Memory has settled when it moves less than this between two looks.
const SETTLED_BYTES: u64 = 128 * 1024;
const SETTLE_LOOK: Duration = Duration::from_millis(500);
const SETTLE_LOOKS_MAX: usize = 30;
/// Nothing goes on when less than this of a processor was used since the last look.
const QUIET_TIME: Duration = Duration::from_millis(20);
const QUIET_LOOK: Duration = Duration::from_millis(250);
const QUIET_LOOKS_MAX: usize = 60;

/// Where a server keeps its accounts from one start to the next.
pub(crate) struct Home {
    product: Product,
    hash: Hash,
    dir: PathBuf,
    trust: Trust,
    /// The program of ours.
    program: PathBuf,
    accounts: Vec<Account>,
}

/// A server that runs. It is stopped when this is dropped.
pub(crate) struct Running {
    process: Process,
    address: SocketAddr,
    trust: Trust,
}

enum Process {
    Ours(Server),
    Theirs { server: Child, database: Option<Postgres> },
}

impl Home {
    /// A home below a folder in which the certificate lies.
    pub(crate) fn new(
        folder: &Path,
        trust: &Trust,
        program: &Path,
        product: Product,
        hash: Hash,
    ) -> anyhow::Result<Self> {
        let dir = folder.join(product.folder(hash));
        fs::create_dir_all(&dir)?;
        for file in [CERT_FILE, KEY_FILE] {
            fs::copy(folder.join(file), dir.join(file))?;
        }
        let (trust, program) = (trust.clone(), program.to_owned());
        Ok(Self { product, hash, dir, trust, program, accounts: Vec::new() })
    }

    /// Starts the server with this many accounts and waits until it listens. They are made in an earlier
    /// life of it, so that nothing of that is left in its memory.
    pub(crate) async fn start(&mut self, contender: Contender, accounts: usize) -> anyhow::Result<Running> {
        self.populate(contender, accounts).await.context("accounts cannot be made")?;
        self.start_once(contender).await
    }

    async fn populate(&mut self, contender: Contender, count: usize) -> anyhow::Result<()> {
        let missing = self.accounts.len()..count.max(self.accounts.len());
        if missing.is_empty() {
            return Ok(());
        }
        let running = self.start_once(contender).await?;
        let new: Vec<Account> = missing.clone().map(Account::new).collect();
        match &running.process {
            Process::Ours(_) => parlance::import(&self.program, &self.dir, &new)?,
            Process::Theirs { .. } => account::register(running.address, missing).await?,
        }
        self.accounts.extend(new);
        running.stop().await
    }

    async fn start_once(&self, contender: Contender) -> anyhow::Result<Running> {
        let (process, address) = match self.product {
            Product::Parlance => self.start_ours().await?,
            Product::Ejabberd => self.start_ejabberd(contender).await?,
            Product::Prosody => self.start_prosody(contender).await?,
        };
        Ok(Running { process, address, trust: self.trust.clone() })
    }

    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    async fn start_ours(&self) -> anyhow::Result<(Process, SocketAddr)> {
        let server = Server::start(&self.program, &self.dir, Some(&self.trust)).await?;
        let address = server.xmpp()?;
        Ok((Process::Ours(server), address))
    }

    async fn start_ejabberd(&self, contender: Contender) -> anyhow::Result<(Process, SocketAddr)> {
        let database = match contender {
            Contender::EjabberdPostgres => Some(Postgres::start().await?),
            _ => None,
        };
        let address = free_address()?;
        let settings = ejabberd::Settings { dir: &self.dir, address, hash: self.hash, contender };
        let server = settings.start(database.as_ref()).await?;
        Ok((Process::Theirs { server, database }, address))
    }

    async fn start_prosody(&self, contender: Contender) -> anyhow::Result<(Process, SocketAddr)> {
        let address = free_address()?;
        let settings = prosody::Settings { dir: &self.dir, address, hash: self.hash, contender };
        let server = settings.start().await?;
        Ok((Process::Theirs { server, database: None }, address))
    }
}

impl Running {
    /// Where clients connect. They sign in the way that the server offers.
    pub(crate) fn target(&self, has_tls: bool) -> Target {
        let trust = has_tls.then(|| self.trust.clone());
        Target { address: self.address, trust, mechanism: None }
    }

    pub(crate) fn window(&self) -> anyhow::Result<Window> {
        Window::open(self.tree())
    }

    /// Bytes in RAM once they do not move any more.
    pub(crate) async fn settled_bytes(&self) -> anyhow::Result<u64> {
        let tree = self.tree();
        let mut before = tree.resident_bytes()?;
        for _ in 0..SETTLE_LOOKS_MAX {
            tokio::time::sleep(SETTLE_LOOK).await;
            let now = tree.resident_bytes()?;
            if now.abs_diff(before) < SETTLED_BYTES {
                return Ok(now);
            }
            before = now;
        }
        Ok(before)
    }

    /// Waits until the server has nothing to do, but not for ever.
    pub(crate) async fn quiet(&self) -> anyhow::Result<()> {
        let tree = self.tree();
        let mut before = tree.processor_time()?;
        for _ in 0..QUIET_LOOKS_MAX {
            tokio::time::sleep(QUIET_LOOK).await;
            let now = tree.processor_time()?;
            if now.saturating_sub(before) < QUIET_TIME {
                return Ok(());
            }
            before = now;
        }
        Ok(())
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        match self.process {
            Process::Ours(mut server) => server.stop(),
            Process::Theirs { server, database } => {
                server.stop().await?;
                match database {
                    Some(database) => database.stop().await,
                    None => Ok(()),
                }
            }
        }
    }

    fn tree(&self) -> Tree {
        match &self.process {
            Process::Ours(server) => server.tree(),
            Process::Theirs { server, database } => {
                Tree::of([server.pid()].into_iter().chain(database.as_ref().map(Postgres::pid)))
            }
        }
    }
}

/// An address on loopback on which nothing listened a moment ago.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
