use super::StoreError;
use async_trait::async_trait;
use parlance_core::id::{ConversationId, EventId, PrincipalId, UnixMillis};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// What people told administrators about others. Messages are named and not copied, so that one that is deleted is
/// gone from a report, too.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Keeps a report; how many older ones gave way, of the same reporter first.
    async fn keep_report(&self, report: Report, bounds: ReportBounds) -> Result<usize, StoreError>;

    /// Reports older than one, newest first.
    async fn list_reports(&self, before: Option<ReportId>, limit: usize) -> Result<Vec<Report>, StoreError>;

    /// One of them.
    async fn find_report(&self, id: ReportId) -> Result<Option<Report>, StoreError>;

    /// Notes that the moderators of a conversation are done with one, which stays for administrators; `false` when
    /// there is none, or they were done with it already.
    async fn settle_report(&self, id: ReportId, conversation: ConversationId) -> Result<bool, StoreError>;

    /// Forgets one; `false` when there is none.
    async fn remove_report(&self, id: ReportId) -> Result<bool, StoreError>;

    /// Forgets all by somebody.
    async fn erase_reports(&self, reporter: PrincipalId) -> Result<(), StoreError>;
}

/// The name of a report; those of a later millisecond have greater names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReportId(pub Uuid);

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ReportId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Somebody told about somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its name.
    pub id: ReportId,
    /// When.
    pub at: UnixMillis,
    /// By whom.
    pub reporter: PrincipalId,
    /// About whom: an address, of this server or another one.
    pub reported: String,
    /// Why.
    pub reason: ReportReason,
    /// What the reporter says about it; may be empty.
    pub text: String,
    /// The messages it is about.
    pub messages: Vec<(ConversationId, EventId)>,
    /// Conversations whose moderators are done with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<ConversationId>,
}

/// Why somebody is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Messages that nobody asked for.
    Spam,
    /// Everything else that should not be.
    Abuse,
}

/// How many reports are kept.
#[derive(Clone, Copy, Debug)]
pub struct ReportBounds {
    /// Of one reporter.
    pub per_reporter: usize,
    /// Of all together.
    pub total: usize,
}
