//! XEP-0133: Service Administration (1.3.1): the tasks that administrators have for accounts.
//!
//! # Differs
//! Ending sessions signs the devices out in every program. Network addresses of people are not told, nor
//! rosters.
//!
//! What is done is logged in the words of the commands that the machine's owner has.

mod accounts;
mod numbers;

use super::commands::{Audience, Command};
use crate::{address::Entity, errors::Refused, iq::Iq};
use parlance_hub::{HubError, IdentityRefusal, identity::Administration};
use parlance_xmpp::{
    Jid, StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
};

/// What the names of these commands begin with, and what their fields mean.
pub(super) const ADMIN: &str = "http://jabber.org/protocol/admin";
/// Most accounts in one command.
const ACCOUNTS_MAX: usize = 100;

macro_rules! command {
    ($node:literal, $operation:literal, $name:literal, $form:expr, $run:path) => {
        Command {
            node: concat!("http://jabber.org/protocol/admin#", $node),
            name: $name,
            audience: Audience::Administrators($operation),
            form: $form,
            run: $run,
        }
    };
}

/// # Source
/// XEP-0133 section 4.
pub(super) const COMMANDS: &[Command] = &[
    command!("add-user", "user_add", "Add a user", Some(accounts::new_account), accounts::add),
    command!("delete-user", "user_remove", "Delete users", Some(accounts::some), accounts::delete),
    command!("disable-user", "user_disable", "Disable users", Some(accounts::some), accounts::disable),
    command!("reenable-user", "user_enable", "Enable users again", Some(accounts::some), accounts::enable),
    command!(
        "end-user-session",
        "user_sign_out",
        "End sessions of users",
        Some(accounts::some),
        accounts::end_sessions
    ),
    command!(
        "change-user-password",
        "user_set_password",
        "Change the password of a user",
        Some(accounts::new_password),
        accounts::change_password
    ),
    command!(
        "get-user-lastlogin",
        "user_show",
        "Show when a user was last here",
        Some(accounts::one),
        accounts::last_login
    ),
    command!(
        "user-stats",
        "user_show",
        "Show statistics of a user",
        Some(accounts::one),
        accounts::statistics
    ),
    command!(
        "get-registered-users-num",
        "user_count",
        "Show how many users there are",
        None,
        numbers::registered
    ),
    command!(
        "get-disabled-users-num",
        "user_count",
        "Show how many users are disabled",
        None,
        numbers::disabled
    ),
    command!("get-online-users-num", "user_count", "Show how many users are online", None, numbers::online),
    command!(
        "get-registered-users-list",
        "user_list",
        "List users",
        Some(numbers::how_many),
        numbers::list_registered
    ),
    command!(
        "get-disabled-users-list",
        "user_list",
        "List disabled users",
        Some(numbers::how_many),
        numbers::list_disabled
    ),
    command!(
        "get-online-users-list",
        "user_list",
        "List users who are online",
        Some(numbers::how_many),
        numbers::list_online
    ),
];

/// The use cases, if the asker may use them.
pub(super) async fn administration<'a>(iq: &'a Iq<'_>) -> Result<Administration<'a>, Refused> {
    Ok(iq.xmpp.hub.administration_by(iq.seat.caller).await?)
}

/// Whom a command is about.
struct Named {
    /// The name before the `@`.
    name: String,
    /// The resource, where one was named.
    resource: Option<String>,
}

/// An address of somebody on this server, whether there is such an account or not.
fn named(iq: &Iq<'_>, jid: &str) -> Result<Named, Refused> {
    let jid = Jid::parse(jid.trim()).map_err(|_| StanzaCondition::JidMalformed)?;
    match iq.xmpp.entity(&jid) {
        Entity::Account(address) => Ok(Named { name: address.name().to_owned(), resource: None }),
        Entity::Resource(address, resource) => {
            Ok(Named { name: address.name().to_owned(), resource: Some(resource.to_owned()) })
        }
        Entity::Nobody => Err(IdentityRefusal::NameInvalid.into()),
        _ => Err(StanzaCondition::ItemNotFound.into()),
    }
}

/// Everybody in a field.
fn all_named(iq: &Iq<'_>, form: &Form, field: &str) -> Result<Vec<Named>, Refused> {
    let values = form.find(field).map(|field| field.values.as_slice()).unwrap_or_default();
    match values.len() {
        0 => Err(missing(field)),
        1..=ACCOUNTS_MAX => values.iter().map(|jid| named(iq, jid)).collect(),
        _ => Err(Refused::from(StanzaCondition::NotAcceptable).text("at most 100 accounts at once")),
    }
}

/// A value that has to be there.
fn required<'f>(form: &'f Form, field: &str) -> Result<&'f str, Refused> {
    form.value(field).filter(|value| !value.is_empty()).ok_or_else(|| missing(field))
}

fn missing(field: &str) -> Refused {
    Refused::from(StanzaCondition::NotAcceptable).text(format!("{field} is missing"))
}

/// Administrators learn who exists.
pub(super) fn refused(error: HubError) -> Refused {
    match error {
        HubError::Identity(refusal @ IdentityRefusal::UserNotFound) => {
            Refused::from(StanzaCondition::ItemNotFound).text(refusal.to_string())
        }
        error => error.into(),
    }
}

/// A form to fill in.
fn questions(title: &str) -> Form {
    Form { title: Some(title.to_owned()), ..Form::of_type(FormType::Form, ADMIN) }
}

fn question(name: &str, kind: FieldType, label: &str) -> Field {
    Field { is_required: true, ..Field::new(name).kind(kind).label(label) }
}

fn results() -> Form {
    Form::of_type(FormType::Result, ADMIN)
}

#[cfg(test)]
mod tests;
