use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound,
};
use parlance_api::{error::Problem, ops::*};
use parlance_hub::ports::ListedRow;

/// Most entries of one page.
const ENTRIES_MAX: u64 = 100;
/// Longest text to look for, in characters.
const QUERY_CHARS_MAX: usize = 128;

impl Handle for ListDirectory {
    async fn handle(self, context: &Context) -> Result<Page<DirectoryEntry>, Problem> {
        context.caller().map_err(problem)?;
        let query = self.query.trim();
        if query.chars().count() > QUERY_CHARS_MAX {
            return Err(invalid("query: up to 128 characters"));
        }
        let limit = inbound::limit(self.limit, ENTRIES_MAX)?;
        let found = context.hub().find_listed(query, self.cursor.as_deref(), limit).await;
        let (rows, next) = found.map_err(problem)?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(context.directory_entry(row).await?);
        }
        Ok(Page { items, next: next.map(|name| name.to_string()) })
    }
}

impl Handle for JoinListed {
    async fn handle(self, context: &Context) -> Result<Joined, Problem> {
        let id = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        if context.hub().join_listed(caller, id).await.map_err(problem)? {
            return Ok(Joined::Member { conversation: Box::new(context.conversation_view(id).await?) });
        }
        Ok(Joined::Requested { conversation: id.to_string() })
    }
}

impl Context {
    async fn directory_entry(&self, row: ListedRow) -> Result<DirectoryEntry, Problem> {
        Ok(DirectoryEntry {
            conversation: row.conversation.to_string(),
            address: self.hub().address_of(row.conversation).await.map_err(problem)?,
            kind: outbound::kind(row.kind),
            name: row.settings.name,
            topic: row.settings.topic,
            members_count: row.members_count,
            needs_approval: !row.settings.open,
        })
    }
}
