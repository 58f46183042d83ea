//! Messages carry a mark that is found again in the bytes that arrive, without reading the XML around it.

use anyhow::bail;
use bytes::{Buf, BytesMut};
use memchr::memmem;

const START: &[u8] = b"~~";
const SENDER_DIGITS: usize = 6;
const NUMBER_DIGITS: usize = 9;
const TIME_DIGITS: usize = 12;
/// Bytes of a mark.
const LENGTH: usize = START.len() + SENDER_DIGITS + NUMBER_DIGITS + TIME_DIGITS + 1;
const END: u8 = b'~';
/// Says that something was refused; each with either kind of quotation mark.
const REFUSALS: [&[u8]; 3] = [b"<stream:error", b"type='error'", b"type=\"error\""];
/// How much of a refusal is shown.
const SHOWN: usize = 600;

/// Who sent something, the how manieth it was, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) sender: u32,
    pub(crate) number: u64,
    pub(crate) sent_micros: u64,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { sender, number, sent_micros } = self;
        write!(f, "~~{sender:0SENDER_DIGITS$}{number:0NUMBER_DIGITS$}{sent_micros:0TIME_DIGITS$}~")
    }
}

impl Mark {
    /// The mark that begins these bytes.
    fn read(bytes: &[u8]) -> Option<Self> {
        let digits = bytes.get(START.len()..LENGTH)?.strip_suffix(&[END])?;
        let (sender, rest) = digits.split_at(SENDER_DIGITS);
        let (number, time) = rest.split_at(NUMBER_DIGITS);
        Some(Self {
            sender: u32::try_from(read_number(sender)?).ok()?,
            number: read_number(number)?,
            sent_micros: read_number(time)?,
        })
    }
}

fn read_number(digits: &[u8]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0')))
}

/// Takes every whole mark out of what was received, and leaves what may become one.
///
/// # Errors
/// When something was refused.
pub(crate) fn take_marks(received: &mut BytesMut, mut found: impl FnMut(Mark)) -> anyhow::Result<()> {
    refuse_refusals(received)?;
    let mut done = 0;
    while let Some(place) = memmem::find(&received[done..], START) {
        let start = done + place;
        match Mark::read(&received[start..]) {
            Some(mark) => {
                found(mark);
                done = start + LENGTH;
            }
            None if received.len() - start < LENGTH => break,
            None => done = start + 1,
        }
    }
    let kept = (received.len() - done).min(LENGTH - 1);
    received.advance(received.len() - kept);
    Ok(())
}

fn refuse_refusals(received: &[u8]) -> anyhow::Result<()> {
    for refusal in REFUSALS {
        if let Some(place) = memmem::find(received, refusal) {
            let from = received[..=place].iter().rposition(|byte| *byte == b'<').unwrap_or(place);
            let until = received.len().min(from + SHOWN);
            bail!("refused: {}", String::from_utf8_lossy(&received[from..until]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Mark = Mark { sender: 7, number: 0, sent_micros: 123 };
    const TWO: Mark = Mark { sender: 999_999, number: 999_999_999, sent_micros: 999_999_999_999 };

    fn take(received: &mut BytesMut) -> Vec<Mark> {
        let mut marks = Vec::new();
        take_marks(received, |mark| marks.push(mark)).expect("no refusal");
        marks
    }

    #[test]
    fn a_mark_reads_back() {
        for mark in [ONE, TWO] {
            assert_eq!(mark.to_string().len(), LENGTH);
            assert_eq!(Mark::read(mark.to_string().as_bytes()), Some(mark));
        }
    }

    #[test]
    fn marks_are_found_however_the_bytes_are_torn() {
        let text = format!(
            "<message to='a~~b'><body>{ONE} x~~</body></message><message><body>{TWO}</body></message>"
        );
        for first in 0..text.len() {
            for second in [first, (first + text.len()) / 2] {
                let mut received = BytesMut::new();
                let mut marks = Vec::new();
                for piece in [&text[..first], &text[first..second], &text[second..]] {
                    received.extend_from_slice(piece.as_bytes());
                    marks.extend(take(&mut received));
                }
                assert_eq!(marks, [ONE, TWO], "torn at {first} and {second}");
                assert!(received.len() < LENGTH);
            }
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        let mut received = BytesMut::from(format!("~~{}~~~~~12", "x".repeat(LENGTH)).as_bytes());
        assert_eq!(take(&mut received), []);
    }

    #[test]
    fn a_refusal_is_an_error_that_shows_it() {
        for text in ["<message type='error' from='x'/>", "<message type=\"error\"/>", "<stream:error><a/>"] {
            let mut received = BytesMut::from(format!("<message id='a'/>{text}").as_bytes());
            let error = take_marks(&mut received, |_| {}).expect_err("a refusal");
            assert_eq!(error.to_string(), format!("refused: {text}"));
        }
    }
}
