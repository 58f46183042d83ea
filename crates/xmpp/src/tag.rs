use memchr::{memchr2, memchr3};

use crate::{
    Error, Limits,
    name::{self, QName},
    reference,
    span::Span,
};

/// An attribute as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawAttribute {
    pub(crate) name: QName,
    /// Between the quotes.
    pub(crate) value: Span,
    pub(crate) kind: Kind,
}

/// What an attribute is to namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Has no prefix and so no namespace.
    Plain,
    /// Has a prefix that must be declared.
    Prefixed,
    /// `xmlns`.
    DeclaresDefault,
    /// `xmlns:prefix`.
    DeclaresPrefix,
}

impl RawAttribute {
    /// The prefix that the attribute declares, empty for the default; `None` when it is no declaration.
    pub(crate) fn declares<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self.kind {
            Kind::Plain | Kind::Prefixed => None,
            Kind::DeclaresDefault => Some(""),
            Kind::DeclaresPrefix => Some(self.name.local(text)),
        }
    }
}

/// A start tag or the tag of an empty element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    pub(crate) name: QName,
    /// Behind the `>`.
    pub(crate) end: usize,
    /// Whether it ends in `/>`.
    pub(crate) is_empty: bool,
}

const UNFINISHED: Error = Error::Syntax("the end of a tag");

/// Reads the tag that starts with the `<` at `at`; its attributes replace what is in `attributes`.
///
/// A tag that has not arrived completely is an error like any other: whoever reads a stream asks
/// [`Seek::tag_end`](crate::seek::Seek::tag_end) whether there is more to wait for.
///
/// # Source
/// XML 1.0 (fifth edition) section 3.1, productions 40, 41 and 44.
pub(crate) fn parse(
    text: &str,
    at: usize,
    limits: &Limits,
    attributes: &mut Vec<RawAttribute>,
) -> Result<Tag, Error> {
    attributes.clear();
    let name = name::parse(text, at + 1, limits.name_bytes_max)?;
    let bytes = text.as_bytes();
    let mut end = name.whole.end();
    loop {
        let next = skip_blanks(bytes, end);
        match bytes.get(next) {
            Some(b'>') => return Ok(Tag { name, end: next + 1, is_empty: false }),
            Some(b'/') if bytes.get(next + 1) == Some(&b'>') => {
                return Ok(Tag { name, end: next + 2, is_empty: true });
            }
            None => return Err(UNFINISHED),
            Some(_) if next == end => return Err(Error::Syntax("white space before an attribute")),
            Some(_) if attributes.len() >= limits.attributes_max as usize => {
                return Err(Error::TooManyAttributes);
            }
            Some(_) => {
                let attribute = attribute(text, next, limits.name_bytes_max)?;
                end = attribute.value.end() + 1;
                attributes.push(attribute);
            }
        }
    }
}

/// The offset of the first byte at or behind `at` that is not white space.
pub(crate) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while bytes.get(at).is_some_and(|byte| is_blank(*byte)) {
        at += 1;
    }
    at
}

/// White space as XML has it.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Reads `name = "value"`.
pub(crate) fn attribute(text: &str, at: usize, name_bytes_max: u32) -> Result<RawAttribute, Error> {
    let name = name::parse(text, at, name_bytes_max)?;
    let bytes = text.as_bytes();
    let equals = skip_blanks(bytes, name.whole.end());
    if bytes.get(equals) != Some(&b'=') {
        return Err(Error::Syntax("= behind the name of an attribute"));
    }
    let open = skip_blanks(bytes, equals + 1);
    match bytes.get(open) {
        Some(quote @ (b'"' | b'\'')) => {
            let end = value_end(text, open + 1, *quote)?;
            Ok(RawAttribute { name, value: Span::new(open + 1, end), kind: kind(name, text) })
        }
        _ => Err(Error::Syntax("a quote before the value of an attribute")),
    }
}

fn kind(name: QName, text: &str) -> Kind {
    match (name.prefix(text), name.whole.reads(text, "xmlns")) {
        ("", true) => Kind::DeclaresDefault,
        ("", false) => Kind::Plain,
        ("xmlns", _) => Kind::DeclaresPrefix,
        _ => Kind::Prefixed,
    }
}

/// Where the closing quote is; everything before it is allowed in a value.
fn value_end(text: &str, start: usize, quote: u8) -> Result<usize, Error> {
    let bytes = text.as_bytes();
    let first = start + memchr3(quote, b'<', b'&', &bytes[start..]).ok_or(UNFINISHED)?;
    if bytes[first] == quote {
        return Ok(first);
    }
    let end = first + memchr2(quote, b'<', &bytes[first..]).ok_or(UNFINISHED)?;
    if text.as_bytes()[end] == b'<' {
        return Err(Error::Syntax("no < in the value of an attribute"));
    }
    reference::check_all(&text[start..end])?;
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<(&str, &str)>, Error> {
        let mut attributes = Vec::new();
        let tag = parse(text, 0, &Limits::default(), &mut attributes)?;
        assert_eq!(tag.end, text.len());
        Ok(attributes.iter().map(|it| (it.name.whole.of(text), it.value.of(text))).collect())
    }

    #[test]
    fn tags_are_read_with_any_white_space_that_is_allowed() {
        assert_eq!(check("<a>"), Ok(vec![]));
        assert_eq!(check("<a\n/>"), Ok(vec![]));
        assert_eq!(check("<a b='1'\tx:c = \"'>\" />"), Ok(vec![("b", "1"), ("x:c", "'>")]));
    }

    #[test]
    fn a_wrong_reference_is_judged_by_the_value_alone() {
        for behind in ["", ";", " b='&amp;'"] {
            let text = format!("<a b='&x'{behind}>");
            assert_eq!(check(&text), Err(Error::Syntax("a reference ends with ;")), "{text}");
        }
    }

    #[test]
    fn tags_that_break_the_grammar_are_refused() {
        for text in [
            "<>",
            "< a>",
            "<a b>",
            "<a b=1>",
            "<a b='1'c='2'>",
            "<a / >",
            "<a/ >",
            "<a b='<'>",
            "<a =''>",
            "<a b='&'>",
            "<a b='&amp'>",
            "<a b==''>",
            "<a b=''",
            "<a b='",
            "<a",
            "<a b'c'>",
            "<a?>",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
