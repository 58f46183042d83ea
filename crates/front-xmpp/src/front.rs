//! What a session's calls mean to the hub.

use crate::{
    context::Xmpp,
    csi,
    errors::Refused,
    iq,
    login::Login,
    message, outbound, presence,
    resume::{Berth, Parked},
    seat::Seat,
    session::{Binding, Bound, Call, Inline, InlineReply, Reply, XmppSession},
    signals,
    stanza::{Outgoing, refusal, result},
    xep::register,
};
use parlance_core::principal::{DISPLAY_NAME_CHARS_MAX, Device, DeviceKey, Principal};
use parlance_front::{Arrived, Front, Outcome};
use parlance_hub::{
    Caller,
    live::{Connection, Signal},
};
use parlance_xmpp::{
    FullJid, Jid, StanzaBuf, StanzaCondition,
    write::{Writer, format_date_time},
};
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// Most connections at the same time of one person's clients that name neither themselves nor a resource.
const UNNAMED_DEVICES_MAX: usize = 100;

/// One connection, as far as it reaches the hub.
pub(crate) struct XmppFront {
    pub(crate) xmpp: Arc<Xmpp>,
    pub(crate) peer: IpAddr,
    /// How signing in stands, until a resource is taken.
    pub(crate) login: Mutex<Option<Box<Login>>>,
    pub(crate) seat: OnceLock<Arc<Seat>>,
    /// Where somebody asks who wants to go on with this stream, once it can be resumed.
    pub(crate) berth: Mutex<Option<Berth>>,
}

impl Front for XmppFront {
    type Session = Box<XmppSession>;

    /// A client that hears that its stream can be resumed may come back at once.
    async fn prepare(&self, call: &Call) {
        if let (Call::MakeResumable(name), Some(seat)) = (call, self.seat.get()) {
            let berth = self.xmpp.resumable.add(name.clone(), seat.caller.who, seat.line);
            *self.berth.lock().await = Some(berth);
        }
    }

    async fn run(&self, call: Call) -> Outcome<Reply> {
        match call {
            Call::SignIn(step) => {
                let reply = self.login().await.step(&self.xmpp, self.peer, step).await;
                Outcome { reply: Reply::SignIn(reply), connection: None }
            }
            Call::Register(request) => {
                let mut login = self.login().await;
                let (answer, is_refused) =
                    register::answer(&self.xmpp, self.peer, &mut login, &request.get()).await;
                Outcome { reply: Reply::Registered(answer, is_refused), connection: None }
            }
            Call::Bind { request, resource } => self.bind(request, resource).await,
            Call::Inline(inline) => self.carry_out(inline).await,
            Call::Resume { previd, h } => {
                let (resumed, connection) = self.take_over(&previd).await.unzip();
                Outcome { reply: Reply::Resumed(resumed, h), connection }
            }
            Call::MakeResumable(_) => done(),
            Call::Stanza { number, stanza } => {
                let answers = self.deal_with(stanza).await;
                Outcome { reply: Reply::Stanza { number, answers }, connection: None }
            }
            Call::Delivered(told) => {
                if let Some(seat) = self.seat.get() {
                    for (conversation, seq) in told {
                        if let Err(error) = self.xmpp.hub.mark_delivered(seat.caller, conversation, seq).await
                        {
                            tracing::debug!(%error, "a receipt was not kept");
                        }
                    }
                }
                done()
            }
        }
    }

    async fn encode(&self, connection: &Connection, arrived: Arrived) -> Vec<Outgoing> {
        let Some(seat) = self.seat.get() else { return Vec::new() };
        let mut told = seat.rooms.take();
        match arrived {
            Arrived::Batch(batch) => told.extend(outbound::encode(&self.xmpp, seat, &batch).await),
            // One without content only says that there was something to take.
            Arrived::Signal(Signal::Relay(relay)) if relay.payload.is_empty() => {}
            Arrived::Signal(Signal::Relay(relay)) => told.push(Outgoing { xml: relay.payload, tells: None }),
            Arrived::Signal(Signal::Presence { who, shown }) => {
                told.extend(presence::seen_elsewhere(&self.xmpp, seat, who, shown).await);
            }
            Arrived::Signal(signal) => told.extend(signals::encode(&self.xmpp, seat, signal).await),
            Arrived::Mark(mark) => seat.with(|state| state.catching_up.forget(mark)),
        }
        told.extend(presence::tell_again(&self.xmpp, seat, connection).await);
        csi::hold(seat, told)
    }
}

impl XmppFront {
    async fn login(&self) -> MappedMutexGuard<'_, Login> {
        MutexGuard::map(self.login.lock().await, |login| &mut **login.get_or_insert_default())
    }

    pub(crate) async fn deal_with(&self, stanza: StanzaBuf) -> Vec<Outgoing> {
        let Some(seat) = self.seat.get() else { return Vec::new() };
        let stanza = stanza.get();
        match stanza.name() {
            "message" => message::handle(&self.xmpp, seat, stanza).await,
            "presence" => presence::handle(&self.xmpp, seat, stanza).await,
            _ => iq::handle(&self.xmpp, seat, stanza).await,
        }
    }

    /// # Source
    /// RFC 6120 section 7.
    async fn bind(&self, request: StanzaBuf, resource: Option<String>) -> Outcome<Reply> {
        let who = self.login().await.who().cloned();
        let who = who.expect("invariant: the session binds after signing in");
        let stanza = request.get();
        match self.sit_down(&who, resource, None).await {
            Ok((seat, connection)) => {
                let mut bind = Writer::new();
                bind.start("bind")
                    .namespace("urn:ietf:params:xml:ns:xmpp-bind")
                    .text_element("jid", &seat.full);
                let answer = result(&stanza, &seat.full, &bind.finish());
                Outcome { reply: Reply::Bound { answer, seat: Some(seat) }, connection: Some(connection) }
            }
            Err(refused) => {
                let answer = refusal(&stanza, who.address.as_str(), &refused);
                Outcome { reply: Reply::Bound { answer, seat: None }, connection: None }
            }
        }
    }

    /// What a client wants done together with signing in.
    async fn carry_out(&self, inline: Box<Inline>) -> Outcome<Reply> {
        let (who, device) = {
            let login = self.login().await;
            (login.who().cloned(), login.device().cloned())
        };
        let who = who.expect("invariant: the session asks after signing in");
        let resumed = match &inline.resume {
            Some((_, previd)) => self.take_over(previd).await,
            None => None,
        };
        let (resumed, mut connection) = resumed.unzip();
        let device = match device {
            Some(device) => Some(device),
            None => self.named_device(&who, &inline).await,
        };
        let bound = match &inline.bind {
            Some(bind) if resumed.is_none() => {
                let seated = self.sit_down(&who, bind2_resource(bind, device.as_ref()), device.clone()).await;
                Some(seated.map(|(seat, seated)| {
                    seat.with(|state| {
                        state.wants_carbons = bind.carbons;
                        state.is_inactive = bind.inactive;
                    });
                    connection = Some(seated);
                    seat
                }))
            }
            _ => None,
        };
        let token = self.give_token(&who, device.as_ref(), &inline).await;
        let bare = who.address.as_str().to_owned();
        let bound = bound.map(|seated| seated.map_err(|refused| refused.condition()));
        let reply = InlineReply { bare, resumed, bound, token, inline };
        Outcome { reply: Reply::Inline(Box::new(reply)), connection }
    }

    /// The device that the client names, if it names one.
    async fn named_device(&self, who: &Principal, inline: &Inline) -> Option<Device> {
        let agent = inline.user_agent.as_ref()?;
        let key = DeviceKey::new(&format!("xmpp:agent:{}", agent.id.as_ref()?))?;
        let name = [agent.software.as_deref(), agent.device.as_deref()];
        let name: Vec<_> = name.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        let name: String = name.join(", ").chars().take(DISPLAY_NAME_CHARS_MAX).collect();
        self.xmpp.hub.open_device(who, key, &name).await.ok()
    }

    /// # Source
    /// XEP-0484 (0.2.0) sections 3.2 and 3.4.
    async fn give_token(
        &self,
        who: &Principal,
        device: Option<&Device>,
        inline: &Inline,
    ) -> Option<(String, String)> {
        let caller = Caller { who: who.id, device: device?.id };
        if inline.ends_token
            && let Err(error) = self.xmpp.hub.end_reconnect_tokens(caller).await
        {
            tracing::warn!(%error, "a token was not ended");
        }
        let mechanism = inline.token_for?;
        let (token, ends_at) = self.xmpp.hub.issue_reconnect_token(caller, mechanism.as_str()).await.ok()?;
        let ends_at = format_date_time(i64::try_from(ends_at.0).unwrap_or(i64::MAX));
        Some((token.expose().clone(), ends_at))
    }

    /// Goes on with a stream that lost its transport.
    async fn take_over(&self, name: &str) -> Option<(Box<Bound>, Connection)> {
        let who = self.login().await.who()?.id;
        let Parked { bound, connection } = self.xmpp.resumable.take(&self.xmpp.hub, name, who).await?;
        connection.reopen();
        self.note_proof(&bound.seat).await;
        let _ = self.seat.set(Arc::clone(&bound.seat));
        Some((bound, connection))
    }

    pub(crate) async fn sit_down(
        &self,
        who: &Principal,
        resource: Option<String>,
        device: Option<Device>,
    ) -> Result<(Arc<Seat>, Connection), Refused> {
        let bare = who.address.as_str();
        let full_jid = |resource: &str| {
            let jid = Jid::from_parts(Some(who.address.name()), who.address.domain(), Some(resource));
            jid.and_then(FullJid::try_from).map_err(|_| Refused::from(StanzaCondition::BadRequest))
        };
        let asked_for = resource.as_deref().map(full_jid).transpose()?;
        let device = match (device, &asked_for) {
            (Some(device), _) => device,
            (None, Some(jid)) => {
                let key = format!("xmpp:resource:{}", jid.resource());
                let key = DeviceKey::new(&key).ok_or(StanzaCondition::BadRequest)?;
                let name: String = jid.resource().chars().take(DISPLAY_NAME_CHARS_MAX).collect();
                self.xmpp.hub.open_device(who, key, &name).await?
            }
            (None, None) => self.free_device(who).await?,
        };
        let full = match asked_for {
            Some(jid) => jid,
            None => full_jid(&format!("parlance.{:08x}", device.id.0.as_u128() & 0xffff_ffff))?,
        };
        let caller = Caller { who: who.id, device: device.id };
        let connection = self.xmpp.hub.connect_for(caller, crate::payload::FRONT).await?;
        // A device that was revoked in between was not told to close the connection.
        self.xmpp.hub.check_device(caller).await?;
        let seat = Arc::new(Seat::new(caller, connection.id(), bare, full.resource()));
        if let Some(before) = self.xmpp.seats.add(Arc::clone(&seat)) {
            self.xmpp.hub.replace(before.caller.who, before.line);
        }
        self.note_proof(&seat).await;
        let _ = self.seat.set(Arc::clone(&seat));
        Ok((seat, connection))
    }

    /// Notes how the one who sits here has signed in, of which nothing else is needed any more.
    async fn note_proof(&self, seat: &Seat) {
        let login = self.login.lock().await.take();
        let has_proved_password = login.is_some_and(|login| login.has_proved_password());
        seat.with(|state| state.has_proved_password = has_proved_password);
    }

    /// A device for a client that names neither itself nor its resource: the first of those made for such
    /// clients that is not here.
    async fn free_device(&self, who: &Principal) -> Result<Device, Refused> {
        let seats = self.xmpp.seats.of(who.id);
        for number in 1..=UNNAMED_DEVICES_MAX {
            let key = DeviceKey::new(&format!("xmpp:unnamed:{number}")).expect("invariant: short");
            let device = self.xmpp.hub.open_device(who, key, "XMPP").await?;
            if seats.iter().all(|seat| seat.caller.device != device.id) {
                return Ok(device);
            }
        }
        Err(StanzaCondition::ResourceConstraint.into())
    }
}

/// The resource of a client that binds together with signing in: the same for the same installation, so
/// that its old stream gives way.
///
/// # Source
/// XEP-0386 (1.0.1) section 4.
fn bind2_resource(bind: &Binding, device: Option<&Device>) -> Option<String> {
    let tag = bind.tag.as_deref().filter(|tag| !tag.is_empty())?;
    let unique = match device {
        Some(device) => device.id.0.as_u128() & 0xffff_ffff,
        None => u128::from(rand::random::<u32>()),
    };
    Some(format!("{tag}~{unique:08x}"))
}

/// There is nothing to tell the peer.
fn done() -> Outcome<Reply> {
    Outcome { reply: Reply::Done, connection: None }
}
