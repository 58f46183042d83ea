//! Elements opened as trees read like those of a parser by others.

mod common;

use common::{END, HEADER, elements, streams};
use parlance_xmpp::{Element, Frame, Limits, Node, Tokenizer};
use proptest::{collection::vec, prelude::*};
use rxml::{Event, Options, Parse, Parser, WithOptions};

/// An element as any parser reads it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tree {
    namespace: String,
    name: String,
    attributes: Vec<(String, String, String)>,
    nodes: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Tree(Tree),
    Text(String),
}

fn of_element(element: &Element) -> Tree {
    let attributes = element.attributes().iter();
    let mut attributes: Vec<_> =
        attributes.map(|it| (it.namespace.to_string(), it.name.to_string(), it.value.to_string())).collect();
    attributes.sort();
    let nodes = element.nodes().iter().map(|node| match node {
        Node::Element(inner) => Part::Tree(of_element(inner)),
        Node::Text(text) => Part::Text(text.clone()),
    });
    Tree {
        namespace: element.namespace().to_owned(),
        name: element.name().to_owned(),
        attributes,
        nodes: nodes.collect(),
    }
}

/// The first-level elements of a stream, or `None` when it is refused.
fn theirs(bytes: &[u8]) -> Option<Vec<Tree>> {
    let options = Options { max_token_length: 1 << 20, ..Options::default() };
    let mut parser = Parser::with_options(options);
    let mut rest = bytes;
    let mut open: Vec<Tree> = Vec::new();
    while let Some(event) = parser.parse(&mut rest, true).ok()? {
        match event {
            Event::XmlDeclaration(..) => {}
            Event::StartElement(_, (namespace, name), attributes) => {
                let attributes = attributes.iter();
                let mut attributes: Vec<_> = attributes
                    .map(|((namespace, name), value)| {
                        (namespace.to_string(), name.to_string(), value.clone())
                    })
                    .collect();
                attributes.sort();
                let (namespace, name) = (namespace.to_string(), name.to_string());
                open.push(Tree { namespace, name, attributes, nodes: Vec::new() });
            }
            Event::EndElement(_) => {
                let done = open.pop()?;
                match open.last_mut() {
                    Some(parent) => parent.nodes.push(Part::Tree(done)),
                    None => return Some(done.nodes.into_iter().filter_map(tree).collect()),
                }
            }
            Event::Text(_, text) => push_text(&mut open.last_mut()?.nodes, &text),
        }
    }
    None
}

fn tree(part: Part) -> Option<Tree> {
    match part {
        Part::Tree(tree) => Some(tree),
        Part::Text(_) => None,
    }
}

/// `rxml` tells text in pieces.
fn push_text(nodes: &mut Vec<Part>, text: &str) {
    match nodes.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => nodes.push(Part::Text(text.to_owned())),
    }
}

/// The text directly in an element.
fn text_of(tree: &Tree) -> String {
    let texts = tree.nodes.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        Part::Tree(_) => None,
    });
    texts.collect()
}

/// Compares every stanza, and every child by itself; gives how many stanzas were seen.
fn check(bytes: &[u8]) -> usize {
    let Some(theirs) = theirs(bytes) else { return 0 };
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(bytes);
    let mut expected = theirs.iter();
    while let Ok(Some(frame)) = tokenizer.poll() {
        let Frame::Stanza(stanza) = frame else { continue };
        let expected = expected.next().expect("a stanza that the other parser saw too");
        assert_eq!(&of_element(&stanza.parse()), expected, "{}", stanza.raw());
        assert_eq!(stanza.text(), text_of(expected), "{}", stanza.raw());
        let inner = expected.nodes.iter().filter_map(|part| match part {
            Part::Tree(tree) => Some(tree),
            Part::Text(_) => None,
        });
        for (child, expected) in stanza.children().zip(inner) {
            assert_eq!(&of_element(&child.parse()), expected, "{}", stanza.raw());
            assert_eq!(child.text(), text_of(expected), "{}", stanza.raw());
        }
    }
    theirs.len() - expected.len()
}

#[test]
fn stanzas_that_are_fine_have_the_same_trees() {
    let seen: usize = streams().iter().map(|stream| check(stream.as_bytes())).sum();
    assert!(seen >= 10, "{seen}");
}

#[test]
fn prefixes_of_the_header_reach_into_children() {
    let header = HEADER.replace("to=", "xmlns:d='jabber:x:data' to=");
    let stream = format!(
        "{header}<iq xmlns:e='urn:e' e:a='&lt;\n'><d:x e:b='1'><d:field var='x'>a&amp;<![CDATA[&<\r\n]]>b<e:c/>d</d:field></d:x></iq>{END}"
    );
    assert_eq!(check(stream.as_bytes()), 1);
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(stream.as_bytes());
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Header(_)))));
    let Ok(Some(Frame::Stanza(stanza))) = tokenizer.poll() else { panic!("a stanza") };
    let child = stanza.child("jabber:x:data", "x").unwrap();
    assert_eq!(child.attribute("e:b").as_deref(), Some("1"));
    let form = child.parse();
    assert_eq!(form.attribute_in("urn:e", "b"), Some("1"));
    let field = form.child("jabber:x:data", "field").unwrap();
    assert_eq!((field.attribute("var"), field.text().as_ref()), (Some("x"), "a&&<\nbd"));
    assert_eq!(field.children().next().map(|it| (it.namespace(), it.name())), Some(("urn:e", "c")));
    assert_eq!(form.text_of("jabber:x:data", "nothing"), None);
}

#[test]
fn the_language_of_an_element_is_its_own() {
    let mut framed = parlance_xmpp::Framed::new(Limits::default());
    let stanza = framed.read(b"<a xml:lang='de'><b/></a>").unwrap().parse();
    assert_eq!(stanza.language(), Some("de"));
    assert_eq!(stanza.children().next().unwrap().language(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_elements_have_the_same_trees(elements in vec(elements(), 1..4)) {
        let header = HEADER.replace("to=", "xmlns:b='urn:b' xmlns:c='urn:c' to=");
        check(format!("{header}{}{END}", elements.join(" ")).as_bytes());
    }
}
