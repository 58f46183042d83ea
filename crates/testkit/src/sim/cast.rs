use super::{device::Device, world::World};
use crate::chance::Chance;
use parlance_core::{
    address::Address,
    conversation::{HistoryVisibility, Kind},
    id::{DeviceId, DomainId, PrincipalId, UnixMillis},
    principal::{Principal, PrincipalKind, Privacy},
};
use parlance_hub::{
    Caller,
    ports::{Directory, NewPrincipal},
    usecase::NewConversation,
};
use std::sync::Arc;
use uuid::Uuid;

const NAMES: [&str; 4] = ["ada", "ben", "cleo", "dan"];

/// Makes the people, their devices and the conversations everything begins with.
pub(super) async fn enter(world: &World, chance: &Chance) -> Vec<Arc<Device>> {
    let people_count = 3 + chance.below(2) as usize;
    let mut devices = Vec::new();
    for (number, name) in NAMES.iter().enumerate().take(people_count) {
        let who = PrincipalId(Uuid::from_u128(0xA000 + number as u128));
        create(world, who, name).await;
        for device in 0..1 + chance.below(2) as usize {
            let id = DeviceId(Uuid::from_u128(0xD000 + (10 * number + device) as u128));
            devices.push(Arc::new(Device::new(Caller { who, device: id }, format!("{name}{device}"))));
        }
    }
    let people: Vec<_> =
        (0..people_count).map(|n| PrincipalId(Uuid::from_u128(0xA000 + n as u128))).collect();
    found(world, chance, devices[0].caller, &people).await;
    devices
}

async fn create(world: &World, id: PrincipalId, name: &str) {
    let principal = Principal {
        id,
        domain: DomainId(1),
        address: Address::new(name, "example.org").expect("invariant: names of the cast are names"),
        display_name: name.into(),
        kind: PrincipalKind::Person,
        is_admin: false,
        is_enabled: true,
        privacy: Privacy::default(),
        created_at: UnixMillis(0),
    };
    let new = NewPrincipal { principal, credentials: None, invitation: None };
    world.disk.memory.create_principal(new).await.expect("invariant: nobody of the cast is there yet");
}

async fn found(world: &World, chance: &Chance, founder: Caller, people: &[PrincipalId]) {
    let contact = world.contact(0).expect("invariant: nothing has crashed yet");
    for (kind, name) in [(Kind::Group, "group"), (Kind::Channel, "channel")] {
        let history =
            if chance.happens(500) { HistoryVisibility::All } else { HistoryVisibility::SinceJoined };
        let members = people.iter().copied().filter(|_| chance.happens(800)).collect();
        let new = NewConversation {
            kind,
            address_name: None,
            name: name.into(),
            topic: String::new(),
            history,
            members,
            client_ref: None,
        };
        contact.hub.create_conversation(founder, new).await.expect("invariant: there are no faults yet");
    }
    contact.hub.open_direct(founder, people[1]).await.expect("invariant: there are no faults yet");
}
