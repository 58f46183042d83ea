//! What is done with accounts.

use super::{
    Named, administration, all_named, missing, named, question, questions, refused, required, results,
};
use crate::{errors::Refused, iq::Iq, payload::FRONT, xep::commands::Done};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::id::{PrincipalId, UnixMillis};
use parlance_hub::{
    HubError, Redacted,
    identity::{AccountDetails, Administration, NewAccount},
};
use parlance_xmpp::{
    StanzaCondition,
    forms::{Field, FieldType, Form},
    write::format_date_time,
};

type Running<'a> = BoxFuture<'a, Result<Done, Refused>>;

/// # Source
/// XEP-0133 section 4.1; the name people see, and an address for mail, are for the person to say.
pub(super) fn new_account() -> Form {
    questions("Add a user")
        .field(question("accountjid", FieldType::JidSingle, "Address of the account"))
        .field(question("password", FieldType::TextPrivate, "Password"))
        .field(question("password-verify", FieldType::TextPrivate, "Password once more"))
}

/// # Source
/// XEP-0133 section 4.7.
pub(super) fn new_password() -> Form {
    questions("Change the password of a user")
        .field(question("accountjid", FieldType::JidSingle, "Address of the account"))
        .field(question("password", FieldType::TextPrivate, "The new password"))
}

/// A form that asks for accounts.
pub(super) fn some() -> Form {
    questions("Users").field(question("accountjids", FieldType::JidMulti, "Addresses of the accounts"))
}

/// A form that asks for an account.
pub(super) fn one() -> Form {
    questions("A user").field(question("accountjid", FieldType::JidSingle, "Address of the account"))
}

/// Notes who did what to whom.
fn note(iq: &Iq<'_>, subject: PrincipalId, operation: &'static str) {
    let who = iq.seat.caller.who;
    tracing::info!(user.id = %who, subject.id = %subject, operation, front = FRONT, "administered");
}

/// # Source
/// XEP-0133 section 4.1.
pub(super) fn add<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let name = named(iq, required(form, "accountjid")?)?.name;
        let password = required(form, "password")?;
        if form.value("password-verify").is_some_and(|again| again != password) {
            let differ = "the two passwords are not the same";
            return Err(Refused::from(StanzaCondition::NotAcceptable).text(differ));
        }
        let new = NewAccount { name, display_name: None, is_admin: false };
        let made = administration(iq).await?.add(new, &Redacted::new(password.to_owned())).await?;
        note(iq, made.id, "user_add");
        Ok(Done::Note("The account was added."))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.2.
pub(super) fn delete<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    let remove: Act = |accounts, name| async move { accounts.remove(name).await }.boxed();
    each(iq, form, ("user_remove", remove), "Removed for good.").boxed()
}

/// # Source
/// XEP-0133 section 4.3.
pub(super) fn disable<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    let disable: Act = |accounts, name| async move { accounts.disable(name).await }.boxed();
    each(iq, form, ("user_disable", disable), "Disabled and signed out.").boxed()
}

/// # Source
/// XEP-0133 section 4.4.
pub(super) fn enable<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    let enable: Act = |accounts, name| async move { accounts.enable(name).await }.boxed();
    each(iq, form, ("user_enable", enable), "Enabled again.").boxed()
}

/// Something that is done to an account.
type Act = for<'a> fn(Administration<'a>, &'a str) -> BoxFuture<'a, Result<(), HubError>>;

/// Does something to each account that a form names.
async fn each(
    iq: &Iq<'_>,
    form: &Form,
    (operation, act): (&'static str, Act),
    done: &'static str,
) -> Result<Done, Refused> {
    for account in accounts(iq, form).await? {
        act(administration(iq).await?, &account.named.name).await.map_err(refused)?;
        note(iq, account.id, operation);
    }
    Ok(Done::Note(done))
}

/// # Source
/// XEP-0133 section 4.5: an address with a resource ends that session alone.
pub(super) fn end_sessions<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        for account in accounts(iq, form).await? {
            let device = match &account.named.resource {
                None => None,
                Some(resource) => {
                    let seat = iq.xmpp.seats.find(account.id, resource);
                    Some(seat.ok_or(StanzaCondition::ItemNotFound)?.caller.device)
                }
            };
            let administration = administration(iq).await?;
            administration.sign_out(&account.named.name, device).await.map_err(refused)?;
            note(iq, account.id, "user_sign_out");
        }
        Ok(Done::Note("Signed out."))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.7.
pub(super) fn change_password<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let account = account(iq, form).await?;
        let password = Redacted::new(required(form, "password")?.to_owned());
        let administration = administration(iq).await?;
        administration.set_password(&account.named.name, &password).await.map_err(refused)?;
        note(iq, account.id, "user_set_password");
        Ok(Done::Note("The password was changed, and everything signed out that knew the old one."))
    }
    .boxed()
}

/// # Source
/// XEP-0133 section 4.9. Somebody who was never here has no such time.
pub(super) fn last_login<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let account = account(iq, form).await?;
        let administration = administration(iq).await?;
        let details = administration.show(&account.named.name).await.map_err(refused)?;
        let mut last_login = Field::new("lastlogin").kind(FieldType::TextSingle).label("Last here");
        if let Some(at) = last_seen(iq, &administration, &details) {
            last_login = last_login.value(&format_date_time(i64::try_from(at.0).unwrap_or(i64::MAX)));
        }
        Ok(Done::Data(results().field(address(&details)).field(last_login)))
    }
    .boxed()
}

fn last_seen(
    iq: &Iq<'_>,
    administration: &Administration<'_>,
    details: &AccountDetails,
) -> Option<UnixMillis> {
    let is_here = administration.is_connected(details.principal.id);
    if is_here { Some(iq.xmpp.hub.now()) } else { details.devices.iter().map(|it| it.last_seen_at).max() }
}

/// # Source
/// XEP-0133 section 4.10.
pub(super) fn statistics<'a>(iq: &'a Iq<'a>, form: &'a Form) -> Running<'a> {
    async move {
        let account = account(iq, form).await?;
        let administration = administration(iq).await?;
        let details = administration.show(&account.named.name).await.map_err(refused)?;
        let contacts = administration.count_contacts(account.id).await?.to_string();
        let resources = Field::new("onlineresources").kind(FieldType::TextMulti).label("Resources");
        let here = iq.xmpp.seats.of(account.id);
        let resources = here.iter().fold(resources, |field, seat| field.value(seat.resource()));
        let size = Field::new("rostersize").kind(FieldType::TextSingle).label("Contacts").value(&contacts);
        Ok(Done::Data(results().field(address(&details)).field(size).field(resources)))
    }
    .boxed()
}

fn address(details: &AccountDetails) -> Field {
    let field = Field::new("accountjid").kind(FieldType::JidSingle).label("Address");
    field.value(details.principal.address.as_str())
}

/// An account that a command is about.
struct Account {
    id: PrincipalId,
    named: Named,
}

/// The accounts that a form names. All have to be there before anything is done to any.
async fn accounts(iq: &Iq<'_>, form: &Form) -> Result<Vec<Account>, Refused> {
    let mut accounts = Vec::new();
    for named in all_named(iq, form, "accountjids")? {
        accounts.push(found(iq, named).await?);
    }
    Ok(accounts)
}

/// The account that a form names; programs of earlier days name it in a list.
async fn account(iq: &Iq<'_>, form: &Form) -> Result<Account, Refused> {
    let jid = form.value("accountjid").or_else(|| form.value("accountjids"));
    found(iq, named(iq, jid.ok_or_else(|| missing("accountjid"))?)?).await
}

async fn found(iq: &Iq<'_>, named: Named) -> Result<Account, Refused> {
    let person: Result<_, HubError> = iq.xmpp.hub.person_at(&named.name).await;
    Ok(Account { id: person.map_err(refused)?.id, named })
}
