use crate::{
    Caller, Hub, HubError,
    ports::{FoldedEvent, Place, Report, ReportId},
};
use parlance_core::{
    Rejection,
    event::Content,
    id::{ConversationId, EventId, Seq},
};

/// What moderators see of a report.
#[derive(Clone, Debug)]
pub struct ConversationReport {
    /// All of it; by whom it is, and what is said of other conversations, is not for moderators.
    pub report: Report,
    /// Those of its messages that are here and can still be read.
    pub messages: Vec<FoldedEvent>,
}

impl Hub {
    /// What was reported about messages of a conversation and waits for its moderators, newest first. Nobody sees
    /// what was reported about themselves.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Forbidden`, `WrongConversationKind`.
    pub async fn reports_in(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<ConversationReport>, HubError> {
        let visible_from = self.check_may_moderate(caller, conversation).await?;
        let own = self.person(caller.who).await?.address.to_string();
        let reports = self.world.store.list_reports(None, self.settings.bounds.reports_max).await?;
        let mut found = Vec::new();
        for report in reports.into_iter().filter(|report| waits_in(report, conversation, &own)) {
            let mut messages = Vec::new();
            for (_, event) in report.messages.iter().filter(|(place, _)| *place == conversation) {
                messages.extend(self.readable(conversation, visible_from, *event).await?);
            }
            found.push(ConversationReport { report, messages });
        }
        Ok(found)
    }

    /// Takes a report off the list of a conversation; administrators keep it.
    ///
    /// # Errors
    /// `ReportNotFound` and those of [`Hub::reports_in`].
    pub async fn settle_report(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: ReportId,
    ) -> Result<(), HubError> {
        self.check_may_moderate(caller, conversation).await?;
        let own = self.person(caller.who).await?.address.to_string();
        let report = self.world.store.find_report(id).await?;
        let waits = report.is_some_and(|report| waits_in(&report, conversation, &own));
        if !waits || !self.world.store.settle_report(id, conversation).await? {
            return Err(Rejection::ReportNotFound.into());
        }
        tracing::info!(report.id = %id, conversation.id = %conversation, "moderators are done with a report");
        Ok(())
    }

    /// The first place that a moderator may see.
    async fn check_may_moderate(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Seq, HubError> {
        let room = self.room_with(caller, conversation).await?;
        let seen = room.with(|state| {
            state.check_may_moderate(caller.who)?;
            state.member(caller.who).map(|member| member.visible_from)
        });
        Ok(seen?)
    }

    async fn readable(
        &self,
        conversation: ConversationId,
        visible_from: Seq,
        id: EventId,
    ) -> Result<Option<FoldedEvent>, HubError> {
        let Some(event) = self.world.store.find_event(conversation, id).await? else { return Ok(None) };
        if event.seq < visible_from {
            return Ok(None);
        }
        let place = Place::After(event.seq.previous());
        let page = self.world.store.page(conversation, visible_from, place, 1).await?;
        let is_message = |item: &FoldedEvent| matches!(item.event.content, Content::Message(_));
        Ok(self.left_of(page).into_iter().find(is_message))
    }
}

fn waits_in(report: &Report, conversation: ConversationId, own: &str) -> bool {
    report.reported != own
        && !report.settled.contains(&conversation)
        && report.messages.iter().any(|(place, _)| *place == conversation)
}
