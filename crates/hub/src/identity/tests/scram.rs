use super::*;
use crate::ports::ScramHash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const AUTH_MESSAGE: &[u8] = b"n=user,r=client,r=clientserver,s=c2FsdA==,i=4096,c=biws,r=clientserver";

fn sign(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
}

/// What a client computes from the password and the server's first message.
fn proof(password: &str, exchange: &ScramExchange) -> Vec<u8> {
    let mut salted = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), exchange.salt(), exchange.iterations(), &mut salted);
    let client_key = sign(&salted, b"Client Key");
    let signature = sign(&Sha256::digest(&client_key), AUTH_MESSAGE);
    client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect()
}

async fn try_scram(world: &TestWorld, user: &str, password: &str) -> Result<String, HubError> {
    let exchange = world.hub.begin_scram(user, ScramHash::Sha256, HOME).await?;
    let proof = proof(password, &exchange);
    let (principal, _) =
        exchange.finish(&world.hub, ScramProof { auth_message: AUTH_MESSAGE, proof: &proof })?;
    Ok(principal.address.as_str().to_owned())
}

#[tokio::test]
async fn a_client_that_knows_the_password_is_let_in() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    assert_eq!(try_scram(&world, "alice", PASSWORD).await.unwrap(), "alice@example.org");
    assert_eq!(refusal(try_scram(&world, "alice", "wrong horse").await), IdentityRefusal::WrongCredentials);
    world.hub.administration().disable("alice").await.unwrap();
    assert_eq!(refusal(try_scram(&world, "alice", PASSWORD).await), IdentityRefusal::AccountDisabled);
    assert_eq!(refusal(try_scram(&world, "alice", "wrong horse").await), IdentityRefusal::WrongCredentials);
}

#[tokio::test]
async fn x62_somebody_who_does_not_exist_looks_like_somebody_who_does() {
    let mut settings = settings(Registration::Closed);
    settings.identity.server_key = Some([7; 32].into());
    let world = TestWorld::new(settings.clone()).await;
    world.add("alice").await;
    let restarted = world.another_hub(settings).await;
    let known = world.hub.begin_scram("alice", ScramHash::Sha256, HOME).await.unwrap();
    let unknown = world.hub.begin_scram("nobody", ScramHash::Sha256, HOME).await.unwrap();
    let again = restarted.begin_scram("NOBODY@example.org", ScramHash::Sha256, HOME).await.unwrap();
    assert_eq!(unknown.salt(), again.salt(), "the salt is the same after a restart");
    assert_eq!((unknown.salt().len(), unknown.iterations()), (known.salt().len(), known.iterations()));
    assert_eq!(refusal(try_scram(&world, "nobody", PASSWORD).await), IdentityRefusal::WrongCredentials);
}

#[tokio::test]
async fn wrong_proofs_and_wrong_passwords_share_one_limit() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    for _ in 0..5 {
        assert!(try_scram(&world, "alice", "wrong horse").await.is_err());
        assert!(world.try_sign_in("alice", "wrong horse").await.is_err());
    }
    assert!(is_limited(&try_scram(&world, "alice", PASSWORD).await));
}

#[tokio::test]
async fn an_exchange_that_began_before_the_limit_learns_nothing_after_it() {
    let mut settings = settings(Registration::Closed);
    settings.limits.sign_in_account = Rate { burst: 1, refill_ms: 1_000 };
    let world = TestWorld::new(settings).await;
    world.add("alice").await;
    let early = world.hub.begin_scram("alice", ScramHash::Sha256, HOME).await.unwrap();
    assert!(try_scram(&world, "alice", "wrong horse").await.is_err());
    let proof = proof(PASSWORD, &early);
    assert!(is_limited(&early.finish(&world.hub, ScramProof { auth_message: AUTH_MESSAGE, proof: &proof })));
}
