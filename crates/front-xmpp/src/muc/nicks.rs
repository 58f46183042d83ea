use parlance_core::id::PrincipalId;
use parlance_xmpp::nickname_looks;
use std::collections::HashMap;

/// Whose nicknames are whose in a room. Two people never have nicknames that are the same or look alike.
#[derive(Default)]
pub(super) struct Nicks {
    keys: HashMap<String, PrincipalId>,
    looks: HashMap<String, PrincipalId>,
}

impl Nicks {
    /// Who has a nickname.
    pub(super) fn owner(&self, key: &str) -> Option<PrincipalId> {
        self.keys.get(key).copied()
    }

    /// Whether somebody may have a nickname.
    pub(super) fn is_free_for(&self, who: PrincipalId, nick: &str, key: &str) -> bool {
        let looks = nickname_looks(nick);
        let owners = looks.iter().map(|look| self.looks.get(look)).chain([self.keys.get(key)]);
        owners.flatten().all(|owner| *owner == who)
    }

    /// Gives somebody a nickname in place of the one they had.
    pub(super) fn give(&mut self, who: PrincipalId, nick: &str, key: String) {
        self.take_from(who);
        self.keys.insert(key, who);
        self.looks.extend(nickname_looks(nick).map(|look| (look, who)));
    }

    /// Takes somebody's nickname away.
    pub(super) fn take_from(&mut self, who: PrincipalId) {
        self.keys.retain(|_, owner| *owner != who);
        self.looks.retain(|_, owner| *owner != who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlance_xmpp::nickname_key;
    use uuid::Uuid;

    fn somebody(number: u128) -> PrincipalId {
        PrincipalId(Uuid::from_u128(number))
    }

    fn is_free(nicks: &Nicks, who: u128, nick: &str) -> bool {
        nicks.is_free_for(somebody(who), nick, &nickname_key(nick).unwrap())
    }

    #[test]
    fn what_looks_like_a_nickname_is_taken_for_others_and_free_for_its_owner() {
        let mut nicks = Nicks::default();
        nicks.give(somebody(1), "Romeo", nickname_key("Romeo").unwrap());
        for alike in ["romeo", "Rom\u{435}o", "R0meo"] {
            assert!(!is_free(&nicks, 2, alike), "{alike}");
            assert!(is_free(&nicks, 1, alike), "{alike}");
        }
        nicks.give(somebody(1), "Juliet", nickname_key("Juliet").unwrap());
        assert!(is_free(&nicks, 2, "Rom\u{435}o") && !is_free(&nicks, 2, "Ju1iet"));
        nicks.take_from(somebody(1));
        assert!(is_free(&nicks, 2, "juliet"));
    }
}
