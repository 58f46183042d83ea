use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound,
};
use parlance_api::{
    error::Problem,
    model::{Member, User},
    ops::*,
};
use parlance_core::id::PrincipalId;

/// Most members of one page.
const MEMBERS_MAX: u64 = 1_000;

impl Handle for ListMembers {
    async fn handle(self, context: &Context) -> Result<Page<Member>, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let limit = inbound::limit(self.limit, MEMBERS_MAX)?;
        let after = self.cursor.as_deref().map(parse_cursor).transpose()?;
        let caller = context.caller().map_err(problem)?;
        let mut members = context.hub().members(caller, conversation).await.map_err(problem)?;
        members.retain(|(who, _)| after.is_none_or(|after| *who > after));
        let has_more = members.len() > limit;
        members.truncate(limit);
        context.hub().meet(members.iter().map(|(who, _)| *who)).await.map_err(problem)?;
        let next = members.last().filter(|_| has_more).map(|(who, _)| who.to_string());
        let view = |(who, member): &(PrincipalId, parlance_core::conversation::Member)| {
            let person = context.hub().known_person(*who)?;
            Some(Member {
                user: outbound::user(&person),
                role: outbound::role(member.role),
                joined_seq: member.joined_seq.0,
            })
        };
        Ok(Page { items: members.iter().filter_map(view).collect(), next })
    }
}

fn parse_cursor(text: &str) -> Result<PrincipalId, Problem> {
    text.parse().map_err(|_| invalid("cursor: take it from an earlier answer"))
}

impl Handle for AddMember {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        let role = self.role.map(inbound::role);
        context.hub().add_member(caller, conversation, who, role).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for ChangeMember {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        context
            .hub()
            .change_role(caller, conversation, who, inbound::role(self.role))
            .await
            .map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for RemoveMember {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        context.hub().remove_member(caller, conversation, who).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for BanMember {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        context.hub().ban_member(caller, conversation, who).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for UnbanMember {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        context.hub().unban_member(caller, conversation, who).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for ListBans {
    async fn handle(self, context: &Context) -> Result<Page<User>, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let bans = context.hub().bans(caller, conversation).await.map_err(problem)?;
        people(context, bans).await
    }
}

impl Handle for ListRequests {
    async fn handle(self, context: &Context) -> Result<Page<User>, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        let caller = context.caller().map_err(problem)?;
        let requests = context.hub().requests(caller, conversation).await.map_err(problem)?;
        people(context, requests).await
    }
}

async fn people(context: &Context, ids: Vec<PrincipalId>) -> Result<Page<User>, Problem> {
    context.hub().meet(ids.iter().copied()).await.map_err(problem)?;
    let known = ids.into_iter().filter_map(|who| context.hub().known_person(who));
    Ok(Page { items: known.map(|person| outbound::user(&person)).collect(), next: None })
}
