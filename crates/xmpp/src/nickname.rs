//! Nicknames in rooms.

use precis_profiles::{Nickname, precis_core::profile::PrecisFastInvocation};
use unicode_security::skeleton;

/// What two nicknames have in common that people would take for the same; `None` for what cannot be one.
///
/// # Source
/// RFC 8266 sections 2.3 and 2.4: without outer and double spaces, in one case, in one form of Unicode.
///
/// ```
/// use parlance_xmpp::nickname_key;
///
/// assert_eq!(nickname_key(" Juliet  Capulet"), nickname_key("juliet capulet"));
/// assert_eq!(nickname_key("  "), None);
/// ```
pub fn nickname_key(nickname: &str) -> Option<String> {
    let tidy = Nickname::enforce(nickname).ok()?;
    let folded = tidy.to_lowercase();
    Nickname::enforce(folded.as_str()).map(std::borrow::Cow::into_owned).ok()
}

/// What a nickname looks like as it is written, and in small letters: people take two nicknames for the same
/// that have one of these in common, whatever scripts they are written in.
///
/// # Source
/// UTS #39 (17.0.0) section 4; RFC 8266 section 6.
///
/// ```
/// use parlance_xmpp::nickname_looks;
///
/// assert_eq!(nickname_looks("r\u{43e}meo"), nickname_looks("romeo"));
/// ```
pub fn nickname_looks(nickname: &str) -> [String; 2] {
    let look = |text: &str| skeleton(text).collect::<String>().to_lowercase();
    let tidy = Nickname::enforce(nickname).unwrap_or_else(|_| nickname.into());
    [look(&tidy), look(&tidy.to_lowercase())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_alike(one: &str, other: &str) -> bool {
        nickname_looks(one).iter().any(|look| nickname_looks(other).contains(look))
    }

    #[test]
    fn nicknames_in_other_scripts_that_look_the_same_are_alike() {
        for (one, other) in [
            ("romeo", "r\u{43e}meo"),
            ("ROMEO", "RO\u{39c}EO"),
            ("HELEN", "\u{41d}ELEN"),
            ("Iuliet", "luliet"),
            ("romeo", "r0meo"),
            ("\u{412}\u{435}\u{440}\u{430}", "\u{432}\u{435}\u{440}\u{430}"),
        ] {
            assert!(are_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn nicknames_that_people_tell_apart_are_not_alike() {
        for (one, other) in [("romeo", "rome"), ("ian", "lan"), ("\u{412}\u{435}\u{440}\u{430}", "vera")] {
            assert!(!are_alike(one, other), "{one} {other}");
        }
    }
}
