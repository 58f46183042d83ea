use super::super::{Portable, lua::Value};
use parlance_xmpp::{
    forms::{Field, Form, FormType},
    write::Writer,
};

/// The meaning of the fields of a form about a node.
const NODE_CONFIG: &str = "http://jabber.org/protocol/pubsub#node_config";

/// How somebody's nodes are set up.
///
/// # Source
/// Prosody 0.12, mod_pep: the configuration in the words of XEP-0060 (1.26.0) section 16.4.4.
pub(super) fn read(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    let nodes = value.entries().iter().filter_map(|(node, kept)| Some((node.text()?, kept)));
    let nodes = nodes.map(|(node, kept)| Portable::Node {
        owner: owner.to_owned(),
        node: node.to_owned(),
        form: form(kept.get("config")),
        members: addresses(kept.get("affiliations"), |kept| kept.text() == Some("member")),
        subscribers: addresses(kept.get("subscribers"), |_| true),
    });
    Some(nodes.collect())
}

fn form(config: Option<&Value>) -> String {
    let entries = config.map(Value::entries).unwrap_or_default().iter();
    let known = entries.filter_map(|(name, value)| Some((name.text()?, setting(value)?)));
    let form = known.fold(Form::of_type(FormType::Form, NODE_CONFIG), |form, (name, value)| {
        form.field(Field::new(&format!("pubsub#{name}")).value(&value))
    });
    let mut xml = Writer::new();
    form.write(&mut xml);
    xml.finish()
}

fn setting(value: &Value) -> Option<String> {
    match value {
        Value::Bool(is_on) => Some(u8::from(*is_on).to_string()),
        Value::Number(number) => Some(number.to_string()),
        other => other.text().map(str::to_owned),
    }
}

fn addresses(kept: Option<&Value>, is_meant: impl Fn(&Value) -> bool) -> Vec<String> {
    let entries = kept.map(Value::entries).unwrap_or_default().iter();
    entries.filter(|(_, kept)| is_meant(kept)).filter_map(|(who, _)| who.text().map(str::to_owned)).collect()
}
