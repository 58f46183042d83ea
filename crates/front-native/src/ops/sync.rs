use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound,
};
use parlance_api::{error::Problem, ops::*};
use parlance_core::id::{Epoch, Seq};
use parlance_hub::usecase::{Position, SyncRequest};
use std::collections::HashMap;

/// Most events per conversation, conversations per page, positions per request, hits per page.
const WINDOW_MAX: u32 = 100;
const CONVERSATIONS_MAX: u64 = 200;
const POSITIONS_MAX: usize = 10_000;
const HITS_MAX: u64 = 100;

impl Handle for Sync {
    async fn handle(self, context: &Context) -> Result<Synced, Problem> {
        if self.window > WINDOW_MAX {
            return Err(invalid("window: 0 to 100"));
        }
        let caller = context.caller().map_err(problem)?;
        let request = SyncRequest {
            since: self.since.as_deref().map(inbound::mark),
            positions: positions(&self)?,
            window: self.window as usize,
            limit: inbound::limit(self.limit, CONVERSATIONS_MAX)?,
            cursor: inbound::sync_cursor(self.cursor.as_deref())?,
        };
        let page = context.hub().sync(caller, request).await.map_err(problem)?;
        let mut conversations = Vec::with_capacity(page.conversations.len());
        for synced in page.conversations {
            conversations.push(context.api.conversation(caller, synced).await?);
        }
        Ok(Synced {
            conversations,
            gone: page.gone.iter().map(ToString::to_string).collect(),
            reset: page.reset,
            next: page.next.map(outbound::sync_cursor),
            mark: outbound::mark(page.mark),
        })
    }
}

fn positions(request: &Sync) -> Result<HashMap<parlance_core::id::ConversationId, Position>, Problem> {
    if request.positions.len() > POSITIONS_MAX {
        return Err(invalid("positions: up to 10,000"));
    }
    let known = request.positions.iter().filter_map(|(id, at)| {
        let epoch = Epoch(u32::try_from(at.epoch).ok()?);
        Some((inbound::conversation(id).ok()?, Position { epoch, seq: Seq(at.seq) }))
    });
    Ok(known.collect())
}

impl Handle for Search {
    async fn handle(self, context: &Context) -> Result<SearchPage, Problem> {
        let conversation = self.conversation.as_deref().map(inbound::conversation).transpose()?;
        let older_than = inbound::offset_cursor(self.cursor.as_deref())?;
        let limit = inbound::limit(self.limit, HITS_MAX)?;
        let caller = context.caller().map_err(problem)?;
        let hits = context.hub().search(caller, &self.query, conversation, older_than, limit).await;
        let hits = hits.map_err(problem)?;
        Ok(SearchPage {
            items: context.api.folded_events(caller, &hits.items).await?,
            words: hits.words,
            next: hits.next.map(|offset| offset.0.to_string()),
        })
    }
}
