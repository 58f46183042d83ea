//! Problems as they appear on the wire, and the catalogue they come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// What a client should do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Repeating the same request cannot help.
    Never,
    /// Repeat after `retry_after_ms`, or after a moment.
    Later,
    /// Close the connection and connect again.
    Elsewhere,
}

/// One line of the catalogue.
#[derive(Debug)]
pub struct CatalogueEntry {
    /// The code.
    pub code: ErrorCode,
    /// The code as the word on the wire.
    pub word: &'static str,
    /// One sentence for people.
    pub summary: &'static str,
    /// What the person can do.
    pub help: &'static str,
    /// What the client can do.
    pub retry: Retry,
    /// The HTTP status.
    pub http: u16,
}

impl ErrorCode {
    /// The line of the catalogue for this code.
    pub fn entry(self) -> &'static CatalogueEntry {
        &CATALOGUE[self as usize]
    }

    /// Finds a code by its word; `None` for a code this version does not know.
    pub fn find(word: &str) -> Option<Self> {
        CATALOGUE.iter().find(|entry| entry.word == word).map(|entry| entry.code)
    }
}

/// An RFC 9457 problem document.
///
/// # Source
/// RFC 9457 section 3; `code`, `help`, `retry` and `retry_after_ms` are extension members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A URI reference that names the kind of problem: `/docs/errors#<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One sentence for people, the same for every occurrence.
    pub title: String,
    /// The HTTP status, also on a WebSocket.
    pub status: u16,
    /// The stable code from the catalogue.
    pub code: String,
    /// What this occurrence is about: a field, a place, a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What the person can do.
    pub help: String,
    /// What the client can do.
    pub retry: Retry,
    /// How long to wait before repeating, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Problem {
    /// A problem with nothing but its code.
    pub fn new(code: ErrorCode) -> Self {
        let entry = code.entry();
        Self {
            kind: format!("/docs/errors#{}", entry.word),
            title: entry.summary.to_owned(),
            status: entry.http,
            code: entry.word.to_owned(),
            detail: None,
            help: entry.help.to_owned(),
            retry: entry.retry,
            retry_after_ms: None,
        }
    }

    /// The same problem, saying what it is about.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same problem, saying how long to wait.
    #[must_use]
    pub fn with_retry_after_ms(mut self, wait_ms: u64) -> Self {
        self.retry_after_ms = Some(wait_ms);
        self
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.title, self.code)?;
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_own_line() {
        for entry in CATALOGUE {
            assert_eq!(entry.code.entry().word, entry.word);
            assert_eq!(ErrorCode::find(entry.word), Some(entry.code));
            assert!((400..600).contains(&entry.http), "{}", entry.word);
        }
    }

    #[test]
    fn a_problem_is_written_as_rfc_9457_says() {
        let problem =
            Problem::new(ErrorCode::LimitRate).with_detail("60 a minute").with_retry_after_ms(1_500);
        let expected = serde_json::json!({
            "type": "/docs/errors#limit.rate",
            "title": "Too many requests.",
            "status": 429,
            "code": "limit.rate",
            "detail": "60 a minute",
            "help": "Try again after the time given.",
            "retry": "later",
            "retry_after_ms": 1_500,
        });
        assert_eq!(serde_json::to_value(problem).expect("a problem is plain data"), expected);
    }
}
