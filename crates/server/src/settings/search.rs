use super::units::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Full-text search.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SearchSection {
    /// How long a search waits until everything that was said before it is in the index. Then it is
    /// refused as temporarily unavailable, which people see while an index is made anew; on a slow disk
    /// a longer time makes that rarer.
    pub(crate) wait_max: Period,
}

impl Default for SearchSection {
    fn default() -> Self {
        Self { wait_max: Period::seconds(2) }
    }
}

impl SearchSection {
    pub(super) fn validate(&self) -> Search {
        Search { wait_max: self.wait_max.duration() }
    }
}

/// Full-text search, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) wait_max: Duration,
}
