use crate::{Error, STREAMS, element::Element, reference::unescape_value};

/// The header of a stream.
///
/// # Source
/// RFC 6120 sections 4.2 and 4.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    attributes: Vec<(String, String)>,
    namespaces: Vec<(String, String)>,
}

impl Header {
    /// The value of an attribute by its name as written: `to`, `version`, `xml:lang`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        find(&self.attributes, name)
    }

    /// Every attribute that is not a declaration of a namespace: name as written, and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What elements without prefix mean on this stream; empty when the header does not say. Whether it
    /// is supported is for the caller to decide.
    ///
    /// # Source
    /// RFC 6120 section 4.8.2.
    pub fn content_namespace(&self) -> &str {
        find(&self.namespaces, "").unwrap_or_default()
    }

    /// Every prefix with its namespace; the empty prefix is the default.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namespaces.iter().map(|(prefix, uri)| (prefix.as_str(), uri.as_str()))
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Takes the header from an element whose start tag was read.
pub(crate) fn take(element: &Element, text: &str) -> Result<Header, Error> {
    if element.names.text_of(element.root.namespace) != STREAMS {
        return Err(Error::StreamNamespace);
    }
    if element.root.name.local(text) != "stream" {
        return Err(Error::NotAStream);
    }
    let named = element.root.attributes.iter().filter(|it| it.declares(text).is_none());
    let attributes =
        named.map(|it| (it.name.whole.of(text).to_owned(), unescape_value(it.value.of(text)).into_owned()));
    let namespaces = element.names.in_scope().map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned()));
    Ok(Header { attributes: attributes.collect(), namespaces: namespaces.collect() })
}
