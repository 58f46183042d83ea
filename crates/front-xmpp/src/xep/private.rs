//! XEP-0049: Private XML Storage (1.2): what programs keep for themselves.

use crate::{
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::{bookmarks, node::Pep, xml::standalone},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_hub::usecase::NewItem;
use parlance_xmpp::{Element, StanzaCondition, write::Writer};

const PRIVATE: &str = "jabber:iq:private";
/// Nobody but the owner reads such a node, and nobody is told of it.
const CONFIG: &str = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#;

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: PRIVATE, name: "query", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: PRIVATE, name: "query", answer: set },
];

/// The node that keeps an element of this name.
fn node(element: &Element) -> String {
    format!("{PRIVATE}#{}#{}", element.namespace(), element.name())
}

fn is_bookmarks(element: &Element) -> bool {
    element.is(bookmarks::STORAGE, "storage")
}

fn asked<'e>(iq: &'e Iq<'_>) -> Result<&'e Element, Refused> {
    let asked = iq.payload.children().next().ok_or(StanzaCondition::BadRequest)?;
    if asked.namespace().is_empty() || asked.namespace() == PRIVATE {
        return Err(StanzaCondition::NotAcceptable.into());
    }
    Ok(asked)
}

/// # Source
/// XEP-0049 (1.2) section 3.2.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::of(iq.xmpp, iq.seat);
        let asked = asked(&iq)?;
        let found = match is_bookmarks(asked) {
            true => Some(bookmarks::as_storage(&pep, iq.seat.caller).await?),
            false => pep.last(&node(asked)).await?.map(|item| item.payload),
        };
        let mut xml = Writer::new();
        xml.start("query").namespace(PRIVATE).raw(&found.unwrap_or_else(|| standalone(asked)));
        Ok(xml.finish())
    }
    .boxed()
}

/// # Source
/// XEP-0049 (1.2) section 3.1.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::of(iq.xmpp, iq.seat);
        asked(&iq)?;
        for element in iq.payload.children() {
            if is_bookmarks(element) {
                bookmarks::take_storage(&pep, iq.seat.caller, element).await?;
                continue;
            }
            let (config, payload) = (CONFIG.to_owned(), standalone(element));
            let item = NewItem { config, id: "current".to_owned(), payload, items_max: 1 };
            pep.nodes().publish(pep.owner, &node(element), item).await?;
        }
        Ok(String::new())
    }
    .boxed()
}
