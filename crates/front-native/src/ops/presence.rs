use crate::{
    context::Context,
    dispatch::Handle,
    errors::{invalid, problem},
    inbound, outbound,
};
use parlance_api::{error::Problem, model::Presence, ops::*};
use parlance_hub::HubError;

/// Most people asked about at once.
const PEOPLE_MAX: usize = 500;
/// Longest status, in characters.
const STATUS_CHARS_MAX: usize = 128;

impl Handle for SetPresence {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let availability = inbound::availability(self.availability)?;
        if self.status.chars().count() > STATUS_CHARS_MAX || self.status.chars().any(char::is_control) {
            return Err(invalid("status: up to 128 characters"));
        }
        let caller = context.caller().map_err(problem)?;
        let set = context.hub().set_presence(caller, context.connection, availability, self.status);
        set.await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for GetPresence {
    async fn handle(self, context: &Context) -> Result<Page<Presence>, Problem> {
        if self.users.len() > PEOPLE_MAX {
            return Err(invalid("users: up to 500"));
        }
        let mut people = Vec::with_capacity(self.users.len());
        for address in &self.users {
            match context.hub().person_at(address).await {
                Ok(person) => people.push(person.id),
                Err(HubError::Identity(_)) => {}
                Err(error) => return Err(problem(error)),
            }
        }
        let caller = context.caller().map_err(problem)?;
        let shown =
            context.hub().watch_presence(caller, context.connection, &people).await.map_err(problem)?;
        let items =
            shown.into_iter().map(|(who, shown)| outbound::presence(context.hub(), who, shown)).collect();
        Ok(Page { items, next: None })
    }
}
