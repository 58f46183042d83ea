//! Descriptions of the native protocol for people and generators, made from the types.
//!
//! [`openapi`] describes the operations over HTTP together with the schemas of every WebSocket
//! frame, so that one document is enough to derive the types of a client. [`asyncapi`] describes
//! the same operations, and what the server pushes, on the WebSocket. [`errors_page`] is the error
//! catalogue as a page. All three are pure functions of the table of operations, the types and
//! their doc comments, and the catalogue.
//!
//! ```
//! let document = parlance_api::describe::openapi();
//! assert_eq!(document["paths"]["/v1/me"]["get"]["operationId"], "me.get");
//! ```

mod asyncapi;
mod errors_page;
mod openapi;
mod schemas;
#[cfg(test)]
mod tests;

pub use asyncapi::asyncapi;
pub use errors_page::errors_page;
pub use openapi::openapi;
