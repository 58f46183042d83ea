//! Presence: from what each device says to what others see.

use crate::{id::UnixMillis, principal::Privacy};

/// Whether somebody is there. The order is the one in which devices win over one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// Not here.
    Offline,
    /// Here, but not looking.
    Away,
    /// Here.
    Online,
    /// Here, and not to be disturbed: a wish for all devices.
    DoNotDisturb,
    /// Seen by others as offline: a wish for all devices.
    Invisible,
}

/// What one principal shows to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether they are there.
    pub availability: Availability,
    /// What they say about it.
    pub status: String,
    /// When they were last here, for those who are not and who show it.
    pub last_seen_at: Option<UnixMillis>,
}

/// What others see of somebody whose connected devices say this.
pub fn shown(
    devices: impl IntoIterator<Item = Availability>,
    status: &str,
    last_seen_at: Option<UnixMillis>,
    privacy: Privacy,
) -> Shown {
    let strongest = devices.into_iter().max().unwrap_or(Availability::Offline);
    if matches!(strongest, Availability::Offline | Availability::Invisible) {
        // Somebody invisible looks exactly like somebody who is away from every device.
        let last_seen_at = last_seen_at.filter(|_| privacy.show_last_seen);
        return Shown { availability: Availability::Offline, status: status.to_owned(), last_seen_at };
    }
    Shown { availability: strongest, status: status.to_owned(), last_seen_at: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(devices: &[Availability], expected: Availability) {
        let shown = shown(devices.iter().copied(), "", None, Privacy::default());
        assert_eq!(shown.availability, expected, "{devices:?}");
    }

    #[test]
    fn the_strongest_wish_wins() {
        use Availability::*;
        check(&[], Offline);
        check(&[Away, Online], Online);
        check(&[Online, DoNotDisturb], DoNotDisturb);
        check(&[Online, Invisible], Offline);
    }

    #[test]
    fn last_seen_is_shown_only_by_those_who_want_it() {
        let hidden = Privacy { show_last_seen: false, show_read: true };
        let at = Some(UnixMillis(5));
        assert_eq!(shown([], "", at, Privacy::default()).last_seen_at, at);
        assert_eq!(shown([], "", at, hidden).last_seen_at, None);
    }
}
