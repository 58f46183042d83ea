//! How many accounts there are, and which.

use super::{administration, question, questions, results};
use crate::{errors::Refused, iq::Iq, xep::commands::Done};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::principal::Principal;
use parlance_xmpp::{
    StanzaCondition,
    forms::{Field, FieldType, Form},
};

/// How many accounts can be asked for.
const CHOICES: &[&str] = &["25", "50", "75", "100", "150", "200"];
/// As many as are listed when nobody says how many, and the most.
const LISTED_MAX: usize = 200;

type Running<'a> = BoxFuture<'a, Result<Done, Refused>>;

/// # Source
/// XEP-0133 section 4.18. "None" is no choice: lists have an end.
pub(super) fn how_many() -> Form {
    let field = question("max_items", FieldType::ListSingle, "Most users to show");
    questions("List users").field(CHOICES.iter().fold(field, |field, choice| field.option(choice, choice)))
}

fn number(name: &str, label: &str, count: u64) -> Done {
    let field = Field::new(name).kind(FieldType::TextSingle).label(label);
    Done::Data(results().field(field.value(&count.to_string())))
}

fn list(name: &str, label: &str, people: &[Principal]) -> Done {
    let field = Field::new(name).kind(FieldType::JidMulti).label(label);
    Done::Data(results().field(people.iter().fold(field, |it, person| it.value(person.address.as_str()))))
}

/// # Errors
/// `not-acceptable` for what is no number; a greater one is taken as the greatest.
fn wanted(form: &Form) -> Result<usize, Refused> {
    match form.value("max_items") {
        None | Some("" | "none") => Ok(LISTED_MAX),
        Some(number) => {
            let number: usize = number.parse().map_err(|_| StanzaCondition::NotAcceptable)?;
            Ok(number.clamp(1, LISTED_MAX))
        }
    }
}

/// # Source
/// XEP-0133 section 4.13.
pub(super) fn registered<'a>(iq: &'a Iq<'a>, _: &'a Form) -> Running<'a> {
    async move {
        let counts = administration(iq).await?.count().await?;
        Ok(number("registeredusersnum", "Users", counts.enabled + counts.disabled))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.14.
pub(super) fn disabled<'a>(iq: &'a Iq<'a>, _: &'a Form) -> Running<'a> {
    async move {
        let counts = administration(iq).await?.count().await?;
        Ok(number("disabledusersnum", "Disabled or removed users", counts.disabled))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.15: with any program.
pub(super) fn online<'a>(iq: &'a Iq<'a>, _: &'a Form) -> Running<'a> {
    async move {
        let count = administration(iq).await?.count_connected();
        Ok(number("onlineusersnum", "Users who are online", count as u64))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.18.
pub(super) fn list_registered<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let people = administration(iq).await?.list(None, wanted(form)?).await?;
        Ok(list("registereduserjids", "Users", &people))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.19.
pub(super) fn list_disabled<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let people = administration(iq).await?.list_disabled(wanted(form)?).await?;
        Ok(list("disableduserjids", "Disabled or removed users", &people))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.20.
pub(super) fn list_online<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let people = administration(iq).await?.list_connected(wanted(form)?).await?;
        Ok(list("onlineuserjids", "Users who are online", &people))
    }
    .boxed()
}
