//! Names of conversations: what stands before the `@` of their address.

use crate::{Rejection, address::Address};
use smol_str::{SmolStr, format_smolstr};
use unicode_normalization::UnicodeNormalization;

/// How many names are thought of for one conversation.
pub const NAMES_MAX: usize = 50;
/// Longest name that somebody may choose.
const NAME_BYTES_MAX: usize = 128;
/// Longest name that is thought of; a number may follow it.
const SLUG_BYTES_MAX: usize = 60;
/// How long the id of a conversation is as a text.
const ID_CHARS: usize = 32;

/// A name that somebody has chosen for a conversation, in its normal form.
///
/// # Errors
/// `InvalidValue` for what cannot stand in an address.
pub fn chosen_name(text: &str) -> Result<SmolStr, Rejection> {
    let name = text.to_ascii_lowercase();
    if name.len() <= NAME_BYTES_MAX && Address::is_spelt_like_a_name(&name) {
        Ok(name.into())
    } else {
        Err(Rejection::InvalidValue(
            "address_name: 1 to 128 small letters, digits, dots, hyphens or underscores, beginning with a \
             letter or digit",
        ))
    }
}

/// Names for a conversation that people call so, the nicest first. There are none when no letter of it
/// can stand in an address.
pub fn names_for(title: &str) -> Vec<SmolStr> {
    let slug = slug(title);
    if slug.is_empty() {
        return Vec::new();
    }
    let numbered = (2..=NAMES_MAX).map(|number| format_smolstr!("{slug}-{number}"));
    std::iter::once(SmolStr::new(&slug)).filter(|name| !is_id(name)).chain(numbered).collect()
}

/// The letters and digits of a text that can stand in an address, with a hyphen where others were.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.nfkd().flat_map(char::to_lowercase) {
        if slug.len() >= SLUG_BYTES_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty()
            && !slug.ends_with('-')
            && !unicode_normalization::char::is_combining_mark(c)
        {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Whether a text is what a conversation without a name answers to.
fn is_id(text: &str) -> bool {
    text.len() == ID_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_what_people_call_a_conversation() {
        for (title, name) in [
            ("Plans", "plans"),
            ("  Night shift, ward 3! ", "night-shift-ward-3"),
            ("Pläne für Übermorgen", "plane-fur-ubermorgen"),
            ("a__b--c", "a-b-c"),
            (&"word ".repeat(40), "word-word-word-word-word-word-word-word-word-word-word-word"),
        ] {
            assert_eq!(names_for(title)[..2], [name.to_owned(), format!("{name}-2")], "{title:?}");
        }
        assert!(names_for("会議").is_empty());
        assert!(names_for("!?").is_empty());
    }

    #[test]
    fn as_many_names_as_are_thought_of_can_all_stand_in_an_address() {
        let names = names_for(&"x".repeat(200));
        assert_eq!(names.len(), NAMES_MAX);
        assert!(names.iter().all(|name| chosen_name(name).as_ref() == Ok(name)));
    }

    #[test]
    fn a_chosen_name_can_stand_in_an_address() {
        assert_eq!(chosen_name("Plans.2026"), Ok("plans.2026".into()));
        assert!(chosen_name(&"x".repeat(128)).is_ok());
        for bad in ["", "-x", "a b", "ä", &"x".repeat(129)] {
            assert!(chosen_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_that_is_thought_of_is_no_id() {
        assert_eq!(names_for(&"0f".repeat(16))[0], format!("{}-2", "0f".repeat(16)));
    }
}
