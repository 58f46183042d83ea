//! Addresses: `name@domain`, the same in every protocol. Other servers may know addresses without a name.

use smol_str::SmolStr;

/// The address of a principal, in its one normal form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    text: SmolStr,
    at: usize,
}

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address is name@domain; names are 1 to 64 small letters, digits, dots, hyphens and underscores")]
pub struct InvalidAddress;

impl Address {
    /// Longest name before the `@`, in bytes.
    pub const NAME_BYTES_MAX: usize = 64;

    /// Joins a name and a domain; upper case becomes lower case.
    ///
    /// # Errors
    /// [`InvalidAddress`] when the name has characters that are not allowed or the domain is empty.
    pub fn new(name: &str, domain: &str) -> Result<Self, InvalidAddress> {
        let name = name.to_ascii_lowercase();
        let domain = domain.to_lowercase();
        if !is_name(&name) || !is_domain(&domain) {
            return Err(InvalidAddress);
        }
        Ok(Self { at: name.len(), text: format!("{name}@{domain}").into() })
    }

    /// Takes an address of another server as that server spells it, in the normal form of its protocol; the
    /// name may be missing.
    ///
    /// # Errors
    /// [`InvalidAddress`] for control characters, white space, a resource, more than 1023 bytes before or
    /// after the `@`, or what is no domain.
    pub fn elsewhere(text: &str) -> Result<Self, InvalidAddress> {
        let (name, domain) = text.split_once('@').map_or((None, text), |(name, domain)| (Some(name), domain));
        if !name.is_none_or(is_foreign_name) || !is_domain(domain) {
            return Err(InvalidAddress);
        }
        Ok(Self { at: name.map_or(0, str::len), text: text.into() })
    }

    /// Whether a text can stand before the `@`: 1 to 64 small letters, digits, `.`, `-` and `_`, beginning
    /// with a letter or digit.
    pub fn is_name(text: &str) -> bool {
        is_name(text)
    }

    /// The same for any length.
    pub(crate) fn is_spelt_like_a_name(text: &str) -> bool {
        is_spelt_like_a_name(text)
    }

    /// The part before the `@`; empty when there is none.
    pub fn name(&self) -> &str {
        &self.text[..self.at]
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        if self.at == 0 { &self.text } else { &self.text[self.at + 1..] }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Begins with a letter or digit, then letters, digits, `.`, `-`, `_`.
fn is_name(name: &str) -> bool {
    name.len() <= Address::NAME_BYTES_MAX && is_spelt_like_a_name(name)
}

fn is_spelt_like_a_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

fn is_foreign_name(name: &str) -> bool {
    (1..=1023).contains(&name.len())
        && !name.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '/' | '@'))
}

fn is_domain(domain: &str) -> bool {
    (1..=255).contains(&domain.len())
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}

impl std::str::FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, domain) = text.split_once('@').ok_or(InvalidAddress)?;
        Self::new(name, domain)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        let address: Address = "Alice@Example.ORG".parse().unwrap();
        assert_eq!(address.as_str(), "alice@example.org");
        assert_eq!((address.name(), address.domain()), ("alice", "example.org"));
    }

    #[test]
    fn an_address_of_another_server_stays_as_that_server_spells_it() {
        let address = Address::elsewhere("+49%irc.example.net@gateway.example.org").unwrap();
        assert_eq!((address.name(), address.domain()), ("+49%irc.example.net", "gateway.example.org"));
        let service = Address::elsewhere("gateway.example.org").unwrap();
        assert_eq!((service.name(), service.domain()), ("", "gateway.example.org"));
        for bad in
            ["", "@x", "a@", "a b@x", "a@b@c", "a/b@x", "a@x/y", "x/y", &format!("{}@x", "a".repeat(1024))]
        {
            assert!(Address::elsewhere(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "alice",
            "@x",
            "a@",
            "a b@x",
            ".a@x",
            "ä@x",
            "a@b@c",
            "a@x/y",
            &format!("{}@x", "a".repeat(65)),
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad:?}");
        }
    }
}
