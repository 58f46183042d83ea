//! Messages to send, written once, and what comes back, looked at only as far as needed.

use crate::socket::push_text;
use anyhow::Context;
use parlance_api::{event::Body, frame::Request, operation::Operation, ops};
use serde_json::value::RawValue;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

const REF: &str = "@ref@";
const TIME: &str = "@time@";
const TEXT: &str = "@text@";
/// Digits of a moment inside a message, in microseconds since this program began to count.
const TIME_DIGITS: usize = 12;

/// A clock that messages carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now() }
    }

    pub(crate) fn micros(self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    pub(crate) fn since(self, micros: u64) -> Duration {
        Duration::from_micros(self.micros().saturating_sub(micros))
    }
}

/// A request as a frame.
pub(crate) fn request<O: Operation>(id: u64, request: &O) -> anyhow::Result<Vec<u8>> {
    named_request(id, O::DESCRIPTION.name, request)
}

/// A request that is not in the table.
pub(crate) fn named_request<T: serde::Serialize>(id: u64, op: &str, args: &T) -> anyhow::Result<Vec<u8>> {
    let args = Some(RawValue::from_string(serde_json::to_string(args)?)?);
    let mut frame = Vec::new();
    push_text(&mut frame, &serde_json::to_vec(&Request { id, op: op.to_owned(), args })?);
    Ok(frame)
}

/// Messages of one person for one conversation: only number, reference, moment and text differ.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// What stands before, between and after reference, moment and text.
    pieces: [String; 4],
}

thread_local! {
    /// References are unique in a run, so they are unique on each device.
    static NEXT_REF: Cell<u64> = const { Cell::new(0) };
}

impl Letter {
    pub(crate) fn to(conversation: &str) -> anyhow::Result<Self> {
        let send = ops::Send {
            conversation: conversation.to_owned(),
            client_ref: REF.to_owned(),
            body: Body::Text { text: format!("{TIME} {TEXT}"), mentions: Vec::new() },
            reply_to: None,
            thread: None,
            poll: None,
            needs_acknowledgement: false,
            forward: None,
        };
        let args = serde_json::to_string(&send)?;
        let parts = || {
            let (before_ref, rest) = args.split_once(REF)?;
            let (before_time, rest) = rest.split_once(TIME)?;
            let (before_text, end) = rest.split_once(TEXT)?;
            let start = format!(",\"op\":\"{}\",\"args\":{before_ref}", ops::Send::DESCRIPTION.name);
            Some([start, before_time.to_owned(), before_text.to_owned(), format!("{end}}}")])
        };
        Ok(Self { pieces: parts().context("a message has its reference before its text")? })
    }

    /// Adds the frame of one message. `text` must not need escaping in JSON.
    pub(crate) fn push(&self, out: &mut Vec<u8>, id: u64, now_micros: u64, text: &str) {
        let reference = NEXT_REF.replace(NEXT_REF.get() + 1);
        let [start, before_time, before_text, end] = &self.pieces;
        let frame = format!(
            "{{\"id\":{id}{start}{reference}{before_time}{now_micros:0digits$}{before_text}{text}{end}",
            digits = TIME_DIGITS
        );
        push_text(out, frame.as_bytes());
    }
}

/// What came over a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival<'a> {
    /// Done.
    Answer { id: u64 },
    /// Not done.
    Refusal(&'a str),
    /// A message, with its place and the moment it carries.
    Message { seq: u64, sent_micros: u64 },
    /// Something else.
    Other,
}

impl<'a> Arrival<'a> {
    pub(crate) fn read(frame: &'a [u8]) -> Self {
        let Ok(text) = std::str::from_utf8(frame) else { return Self::Other };
        if let Some(rest) = text.strip_prefix("{\"id\":") {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let is_ok = rest[digits..].starts_with(",\"ok\"");
            return match rest[..digits].parse() {
                Ok(id) if is_ok => Self::Answer { id },
                _ => Self::Refusal(text),
            };
        }
        if !text.starts_with("{\"push\":\"event\"") {
            return if text.starts_with("{\"error\"") { Self::Refusal(text) } else { Self::Other };
        }
        match (number_after(text, "\"seq\":"), number_after(text, "\"text\":\"")) {
            (Some(seq), Some(sent_micros)) => Self::Message { seq, sent_micros },
            _ => Self::Other,
        }
    }
}

fn number_after(text: &str, mark: &str) -> Option<u64> {
    let rest = &text[text.find(mark)? + mark.len()..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlance_api::{
        event::{Content, Event, Message},
        frame::{Answer, Push},
    };

    fn message_at(seq: u64, text: &str) -> String {
        let body = Body::Text { text: text.to_owned(), mentions: Vec::new() };
        let event = Event {
            conversation: "c".to_owned(),
            epoch: 1,
            seq,
            event_id: "e".to_owned(),
            at: "2026-01-31T12:00:00.000Z".to_owned(),
            sender: "anna@localhost".to_owned(),
            client_ref: Some("7".to_owned()),
            content: Content::Message(Message {
                body,
                reply_to: None,
                thread: None,
                forwarded: None,
                sent_at: None,
                expires_at: None,
                poll: None,
                needs_acknowledgement: false,
            }),
            fold: None,
        };
        serde_json::to_string(&Push::Event { event: Box::new(event) }).expect("JSON")
    }

    #[test]
    fn a_letter_is_a_request_as_the_protocol_has_it() {
        let mut frame = Vec::new();
        Letter::to("c").expect("a letter").push(&mut frame, 5, 77, "hello");
        let text = &frame[frame.iter().position(|byte| *byte == b'{').expect("JSON")..];
        let request: Request = serde_json::from_slice(text).expect("a request");
        let send: ops::Send = serde_json::from_str(request.args.expect("fields").get()).expect("a send");
        assert_eq!((request.id, request.op.as_str()), (5, "event.send"));
        assert_eq!(send.body, Body::Text { text: "000000000077 hello".to_owned(), mentions: Vec::new() });
    }

    #[test]
    fn arrivals_are_told_apart() {
        let answer = serde_json::to_string(&Answer::Ok { id: 3, ok: ops::Done {} }).expect("JSON");
        assert_eq!(Arrival::read(answer.as_bytes()), Arrival::Answer { id: 3 });
        let refusal = "{\"id\":3,\"error\":{}}";
        assert_eq!(Arrival::read(refusal.as_bytes()), Arrival::Refusal(refusal));
        let text = message_at(9, "000000000077 hello");
        assert_eq!(Arrival::read(text.as_bytes()), Arrival::Message { seq: 9, sent_micros: 77 });
        let mark = serde_json::to_string(&Push::Mark { mark: "1-2".to_owned() }).expect("JSON");
        assert_eq!(Arrival::read(mark.as_bytes()), Arrival::Other);
    }
}
