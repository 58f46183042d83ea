//! Signing in: which mechanisms there are, and what each step comes to.

use crate::{context::Xmpp, xep::preauth_registration::Shown};
use base64::{Engine, prelude::BASE64_STANDARD};
use parking_lot::Mutex;
use parlance_core::principal::{Device, Principal};
use parlance_front::Secured;
use parlance_hub::{
    HubError, IdentityRefusal, Redacted,
    identity::{ScramExchange, ScramProof},
    ports,
};
use parlance_xmpp::sasl::{
    ChannelBindings, Failure, HashedToken, Mechanism, Offer, Plain, Profile, Refusal, ScramHash, ScramServer,
    ScramStart, downgrade_hash, responder_message, server_final,
};
use std::net::IpAddr;

/// The bytes of chance in our part of a nonce.
const NONCE_BYTES: usize = 24;

/// A step that the client took.
#[derive(Debug)]
pub(crate) enum LoginStep {
    /// It chose a mechanism, and perhaps said something at once.
    Begin {
        /// How its messages travel.
        profile: Profile,
        /// The name of the mechanism.
        mechanism: String,
        /// Its first message.
        initial: Option<Vec<u8>>,
        /// What the connection is bound to.
        bindings: ChannelBindings,
    },
    /// It answered.
    Response(Vec<u8>),
}

/// What a step comes to.
#[derive(Debug)]
pub(crate) enum LoginReply {
    /// The client has to answer this.
    Challenge(Vec<u8>),
    /// Signed in; perhaps with something that proves the server.
    Success(Option<Vec<u8>>),
    /// Not signed in; with words for people.
    Failure(Failure, Option<String>),
}

/// Where a login stands between two steps.
#[derive(Default)]
pub(crate) struct Login {
    who: Option<Principal>,
    /// The device, for those who came with a token of it.
    device: Option<Device>,
    exchange: Option<Exchange>,
    /// The invitation that was shown by somebody who has no account yet.
    pub(crate) invitation: Option<Shown>,
}

enum Exchange {
    /// The first message is awaited.
    Begun { mechanism: Mechanism, bindings: ChannelBindings },
    /// The last message of SCRAM is awaited.
    Scram { server: ScramServer, keys: Box<ScramExchange> },
}

/// What a connection is bound to.
pub(crate) fn bindings(secured: Option<&Secured>) -> ChannelBindings {
    let Some(secured) = secured else { return ChannelBindings::default() };
    ChannelBindings {
        tls_exporter: secured.exporter.map(Vec::from),
        tls_server_end_point: secured.end_point.as_ref().map(|hash| hash.to_vec()),
    }
}

/// The mechanisms a client can choose from, the stronger first.
pub(crate) fn offered(bindings: &ChannelBindings) -> Vec<Mechanism> {
    Offer { scram: ScramHash::ALL, plain: true, external: false }.mechanisms(bindings)
}

impl Login {
    /// Who has signed in.
    pub(crate) fn who(&self) -> Option<&Principal> {
        self.who.as_ref()
    }

    /// The device that signed in with a token.
    pub(crate) fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }

    /// Whether the one who signed in proved the password.
    pub(crate) fn has_proved_password(&self) -> bool {
        self.who.is_some() && self.device.is_none()
    }

    /// Takes a step.
    pub(crate) async fn step(&mut self, xmpp: &Xmpp, peer: IpAddr, step: LoginStep) -> LoginReply {
        let outcome = match step {
            LoginStep::Begin { profile, mechanism, initial, bindings } => {
                match self.begin(profile, &mechanism, bindings) {
                    Ok(()) => match initial {
                        Some(initial) => self.answer(xmpp, peer, &initial).await,
                        None => Ok(LoginReply::Challenge(Vec::new())),
                    },
                    Err(failure) => return LoginReply::Failure(failure, None),
                }
            }
            LoginStep::Response(response) => self.answer(xmpp, peer, &response).await,
        };
        outcome.unwrap_or_else(|refused| {
            self.exchange = None;
            refused.into()
        })
    }

    fn begin(&mut self, profile: Profile, name: &str, bindings: ChannelBindings) -> Result<(), Failure> {
        let mechanism = Mechanism::find(name).ok_or(Failure::InvalidMechanism)?;
        let tokens = match profile {
            Profile::Sasl => Vec::new(),
            Profile::Sasl2 => Offer::token_mechanisms(&bindings),
        };
        if !offered(&bindings).contains(&mechanism) && !tokens.contains(&mechanism) {
            return Err(Failure::InvalidMechanism);
        }
        self.exchange = Some(Exchange::Begun { mechanism, bindings });
        Ok(())
    }

    async fn answer(&mut self, xmpp: &Xmpp, peer: IpAddr, message: &[u8]) -> Result<LoginReply, Refused> {
        match self.exchange.take() {
            None => Err(Refused::Message(Refusal::Malformed)),
            Some(Exchange::Scram { server, keys }) => self.finish_scram(xmpp, server, *keys, message),
            Some(Exchange::Begun { mechanism, bindings }) => match mechanism {
                Mechanism::Plain => self.plain(xmpp, peer, message).await,
                token if token.is_token() => self.token(xmpp, peer, token, &bindings, message).await,
                scram => self.begin_scram(xmpp, peer, scram, &bindings, message).await,
            },
        }
    }

    async fn plain(&mut self, xmpp: &Xmpp, peer: IpAddr, message: &[u8]) -> Result<LoginReply, Refused> {
        let plain = Plain::read(message, &xmpp.settings.domain)?;
        let password = Redacted::new(plain.password.to_owned());
        self.who = Some(xmpp.hub.check_password(plain.authcid, &password, peer).await?);
        Ok(LoginReply::Success(None))
    }

    async fn begin_scram(
        &mut self,
        xmpp: &Xmpp,
        peer: IpAddr,
        mechanism: Mechanism,
        bindings: &ChannelBindings,
        message: &[u8],
    ) -> Result<LoginReply, Refused> {
        let domain = &xmpp.settings.domain;
        let start = ScramStart::read(message, mechanism, bindings, !bindings.is_empty(), domain)?;
        let hash = mechanism.scram_hash().ok_or(Refusal::Malformed)?;
        let keys = xmpp.hub.begin_scram(start.username(), kept_for(hash), peer).await?;
        let nonce = BASE64_STANDARD.encode(rand::random::<[u8; NONCE_BYTES]>());
        let announced = (!bindings.is_empty()).then(|| bindings.types());
        let proof = downgrade_hash(hash, &offered(bindings), announced.as_deref());
        let (server, first) = start.challenge(&nonce, keys.salt(), keys.iterations(), Some(&proof));
        self.exchange = Some(Exchange::Scram { server, keys: Box::new(keys) });
        Ok(LoginReply::Challenge(first.into_bytes()))
    }

    fn finish_scram(
        &mut self,
        xmpp: &Xmpp,
        server: ScramServer,
        keys: ScramExchange,
        message: &[u8],
    ) -> Result<LoginReply, Refused> {
        let given = server.read_final(message)?;
        let proof = ScramProof { auth_message: &given.auth_message, proof: &given.proof };
        let (who, signature) = keys.finish(&xmpp.hub, proof)?;
        self.who = Some(who);
        Ok(LoginReply::Success(Some(server_final(&signature).into_bytes())))
    }

    /// # Source
    /// XEP-0484 (0.2.0) section 3.
    async fn token(
        &mut self,
        xmpp: &Xmpp,
        peer: IpAddr,
        mechanism: Mechanism,
        bindings: &ChannelBindings,
        message: &[u8],
    ) -> Result<LoginReply, Refused> {
        let given = HashedToken::read(message)?;
        let binding = match mechanism.token_binding() {
            Some(kind) => bindings.get(kind).ok_or(Refusal::BindingType)?,
            None => &[],
        };
        let answer = Mutex::new(Vec::new());
        let fits = |token: &[u8]| {
            let is_right = given.is_proof_of(token, binding);
            if is_right {
                *answer.lock() = responder_message(token, binding);
            }
            is_right
        };
        let (who, device) = xmpp.hub.check_reconnect(given.authcid, peer, mechanism.as_str(), fits).await?;
        (self.who, self.device) = (Some(who), Some(device));
        Ok(LoginReply::Success(Some(answer.into_inner())))
    }
}

/// The hash function as the hub calls it.
fn kept_for(hash: ScramHash) -> ports::ScramHash {
    match hash {
        ScramHash::Sha1 => ports::ScramHash::Sha1,
        ScramHash::Sha256 => ports::ScramHash::Sha256,
        ScramHash::Sha512 => ports::ScramHash::Sha512,
    }
}

/// Why nobody was signed in.
enum Refused {
    Message(Refusal),
    Hub(HubError),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Message(refusal)
    }
}

impl From<HubError> for Refused {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

impl From<Refused> for LoginReply {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Message(refusal) => Self::Failure(refusal.failure(), Some(refusal.to_string())),
            Refused::Hub(error) => {
                let failure = match &error {
                    HubError::Identity(IdentityRefusal::AccountDisabled) => Failure::AccountDisabled,
                    HubError::Limited { .. } | HubError::Unavailable(_) => Failure::TemporaryAuthFailure,
                    _ => Failure::NotAuthorized,
                };
                Self::Failure(failure, Some(error.to_string()))
            }
        }
    }
}
