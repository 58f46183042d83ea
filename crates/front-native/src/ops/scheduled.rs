use crate::{context::Context, dispatch::Handle, errors::problem, inbound, outbound, time};
use parlance_api::{
    error::Problem,
    ops::{self, *},
};
use parlance_hub::{
    ports::{self, ScheduledChange, ScheduledMessage, ScheduledState},
    usecase::NewScheduled,
};

impl Handle for Schedule {
    async fn handle(self, context: &Context) -> Result<Scheduled, Problem> {
        let new = NewScheduled {
            conversation: inbound::conversation(&self.conversation)?,
            client_ref: inbound::client_ref(&self.client_ref)?,
            due_at: inbound::moment("due_at", &self.due_at)?,
            message: ScheduledMessage {
                body: context.body(self.body).await?,
                reply_to: self.reply_to.as_deref().map(inbound::event).transpose()?,
                thread: self.thread.as_deref().map(inbound::event).transpose()?,
            },
        };
        let caller = context.caller().map_err(problem)?;
        context.scheduled(&context.hub().schedule(caller, new).await.map_err(problem)?).await
    }
}

impl Handle for ListScheduled {
    async fn handle(self, context: &Context) -> Result<Page<Scheduled>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let mut items = Vec::new();
        for scheduled in context.hub().scheduled(caller).await.map_err(problem)? {
            items.push(context.scheduled(&scheduled).await?);
        }
        Ok(Page { items, next: None })
    }
}

impl Handle for ChangeScheduled {
    async fn handle(self, context: &Context) -> Result<Scheduled, Problem> {
        let id = inbound::scheduled(&self.scheduled)?;
        let body = match self.body {
            Some(body) => Some(context.body(body).await?),
            None => None,
        };
        let due_at = self.due_at.as_deref().map(|text| inbound::moment("due_at", text)).transpose()?;
        let caller = context.caller().map_err(problem)?;
        let changed = context.hub().change_scheduled(caller, id, ScheduledChange { body, due_at }).await;
        context.scheduled(&changed.map_err(problem)?).await
    }
}

impl Handle for CancelScheduled {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let caller = context.caller().map_err(problem)?;
        let id = inbound::scheduled(&self.scheduled)?;
        context.hub().cancel_scheduled(caller, id).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for SendScheduled {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let id = inbound::scheduled(&self.scheduled)?;
        let event = context.hub().send_scheduled(caller, id).await.map_err(problem)?;
        Ok(outbound::sent(&event))
    }
}

impl Context {
    async fn scheduled(&self, scheduled: &ports::Scheduled) -> Result<Scheduled, Problem> {
        let message = &scheduled.message;
        self.hub().meet(message.body.mentioned_principals()).await.map_err(problem)?;
        let (state, refused) = state(scheduled.state);
        Ok(Scheduled {
            scheduled: scheduled.id.to_string(),
            conversation: scheduled.conversation.to_string(),
            client_ref: scheduled.client_ref.as_str().to_owned(),
            body: outbound::body(self.hub(), &message.body),
            reply_to: message.reply_to.map(|id| id.to_string()),
            thread: message.thread.map(|id| id.to_string()),
            due_at: time::format(scheduled.due_at),
            state,
            refused,
        })
    }
}

fn state(state: ScheduledState) -> (ops::ScheduledState, Option<ScheduledRefusal>) {
    match state {
        ScheduledState::Waiting => (ops::ScheduledState::Waiting, None),
        ScheduledState::Sending => (ops::ScheduledState::Sending, None),
        ScheduledState::Refused(refusal) => (ops::ScheduledState::Refused, Some(self::refusal(refusal))),
    }
}

fn refusal(refusal: ports::ScheduledRefusal) -> ScheduledRefusal {
    use ports::ScheduledRefusal as Refusal;
    match refusal {
        Refusal::NotThere => ScheduledRefusal::NotThere,
        Refusal::Forbidden => ScheduledRefusal::Forbidden,
        Refusal::Archived => ScheduledRefusal::Archived,
        Refusal::Blocked => ScheduledRefusal::Blocked,
        Refusal::TooLong => ScheduledRefusal::TooLong,
        Refusal::AccountDisabled => ScheduledRefusal::AccountDisabled,
        Refusal::Invalid => ScheduledRefusal::Invalid,
    }
}
