//! Search: the words of a text, and the meaning of a query.

mod link;
mod query;
mod words;

pub use link::has_link;
pub use query::{Has, InvalidQuery, Query};
pub use words::{Word, words};
