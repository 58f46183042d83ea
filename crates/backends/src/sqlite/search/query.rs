//! Finds candidates in the index, newest first.

use super::index::{LINK_TERM, RUN_BITS, conversation_term, sender_term};
use crate::sqlite::codec::{n, number};
use parlance_core::{
    event::Offset,
    id::{Seq, UnixMillis},
    search::{Has, Word},
};
use parlance_hub::ports::SearchRequest;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use std::collections::HashMap;

/// Where somebody may look: the first visible place of each of their conversations, by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) visible_from: HashMap<i64, Seq>,
    /// How many messages these conversations have.
    pub(super) messages: u64,
    /// How many events the store has.
    pub(super) events: u64,
}

impl Scope {
    /// Most conversations whose terms are put into a query.
    const TERMS_MAX: usize = 64;

    /// Whether the messages in scope are so few among all that most hits would be thrown away.
    fn is_narrow(&self) -> bool {
        self.visible_from.len() <= Self::TERMS_MAX && self.messages.saturating_mul(20) < self.events
    }
}

/// Up to `limit` messages that match, older than `older_than`. Whether they are still there has to
/// be asked of the store.
pub(super) fn candidates(
    index: &Connection,
    request: &SearchRequest,
    scope: &Scope,
    older_than: Option<Offset>,
) -> Result<Vec<Offset>> {
    let Some(bounds) = bounds(index, request, older_than)? else { return Ok(Vec::new()) };
    let wanted = Wanted::new(request);
    let mut found = Vec::new();
    let mut judge = |row: &Row<'_>| -> Result<bool> {
        if is_hit(row, request, scope)? {
            found.push(Offset(number(row, 0)?));
        }
        Ok(found.len() < request.limit)
    };
    if let Some(condition) = marked(request) {
        let sql = format!(
            "SELECT m.offset, m.conversation, m.seq, m.at, f.terms FROM messages m JOIN filed f USING (offset)
             WHERE {condition} AND m.offset >= ?1 AND m.offset < ?2 ORDER BY m.offset DESC"
        );
        let mut rows = index.prepare_cached(&sql)?;
        let mut rows = rows.query([bounds.from, bounds.to])?;
        while let Some(row) = rows.next()? {
            if wanted.is_in(row.get_ref(4)?.as_str()?) && !judge(row)? {
                break;
            }
        }
    } else if let Some(expression) = wanted.expression(scope) {
        let mut rows = index.prepare_cached(
            "SELECT m.offset, m.conversation, m.seq, m.at FROM postings p CROSS JOIN messages m ON m.offset = p.rowid
             WHERE p.postings MATCH ?3 AND p.rowid >= ?1 AND p.rowid < ?2 ORDER BY p.rowid DESC",
        )?;
        let mut rows = rows.query(params![bounds.from, bounds.to, expression])?;
        while let Some(row) = rows.next()?
            && judge(row)?
        {}
    } else {
        let mut rows = index.prepare_cached(
            "SELECT offset, conversation, seq, at FROM messages WHERE offset >= ?1 AND offset < ?2
             ORDER BY offset DESC",
        )?;
        let mut rows = rows.query([bounds.from, bounds.to])?;
        while let Some(row) = rows.next()?
            && judge(row)?
        {}
    }
    Ok(found)
}

/// Whether a candidate is visible and of the right time.
fn is_hit(row: &Row<'_>, request: &SearchRequest, scope: &Scope) -> Result<bool> {
    let Some(visible_from) = scope.visible_from.get(&row.get(1)?) else { return Ok(false) };
    let (seq, at) = (Seq(number(row, 2)?), UnixMillis(number(row, 3)?));
    Ok(seq >= *visible_from
        && request.before.is_none_or(|before| at < before)
        && request.after.is_none_or(|after| at >= after))
}

/// Reactions and pins are rare: their messages are gone through one by one.
fn marked(request: &SearchRequest) -> Option<&'static str> {
    match (request.has.contains(&Has::Pin), request.has.contains(&Has::Reaction)) {
        (true, true) => Some("m.is_pinned = 1 AND m.has_reaction = 1"),
        (true, false) => Some("m.is_pinned = 1"),
        (false, true) => Some("m.has_reaction = 1"),
        (false, false) => None,
    }
}

/// The offsets between which hits can be.
struct Bounds {
    from: i64,
    to: i64,
}

/// `None` when nothing was sent at such a time. Clocks are set, so times do not grow with offsets;
/// each run of offsets knows its own earliest and latest.
fn bounds(index: &Connection, request: &SearchRequest, older_than: Option<Offset>) -> Result<Option<Bounds>> {
    let mut bounds = Bounds { from: 0, to: older_than.map_or(i64::MAX, |offset| n(offset.0)) };
    if let Some(before) = request.before {
        let run = find_run(index, "SELECT max(run) FROM spans WHERE first_at < ?1", before)?;
        let Some(run) = run else { return Ok(None) };
        bounds.to = bounds.to.min((run + 1) << RUN_BITS);
    }
    if let Some(after) = request.after {
        let run = find_run(index, "SELECT min(run) FROM spans WHERE last_at >= ?1", after)?;
        let Some(run) = run else { return Ok(None) };
        bounds.from = run << RUN_BITS;
    }
    Ok(Some(bounds))
}

fn find_run(index: &Connection, sql: &str, at: UnixMillis) -> Result<Option<i64>> {
    index.prepare_cached(sql)?.query_row([n(at.0)], |row| row.get(0)).optional().map(Option::flatten)
}

/// The terms a message must be filed under.
struct Wanted {
    terms: Vec<String>,
    beginning: Option<Word>,
}

impl Wanted {
    fn new(request: &SearchRequest) -> Self {
        let mut terms = request.words.clone();
        let beginning = if request.last_is_prefix { terms.pop() } else { None };
        terms.extend(request.from.map(sender_term));
        if request.has.contains(&Has::Link) {
            terms.push(LINK_TERM.to_owned());
        }
        Self { terms, beginning }
    }

    fn is_in(&self, filed: &str) -> bool {
        let has = |term: &String| filed.split(' ').any(|there| there == term);
        let begins = |beginning: &Word| filed.split(' ').any(|there| there.starts_with(beginning.as_str()));
        self.terms.iter().all(has) && self.beginning.iter().all(begins)
    }

    /// A query of the full-text index; `None` when there is nothing to ask it. The terms of the
    /// conversations are asked for only where they leave little over: a common word is found
    /// faster by going through its newest messages.
    fn expression(&self, scope: &Scope) -> Option<String> {
        let quote = |term: &String| format!("\"{}\"", term.replace('"', "\"\""));
        let mut parts: Vec<String> = self.terms.iter().map(quote).collect();
        parts.extend(self.beginning.iter().map(|word| format!("{}*", quote(word))));
        if scope.is_narrow() {
            let terms: Vec<_> =
                scope.visible_from.keys().map(|key| quote(&conversation_term(*key))).collect();
            parts.push(format!("({})", terms.join(" OR ")));
        }
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }
}
