use std::collections::BTreeMap;

/// How long a typing signal lasts without being repeated, in milliseconds.
pub const TYPING_TTL_MS: u64 = 6_000;

/// Who is typing where; signals fade by themselves. Time is an argument, in milliseconds of any clock.
#[derive(Clone, Debug, Default)]
pub struct Typing(BTreeMap<(String, String), u64>);

impl Typing {
    /// Somebody says that they are typing, or no longer.
    pub fn apply(&mut self, now_ms: u64, conversation: &str, user: &str, active: bool) {
        let key = (conversation.to_owned(), user.to_owned());
        if active {
            self.0.insert(key, now_ms + TYPING_TTL_MS);
        } else {
            self.0.remove(&key);
        }
    }

    /// Who is typing in a conversation, by address.
    pub fn in_conversation(&self, now_ms: u64, conversation: &str) -> Vec<String> {
        let here = self.0.iter().filter(|((place, _), until)| place == conversation && **until > now_ms);
        here.map(|((_, user), _)| user.clone()).collect()
    }

    /// Forgets faded signals; returns the conversations in which one faded.
    pub fn expire(&mut self, now_ms: u64) -> Vec<String> {
        let faded = self.0.iter().filter(|(_, until)| **until <= now_ms);
        let conversations = faded.map(|((conversation, _), _)| conversation.clone()).collect();
        self.0.retain(|_, until| *until > now_ms);
        conversations
    }

    /// When the next signal fades.
    pub fn next_expiry_ms(&self) -> Option<u64> {
        self.0.values().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_fades_after_six_seconds() {
        let mut typing = Typing::default();
        typing.apply(1_000, "c", "juliet@localhost", true);
        assert_eq!(typing.in_conversation(6_999, "c"), ["juliet@localhost"]);
        assert!(typing.in_conversation(7_000, "c").is_empty());
        assert_eq!(typing.next_expiry_ms(), Some(7_000));
        assert_eq!(typing.expire(7_000), ["c"]);
        assert_eq!(typing.next_expiry_ms(), None);
    }

    #[test]
    fn saying_so_again_prolongs_and_stopping_ends_it() {
        let mut typing = Typing::default();
        typing.apply(0, "c", "juliet@localhost", true);
        typing.apply(4_000, "c", "juliet@localhost", true);
        assert_eq!(typing.in_conversation(9_000, "c").len(), 1);
        typing.apply(9_000, "c", "juliet@localhost", false);
        assert!(typing.in_conversation(9_000, "c").is_empty());
    }
}
