use std::borrow::Cow;

use memchr::memchr;
use smol_str::SmolStr;

use crate::{
    Limits,
    namespace::Namespaces,
    reference::{normalise_lines, unescape_text, unescape_value},
    tag::{self, RawAttribute, Tag},
};

/// An element with everything below it, for payloads of which more is needed than their name.
///
/// It is made from bytes that a [`Stanza`](crate::Stanza) vouches for, so making it cannot fail; names,
/// namespaces and short values need no allocation of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    name: SmolStr,
    namespace: SmolStr,
    attributes: Vec<ElementAttribute>,
    nodes: Vec<Node>,
}

/// An attribute of an [`Element`] that is not a declaration of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementAttribute {
    /// The namespace, empty for an attribute without prefix.
    pub namespace: SmolStr,
    /// The name without prefix.
    pub name: SmolStr,
    /// What the value means, references resolved.
    pub value: SmolStr,
}

/// A part of the content of an [`Element`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text as it is meant: references and CDATA resolved, never empty, never beside other text.
    Text(String),
}

impl Element {
    /// The name without prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace; empty when there is none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether this is the element with that namespace and name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.name == name && self.namespace == namespace
    }

    /// The attributes in the order in which they are written.
    pub fn attributes(&self) -> &[ElementAttribute] {
        &self.attributes
    }

    /// The value of an attribute that has no namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_in("", name)
    }

    /// The value of an attribute by namespace and name.
    pub fn attribute_in(&self, namespace: &str, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|it| it.name == name && it.namespace == namespace)?;
        Some(&found.value)
    }

    /// The value of `xml:lang` on this very element.
    pub fn language(&self) -> Option<&str> {
        self.attribute_in(crate::ns::XML, "lang")
    }

    /// Elements and text in order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The elements directly below, in order.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child with that namespace and name.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&Element> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// The text directly below, without that of the children.
    pub fn text(&self) -> Cow<'_, str> {
        let mut texts = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        match (texts.next(), texts.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(only), None) => Cow::Borrowed(only),
            (Some(first), Some(second)) => Cow::Owned([first, second].into_iter().chain(texts).collect()),
        }
    }

    /// The text of the first child with that namespace and name.
    pub fn text_of(&self, namespace: &str, name: &str) -> Option<Cow<'_, str>> {
        self.child(namespace, name).map(Element::text)
    }

    fn push_text(&mut self, text: Cow<'_, str>) {
        match self.nodes.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(before)) => before.push_str(&text),
            _ => self.nodes.push(Node::Text(text.into_owned())),
        }
    }
}

/// Reads an element that was checked; `outer` is in scope where it stands.
pub(crate) fn read(raw: &str, outer: &Namespaces) -> Element {
    let mut reader =
        Reader { raw, at: 0, outer, scope: Vec::new(), attributes: Vec::new(), open: Vec::new() };
    loop {
        if let Some(whole) = reader.step() {
            return whole;
        }
    }
}

/// The start tag of an element that was checked.
pub(crate) fn start_tag(raw: &str, attributes: &mut Vec<RawAttribute>) -> Tag {
    parse_tag(raw, 0, attributes)
}

fn parse_tag(raw: &str, at: usize, attributes: &mut Vec<RawAttribute>) -> Tag {
    let limits = Limits { name_bytes_max: u32::MAX, attributes_max: u32::MAX, ..Limits::default() };
    tag::parse(raw, at, &limits, attributes).expect("invariant: the element was checked before")
}

/// The text directly in an element that was checked.
pub(crate) fn text<'a>(raw: &'a str, outer: &Namespaces) -> Cow<'a, str> {
    let tag = start_tag(raw, &mut Vec::new());
    if tag.is_empty {
        return Cow::Borrowed("");
    }
    match raw[tag.end..].split_once('<') {
        Some((content, rest)) if rest.starts_with('/') => unescape_text(content),
        _ => Cow::Owned(read(raw, outer).text().into_owned()),
    }
}

struct Reader<'a> {
    raw: &'a str,
    at: usize,
    outer: &'a Namespaces,
    /// The declarations in scope that are inside of the element.
    scope: Vec<(&'a str, SmolStr)>,
    attributes: Vec<RawAttribute>,
    /// The elements that are open, each with the length of the scope before it.
    open: Vec<(Element, usize)>,
}

impl Reader<'_> {
    /// Reads one token; gives the whole element when it is complete.
    fn step(&mut self) -> Option<Element> {
        let rest = &self.raw[self.at..];
        if rest.starts_with("</") {
            self.at += memchr(b'>', rest.as_bytes()).expect("invariant: tags end") + 1;
            return self.close();
        }
        if let Some(inside) = rest.strip_prefix("<![CDATA[") {
            let (text, _) = inside.split_once("]]>").expect("invariant: CDATA sections end");
            self.at += "<![CDATA[]]>".len() + text.len();
            self.push_text(normalise_lines(text));
            return None;
        }
        if rest.starts_with('<') {
            return self.start();
        }
        let end = memchr(b'<', rest.as_bytes()).expect("invariant: text ends at a tag");
        self.at += end;
        self.push_text(unescape_text(&rest[..end]));
        None
    }

    fn push_text(&mut self, text: Cow<'_, str>) {
        self.open.last_mut().expect("invariant: text is inside").0.push_text(text);
    }

    fn start(&mut self) -> Option<Element> {
        let mut attributes = std::mem::take(&mut self.attributes);
        let tag = parse_tag(self.raw, self.at, &mut attributes);
        let before = self.scope.len();
        for attribute in &attributes {
            if let Some(prefix) = attribute.declares(self.raw) {
                self.scope.push((prefix, unescape_value(attribute.value.of(self.raw)).into()));
            }
        }
        let element = Element {
            name: tag.name.local(self.raw).into(),
            namespace: self.resolve(tag.name.prefix(self.raw)),
            attributes: self.named(&attributes),
            nodes: Vec::new(),
        };
        self.attributes = attributes;
        self.at = tag.end;
        self.open.push((element, before));
        if tag.is_empty { self.close() } else { None }
    }

    fn named(&self, attributes: &[RawAttribute]) -> Vec<ElementAttribute> {
        let named = attributes.iter().filter(|it| it.declares(self.raw).is_none());
        let attributes = named.map(|it| ElementAttribute {
            namespace: match it.name.prefix(self.raw) {
                "" => SmolStr::default(),
                prefix => self.resolve(prefix),
            },
            name: it.name.local(self.raw).into(),
            value: unescape_value(it.value.of(self.raw)).into(),
        });
        attributes.collect()
    }

    fn resolve(&self, prefix: &str) -> SmolStr {
        let inside = self.scope.iter().rfind(|(known, _)| *known == prefix).map(|(_, uri)| uri.clone());
        inside.unwrap_or_else(|| self.outer.lookup(prefix).unwrap_or_default().into())
    }

    fn close(&mut self) -> Option<Element> {
        let (element, before) = self.open.pop().expect("invariant: an element was open");
        self.scope.truncate(before);
        match self.open.last_mut() {
            None => Some(element),
            Some((parent, _)) => {
                parent.nodes.push(Node::Element(element));
                None
            }
        }
    }
}
