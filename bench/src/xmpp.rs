//! Ours and others over XMPP, in turn on the same machine, with the same generator.

mod account;
mod contender;
mod element;
mod figures;
mod goals;
mod mark;
mod measure;
mod order;
mod scale;
mod scram;
mod server;
mod wire;

pub(crate) use contender::Product;
pub(crate) use measure::run;
