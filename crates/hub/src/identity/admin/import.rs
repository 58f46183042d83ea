use super::{Administration, NewAccount};
use crate::{HubError, Redacted};
use futures_util::{StreamExt, stream};

/// One account to import.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The name before the `@`.
    pub name: String,
    /// The password.
    pub password: Redacted<String>,
}

/// What came of an import.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// How many accounts were made.
    pub made: usize,
    /// Those that were not, by line.
    pub refused: Vec<NotImported>,
}

/// An account that was not imported.
#[derive(Debug)]
pub struct NotImported {
    /// Which line, from zero.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: HubError,
}

/// How many lines are under way at the same time: enough to keep every hashing thread busy and to
/// share commits, few enough that somebody who signs in meanwhile hardly waits.
const UNDER_WAY: usize = 16;

impl Administration<'_> {
    /// Makes many accounts. Every password is hashed with full cost, several at the same time. What
    /// is wrong with one line does not stop the others.
    ///
    /// `progress` hears after each line how many are done.
    pub async fn import(
        &self,
        lines: impl IntoIterator<Item = ImportLine>,
        mut progress: impl FnMut(usize),
    ) -> ImportReport {
        let under_way = lines.into_iter().enumerate().map(|(place, line)| self.import_line(place, line));
        let mut done = stream::iter(under_way).buffer_unordered(UNDER_WAY);
        let mut report = ImportReport::default();
        while let Some(outcome) = done.next().await {
            match outcome {
                Ok(()) => report.made += 1,
                Err(refused) => report.refused.push(refused),
            }
            progress(report.made + report.refused.len());
        }
        report.refused.sort_by_key(|refused| refused.line);
        report
    }

    async fn import_line(&self, line: usize, account: ImportLine) -> Result<(), NotImported> {
        let ImportLine { name, password } = account;
        let new = NewAccount { name: name.clone(), display_name: None, is_admin: false };
        match self.add(new, &password).await {
            Ok(_) => Ok(()),
            Err(why) => Err(NotImported { line, name, why }),
        }
    }
}
