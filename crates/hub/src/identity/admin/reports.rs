use super::Administration;
use crate::{
    HubError,
    ports::{Place, Report, ReportId},
};
use parlance_core::{
    body::Body,
    event::Content,
    id::{ConversationId, EventId, Seq, UnixMillis},
};

/// A message of a report, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedMessage {
    /// Its name.
    pub id: EventId,
    /// When it was said.
    pub at: UnixMillis,
    /// What it says; `None` when it was deleted or only other programs can open it.
    pub text: Option<String>,
}

impl Administration<'_> {
    /// What people told about others, newest first; those older than one.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn reports(&self, before: Option<ReportId>, limit: usize) -> Result<Vec<Report>, HubError> {
        Ok(self.hub.world.store.list_reports(before, limit).await?)
    }

    /// A report with its messages.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn report(&self, id: ReportId) -> Result<Option<(Report, Vec<ReportedMessage>)>, HubError> {
        let Some(report) = self.hub.world.store.find_report(id).await? else { return Ok(None) };
        let mut messages = Vec::with_capacity(report.messages.len());
        for (conversation, event) in &report.messages {
            messages.extend(self.reported_message(*conversation, *event).await?);
        }
        Ok(Some((report, messages)))
    }

    async fn reported_message(
        &self,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Option<ReportedMessage>, HubError> {
        let store = &self.hub.world.store;
        let Some(event) = store.find_event(conversation, id).await? else { return Ok(None) };
        let event = self.hub.left_of_event(&event);
        let place = Place::After(event.seq.previous());
        let fold = store.page(conversation, Seq(1), place, 1).await?.pop().and_then(|found| found.fold);
        let body = match (&event.content, fold.and_then(|fold| fold.edited)) {
            (Content::Message(_), Some((newest, _))) => Some(newest),
            (Content::Message(message), None) => Some(message.body.clone()),
            _ => None,
        };
        let text = body.and_then(|body| match body {
            Body::Text { text, .. } => Some(text),
            Body::Opaque { .. } => None,
        });
        Ok(Some(ReportedMessage { id, at: event.at, text }))
    }

    /// Forgets a report; `false` when there is none.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn dismiss_report(&self, id: ReportId) -> Result<bool, HubError> {
        let is_gone = self.hub.world.store.remove_report(id).await?;
        if is_gone {
            tracing::info!(report.id = %id, "a report was dismissed");
        }
        Ok(is_gone)
    }
}
