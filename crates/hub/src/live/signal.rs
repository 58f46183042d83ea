use super::Relay;
use parlance_core::{
    id::{ConversationId, DeviceId, PrincipalId, Seq},
    presence::Shown,
};

/// Something that is true now and not kept: the newest of a kind wins, and it may be dropped. Only relays
/// are all passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Somebody is typing, or no longer.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        who: PrincipalId,
        /// With which device.
        device: DeviceId,
        /// Typing, or no longer.
        active: bool,
    },
    /// Somebody has received or read up to a place.
    Receipt {
        /// Where.
        conversation: ConversationId,
        /// Who.
        who: PrincipalId,
        /// With which device.
        device: DeviceId,
        /// On at least one device; zero when unknown.
        delivered: Seq,
        /// Read; zero when not shown or unknown.
        read: Seq,
    },
    /// The presence of somebody being watched.
    Presence {
        /// Who.
        who: PrincipalId,
        /// What they show.
        shown: Shown,
    },
    /// Something for the front end of this connection alone.
    Relay(Relay),
}

impl Signal {
    /// Whether this one makes an earlier one of no interest.
    pub(crate) fn supersedes(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (
                Self::Typing { conversation, who, device, .. },
                Self::Typing { conversation: c, who: w, device: d, .. },
            )
            | (
                Self::Receipt { conversation, who, device, .. },
                Self::Receipt { conversation: c, who: w, device: d, .. },
            ) => (conversation, who, device) == (c, w, d),
            (Self::Presence { who, .. }, Self::Presence { who: w, .. }) => who == w,
            _ => false,
        }
    }

    /// This signal with what only the one it supersedes knew.
    pub(crate) fn merged_with(self, earlier: &Self) -> Self {
        match (self, earlier) {
            (
                Self::Receipt { conversation, who, device, delivered, read },
                Self::Receipt { delivered: before_delivered, read: before_read, .. },
            ) => Self::Receipt {
                conversation,
                who,
                device,
                delivered: delivered.max(*before_delivered),
                read: read.max(*before_read),
            },
            (signal, _) => signal,
        }
    }
}
