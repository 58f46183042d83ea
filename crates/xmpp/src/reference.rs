use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

use crate::Error;

/// Checks the text between two tags: references, and no `]]>`.
///
/// # Source
/// XML 1.0 (fifth edition) section 2.4.
pub(crate) fn check_text(text: &str) -> Result<(), Error> {
    if memchr2(b'&', b']', text.as_bytes()).is_none() {
        return Ok(());
    }
    if memmem::find(text.as_bytes(), b"]]>").is_some() {
        return Err(Error::Syntax("no ]]> in text"));
    }
    check_all(text)
}

/// Checks every reference in `text`.
pub(crate) fn check_all(text: &str) -> Result<(), Error> {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        rest = parse(&rest[at..])?.1;
    }
    Ok(())
}

/// Reads the reference that `text` starts with; gives its character and what follows.
///
/// # Source
/// XML 1.0 (fifth edition) section 4.1, production 66; the five entities are section 4.6. RFC 6120
/// section 11.1 forbids all others.
fn parse(text: &str) -> Result<(char, &str), Error> {
    let (name, rest) = text[1..].split_once(';').ok_or(Error::Syntax("a reference ends with ;"))?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => match name.strip_prefix('#') {
            Some(digits) => character(digits)?,
            None if crate::name::parse(name, 0, u32::MAX).is_ok_and(|it| it.whole.end() == name.len()) => {
                return Err(Error::Entity);
            }
            None => return Err(Error::Syntax("& starts a reference")),
        },
    };
    Ok((letter, rest))
}

/// The character of `&#…;`.
fn character(digits: &str) -> Result<char, Error> {
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(Error::Syntax("a character reference has digits"));
    }
    let code = u32::from_str_radix(digits, radix).map_err(|_| Error::Character)?;
    char::from_u32(code).filter(|letter| is_char(*letter)).ok_or(Error::Character)
}

/// Whether XML allows a character at all.
///
/// # Source
/// XML 1.0 (fifth edition) section 2.2, production 2.
pub(crate) fn is_char(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// What the text between two tags means: references become characters, every line end becomes `\n`.
///
/// Meant for text that a [`Stanza`](crate::Stanza) vouches for; a reference that is not allowed stays as
/// it is. CDATA sections and child elements are not text and must not be in it.
///
/// # Source
/// XML 1.0 (fifth edition) sections 2.11 and 4.1.
pub fn unescape_text(text: &str) -> Cow<'_, str> {
    unescape(text, |byte| matches!(byte, b'&' | b'\r'), '\n')
}

/// What the inside of a CDATA section means: every line end becomes `\n`.
///
/// # Source
/// XML 1.0 (fifth edition) sections 2.7 and 2.11.
pub(crate) fn normalise_lines(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// What an attribute value means: references become characters, white space becomes spaces.
///
/// # Source
/// XML 1.0 (fifth edition) section 3.3.3, for attributes of type CDATA.
pub(crate) fn unescape_value(value: &str) -> Cow<'_, str> {
    unescape(value, |byte| matches!(byte, b'&' | b'\r' | b'\n' | b'\t'), ' ')
}

fn unescape(text: &str, is_special: impl Fn(u8) -> bool, blank: char) -> Cow<'_, str> {
    let special = |text: &str| text.bytes().position(&is_special);
    if special(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = special(rest) {
        out.push_str(&rest[..at]);
        let (letter, after) = special_at(&rest[at..], blank);
        out.push(letter);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn special_at(text: &str, blank: char) -> (char, &str) {
    if let Some(after) = text.strip_prefix("\r\n") {
        return (blank, after);
    }
    match text.strip_prefix('&') {
        Some(after) => parse(text).unwrap_or(('&', after)),
        None => (blank, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_entities_and_characters_by_number_are_understood() {
        assert_eq!(unescape_text("&lt;a&gt; &amp; &quot;&apos;&#233;&#x20AC;&#0065;"), "<a> & \"'é€A");
    }

    #[test]
    fn line_ends_and_blanks_are_normalised() {
        assert_eq!(unescape_text("a\r\nb\rc\n&#13;\td"), "a\nb\nc\n\r\td");
        assert_eq!(unescape_value("a\r\nb\rc\n\td&#10;&#9;"), "a b c  d\n\t");
    }

    #[test]
    fn text_without_anything_special_is_not_copied() {
        assert!(matches!(unescape_text("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn each_wrong_reference_has_its_error() {
        for (text, error) in [
            ("&nbsp;", Error::Entity),
            ("&AMP;", Error::Entity),
            ("&;", Error::Syntax("& starts a reference")),
            ("& ;", Error::Syntax("& starts a reference")),
            ("&amp", Error::Syntax("a reference ends with ;")),
            ("&#;", Error::Syntax("a character reference has digits")),
            ("&#x;", Error::Syntax("a character reference has digits")),
            ("&#X41;", Error::Syntax("a character reference has digits")),
            ("&#+41;", Error::Syntax("a character reference has digits")),
            ("&#0;", Error::Character),
            ("&#11;", Error::Character),
            ("&#xD800;", Error::Character),
            ("&#xFFFE;", Error::Character),
            ("&#x110000;", Error::Character),
            ("&#99999999999;", Error::Character),
            ("a]]>b", Error::Syntax("no ]]> in text")),
        ] {
            assert_eq!(check_text(text), Err(error), "{text}");
        }
    }
}
