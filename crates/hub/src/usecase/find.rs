use crate::{
    Caller, Hub, HubError,
    ports::{FoldedEvent, MembershipRange, SearchRequest},
};
use parlance_core::{
    conversation::Kind,
    event::{Content, Offset},
    id::{ConversationId, PrincipalId},
    search::Query,
};

/// Hits of a search, newest first.
#[derive(Clone, Debug)]
pub struct Hits {
    /// The messages.
    pub items: Vec<FoldedEvent>,
    /// The words that were looked for.
    pub words: Vec<String>,
    /// Ask for what is older than this to continue.
    pub next: Option<Offset>,
}

impl Hub {
    /// Finds messages the caller may read.
    ///
    /// # Errors
    /// `Search` when the query cannot be understood, `ConversationNotFound`.
    pub async fn search(
        &self,
        caller: Caller,
        text: &str,
        conversation: Option<ConversationId>,
        older_than: Option<Offset>,
        limit: usize,
    ) -> Result<Hits, HubError> {
        let query = Query::parse(text)?;
        let nothing = Hits { items: Vec::new(), words: query.words.clone(), next: None };
        let Some(from) = self.resolve_from(&query).await? else { return Ok(nothing) };
        let within = self.resolve_within(caller, &query, conversation).await?;
        if within.is_empty() && (query.within.is_some() || conversation.is_some()) {
            return Ok(nothing);
        }
        let request = SearchRequest {
            who: caller.who,
            words: query.words.clone(),
            last_is_prefix: query.last_is_prefix,
            from,
            within,
            has: query.has,
            before: query.before,
            after: query.after,
            older_than,
            limit: limit + 1,
        };
        let mut items = self.world.store.search(request).await?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().map(|item| item.event.offset).filter(|_| has_more);
        items.retain(|item| self.left_of_event(&item.event).content != Content::Deleted);
        Ok(Hits { items, words: query.words, next })
    }

    /// The sender that is asked for: `None` when nobody has that name, `Some(None)` when nobody is asked for.
    async fn resolve_from(&self, query: &Query) -> Result<Option<Option<PrincipalId>>, HubError> {
        let Some(from) = &query.from else { return Ok(Some(None)) };
        match self.person_at(from).await {
            Ok(person) => Ok(Some(Some(person.id))),
            Err(HubError::Identity(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn resolve_within(
        &self,
        caller: Caller,
        query: &Query,
        conversation: Option<ConversationId>,
    ) -> Result<Vec<ConversationId>, HubError> {
        if let Some(conversation) = conversation {
            self.reader(caller, conversation).await?;
            return Ok(vec![conversation]);
        }
        let Some(name) = &query.within else { return Ok(Vec::new()) };
        let everything = MembershipRange { changed_after: None, before: None, limit: usize::MAX };
        let rows = self.world.store.memberships(caller.who, everything).await?;
        self.meet(rows.iter().filter_map(|row| row.peer)).await?;
        let is_meant =
            |kind: Kind, settings_name: &str, peer: Option<PrincipalId>, id: ConversationId| match kind {
                Kind::Direct => peer
                    .and_then(|peer| self.known_person(peer))
                    .is_some_and(|peer| peer.address.name() == name || peer.address.as_str() == name),
                Kind::Notes => name == "notes",
                _ => {
                    settings_name.to_lowercase().replace(' ', "-").starts_with(name.as_str())
                        || id.to_string() == *name
                }
            };
        let meant =
            rows.iter().filter(|row| is_meant(row.kind, &row.settings.name, row.peer, row.conversation));
        Ok(meant.map(|row| row.conversation).collect())
    }
}
