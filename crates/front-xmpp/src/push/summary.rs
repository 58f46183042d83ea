use crate::{context::Xmpp, styling, xep::push::PUSH};
use parlance_core::{body::Body, event::Content, id::PrincipalId};
use parlance_hub::{
    Caller,
    live::DuePush,
    ports::{FoldedEvent, Place},
    usecase::HistoryPlace,
};
use parlance_xmpp::{
    forms::{Field, FieldType, Form, FormType},
    write::Writer,
};

const SUMMARY: &str = "urn:xmpp:push:summary";
const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
/// Newest events among which the last message is looked for.
const LOOKED_AT: usize = 20;
/// Characters of a message that are told.
const TOLD_CHARS_MAX: usize = 500;

/// The request that tells a service of a notification.
///
/// # Source
/// XEP-0357 section 7.
pub(super) async fn write(xmpp: &Xmpp, due: &DuePush, id: &str) -> String {
    let key = &due.push.key;
    let form = summary(xmpp, due).await;
    let mut xml = Writer::new();
    xml.start("iq").attribute("type", "set").attribute("id", id);
    xml.attribute("from", &xmpp.settings.domain).attribute("to", &key.service);
    xml.start("pubsub").namespace(PUBSUB).start("publish").attribute("node", &key.node).start("item");
    xml.start("notification").namespace(PUSH);
    form.write(&mut xml);
    xml.end().end().end();
    if !due.push.options.is_empty() {
        xml.start("publish-options").raw(&due.push.options).end();
    }
    xml.finish()
}

async fn summary(xmpp: &Xmpp, due: &DuePush) -> Form {
    let count = Field::new("message-count").value(&due.messages.to_string());
    let form = Form::of_type(FormType::Submit, SUMMARY).field(count);
    match xmpp.settings.push_content {
        true => with_last_message(xmpp, due, form).await,
        false => form,
    }
}

async fn with_last_message(xmpp: &Xmpp, due: &DuePush, form: Form) -> Form {
    let caller = Caller { who: due.push.key.owner, device: due.push.device };
    let place = HistoryPlace::At(Place::Newest);
    let Ok(page) = xmpp.hub.history(caller, due.newest, place, LOOKED_AT).await else { return form };
    let last = page.items.iter().rev().find_map(|item| said(item, caller.who));
    let Some((sender, text)) = last else { return form };
    let Ok(sender) = xmpp.hub.person(sender).await else { return form };
    let field = |name, kind| Field::new(name).kind(kind);
    form.field(field("last-message-sender", FieldType::JidSingle).value(sender.address.as_str()))
        .field(field("last-message-body", FieldType::TextSingle).value(&text))
}

/// Who said what, if it is a message of somebody else that can be read.
fn said(item: &FoldedEvent, but: PrincipalId) -> Option<(PrincipalId, String)> {
    let Content::Message(message) = &item.event.content else { return None };
    let edited = item.fold.as_ref().and_then(|fold| fold.edited.as_ref());
    match edited.map_or(&message.body, |(body, _)| body) {
        Body::Text { text, .. } if item.event.sender != but => {
            let text = styling::from_markdown(text).text.chars().take(TOLD_CHARS_MAX).collect();
            Some((item.event.sender, text))
        }
        _ => None,
    }
}
