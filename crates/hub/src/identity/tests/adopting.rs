use super::*;
use crate::{
    ports::{ScramHash, ScramVerifier},
    usecase::NewItem,
};
use parlance_core::account::Contact;

/// What another server keeps of a password.
fn verifier(password: &str) -> ScramVerifier {
    let prepared = super::super::prepare::prepare(password).unwrap();
    super::super::scram::derive(ScramHash::Sha1, &prepared, b"a salt", 4_096)
}

async fn adopt(world: &TestWorld, name: &str, old: OldPassword) -> Result<Adoption, HubError> {
    world.hub.administration().adopt(false).account(name, old).await
}

async fn kept(world: &TestWorld, name: &str) -> crate::ports::Credentials {
    world.hub.find_login(name).await.unwrap().1.unwrap()
}

#[tokio::test]
async fn somebody_with_a_verifier_alone_signs_in_with_the_old_password_and_gets_the_rest() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    adopt(&world, "alice", OldPassword::Verifiers(vec![verifier("short")])).await.unwrap();
    assert_eq!(refusal(world.try_sign_in("alice", "wrong").await), IdentityRefusal::WrongCredentials);
    assert!(kept(&world, "alice").await.is_adopted(), "a wrong password changes nothing");
    world.try_sign_in("alice", "short").await.unwrap();
    let completed = kept(&world, "alice").await;
    assert!(!completed.is_adopted());
    assert_eq!(completed.scram.len(), 3);
    world.try_sign_in("alice", "short").await.unwrap();
}

#[tokio::test]
async fn a_verifier_of_nobody_is_refused() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    let good = verifier("a password");
    let bad = [
        vec![],
        vec![good.clone(), good.clone()],
        vec![ScramVerifier { iterations: 4_095, ..good.clone() }],
        vec![ScramVerifier { iterations: SCRAM_ITERATIONS_MAX + 1, ..good.clone() }],
        vec![ScramVerifier { salt: Vec::new(), ..good.clone() }],
        vec![ScramVerifier { stored_key: vec![0; 19], ..good.clone() }],
        vec![ScramVerifier { hash: ScramHash::Sha256, ..good }],
    ];
    for verifiers in bad {
        let refused = adopt(&world, "alice", OldPassword::Verifiers(verifiers)).await;
        assert!(matches!(refused, Err(HubError::Rule(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn what_is_here_already_stays() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let old = OldPassword::Plain("another password".into());
    assert_eq!(adopt(&world, "alice", old.clone()).await.unwrap(), Adoption::WasThere);
    world.sign_in("alice").await;
    world.hub.administration().remove("alice").await.unwrap();
    assert_eq!(refusal(adopt(&world, "alice", old).await), IdentityRefusal::NameTaken);
}

#[tokio::test]
async fn contacts_and_elements_come_once_and_a_block_is_never_lost() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    for name in ["alice", "bob"] {
        world.add(name).await;
    }
    let adopter = world.hub.administration().adopt(false);
    let listed = Contact { alias: "Bobby".into(), is_listed: true, ..Contact::nobody() };
    let blocked = Contact { blocked: true, ..Contact::nobody() };
    for expected in [Adoption::Taken, Adoption::WasThere] {
        for contact in [&listed, &blocked] {
            let outcome = adopter.contact("alice", "bob@example.org", contact.clone()).await.unwrap();
            assert_eq!(outcome, expected);
        }
        let item =
            NewItem { config: "{}".into(), id: "current".into(), payload: "<a/>".into(), items_max: 1 };
        assert_eq!(adopter.item("alice", "node", item).await.unwrap(), expected);
    }
    let alice = world.sign_in("alice").await.caller();
    let rows = world.hub.contacts(alice).await.unwrap();
    assert_eq!(rows[0].contact, Contact { blocked: true, ..listed });
    let stranger = adopter.contact("alice", "carol@example.com", blocked).await;
    assert_eq!(refusal(stranger), IdentityRefusal::UserNotFound);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    let adopter = world.hub.administration().adopt(true);
    let old = OldPassword::Verifiers(vec![verifier("a password")]);
    assert_eq!(adopter.account("alice", old).await.unwrap(), Adoption::Taken);
    assert_eq!(refusal(world.hub.administration().show("alice").await), IdentityRefusal::UserNotFound);
}

#[tokio::test]
async fn a_stranger_cannot_tell_accounts_that_were_taken_over_from_names_of_nobody() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    let begin = async |name: &str, hash| {
        let begun = world.hub.begin_scram(name, hash, "192.0.2.1".parse().unwrap()).await.unwrap();
        (begun.iterations(), begun.salt().to_vec())
    };
    world.add("alice").await;
    let (_, own_salt) = begin("alice", ScramHash::Sha1).await;
    adopt(&world, "bob", OldPassword::Verifiers(vec![verifier("a password")])).await.unwrap();
    let (old_iterations, old_salt) = begin("bob", ScramHash::Sha1).await;
    assert_ne!(own_salt.len(), old_salt.len());

    let mut old_ones = 0;
    for number in 0..100 {
        let name = format!("nobody{number}");
        let shown = begin(&name, ScramHash::Sha1).await;
        assert_eq!(shown, begin(&name, ScramHash::Sha1).await, "always the same for a name");
        assert!([own_salt.len(), old_salt.len()].contains(&shown.1.len()));
        old_ones += usize::from(shown.1.len() == old_salt.len() && shown.0 == old_iterations);
    }
    assert!((20..=80).contains(&old_ones), "one of two accounts is an old one: {old_ones}");
    for name in ["bob", "nobody"] {
        assert_eq!(begin(name, ScramHash::Sha256).await.1.len(), own_salt.len(), "{name}");
    }
}
