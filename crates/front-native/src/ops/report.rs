use crate::{context::Context, dispatch::Handle, errors::problem, inbound, outbound, time};
use parlance_api::{
    error::Problem,
    model::{User, UserKind},
    ops::{self, *},
};
use parlance_hub::{
    ports::{self, ArchiveScope},
    usecase::{ConversationReport, NewReport, REPORT_MESSAGES_MAX},
};

impl Handle for SendReport {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let caller = context.caller().map_err(problem)?;
        let person = context.hub().person_at(&self.user).await.map_err(problem)?;
        let mut messages = Vec::with_capacity(self.messages.len().min(REPORT_MESSAGES_MAX + 1));
        for name in self.messages.iter().take(REPORT_MESSAGES_MAX + 1) {
            let scope = ArchiveScope::Conversation(inbound::conversation(&name.conversation)?);
            messages.push((scope, inbound::event(&name.event)?));
        }
        let new = NewReport {
            reported: person.address.to_string(),
            who: Some(person.id),
            reason: match self.reason {
                ReportReason::Spam => ports::ReportReason::Spam,
                ReportReason::Abuse => ports::ReportReason::Abuse,
            },
            text: self.text,
            messages,
        };
        context.hub().report(caller, new).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for ListReports {
    async fn handle(self, context: &Context) -> Result<Page<Report>, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let mut items = Vec::new();
        for found in context.hub().reports_in(caller, conversation).await.map_err(problem)? {
            items.push(context.report(found).await?);
        }
        Ok(Page { items, next: None })
    }
}

impl Handle for DismissReport {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let id = inbound::report(&self.report)?;
        context.hub().settle_report(caller, conversation, id).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Context {
    async fn report(&self, found: ConversationReport) -> Result<ops::Report, Problem> {
        let ConversationReport { report, messages } = found;
        let caller = self.caller().map_err(problem)?;
        let known = self.hub().person_at(&report.reported).await;
        Ok(ops::Report {
            report: report.id.to_string(),
            at: time::format(report.at),
            user: known.map_or_else(|_| nobody(report.reported), |person| outbound::user(&person)),
            reason: match report.reason {
                ports::ReportReason::Spam => ReportReason::Spam,
                ports::ReportReason::Abuse => ReportReason::Abuse,
            },
            text: report.text,
            messages: self.api.folded_events(caller, &messages).await?,
        })
    }
}

/// Somebody whose account has ended since.
fn nobody(address: String) -> User {
    User { display_name: address.clone(), address, kind: UserKind::Person }
}
