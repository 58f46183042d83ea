use super::commit::Attached;
use crate::{
    Caller, Hub, HubError,
    ports::{AppendError, Create, Naming},
};
use parlance_core::{
    Rejection,
    conversation::{HistoryVisibility, Kind, Role, SettingsChange, chosen_name, names_for},
    event::Content,
    id::{ClientRef, ConversationId, PrincipalId},
};
use smol_str::SmolStr;
use uuid::Uuid;

/// Most members named when a conversation is made.
const FIRST_MEMBERS_MAX: usize = 100;

/// A group or channel to make.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// `Group` or `Channel`.
    pub kind: Kind,
    /// The name people see.
    pub name: String,
    /// What stands before the `@` of its address; made of the name when absent.
    pub address_name: Option<String>,
    /// What it is about.
    pub topic: String,
    /// What newcomers see.
    pub history: HistoryVisibility,
    /// Who is in it from the start, besides its owner.
    pub members: Vec<PrincipalId>,
    /// The caller's reference: the same one makes no second conversation.
    pub client_ref: Option<ClientRef>,
}

impl Hub {
    /// Makes a group or a channel; the caller becomes its owner.
    ///
    /// # Errors
    /// `InvalidValue`, `WrongConversationKind`, `ConversationNameTaken`, `Blocked` when one of those named has blocked the caller,
    /// `TooManyConversations` when one of them is in as many as there may be.
    pub async fn create_conversation(
        &self,
        caller: Caller,
        new: NewConversation,
    ) -> Result<ConversationId, HubError> {
        if !new.kind.has_members_to_manage() {
            return Err(Rejection::WrongConversationKind.into());
        }
        let members = self.founders(caller, new.kind, new.members).await?;
        let naming = match &new.address_name {
            Some(name) => Naming::Exactly(self.chosen_name(name).await?),
            None => Naming::FirstFree(names_for(&new.name)),
        };
        let settings = SettingsChange {
            name: Some(new.name),
            topic: Some(new.topic),
            history: Some(new.history),
            ..SettingsChange::default()
        };
        settings.check()?;
        let id = match &new.client_ref {
            Some(client_ref) => {
                ConversationId(Uuid::new_v5(&caller.device.0, client_ref.as_str().as_bytes()))
            }
            None => ConversationId(self.world.entropy.uuid_v7(self.now())),
        };
        // The same reference again finds what it made, however many there are by now.
        let is_there = new.client_ref.is_some() && self.rooms.load(&*self.world.store, id).await?.is_some();
        if !is_there {
            for (who, _) in &members {
                self.check_may_be_in_one_more(*who).await?;
            }
            let create = Create { naming, ..Create::new(self.domain, new.kind) };
            self.found(caller, id, create, settings, &members).await?;
        }
        Ok(id)
    }

    /// A name that is to be given. One may be spelt like an id, as that of a conversation that is there is not.
    async fn chosen_name(&self, name: &str) -> Result<SmolStr, HubError> {
        let name = chosen_name(name)?;
        if let Ok(id) = name.parse::<ConversationId>()
            && self.rooms.load(&*self.world.store, id).await?.is_some()
        {
            return Err(Rejection::ConversationNameTaken.into());
        }
        Ok(name)
    }

    async fn founders(
        &self,
        caller: Caller,
        kind: Kind,
        mut named: Vec<PrincipalId>,
    ) -> Result<Vec<(PrincipalId, Role)>, HubError> {
        named.sort_unstable();
        named.dedup();
        named.retain(|who| *who != caller.who);
        if named.len() > FIRST_MEMBERS_MAX {
            return Err(Rejection::InvalidValue("members: up to 100 to begin with").into());
        }
        for who in &named {
            self.check_is_here(*who).await?;
            if self.is_blocked(caller.who, *who).await? {
                return Err(Rejection::Blocked.into());
            }
        }
        let others = named.into_iter().map(|who| (who, kind.joining_role()));
        Ok(std::iter::once((caller.who, Role::Owner)).chain(others).collect())
    }

    /// Makes a conversation unless it is there already.
    pub(crate) async fn found(
        &self,
        caller: Caller,
        id: ConversationId,
        create: Create,
        settings: SettingsChange,
        members: &[(PrincipalId, Role)],
    ) -> Result<(), HubError> {
        let founding = create.kind.founding(settings, members);
        self.found_with(caller, id, create, Attached::default(), founding).await
    }

    /// Makes a conversation with these first events unless it is there already.
    pub(crate) async fn found_with(
        &self,
        caller: Caller,
        id: ConversationId,
        create: Create,
        attached: Attached,
        founding: Vec<Content>,
    ) -> Result<(), HubError> {
        let mut append = self.new_append(caller, id, attached, founding);
        append.create = Some(create);
        match self.world.store.append(append).await {
            Ok(appended) => {
                appended.events.iter().for_each(|event| self.wake(event));
                Ok(())
            }
            Err(AppendError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
