use crate::{
    admin::{Adopted, Outcome},
    portable::Portable,
};
use futures_util::{StreamExt, stream};
use parlance_core::Rejection;
use parlance_front_native::problem;
use parlance_hub::{
    HubError,
    identity::{Adopted as Adopter, Adoption, OldPassword},
    usecase::{NODE_PAYLOAD_BYTES_MAX, NewItem},
};
use parlance_xmpp::{Framed, Limits};

/// How many things are under way at the same time: enough to share commits and to keep hashing threads busy.
const UNDER_WAY: usize = 16;
/// Nobody but the owner reads such a node, and nobody is told of it.
const CONFIG: &str = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#;

/// Takes over one part of what another server kept. What is wrong with one thing does not stop the others.
pub(super) async fn all(adopter: Adopter<'_>, items: Vec<Portable>) -> Adopted {
    let outcomes = stream::iter(items).map(|item| async move {
        match one(adopter, item).await {
            Ok(Adoption::Taken) => Outcome::Taken,
            Ok(Adoption::WasThere) => Outcome::WasThere,
            Err(error) => Outcome::Refused(problem(error).code.to_string()),
        }
    });
    Adopted { outcomes: outcomes.buffered(UNDER_WAY).collect().await }
}

async fn one(adopter: Adopter<'_>, item: Portable) -> Result<Adoption, HubError> {
    match item {
        Portable::Password { name, password } => adopter.account(&name, OldPassword::Plain(password)).await,
        Portable::Verifiers { name, verifiers } => {
            adopter.account(&name, OldPassword::Verifiers(verifiers)).await
        }
        Portable::Contact { owner, who, contact } => adopter.contact(&owner, &who, contact).await,
        Portable::Element { owner, node, payload } => {
            check_element(&payload)?;
            let item = NewItem { config: CONFIG.to_owned(), id: "current".to_owned(), payload, items_max: 1 };
            adopter.item(&owner, &node, item).await
        }
    }
}

/// What is kept is sent to others as it is, so it has to be one element that stands for itself.
fn check_element(payload: &str) -> Result<(), Rejection> {
    let mut framed =
        Framed::new(Limits { stanza_bytes_max: NODE_PAYLOAD_BYTES_MAX as u32, ..Limits::default() });
    let is_element = framed.read(payload.as_bytes()).is_ok();
    if is_element { Ok(()) } else { Err(Rejection::InvalidValue("element: not well-formed, or too large")) }
}
