use std::borrow::Cow;

use crate::{
    element::{ChildSpan, Element},
    forward::write_declaration,
    reference::unescape_value,
    tag::RawAttribute,
    tree,
};

/// A first-level element of a stream, or the element of a WebSocket frame, that was checked as a whole.
///
/// Stanzas, stream features, SASL and stream management are all of this kind.
#[derive(Clone, Copy, Debug)]
pub struct Stanza<'a> {
    pub(crate) text: &'a str,
    pub(crate) element: &'a Element,
}

/// An attribute of a [`Stanza`] that is not a declaration of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The namespace, empty for an attribute without prefix.
    pub namespace: &'a str,
    /// The name without prefix.
    pub name: &'a str,
    /// What the value means, references resolved.
    pub value: Cow<'a, str>,
}

impl<'a> Stanza<'a> {
    /// The bytes as they came, from `<` to `>`. They may use prefixes that the stream header binds.
    pub fn raw(&self) -> &'a str {
        self.text
    }

    /// The name without prefix, such as `message`.
    pub fn name(&self) -> &'a str {
        self.element.root.name.local(self.text)
    }

    /// The namespace, such as `jabber:client`; empty when there is none.
    pub fn namespace(&self) -> &'a str {
        self.element.names.text_of(self.element.root.namespace)
    }

    /// Whether this is the element with that namespace and name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The attributes in the order in which they are written.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> {
        let Self { text, element } = *self;
        let attributes = element.root.attributes.iter();
        let named = attributes.filter(|it| it.declares(text).is_none());
        named.map(move |it| attribute(it, text, element))
    }

    /// The value of an attribute by its name as written: `to`, or `xml:lang`.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut attributes = self.element.root.attributes.iter();
        let found = attributes.find(|it| it.name.whole.of(self.text) == name)?;
        Some(unescape_value(found.value.of(self.text)))
    }

    /// The elements directly below, in order.
    pub fn children(&self) -> impl Iterator<Item = Child<'a>> {
        let stanza = *self;
        self.element.children.iter().map(move |span| Child { stanza, span })
    }

    /// The first child with that namespace and name.
    pub fn child(&self, namespace: &str, name: &str) -> Option<Child<'a>> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// The text directly inside, without that of the children.
    pub fn text(&self) -> Cow<'a, str> {
        tree::text(self.text, &self.element.names)
    }

    /// Everything as a tree.
    pub fn parse(&self) -> tree::Element {
        tree::read(self.text, &self.element.names)
    }
}

/// A stanza that outlives the stream's buffer: its bytes and its index, copied.
#[derive(Clone, Debug)]
pub struct StanzaBuf {
    text: String,
    element: Box<Element>,
}

impl StanzaBuf {
    /// The stanza.
    pub fn get(&self) -> Stanza<'_> {
        Stanza { text: &self.text, element: &self.element }
    }
}

impl From<Stanza<'_>> for StanzaBuf {
    fn from(stanza: Stanza<'_>) -> Self {
        Self { text: stanza.text.to_owned(), element: Box::new(stanza.element.clone()) }
    }
}

fn attribute<'a>(raw: &RawAttribute, text: &'a str, element: &'a Element) -> Attribute<'a> {
    let namespace = match raw.name.prefix(text) {
        "" => "",
        prefix => element.names.lookup(prefix).unwrap_or_default(),
    };
    Attribute { namespace, name: raw.name.local(text), value: unescape_value(raw.value.of(text)) }
}

/// An element directly below a [`Stanza`].
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    stanza: Stanza<'a>,
    span: &'a ChildSpan,
}

impl<'a> Child<'a> {
    /// The name without prefix.
    pub fn name(&self) -> &'a str {
        self.span.name.local(self.stanza.text)
    }

    /// The namespace; empty when there is none.
    pub fn namespace(&self) -> &'a str {
        self.stanza.element.names.text_of(self.span.namespace)
    }

    /// Whether this is the element with that namespace and name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// Where the child is in [`Stanza::raw`].
    pub fn range(&self) -> std::ops::Range<usize> {
        self.span.whole.start()..self.span.whole.end()
    }

    /// The bytes as they came. Prefixes may be bound outside of them: see [`Child::write_standalone`].
    pub fn raw(&self) -> &'a str {
        self.span.whole.of(self.stanza.text)
    }

    /// The value of an attribute by its name as written: `type`, or `xml:lang`.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let raw = self.raw();
        let mut attributes = Vec::new();
        tree::start_tag(raw, &mut attributes);
        let found = attributes.iter().find(|it| it.name.whole.of(raw) == name)?;
        Some(unescape_value(found.value.of(raw)))
    }

    /// The text directly inside, without that of the children.
    pub fn text(&self) -> Cow<'a, str> {
        tree::text(self.raw(), &self.stanza.element.names)
    }

    /// The child with everything below it as a tree.
    pub fn parse(&self) -> tree::Element {
        tree::read(self.raw(), &self.stanza.element.names)
    }

    /// Appends the child as a document of its own: every namespace that is in scope where it stands is
    /// declared on its start tag, so that any parser understands it.
    pub fn write_standalone(&self, out: &mut String) {
        self.write_declaring(out, |_, _| true);
    }

    /// Appends the child so that it means the same in an element where only the default namespace is
    /// bound, to `default`.
    pub fn write_within(&self, default: &str, out: &mut String) {
        let raw = self.raw();
        self.write_declaring(out, |prefix, uri| match prefix {
            "" => uri != default,
            "xml" => false,
            prefix => memchr::memmem::find(raw.as_bytes(), prefix.as_bytes())
                .is_some_and(|_| raw.contains(&format!("{prefix}:"))),
        });
    }

    fn write_declaring(&self, out: &mut String, is_wanted: impl Fn(&str, &str) -> bool) {
        let raw = self.raw();
        let mut own = Vec::new();
        tree::start_tag(raw, &mut own);
        let name_end = self.span.name.whole.end() - self.span.whole.start();
        out.push_str(&raw[..name_end]);
        let mut declared: Vec<&str> = own.iter().filter_map(|it| it.declares(raw)).collect();
        let in_scope: Vec<_> = self.stanza.element.names.in_scope().collect();
        for (prefix, uri) in in_scope.into_iter().rev() {
            if !declared.contains(&prefix) {
                declared.push(prefix);
                if is_wanted(prefix, uri) {
                    write_declaration(out, prefix, uri);
                }
            }
        }
        out.push_str(&raw[name_end..]);
    }
}
