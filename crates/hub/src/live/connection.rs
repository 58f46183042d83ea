use super::{CloseReason, News, Relay, mailbox::Mailbox};
use crate::{Caller, Hub, HubError, ports::Mark};
use parking_lot::RwLock;
use parlance_core::event::Offset;
use parlance_core::id::{ConversationId, DeviceId, PrincipalId};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// The connections of this node, by whose they are.
#[derive(Default)]
pub(crate) struct Connections {
    by_owner: RwLock<HashMap<PrincipalId, Vec<Arc<Line>>>>,
    next_id: AtomicU64,
}

const NO_MARK: Mark = Mark { life: 0, offset: Offset(0) };

/// One connection as the fan-out sees it.
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) device: DeviceId,
    pub(crate) mailbox: Mailbox,
    /// Whether its transport is lost, so that what it is told waits.
    is_resting: AtomicBool,
}

impl Line {
    pub(super) fn is_resting(&self) -> bool {
        self.is_resting.load(Ordering::Relaxed)
    }
}

/// One connection of one device, as its front end holds it. Dropping it ends it.
///
/// It may outlive its socket, for a peer that comes back to the same session: what waits stays bounded,
/// others see the device as it was, and it is closed like any other when the device is revoked.
pub struct Connection {
    pub(super) hub: Arc<Hub>,
    pub(super) line: Arc<Line>,
    caller: Caller,
    mark: Mark,
}

impl Connections {
    pub(crate) fn for_each_of(&self, owner: PrincipalId, mut tell: impl FnMut(&Line)) {
        if let Some(lines) = self.by_owner.read().get(&owner) {
            lines.iter().for_each(|line| tell(line));
        }
    }

    pub(crate) fn for_each(&self, mut tell: impl FnMut(&Line)) {
        self.by_owner.read().values().flatten().for_each(|line| tell(line));
    }

    /// Tells the connections of everybody whom `is_member` names that a conversation has news.
    pub(crate) fn for_each_owner(
        &self,
        is_member: impl Fn(PrincipalId) -> bool,
        conversation: ConversationId,
    ) {
        for (owner, lines) in self.by_owner.read().iter() {
            if is_member(*owner) {
                lines.iter().for_each(|line| line.mailbox.news(conversation));
            }
        }
    }

    /// Who has a connection.
    pub(crate) fn owners(&self) -> Vec<PrincipalId> {
        self.by_owner.read().keys().copied().collect()
    }

    /// Whether somebody has a connection.
    pub(crate) fn has(&self, owner: PrincipalId) -> bool {
        self.by_owner.read().contains_key(&owner)
    }

    /// How many people have a connection.
    pub(crate) fn owners_count(&self) -> usize {
        self.by_owner.read().len()
    }

    fn add(&self, owner: PrincipalId, line: Arc<Line>) {
        self.by_owner.write().entry(owner).or_default().push(line);
    }

    fn remove(&self, owner: PrincipalId, id: u64) {
        let mut by_owner = self.by_owner.write();
        if let Some(lines) = by_owner.get_mut(&owner) {
            lines.retain(|line| line.id != id);
            if lines.is_empty() {
                by_owner.remove(&owner);
            }
        }
    }
}

impl Hub {
    /// Begins a connection: everything committed after its mark reaches it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connect(self: &Arc<Self>, caller: Caller) -> Result<Connection, HubError> {
        self.begin(caller, None).await
    }

    /// Begins a connection that takes the relays of a front end, and that says itself whether its owner is
    /// there ([`Hub::say_presence`]); they are not until then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connect_for(
        self: &Arc<Self>,
        caller: Caller,
        front: &'static str,
    ) -> Result<Connection, HubError> {
        let connection = self.begin(caller, Some(front)).await?;
        connection.follow_relays(front);
        Ok(connection)
    }

    async fn begin(
        self: &Arc<Self>,
        caller: Caller,
        front: Option<&'static str>,
    ) -> Result<Connection, HubError> {
        let line = Arc::new(Line {
            id: self.connections.next_id.fetch_add(1, Ordering::Relaxed),
            device: caller.device,
            mailbox: Mailbox::new(),
            is_resting: AtomicBool::new(false),
        });
        // Known to the fan-out first and the mark read afterwards: nothing falls in between.
        self.connections.add(caller.who, Arc::clone(&line));
        let mut connection = Connection { hub: Arc::clone(self), line, caller, mark: NO_MARK };
        connection.mark = self.world.store.mark().await?;
        connection.line.mailbox.begin(connection.mark.offset);
        self.presence_connected(caller, connection.line.id, front).await?;
        Ok(connection)
    }

    /// Ends the connections of these devices.
    pub(crate) fn close_devices(&self, owner: PrincipalId, devices: &[DeviceId]) {
        self.connections.for_each_of(owner, |line| {
            if devices.contains(&line.device) {
                line.mailbox.close(CloseReason::Revoked);
            }
        });
    }

    /// Asks the front end of one connection to let go of its transport, because its client is back over
    /// another one. `false` when there is no such connection.
    pub fn supersede(&self, owner: PrincipalId, connection: u64) -> bool {
        self.close_line(owner, connection, CloseReason::Superseded)
    }

    /// Ends one connection, because another one takes its name. `false` when there is no such connection.
    pub fn replace(&self, owner: PrincipalId, connection: u64) -> bool {
        self.close_line(owner, connection, CloseReason::Replaced)
    }

    fn close_line(&self, owner: PrincipalId, connection: u64, reason: CloseReason) -> bool {
        let mut is_there = false;
        self.connections.for_each_of(owner, |line| {
            if line.id == connection {
                line.mailbox.close(reason);
                is_there = true;
            }
        });
        is_there
    }

    /// Ends every connection, because the server stops.
    pub fn drain(&self) {
        self.connections.for_each(|line| line.mailbox.close(CloseReason::Draining));
    }
}

impl Connection {
    /// Who is at the other end.
    pub fn caller(&self) -> Caller {
        self.caller
    }

    /// Where the news of this connection begins.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The number of this connection on this node.
    pub fn id(&self) -> u64 {
        self.line.id
    }

    /// Whether the server wants this connection to end.
    pub fn is_closing(&self) -> bool {
        self.line.mailbox.is_closing()
    }

    /// Says that its transport is lost: until it goes on, its device counts as away.
    pub fn rest(&self) {
        self.line.is_resting.store(true, Ordering::Relaxed);
    }

    /// Goes on over another transport after [`Hub::supersede`].
    pub fn reopen(&self) {
        self.line.is_resting.store(false, Ordering::Relaxed);
        self.line.mailbox.reopen();
    }

    /// The next thing to do; `None` when there is nothing.
    pub fn take_news(&self) -> Option<News> {
        self.line.mailbox.take()
    }

    /// Takes relays of this front end from now on; without it, none reaches this connection.
    pub fn follow_relays(&self, front: &'static str) {
        self.line.mailbox.follow_relays(front);
    }

    /// The conversations with news that were not taken.
    pub fn waiting_news(&self) -> Vec<ConversationId> {
        self.line.mailbox.waiting_news()
    }

    /// Whether relays wait.
    pub fn has_relays(&self) -> bool {
        self.line.mailbox.has_relays()
    }

    /// Ends taking relays, because nobody will read them: those that wait, for their senders to be told.
    pub fn end_relays(&self) -> Vec<Relay> {
        self.line.mailbox.end_relays()
    }

    /// Waits until there may be news.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn wait_for_news(&self) {
        self.line.mailbox.wait().await;
    }

    /// Waits until the server wants this connection to end, also while its peer reads nothing.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn wait_for_closing(&self) {
        self.line.mailbox.wait_for_closing().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.connections.remove(self.caller.who, self.line.id);
        self.hub.presence_disconnected(self.caller, self.line.id);
    }
}
