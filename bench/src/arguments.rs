use crate::xmpp::Product;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Load tests of a Parlance server.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) test: Test,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Test {
    /// Everything over the native protocol, beside the goals.
    Native(Native),
    /// Ours, ejabberd and Prosody over XMPP, in turn.
    Xmpp(Xmpp),
    /// Counts disk syncs against acknowledgements, one message in flight.
    Syncs(Syncs),
}

#[derive(Debug, Args)]
pub(crate) struct Native {
    /// Everything tenfold smaller, for trying.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,
    #[command(flatten)]
    pub(crate) server: Program,
}

#[derive(Debug, Args)]
pub(crate) struct Syncs {
    /// How many messages.
    #[arg(long, default_value_t = 100)]
    pub(crate) count: usize,
    #[command(flatten)]
    pub(crate) server: Program,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Xmpp {
    /// Everything smaller and shorter, for trying.
    #[arg(long, visible_alias = "short")]
    pub(crate) quick: bool,
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<XmppPart>,
    /// Only these servers.
    #[arg(long, value_delimiter = ',')]
    pub(crate) servers: Vec<Product>,
    #[command(flatten)]
    pub(crate) server: Program,
}

/// The program that is measured.
#[derive(Clone, Debug, Args)]
pub(crate) struct Program {
    /// The server program; the one beside this program when absent.
    #[arg(long = "server", value_name = "PROGRAM")]
    pub(crate) path: Option<PathBuf>,
}

/// A part of the load test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Memory of a fresh server and of idle connections, and a group with everybody in it.
    Idle,
    /// Memory of idle connections with TLS.
    Tls,
    /// Messages between two people.
    Direct,
    /// Messages in groups of a hundred.
    Groups,
    /// A long history: writing it, opening it anywhere, searching it, starting with it.
    Archive,
    /// Catching up after a day away.
    Sync,
}

/// A part of the comparison over XMPP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum XmppPart {
    /// Messages between two people.
    Direct,
    /// Messages in groups of a hundred.
    Groups,
    /// Messages to people who are not there.
    Offline,
    /// Memory of idle connections.
    Idle,
    /// Signing in.
    Login,
}

impl Xmpp {
    pub(crate) fn includes(&self, part: XmppPart) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub(crate) fn includes_server(&self, product: Product) -> bool {
        self.servers.is_empty() || self.servers.contains(&product)
    }
}

impl Native {
    pub(crate) fn includes(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}
