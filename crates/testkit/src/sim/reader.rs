use super::{
    device::Device,
    journal::Sighting,
    wakes,
    world::{NODES, World},
};
use crate::{chance::Chance, faults::Mistake, pace};
use parlance_core::{event::Event, id::Epoch};
use parlance_hub::{
    Hub, HubError,
    live::{Connection, News},
    ports::Mark,
    usecase::{SyncRequest, SyncedPage},
};
use std::sync::Arc;

/// The life of every log of a run: nothing is restored.
const EPOCH: Epoch = Epoch(1);
/// How often a device asks again before it hangs up.
const SYNC_ATTEMPTS_MAX: u64 = 5;

/// Connects a device, follows, loses the connection and comes back, as long as the run lasts.
pub(super) async fn run(world: Arc<World>, device: Arc<Device>, chance: Chance) {
    loop {
        pace::pause(chance.below(6)).await;
        let number = chance.below(NODES as u64) as usize;
        let Some(mut contact) = world.contact(number) else { continue };
        let hub = Arc::clone(&contact.hub);
        world.journal.note(format!("{} connects to node {number}", device.name));
        let session = Session { world: &world, device: &device, chance: &chance };
        let ended = tokio::select! {
            biased;
            () = contact.wait_until_down() => {
                pace::pause(0).await;
                "the node went away".to_owned()
            }
            ended = session.follow(&hub) => ended,
        };
        world.journal.note(format!("{} is disconnected: {ended}", device.name));
        if world.faults.are_on() {
            pace::pause(chance.below(30)).await;
        }
    }
}

struct Session<'a> {
    world: &'a Arc<World>,
    device: &'a Arc<Device>,
    chance: &'a Chance,
}

impl Session<'_> {
    /// Follows until the connection ends, and says why.
    async fn follow(&self, hub: &Arc<Hub>) -> String {
        if self.chance.happens(50) {
            self.device.model.lock().forget();
        }
        let connection = match hub.connect(self.device.caller).await {
            Ok(connection) => connection,
            Err(error) => return error.to_string(),
        };
        self.device.model.lock().connected();
        if let Err(error) = self.catch_up(hub, &connection).await {
            return error.to_string();
        }
        if self.world.mistake == Some(Mistake::TrustWakes) {
            return wakes::follow(self.world, self.device).await;
        }
        self.pass_on(&connection).await
    }

    /// Asks for everything that happened since the device was last here.
    async fn catch_up(&self, hub: &Hub, connection: &Connection) -> Result<(), HubError> {
        if self.world.mistake == Some(Mistake::ForgottenPosition) && self.device.model.lock().since.is_some()
        {
            self.device.model.lock().since = Some(connection.mark());
        }
        if self.device.model.lock().since.is_none() {
            // Who never caught up with everything begins again: nobody says what is gone meanwhile.
            self.device.model.lock().forget();
        }
        let mut request = self.request();
        self.world.journal.note(format!("{} knows everything up to {:?}", self.device.name, request.since));
        loop {
            let page = self.page(hub, &request).await?;
            self.take(&page);
            match page.next {
                Some(next) => {
                    request.cursor = Some(next);
                    request.positions = self.device.model.lock().positions(EPOCH);
                }
                None => {
                    self.device.model.lock().since = Some(page.mark);
                    return Ok(());
                }
            }
        }
    }

    fn request(&self) -> SyncRequest {
        let model = self.device.model.lock();
        SyncRequest {
            since: model.since,
            positions: model.positions(EPOCH),
            window: self.chance.below(6) as usize,
            limit: 1 + self.chance.below(4) as usize,
            cursor: None,
        }
    }

    async fn page(&self, hub: &Hub, request: &SyncRequest) -> Result<SyncedPage, HubError> {
        let mut attempts = 0;
        loop {
            match hub.sync(self.device.caller, request.clone()).await {
                Ok(page) => return Ok(page),
                Err(HubError::Unavailable(_)) if attempts < SYNC_ATTEMPTS_MAX => attempts += 1,
                Err(error) => {
                    if !matches!(error, HubError::Unavailable(_)) {
                        self.complain(&format!("catching up was refused: {error}"));
                    }
                    return Err(error);
                }
            }
            pace::pause(2).await;
        }
    }

    fn take(&self, page: &SyncedPage) {
        let given =
            page.conversations.iter().map(|synced| (synced.row.conversation.to_string(), synced.row.head.0));
        let given: Vec<_> = given.collect();
        let gone: Vec<_> = page.gone.iter().map(ToString::to_string).collect();
        self.world.journal.note(format!(
            "{} catches up to {}: {given:?}, gone {gone:?}",
            self.device.name, page.mark.offset.0
        ));
        let mut complaints = Vec::new();
        for synced in &page.conversations {
            synced.events.iter().for_each(|item| self.saw(&item.event));
            complaints.extend(self.device.model.lock().synced(synced, page.mark.offset));
        }
        let mut model = self.device.model.lock();
        page.gone.iter().for_each(|conversation| model.is_gone(*conversation));
        drop(model);
        complaints.iter().for_each(|complaint| self.complain(complaint));
    }

    /// Takes what comes, until somebody hangs up.
    async fn pass_on(&self, connection: &Connection) -> String {
        loop {
            let is_tired = self.world.faults.now().is_some_and(|rates| self.chance.happens(rates.hang_up));
            if is_tired {
                return "hung up".into();
            }
            match connection.take_news() {
                None => {
                    connection.wait_for_news().await;
                    pace::pause(self.chance.below(3)).await;
                }
                Some(News::Closed(reason)) => return format!("{reason:?}"),
                Some(News::Signal(_)) => {}
                Some(News::Mark(offset)) => {
                    self.world
                        .journal
                        .note(format!("{} has everything up to {}", self.device.name, offset.0));
                    self.device.model.lock().since = Some(Mark { offset, ..connection.mark() });
                }
                Some(News::Conversation(conversation)) => match connection.read_news(conversation).await {
                    Ok(batch) => batch.entries.iter().for_each(|entry| self.tell(&entry.event)),
                    Err(_) => pace::pause(6).await,
                },
            }
        }
    }

    fn tell(&self, event: &Arc<Event>) {
        self.saw(event);
        let complaint = self.device.model.lock().told(event);
        if let Some(complaint) = complaint {
            self.complain(&format!("{}: {complaint}", event.conversation));
        }
        if self.world.mistake == Some(Mistake::HastyMark) {
            let mut model = self.device.model.lock();
            model.since = model.since.map(|since| Mark { offset: since.offset.max(event.offset), ..since });
        }
    }

    fn saw(&self, event: &Event) {
        saw(self.world, self.device, event);
    }

    fn complain(&self, complaint: &str) {
        self.world.journal.violation(format!("{}: {complaint}", self.device.name));
    }
}

/// Writes down that an event reached a device.
pub(super) fn saw(world: &World, device: &Device, event: &Event) {
    let Event { conversation, seq, .. } = *event;
    world.journal.note(format!("{} is told {conversation} {seq}", device.name));
    let head = world.disk.head(conversation);
    world.journal.saw(Sighting { who: device.caller.who, conversation, seq, head });
}
