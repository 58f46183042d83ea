use crate::model::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What this server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetServer {}

/// Signs in with a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// `name@domain`, or only the name.
    pub user: String,
    /// The password.
    pub password: String,
    /// A name for this device that the person will recognise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device_name: String,
}

/// Makes an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The name before the `@`.
    pub name: String,
    /// At least eight characters.
    pub password: String,
    /// The name people see; the same as `name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The code of an invitation, where one is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// A name for this device that the person will recognise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device_name: String,
}

/// Revokes this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {}

/// What an invitation is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtInvitation {
    /// The secret of the link.
    pub code: String,
}

/// What somebody sees who holds an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitationView {
    /// The domain the account will be on.
    pub domain: String,
    /// Who invites; absent for the first administrator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inviter: Option<User>,
    /// Whether the account will administer the server.
    pub admin: bool,
    /// Whether who invites becomes a contact of the account, and the other way round.
    pub contact: bool,
    /// The name the account will have, where the invitation says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Invites people to this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitation {
    /// How many accounts it can make (1 to 100).
    #[serde(default = "one")]
    pub uses: u32,
    /// Seconds until it stops working (60 to 31,536,000).
    #[serde(default = "week")]
    pub expires_in_s: u32,
}

fn one() -> u32 {
    1
}

fn week() -> u32 {
    7 * 24 * 3600
}

/// My invitations that still work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListInvitations {}

/// Ends an invitation of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeInvitation {
    /// The secret of the link.
    pub code: String,
}

/// My account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetMe {}

/// Changes my account; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// The name people see; 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Who may see what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
}

/// Changes my password; other devices stay signed in unless told otherwise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is.
    pub current: String,
    /// The password as it will be; at least eight characters.
    pub new: String,
    /// Signs every other device out.
    #[serde(default)]
    pub sign_out_others: bool,
}

/// My devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDevices {}

/// Signs a device of mine out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeDevice {
    /// The device's id.
    pub device: String,
}

/// Says whether I am there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPresence {
    /// Anything but `offline`.
    pub availability: Availability,
    /// What to say about it; up to 128 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
}

/// Whether these people are there. Over a socket it replaces the list of people being watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPresence {
    /// Up to 500 addresses of people one shares a conversation with; others are left out of the answer.
    pub users: Vec<String>,
}

/// My contacts and the people I block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListContacts {}

/// What I keep about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetContact {
    /// Who, as `name@domain`.
    pub user: String,
}

/// Adds or changes a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetContact {
    /// Who, as `name@domain`.
    pub user: String,
    /// A name of my own for them; up to 64 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
    /// Whether to block them.
    #[serde(default)]
    pub blocked: bool,
}

/// Removes a contact and any block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveContact {
    /// Who, as `name@domain`.
    pub user: String,
}

/// People whose name or address begins like this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindUsers {
    /// At least two characters.
    pub query: String,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetUser {
    /// `name@domain`.
    pub user: String,
}
