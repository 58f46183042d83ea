use crate::{context::Context, dispatch::Handle, errors::problem, inbound, outbound, time};
use parlance_api::{error::Problem, model::InviteLink, ops::*};
use parlance_hub::{ports::LinkRow, usecase::NewLink};

impl Context {
    fn invite_link(&self, link: LinkRow) -> InviteLink {
        InviteLink {
            url: format!("{}/join/{}", self.api.settings.public_url, link.code),
            code: link.code,
            expires_at: link.expires_at.map(time::format),
            uses_left: link.uses_left,
            needs_approval: link.needs_approval,
        }
    }
}

impl Handle for CreateLink {
    async fn handle(self, context: &Context) -> Result<InviteLink, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let new =
            NewLink { expires_in_s: self.expires_in_s, uses: self.uses, needs_approval: self.needs_approval };
        let caller = context.caller().map_err(problem)?;
        let link = context.hub().create_link(caller, conversation, new).await.map_err(problem)?;
        Ok(context.invite_link(link))
    }
}

impl Handle for ListLinks {
    async fn handle(self, context: &Context) -> Result<Page<InviteLink>, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let links = context.hub().links(caller, conversation).await.map_err(problem)?;
        Ok(Page { items: links.into_iter().map(|link| context.invite_link(link)).collect(), next: None })
    }
}

impl Handle for RevokeLink {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().revoke_link(caller, conversation, &self.code).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for LookAtLink {
    async fn handle(self, context: &Context) -> Result<LinkView, Problem> {
        let caller = context.caller().map_err(problem)?;
        let looked = context.hub().look_at_link(caller, &self.code, |state| LinkView {
            conversation: state.id.to_string(),
            kind: outbound::kind(state.kind),
            name: state.settings.name.clone(),
            topic: state.settings.topic.clone(),
            members_count: state.members.len() as u64,
            needs_approval: false,
        });
        let (link, view) = looked.await.map_err(problem)?;
        Ok(LinkView { needs_approval: link.needs_approval, ..view })
    }
}

impl Handle for JoinByLink {
    async fn handle(self, context: &Context) -> Result<Joined, Problem> {
        let caller = context.caller().map_err(problem)?;
        let (id, is_member) = context.hub().join_by_link(caller, &self.code).await.map_err(problem)?;
        if is_member {
            return Ok(Joined::Member { conversation: Box::new(context.conversation_view(id).await?) });
        }
        Ok(Joined::Requested { conversation: id.to_string() })
    }
}
