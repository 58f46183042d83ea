use super::SettingsErrors;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The database.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StorageSection {
    /// Where messages and accounts are kept: `sqlite:PATH` is the embedded database in the file
    /// PATH. It has to be on a local disk; network file systems lose its locks. When absent, the
    /// file `parlance.db` in the data folder.
    #[schemars(example = "sqlite:/var/lib/parlance/parlance.db")]
    pub(crate) url: Option<String>,
    /// A file whose only line is the value of `url`, so that the address of a database can stay
    /// out of this file.
    #[schemars(example = "/run/credentials/parlance/storage-url")]
    pub(crate) url_file: Option<PathBuf>,
}

/// The database, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// The embedded database in this file.
    Sqlite(PathBuf),
}

impl StorageSection {
    pub(super) fn validate(self, data_dir: &Path, wrong: &mut SettingsErrors) -> Storage {
        let default = Storage::Sqlite(data_dir.join("parlance.db"));
        let url = match (self.url, self.url_file) {
            (None, None) => return default,
            (Some(url), None) => url,
            (None, Some(file)) => match std::fs::read_to_string(&file) {
                Ok(text) => text.trim().to_owned(),
                Err(error) => {
                    wrong.add("storage.url_file", format!("cannot read {}: {error}", file.display()));
                    return default;
                }
            },
            (Some(_), Some(_)) => {
                wrong.add("storage.url_file", "set either url or url_file, not both");
                return default;
            }
        };
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Storage::Sqlite(PathBuf::from(path)),
            _ => {
                wrong.add(
                    "storage.url",
                    "write sqlite: and the path of a file, such as \"sqlite:/srv/parlance.db\"",
                );
                default
            }
        }
    }
}
