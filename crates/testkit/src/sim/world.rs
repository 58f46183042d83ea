use super::journal::Journal;
use crate::{
    bus::SimBus,
    chance::Chance,
    clock::SimClock,
    faults::{Faults, Mistake, Rates},
    pace::{self, Lane},
    store::{Disk, SimStore},
};
use parking_lot::Mutex;
use parlance_core::conversation::Bounds;
use parlance_hub::{
    Hub, HubError, HubSettings, Registration,
    identity::{IdentitySettings, PasswordCost},
    limits::LimitSettings,
    live::run_fanout,
    ports::{Bus, Store},
};
use std::sync::Arc;
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// Nodes of a run.
pub(super) const NODES: usize = 2;
/// Lanes: two of each node, then these, then two of each device.
const LANE_BUS: u64 = 4;
pub(super) const LANE_NEMESIS: u64 = 5;
pub(super) const LANE_DIRECTOR: u64 = 6;
pub(super) const LANE_DEVICES: u64 = 8;

/// Everything the cast lives in.
pub(super) struct World {
    pub(super) disk: Arc<Disk>,
    pub(super) bus: Arc<SimBus>,
    pub(super) faults: Arc<Faults>,
    pub(super) journal: Arc<Journal>,
    pub(super) mistake: Option<Mistake>,
    chance: Chance,
    start: Instant,
    nodes: [Node; NODES],
}

/// A node, whether it runs or not.
struct Node {
    clock: Arc<SimClock>,
    life: Mutex<Option<Life>>,
}

/// A node from its start to its crash.
struct Life {
    hub: Arc<Hub>,
    is_down: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

/// A node that somebody talks to.
pub(super) struct Contact {
    pub(super) hub: Arc<Hub>,
    is_down: watch::Receiver<bool>,
}

/// Why a call was not answered.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The node is gone, or went while it worked.
    Gone,
    /// The hub said no.
    No(HubError),
}

impl World {
    pub(super) fn new(
        chance: &Chance,
        rates: Rates,
        mistake: Option<Mistake>,
        journal: Arc<Journal>,
        start: Instant,
    ) -> Self {
        let faults = Arc::new(Faults::new(rates));
        let node = || Node { clock: Arc::new(SimClock::new(start)), life: Mutex::new(None) };
        Self {
            disk: Arc::new(Disk::default()),
            bus: Arc::new(SimBus::new(chance.fork(), Arc::clone(&faults))),
            faults,
            journal,
            mistake,
            chance: chance.fork(),
            start,
            nodes: [node(), node()],
        }
    }

    /// Starts the bus and all nodes.
    pub(super) async fn open(&self, helpers: &mut JoinSet<()>) {
        let bus = Arc::clone(&self.bus);
        helpers.spawn(Lane::new(LANE_BUS, self.start).run(async move { bus.run().await }));
        for node in 0..NODES {
            self.boot(node).await;
        }
    }

    /// Starts a node.
    pub(super) async fn boot(&self, number: usize) {
        let [fanout, commits] = [2 * number as u64, 2 * number as u64 + 1];
        let disk = Arc::clone(&self.disk);
        let store = SimStore::new(disk, Arc::clone(&self.faults), self.chance.fork(), self.mistake, fanout);
        let store = Arc::new(store);
        let hub = self.new_hub(number, &store).await;
        let mut tasks = JoinSet::new();
        let committing = async move { store.run_commits().await };
        tasks.spawn(Lane::new(commits, self.start).run(committing));
        let following = {
            let hub = Arc::clone(&hub);
            async move {
                pace::pause(0).await;
                run_fanout(hub).await;
            }
        };
        tasks.spawn(Lane::with_timers(fanout, self.start).run(following));
        let life = Life { hub, is_down: watch::Sender::new(false), _tasks: tasks };
        *self.nodes[number].life.lock() = Some(life);
        self.journal.note(format!("node {number} is up"));
    }

    async fn new_hub(&self, number: usize, store: &Arc<SimStore>) -> Arc<Hub> {
        loop {
            let world = parlance_hub::World {
                store: Arc::clone(store) as Arc<dyn Store>,
                bus: Arc::clone(&self.bus) as Arc<dyn Bus>,
                clock: Arc::clone(&self.nodes[number].clock) as _,
                entropy: Arc::new(self.chance.fork()),
            };
            match Hub::new(world, settings()).await {
                Ok(hub) => return Arc::new(hub),
                Err(_) => pace::pause(2).await,
            }
        }
    }

    /// Ends a node at once, with everything it has in memory.
    pub(super) fn crash(&self, number: usize) {
        self.journal.note(format!("node {number} crashes"));
        if let Some(life) = self.nodes[number].life.lock().take() {
            life.is_down.send_replace(true);
        }
    }

    /// Sets the clock of a node wrong.
    pub(super) fn step_clock(&self, number: usize, ms: i64) {
        self.journal.note(format!("the clock of node {number} jumps by {ms} ms"));
        self.nodes[number].clock.step(ms);
    }

    /// The node, if it runs.
    pub(super) fn contact(&self, number: usize) -> Option<Contact> {
        let life = self.nodes[number].life.lock();
        life.as_ref().map(|life| Contact { hub: Arc::clone(&life.hub), is_down: life.is_down.subscribe() })
    }

    /// Asks a node for something.
    pub(super) async fn call<T, F: Future<Output = Result<T, HubError>>>(
        &self,
        number: usize,
        ask: impl FnOnce(Arc<Hub>) -> F,
    ) -> Result<T, Unanswered> {
        let Some(mut contact) = self.contact(number) else { return Err(Unanswered::Gone) };
        let asking = ask(Arc::clone(&contact.hub));
        tokio::select! {
            biased;
            () = contact.wait_until_down() => {
                pace::pause(0).await;
                Err(Unanswered::Gone)
            }
            answer = asking => answer.map_err(Unanswered::No),
        }
    }

    /// The store as a node sees it that has nothing in its queue.
    pub(super) fn store(&self) -> SimStore {
        let disk = Arc::clone(&self.disk);
        SimStore::new(disk, Arc::clone(&self.faults), self.chance.fork(), self.mistake, LANE_BUS)
    }

    /// Ends everything.
    pub(super) fn close(&self) {
        for node in &self.nodes {
            node.life.lock().take();
        }
    }
}

impl Contact {
    /// Waits until the node crashes.
    pub(super) async fn wait_until_down(&mut self) {
        // A sender that is gone went with its node.
        let _ = self.is_down.wait_for(|is_down| *is_down).await;
    }
}

fn settings() -> HubSettings {
    HubSettings {
        domain: "example.org".into(),
        registration: Registration::Closed,
        bounds: Bounds::default(),
        identity: IdentitySettings { password_cost: PasswordCost::LEAST, ..IdentitySettings::default() },
        limits: LimitSettings::default(),
    }
}
