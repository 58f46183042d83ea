mod admin;
mod adopting;
mod devices;
mod invitations;
mod reconnecting;
mod register;
mod scram;
mod sign_in;

use super::*;
use crate::{
    Caller, HubError, IdentityRefusal, Registration,
    test_world::{TestWorld, settings},
};
use parlance_core::bucket::Rate;
use std::net::IpAddr;

const PASSWORD: &str = "correct horse";
const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const CAFE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

impl TestWorld {
    async fn in_mode(registration: Registration) -> Self {
        Self::new(settings(registration)).await
    }

    async fn add(&self, name: &str) {
        self.add_as(name, false).await;
    }

    async fn add_as(&self, name: &str, is_admin: bool) {
        let new = NewAccount { name: name.into(), display_name: None, is_admin };
        self.hub.administration().add(new, &PASSWORD.into()).await.unwrap();
    }

    async fn try_sign_in(&self, user: &str, password: &str) -> Result<SignedIn, HubError> {
        self.hub.sign_in(sign_in_request(user, password, HOME)).await
    }

    async fn sign_in(&self, user: &str) -> SignedIn {
        self.try_sign_in(user, PASSWORD).await.unwrap()
    }

    async fn is_signed_in(&self, signed_in: &SignedIn) -> bool {
        match self.hub.authenticate(&signed_in.token).await {
            Ok(found) => found.caller == signed_in.caller(),
            Err(HubError::Identity(IdentityRefusal::TokenInvalid)) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn register(
        &self,
        name: &str,
        invitation: Option<&Redacted<String>>,
    ) -> Result<SignedIn, HubError> {
        self.hub.register(register_request(name, invitation)).await
    }
}

fn sign_in_request(user: &str, password: &str, peer: IpAddr) -> SignIn {
    SignIn { user: user.into(), password: password.into(), device_name: "Phone".into(), peer }
}

fn register_request(name: &str, invitation: Option<&Redacted<String>>) -> Register {
    Register {
        name: name.into(),
        password: PASSWORD.into(),
        display_name: None,
        invitation: invitation.cloned(),
        device_name: String::new(),
        peer: HOME,
    }
}

/// The refusal, or what came instead.
fn refusal<T: std::fmt::Debug>(answer: Result<T, HubError>) -> IdentityRefusal {
    match answer {
        Err(HubError::Identity(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn is_limited<T>(answer: &Result<T, HubError>) -> bool {
    matches!(answer, Err(HubError::Limited { .. }))
}
