use serde::{Deserialize, Serialize};

/// What became of what another server kept, in the order of the command.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Adopted {
    pub(crate) outcomes: Vec<Outcome>,
}

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was taken over.
    Taken,
    /// There is something in its place, which stays.
    WasThere,
    /// Why not: the code from the catalogue of errors.
    Refused(String),
}
