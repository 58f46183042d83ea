use super::{adopt::Taking, export, reports};
use crate::{
    admin::{
        Added, AdminAnswer, AdminCommand, AdminError, AdminService, BackupMade, ConversationLine,
        Conversations, Credential, DeviceLine, Facts, ImportLine, Imported, NewUser, Skipped, TokenMade,
        UserDetails, UserLine, Users,
    },
    portable::Portable,
    settings::{Settings, Storage},
};
use async_trait::async_trait;
use parlance_api::error::{ErrorCode, Problem};
use parlance_backends::sqlite::{ConversationOverview, SqliteStore, maintenance};
use parlance_core::{
    address::Address,
    conversation::Kind,
    principal::{Device, Principal},
};
use parlance_front_native::{format_time, problem};
use parlance_front_xmpp::{Xmpp, portable::Intake};
use parlance_hub::{
    Hub, HubError,
    identity::{Administration, ImportLine as HubImportLine, NewAccount, Newcomer},
    ports::StoreError,
};
use std::{path::PathBuf, sync::Arc};

/// How many lines one page of a list holds.
const PAGE: usize = 500;
/// The name of devices that are tokens for programs.
const TOKEN_DEVICE: &str = "API token";

/// Runs administration commands on the hub and its store.
pub(super) struct Administrator {
    hub: Arc<Hub>,
    xmpp: Arc<Xmpp>,
    store: Arc<SqliteStore>,
    path: PathBuf,
    public_url: String,
}

impl Administrator {
    pub(super) fn new(
        xmpp: Arc<Xmpp>,
        hub: Arc<Hub>,
        store: Arc<SqliteStore>,
        settings: &Settings,
        public_url: &str,
    ) -> Self {
        let Storage::Sqlite(path) = settings.storage.clone();
        Self { hub, xmpp, store, path, public_url: public_url.to_owned() }
    }

    fn accounts(&self) -> Administration<'_> {
        self.hub.administration()
    }

    async fn add(&self, user: NewUser) -> Result<AdminAnswer, AdminError> {
        let NewUser { name, admin, credential } = user;
        let added = match credential {
            Credential::Password(password) => {
                let account = NewAccount { name, display_name: None, is_admin: admin };
                let made = self.accounts().add(account, &password).await.map_err(refused)?;
                Added { address: made.address.to_string(), invitation: None }
            }
            Credential::Invitation => {
                let new = Newcomer { name: Some(name.clone()), is_admin: admin, contact: None };
                let (code, _) = self.accounts().invite(new).await.map_err(refused)?;
                let link = format!("{}/invite/{}", self.public_url, code.expose());
                Added { address: format!("{name}@{}", self.hub.settings().domain), invitation: Some(link) }
            }
        };
        Ok(AdminAnswer::Added(added))
    }

    async fn list(&self, cursor: Option<String>) -> Result<AdminAnswer, AdminError> {
        let after = cursor.as_deref().map(|text| self.address(text)).transpose()?;
        let found = self.accounts().list(after.as_ref(), PAGE).await.map_err(refused)?;
        let next =
            (found.len() == PAGE).then(|| found.last().map(|last| last.address.name().to_owned())).flatten();
        Ok(AdminAnswer::Users(Users { items: found.iter().map(user_line).collect(), next }))
    }

    fn address(&self, name: &str) -> Result<Address, AdminError> {
        Address::new(name, &self.hub.settings().domain).map_err(|_| ErrorCode::UserNameInvalid.into())
    }

    async fn show(&self, name: &str) -> Result<AdminAnswer, AdminError> {
        let found = self.accounts().show(name).await.map_err(refused)?;
        Ok(AdminAnswer::User(UserDetails {
            user: user_line(&found.principal),
            has_password: found.has_password,
            removed: found.is_removed,
            devices: found.devices.iter().map(device_line).collect(),
        }))
    }

    async fn import(&self, users: Vec<ImportLine>) -> AdminAnswer {
        let lines = users.into_iter().map(|line| HubImportLine { name: line.name, password: line.password });
        let report = self.accounts().import(lines.collect::<Vec<_>>(), |_| {}).await;
        let skipped =
            report.refused.into_iter().map(|line| Skipped { name: line.name, code: problem(line.why).code });
        AdminAnswer::Imported(Imported { added: report.made as u64, skipped: skipped.collect() })
    }

    async fn adopt(&self, items: Vec<Portable>, is_dry: bool) -> Result<AdminAnswer, AdminError> {
        let intake = Intake::new(&self.xmpp, is_dry);
        let taking = Taking { adopter: self.accounts().adopt(is_dry), intake: &intake };
        let adopted = taking.all(items).await;
        intake.finish().await.map_err(refused)?;
        Ok(AdminAnswer::Adopted(adopted))
    }

    async fn token(&self, name: &str) -> Result<AdminAnswer, AdminError> {
        let made = self.accounts().token(name, TOKEN_DEVICE).await.map_err(refused)?;
        Ok(AdminAnswer::Token(TokenMade { address: made.principal.address.to_string(), token: made.token }))
    }

    async fn conversations(&self, cursor: Option<String>) -> Result<AdminAnswer, AdminError> {
        let after = cursor.map(|text| text.parse()).transpose().map_err(|_| malformed("cursor"))?;
        let found = self.store.conversations_overview(after, PAGE).await.map_err(failed)?;
        let next = (found.len() == PAGE).then(|| found.last().map(|last| last.cursor.to_string())).flatten();
        let items = found.into_iter().map(conversation_line).collect();
        Ok(AdminAnswer::Conversations(Conversations { items, next }))
    }

    async fn conversation(&self, id: &str) -> Result<AdminAnswer, AdminError> {
        let id = id.parse().map_err(|_| AdminError::from(ErrorCode::ConversationNotFound))?;
        let found = self.store.conversation_overview(id).await.map_err(failed)?;
        let found = found.ok_or(ErrorCode::ConversationNotFound)?;
        Ok(AdminAnswer::Conversation(conversation_line(found)))
    }

    async fn backup(&self, path: PathBuf) -> Result<AdminAnswer, AdminError> {
        let (store, to) = (self.path.clone(), path.clone());
        let copied = tokio::task::spawn_blocking(move || maintenance::back_up(&store, &to, &mut |_, _| {}));
        copied.await.map_err(broken)?.map_err(broken)?;
        let bytes = std::fs::metadata(&path).map_err(broken)?.len();
        Ok(AdminAnswer::Backup(BackupMade { path, bytes }))
    }

    async fn verify(&self) -> Result<AdminAnswer, AdminError> {
        let found = super::verify_at(self.path.clone()).await.map_err(broken)?;
        Ok(AdminAnswer::Verified(found))
    }

    async fn facts(&self) -> Result<AdminAnswer, AdminError> {
        let totals = self.store.totals().await.map_err(failed)?;
        Ok(AdminAnswer::Facts(Facts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            users: totals.users_count,
            conversations: totals.conversations_count,
            events: totals.events_count,
        }))
    }
}

#[async_trait]
impl AdminService for Administrator {
    async fn run(&self, command: AdminCommand) -> Result<AdminAnswer, AdminError> {
        let accounts = self.accounts();
        match command {
            AdminCommand::UserAdd(user) => self.add(user).await,
            AdminCommand::UserList { cursor } => self.list(cursor).await,
            AdminCommand::UserShow { name } => self.show(&name).await,
            AdminCommand::UserDisable { name } => done(accounts.disable(&name).await),
            AdminCommand::UserEnable { name } => done(accounts.enable(&name).await),
            AdminCommand::UserRemove { name } => done(accounts.remove(&name).await),
            AdminCommand::UserSetPassword { name, password } => {
                done(accounts.set_password(&name, &password).await)
            }
            AdminCommand::UserImport { users } => Ok(self.import(users).await),
            AdminCommand::Adopt { items, dry_run } => self.adopt(items, dry_run).await,
            AdminCommand::Export { step } => {
                let part = export::part(&self.xmpp, &self.hub, step).await.map_err(refused)?;
                Ok(AdminAnswer::Exported(part))
            }
            AdminCommand::UserToken { name } => self.token(&name).await,
            AdminCommand::ConversationList { cursor } => self.conversations(cursor).await,
            AdminCommand::ConversationShow { id } => self.conversation(&id).await,
            AdminCommand::ReportList { cursor } => reports::list(&self.hub, cursor).await,
            AdminCommand::ReportShow { id } => reports::show(&self.hub, &id).await,
            AdminCommand::ReportDismiss { id } => reports::dismiss(&self.hub, &id).await,
            AdminCommand::Backup { path } => self.backup(path).await,
            AdminCommand::Verify {} => self.verify().await,
            AdminCommand::Doctor {} => self.facts().await,
        }
    }
}

fn user_line(principal: &Principal) -> UserLine {
    UserLine {
        address: principal.address.to_string(),
        display_name: principal.display_name.clone(),
        admin: principal.is_admin,
        disabled: !principal.is_enabled,
        created_at: format_time(principal.created_at),
    }
}

fn device_line(device: &Device) -> DeviceLine {
    DeviceLine {
        id: device.id.to_string(),
        name: device.name.clone(),
        created_at: format_time(device.created_at),
        last_seen_at: format_time(device.last_seen_at),
    }
}

fn conversation_line(found: ConversationOverview) -> ConversationLine {
    let kind = match found.kind {
        Kind::Direct => "direct",
        Kind::Group => "group",
        Kind::Channel => "channel",
        Kind::Notes => "notes",
        Kind::Account => "account",
    };
    ConversationLine {
        id: found.id.to_string(),
        kind: kind.to_owned(),
        name: (!found.name.is_empty()).then_some(found.name),
        members: found.members_count,
        head: found.head.0,
        last_at: format_time(found.last_at),
    }
}

fn done(outcome: Result<(), HubError>) -> Result<AdminAnswer, AdminError> {
    outcome.map(|()| AdminAnswer::Done {}).map_err(refused)
}

pub(super) fn refused(error: HubError) -> AdminError {
    problem(error).into()
}

fn failed(error: StoreError) -> AdminError {
    refused(error.into())
}

fn broken(error: impl std::fmt::Display) -> AdminError {
    Problem::new(ErrorCode::ServerUnavailable).with_detail(error.to_string()).into()
}

pub(super) fn malformed(what: &str) -> AdminError {
    Problem::new(ErrorCode::RequestInvalidValue).with_detail(what).into()
}
