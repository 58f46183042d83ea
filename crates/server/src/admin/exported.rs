use super::secret;
use parlance_hub::Redacted;
use serde::{Deserialize, Serialize};

/// Where an export goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportStep {
    /// With the account after this name.
    Account {
        /// `None` at the beginning.
        after: Option<String>,
    },
    /// With the archive of an account.
    Archive {
        /// The name before the `@`.
        name: String,
        /// After the message of this id; `None` at the beginning.
        after: Option<String>,
    },
}

/// A part of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExportPart {
    /// What belongs at this place of the document.
    #[serde(with = "secret")]
    pub(crate) xml: Redacted<String>,
    /// Accounts that were finished.
    pub(crate) accounts: u64,
    /// Accounts that were left out because they are switched off.
    pub(crate) switched_off: u64,
    /// Where it goes on; `None` at the end.
    pub(crate) next: Option<ExportStep>,
}
