//! Frames of the native WebSocket.
//!
//! One text message is one frame. The first frame of a client is the request `hello`; every other
//! operation of [`crate::ops::OPERATIONS`] can follow on the same socket. The server answers each
//! request once, in any order, and pushes what happens in between.

use crate::{error::Problem, event::Event, model::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What a client sends.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Chosen by the client; comes back with the answer.
    pub id: u64,
    /// `hello`, or the name of an operation.
    pub op: String,
    /// The fields of the operation.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub args: Option<Box<RawValue>>,
}

/// The first request on a socket.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The token of a sign-in. May be absent when the HTTP request carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The answer to [`Hello`]. Everything that happens after `mark` is pushed on this socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Welcome {
    /// Who is signed in.
    pub me: Me,
    /// What this server is.
    pub server: ServerInfo,
    /// Where the pushes begin; use `sync` for what came before.
    pub mark: String,
}

/// The answer to a request.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Answer<T> {
    /// It was done.
    Ok {
        /// The request's id.
        id: u64,
        /// The answer.
        ok: T,
    },
    /// It was not done.
    Error {
        /// The request's id; absent when the frame could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// Why.
        error: Problem,
    },
}

/// What the server sends of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "push", rename_all = "snake_case")]
pub enum Push {
    /// Something happened in a conversation. In each conversation the events come by `seq`,
    /// without a gap, each once per socket.
    Event {
        /// What happened.
        event: Box<Event>,
    },
    /// Something changed in the reader's account on another device, or on this one.
    Account {
        /// What changed.
        #[serde(flatten)]
        change: AccountChange,
    },
    /// Somebody received or read up to a place.
    Receipt(Receipt),
    /// Somebody is typing, or no longer. Fades after six seconds.
    Typing {
        /// Where.
        conversation: String,
        /// Who, as `name@domain`.
        user: String,
        /// Typing, or no longer.
        active: bool,
    },
    /// The presence of somebody being watched changed.
    Presence(Presence),
    /// Everything up to this mark has been pushed on this socket: say it in the next `sync`.
    Mark {
        /// The mark.
        mark: String,
    },
    /// The server closes this socket next.
    Closing {
        /// Why, and whether to come back.
        error: Problem,
    },
}
