use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound, time,
};
use parlance_api::{error::Problem, event::Event, model::Receipt, ops::*};
use parlance_core::id::{PrincipalId, Seq};
use parlance_hub::{
    ports::Place,
    usecase::{ForwardSource, History, HistoryPlace, Post},
};

impl Handle for Send {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let post = Post {
            conversation: inbound::conversation(&self.conversation)?,
            client_ref: Some(inbound::client_ref(&self.client_ref)?),
            body: context.body(self.body).await?,
            reply_to: self.reply_to.as_deref().map(inbound::event).transpose()?,
            thread: self.thread.as_deref().map(inbound::event).transpose()?,
            forward: self.forward.as_ref().map(forward_source).transpose()?,
            poll: self.poll.map(inbound::poll).transpose()?,
            needs_acknowledgement: self.needs_acknowledgement,
            extras: None,
        };
        let event = context.hub().post(context.caller().map_err(problem)?, post).await.map_err(problem)?;
        Ok(outbound::sent(&event))
    }
}

fn forward_source(from: &ForwardFrom) -> Result<ForwardSource, Problem> {
    Ok(ForwardSource {
        conversation: inbound::conversation(&from.conversation)?,
        event: inbound::event(&from.event)?,
    })
}

impl Handle for ListEvents {
    async fn handle(self, context: &Context) -> Result<EventPage, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let limit = inbound::limit(self.limit, context.api.settings.limits.page_events_max)?;
        let place = place(&self)?;
        let caller = context.caller().map_err(problem)?;
        let history = context.hub().history(caller, conversation, place, limit).await.map_err(problem)?;
        page(context, history).await
    }
}

fn place(request: &ListEvents) -> Result<HistoryPlace, Problem> {
    let from_time =
        request.from_time.as_deref().map(|text| inbound::moment("from_time", text)).transpose()?;
    match (request.before, request.after, request.around, from_time) {
        (None, None, None, None) => Ok(HistoryPlace::At(Place::Newest)),
        (Some(seq), None, None, None) => Ok(HistoryPlace::At(Place::Before(Seq(seq)))),
        (None, Some(seq), None, None) => Ok(HistoryPlace::At(Place::After(Seq(seq)))),
        (None, None, Some(seq), None) => Ok(HistoryPlace::Around(Seq(seq))),
        (None, None, None, Some(at)) => Ok(HistoryPlace::At(Place::FromTime(at))),
        _ => Err(invalid("only one of before, after, around and from_time")),
    }
}

async fn page(context: &Context, history: History) -> Result<EventPage, Problem> {
    let caller = context.caller().map_err(problem)?;
    Ok(EventPage {
        epoch: u64::from(history.epoch.0),
        items: context.api.folded_events(caller, &history.items).await?,
        has_before: history.has_before,
        has_after: history.has_after,
    })
}

impl Handle for GetEvent {
    async fn handle(self, context: &Context) -> Result<Event, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let found = context.hub().visible_event(caller, conversation, event).await.map_err(problem)?;
        let mut events = context.api.folded_events(caller, &[found]).await?;
        Ok(events.remove(0))
    }
}

impl Handle for Edit {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let body = context.body(self.body).await?;
        let client_ref = inbound::maybe_client_ref(self.client_ref.as_deref())?;
        let event =
            context.hub().edit(caller, conversation, event, body, client_ref).await.map_err(problem)?;
        Ok(outbound::sent(&event))
    }
}

impl Handle for ListEdits {
    async fn handle(self, context: &Context) -> Result<Page<EditedBody>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let edits = context.hub().edits(caller, conversation, event).await.map_err(problem)?;
        let mentioned = edits.iter().flat_map(|(_, body)| body.mentioned_principals());
        context.hub().meet(mentioned).await.map_err(problem)?;
        let items = edits
            .iter()
            .map(|(at, body)| EditedBody { at: time::format(*at), body: outbound::body(context.hub(), body) })
            .collect();
        Ok(Page { items, next: None })
    }
}

impl Handle for DeleteEvent {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let client_ref = inbound::maybe_client_ref(self.client_ref.as_deref())?;
        let event =
            context.hub().delete_event(caller, conversation, event, client_ref).await.map_err(problem)?;
        Ok(outbound::sent(&event))
    }
}

impl Handle for React {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        react(context, &self.conversation, &self.event, &self.emoji, true, self.client_ref.as_deref()).await
    }
}

impl Handle for Unreact {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        react(context, &self.conversation, &self.event, &self.emoji, false, self.client_ref.as_deref()).await
    }
}

async fn react(
    context: &Context,
    conversation: &str,
    event: &str,
    emoji: &str,
    added: bool,
    client_ref: Option<&str>,
) -> Result<Sent, Problem> {
    let caller = context.caller().map_err(problem)?;
    let (conversation, event) = (inbound::conversation(conversation)?, inbound::event(event)?);
    let client_ref = inbound::maybe_client_ref(client_ref)?;
    let reacted = context.hub().react(caller, conversation, event, emoji, added, client_ref).await;
    Ok(outbound::sent(&*reacted.map_err(problem)?))
}

impl Handle for CastVote {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let client_ref = inbound::maybe_client_ref(self.client_ref.as_deref())?;
        let options = inbound::options(&self.options);
        let voted = context.hub().vote(caller, conversation, event, options, client_ref).await;
        Ok(outbound::sent(&*voted.map_err(problem)?))
    }
}

impl Handle for ClosePoll {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let client_ref = inbound::maybe_client_ref(self.client_ref.as_deref())?;
        let closed = context.hub().close_poll(caller, conversation, event, client_ref).await;
        Ok(outbound::sent(&*closed.map_err(problem)?))
    }
}

impl Handle for Acknowledge {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let client_ref = inbound::maybe_client_ref(self.client_ref.as_deref())?;
        let acknowledged = context.hub().acknowledge(caller, conversation, event, client_ref).await;
        Ok(outbound::sent(&*acknowledged.map_err(problem)?))
    }
}

/// Most people named on either side.
const ACKNOWLEDGEMENTS_NAMED_MAX: usize = 200;

impl Handle for ListAcknowledgements {
    async fn handle(self, context: &Context) -> Result<Acknowledgements, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let found = context.hub().acknowledgements(caller, conversation, event).await.map_err(problem)?;
        Ok(Acknowledgements {
            missing_count: found.missing.len() as u64,
            missing: named(context, &found.missing).await?,
            confirmed_count: found.confirmed.len() as u64,
            confirmed: named(context, &found.confirmed).await?,
        })
    }
}

async fn named(context: &Context, people: &[PrincipalId]) -> Result<Vec<String>, Problem> {
    let first = &people[..people.len().min(ACKNOWLEDGEMENTS_NAMED_MAX)];
    context.hub().meet(first.iter().copied()).await.map_err(problem)?;
    Ok(first.iter().map(|who| outbound::address(context.hub(), *who)).collect())
}

impl Handle for Pin {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        pin(context, &self.conversation, &self.event, true).await
    }
}

impl Handle for Unpin {
    async fn handle(self, context: &Context) -> Result<Sent, Problem> {
        pin(context, &self.conversation, &self.event, false).await
    }
}

async fn pin(context: &Context, conversation: &str, event: &str, pinned: bool) -> Result<Sent, Problem> {
    let caller = context.caller().map_err(problem)?;
    let (conversation, event) = (inbound::conversation(conversation)?, inbound::event(event)?);
    let pinned = context.hub().pin(caller, conversation, event, pinned).await.map_err(problem)?;
    Ok(outbound::sent(&pinned))
}

impl Handle for ListPins {
    async fn handle(self, context: &Context) -> Result<Page<Event>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let conversation = inbound::conversation(&self.conversation)?;
        let pins = context.hub().pins(caller, conversation).await.map_err(problem)?;
        Ok(Page { items: context.api.folded_events(caller, &pins).await?, next: None })
    }
}

impl Handle for ListThread {
    async fn handle(self, context: &Context) -> Result<EventPage, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (conversation, event) =
            (inbound::conversation(&self.conversation)?, inbound::event(&self.event)?);
        let limit = inbound::limit(self.limit, context.api.settings.limits.page_events_max)?;
        let after = Seq(self.after.unwrap_or(0));
        let thread =
            context.hub().thread(caller, conversation, event, after, limit).await.map_err(problem)?;
        page(context, thread).await
    }
}

impl Handle for ListReceipts {
    async fn handle(self, context: &Context) -> Result<Page<Receipt>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let conversation = inbound::conversation(&self.conversation)?;
        let rows = context.hub().receipts(caller, conversation).await.map_err(problem)?;
        let id = conversation.to_string();
        let items = rows.iter().map(|row| outbound::receipt(context.hub(), &id, row)).collect();
        Ok(Page { items, next: None })
    }
}
