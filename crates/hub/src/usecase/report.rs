use crate::{
    Caller, Hub, HubError,
    limits::{Limit, LimitKey},
    ports::{ArchiveScope, Report, ReportBounds, ReportId, ReportReason},
};
use parlance_core::{
    Rejection,
    id::{ConversationId, EventId, PrincipalId},
};

/// Longest text of a report, in bytes.
pub const REPORT_TEXT_BYTES_MAX: usize = 4_096;
/// Most messages of a report.
pub const REPORT_MESSAGES_MAX: usize = 100;
/// Most reports of one person that are kept.
const PER_REPORTER_MAX: usize = 50;

/// A report to keep.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// The address of whom it is about.
    pub reported: String,
    /// The account, or the person elsewhere, of that address, if one is known.
    pub who: Option<PrincipalId>,
    /// Why.
    pub reason: ReportReason,
    /// What the reporter says about it.
    pub text: String,
    /// The messages it is about, with the archive in which the reporter has each.
    pub messages: Vec<(ArchiveScope, EventId)>,
}

impl NewReport {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// `InvalidValue`.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.text.len() > REPORT_TEXT_BYTES_MAX {
            return Err(Rejection::InvalidValue("text: up to 4,096 bytes"));
        }
        if self.messages.len() > REPORT_MESSAGES_MAX {
            return Err(Rejection::InvalidValue("messages: up to 100"));
        }
        Ok(())
    }
}

impl Hub {
    /// Keeps what the caller tells administrators about somebody. Of the messages those stay that the caller may
    /// see and the one who is reported has sent.
    ///
    /// # Errors
    /// `InvalidValue`, `Limited`, `Unavailable`.
    pub async fn report(&self, caller: Caller, new: NewReport) -> Result<(), HubError> {
        new.check()?;
        if new.who == Some(caller.who) {
            return Err(Rejection::InvalidValue("user: not oneself").into());
        }
        self.limits.take(Limit::Reports, LimitKey::Account(caller.who))?;
        let now = self.now();
        let report = Report {
            id: ReportId(self.world.entropy.uuid_v7(now)),
            at: now,
            reporter: caller.who,
            messages: self.reported_messages(caller, &new).await?,
            reported: new.reported,
            reason: new.reason,
            text: new.text,
            settled: Vec::new(),
        };
        let bounds = ReportBounds { per_reporter: PER_REPORTER_MAX, total: self.settings.bounds.reports_max };
        tracing::info!(report.id = %report.id, user.id = %caller.who, "somebody was reported");
        let dropped = self.world.store.keep_report(report, bounds).await?;
        metrics::counter!("parlance_reports_total").increment(1);
        metrics::counter!("parlance_reports_dropped_total").increment(dropped as u64);
        Ok(())
    }

    async fn reported_messages(
        &self,
        caller: Caller,
        new: &NewReport,
    ) -> Result<Vec<(ConversationId, EventId)>, HubError> {
        let mut messages = Vec::new();
        for (scope, id) in &new.messages {
            for found in self.world.store.archived(caller.who, *scope, &[*id]).await? {
                let event = &found.folded.event;
                if Some(event.sender) == new.who {
                    messages.push((event.conversation, event.id));
                }
            }
        }
        Ok(messages)
    }
}
