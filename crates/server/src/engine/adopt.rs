use crate::{
    admin::{Adopted, Outcome},
    portable::Portable,
};
use futures_util::{StreamExt, stream};
use parlance_core::{Rejection, id::UnixMillis};
use parlance_front_native::problem;
use parlance_front_xmpp::portable::{ArchivedMessage, Intake, KeptItem, KeptRoom, NodeSetUp};
use parlance_hub::{
    HubError,
    identity::{Adopted as Adopter, Adoption, OldPassword},
    usecase::{NODE_PAYLOAD_BYTES_MAX, NewItem},
};
use parlance_xmpp::{Framed, Limits};
use tokio::sync::Mutex;

/// How many things are under way at the same time: enough to share commits and to keep hashing threads busy.
const UNDER_WAY: usize = 16;
/// The pass of what keeps its order.
const ORDERED: usize = 2;
/// Nobody but the owner reads such a node, and nobody is told of it.
const CONFIG: &str = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#;

/// Takes over what another server kept.
#[derive(Clone, Copy)]
pub(super) struct Taking<'t> {
    pub(super) adopter: Adopter<'t>,
    pub(super) intake: &'t Intake<'t>,
}

impl Taking<'_> {
    /// Takes over one part. What is wrong with one thing does not stop the others.
    pub(super) async fn all(self, items: Vec<Portable>) -> Adopted {
        let turn = Mutex::new(());
        let turn = &turn;
        let outcomes = stream::iter(items).map(|item| async move {
            // Items and messages keep their order.
            let _turn = if item.pass() == ORDERED { Some(turn.lock().await) } else { None };
            match self.one(item).await {
                Ok(Adoption::Taken) => Outcome::Taken,
                Ok(Adoption::WasThere) => Outcome::WasThere,
                Err(error) => Outcome::Refused(problem(error).code.to_string()),
            }
        });
        Adopted { outcomes: outcomes.buffered(UNDER_WAY).collect().await }
    }

    async fn one(self, item: Portable) -> Result<Adoption, HubError> {
        let Self { adopter, intake } = self;
        match item {
            Portable::Password { name, password } => {
                adopter.account(&name, OldPassword::Plain(password)).await
            }
            Portable::Verifiers { name, verifiers } => {
                adopter.account(&name, OldPassword::Verifiers(verifiers)).await
            }
            Portable::Contact { owner, who, contact } => adopter.contact(&owner, &who, contact).await,
            Portable::Element { owner, node, payload } => {
                check_element(&payload)?;
                let (config, id) = (CONFIG.to_owned(), "current".to_owned());
                adopter.item(&owner, &node, NewItem { config, id, payload, items_max: 1 }).await
            }
            Portable::Node { owner, node, form, members, subscribers } => {
                let set_up = NodeSetUp { form: &form, members: &members, subscribers: &subscribers };
                intake.take_node(&owner, &node, set_up).await
            }
            Portable::Item { owner, node, id, payload } => {
                if !payload.is_empty() {
                    check_element(&payload)?;
                }
                let item = KeptItem { owner: &owner, node: &node, id: &id, payload: &payload };
                intake.take_item(item).await
            }
            Portable::Room { name, title, subject, is_open, is_listed, affiliations, began_at } => {
                let room = KeptRoom {
                    name: &name,
                    title: &title,
                    subject: &subject,
                    is_open,
                    is_listed,
                    affiliations: &affiliations,
                    began_at: UnixMillis(began_at),
                };
                intake.take_room(room).await
            }
            Portable::RoomMessage { room, id, at, stanza } => {
                let at = UnixMillis(at);
                intake.take_from_room(ArchivedMessage { owner: &room, id: &id, at, stanza: &stanza }).await
            }
            Portable::Message { owner, id, at, stanza } => {
                let at = UnixMillis(at);
                intake.take(ArchivedMessage { owner: &owner, id: &id, at, stanza: &stanza }).await
            }
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
