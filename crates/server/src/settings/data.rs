use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the server keeps what it must not lose.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DataSection {
    /// The folder of this server: its database, its lock and its admin socket. Made when it does
    /// not exist, readable by its owner only. A relative path counts from the folder in which the
    /// program is started. `--data` on the command line goes before this.
    pub(crate) dir: PathBuf,
}

impl Default for DataSection {
    fn default() -> Self {
        Self { dir: PathBuf::from("parlance-data") }
    }
}
