use super::model::Model;
use parking_lot::Mutex;
use parlance_core::id::ClientRef;
use parlance_hub::Caller;

/// One device of one person: what it knows, and who it is.
pub(super) struct Device {
    pub(super) caller: Caller,
    pub(super) name: String,
    pub(super) model: Mutex<Model>,
    sent: Mutex<u64>,
}

impl Device {
    pub(super) fn new(caller: Caller, name: String) -> Self {
        Self { caller, name, model: Mutex::new(Model::new(caller.who)), sent: Mutex::new(0) }
    }

    /// A reference nobody used before.
    pub(super) fn fresh_ref(&self) -> ClientRef {
        let mut sent = self.sent.lock();
        *sent += 1;
        ClientRef::new(&format!("{}-{sent}", self.name)).expect("invariant: short and printable")
    }
}
