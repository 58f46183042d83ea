use crate::dispatch::{check_is_object, malformed};
use bytes::Bytes;
use parlance_api::{
    error::{ErrorCode, Problem},
    frame::{Answer, Hello, Push, Request},
};
use parlance_core::id::UnixMillis;
use parlance_front::{Output, Session};
use parlance_hub::live::CloseReason;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::VecDeque;

/// How long a fresh socket may stay silent about who it is.
const HELLO_WITHIN_MS: u64 = 10_000;
/// Close codes: RFC 6455 section 7.4.1, and our own for "sign in again".
pub(crate) const CLOSE_POLICY: u16 = 1008;
pub(crate) const CLOSE_RESTART: u16 = 1012;
pub(crate) const CLOSE_REVOKED: u16 = 4001;

/// One native WebSocket as a value.
pub(crate) struct NativeSession {
    state: State,
    outputs: VecDeque<Output<Call>>,
}

enum State {
    /// Nobody is signed in until the moment named.
    Fresh { hello_until: UnixMillis },
    /// The token is being looked at.
    Greeting,
    /// Somebody is signed in.
    Ready,
}

/// What a session asks for.
pub(crate) enum Call {
    /// Who is this?
    Hello { id: u64, hello: Hello },
    /// Do this.
    Operation { id: u64, op: String, args: Box<RawValue> },
    /// Take the price of a request for a frame that is none.
    Refuse { id: Option<u64>, problem: Problem },
}

/// What came of it.
pub(crate) enum Reply {
    /// Signed in, or not; the answer is written out.
    Hello { id: u64, result: Result<Bytes, Problem> },
    /// Done, or not.
    Operation { id: u64, result: Result<Bytes, Problem> },
    /// Why there was nothing to do.
    Refused { id: Option<u64>, problem: Problem },
}

impl NativeSession {
    pub(crate) fn new(now: UnixMillis) -> Self {
        Self { state: State::Fresh { hello_until: now.plus_ms(HELLO_WITHIN_MS) }, outputs: VecDeque::new() }
    }

    fn send<T: serde::Serialize>(&mut self, frame: &T) {
        let json = serde_json::to_vec(frame).expect("invariant: frames have string keys only");
        self.outputs.push_back(Output::Send(json.into()));
    }

    fn say_error(&mut self, id: Option<u64>, error: Problem) {
        self.send(&Answer::<()>::Error { id, error });
    }

    fn refuse(&mut self, id: Option<u64>, problem: Problem) {
        self.outputs.push_back(Output::Call(Call::Refuse { id, problem }));
    }

    fn answer(&mut self, id: u64, result: Result<Bytes, Problem>) {
        match result {
            Ok(json) => {
                let mut frame = format!("{{\"id\":{id},\"ok\":").into_bytes();
                frame.extend_from_slice(&json);
                frame.push(b'}');
                self.outputs.push_back(Output::Send(frame.into()));
            }
            Err(problem) => self.say_error(Some(id), problem),
        }
    }

    fn close(&mut self, error: Problem, code: u16, reason: &'static str) {
        self.send(&Push::Closing { error });
        self.outputs.push_back(Output::Close { code, reason });
    }

    fn handle_request(&mut self, request: Request) {
        let args = request
            .args
            .unwrap_or_else(|| RawValue::from_string("{}".into()).expect("invariant: {} is JSON"));
        let is_hello = request.op == "hello";
        match self.state {
            State::Fresh { .. } if is_hello => self.handle_hello(request.id, &args),
            State::Ready if !is_hello => {
                self.outputs.push_back(Output::Call(Call::Operation {
                    id: request.id,
                    op: request.op,
                    args,
                }));
            }
            State::Ready | State::Greeting if is_hello => {
                let problem =
                    Problem::new(ErrorCode::RequestInvalidValue).with_detail("hello was said already");
                self.refuse(Some(request.id), problem);
            }
            _ => self.refuse(Some(request.id), ErrorCode::AuthRequired.into()),
        }
    }

    fn handle_hello(&mut self, id: u64, args: &RawValue) {
        match decode(args.get().as_bytes()) {
            Ok(hello) => {
                self.state = State::Greeting;
                self.outputs.push_back(Output::Call(Call::Hello { id, hello }));
            }
            Err(problem) => self.refuse(Some(id), problem),
        }
    }
}

fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, Problem> {
    let object: &RawValue = serde_json::from_slice(json).map_err(malformed)?;
    check_is_object(object)?;
    serde_json::from_str(object.get()).map_err(malformed)
}

impl Session for NativeSession {
    type Call = Call;
    type Reply = Reply;
    type Outbound = Bytes;

    fn handle_frame(&mut self, _now: UnixMillis, frame: &[u8]) {
        match decode(frame) {
            Ok(request) => self.handle_request(request),
            Err(problem) => self.refuse(None, problem),
        }
    }

    fn handle_reply(&mut self, _now: UnixMillis, reply: Reply) {
        match reply {
            Reply::Operation { id, result } => self.answer(id, result),
            Reply::Refused { id, problem } => self.say_error(id, problem),
            Reply::Hello { id, result } => {
                let problem = result.as_ref().err().cloned();
                self.answer(id, result);
                match problem {
                    None => self.state = State::Ready,
                    Some(problem) => self.close(problem, CLOSE_REVOKED, "sign in again"),
                }
            }
        }
    }

    fn handle_outbound(&mut self, bytes: Bytes) {
        self.outputs.push_back(Output::Send(bytes));
    }

    fn handle_closing(&mut self, reason: CloseReason) {
        match reason {
            CloseReason::Revoked => {
                self.close(ErrorCode::AuthTokenInvalid.into(), CLOSE_REVOKED, "sign in again")
            }
            CloseReason::Draining | CloseReason::Superseded | CloseReason::Replaced => {
                self.close(ErrorCode::ServerDraining.into(), CLOSE_RESTART, "connect again")
            }
        }
    }

    fn handle_timeout(&mut self, now: UnixMillis) {
        if matches!(self.state, State::Fresh { hello_until } if now >= hello_until) {
            self.close(ErrorCode::AuthRequired.into(), CLOSE_POLICY, "no hello");
        }
    }

    fn poll(&mut self) -> Output<Call> {
        self.outputs.pop_front().unwrap_or_else(|| {
            // Most connections have nothing to say for hours, and need no room for it meanwhile.
            self.outputs = VecDeque::new();
            Output::Wait(match self.state {
                State::Fresh { hello_until } => Some(hello_until),
                State::Greeting | State::Ready => None,
            })
        })
    }
}
