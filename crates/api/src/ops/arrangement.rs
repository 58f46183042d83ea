use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How I have sorted my conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetArrangement {}

/// Folders and the order of favourites, the same on all devices of one person. It may name conversations that the
/// person is not in any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Arrangement {
    /// The folders, in order.
    pub folders: Vec<Folder>,
    /// The favourites, in order. Favourites that are not named come after those that are.
    pub favourites: Vec<String>,
}

/// Conversations under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Folder {
    /// Its identity.
    pub folder: String,
    /// The name its owner sees.
    pub name: String,
    /// What is in it.
    pub conversations: Vec<String>,
}

/// Makes a folder, which comes last, or gives one another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFolder {
    /// Which; for a new one a UUID that the client makes, so that repeating the request makes no second folder.
    pub folder: String,
    /// Its name (1 to 50 characters).
    pub name: String,
}

/// Deletes a folder. The conversations in it stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteFolder {
    /// Which.
    pub folder: String,
}

/// Gives my folders an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderFolders {
    /// The folders, the first one first; those that are absent follow as they stood.
    pub folders: Vec<String>,
}

/// Puts a conversation into a folder. It may be in several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddToFolder {
    /// Which folder.
    pub folder: String,
    /// The conversation.
    pub conversation: String,
}

/// Takes a conversation out of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFromFolder {
    /// Which folder.
    pub folder: String,
    /// The conversation.
    pub conversation: String,
}

/// Gives my favourites an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderFavourites {
    /// The favourites, the first one first (up to 1,000).
    pub conversations: Vec<String>,
}
