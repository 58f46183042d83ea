use super::absent;
use crate::{context::Xmpp, direct, native::people_in, xep::archive::MAM};
use parlance_core::{
    event::{Event, EventKind, EventKinds},
    id::EventId,
    principal::Principal,
};
use parlance_hub::{
    HubError,
    ports::{ArchiveScope, ArchiveSide},
    usecase::{ArchiveQuery, importer},
};
use parlance_xmpp::{
    forwarded::{Delay, write_forwarded},
    write::Writer,
};
use std::sync::Arc;

/// How many messages are written at once.
const PAGE: usize = 250;

/// Some of an archive.
#[derive(Clone, Debug)]
pub struct ArchivePart {
    /// `<result/>` elements, oldest first.
    pub xml: String,
    /// After which event the next part begins; `None` at the end.
    pub next: Option<EventId>,
}

/// The messages of somebody's archive after an event. What was deleted is not among them.
///
/// # Errors
/// When the store cannot be read.
///
/// # Source
/// XEP-0227 (1.1) section 4.10.
pub async fn archive_part(
    xmpp: &Arc<Xmpp>,
    owner: &Principal,
    after: Option<EventId>,
) -> Result<ArchivePart, HubError> {
    use EventKind::{Edit, Foreign, Message, Reaction};
    let query = ArchiveQuery {
        with: None,
        after: after.into_iter().collect(),
        before: Vec::new(),
        start: None,
        end: None,
        kinds: EventKinds::of(&[Message, Edit, Reaction, Foreign]),
        side: ArchiveSide::Oldest,
        limit: PAGE,
    };
    let page = xmpp.hub.archive(importer(owner.id), ArchiveScope::Personal, query).await?;
    xmpp.hub.meet(page.items.iter().flat_map(|item| people_in(&item.folded.event))).await?;
    let mut xml = String::new();
    for item in &page.items {
        xml.push_str(&result(xmpp, owner, &item.folded.event).await.unwrap_or_default());
    }
    Ok(ArchivePart { xml, next: page.last().filter(|_| !page.is_complete) })
}

async fn result(xmpp: &Arc<Xmpp>, owner: &Principal, event: &Event) -> Option<String> {
    event.content.kind()?;
    let stanza = direct::stanza(xmpp, &absent(owner, ""), event, None, None).await?;
    let mut xml = Writer::new();
    xml.start("result").namespace(MAM).attribute("id", &event.id.to_string());
    let delay = Delay { unix_ms: i64::try_from(event.said_at().0).unwrap_or(i64::MAX), from: None };
    write_forwarded(Some(&delay), &direct::standalone(&stanza), &mut xml);
    Some(xml.finish())
}
