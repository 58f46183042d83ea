use super::{MaintenanceError, Progress, check_exists};
use crate::sqlite::{open, refold::fold_anew, schema};
use rusqlite::TransactionBehavior;
use std::path::Path;

/// Folds the log of a store that nobody has open anew: every row that follows from events is made
/// again, all or nothing. Rows that only a newer program knows how to fold are made again by that one
/// when it next opens the store. Progress counts events.
///
/// # Errors
/// [`MaintenanceError::Damaged`] when the log itself is not in order.
pub fn rebuild(store: &Path, progress: &mut Progress<'_>) -> Result<(), MaintenanceError> {
    check_exists(store)?;
    let _lock = open::Lock::take(store)?;
    let mut connection = open::writer(store)?;
    schema::migrate(&mut connection, store)?;
    let total = connection.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0))? as u64;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let problems = fold_anew(&transaction, &mut |done| progress(done, total))?;
    if let Some(problem) = problems.into_iter().next() {
        return Err(MaintenanceError::Damaged(problem));
    }
    transaction.commit()?;
    Ok(())
}
