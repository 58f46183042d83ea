use super::SettingsErrors;
use crate::observe::check_level;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the server writes about itself to standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSection {
    /// How a line looks.
    pub(crate) format: LogFormat,
    /// How much is written: `error`, `warn`, `info`, `debug`, `trace` or `off`, also for single parts of
    /// the program as in `"info,parlance_hub=debug"`. `debug` writes a line for each request, which
    /// costs speed and disk on a busy server.
    pub(crate) level: String,
    /// Whether network addresses of people are left out of the log. Turning it off helps to find a
    /// fault and puts personal data into the log. Messages, passwords and tokens never stand there.
    pub(crate) redact: bool,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned(), redact: true }
    }
}

impl LogSection {
    pub(super) fn check(&self, wrong: &mut SettingsErrors) {
        if !check_level(&self.level) {
            wrong.add(
                "log.level",
                "write error, warn, info, debug, trace or off, such as \"info,parlance_hub=debug\"",
            );
        }
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}
