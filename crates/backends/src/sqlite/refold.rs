//! Folds the whole log anew.

use super::{
    codec::{self, EVENT_COLUMNS, MESSAGE, Source, event_columns, optional_number},
    heads::{self, Head},
    project,
};
use parlance_core::{
    event::{Content, Event},
    id::Seq,
};
use rusqlite::{Connection, Result, Row};

/// Makes every row that follows from events again, and answers with what is wrong about the log; with
/// anything wrong, what was made is not to be kept. `told` is called as by [`refold`].
pub(super) fn fold_anew(connection: &Connection, told: &mut dyn FnMut(u64)) -> Result<Vec<String>> {
    for table in project::TABLES {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    refold(connection, told)
}

/// Folds every event of the log into tables that are empty, and answers with what is wrong about
/// the log itself. `told` is called after every 10,000 events with their number.
pub(super) fn refold(connection: &Connection, told: &mut dyn FnMut(u64)) -> Result<Vec<String>> {
    let mut heads = heads::load_all_unfolded(connection)?;
    let mut problems = Vec::new();
    let mut statement = connection.prepare(concat!(
        "SELECT ",
        event_columns!(),
        ", e.conversation, e.root, e.ordinal FROM events e ORDER BY e.offset"
    ))?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let key = row.get(EVENT_COLUMNS)?;
        match heads.get_mut(&key) {
            Some(head) => fold_row(connection, row, head, &mut problems)?,
            None => problems.push(format!("event {} belongs to no conversation", row.get::<_, i64>(0)?)),
        }
        count += 1;
        if count % 10_000 == 0 {
            told(count);
        }
    }
    heads.values().try_for_each(|head| heads::write(connection, head))?;
    Ok(problems)
}

fn fold_row(
    connection: &Connection,
    row: &Row<'_>,
    head: &mut Head,
    problems: &mut Vec<String>,
) -> Result<()> {
    let source = Source { key: head.key, id: head.id, epoch: head.epoch };
    let event = match codec::event(row, source) {
        Ok(event) => event,
        Err(error) => {
            problems.push(format!("conversation {}: {error}", head.id));
            return Ok(());
        }
    };
    let kind: i64 = row.get(7)?;
    let ordinal = head.ordinal + u64::from(kind == MESSAGE);
    problems.extend(problem(row, head, &event, ordinal, kind)?);
    head.advance(&event, ordinal);
    project::fold(connection, head, &event, optional_number(row, EVENT_COLUMNS + 1)?.map(Seq))
}

fn problem(row: &Row<'_>, head: &Head, event: &Event, ordinal: u64, kind: i64) -> Result<Option<String>> {
    let place = format!("conversation {}, place {}", head.id, event.seq);
    let is_of_its_kind = matches!(event.content, Content::Deleted | Content::Unknown)
        || codec::content_code(&event.content) == kind;
    Ok(if event.seq != head.seq.next() {
        Some(format!("{place}: the place after {} was expected", head.seq))
    } else if event.at < head.last_at {
        Some(format!("{place}: earlier than its predecessor"))
    } else if row.get::<_, i64>(EVENT_COLUMNS + 2)? != codec::n(ordinal) {
        Some(format!("{place}: the ordinal {ordinal} was expected"))
    } else if !is_of_its_kind {
        Some(format!("{place}: the content is of another kind"))
    } else {
        None
    })
}
