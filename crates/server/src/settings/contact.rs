use super::SettingsErrors;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most addresses for one kind of matter.
const ADDRESSES_MAX: usize = 8;
/// Longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 256;
/// What an address begins with.
const SCHEMES: &[&str] = &["mailto:", "xmpp:", "https://", "http://"];

/// Whom people turn to about this server. Every program that asks is shown these addresses, each of them
/// written as `mailto:...`, `xmpp:...` or `https://...`; up to 8 for each matter.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ContactSection {
    /// For reports of abuse, such as unwanted messages from here; `["mailto:abuse@example.org"]`, for example.
    pub(crate) abuse: Vec<String>,
    /// For whoever runs the server.
    pub(crate) admin: Vec<String>,
    /// For what people think of the service.
    pub(crate) feedback: Vec<String>,
    /// For questions about buying the service.
    pub(crate) sales: Vec<String>,
    /// For weaknesses that somebody found.
    pub(crate) security: Vec<String>,
    /// For people who need help.
    pub(crate) support: Vec<String>,
}

impl ContactSection {
    /// The addresses by matter.
    pub(crate) fn by_role(&self) -> [(&'static str, &[String]); 6] {
        [
            ("abuse", &self.abuse),
            ("admin", &self.admin),
            ("feedback", &self.feedback),
            ("sales", &self.sales),
            ("security", &self.security),
            ("support", &self.support),
        ]
    }

    pub(super) fn check(&self, wrong: &mut SettingsErrors) {
        for (role, addresses) in self.by_role() {
            let key = format!("contact.{role}");
            if addresses.len() > ADDRESSES_MAX {
                wrong.add(&key, "list at most 8 addresses");
            }
            for address in addresses.iter().filter(|address| !is_address(address)) {
                let advice = "is not an address such as mailto:abuse@example.org";
                wrong.add(&key, format!("\"{address}\" {advice}"));
            }
        }
    }
}

fn is_address(text: &str) -> bool {
    let mut schemes = SCHEMES.iter().filter_map(|scheme| text.strip_prefix(scheme));
    text.len() <= ADDRESS_BYTES_MAX
        && schemes.any(|rest| !rest.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
