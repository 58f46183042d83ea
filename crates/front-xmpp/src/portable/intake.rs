use super::absent;
use crate::{
    address::Entity,
    context::Xmpp,
    payload::{Payload, inner},
    refer::Talk,
    said,
};
use parking_lot::Mutex;
use parlance_core::{
    Rejection,
    id::{ClientRef, ConversationId, PrincipalId, UnixMillis},
    principal::Principal,
};
use parlance_hub::{
    HubError, IdentityRefusal,
    identity::Adoption,
    usecase::{Attached, Import, Post},
};
use parlance_xmpp::{Framed, Jid, Stanza, ns};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc};

const SECOND_MS: u64 = 1_000;
const DAY_MS: u64 = 86_400 * SECOND_MS;

/// A message of somebody's archive on another server.
#[derive(Clone, Copy, Debug)]
pub struct ArchivedMessage<'a> {
    /// Whose archive it is in: the name before the `@`.
    pub owner: &'a str,
    /// The id that archive gave it; may be empty.
    pub id: &'a str,
    /// When it was sent.
    pub at: UnixMillis,
    /// `<message/>` in `jabber:client`, with its addresses.
    pub stanza: &'a str,
}

/// Takes messages of archives in, in the order in which they were sent.
pub struct Intake<'x> {
    pub(super) xmpp: &'x Arc<Xmpp>,
    pub(super) is_dry: bool,
    /// Of conversations that got something: for whom nothing waited to be read before.
    read: Mutex<HashMap<ConversationId, Vec<PrincipalId>>>,
}

/// Two people, or one with oneself, and the resource that wrote.
struct Between {
    sender: Arc<Principal>,
    peer: Arc<Principal>,
    from: String,
    to: String,
}

impl<'x> Intake<'x> {
    /// With `is_dry` nothing is written.
    pub fn new(xmpp: &'x Arc<Xmpp>, is_dry: bool) -> Self {
        Self { xmpp, is_dry, read: Mutex::default() }
    }

    /// Takes a message in, unless it is there. Both people have it in their archives: the second time it is.
    ///
    /// # Errors
    /// `UserNotFound` when it is not between two people of this server, `InvalidValue` when it is no message,
    /// `BodyTooLong`, `TooManyConversations`, `Unavailable`.
    pub async fn take(&self, message: ArchivedMessage<'_>) -> Result<Adoption, HubError> {
        let mut framed = Framed::new(self.xmpp.settings.stanza);
        let stanza = framed.read(message.stanza.as_bytes()).map_err(|_| unreadable())?;
        let both = self.between(message.owner, &stanza).await?;
        let conversation = ConversationId::between(both.sender.id, both.peer.id);
        let import = Import { id: message.id.into(), at: message.at };
        let reference = reference(&both, &stanza, message.at);
        let hub = &self.xmpp.hub;
        if hub.has_imported(conversation, both.sender.id, &import, &reference).await? {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            hub.import_direct(both.sender.id, both.peer.id, message.at).await?;
            self.note_readers(conversation).await?;
            self.put(conversation, &both, &stanza, (import, reference)).await?;
        }
        Ok(Adoption::Taken)
    }

    /// Ends it: what was imported is not news to those who had read everything.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn finish(self) -> Result<(), HubError> {
        for (conversation, readers) in self.read.into_inner() {
            for who in readers {
                self.xmpp.hub.mark_all_read(who, conversation).await?;
            }
        }
        Ok(())
    }

    async fn between(&self, owner: &str, stanza: &Stanza<'_>) -> Result<Between, HubError> {
        let kind = stanza.attribute("type");
        let is_talk = matches!(kind.as_deref(), None | Some("" | "chat" | "normal" | "headline"));
        if !stanza.is(ns::CLIENT, "message") || !is_talk {
            return Err(unreadable());
        }
        let owner = self.xmpp.hub.person_at(owner).await?;
        let (sender, from) = self.party(stanza, "from", &owner).await?;
        let (peer, to) = self.party(stanza, "to", &owner).await?;
        let is_owners = [sender.id, peer.id].contains(&owner.id);
        if is_owners { Ok(Between { sender, peer, from, to }) } else { Err(unreadable()) }
    }

    /// Who is named by an attribute, and with which resource; whose archive it is when it is not there.
    async fn party(
        &self,
        stanza: &Stanza<'_>,
        name: &str,
        owner: &Arc<Principal>,
    ) -> Result<(Arc<Principal>, String), HubError> {
        let Some(address) = stanza.attribute(name) else { return Ok((Arc::clone(owner), String::new())) };
        let jid = Jid::parse(&address).map_err(|_| IdentityRefusal::UserNotFound)?;
        match self.xmpp.entity(&jid) {
            Entity::Account(_) | Entity::Resource(..) => {
                let resource = jid.resource().unwrap_or_default().to_owned();
                Ok((self.xmpp.hub.person_at(jid.bare()).await?, resource))
            }
            _ => Err(IdentityRefusal::UserNotFound.into()),
        }
    }

    pub(super) async fn note_readers(&self, conversation: ConversationId) -> Result<(), HubError> {
        if !self.read.lock().contains_key(&conversation) {
            let readers = self.xmpp.hub.who_read_all(conversation).await?;
            self.read.lock().insert(conversation, readers);
        }
        Ok(())
    }

    /// What it says or does is done as if it were sent now, but with its own time and id.
    async fn put(
        &self,
        id: ConversationId,
        both: &Between,
        stanza: &Stanza<'_>,
        (import, reference): (Import, ClientRef),
    ) -> Result<(), HubError> {
        let seat = absent(&both.sender, &both.from);
        let talk = Talk { xmpp: self.xmpp, seat: &seat, id, is_room: false };
        let payload = Payload {
            id: &stanza.attribute("id").unwrap_or_default(),
            kind: &stanza.attribute("type").unwrap_or_default(),
            lang: &stanza.attribute("xml:lang").unwrap_or_default(),
            from: &both.from,
            to: &both.to,
            inner: &inner(stanza, |by| self.xmpp.is_ours(by)),
        };
        let attached = || Attached {
            client_ref: Some(reference.clone()),
            extras: Some(payload.keep()),
            import: Some(import.clone()),
        };
        let spoken = said::read(&talk, stanza).await;
        if talk.change(stanza, attached, spoken.as_ref().map(|spoken| &spoken.body)).await? {
            return Ok(());
        }
        let hub = &self.xmpp.hub;
        match spoken {
            Some(spoken) => {
                let Attached { client_ref, extras, .. } = attached();
                let (reply_to, thread) = (spoken.reply_to, spoken.thread);
                let post = Post {
                    conversation: id,
                    client_ref,
                    body: spoken.body,
                    reply_to,
                    thread,
                    forward: None,
                    poll: None,
                    needs_acknowledgement: false,
                    extras,
                };
                hub.import_message(both.sender.id, post, import).await?;
            }
            None => drop(hub.post_foreign_with(seat.caller, id, attached()).await?),
        }
        Ok(())
    }
}

/// What makes copies of a message in two archives the same message: sender, receiver, id, what it says, and
/// the day; without an id the second.
fn reference(both: &Between, stanza: &Stanza<'_>, at: UnixMillis) -> ClientRef {
    let id = stanza.attribute("id").unwrap_or_default();
    let time = if id.is_empty() { at.0 / SECOND_MS } else { at.0 / DAY_MS };
    let said = match stanza.child(ns::CLIENT, "body") {
        Some(body) => body.text().into_owned(),
        None => inner(stanza, |_| true),
    };
    let (sender, peer) = (both.sender.id, both.peer.id);
    let digest = Sha256::digest(format!("{sender}\0{peer}\0{id}\0{time}\0{said}"));
    let hex: String = digest[..20].iter().map(|byte| format!("{byte:02x}")).collect();
    ClientRef::new(&format!("i-{hex}")).expect("invariant: letters and digits, and few of them")
}

fn unreadable() -> HubError {
    Rejection::InvalidValue("message: not one between people").into()
}
