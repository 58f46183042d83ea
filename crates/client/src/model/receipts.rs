use parlance_api::model::Receipt;
use std::collections::BTreeMap;

/// How far the others have received and read; positions only grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipts(BTreeMap<String, (u64, u64)>);

/// What has become of a message of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// On the server's disk.
    Stored,
    /// On a device of at least one other person.
    Delivered,
    /// Read by at least one other person.
    Read,
}

impl Receipts {
    /// Takes in what the server says of one person; returns whether anything grew.
    pub fn apply(&mut self, receipt: &Receipt) -> bool {
        let known = self.0.entry(receipt.user.clone()).or_default();
        let grown = (known.0.max(receipt.delivered_seq), known.1.max(receipt.read_seq));
        std::mem::replace(known, grown) != grown
    }

    /// What has become of the message at `seq`, as `me` may know it.
    pub fn progress(&self, seq: u64, me: &str) -> Progress {
        let others = || self.0.iter().filter(|(user, _)| *user != me).map(|(_, positions)| positions);
        if others().any(|(_, read)| *read >= seq) {
            Progress::Read
        } else if others().any(|(delivered, _)| *delivered >= seq) {
            Progress::Delivered
        } else {
            Progress::Stored
        }
    }

    /// Everything known, as the server says it.
    pub fn list(&self, conversation: &str) -> Vec<Receipt> {
        let receipt = |(user, (delivered_seq, read_seq)): (&String, &(u64, u64))| Receipt {
            conversation: conversation.to_owned(),
            user: user.clone(),
            delivered_seq: *delivered_seq,
            read_seq: *read_seq,
        };
        self.0.iter().map(receipt).collect()
    }

    /// Who has read the message at `seq`, by address.
    pub fn readers(&self, seq: u64) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, (_, read))| *read >= seq).map(|(user, _)| user.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(user: &str, delivered_seq: u64, read_seq: u64) -> Receipt {
        Receipt { conversation: "c".into(), user: user.into(), delivered_seq, read_seq }
    }

    #[test]
    fn positions_never_move_back() {
        let mut receipts = Receipts::default();
        assert!(receipts.apply(&receipt("juliet@localhost", 7, 5)));
        assert!(!receipts.apply(&receipt("juliet@localhost", 3, 0)));
        assert_eq!(receipts.progress(5, "romeo@localhost"), Progress::Read);
        assert_eq!(receipts.progress(7, "romeo@localhost"), Progress::Delivered);
        assert_eq!(receipts.progress(8, "romeo@localhost"), Progress::Stored);
    }

    #[test]
    fn my_own_devices_do_not_count_as_readers() {
        let mut receipts = Receipts::default();
        receipts.apply(&receipt("romeo@localhost", 9, 9));
        assert_eq!(receipts.progress(5, "romeo@localhost"), Progress::Stored);
    }
}
