use super::scram;
use crate::{
    Hub, HubError,
    ports::{ScramHash, ScramVerifier},
};
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How many accounts are looked at, the first by address.
const SAMPLE: usize = 1_000;
/// As long as the salts that we make.
const SALT_BYTES: usize = 16;

/// What a stranger sees of a verifier beside the salt itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) hash: ScramHash,
    pub(super) iterations: u32,
    pub(super) salt: SaltForm,
}

/// How a salt looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SaltForm {
    /// So many bytes.
    Bytes(usize),
    /// The text of a random UUID, as Prosody makes them.
    Uuid,
}

impl Shape {
    /// That of the verifiers which are made here.
    pub(super) fn own(hash: ScramHash, iterations: u32) -> Self {
        Self { hash, iterations, salt: SaltForm::Bytes(SALT_BYTES) }
    }

    fn of(verifier: &ScramVerifier) -> Self {
        let text = std::str::from_utf8(&verifier.salt).ok();
        let is_uuid = text.is_some_and(|text| text.len() == 36 && Uuid::try_parse(text).is_ok());
        let salt = if is_uuid { SaltForm::Uuid } else { SaltForm::Bytes(verifier.salt.len()) };
        Self { hash: verifier.hash, iterations: verifier.iterations, salt }
    }
}

/// How the verifiers of accounts look, so that those of nobody look like them.
#[derive(Default)]
pub(super) struct Decoys {
    known: Mutex<Option<Arc<[Shape]>>>,
}

impl Decoys {
    /// Looks again next time: accounts with other verifiers have come.
    pub(super) async fn forget(&self) {
        *self.known.lock().await = None;
    }
}

impl Hub {
    /// A verifier for a name that nobody has. Where accounts were taken over from another server, iteration
    /// counts and salts differ between accounts; as many names of nobody get each, always the same.
    ///
    /// # Source
    /// RFC 5802 section 5.1: the salt and the iteration count are told to whoever asks.
    pub(super) async fn decoy(&self, hash: ScramHash, name: &str) -> Result<ScramVerifier, HubError> {
        let shapes = self.shapes().await?;
        let alike: Vec<_> = shapes.iter().filter(|shape| shape.hash == hash).collect();
        let key = self.identity.decoy_key.expose();
        let shape = match alike.len() {
            0 => Shape::own(hash, self.identity.settings.password_cost.iterations()),
            count => *alike[scram::choice(key, name, count)],
        };
        Ok(scram::decoy(key, name, shape))
    }

    /// Read by one for all who sign in at once, as many do after a start.
    async fn shapes(&self) -> Result<Arc<[Shape]>, HubError> {
        let mut known = self.identity.decoys.known.lock().await;
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let store = &self.world.store;
        let mut shapes = Vec::new();
        for person in store.list_principals(self.domain, Some(true), None, SAMPLE).await? {
            let credentials = store.load_credentials(person.id).await?;
            shapes.extend(credentials.iter().flat_map(|credentials| &credentials.scram).map(Shape::of));
        }
        // In an order of their own, so that one account more changes few names.
        shapes.sort_by_key(|shape| (shape.hash, shape.iterations, shape.salt == SaltForm::Uuid));
        let shapes: Arc<[Shape]> = shapes.into();
        *known = Some(Arc::clone(&shapes));
        Ok(shapes)
    }
}
