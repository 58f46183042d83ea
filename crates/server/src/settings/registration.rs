use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who can make an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RegistrationSection {
    /// Who can make an account without an administrator. `parlance user add` works in every mode.
    pub(crate) mode: RegistrationMode,
}

/// Who can make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RegistrationMode {
    /// Nobody: administrators make all accounts.
    Closed,
    /// Whoever has an invitation link of somebody on this server.
    #[default]
    Invite,
    /// Everybody who can reach the server.
    Open,
}
