use super::SettingsErrors;
use parlance_front_xmpp::ComponentSecret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt, fs, path::PathBuf};

/// A program beside the server that has a domain of its own, such as a gateway to another network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ComponentSection {
    /// Its domain, as in `irc.example.org`: another one than that of people and of groups.
    pub(crate) domain: String,
    /// What it and the server know alone. Choose a long random text for each component.
    pub(crate) secret: Secret,
    /// A file that holds the secret instead.
    pub(crate) secret_file: Option<PathBuf>,
}

/// A text that is not printed.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

pub(super) fn validate(
    sections: Vec<ComponentSection>,
    taken: [&str; 2],
    wrong: &mut SettingsErrors,
) -> Vec<ComponentSecret> {
    let mut seen: HashSet<String> = taken.iter().map(|domain| (*domain).to_owned()).collect();
    let mut components = Vec::new();
    for section in sections {
        if section.domain.is_empty() || section.domain != section.domain.to_lowercase() {
            wrong.add(KEY, "each needs a domain in small letters");
        } else if !seen.insert(section.domain.clone()) {
            wrong.add(KEY, "each needs a domain that nobody else has");
        }
        match section.secret() {
            Ok(secret) => components.push(ComponentSecret { domain: section.domain, secret: secret.into() }),
            Err(reason) => wrong.add(KEY, reason),
        }
    }
    components
}

const KEY: &str = "xmpp.components";

impl ComponentSection {
    fn secret(&self) -> Result<String, String> {
        let secret = match (&self.secret_file, self.secret.0.as_str()) {
            (Some(_), secret) if !secret.is_empty() => {
                return Err("choose either secret or secret_file".into());
            }
            (Some(file), _) => fs::read_to_string(file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?
                .trim()
                .to_owned(),
            (None, secret) => secret.to_owned(),
        };
        if secret.is_empty() { Err("each needs a secret or a secret_file".into()) } else { Ok(secret) }
    }
}
