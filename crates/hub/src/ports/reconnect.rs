use parlance_core::id::UnixMillis;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What is kept of the tokens with which a device reconnects: never the tokens, which are made again
/// from this and a key of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconnects {
    /// How many were ever issued; numbers are never used twice.
    issued: u64,
    /// Those that still work, oldest first.
    tokens: Vec<ReconnectToken>,
}

/// One token to reconnect with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconnectToken {
    /// Its number among those of the device.
    pub number: u64,
    /// The mechanism it is for.
    pub mechanism: SmolStr,
    /// When it was issued.
    pub issued_at: UnixMillis,
}

impl Reconnects {
    /// Those that still work, oldest first: at most two.
    pub fn tokens(&self) -> &[ReconnectToken] {
        &self.tokens
    }

    /// Issues one. The one that was used last goes on working, since nobody knows whether its holder
    /// ever gets the new one; what was issued in between does not, nor what was issued before
    /// `works_from`.
    pub fn issue(&mut self, mechanism: &str, at: UnixMillis, works_from: UnixMillis) -> ReconnectToken {
        self.issued += 1;
        let token = ReconnectToken { number: self.issued, mechanism: mechanism.into(), issued_at: at };
        self.tokens.retain(|earlier| earlier.issued_at >= works_from);
        self.tokens.truncate(1);
        self.tokens.push(token.clone());
        token
    }

    /// Notes that this one was used: those before it work no more. `false` when it does not work itself.
    pub fn note_used(&mut self, number: u64) -> bool {
        let is_known = self.tokens.iter().any(|token| token.number == number);
        self.tokens.retain(|token| !is_known || token.number >= number);
        is_known
    }

    /// Ends all of them.
    pub fn end_all(&mut self) {
        self.tokens.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(reconnects: &mut Reconnects, at: u64) -> u64 {
        reconnects.issue("HT", UnixMillis(at), UnixMillis(at.saturating_sub(10))).number
    }

    fn working(reconnects: &Reconnects) -> Vec<u64> {
        reconnects.tokens().iter().map(|token| token.number).collect()
    }

    #[test]
    fn the_one_in_use_works_until_a_newer_one_was_used() {
        let mut reconnects = Reconnects::default();
        let first = issue(&mut reconnects, 1);
        let second = issue(&mut reconnects, 2);
        assert_eq!(working(&reconnects), [first, second]);
        assert!(reconnects.note_used(first));
        let third = issue(&mut reconnects, 3);
        assert_eq!(working(&reconnects), [first, third], "the second may never have arrived");
        assert!(reconnects.note_used(third) && !reconnects.note_used(first));
        assert_eq!(working(&reconnects), [third]);
    }

    #[test]
    fn what_is_too_old_does_not_hold_a_place() {
        let mut reconnects = Reconnects::default();
        issue(&mut reconnects, 1);
        let second = issue(&mut reconnects, 9);
        let third = issue(&mut reconnects, 15);
        assert_eq!(working(&reconnects), [second, third]);
    }

    #[test]
    fn numbers_are_not_used_again_after_the_end() {
        let mut reconnects = Reconnects::default();
        let first = issue(&mut reconnects, 1);
        reconnects.end_all();
        assert!(!reconnects.note_used(first));
        assert!(issue(&mut reconnects, 1) > first);
    }
}
