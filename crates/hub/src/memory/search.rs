use super::MemoryStore;
use crate::ports::{FoldedEvent, Search, SearchRequest, StoreError};
use async_trait::async_trait;
use parlance_core::{
    body::Body,
    event::Event,
    fold::Fold,
    search::{Has, has_link, words},
};
use std::cmp::Reverse;

#[async_trait]
impl Search for MemoryStore {
    async fn search(&self, request: SearchRequest) -> Result<Vec<FoldedEvent>, StoreError> {
        let tables = self.tables();
        let mut hits: Vec<FoldedEvent> = Vec::new();
        for log in tables.logs.values() {
            let Some(member) = log.state.members.get(&request.who) else { continue };
            if !request.within.is_empty() && !request.within.contains(&log.state.id) {
                continue;
            }
            let visible =
                log.messages().into_iter().filter(|(folded, _)| folded.event.seq >= member.visible_from);
            hits.extend(
                visible.filter(|(folded, body)| is_hit(&request, folded, body)).map(|(folded, _)| folded),
            );
        }
        hits.sort_by_key(|hit| Reverse(hit.event.offset));
        hits.truncate(request.limit);
        Ok(hits)
    }
}

fn is_hit(request: &SearchRequest, folded: &FoldedEvent, body: &Body) -> bool {
    let fold = folded.fold.clone().unwrap_or_default();
    let text = match body {
        Body::Text { text, .. } => text.as_str(),
        Body::Opaque { .. } => "",
    };
    is_asked_for(request, &folded.event)
        && request.has.iter().all(|what| has(*what, text, &fold))
        && has_words(request, text)
}

fn is_asked_for(request: &SearchRequest, event: &Event) -> bool {
    request.from.is_none_or(|from| event.sender == from)
        && request.before.is_none_or(|before| event.at < before)
        && request.after.is_none_or(|after| event.at >= after)
        && request.older_than.is_none_or(|offset| event.offset < offset)
}

fn has(what: Has, text: &str, fold: &Fold) -> bool {
    match what {
        Has::Link => has_link(text),
        Has::Reaction => !fold.reactions.is_empty(),
        Has::Pin => fold.is_pinned,
    }
}

fn has_words(request: &SearchRequest, text: &str) -> bool {
    let Some((last, others)) = request.words.split_last() else { return true };
    let there = words(text);
    let has_last =
        there.iter().any(|word| word == last || (request.last_is_prefix && word.starts_with(last)));
    has_last && others.iter().all(|word| there.contains(word))
}
