//! What an attacker tries over XMPP.

mod client;
mod memory;
mod scram;

mod archive;
mod bounds;
mod channel;
mod chaos;
mod churn;
mod commands;
mod forged;
mod headers;
mod published;
mod resources;
mod resuming;
mod revoked;
mod rooms;
mod sign_in;
mod silence;
mod slow;
mod websocket;
mod xml;
