//! XEP-0084: User Avatar (1.1.4), for clients that only know the photo of a vCard too.
//!
//! # Source
//! XEP-0398 (1.0.1).

use super::{
    access::check_may_read,
    config::NodeConfig,
    node::{Draft, Pep},
    xml,
};
use crate::{context::Xmpp, errors::Refused, presence, seat::Seat};
use base64::{Engine, prelude::BASE64_STANDARD};
use parlance_core::id::PrincipalId;
use parlance_hub::{
    Caller,
    ports::{Items, NodeError},
};
use parlance_xmpp::{
    StanzaCondition,
    forms::{Field, Form, FormType},
    write::Writer,
};
use sha1::{Digest, Sha1};
use std::sync::Arc;

const DATA: &str = "urn:xmpp:avatar:data";
const METADATA: &str = "urn:xmpp:avatar:metadata";
pub(crate) const UPDATE: &str = "vcard-temp:x:update";

/// An avatar as it is written in a vCard.
pub(crate) struct Photo {
    /// Its media type.
    pub(crate) kind: String,
    /// In base64.
    pub(crate) data: String,
}

/// The hash of somebody's avatar and its media type, if they have one.
async fn announced(pep: &Pep<'_>) -> Result<Option<(String, String)>, Refused> {
    let Some(item) = pep.last(METADATA).await? else { return Ok(None) };
    let Some(metadata) = xml::read(&item.payload) else { return Ok(None) };
    let info = metadata.child(METADATA, "info");
    Ok(info.and_then(|info| {
        let kind = info.attribute("type").unwrap_or("image/png");
        Some((info.attribute("id")?.to_owned(), kind.to_owned()))
    }))
}

/// Somebody's avatar, if they have one and the reader may see it.
pub(crate) async fn photo(pep: &Pep<'_>, reader: (PrincipalId, &str)) -> Result<Option<Photo>, Refused> {
    let Some((hash, kind)) = announced(pep).await? else { return Ok(None) };
    let Some(row) = pep.nodes().find(DATA).await? else { return Ok(None) };
    if check_may_read(pep.xmpp, pep.owner, &NodeConfig::read(&row.config), reader).await.is_err() {
        return Ok(None);
    }
    let found = match pep.nodes().items(DATA, Items::Named(vec![hash])).await {
        Err(NodeError::NoNode) => return Ok(None),
        other => other?.pop(),
    };
    let data = found.and_then(|item| xml::read(&item.payload)).map(|data| data.text().trim().to_owned());
    Ok(data.map(|data| Photo { kind, data }))
}

/// Makes the photo of a vCard the avatar; without one there is no avatar any more.
///
/// # Source
/// XEP-0398 (1.0.1) section 3.
pub(crate) async fn set_photo(pep: &Pep<'_>, caller: Caller, photo: Option<Photo>) -> Result<(), Refused> {
    let before = announced(pep).await?;
    let Some(photo) = photo else {
        if before.is_some() {
            let mut xml = Writer::new();
            xml.empty("metadata", METADATA);
            publish(pep, caller, METADATA, None, xml.finish()).await?;
        }
        return Ok(());
    };
    let data: String = photo.data.split_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(&data).map_err(|_| StanzaCondition::BadRequest)?;
    let hash: String = Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if before.is_some_and(|(known, _)| known == hash) {
        return Ok(());
    }
    let mut xml = Writer::new();
    xml.start("data").namespace(DATA).text(&data);
    publish(pep, caller, DATA, Some(hash.clone()), xml.finish()).await?;
    let mut xml = Writer::new();
    xml.start("metadata").namespace(METADATA);
    xml.start("info").attribute("id", &hash).attribute("bytes", &bytes.len().to_string());
    xml.attribute("type", &photo.kind);
    publish(pep, caller, METADATA, Some(hash), xml.finish()).await
}

/// Everybody reads a vCard; so it is with an avatar that comes from one, unless the node says otherwise.
async fn publish(
    pep: &Pep<'_>,
    caller: Caller,
    node: &str,
    id: Option<String>,
    payload: String,
) -> Result<(), Refused> {
    let open = Form::new(FormType::Submit).field(Field::new("pubsub#access_model").value("open"));
    let options = pep.nodes().find(node).await?.is_none().then_some(open);
    pep.publish(caller, node, Draft { id, payload }, options.as_ref()).await?;
    Ok(())
}

/// What [`with_hash`] adds begins so, and ends so.
const ADDED: (&str, &str) = ("<x xmlns='vcard-temp:x:update'><photo>", "</photo></x>");

/// Shows an avatar that its owner has just published in the presence of all their clients that do not
/// speak of it themselves.
///
/// # Source
/// XEP-0398 (1.0.1) section 3.
pub(super) async fn published(pep: &Pep<'_>, node: &str) {
    if node != METADATA {
        return;
    }
    for seat in pep.xmpp.seats.of(pep.owner) {
        let Some(before) = seat.with(|state| Some(Arc::clone(&state.presence.as_ref()?.payload))) else {
            continue;
        };
        let said = match before.rfind(ADDED.0).filter(|_| before.ends_with(ADDED.1)) {
            Some(at) => before[..at].into(),
            None => Arc::clone(&before),
        };
        let after = with_hash(pep.xmpp, &seat, said).await;
        if after != before {
            seat.with(|state| {
                if let Some(presence) = &mut state.presence {
                    presence.payload = after;
                }
            });
            presence::show_again(pep.xmpp, &seat);
        }
    }
}

/// Adds to what a client says in its presence which avatar its owner has, unless it says so itself.
///
/// # Source
/// XEP-0153 (1.1.1) section 3; XEP-0398 (1.0.1) section 3.
pub(crate) async fn with_hash(xmpp: &Arc<Xmpp>, seat: &Seat, payload: Arc<str>) -> Arc<str> {
    if payload.contains(UPDATE) {
        return payload;
    }
    match announced(&Pep::of(xmpp, seat)).await {
        Ok(Some((hash, _))) => {
            let mut xml = Writer::append(String::from(&*payload));
            xml.start("x").namespace(UPDATE).text_element("photo", &hash);
            xml.finish().into()
        }
        Ok(None) => payload,
        Err(refused) => {
            tracing::warn!(?refused, "an avatar could not be read");
            payload
        }
    }
}
