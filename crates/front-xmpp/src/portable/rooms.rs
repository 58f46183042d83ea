use super::{ArchivedMessage, Intake, absent};
use crate::{
    muc::MUC_USER,
    payload::{Payload, is_forged},
    refer::Talk,
    said,
};
use parlance_core::{
    Rejection,
    conversation::{Role, SettingsChange},
    id::{ClientRef, ConversationId, UnixMillis},
    principal::Principal,
};
use parlance_hub::{
    HubError, IdentityRefusal,
    identity::Adoption,
    usecase::{Import, Post, RoomImport},
};
use parlance_xmpp::{Child, Framed, Jid, Stanza, ns};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, sync::Arc};

/// A room on another server.
#[derive(Clone, Copy, Debug)]
pub struct KeptRoom<'a> {
    /// What stands before the `@` of its address.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// Its subject.
    pub subject: &'a str,
    /// Whether everybody may enter.
    pub is_open: bool,
    /// Whether it is found in directories.
    pub is_listed: bool,
    /// Addresses with their affiliations.
    pub affiliations: &'a [(String, String)],
    /// When it began.
    pub began_at: UnixMillis,
}

impl Intake<'_> {
    /// Makes a room, unless there is one of this name. People of other servers are not in it.
    ///
    /// # Errors
    /// `InvalidValue` when nobody here owns it or its name or settings cannot be kept, `TooMany`,
    /// `Unavailable`.
    ///
    /// # Source
    /// XEP-0045 section 5.2 for the affiliations.
    pub async fn take_room(&self, room: KeptRoom<'_>) -> Result<Adoption, HubError> {
        if self.xmpp.hub.conversation_named(room.name).await?.is_some() {
            return Ok(Adoption::WasThere);
        }
        let (mut members, mut banned) = (Vec::new(), Vec::new());
        for (address, affiliation) in room.affiliations {
            let who = match self.known(address).await {
                Err(HubError::Identity(IdentityRefusal::UserNotFound)) => continue,
                other => other?.id,
            };
            match affiliation.as_str() {
                "owner" => members.push((who, Role::Owner)),
                "admin" => members.push((who, Role::Moderator)),
                "member" => members.push((who, Role::Member)),
                "outcast" => banned.push(who),
                _ => {}
            }
        }
        if self.is_dry {
            return Ok(Adoption::Taken);
        }
        let title = if room.title.is_empty() { room.name } else { room.title };
        let settings = SettingsChange {
            name: Some(title.to_owned()),
            topic: Some(room.subject.to_owned()),
            open: Some(room.is_open),
            listed: Some(room.is_listed),
            ..SettingsChange::default()
        };
        let import =
            RoomImport { name: room.name.to_owned(), settings, members, banned, began_at: room.began_at };
        let is_new = self.xmpp.hub.import_room(import).await?;
        Ok(if is_new { Adoption::Taken } else { Adoption::WasThere })
    }

    /// Takes a message of a room's archive in; the owner of the archive is the room, and the stanza has the
    /// address of the sender in `<x/>`, as rooms keep it.
    ///
    /// # Errors
    /// `ConversationNotFound`, `UserNotFound` when its sender is nobody here or not known, `InvalidValue`,
    /// `Unavailable`.
    ///
    /// # Source
    /// XEP-0313 (1.1.3) section 5.1.2.
    pub async fn take_from_room(&self, message: ArchivedMessage<'_>) -> Result<Adoption, HubError> {
        let mut framed = Framed::new(self.xmpp.settings.stanza);
        let malformed = Rejection::InvalidValue("message: not one of a room");
        let stanza = framed.read(message.stanza.as_bytes()).map_err(|_| malformed)?;
        if !stanza.is(ns::CLIENT, "message") || stanza.attribute("type").as_deref() == Some("error") {
            return Err(malformed.into());
        }
        let hub = &self.xmpp.hub;
        let id = hub.conversation_named(message.owner).await?.ok_or(Rejection::ConversationNotFound)?;
        let address = sender(&stanza).ok_or(IdentityRefusal::UserNotFound)?;
        let sender = self.known(&address).await?;
        let import = Import { id: message.id.into(), at: message.at };
        let reference = reference(id, &sender, &stanza, message.at);
        if hub.has_imported(id, sender.id, &import, &reference).await? {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            self.note_readers(id).await?;
            self.put_into_room(id, &sender, &stanza, (import, reference)).await?;
        }
        Ok(Adoption::Taken)
    }

    async fn known(&self, address: &str) -> Result<Arc<Principal>, HubError> {
        let jid = Jid::parse(address).map_err(|_| IdentityRefusal::UserNotFound)?;
        self.xmpp.hub.person_at(jid.bare()).await
    }

    async fn put_into_room(
        &self,
        id: ConversationId,
        sender: &Principal,
        stanza: &Stanza<'_>,
        (import, reference): (Import, ClientRef),
    ) -> Result<(), HubError> {
        let nick = stanza.attribute("from").and_then(|from| Jid::parse(&from).ok());
        let nick = nick.as_ref().and_then(Jid::resource).unwrap_or(sender.address.name());
        let seat = absent(sender, nick);
        let talk = Talk { xmpp: self.xmpp, seat: &seat, id, is_room: true };
        let payload = Payload {
            id: &stanza.attribute("id").unwrap_or_default(),
            kind: "groupchat",
            lang: &stanza.attribute("xml:lang").unwrap_or_default(),
            from: nick,
            to: "",
            inner: &self.own_children(stanza),
        };
        let (client_ref, extras) = (Some(reference), Some(payload.keep()));
        match said::read(&talk, stanza).await {
            Some(spoken) => {
                let body = spoken.body;
                let post = Post {
                    conversation: id,
                    client_ref,
                    body,
                    reply_to: None,
                    thread: None,
                    forward: None,
                    poll: None,
                    needs_acknowledgement: false,
                    extras,
                };
                drop(self.xmpp.hub.import_room_message(sender.id, post, import).await?);
            }
            // What changes others, and the subjects of before, are kept as clients know them.
            None => {
                let attached = parlance_hub::usecase::Attached { client_ref, extras, import: Some(import) };
                drop(self.xmpp.hub.post_foreign_with(seat.caller, id, attached).await?);
            }
        }
        Ok(())
    }

    fn own_children(&self, stanza: &Stanza<'_>) -> String {
        let mut inner = String::new();
        let is_rooms =
            |child: &Child<'_>| child.namespace() == MUC_USER || is_forged(child, |by| self.xmpp.is_ours(by));
        let own = stanza.children().filter(|child| !is_rooms(child));
        own.for_each(|child| child.write_within(ns::CLIENT, &mut inner));
        inner
    }
}

/// The real address of who said it.
fn sender(stanza: &Stanza<'_>) -> Option<String> {
    let user = stanza.child(MUC_USER, "x")?.parse();
    user.child(MUC_USER, "item")?.attribute("jid").map(str::to_owned)
}

fn reference(room: ConversationId, sender: &Principal, stanza: &Stanza<'_>, at: UnixMillis) -> ClientRef {
    let id = stanza.attribute("id").unwrap_or_default();
    let body = stanza.child(ns::CLIENT, "body").map(|body| body.text().into_owned()).unwrap_or_default();
    let digest = Sha256::digest(format!("{room}\0{}\0{id}\0{}\0{body}", sender.id, at.0));
    let hex = digest[..20].iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    ClientRef::new(&format!("i-{hex}")).expect("invariant: letters and digits, and few of them")
}
