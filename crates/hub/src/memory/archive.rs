use super::{MemoryStore, Tables, log::Log};
use crate::ports::{Archive, ArchiveRange, ArchiveScope, ArchiveSide, ArchivedEvent, StoreError};
use async_trait::async_trait;
use parlance_core::{
    conversation::Kind,
    event::Event,
    id::{EventId, PrincipalId},
};

#[async_trait]
impl Archive for MemoryStore {
    async fn archive(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        range: ArchiveRange,
    ) -> Result<Option<Vec<ArchivedEvent>>, StoreError> {
        let tables = self.tables();
        let logs = tables.archives(who, scope);
        if logs.is_empty() && scope != ArchiveScope::Personal {
            return Ok(None);
        }
        let mut events: Vec<ArchivedEvent> =
            logs.iter().flat_map(|log| visible(log, who, |event| is_in(log, event, &range))).collect();
        events.sort_by_key(|event| event.folded.event.offset);
        match range.side {
            ArchiveSide::Oldest => events.truncate(range.limit),
            ArchiveSide::Newest => drop(events.drain(..events.len().saturating_sub(range.limit))),
        }
        Ok(Some(events))
    }

    async fn archived(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        ids: &[EventId],
    ) -> Result<Vec<ArchivedEvent>, StoreError> {
        let tables = self.tables();
        let logs = tables.archives(who, scope);
        let mut events: Vec<ArchivedEvent> =
            logs.iter().flat_map(|log| visible(log, who, |event| ids.contains(&event.id))).collect();
        events.sort_by_key(|event| event.folded.event.offset);
        Ok(events)
    }
}

impl Tables {
    /// The logs that make up an archive, as far as somebody is in them.
    fn archives(&self, who: PrincipalId, scope: ArchiveScope) -> Vec<&Log> {
        let is_meant = |log: &&Log| match scope {
            ArchiveScope::Personal => matches!(log.state.kind, Kind::Direct | Kind::Notes),
            ArchiveScope::Conversation(id) => log.state.id == id && log.state.kind != Kind::Account,
        };
        let own = self.logs.values().filter(|log| log.state.members.contains_key(&who));
        own.filter(is_meant).collect()
    }
}

/// The events of a log that somebody may see and that are asked for.
fn visible(log: &Log, who: PrincipalId, is_asked_for: impl Fn(&Event) -> bool) -> Vec<ArchivedEvent> {
    let Some(member) = log.state.members.get(&who) else { return Vec::new() };
    let events = log.events.iter().filter(|event| event.seq >= member.visible_from && is_asked_for(event));
    let peer = log.state.peer_of(who);
    events.map(|event| ArchivedEvent { folded: log.folded(event), peer }).collect()
}

fn is_in(log: &Log, event: &Event, range: &ArchiveRange) -> bool {
    range.after.is_none_or(|after| event.offset > after)
        && range.before.is_none_or(|before| event.offset < before)
        && range.start.is_none_or(|start| event.at >= start)
        && range.end.is_none_or(|end| event.at <= end)
        && log.is_of_kind(event, range.kinds)
}
