//! XEP-0077: In-Band Registration (2.5): making an account before signing in, changing its password, and
//! removing it.
//!
//! # Differs
//! A password is changed, and an account removed, only by a client that proved the password when it
//! connected: one that came with a token has to sign in again.

use super::preauth_registration::{self, IBR_TOKEN, PARS};
use crate::{
    context::Xmpp,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    login::Login,
    stanza::ON_STREAM,
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_hub::{Redacted, Registration, identity::Register};
use parlance_xmpp::{
    Element, Stanza, StanzaCondition, ns,
    write::{Reply, Writer},
};
use std::net::IpAddr;

pub(crate) const REGISTER: &str = "jabber:iq:register";
const FEATURE: &str = "http://jabber.org/features/iq-register";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Server, wants: Wants::Get, namespace: REGISTER, name: "query", answer: get },
    Handler { at: At::Server, wants: Wants::Set, namespace: REGISTER, name: "query", answer: set },
    Handler { at: At::Own, wants: Wants::Get, namespace: REGISTER, name: "query", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: REGISTER, name: "query", answer: set },
];

/// Writes what somebody can do who has no account: with an invitation always.
///
/// # Source
/// XEP-0077 section 8; XEP-0445 section 3.
pub(crate) fn write_features(registration: Registration, xml: &mut Writer<'_>) {
    xml.empty("register", IBR_TOKEN);
    if registration != Registration::Closed {
        xml.empty("register", FEATURE);
    }
}

/// Whether somebody who has not signed in asks for an account.
pub(crate) fn is_request(stanza: &Stanza<'_>) -> bool {
    let is_for_us = stanza.child(REGISTER, "query").is_some() || stanza.child(PARS, "preauth").is_some();
    let wants_answer = matches!(stanza.attribute("type").as_deref(), Some("get" | "set"));
    stanza.is(ns::CLIENT, "iq") && wants_answer && is_for_us
}

/// Answers somebody who has not signed in; and whether they were refused.
pub(crate) async fn answer(
    xmpp: &Xmpp,
    peer: IpAddr,
    login: &mut Login,
    stanza: &Stanza<'_>,
) -> (String, bool) {
    let reply = Reply::to(stanza).from(Some(&xmpp.settings.domain)).addressed_to(None);
    let answer = route(xmpp, peer, login, stanza).await;
    let mut xml = String::new();
    match &answer {
        Ok(payload) => reply.write_result(ON_STREAM, payload, &mut xml),
        Err(refused) => reply.write_error(ON_STREAM, &refused.as_error(), &mut xml),
    }
    (xml, answer.is_err())
}

async fn route(xmpp: &Xmpp, peer: IpAddr, login: &mut Login, stanza: &Stanza<'_>) -> Answer {
    let mut children = stanza.children();
    let (Some(child), None, Some(_)) = (children.next(), children.next(), stanza.attribute("id")) else {
        return Err(StanzaCondition::BadRequest.into());
    };
    if stanza.attribute("to").is_some_and(|to| !to.eq_ignore_ascii_case(&xmpp.settings.domain)) {
        return Err(StanzaCondition::ServiceUnavailable.into());
    }
    let payload = child.parse();
    match (stanza.attribute("type").as_deref(), child.is(PARS, "preauth")) {
        (Some("set"), true) => preauth_registration::show(xmpp, peer, login, &payload).await,
        (Some("get"), false) => form(xmpp, login),
        (Some("set"), false) => register(xmpp, peer, login, &payload).await,
        _ => Err(StanzaCondition::BadRequest.into()),
    }
}

/// # Source
/// XEP-0077 section 3.1.
fn form(xmpp: &Xmpp, login: &Login) -> Answer {
    let instructions = match (xmpp.hub.settings().registration, &login.invitation) {
        (_, Some(_)) | (Registration::Open, None) => "Choose a name and a password.",
        (Registration::Invite, None) => "An invitation is needed here: open the link in it.",
        (Registration::Closed, None) => return Err(StanzaCondition::ServiceUnavailable.into()),
    };
    let name = login.invitation.as_ref().and_then(|shown| shown.name.as_deref()).unwrap_or_default();
    let mut xml = Writer::new();
    xml.start("query").namespace(REGISTER).text_element("instructions", instructions);
    xml.text_element("username", name).text_element("password", "");
    Ok(xml.finish())
}

/// # Source
/// XEP-0077 section 3.1; section 3.2 for removing an account that nobody has signed in with.
async fn register(xmpp: &Xmpp, peer: IpAddr, login: &mut Login, query: &Element) -> Answer {
    if query.child(REGISTER, "remove").is_some() {
        return Err(StanzaCondition::UnexpectedRequest.into());
    }
    let text = |name| query.text_of(REGISTER, name).filter(|text| !text.is_empty());
    let (Some(name), Some(password)) = (text("username"), text("password")) else {
        return Err(Refused::from(StanzaCondition::NotAcceptable).text("a name and a password are needed"));
    };
    let request = Register {
        name: name.into_owned(),
        password: Redacted::new(password.into_owned()),
        display_name: None,
        invitation: login.invitation.as_ref().map(|shown| shown.code.clone()),
        device_name: String::new(),
        peer,
    };
    xmpp.hub.register_account(request).await?;
    login.invitation = None;
    Ok(String::new())
}

/// # Source
/// XEP-0077 section 3.1 for those who are registered.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(REGISTER).start("registered").end();
    xml.text_element("username", own_name(&iq)).text_element("password", "");
    std::future::ready(Ok(xml.finish())).boxed()
}

fn own_name<'a>(iq: &'a Iq<'_>) -> &'a str {
    iq.seat.bare.split('@').next().unwrap_or_default()
}

fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let is_proven = iq.seat.with(|state| state.has_proved_password);
        match iq.payload.child(REGISTER, "remove") {
            Some(_) if iq.payload.children().count() > 1 => Err(StanzaCondition::BadRequest.into()),
            Some(_) if !is_proven => Err(sign_in_again(StanzaCondition::NotAllowed)),
            Some(_) => {
                iq.xmpp.hub.remove_me(iq.seat.caller).await?;
                Ok(String::new())
            }
            None => change_password(&iq, is_proven).await,
        }
    }
    .boxed()
}

/// # Source
/// XEP-0077 section 3.3.
async fn change_password(iq: &Iq<'_>, is_proven: bool) -> Answer {
    let text = |name| iq.payload.text_of(REGISTER, name).filter(|text| !text.is_empty());
    let (Some(name), Some(password)) = (text("username"), text("password")) else {
        return Err(StanzaCondition::BadRequest.into());
    };
    if !name.eq_ignore_ascii_case(own_name(iq)) {
        return Err(StanzaCondition::Forbidden.into());
    }
    if !is_proven {
        return Err(sign_in_again(StanzaCondition::NotAuthorized));
    }
    let password = Redacted::new(password.into_owned());
    iq.xmpp.hub.change_password_proven(iq.seat.caller, &password).await?;
    Ok(String::new())
}

fn sign_in_again(condition: StanzaCondition) -> Refused {
    Refused::from(condition).text("sign in with your password first")
}

#[cfg(test)]
mod tests;
