//! What commands print: JSON for programs, lines and tables for people; errors as one sentence.

use crate::settings::SettingsErrors;
use serde::Serialize;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// The command line asks for something that makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUsage(pub(crate) String);

/// How answers are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// For programs rather than people.
    pub(crate) json: bool,
}

impl Output {
    /// Prints an answer: itself for programs, the text for people.
    ///
    /// # Errors
    /// When standard output is gone.
    pub(crate) fn answer(
        self,
        answer: &impl Serialize,
        for_people: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let mut text = if self.json { serde_json::to_string_pretty(answer)? } else { for_people() };
        if !text.ends_with('\n') && !text.is_empty() {
            text.push('\n');
        }
        print(&text)
    }
}

/// Writes a text to standard output.
///
/// # Errors
/// When standard output is gone; a reader that stops reading is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes an error to standard error and says how the process ends: 2 for wrong usage or settings, 1 for
/// everything else.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let mut stderr = io::stderr().lock();
    // Nobody is left to tell when standard error is gone too; the exit code still says it.
    let _told = writeln!(stderr, "parlance: {error:#}");
    let is_usage = error.is::<SettingsErrors>() || error.is::<WrongUsage>();
    ExitCode::from(if is_usage { 2 } else { 1 })
}

/// Rows in columns, as wide as their longest cell.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let body: String = rows.iter().map(|row| line(row.iter().map(String::as_str).collect())).collect();
    line(head.to_vec()) + &body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let rows = [vec!["anna".to_owned(), "yes".to_owned()], vec!["bartholomew".to_owned(), String::new()]];
        assert_eq!(table(&["NAME", "ADMIN"], &rows), "NAME         ADMIN\nanna         yes\nbartholomew\n");
    }
}
