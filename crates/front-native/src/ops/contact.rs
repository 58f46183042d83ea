use crate::{context::Context, dispatch::Handle, errors::problem, outbound};
use parlance_api::{
    error::Problem,
    model::{Contact, User},
    ops::*,
};

impl Handle for ListContacts {
    async fn handle(self, context: &Context) -> Result<Page<Contact>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let mut rows = context.hub().contacts(caller).await.map_err(problem)?;
        rows.retain(|row| outbound::is_shown(&row.contact));
        context.hub().meet(rows.iter().map(|row| row.who)).await.map_err(problem)?;
        let items = rows.into_iter().filter_map(|row| {
            let person = context.hub().known_person(row.who)?;
            Some(outbound::contact(&person, &row.contact))
        });
        Ok(Page { items: items.collect(), next: None })
    }
}

impl Handle for GetContact {
    async fn handle(self, context: &Context) -> Result<Contact, Problem> {
        let caller = context.caller().map_err(problem)?;
        let person = context.hub().person_at(&self.user).await.map_err(problem)?;
        let kept = context.hub().contact(caller.who, person.id).await.map_err(problem)?;
        Ok(outbound::contact(&person, &kept))
    }
}

impl Handle for SetContact {
    async fn handle(self, context: &Context) -> Result<Contact, Problem> {
        let person = context.hub().person_at(&self.user).await.map_err(problem)?;
        let caller = context.caller().map_err(problem)?;
        let set = context.hub().set_contact(caller, person.id, self.alias, self.blocked).await;
        set.map_err(problem)?;
        let kept = context.hub().contact(caller.who, person.id).await.map_err(problem)?;
        Ok(outbound::contact(&person, &kept))
    }
}

impl Handle for RemoveContact {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let who = context.user(&self.user).await?;
        let caller = context.caller().map_err(problem)?;
        context.hub().remove_contact(caller, who).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for FindUsers {
    async fn handle(self, context: &Context) -> Result<Page<User>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let found = context.hub().find_people(caller, &self.query).await.map_err(problem)?;
        Ok(Page { items: found.iter().map(outbound::user).collect(), next: None })
    }
}

impl Handle for GetUser {
    async fn handle(self, context: &Context) -> Result<User, Problem> {
        Ok(outbound::user(&*context.hub().person_at(&self.user).await.map_err(problem)?))
    }
}
