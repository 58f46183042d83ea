//! The rules of Parlance: who may do what, what follows from it, and how it is counted.
//!
//! Everything here is a pure function of its arguments. There is no clock, no randomness, no
//! async function, no database and no wire format; what depends on time takes it as an argument.
//! Start with [`conversation::State::decide_post`] and its like (may this happen?), [`conversation::State::apply`] (what
//! does it change?) and [`count::Counts`] (what is unread?).
//!
//! ```
//! use parlance_core::address::Address;
//! let alice: Address = "alice@example.org".parse().unwrap();
//! assert_eq!(alice.name(), "alice");
//! ```

pub mod account;
pub mod address;
pub mod arrangement;
pub mod body;
pub mod bucket;
pub mod conversation;
pub mod count;
pub mod event;
pub mod fold;
pub mod id;
pub mod poll;
pub mod presence;
pub mod principal;
pub mod search;
pub mod subscription;

mod rejection;
pub use rejection::Rejection;
