//! The one form of a password that is hashed, however it was typed.

use crate::{HubError, IdentityRefusal, Redacted};
use parlance_core::Rejection;
use unicode_normalization::UnicodeNormalization;

/// Shortest new password, in bytes of UTF-8.
pub const PASSWORD_BYTES_MIN: usize = 8;
/// Longest password, in bytes of UTF-8.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// A password in the form that is hashed.
#[derive(Clone, Debug)]
pub(crate) struct Prepared(Redacted<String>);

impl Prepared {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

/// The prepared form; `None` for what can be nobody's password: empty, too long, or with control
/// characters.
///
/// SCRAM clients prepare with SASLprep, so that comes first. It knows the characters of Unicode 3.2
/// only; for what it refuses (newer characters, mixed directions) the password is mapped as the
/// OpaqueString profile does: other spaces become U+0020, then NFC.
///
/// # Source
/// RFC 5802 section 5.1, RFC 4013; RFC 8265 section 4.2.
///
/// # Differs
/// Of OpaqueString's excluded characters only control characters are refused.
pub(crate) fn prepare(password: &str) -> Option<Prepared> {
    if password.len() > PASSWORD_BYTES_MAX || password.chars().any(char::is_control) {
        return None;
    }
    let prepared = stringprep::saslprep(password).map_or_else(|_| opaque_string(password), Into::into);
    (!prepared.is_empty()).then(|| Prepared(Redacted::new(prepared)))
}

/// The prepared form of a password somebody chooses.
///
/// # Errors
/// `PasswordTooWeak` below 8 bytes, `InvalidValue` above 1024 or with control characters.
pub(crate) fn prepare_new(password: &Redacted<String>) -> Result<Prepared, HubError> {
    if password.expose().len() < PASSWORD_BYTES_MIN {
        return Err(IdentityRefusal::PasswordTooWeak.into());
    }
    let prepared = prepare(password.expose())
        .ok_or(Rejection::InvalidValue("password: at most 1024 bytes, without control characters"))?;
    if prepared.as_bytes().len() < PASSWORD_BYTES_MIN {
        return Err(IdentityRefusal::PasswordTooWeak.into());
    }
    Ok(prepared)
}

fn opaque_string(password: &str) -> String {
    let is_other_space = |c: char| c.is_whitespace() && !matches!(c, '\u{2028}' | '\u{2029}');
    password.chars().map(|c| if is_other_space(c) { ' ' } else { c }).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: &str) {
        let prepared = prepare(typed).expect("a password");
        assert_eq!(prepared.as_bytes(), expected.as_bytes(), "{typed:?}");
    }

    #[test]
    fn passwords_are_prepared_as_rfc_4013_shows() {
        check("I\u{AD}X", "IX");
        check("user", "user");
        check("USER", "USER");
        check("\u{AA}", "a");
        check("\u{2168}", "IX");
    }

    #[test]
    fn a_password_is_the_same_on_every_keyboard() {
        check("cafe\u{301}-noir", "caf\u{e9}-noir");
        check("caf\u{e9}\u{a0}noir", "caf\u{e9} noir");
    }

    #[test]
    fn characters_newer_than_saslprep_are_kept() {
        check("\u{1F9C1}cafe\u{301}\u{3000}", "\u{1F9C1}caf\u{e9} ");
    }

    #[test]
    fn what_can_be_nobodys_password_is_not_prepared() {
        for bad in ["", "\u{7}bell", "line\nbreak", "\u{AD}", &"x".repeat(1025)] {
            assert!(prepare(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_new_password_has_8_to_1024_bytes() {
        let new = |text: &str| prepare_new(&text.into());
        let is_weak = |text| matches!(new(text), Err(HubError::Identity(IdentityRefusal::PasswordTooWeak)));
        assert!(new("12345678").is_ok() && new(&"x".repeat(1024)).is_ok());
        assert!(is_weak("1234567") && is_weak("\u{AD}\u{AD}\u{AD}\u{AD}123"));
        assert!(matches!(new(&"x".repeat(1025)), Err(HubError::Rule(Rejection::InvalidValue(_)))));
        assert!(matches!(new("1234567\n"), Err(HubError::Rule(Rejection::InvalidValue(_)))));
    }
}
