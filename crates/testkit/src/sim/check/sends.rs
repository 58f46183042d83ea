use super::Logs;
use crate::sim::{
    journal::{Outcome, Sent},
    world::World,
};
use parlance_core::{
    event::{Content, Event},
    id::Seq,
};
use std::{collections::BTreeMap, sync::Arc};

/// What was sent with a reference is in the log once if it was accepted, not at all if it was
/// refused, and in the order in which it was sent.
pub(super) fn check(world: &World, logs: &Logs) {
    let sends = world.journal.sends();
    for sent in &sends {
        check_once(world, logs, sent);
    }
    check_order(world, &sends);
    check_no_phantoms(world, logs, &sends);
}

fn check_once(world: &World, logs: &Logs, sent: &Sent) {
    let found = find(logs, sent);
    let reference = sent.client_ref.as_str();
    let fault = match (&sent.outcome, found.as_slice()) {
        (_, [_, _, ..]) => format!("{reference} is in the log {} times", found.len()),
        (Outcome::Accepted { seq, .. }, []) => format!("{reference} was accepted at {seq} and is lost"),
        (Outcome::Accepted { seq, id, content }, [event]) => {
            let is_same = event.content == **content
                || event.content == Content::Deleted
                || **content == Content::Deleted;
            if (event.seq, event.id) == (*seq, *id) && is_same {
                return;
            }
            format!("{reference} was accepted at {seq} and is something else at {}", event.seq)
        }
        (Outcome::Refused, [event]) if !sent.was_in_doubt => {
            format!("{reference} was refused and is in the log at {}", event.seq)
        }
        _ => return,
    };
    world.journal.violation(fault);
}

fn find<'a>(logs: &'a Logs, sent: &Sent) -> Vec<&'a Arc<Event>> {
    let Some(log) = logs.get(&sent.conversation) else { return Vec::new() };
    let is_it = |event: &&Arc<Event>| {
        event.device == Some(sent.device) && event.client_ref.as_ref() == Some(&sent.client_ref)
    };
    let by_ref: Vec<_> = log.events.iter().filter(is_it).collect();
    match (&sent.outcome, by_ref.is_empty()) {
        // A store that forgets references still has the event.
        (Outcome::Accepted { id, .. }, true) => log.events.iter().filter(|event| event.id == *id).collect(),
        _ => by_ref,
    }
}

/// What was accepted before something else began stands before it.
fn check_order(world: &World, sends: &[Sent]) {
    let accepted = sends.iter().filter_map(|sent| match &sent.outcome {
        Outcome::Accepted { seq, .. } => Some((sent, *seq)),
        _ => None,
    });
    let accepted: Vec<(&Sent, Seq)> = accepted.collect();
    for (earlier, earlier_seq) in &accepted {
        for (later, later_seq) in &accepted {
            let is_order = earlier.who == later.who
                && earlier.conversation == later.conversation
                && earlier.ended < later.began;
            if is_order && earlier_seq >= later_seq {
                let (one, other) = (earlier.client_ref.as_str(), later.client_ref.as_str());
                world.journal.violation(format!("{one} was accepted before {other} and stands behind it"));
            }
        }
    }
}

/// Every event that a device made was sent by it, and every event is there once.
fn check_no_phantoms(world: &World, logs: &Logs, sends: &[Sent]) {
    let mut ids = BTreeMap::new();
    for event in logs.values().flat_map(|log| &log.events) {
        if let Some(earlier) = ids.insert(event.id, (event.conversation, event.seq)) {
            world.journal.violation(format!("{} is at {:?} and at {}", event.id, earlier, event.seq));
        }
        let Some(client_ref) = &event.client_ref else { continue };
        let was_sent = |sent: &Sent| {
            sent.conversation == event.conversation
                && Some(sent.device) == event.device
                && sent.client_ref == *client_ref
        };
        if !sends.iter().any(was_sent) {
            world.journal.violation(format!("nobody sent {}", client_ref.as_str()));
        }
    }
}
