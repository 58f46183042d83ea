use serde::{Deserialize, Serialize};

/// What somebody told about somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReportLine {
    pub(crate) id: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// The address of the reporter.
    pub(crate) reporter: String,
    /// The address of whom it is about.
    pub(crate) reported: String,
    /// `spam` or `abuse`.
    pub(crate) reason: String,
    /// What the reporter says about it; may be empty.
    pub(crate) text: String,
}

/// A report with its messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReportDetails {
    #[serde(flatten)]
    pub(crate) report: ReportLine,
    pub(crate) messages: Vec<ReportedMessage>,
}

/// A message of a report, as it is now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReportedMessage {
    pub(crate) id: String,
    /// When it was said, RFC 3339.
    pub(crate) at: String,
    /// What it says; absent when it was deleted or cannot be read here.
    pub(crate) text: Option<String>,
}

/// A page of reports.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReportLines {
    pub(crate) items: Vec<ReportLine>,
    /// Ask again with this for what follows.
    pub(crate) next: Option<String>,
}
