use parlance_api::error::Problem;

/// Something changed: look again. Notices carry no state, so that none of them can be missed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state of the connection.
    Connection,
    /// The list of conversations, or something in it.
    Conversations,
    /// The timeline of a conversation, or what is unsent there.
    Timeline {
        /// The conversation.
        conversation: String,
    },
    /// Somebody else wrote a message just now.
    Message {
        /// The conversation.
        conversation: String,
        /// Its place.
        seq: u64,
    },
    /// Somebody began or stopped typing.
    Typing {
        /// The conversation.
        conversation: String,
    },
    /// Somebody's presence.
    Presence,
    /// One's membership of a conversation ended.
    Gone {
        /// The conversation.
        conversation: String,
    },
    /// Notices came faster than they were taken: look at everything again.
    Everything,
    /// The local store failed; the client has stopped.
    Broken {
        /// Why, for people.
        reason: String,
    },
}

/// How the connection stands, as a person may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// A try is under way.
    Connecting,
    /// Connected, and catching up with what happened meanwhile.
    Syncing,
    /// Connected, and everything is known.
    Online,
    /// Not connected; what is shown is from the cache.
    Offline {
        /// Why, for people.
        reason: String,
        /// Milliseconds until the next try, when it was decided.
        retry_in_ms: u64,
    },
    /// The server does not accept this sign-in any more.
    SignedOut {
        /// Why.
        problem: Box<Problem>,
    },
}
