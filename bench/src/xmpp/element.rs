//! Finds elements in what arrives while signing in. It knows only as much XML as servers send then.

use memchr::memmem;

/// An element that is there to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// The start tag without `<` and `>`.
    tag: &'a str,
    /// What is inside, as it stands.
    pub(crate) inside: &'a str,
    /// Where the bytes after it begin.
    pub(crate) end: usize,
}

impl<'a> Element<'a> {
    /// The first whole element of this name, prefix included.
    pub(crate) fn find(bytes: &'a [u8], name: &str) -> Option<Self> {
        let start = start_of(bytes, name)?;
        let tag_end = start + memchr::memchr(b'>', &bytes[start..])?;
        let tag = std::str::from_utf8(&bytes[start + 1..tag_end]).ok()?;
        if let Some(tag) = tag.strip_suffix('/') {
            return Some(Self { tag, inside: "", end: tag_end + 1 });
        }
        let inside = &bytes[tag_end + 1..];
        let closing = format!("</{name}>");
        let length = memmem::find(inside, closing.as_bytes())?;
        let end = tag_end + 1 + length + closing.len();
        Some(Self { tag, inside: std::str::from_utf8(&inside[..length]).ok()?, end })
    }

    /// What an attribute says, as it stands.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        let tag = self.tag;
        tag.match_indices(name).find_map(|(place, _)| {
            let is_whole = tag[..place].ends_with(|letter: char| letter.is_ascii_whitespace());
            let value = tag[place + name.len()..].strip_prefix('=').filter(|_| is_whole)?;
            let quote = value.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
            value[1..].split_once(quote).map(|(value, _)| value)
        })
    }
}

fn start_of(bytes: &[u8], name: &str) -> Option<usize> {
    let opening = format!("<{name}");
    memmem::find_iter(bytes, opening.as_bytes()).find(|place| {
        let next = bytes.get(place + opening.len());
        next.is_some_and(|next| next.is_ascii_whitespace() || matches!(next, b'/' | b'>'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_when_it_is_there_to_its_end() {
        let text = "<a/><stream:features><b x='1'/></stream:features><c";
        let features = Element::find(text.as_bytes(), "stream:features").expect("it is there");
        assert_eq!(features.inside, "<b x='1'/>");
        assert_eq!(&text[features.end..], "<c");
        assert_eq!(Element::find(&text.as_bytes()[..40], "stream:features"), None);
        assert_eq!(Element::find(text.as_bytes(), "c"), None);
        assert_eq!(Element::find(text.as_bytes(), "stream"), None, "only whole names count");
    }

    #[test]
    fn attributes_stand_in_either_kind_of_quotation_marks() {
        let text = b"<iq from='a\"b' data-id='0' id=\"x\" type='result'/>";
        let iq = Element::find(text, "iq").expect("it is there");
        assert_eq!((iq.attribute("from"), iq.attribute("id")), (Some("a\"b"), Some("x")));
        assert_eq!((iq.attribute("type"), iq.attribute("to")), (Some("result"), None));
    }
}
