use crate::admin::{ExportPart, ExportStep};
use base64::{Engine, engine::general_purpose::STANDARD};
use parlance_core::{
    Rejection,
    address::Address,
    principal::Principal,
    subscription::{Direction, Subscription},
};
use parlance_front_xmpp::{
    Xmpp,
    portable::{archive_part, nodes_xml},
};
use parlance_hub::{
    Hub, HubError, Redacted,
    ports::{ContactRow, ScramHash, ScramVerifier},
    usecase::importer,
};
use parlance_xmpp::{ns, write::Writer};
use std::sync::Arc;

/// A part of everything that people keep: no more is held than what one of them keeps beside the archive.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn part(xmpp: &Arc<Xmpp>, hub: &Hub, step: ExportStep) -> Result<ExportPart, HubError> {
    match step {
        ExportStep::Account { after } => account(xmpp, hub, after).await,
        ExportStep::Archive { name, after } => archive(xmpp, hub, name, after).await,
    }
}

async fn account(xmpp: &Arc<Xmpp>, hub: &Hub, after: Option<String>) -> Result<ExportPart, HubError> {
    let address = |name: String| Address::new(&name, &hub.settings().domain).map_err(|_| malformed());
    let after = after.map(address).transpose()?;
    let found = hub.administration().list(after.as_ref(), 1).await?.pop();
    let Some(person) = found else { return Ok(nothing(None)) };
    let name = person.address.name().to_owned();
    if !person.is_enabled {
        let is_removed = hub.administration().show(&name).await?.is_removed;
        let next = Some(ExportStep::Account { after: Some(name) });
        return Ok(ExportPart { switched_off: u64::from(!is_removed), ..nothing(next) });
    }
    let mut xml = format!("<user name='{name}'>");
    for verifier in &hub.administration().verifiers(&person).await? {
        xml.push_str(&credentials(verifier));
    }
    xml.push_str(&contacts(hub, &person).await?);
    xml.push_str(&nodes_xml(xmpp, &person).await?);
    xml.push_str("<archive xmlns='urn:xmpp:pie:0#mam'>");
    Ok(ExportPart { xml: Redacted::new(xml), ..nothing(Some(ExportStep::Archive { name, after: None })) })
}

fn nothing(next: Option<ExportStep>) -> ExportPart {
    ExportPart { xml: Redacted::new(String::new()), accounts: 0, switched_off: 0, next }
}

async fn archive(
    xmpp: &Arc<Xmpp>,
    hub: &Hub,
    name: String,
    after: Option<String>,
) -> Result<ExportPart, HubError> {
    let person = hub.person_at(&name).await?;
    let after = after.map(|id| id.parse().map_err(|_| malformed())).transpose()?;
    let part = archive_part(xmpp, &person, after).await?;
    let (mut xml, is_end) = (part.xml, part.next.is_none());
    if is_end {
        xml.push_str("</archive></user>");
    }
    let next = match part.next {
        Some(id) => ExportStep::Archive { name, after: Some(id.to_string()) },
        None => ExportStep::Account { after: Some(name) },
    };
    Ok(ExportPart { xml: Redacted::new(xml), accounts: u64::from(is_end), ..nothing(Some(next)) })
}

fn malformed() -> HubError {
    Rejection::InvalidValue("step: not one that was answered").into()
}

/// # Source
/// XEP-0227 (1.1) section 4.2.
fn credentials(verifier: &ScramVerifier) -> String {
    let mechanism = match verifier.hash {
        ScramHash::Sha1 => "SCRAM-SHA-1",
        ScramHash::Sha256 => "SCRAM-SHA-256",
        ScramHash::Sha512 => "SCRAM-SHA-512",
    };
    let mut xml = Writer::new();
    xml.start("scram-credentials").namespace("urn:xmpp:pie:0#scram").attribute("mechanism", mechanism);
    xml.text_element("iter-count", &verifier.iterations.to_string());
    xml.text_element("salt", &STANDARD.encode(&verifier.salt));
    xml.text_element("server-key", &STANDARD.encode(&verifier.server_key));
    xml.text_element("stored-key", &STANDARD.encode(&verifier.stored_key));
    xml.finish()
}

/// # Source
/// XEP-0227 (1.1) sections 4.3 and 4.8; blocks as in XEP-0191 (1.3) section 3.1.
async fn contacts(hub: &Hub, person: &Principal) -> Result<String, HubError> {
    let mut rows = Vec::new();
    for row in hub.contacts(importer(person.id)).await? {
        rows.push((hub.person(row.who).await?.address.to_string(), row));
    }
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (mut roster, mut blocks, mut requests) = (Writer::new(), Writer::new(), String::new());
    roster.start("query").namespace("jabber:iq:roster");
    blocks.start("blocklist").namespace("urn:xmpp:blocking");
    for (address, row) in &rows {
        if row.contact.is_listed {
            item(&mut roster, address, row);
        }
        if row.contact.blocked {
            blocks.start("item").attribute("jid", address).end();
        }
        if row.contact.subscription.incoming == Direction::Pending {
            requests.push_str(&request(address));
        }
    }
    Ok(roster.finish() + &blocks.finish() + &requests)
}

fn item(xml: &mut Writer<'_>, address: &str, row: &ContactRow) {
    let Subscription { outgoing, incoming, is_approved } = row.contact.subscription;
    let state = match (outgoing == Direction::Granted, incoming == Direction::Granted) {
        (true, true) => "both",
        (true, false) => "to",
        (false, true) => "from",
        (false, false) => "none",
    };
    let alias = Some(row.contact.alias.as_str()).filter(|alias| !alias.is_empty());
    xml.start("item").attribute("jid", address).attribute_if("name", alias).attribute("subscription", state);
    xml.attribute_if("ask", (outgoing == Direction::Pending).then_some("subscribe"));
    xml.attribute_if("approved", is_approved.then_some("true"));
    for group in &row.contact.groups {
        xml.text_element("group", group);
    }
    xml.end();
}

fn request(from: &str) -> String {
    let mut xml = Writer::new();
    xml.start("presence").namespace(ns::CLIENT).attribute("type", "subscribe").attribute("from", from);
    xml.finish()
}
