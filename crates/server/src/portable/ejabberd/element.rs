use super::term::Term;
use parlance_xmpp::write::Writer;

/// An element of ejabberd's as XML.
///
/// # Source
/// The library fast_xml of ejabberd: `{xmlel, Name, Attributes, Children}` and `{xmlcdata, Text}`.
pub(super) fn xml(element: &Term) -> Option<String> {
    let mut xml = Writer::new();
    write(element, &mut xml)?;
    Some(xml.finish())
}

/// The same for what somebody said in a room, as rooms keep it: from the address in the room, and with the
/// real one.
pub(super) fn said_in(element: &Term, (from, real): (&str, &str)) -> Option<String> {
    let mut xml = Writer::new();
    xml.start("message").attribute("from", from);
    for (name, value) in attributes(element).filter(|(name, _)| *name != "from" && *name != "to") {
        xml.attribute(name, value);
    }
    for child in element.at(3)?.parts() {
        write(child, &mut xml)?;
    }
    xml.start("x").namespace("http://jabber.org/protocol/muc#user");
    xml.start("item").attribute("jid", real);
    Some(xml.finish())
}

fn attributes(element: &Term) -> impl Iterator<Item = (&str, &str)> {
    let pairs = element.at(2).map(Term::parts).unwrap_or_default().iter();
    pairs.filter_map(|pair| Some((pair.at(0)?.text()?, pair.at(1)?.text()?)))
}

fn write<'t>(node: &'t Term, xml: &mut Writer<'t>) -> Option<()> {
    match node.at(0)?.text()? {
        "xmlcdata" => drop(xml.text(node.at(1)?.text()?)),
        "xmlel" => {
            xml.start(node.at(1)?.text()?);
            for (name, value) in attributes(node) {
                xml.attribute(name, value);
            }
            for child in node.at(3)?.parts() {
                write(child, xml)?;
            }
            xml.end();
        }
        _ => return None,
    }
    Some(())
}
