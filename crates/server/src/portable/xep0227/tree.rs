use anyhow::Context;
use parlance_xmpp::write::Writer;
use rxml::{AttrMap, Event, Options, Reader};
use std::io::BufRead;

/// Largest element of one person that is held, in bytes: an archive is not held but passed over.
const ELEMENT_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting in it.
const DEPTH_MAX: usize = 64;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tree {
    namespace: String,
    name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Element(Tree),
    Text(String),
}

impl Tree {
    fn new(namespace: String, name: String, attributes: &AttrMap) -> Self {
        // Attributes of other namespaces than that of XML itself mean nothing in what is read here.
        let known = attributes.iter().filter_map(|((namespace, name), value)| match namespace.as_str() {
            "" => Some((name.to_string(), value.clone())),
            parlance_xmpp::ns::XML => Some((format!("xml:{name}"), value.clone())),
            _ => None,
        });
        Self { namespace, name, attributes: known.collect(), nodes: Vec::new() }
    }

    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Tree> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(child) => Some(child),
            Node::Text(_) => None,
        })
    }

    pub(super) fn child(&self, namespace: &str, name: &str) -> Option<&Tree> {
        self.children().find(|child| child.is(namespace, name))
    }

    pub(super) fn text(&self) -> String {
        let texts = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect()
    }

    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.children().find(|child| child.name == name).map(Tree::text)
    }

    /// The element as XML that means the same anywhere.
    pub(super) fn xml(&self) -> String {
        let mut xml = Writer::new();
        self.write("", &mut xml);
        xml.finish()
    }

    fn write<'t>(&'t self, outer: &str, xml: &mut Writer<'t>) {
        xml.start(&self.name);
        if self.namespace != outer {
            xml.namespace(&self.namespace);
        }
        for (name, value) in &self.attributes {
            xml.attribute(name, value);
        }
        for node in &self.nodes {
            match node {
                Node::Element(child) => child.write(&self.namespace, xml),
                Node::Text(text) => drop(xml.text(text)),
            }
        }
        xml.end();
    }
}

/// A document that is read from its beginning to its end.
pub(super) struct Document<R: BufRead> {
    reader: Reader<R>,
}

impl<R: BufRead> Document<R> {
    pub(super) fn new(source: R) -> Self {
        let options = Options { max_token_length: ELEMENT_BYTES_MAX, ..Options::default() };
        Self { reader: Reader::with_options(source, options) }
    }

    /// The start of the next element inside of the one that is open; `None` at its end.
    pub(super) fn next_child(&mut self) -> anyhow::Result<Option<Tree>> {
        loop {
            match self.event()? {
                Some(Event::StartElement(_, (namespace, name), attributes)) => {
                    return Ok(Some(Tree::new(namespace.to_string(), name.to_string(), &attributes)));
                }
                None | Some(Event::EndElement(_)) => return Ok(None),
                Some(Event::Text(..) | Event::XmlDeclaration(..)) => {}
            }
        }
    }

    /// Passes over the rest of an element.
    pub(super) fn skip(&mut self) -> anyhow::Result<()> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.event()?.context("the file ends too early")? {
                Event::StartElement(..) => depth += 1,
                Event::EndElement(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads the rest of an element; `None` for one that is too large, which is passed over.
    pub(super) fn fill(&mut self, root: Tree) -> anyhow::Result<Option<Tree>> {
        let (mut open, mut bytes) = (vec![root], 0);
        loop {
            let event = self.event()?.context("the file ends too early")?;
            bytes += event.metrics().len();
            match event {
                Event::StartElement(_, (namespace, name), attributes) => {
                    open.push(Tree::new(namespace.to_string(), name.to_string(), &attributes));
                }
                Event::Text(_, text) => {
                    open.last_mut().expect("invariant: the root is open").nodes.push(Node::Text(text));
                }
                Event::EndElement(_) => {
                    let done = open.pop().expect("invariant: the root is open");
                    match open.last_mut() {
                        Some(outer) => outer.nodes.push(Node::Element(done)),
                        None => return Ok(Some(done)),
                    }
                }
                Event::XmlDeclaration(..) => {}
            }
            if bytes > ELEMENT_BYTES_MAX || open.len() > DEPTH_MAX {
                for _ in &open {
                    self.skip()?;
                }
                return Ok(None);
            }
        }
    }

    fn event(&mut self) -> anyhow::Result<Option<Event>> {
        self.reader.next().transpose().context("the file is not well-formed XML")
    }
}
