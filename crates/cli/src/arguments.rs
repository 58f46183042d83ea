use clap::Parser;
use std::path::PathBuf;

/// The terminal client of Parlance.
#[derive(Debug, Parser)]
#[command(name = "parlance-chat", version, about)]
pub(crate) struct Arguments {
    /// Who you are, as name@domain.
    #[arg(value_name = "USER@DOMAIN", value_parser = address)]
    pub(crate) user: String,
    /// The server's address; http://localhost:8080 for localhost, https://DOMAIN for others.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Where the sign-in and the cache are kept.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Make the account with this invitation.
    #[arg(long, value_name = "CODE")]
    pub(crate) invite: Option<String>,
    /// Make the account on a server that is open to everybody.
    #[arg(long, conflicts_with = "invite")]
    pub(crate) register: bool,
    /// One JSON command a line in, one JSON answer or event a line out, instead of a screen.
    #[arg(long)]
    pub(crate) script: bool,
}

impl Arguments {
    /// The part of the address before the `@`.
    pub(crate) fn name(&self) -> &str {
        self.user.split_once('@').expect("invariant: checked when parsed").0
    }

    /// The part of the address after the `@`.
    pub(crate) fn domain(&self) -> &str {
        self.user.split_once('@').expect("invariant: checked when parsed").1
    }
}

fn address(text: &str) -> Result<String, String> {
    match text.split_once('@') {
        Some((name, domain)) if !name.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            Ok(text.to_lowercase())
        }
        _ => Err("an address looks like romeo@localhost".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        let arguments = Arguments::try_parse_from(["parlance-chat", "Romeo@localhost"]).unwrap();
        assert_eq!((arguments.name(), arguments.domain()), ("romeo", "localhost"));
        for wrong in ["romeo", "@localhost", "romeo@", "a@b@c"] {
            assert!(Arguments::try_parse_from(["parlance-chat", wrong]).is_err(), "{wrong}");
        }
    }
}
