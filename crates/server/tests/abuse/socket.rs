//! A native WebSocket as a well-behaved client has it.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    next_id: u64,
    /// Pushes that came while an answer was awaited.
    pushes: VecDeque<Value>,
    /// Answers that came before they were asked for.
    answers: HashMap<u64, Value>,
}

/// What a server did next on a socket.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A frame of the protocol.
    Frame(Value),
    /// It closed the socket, with a code when it said one.
    Closed(Option<u16>),
}

impl Socket {
    /// A fresh socket on which nobody is signed in.
    pub(crate) async fn connect(origin: &str) -> Self {
        Self::connect_with(origin, 1 << 20).await
    }

    /// A socket whose client takes no more than this from the network before it reads.
    pub(crate) async fn connect_with(origin: &str, receive_buffer_bytes: u32) -> Self {
        let address = origin.trim_start_matches("http://").parse().expect("an address");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(receive_buffer_bytes).expect("a buffer");
        let stream = socket.connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("an open connection");
        let url = format!("ws{}/v1/ws", origin.trim_start_matches("http"));
        let request = url.into_client_request().expect("an address");
        let (stream, _) = client_async(request, stream).await.expect("a WebSocket");
        Self { stream, next_id: 1, pushes: VecDeque::new(), answers: HashMap::new() }
    }

    /// Calls an operation and waits for its answer.
    pub(crate) async fn call(&mut self, operation: &str, args: Value) -> WsAnswer {
        let id = self.ask(operation, args).await;
        self.answer(id).await
    }

    /// Sends a request and does not wait.
    pub(crate) async fn ask(&mut self, operation: &str, args: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(json!({ "id": id, "op": operation, "args": args }).to_string()).await;
        id
    }

    /// Sends a text message, whatever it says.
    pub(crate) async fn send(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.expect("an open socket");
    }

    /// Waits for the answer to a request; pushes are kept for later.
    pub(crate) async fn answer(&mut self, id: u64) -> WsAnswer {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return WsAnswer(answer);
            }
            match self.read().await {
                Heard::Closed(code) => panic!("closed with {code:?} instead of an answer"),
                Heard::Frame(frame) => match frame["id"].as_u64() {
                    Some(id) => drop(self.answers.insert(id, frame)),
                    None => self.pushes.push_back(frame),
                },
            }
        }
    }

    /// Waits for the answer to a request, and forgets the pushes before it.
    pub(crate) async fn answer_only(&mut self, id: u64) -> WsAnswer {
        let answer = self.answer(id).await;
        self.pushes.clear();
        answer
    }

    /// The next frame or the end, those that were kept first.
    pub(crate) async fn next(&mut self) -> Heard {
        match self.pushes.pop_front() {
            Some(push) => Heard::Frame(push),
            None => self.read().await,
        }
    }

    /// The next frame or the end.
    pub(crate) async fn read(&mut self) -> Heard {
        loop {
            let message =
                timeout(DEADLINE, self.stream.next()).await.expect("the server does something in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Frame(serde_json::from_str(&text).expect("frames are JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                None | Some(Err(Error::ConnectionClosed | Error::Protocol(_) | Error::Io(_))) => {
                    return Heard::Closed(None);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("{error:?}"),
            }
        }
    }

    /// Everything up to the end, and the close code.
    pub(crate) async fn drain(mut self) -> (Vec<Value>, Option<u16>) {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Heard::Frame(frame) => frames.push(frame),
                Heard::Closed(code) => return (frames, code),
            }
        }
    }
}

/// An answer on a socket.
#[derive(Debug)]
pub(crate) struct WsAnswer(pub(crate) Value);

impl WsAnswer {
    /// The answer of a request that must succeed.
    pub(crate) fn ok(&self) -> Value {
        self.0.get("ok").unwrap_or_else(|| panic!("refused: {}", self.0)).clone()
    }

    /// The code of the refusal, or `ok`.
    pub(crate) fn code(&self) -> &str {
        self.0.pointer("/error/code").and_then(Value::as_str).unwrap_or("ok")
    }

    /// The status of the refusal, or 200.
    pub(crate) fn status(&self) -> u64 {
        self.0.pointer("/error/status").and_then(Value::as_u64).unwrap_or(200)
    }
}
