//! The Rust SDK of Parlance.
//!
//! A [`Client`] is one signed-in account. It keeps a local copy of the account's conversations,
//! shows them without a connection, catches up when there is one, and sends what was written once
//! and in order, even when the program was killed in between. Whoever wants less takes a
//! [`Connection`](connection::Connection) (typed calls and pushes over one lasting WebSocket) or an
//! [`HttpCaller`](http::HttpCaller) (single calls).
//!
//! What this crate is not: it draws nothing and notifies nobody. It says through
//! [`Client::subscribe`] that something changed, and the program looks again.
//!
//! ```no_run
//! use parlance_client::{Client, Draft, Notice, api::ops, server::Server};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::parse("http://localhost:8080")?;
//! let store = Client::open_store("romeo-data".as_ref(), "romeo@localhost")?;
//! let request = ops::SignIn {
//!     user: "romeo@localhost".into(),
//!     password: std::env::var("PASSWORD")?,
//!     device_name: "example".into(),
//! };
//! Client::sign_in(&server, &store, &request).await?;
//!
//! let client = Client::start(store)?;
//! let mut changes = client.subscribe();
//! let juliet = client.open_direct("juliet@localhost").await?;
//! client.send(&juliet, Draft::text("But soft!")).await?;
//! while let Some(notice) = changes.next().await {
//!     if let Notice::Message { conversation, seq } = notice {
//!         println!("{:?}", client.log(&conversation).await?.entry(seq));
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Three rules hold throughout. The model ([`model`]) is a pure function of what was told, whatever
//! the order. An answer of a `Client` method that changes something means that the change is on
//! this machine's disk. And what is shown as sent is on the server's disk.

mod client;
mod sync;

pub mod connection;
pub mod error;
pub mod http;
pub mod model;
pub mod server;
pub mod store;

mod backoff;
mod task;

pub use client::{Changes, Client, Draft, Found};
pub use parlance_api as api;
pub use sync::{ConnectionState, ConversationView, Notice, TimelineView};
