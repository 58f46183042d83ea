//! XEP-0401: Ad-hoc Account Invitation Generation (0.6.0): links that make contacts and accounts.

use super::{
    administration::{administration, refused},
    commands::{Audience, Command, Done},
};
use crate::{errors::Refused, iq::Iq};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::id::UnixMillis;
use parlance_hub::{
    Redacted,
    identity::{NewInvitation, Newcomer},
};
use parlance_xmpp::{
    forms::{Field, FieldType, Form, FormType},
    write::format_date_time,
};

const INVITATION: &str = "urn:xmpp:invite#invitation";
/// How long a link works, in seconds: a week.
const EXPIRES_IN_S: u32 = 7 * 24 * 3_600;

type Running<'a> = BoxFuture<'a, Result<Done, Refused>>;

/// # Source
/// XEP-0401 section 3.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        node: "urn:xmpp:invite#invite",
        name: "Invite somebody",
        audience: Audience::Inviters,
        form: None,
        run: invite,
    },
    Command {
        node: "urn:xmpp:invite#create-account",
        name: "Invite somebody to an account",
        audience: Audience::Administrators("user_add"),
        form: Some(who),
        run: create_account,
    },
];

/// # Source
/// XEP-0401 section 5.1.
fn invite<'a>(iq: &'a Iq<'a>, _: &'a Form) -> Running<'a> {
    async move {
        let new = NewInvitation { uses: 1, expires_in_s: EXPIRES_IN_S, makes_contact: true };
        let made = iq.xmpp.hub.create_invitation(iq.seat.caller, new).await?;
        let uri = format!("xmpp:{}?roster;preauth={};ibr=y", iq.seat.bare, made.code.expose());
        Ok(Done::Data(link(iq, &uri, &made.code, made.expires_at)))
    }
    .boxed()
}

/// # Source
/// XEP-0401 section 5.4.
fn who() -> Form {
    let username = Field::new("username").kind(FieldType::TextSingle);
    let contact = Field::new("roster-subscription").kind(FieldType::Boolean);
    Form::new(FormType::Form)
        .field(username.label("Name; empty when they may choose one"))
        .field(contact.label("Becomes my contact").value("1"))
}

/// # Source
/// XEP-0401 section 5.4.
fn create_account<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let name = form.value("username").map(str::trim).filter(|name| !name.is_empty());
        let is_contact = form.find("roster-subscription").and_then(Field::boolean).unwrap_or_default();
        let new = Newcomer {
            name: name.map(str::to_owned),
            is_admin: false,
            contact: is_contact.then_some(iq.seat.caller.who),
        };
        let (code, expires_at) = administration(iq).await?.invite(new).await.map_err(refused)?;
        let domain = &iq.xmpp.settings.domain;
        let at = name.map(|name| format!("{}@", name.to_lowercase())).unwrap_or_default();
        let uri = format!("xmpp:{at}{domain}?register;preauth={}", code.expose());
        Ok(Done::Data(link(iq, &uri, &code, Some(expires_at))))
    }
    .boxed()
}

fn link(iq: &Iq<'_>, uri: &str, code: &Redacted<String>, expires_at: Option<UnixMillis>) -> Form {
    let field = |name: &str, label: &str, value: &str| {
        Field::new(name).kind(FieldType::TextSingle).label(label).value(value)
    };
    let landing_url = format!("{}/invite/{}", iq.xmpp.settings.public_url, code.expose());
    let form = Form::of_type(FormType::Result, INVITATION)
        .field(field("uri", "For a client", uri))
        .field(field("landing-url", "For a browser", &landing_url));
    match expires_at.and_then(|at| i64::try_from(at.0).ok()) {
        Some(at) => form.field(field("expire", "Works until", &format_date_time(at))),
        None => form,
    }
}

#[cfg(test)]
mod tests;
