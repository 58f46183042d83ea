//! XEP-0054: vcard-temp (1.2), and XEP-0292: vCard4 Over XMPP (0.12).

use crate::{
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::{
        avatar::{Photo, photo, set_photo},
        node::Pep,
        xml::{read, standalone},
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_hub::usecase::NewItem;
use parlance_xmpp::{Element, StanzaCondition, write::Writer};

const VCARD: &str = "vcard-temp";
const VCARD4: &str = "urn:ietf:params:xml:ns:vcard-4.0";
/// The node of the vCard that publishing keeps.
const VCARD4_NODE: &str = "urn:xmpp:vcard4";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: VCARD, name: "vCard", answer: get },
    Handler { at: At::Other, wants: Wants::Get, namespace: VCARD, name: "vCard", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: VCARD, name: "vCard", answer: set },
    Handler { at: At::Own, wants: Wants::Get, namespace: VCARD4, name: "vcard", answer: get_newer },
    Handler { at: At::Other, wants: Wants::Get, namespace: VCARD4, name: "vcard", answer: get_newer },
];

/// Everybody reads a vCard. The name is the display name and the photo the avatar when it has none of its
/// own.
///
/// # Source
/// XEP-0054 (1.2) sections 3.1 and 3.3; XEP-0398 (1.0.1) section 3.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::asked(&iq).await?;
        if iq.xmpp.hub.contact(pep.owner, iq.seat.caller.who).await?.blocked {
            return Err(StanzaCondition::ServiceUnavailable.into());
        }
        let kept = pep.last(VCARD).await?.and_then(|item| read(&item.payload));
        let mut xml = Writer::new();
        xml.start("vCard").namespace(VCARD);
        let name = kept.as_ref().and_then(|card| card.text_of(VCARD, "FN")).unwrap_or_default();
        if name.trim().is_empty() {
            xml.text_element("FN", &iq.xmpp.hub.person(pep.owner).await?.display_name);
        }
        for child in kept.iter().flat_map(Element::children) {
            if !child.is(VCARD, "FN") || !name.trim().is_empty() {
                xml.raw(&standalone(child));
            }
        }
        if let Some(photo) = photo(&pep, (iq.seat.caller.who, &iq.seat.bare)).await? {
            xml.start("PHOTO").text_element("TYPE", &photo.kind).text_element("BINVAL", &photo.data).end();
        }
        Ok(xml.finish())
    }
    .boxed()
}

/// # Source
/// XEP-0054 (1.2) section 3.2.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::of(iq.xmpp, iq.seat);
        let mut card = Writer::new();
        card.start("vCard").namespace(VCARD);
        for child in iq.payload.children().filter(|child| !is_inline_photo(child)) {
            card.raw(&standalone(child));
        }
        let config = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#.to_owned();
        let item = NewItem { config, id: "current".to_owned(), payload: card.finish(), items_max: 1 };
        pep.nodes().publish(pep.owner, VCARD, item).await?;
        let photo = iq.payload.children().find(|child| is_inline_photo(child)).map(|photo| Photo {
            kind: photo.text_of(VCARD, "TYPE").unwrap_or("image/png".into()).into_owned(),
            data: photo.text_of(VCARD, "BINVAL").unwrap_or_default().into_owned(),
        });
        set_photo(&pep, iq.seat.caller, photo).await?;
        Ok(String::new())
    }
    .boxed()
}

fn is_inline_photo(element: &Element) -> bool {
    element.is(VCARD, "PHOTO") && element.child(VCARD, "BINVAL").is_some()
}

/// # Source
/// XEP-0292 (0.12) section 3.
fn get_newer(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::asked(&iq).await?;
        pep.readable(VCARD4_NODE, iq.seat).await?;
        let item = pep.last(VCARD4_NODE).await?.ok_or(StanzaCondition::ItemNotFound)?;
        Ok(item.payload)
    }
    .boxed()
}
