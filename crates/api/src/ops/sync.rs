use crate::{event::Event, model::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What changed since a mark, newest conversations first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// The mark up to which the client knows everything; absent for a first sync.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Where the client stands in conversations of which it keeps events; others get only the window.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "crate::unique::map")]
    pub positions: BTreeMap<String, Position>,
    /// Most events per conversation (0 to 100).
    #[serde(default = "one")]
    pub window: u32,
    /// Most conversations in this answer (1 to 200).
    #[serde(default = "hundred")]
    pub limit: u32,
    /// Continues an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

fn one() -> u32 {
    1
}

fn hundred() -> u32 {
    100
}

/// A place in the life of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The life of the log.
    pub epoch: u64,
    /// The newest place that is known, with everything before it.
    pub seq: u64,
}

/// The answer to [`Sync`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Synced {
    /// Conversations that changed, newest first. One that the client is no longer in is in `gone`.
    pub conversations: Vec<Conversation>,
    /// Conversations the client is no longer a member of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Whether the client must forget everything it knew before (the mark was from another life of the server).
    pub reset: bool,
    /// Ask again with this as `cursor`; absent when this was all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The mark to say next time, once every page has been read.
    pub mark: String,
}

/// Looks for messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words, and `from:` `in:` `has:` `before:` `after:`.
    pub query: String,
    /// Only in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Most hits (1 to 100).
    #[serde(default = "twenty")]
    pub limit: u32,
    /// Continues an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

fn twenty() -> u32 {
    20
}

/// Hits of a search, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchPage {
    /// The messages.
    pub items: Vec<Event>,
    /// The words that were looked for, as the index sees them, for highlighting.
    pub words: Vec<String>,
    /// Ask again with this as `cursor` for older hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
