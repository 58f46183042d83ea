//! XEP-0357: Push Notifications (0.4.1): where a device is notified while it is away. What waits is told to services
//! by `crate::push`.
//!
//! # Differs
//! Services of this server are refused: it has none, and its people and rooms would be told of themselves.

use crate::{
    address::Entity,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::{Element, Jid, StanzaCondition, forms::Form, ns, write::Writer};

pub(crate) const PUSH: &str = "urn:xmpp:push:0";
const OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";
/// Longest name of a node, in bytes.
const NODE_BYTES_MAX: usize = 1_023;
/// Longest form that a service gets back, in bytes.
const OPTIONS_BYTES_MAX: usize = 4_096;

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Set, namespace: PUSH, name: "enable", answer: enable },
    Handler { at: At::Own, wants: Wants::Set, namespace: PUSH, name: "disable", answer: disable },
];

/// # Source
/// XEP-0357 section 5.
fn enable(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let service = service(&iq)?;
        check_is_elsewhere(&iq, &service)?;
        let node = iq.payload.attribute("node").unwrap_or_default().to_owned();
        let options = options(&iq.payload)?;
        if node.len() > NODE_BYTES_MAX || options.len() > OPTIONS_BYTES_MAX {
            return Err(Refused::from(StanzaCondition::NotAcceptable).text("so much is not kept"));
        }
        let registration = (service.to_string(), node);
        iq.xmpp.hub.enable_push(iq.seat.caller, service.domain(), registration, options).await?;
        Ok(String::new())
    }
    .boxed()
}

/// # Source
/// XEP-0357 section 6.
fn disable(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let service = service(&iq)?.to_string();
        iq.xmpp.hub.disable_push(iq.seat.caller, &service, iq.payload.attribute("node")).await?;
        Ok(String::new())
    }
    .boxed()
}

fn service(iq: &Iq<'_>) -> Result<Jid, Refused> {
    let jid = iq.payload.attribute("jid").ok_or(StanzaCondition::BadRequest)?;
    Ok(Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?)
}

/// A component that is away comes back; what nobody knows does not.
fn check_is_elsewhere(iq: &Iq<'_>, service: &Jid) -> Result<(), Refused> {
    if iq.xmpp.entity(service) != Entity::Remote {
        return Err(Refused::from(StanzaCondition::NotAcceptable).text("this is no push service"));
    }
    match iq.xmpp.check_reaches(service) {
        Err(refused) if refused.condition() == StanzaCondition::RemoteServerNotFound => Err(refused),
        _ => Ok(()),
    }
}

/// What the service gets back with each notification.
fn options(enable: &Element) -> Result<String, Refused> {
    let Some(form) = enable.child(ns::FORMS, "x") else { return Ok(String::new()) };
    let form = Form::read(form).map_err(|_| StanzaCondition::BadRequest)?;
    if form.form_type() != Some(OPTIONS) {
        return Err(Refused::from(StanzaCondition::BadRequest).text("the form is not of publish-options"));
    }
    let mut xml = Writer::new();
    form.write(&mut xml);
    Ok(xml.finish())
}

#[cfg(test)]
mod tests;
