use super::Logs;
use crate::sim::{
    device::Device,
    model::Known,
    replay::Replay,
    world::{NODES, World},
};
use parlance_core::{
    Rejection,
    body::Body,
    count::Counter,
    event::{Content, Event},
    id::{ConversationId, Seq},
};
use parlance_hub::{
    Hub, HubError,
    ports::{MembershipRow, Place, Views},
    usecase::{HistoryPlace, Post, SyncRequest},
};
use std::{collections::BTreeSet, sync::Arc};

/// Snapshot and events make what a fresh snapshot says.
pub(super) async fn check(world: &World, device: &Device, logs: &Logs) {
    let Some(contact) = world.contact(device.caller.device.0.as_u128() as usize % NODES) else { return };
    let request = SyncRequest { limit: 200, ..SyncRequest::default() };
    let page = match contact.hub.sync(device.caller, request).await {
        Ok(page) => page,
        Err(error) => return complain(world, device, &format!("cannot begin anew: {error}")),
    };
    let known = device.model.lock().conversations.clone();
    for (conversation, fault) in device.model.lock().left_out() {
        complain(world, device, &format!("{conversation}: {fault}"));
    }
    let fresh: BTreeSet<ConversationId> =
        page.conversations.iter().map(|synced| synced.row.conversation).collect();
    for conversation in known.keys().filter(|id| !fresh.contains(id)) {
        complain(world, device, &format!("still thinks to be in {conversation}"));
    }
    for synced in &page.conversations {
        let id = synced.row.conversation;
        match (known.get(&id), logs.get(&id)) {
            (Some(known), Some(log)) => {
                let faults = compare(&contact.hub, device, known.clone(), &synced.row, log).await;
                faults.iter().for_each(|fault| complain(world, device, &format!("{id}: {fault}")));
            }
            _ => complain(world, device, &format!("does not know to be in {id}")),
        }
        check_read(world, device, id).await;
    }
}

async fn compare(
    hub: &Hub,
    device: &Device,
    mut known: Known,
    row: &MembershipRow,
    log: &Replay,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut same = |what: &str, is_same: bool| {
        if !is_same {
            faults.push(format!("{what} is not what a fresh snapshot says"));
        }
    };
    same("the position", known.position == row.head);
    same("the read position", known.read == row.read);
    same("the draft", known.draft == row.draft);
    same("the preferences", known.preferences == row.preferences);
    same("the role", known.role.is_none_or(|role| role == row.role));
    same("the settings", known.settings.as_ref().is_none_or(|settings| *settings == row.settings));
    if let Err(fault) = fill(hub, device, &mut known, row).await {
        faults.push(fault);
        return faults;
    }
    faults.extend(compare_events(device, &known, row, log));
    faults
}

/// Fills the holes by reading history, as a device does whose owner looks there.
async fn fill(hub: &Hub, device: &Device, known: &mut Known, row: &MembershipRow) -> Result<(), String> {
    let holes: Vec<Seq> = known.holes.iter().copied().filter(|seq| *seq >= row.visible_from).collect();
    for hole in holes {
        let place = HistoryPlace::At(Place::After(Seq(hole.0 - 1)));
        let history = hub.history(device.caller, row.conversation, place, 1).await;
        let items = history.map_err(|error| format!("{hole} cannot be read: {error}"))?.items;
        let item = items.first().filter(|item| item.event.seq == hole);
        known.fill(&item.ok_or_else(|| format!("{hole} cannot be read"))?.event);
    }
    known.settle();
    Ok(())
}

fn compare_events(device: &Device, known: &Known, row: &MembershipRow, log: &Replay) -> Vec<String> {
    let mut faults = Vec::new();
    let mut counter = Counter::new(device.caller.who);
    counter.mark_read(row.read);
    for logged in log.events.iter().filter(|event| event.seq >= row.visible_from) {
        match known.events.get(&logged.seq) {
            None => faults.push(format!("{} was never told", logged.seq)),
            Some(event) if !is_same(event, logged) => {
                faults.push(format!("{} is not what the log says", logged.seq));
            }
            Some(event) => counter.apply(event),
        }
    }
    if faults.is_empty() && counter.counts() != row.counts {
        faults.push(format!("{:?} wait, and the snapshot says {:?}", counter.counts(), row.counts));
    }
    faults
}

fn is_same(event: &Event, logged: &Event) -> bool {
    let is_late = logged.content == Content::Deleted
        && matches!(event.content, Content::Edit { .. } | Content::Vote { .. });
    (event.id, event.sender, event.at) == (logged.id, logged.sender, logged.at)
        && (event.content == logged.content || is_late)
}

/// Who was told that they have read something has read it, whatever was marked as unread since.
async fn check_read(world: &World, device: &Device, conversation: ConversationId) {
    let reads = world.journal.reads();
    let own = reads.iter().filter(|(who, id, _)| (*who, *id) == (device.caller.who, conversation));
    let furthest = own.map(|(_, _, seq)| *seq).max().unwrap_or_default();
    let receipts = Views::receipts(&world.store(), conversation).await.unwrap_or_default();
    let receipt = receipts.iter().find(|receipt| receipt.who == device.caller.who);
    if receipt.is_none_or(|receipt| receipt.read < furthest) {
        complain(world, device, &format!("read up to {furthest} in {conversation}: {receipt:?}"));
    }
}

/// Who is blocked cannot write, whichever node they ask.
pub(super) async fn check_blocks(world: &World, devices: &[Arc<Device>]) {
    let store = world.store();
    for device in devices {
        for other in devices {
            let (one, two) = (device.caller, other.caller.who);
            let id = ConversationId::direct(one.who, two);
            if one.who == two || world.disk.head(id) == Seq::ZERO {
                continue;
            }
            let is_blocked = Views::is_blocked(&store, one.who, two).await.unwrap_or(false);
            for number in 0..NODES {
                let Some(contact) = world.contact(number) else { continue };
                let post = Post {
                    conversation: id,
                    client_ref: None,
                    body: Body::text("at the end"),
                    reply_to: None,
                    thread: None,
                    forward: None,
                    poll: None,
                    needs_acknowledgement: false,
                    extras: None,
                };
                let answer = contact.hub.post(one, post).await;
                let was_blocked = matches!(answer, Err(HubError::Rule(Rejection::Blocked)));
                if was_blocked != is_blocked {
                    complain(
                        world,
                        device,
                        &format!("node {number} is wrong about who is blocked: {answer:?}"),
                    );
                }
            }
        }
    }
}

fn complain(world: &World, device: &Device, fault: &str) {
    world.journal.violation(format!("{}: {fault}", device.name));
}
