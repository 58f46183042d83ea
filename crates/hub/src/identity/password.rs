use super::{IdentitySettings, prepare::Prepared, scram};
use crate::{
    HubError,
    ports::{Credentials, Entropy, ScramHash},
};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What one hash of a password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory of one argon2id hash, in KiB; at least 8.
    pub argon2_memory_kib: u32,
    /// Passes of argon2id over its memory; at least 1.
    pub argon2_passes: u32,
    /// Iterations of the SCRAM verifiers, which every SCRAM sign-in costs the client; at least 4096.
    pub scram_iterations: u32,
}

/// # Source
/// OWASP Password Storage Cheat Sheet (argon2id: 19 MiB, 2 passes, 1 lane); NIST SP 800-63B
/// section 5.1.1.2 (10,000 iterations); RFC 7677 section 4 (not below 4096).
impl Default for PasswordCost {
    fn default() -> Self {
        Self { argon2_memory_kib: 19_456, argon2_passes: 2, scram_iterations: 10_000 }
    }
}

impl PasswordCost {
    /// The least that is accepted; for tests.
    pub const LEAST: Self = Self { argon2_memory_kib: 8, argon2_passes: 1, scram_iterations: 4_096 };

    /// Iterations of SCRAM, never below what its standard allows.
    pub(super) fn iterations(self) -> u32 {
        self.scram_iterations.max(Self::LEAST.scram_iterations)
    }

    fn argon2(self) -> Argon2<'static> {
        let memory_kib = self.argon2_memory_kib.max(Self::LEAST.argon2_memory_kib);
        let params = Params::new(memory_kib, self.argon2_passes.max(1), 1, None);
        let params = params.expect("invariant: memory and passes are not below the least");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

const SALT_BYTES: usize = 16;

/// Hashes and checks passwords, a few at a time, away from the threads that serve connections.
pub(super) struct Passwords {
    argon2: Argon2<'static>,
    iterations: u32,
    decoy: Arc<str>,
    entropy: Arc<dyn Entropy>,
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new(settings: &IdentitySettings, entropy: Arc<dyn Entropy>) -> Self {
        let argon2 = settings.password_cost.argon2();
        let parallel = settings.hashing_parallel.max(1);
        Self {
            decoy: decoy(&argon2, entropy.as_ref()).into(),
            argon2,
            iterations: settings.password_cost.iterations(),
            entropy,
            running: Arc::new(Semaphore::new(parallel)),
            queue: Arc::new(Semaphore::new(parallel + settings.hashing_waiting_max)),
        }
    }

    /// Everything a server keeps to check this password, made at the same time.
    ///
    /// # Errors
    /// `Unavailable` when too many passwords are waiting.
    pub(super) async fn hash(&self, password: Prepared) -> Result<Credentials, HubError> {
        let queued = self.queue()?;
        self.hash_for(queued, password).await
    }

    /// The same for callers who bound themselves how many they send: waits as long as it takes.
    pub(super) async fn hash_patiently(&self, password: Prepared) -> Result<Credentials, HubError> {
        self.hash_for((), password).await
    }

    async fn hash_for(
        &self,
        place: impl Send + 'static,
        password: Prepared,
    ) -> Result<Credentials, HubError> {
        let (argon2, iterations) = (self.argon2.clone(), self.iterations);
        let salts: [[u8; SALT_BYTES]; 4] = std::array::from_fn(|_| self.salt());
        self.run(place, move || credentials(&argon2, &password, salts, iterations)).await
    }

    /// Whether this is the password; without credentials the same work is done in vain.
    pub(super) async fn matches(
        &self,
        password: Option<Prepared>,
        stored: Option<&Credentials>,
    ) -> Result<bool, HubError> {
        let Some(password) = password else { return Ok(false) };
        let queued = self.queue()?;
        let known = stored.filter(|stored| PasswordHash::new(&stored.argon2id).is_ok());
        let phc = known.map_or_else(|| Arc::clone(&self.decoy), |stored| stored.argon2id.as_str().into());
        let is_known = known.is_some();
        let verifier =
            stored.filter(|stored| stored.is_adopted()).and_then(|stored| stored.scram.last().cloned());
        let argon2 = self.argon2.clone();
        self.run(queued, move || {
            let is_hashed = argon2.verify_password(password.as_bytes(), &*phc).is_ok() && is_known;
            is_hashed || verifier.is_some_and(|verifier| scram::is_of(&verifier, &password))
        })
        .await
    }

    fn salt(&self) -> [u8; SALT_BYTES] {
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        salt
    }

    fn queue(&self) -> Result<OwnedSemaphorePermit, HubError> {
        let place = Arc::clone(&self.queue).try_acquire_owned();
        place.map_err(|_| HubError::Unavailable("too many passwords are waiting to be checked".into()))
    }

    /// # Cancel safety
    /// Work that has begun keeps its places until it is done, also when nobody waits for it any
    /// more: hanging up does not make room for more.
    async fn run<T: Send + 'static>(
        &self,
        place: impl Send + 'static,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HubError> {
        let failed = || HubError::Unavailable("a password could not be hashed".into());
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| failed())?;
        let held = (place, running);
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(held);
            result
        });
        done.await.map_err(|_| failed())
    }
}

fn credentials(
    argon2: &Argon2<'_>,
    password: &Prepared,
    salts: [[u8; SALT_BYTES]; 4],
    iterations: u32,
) -> Credentials {
    let [argon2_salt, scram_salts @ ..] = salts;
    let phc = argon2.hash_password_with_salt(password.as_bytes(), &argon2_salt);
    let phc = phc.expect("invariant: lengths of password and salt are within the bounds of argon2");
    let hashes = [ScramHash::Sha1, ScramHash::Sha256, ScramHash::Sha512];
    let scram = hashes.into_iter().zip(scram_salts);
    Credentials {
        argon2id: phc.to_string(),
        scram: scram.map(|(hash, salt)| scram::derive(hash, password, &salt, iterations)).collect(),
    }
}

/// A hash that no password has, and that costs as much to check as any other.
fn decoy(argon2: &Argon2<'_>, entropy: &dyn Entropy) -> String {
    let mut random = [0; SALT_BYTES + Params::DEFAULT_OUTPUT_LEN];
    entropy.fill(&mut random);
    let (salt, output) = random.split_at(SALT_BYTES);
    let invariant = "invariant: lengths are those of every hash";
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).expect(invariant),
        salt: Some(Salt::new(salt).expect(invariant)),
        hash: Some(Output::new(output).expect(invariant)),
    };
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::prepare::prepare, *};
    use crate::ports::SystemEntropy;

    fn passwords(waiting_max: usize) -> Passwords {
        let settings = IdentitySettings {
            password_cost: PasswordCost::LEAST,
            hashing_waiting_max: waiting_max,
            ..IdentitySettings::default()
        };
        Passwords::new(&settings, Arc::new(SystemEntropy))
    }

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let passwords = passwords(8);
        let stored = passwords.hash(prepare("correct horse").unwrap()).await.unwrap();
        assert!(stored.argon2id.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", stored.argon2id);
        for (typed, expected) in [("correct horse", true), ("correct horsf", false), ("", false)] {
            assert_eq!(passwords.matches(prepare(typed), Some(&stored)).await.unwrap(), expected, "{typed}");
        }
    }

    #[tokio::test]
    async fn without_credentials_nothing_matches() {
        let passwords = passwords(8);
        let emptied = Credentials { argon2id: String::new(), scram: Vec::new() };
        for stored in [None, Some(&emptied)] {
            assert!(!passwords.matches(prepare("correct horse"), stored).await.unwrap());
        }
        let parsed = PasswordHash::new(&passwords.decoy).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), 8, "the decoy costs as much as a real one");
    }

    #[tokio::test]
    async fn the_same_password_is_stored_differently_each_time() {
        let passwords = passwords(8);
        let one = passwords.hash(prepare("correct horse").unwrap()).await.unwrap();
        let other = passwords.hash(prepare("correct horse").unwrap()).await.unwrap();
        assert_ne!(one.argon2id, other.argon2id);
        assert!(one.scram.iter().zip(&other.scram).all(|(a, b)| a.stored_key != b.stored_key));
        assert_eq!(one.scram.len(), 3);
    }

    #[tokio::test]
    async fn more_than_may_wait_are_turned_away() {
        let passwords = passwords(0);
        let _taken = passwords.queue.try_acquire_many(2).unwrap();
        let refused = passwords.hash(prepare("correct horse").unwrap()).await;
        assert!(matches!(refused, Err(HubError::Unavailable(_))));
    }
}
