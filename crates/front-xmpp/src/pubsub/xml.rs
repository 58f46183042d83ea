//! Elements that are kept: written so that they mean the same wherever they are put.

use parlance_xmpp::{Element, Framed, Limits, Node, ns, write::Writer};

/// Largest element that is read again, in bytes: twice of what a node takes.
const BYTES_MAX: u32 = 512 << 10;

/// An element with every namespace it needs.
pub(crate) fn standalone(element: &Element) -> String {
    let mut xml = Writer::new();
    write(element, None, &mut xml);
    xml.finish()
}

/// Reads what [`standalone`] wrote.
pub(crate) fn read(xml: &str) -> Option<Element> {
    let limits = Limits { stanza_bytes_max: BYTES_MAX, ..Limits::default() };
    Framed::new(limits).read(xml.as_bytes()).ok().map(|stanza| stanza.parse())
}

fn write<'e>(element: &'e Element, outer: Option<&str>, xml: &mut Writer<'e>) {
    xml.start(element.name());
    if outer != Some(element.namespace()) {
        xml.namespace(element.namespace());
    }
    for (number, attribute) in element.attributes().iter().enumerate() {
        match attribute.namespace.as_str() {
            "" => xml.attribute(&attribute.name, &attribute.value),
            ns::XML => xml.attribute(&format!("xml:{}", attribute.name), &attribute.value),
            namespace => xml
                .attribute(&format!("xmlns:a{number}"), namespace)
                .attribute(&format!("a{number}:{}", attribute.name), &attribute.value),
        };
    }
    for node in element.nodes() {
        match node {
            Node::Element(child) => write(child, Some(element.namespace()), xml),
            Node::Text(text) => {
                xml.text(text);
            }
        }
    }
    xml.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_means_the_same_after_it_was_kept() {
        let xml = "<a xmlns='urn:a' xmlns:p='urn:p' xml:lang='de' p:x='&lt;1'>\
                   <p:b> t<c xmlns=''/></p:b><b y='2'/>&amp;</a>";
        let element = read(xml).unwrap();
        let kept = standalone(&element);
        assert_eq!(read(&kept).unwrap(), element, "{kept}");
    }
}
