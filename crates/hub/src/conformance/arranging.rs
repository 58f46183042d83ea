use super::world::*;
use crate::ports::Store;
use parlance_core::{
    account::AccountChange,
    arrangement::{Arrangement, Folder, Rearrangement},
    id::{ConversationId, FolderId},
};
use std::sync::Arc;
use uuid::Uuid;

const WORK: FolderId = FolderId(Uuid::from_u128(1));
const HOME: FolderId = FolderId(Uuid::from_u128(2));

fn named(folder: FolderId, name: &str) -> Rearrangement {
    Rearrangement::Named { folder, name: name.to_owned() }
}

async fn arrange(world: &World, who: Person, changes: Vec<Rearrangement>) {
    for change in changes {
        world.account(who, AccountChange::Arranged { change }).await;
    }
}

pub async fn an_arrangement_is_what_was_said_of_it(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (room, other) = (world.group(&[alice, bob]).await, world.group(&[alice, bob]).await);
    let put_in = |folder, conversation: ConversationId| Rearrangement::PutIn { folder, conversation };
    let changes = vec![
        named(WORK, "Wörk"),
        named(HOME, "Home"),
        put_in(WORK, room.id),
        put_in(HOME, room.id),
        put_in(HOME, other.id),
        Rearrangement::TakenOut { folder: HOME, conversation: room.id },
        Rearrangement::FoldersOrdered { folders: vec![HOME, WORK] },
        Rearrangement::FavouritesOrdered { conversations: vec![other.id, room.id] },
    ];
    arrange(&world, alice, changes).await;
    let folder = |id, name: &str, conversation| Folder {
        id,
        name: name.to_owned(),
        conversations: vec![conversation],
    };
    let (home, work) = (folder(HOME, "Home", other.id), folder(WORK, "Wörk", room.id));
    let favourites = vec![other.id, room.id];
    let expected = Arrangement { folders: vec![home.clone(), work], favourites: favourites.clone() };
    assert_eq!(world.store.arrangement(alice.id).await.unwrap(), expected);
    arrange(&world, alice, vec![Rearrangement::Deleted { folder: WORK }]).await;
    let expected = Arrangement { folders: vec![home], favourites };
    assert_eq!(world.store.arrangement(alice.id).await.unwrap(), expected);
}

pub async fn an_arrangement_is_ones_own(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    arrange(&world, alice, vec![named(WORK, "Hers")]).await;
    assert_eq!(world.store.arrangement(bob.id).await.unwrap(), Arrangement::default());
    arrange(&world, bob, vec![named(WORK, "His")]).await;
    assert_eq!(world.store.arrangement(alice.id).await.unwrap().folders[0].name, "Hers");
}
