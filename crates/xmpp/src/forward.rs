use std::borrow::Cow;

use crate::{Stanza, escape::push_attribute_value, reference::unescape_value, tag::RawAttribute};

/// Writes a stanza to another stream: its bytes as they came, with another start tag.
///
/// Prefixes that were bound on the header of the stream it came from are declared on the stanza, because
/// the other stream may not bind them or may bind them to something else.
#[derive(Clone, Debug)]
pub struct Forward<'a> {
    stanza: Stanza<'a>,
    changes: Vec<(&'a str, Option<&'a str>)>,
    content: Option<(&'a str, &'a str)>,
}

/// What elements without prefix mean on the stream that is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStream<'a> {
    /// The stream header binds the default to this namespace.
    Default(&'a str),
    /// Nothing is bound, as in the frames of a WebSocket.
    Nothing,
}

impl<'a> Forward<'a> {
    /// Nothing is changed yet.
    pub fn new(stanza: &Stanza<'a>) -> Self {
        Self { stanza: *stanza, changes: Vec::new(), content: None }
    }

    /// Gives an attribute this value, whether or not it was there. `name` is written as it is: a name
    /// without prefix, or `xml:lang`.
    #[must_use]
    pub fn set(self, name: &'a str, value: &'a str) -> Self {
        self.change(name, Some(value))
    }

    /// Leaves an attribute out.
    #[must_use]
    pub fn remove(self, name: &'a str) -> Self {
        self.change(name, None)
    }

    /// Moves the stanza from one content namespace to another, as from `jabber:client` to
    /// `jabber:server`. Declarations below the start tag stay: a stanza inside of another keeps the
    /// namespace it was sent in.
    ///
    /// # Source
    /// RFC 6120 section 4.8.3.
    #[must_use]
    pub fn content_namespace(mut self, from: &'a str, to: &'a str) -> Self {
        self.content = Some((from, to));
        self
    }

    /// Appends the stanza.
    ///
    /// # Source
    /// Namespaces in XML 1.0 (third edition) section 6.
    pub fn write(&self, stream: OnStream<'_>, out: &mut String) {
        let Stanza { text, element } = self.stanza;
        let root = &element.root;
        out.push('<');
        out.push_str(root.name.whole.of(text));
        self.write_default(stream, out);
        self.write_inherited(out);
        root.attributes.iter().for_each(|attribute| self.write_attribute(attribute, out));
        self.write_added(out);
        out.push_str(&text[root.close.start()..]);
    }

    fn change(mut self, name: &'a str, value: Option<&'a str>) -> Self {
        self.changes.retain(|(earlier, _)| *earlier != name);
        self.changes.push((name, value));
        self
    }

    fn write_default(&self, stream: OnStream<'_>, out: &mut String) {
        let Stanza { text, element } = self.stanza;
        let mut own = element.root.attributes.iter().filter(|it| it.declares(text) == Some(""));
        let default = match own.next() {
            Some(own) => Some(unescape_value(own.value.of(text))),
            None => {
                element.names.inherited().find(|(prefix, _)| prefix.is_empty()).map(|(_, uri)| uri.into())
            }
        };
        let bound = match stream {
            OnStream::Default(namespace) => namespace,
            OnStream::Nothing => "",
        };
        if let Some(needed) = default.as_deref().map(|uri| self.translated(uri))
            && needed != bound
        {
            write_declaration(out, "", needed);
        }
    }

    fn write_inherited(&self, out: &mut String) {
        let inherited = self.stanza.element.names.inherited().filter(|(prefix, _)| !prefix.is_empty());
        inherited.for_each(|(prefix, uri)| write_declaration(out, prefix, self.translated(uri)));
    }

    fn write_attribute(&self, attribute: &RawAttribute, out: &mut String) {
        let text = self.stanza.text;
        let name = attribute.name.whole.of(text);
        match attribute.declares(text) {
            Some("") => return,
            Some(prefix) => {
                let uri: Cow<'_, str> = unescape_value(attribute.value.of(text));
                return write_declaration(out, prefix, self.translated(&uri));
            }
            None => {}
        }
        match self.changes.iter().find(|(changed, _)| *changed == name) {
            Some((_, Some(value))) => write_value(out, name, value),
            Some((_, None)) => {}
            None => {
                out.push(' ');
                out.push_str(name);
                out.push('=');
                out.push_str(&text[attribute.value.start() - 1..attribute.value.end() + 1]);
            }
        }
    }

    fn write_added(&self, out: &mut String) {
        let Stanza { text, element } = self.stanza;
        let is_there = |name| element.root.attributes.iter().any(|it| it.name.whole.of(text) == name);
        for (name, value) in &self.changes {
            if let Some(value) = value.filter(|_| !is_there(*name)) {
                write_value(out, name, value);
            }
        }
    }

    fn translated<'b>(&self, uri: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match self.content {
            Some((from, to)) if from == uri => to,
            _ => uri,
        }
    }
}

/// Appends ` xmlns='…'` or ` xmlns:prefix='…'`.
pub(crate) fn write_declaration(out: &mut String, prefix: &str, uri: &str) {
    out.push_str(" xmlns");
    if !prefix.is_empty() {
        out.push(':');
        out.push_str(prefix);
    }
    write_quoted(out, uri);
}

fn write_value(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    write_quoted(out, value);
}

fn write_quoted(out: &mut String, value: &str) {
    out.push_str("='");
    push_attribute_value(out, value);
    out.push('\'');
}
