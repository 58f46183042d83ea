use super::Writer;
use parlance_core::{
    conversation::{HistoryVisibility, Kind, Role, SettingsChange},
    id::PrincipalId,
};
use parlance_hub::usecase::NewConversation;
use uuid::Uuid;

const ROLES: [Role; 4] = [Role::Reader, Role::Member, Role::Moderator, Role::Owner];

impl Writer {
    /// Somebody of the cast.
    fn somebody(&self) -> PrincipalId {
        PrincipalId(Uuid::from_u128(0xA000 + u128::from(self.chance.below(4))))
    }

    /// Adds, removes or bans somebody, leaves, or gives a role.
    pub(super) async fn manage(&self) {
        let Some(conversation) = self.conversation() else { return };
        let (caller, who) = (self.device.caller, self.somebody());
        let role = *self.chance.pick(&ROLES).unwrap_or(&Role::Member);
        let deed = self.chance.below(10);
        self.note(&format!("manages {conversation}: {deed} {who}"));
        let done = self
            .insist(conversation, |hub| async move {
                match deed {
                    0..4 => hub.add_member(caller, conversation, who, None).await,
                    4 | 5 => hub.remove_member(caller, conversation, who).await,
                    6 => hub.remove_member(caller, conversation, caller.who).await,
                    7 => hub.ban_member(caller, conversation, who).await,
                    8 => hub.unban_member(caller, conversation, who).await,
                    _ => hub.change_role(caller, conversation, who, role).await,
                }
            })
            .await;
        if done.is_some() {
            self.note("has managed it");
        }
    }

    pub(super) async fn change_settings(&self) {
        let Some(conversation) = self.conversation() else { return };
        let caller = self.device.caller;
        let change = match self.chance.below(4) {
            0 => SettingsChange { archived: Some(self.chance.happens(400)), ..SettingsChange::default() },
            1 => {
                SettingsChange { history: Some(HistoryVisibility::SinceJoined), ..SettingsChange::default() }
            }
            2 => {
                SettingsChange { slow_mode_s: Some(self.chance.below(2) as u32), ..SettingsChange::default() }
            }
            _ => SettingsChange {
                topic: Some(format!("topic {}", self.chance.below(100))),
                ..SettingsChange::default()
            },
        };
        self.insist(conversation, |hub| {
            let change = change.clone();
            async move { hub.change_settings(caller, conversation, change).await }
        })
        .await;
    }

    /// Blocks somebody, or no longer.
    pub(super) async fn set_contact(&self) {
        let (caller, who) = (self.device.caller, self.somebody());
        if who == caller.who {
            return;
        }
        let blocks = self.chance.happens(500);
        let log = parlance_core::id::ConversationId::account(caller.who);
        self.insist(log, |hub| async move { hub.set_contact(caller, who, String::new(), blocks).await })
            .await;
    }

    /// Opens a direct conversation or makes a group.
    pub(super) async fn open(&self) {
        let (caller, who) = (self.device.caller, self.somebody());
        let log = parlance_core::id::ConversationId::account(caller.who);
        if self.chance.happens(600) {
            self.insist(log, |hub| async move { hub.open_direct(caller, who).await }).await;
            return;
        }
        let new = NewConversation {
            kind: Kind::Group,
            address_name: None,
            name: "later".into(),
            topic: String::new(),
            history: HistoryVisibility::All,
            members: vec![who],
            client_ref: Some(self.device.fresh_ref()),
        };
        self.insist(log, |hub| {
            let new = new.clone();
            async move { hub.create_conversation(caller, new).await }
        })
        .await;
    }
}
