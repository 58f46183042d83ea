use parlance_core::id::PrincipalId;
use tokio::sync::{Mutex, MutexGuard};

/// How many people can change something of their own at once.
const TURNS: usize = 64;

/// Who may change what is read, compared and written in several steps, such as an address book: one at a
/// time of each person.
pub(crate) struct Turns([Mutex<()>; TURNS]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Turns {
    pub(crate) async fn take(&self, who: PrincipalId) -> MutexGuard<'_, ()> {
        self.0[who.0.as_u128() as usize % TURNS].lock().await
    }
}
