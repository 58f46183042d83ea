use super::{
    SettingsErrors,
    units::{ByteSize, Period},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU32, time::Duration};

/// Bounds on everything that can grow, and how fast people may do things.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitsSection {
    /// Whether the rates below and the number of connections are limited at all. `false` needs
    /// `dev = true` and is for measuring and testing.
    pub(crate) enabled: bool,
    /// The longest body of a message. Longer ones are refused; raising it makes every copy of a long
    /// message in memory larger.
    pub(crate) body_bytes_max: ByteSize,
    /// The longest request over HTTP, and the longest frame over a WebSocket. Must be larger than
    /// `body_bytes_max`.
    pub(crate) request_bytes_max: ByteSize,
    /// How many connections are open at once, from everybody together. Further ones are closed at
    /// once. Each needs a file descriptor: see `parlance doctor`.
    pub(crate) connections_max: NonZeroU32,
    /// How many connections are open at once from one address; an IPv6 network of 64 bits counts as
    /// one address. Proxies listed in `http.trusted_proxies` are exempt. Offices and schools share one
    /// address, so a small number locks people out.
    pub(crate) connections_per_address_max: NonZeroU32,
    /// How many members a conversation can have.
    pub(crate) members_per_conversation_max: NonZeroU32,
    /// How many conversations one person can be in. Beyond it nobody makes, joins or is added to another.
    pub(crate) conversations_per_user_max: NonZeroU32,
    /// How much one account keeps for its clients on the server: bookmarks, pictures, settings and keys that
    /// they publish for themselves and each other. A conversation may keep as much. Beyond it, publishing is
    /// refused until something is removed.
    pub(crate) nodes_bytes_per_account_max: ByteSize,
    /// How many people on other servers become known because of one account: those it writes to, or asks, and
    /// those who write to it. Beyond it, further ones are refused.
    pub(crate) remote_people_per_user_max: NonZeroU32,
    /// How many messages wait for one other server or component that reads slowly. Beyond it, further ones are
    /// refused until it has read some.
    pub(crate) events_per_remote_max: NonZeroU32,
    /// How many registrations for push notifications one account keeps, for all its devices together. Beyond it,
    /// further ones are refused.
    pub(crate) push_registrations_per_user_max: NonZeroU32,
    /// How many reports about others are kept for administrators, from everybody together; at most 50 of one
    /// person. The oldest go first.
    pub(crate) reports_max: NonZeroU32,
    /// How many messages one account keeps that are to be sent at a later time. Beyond it, further ones are refused
    /// until some were sent or cancelled.
    pub(crate) scheduled_per_user_max: NonZeroU32,
    /// How many folders one account sorts its conversations into. Beyond it, further ones are refused until some
    /// were deleted.
    pub(crate) folders_per_user_max: NonZeroU32,
    /// How many options a poll may have. With fewer than 2, nobody can ask one.
    pub(crate) poll_options_max: NonZeroU32,
    /// The shortest time after which the messages of a conversation may be set to disappear; at least a second.
    pub(crate) message_timer_min: Period,
    /// The longest such time. What was set before keeps its time.
    pub(crate) message_timer_max: Period,
    /// How many requests of one WebSocket are worked on at once. While there are as many, the server reads
    /// nothing more from it.
    pub(crate) calls_per_connection_max: NonZeroU32,
    /// How many events one answer holds at most; clients ask again for more.
    pub(crate) events_per_page_max: NonZeroU32,
    /// How long a client may take to set up encryption.
    pub(crate) tls_handshake_time_max: Period,
    /// How long a client may take to send the head of a request, and how long an unused HTTP
    /// connection is kept. WebSockets are not concerned.
    pub(crate) header_time_max: Period,
    /// How long a request over HTTP may take, its body included.
    pub(crate) request_time_max: Period,
    /// After how long without a word the server asks a WebSocket whether anybody is there. Without an answer
    /// in the same time the connection ends.
    pub(crate) silence_time_max: Period,
    /// How long a slow receiver may take to accept what is written to its WebSocket. Then the connection ends;
    /// what was not received is read from the log after the next one.
    pub(crate) write_time_max: Period,
    /// How long connections may finish after the server was told to stop.
    pub(crate) drain_time_max: Period,
    /// How often something may be done.
    pub(crate) rates: RatesSection,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            enabled: true,
            body_bytes_max: ByteSize::kib(64),
            request_bytes_max: ByteSize::kib(256),
            connections_max: count(20_000),
            connections_per_address_max: count(1_000),
            members_per_conversation_max: count(20_000),
            conversations_per_user_max: count(10_000),
            nodes_bytes_per_account_max: ByteSize::kib(32 * 1_024),
            remote_people_per_user_max: count(10_000),
            events_per_remote_max: count(10_000),
            push_registrations_per_user_max: count(100),
            reports_max: count(1_000),
            scheduled_per_user_max: count(100),
            folders_per_user_max: count(100),
            poll_options_max: count(20),
            message_timer_min: Period::seconds(5),
            message_timer_max: Period::seconds(365 * 86_400),
            calls_per_connection_max: count(64),
            events_per_page_max: count(200),
            tls_handshake_time_max: Period::seconds(10),
            header_time_max: Period::seconds(30),
            request_time_max: Period::seconds(30),
            silence_time_max: Period::seconds(45),
            write_time_max: Period::seconds(60),
            drain_time_max: Period::seconds(25),
            rates: RatesSection::default(),
        }
    }
}

/// How often something may be done. Each is a bucket of `burst` drops that gets one drop back every
/// `refill`; an empty bucket answers with the time to wait.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RatesSection {
    /// All requests of one device, and of one address without sign-in.
    pub(crate) request: Bucket,
    /// Messages, edits and reactions of one device.
    pub(crate) message: Bucket,
    /// Signals that are not kept, such as typing, of one device.
    pub(crate) signal: Bucket,
    /// Searches by one person.
    pub(crate) search: Bucket,
    /// Passwords tried, for one account and for one address. Devices that are signed in do not notice.
    pub(crate) sign_in: Bucket,
    /// Accounts made from one address.
    pub(crate) register: Bucket,
    /// New devices of one account.
    pub(crate) new_device: Bucket,
    /// New devices of one account that a protocol names itself, such as resources of XMPP. Those that come
    /// back are not counted.
    pub(crate) open_device: Bucket,
    /// People looked up by one person; guards against copying the list of users.
    pub(crate) lookup: Bucket,
    /// Invitation links looked up from one address; guards against guessing them.
    pub(crate) link: Bucket,
    /// Reports about others by one person; guards those who have to look at them.
    pub(crate) report: Bucket,
}

impl Default for RatesSection {
    fn default() -> Self {
        Self {
            request: Bucket::new(600, Period::milliseconds(20)),
            message: Bucket::new(60, Period::seconds(1)),
            signal: Bucket::new(120, Period::milliseconds(100)),
            search: Bucket::new(30, Period::seconds(1)),
            sign_in: Bucket::new(10, Period::seconds(90)),
            register: Bucket::new(6, Period::seconds(30)),
            new_device: Bucket::new(6, Period::minutes(2)),
            open_device: Bucket::new(100, Period::seconds(10)),
            lookup: Bucket::new(100, Period::minutes(15)),
            link: Bucket::new(100, Period::seconds(15)),
            report: Bucket::new(10, Period::minutes(1)),
        }
    }
}

/// How often one thing may be done.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    /// How many at once.
    pub(crate) burst: NonZeroU32,
    /// After how long one more is allowed.
    pub(crate) refill: Period,
}

impl Bucket {
    const fn new(burst: u32, refill: Period) -> Self {
        Self { burst: count(burst), refill }
    }
}

const fn count(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).expect("defaults are not zero")
}

/// The bounds, checked.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) body_bytes_max: usize,
    pub(crate) request_bytes_max: usize,
    /// `None` when limits are switched off.
    pub(crate) connections_max: Option<u32>,
    /// `None` when limits are switched off.
    pub(crate) connections_per_address_max: Option<u32>,
    pub(crate) members_per_conversation_max: u32,
    pub(crate) conversations_per_user_max: u32,
    pub(crate) nodes_bytes_per_account_max: u64,
    pub(crate) remote_people_per_user_max: u32,
    pub(crate) events_per_remote_max: u32,
    pub(crate) push_registrations_per_user_max: u32,
    pub(crate) reports_max: u32,
    pub(crate) scheduled_per_user_max: u32,
    pub(crate) folders_per_user_max: u32,
    pub(crate) poll_options_max: u32,
    pub(crate) message_timer_min: Duration,
    pub(crate) message_timer_max: Duration,
    pub(crate) calls_per_connection_max: u32,
    pub(crate) events_per_page_max: u32,
    pub(crate) tls_handshake_time_max: Duration,
    pub(crate) header_time_max: Duration,
    pub(crate) request_time_max: Duration,
    pub(crate) silence_time_max: Duration,
    pub(crate) write_time_max: Duration,
    pub(crate) drain_time_max: Duration,
    /// `None` when limits are switched off.
    pub(crate) rates: Option<RateLimits>,
}

/// One bucket, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimit {
    pub(crate) burst: u32,
    pub(crate) refill: Duration,
}

/// The buckets, checked; the fields are those of the settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimits {
    pub(crate) request: RateLimit,
    pub(crate) message: RateLimit,
    pub(crate) signal: RateLimit,
    pub(crate) search: RateLimit,
    pub(crate) sign_in: RateLimit,
    pub(crate) register: RateLimit,
    pub(crate) new_device: RateLimit,
    pub(crate) open_device: RateLimit,
    pub(crate) lookup: RateLimit,
    pub(crate) link: RateLimit,
    pub(crate) report: RateLimit,
}

impl LimitsSection {
    pub(super) fn validate(self, dev: bool, wrong: &mut SettingsErrors) -> Limits {
        if !self.enabled && !dev {
            wrong.add(
                "limits.enabled",
                "switching limits off needs dev = true, which is for tests on loopback",
            );
        }
        if self.request_bytes_max <= self.body_bytes_max {
            wrong.add("limits.request_bytes_max", "make it larger than limits.body_bytes_max");
        }
        let rates = self.rates.validate(wrong);
        Limits {
            body_bytes_max: self.body_bytes_max.bytes(),
            request_bytes_max: self.request_bytes_max.bytes(),
            connections_max: self.enabled.then_some(self.connections_max.get()),
            connections_per_address_max: self.enabled.then_some(self.connections_per_address_max.get()),
            members_per_conversation_max: self.members_per_conversation_max.get(),
            conversations_per_user_max: self.conversations_per_user_max.get(),
            nodes_bytes_per_account_max: self.nodes_bytes_per_account_max.bytes() as u64,
            remote_people_per_user_max: self.remote_people_per_user_max.get(),
            events_per_remote_max: self.events_per_remote_max.get(),
            push_registrations_per_user_max: self.push_registrations_per_user_max.get(),
            reports_max: self.reports_max.get(),
            scheduled_per_user_max: self.scheduled_per_user_max.get(),
            folders_per_user_max: self.folders_per_user_max.get(),
            poll_options_max: self.poll_options_max.get(),
            message_timer_min: self.message_timer_min.duration(),
            message_timer_max: self.message_timer_max.duration(),
            calls_per_connection_max: self.calls_per_connection_max.get(),
            events_per_page_max: self.events_per_page_max.get(),
            tls_handshake_time_max: self.tls_handshake_time_max.duration(),
            header_time_max: self.header_time_max.duration(),
            request_time_max: self.request_time_max.duration(),
            silence_time_max: self.silence_time_max.duration(),
            write_time_max: self.write_time_max.duration(),
            drain_time_max: self.drain_time_max.duration(),
            rates: self.enabled.then_some(rates),
        }
    }
}

impl RatesSection {
    fn validate(&self, wrong: &mut SettingsErrors) -> RateLimits {
        let mut check = |name: &str, bucket: Bucket| {
            let refill = bucket.refill.duration();
            if refill.is_zero() {
                wrong.add(format!("limits.rates.{name}.refill"), "make it longer than zero");
            }
            RateLimit { burst: bucket.burst.get(), refill }
        };
        RateLimits {
            request: check("request", self.request),
            message: check("message", self.message),
            signal: check("signal", self.signal),
            search: check("search", self.search),
            sign_in: check("sign_in", self.sign_in),
            register: check("register", self.register),
            new_device: check("new_device", self.new_device),
            open_device: check("open_device", self.open_device),
            lookup: check("lookup", self.lookup),
            link: check("link", self.link),
            report: check("report", self.report),
        }
    }
}
