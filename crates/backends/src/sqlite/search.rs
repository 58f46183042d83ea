mod follower;
mod index;
mod query;

use super::{
    OpenError, SqliteOptions, SqliteStore,
    codec::{ACCOUNT, number, uuid},
    open,
    pool::Pool,
    views,
    writer::Shared,
};
use async_trait::async_trait;
use follower::Follower;
use parlance_core::{
    event::Offset,
    id::{ConversationId, PrincipalId, Seq},
};
use parlance_hub::ports::{FoldedEvent, Search, SearchRequest, StoreError};
use query::Scope;
use rusqlite::{Connection, Result};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The index beside a store.
#[derive(Debug)]
pub(super) struct SearchIndex {
    // In the order in which they have to end: who writes goes last and leaves one file.
    readers: Pool,
    follower: Follower,
    wait_max: Duration,
}

impl SearchIndex {
    /// Opens the index beside the store at this path.
    pub(super) fn open(
        store: &Path,
        life: u32,
        shared: &Shared,
        options: &SqliteOptions,
    ) -> Result<Self, OpenError> {
        let path = index_path(store);
        let follower = Follower::start(store, path.clone(), life, shared.committed.subscribe())?;
        Ok(Self { readers: Pool::open(&path, options.readers)?, follower, wait_max: options.search_wait_max })
    }

    /// Waits until everything up to an offset is filed.
    async fn reach(&self, offset: u64) -> Result<(), StoreError> {
        let mut indexed = self.follower.indexed.clone();
        if *indexed.borrow() >= offset {
            return Ok(());
        }
        self.follower.hurry.notify_one();
        let reached =
            tokio::time::timeout(self.wait_max, indexed.wait_for(|indexed| *indexed >= offset)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            _ => Err(StoreError::Unavailable("the search index is being made; try again later".into())),
        }
    }
}

/// Removes the index beside a store, so that it is made again.
pub(super) fn discard(store: &Path) -> Result<(), OpenError> {
    index::remove(&index_path(store))
}

fn index_path(store: &Path) -> PathBuf {
    open::beside(store, "-search")
}

#[async_trait]
impl Search for SqliteStore {
    async fn search(&self, request: SearchRequest) -> Result<Vec<FoldedEvent>, StoreError> {
        let newest = *self.shared.committed.borrow();
        self.search.reach(newest).await?;
        let (who, within) = (request.who, request.within.clone());
        let scope = self.readers.read(move |connection| scope(connection, who, &within)).await?;
        let mut hits = Vec::new();
        let mut older_than = request.older_than;
        while hits.len() < request.limit && !scope.visible_from.is_empty() {
            let (asked, in_scope) = (request.clone(), scope.clone());
            let candidates = self
                .search
                .readers
                .read(move |index| query::candidates(index, &asked, &in_scope, older_than))
                .await?;
            let (is_last, last) = (candidates.len() < request.limit, candidates.last().copied());
            hits.extend(self.readers.read(move |connection| load(connection, &candidates)).await?);
            if is_last {
                break;
            }
            older_than = last;
        }
        hits.truncate(request.limit);
        Ok(hits)
    }
}

fn scope(connection: &Connection, who: PrincipalId, within: &[ConversationId]) -> Result<Scope> {
    let mut scope = Scope {
        events: connection
            .prepare_cached("SELECT coalesce(max(offset), 0) FROM events")?
            .query_row([], |row| number(row, 0))?,
        ..Scope::default()
    };
    let mut statement = connection.prepare_cached(
        "SELECT c.key, c.id, c.ordinal, m.visible_from FROM members m JOIN conversations c ON c.key = m.conversation
         WHERE m.principal = ?1 AND m.left_offset IS NULL AND c.kind <> ?2",
    )?;
    let mut rows = statement.query(rusqlite::params![who.0.as_bytes(), ACCOUNT])?;
    while let Some(row) = rows.next()? {
        if within.is_empty() || within.contains(&ConversationId(uuid(row, 1)?)) {
            scope.visible_from.insert(row.get(0)?, Seq(number(row, 3)?));
            scope.messages += number(row, 2)?;
        }
    }
    Ok(scope)
}

/// The messages as they are now, without those that were deleted in the meantime.
fn load(connection: &Connection, offsets: &[Offset]) -> Result<Vec<FoldedEvent>> {
    let loaded = offsets.iter().map(|offset| views::by_offset(connection, *offset));
    loaded.filter_map(Result::transpose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_search_waits_for_the_index_as_long_as_it_may() {
        let directory = tempfile::tempdir().unwrap();
        let wait_max = Duration::from_secs(7);
        let options = SqliteOptions { search_wait_max: wait_max, ..SqliteOptions::default() };
        let store = SqliteStore::open(directory.path().join("parlance.db"), options).unwrap();
        let begun = tokio::time::Instant::now();
        let refused = store.search.reach(1).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert!((wait_max..wait_max * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        assert!(store.search.reach(0).await.is_ok(), "nothing was said yet");
    }
}
