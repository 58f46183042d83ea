//! People who use a server over HTTP, by the names of the operations.

use crate::{socket::Socket, support::Server};
use parlance_api::{
    operation::{Description, Entry, Method},
    ops::OPERATIONS,
};
use reqwest::{Client, header::HeaderMap};
use serde_json::{Map, Value, json};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server without limits where anybody may make an account.
pub(crate) struct Site {
    pub(crate) server: Server,
    client: Client,
}

impl Site {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[("PARLANCE__LIMITS__ENABLED", "false")]).await
    }

    pub(crate) async fn open_with(environment: &[(&str, &str)]) -> Self {
        let usual = [("PARLANCE__DEV", "true"), ("PARLANCE__REGISTRATION__MODE", "open")];
        let environment: Vec<_> = usual.iter().chain(environment).copied().collect();
        Self { server: Server::start(&environment).await, client: Client::new() }
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Person {
        let origin = format!("http://{}", self.server.http());
        Person {
            client: self.client.clone(),
            origin,
            token: None,
            address: String::new(),
            device: String::new(),
        }
    }

    /// Somebody with a new account.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let request = json!({ "name": name, "password": PASSWORD });
        let answer = self.nobody().call("auth.register", request).await.ok();
        self.nobody().with(&answer)
    }

    /// Somebody's further device.
    pub(crate) async fn device(&self, person: &Person) -> Person {
        let request = json!({ "user": person.address, "password": PASSWORD });
        let answer = self.nobody().call("auth.sign_in", request).await.ok();
        self.nobody().with(&answer)
    }

    /// Switches an account off.
    pub(crate) fn disable(&self, person: &Person) {
        let name = person.address.split('@').next().expect("a name");
        self.server.command(&["user", "disable", name]);
    }

    /// What the server counts.
    pub(crate) async fn metrics(&self) -> String {
        let url = format!("http://{}/metrics", self.server.admin());
        self.client.get(url).send().await.expect("an answer").text().await.expect("a body")
    }

    /// A number among what the server counts.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let metrics = self.metrics().await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
    }

    /// Mebibytes the server holds in memory.
    pub(crate) async fn resident_mib(&self) -> f64 {
        self.metric("parlance_process_resident_bytes").await / f64::from(1 << 20)
    }

    /// Panics when the server failed at something or does not answer any more.
    pub(crate) async fn check_is_well(&self) {
        self.nobody().call("server.get", json!({})).await.ok();
        let log = self.server.log();
        assert!(!log.contains("panicked"), "{log}");
        let metrics = self.metrics().await;
        let failed =
            metrics.lines().find(|line| line.contains("code=\"500\"") || line.contains("server.internal"));
        assert_eq!(failed, None);
    }
}

/// Somebody who calls operations.
#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    origin: String,
    token: Option<String>,
    pub(crate) address: String,
    pub(crate) device: String,
}

impl Person {
    fn with(mut self, signed_in: &Value) -> Self {
        self.token = Some(text(signed_in, "/token"));
        self.address = text(signed_in, "/me/address");
        self.device = text(signed_in, "/me/device");
        self
    }

    /// The same person with another token, right or wrong.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("signed in")
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Calls an operation: fields of the path go there, the others into the query or the body.
    pub(crate) async fn call(&self, operation: &str, args: Value) -> Answer {
        let description = find(operation).description;
        let Value::Object(mut args) = args else { panic!("arguments are an object") };
        let mut url = format!("{}{}", self.origin, path(&description, &mut args));
        let method = description.method.as_str().parse().expect("a method");
        let body =
            (description.method != Method::Get).then_some(args.clone()).filter(|args| !args.is_empty());
        if description.method == Method::Get && !args.is_empty() {
            url = format!("{url}?{}", query(&args));
        }
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(operation, request).await
    }

    /// Sends a body of any kind to an address.
    pub(crate) async fn post_bytes(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = self.client.post(format!("{}{path}", self.origin));
        self.send(path, request.header("content-type", kind).body(body)).await
    }

    async fn send(&self, what: &str, mut request: reqwest::RequestBuilder) -> Answer {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{what} got no answer: {error:?}"));
        Answer {
            what: what.to_owned(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.expect("a whole body").to_vec(),
        }
    }

    /// A WebSocket on which this person is signed in.
    pub(crate) async fn connect(&self) -> Socket {
        let mut socket = Socket::connect(&self.origin).await;
        socket.call("hello", json!({ "token": self.token() })).await.ok();
        socket
    }

    /// Makes a group of the caller and others.
    pub(crate) async fn group(&self, others: &[&Person]) -> String {
        self.make("group", others).await
    }

    /// Makes a group or a channel.
    pub(crate) async fn make(&self, kind: &str, others: &[&Person]) -> String {
        let members: Vec<_> = others.iter().map(|person| person.address.clone()).collect();
        let request = json!({ "kind": kind, "name": kind, "members": members });
        text(&self.call("conversation.create", request).await.ok(), "/conversation")
    }

    /// Posts a message and answers with its id.
    pub(crate) async fn say(&self, conversation: &str, words: &str) -> String {
        let client_ref = format!("say-{:x}", rand::random::<u64>());
        let body = json!({ "type": "text", "text": words });
        let request = json!({ "conversation": conversation, "client_ref": client_ref, "body": body });
        text(&self.call("event.send", request).await.ok(), "/event_id")
    }
}

/// What came of a call.
pub(crate) struct Answer {
    pub(crate) what: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The answer of a call that must succeed.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}: {}", self.what, self.text());
        self.json()
    }

    /// The code of a problem document, or `ok`.
    pub(crate) fn code(&self) -> String {
        if self.status == 200 {
            return "ok".to_owned();
        }
        let kind = self.headers.get("content-type").map(|kind| kind.as_bytes());
        assert_eq!(kind, Some(b"application/problem+json".as_slice()), "{}: {}", self.what, self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{}: {problem}", self.what);
        text(&problem, "/code")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.what, self.text()))
    }
}

/// A moment half a day after one that the API told.
pub(crate) fn twelve_hours_after(at: &str) -> String {
    at.replace('Z', "-12:00")
}

/// The text at a place in a document.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {pointer} in {value}")).to_owned()
}

/// An operation by its name.
pub(crate) fn find(operation: &str) -> &'static Entry {
    let found = OPERATIONS.iter().find(|entry| entry.description.name == operation);
    found.unwrap_or_else(|| panic!("there is no operation {operation}"))
}

fn path(description: &Description, args: &mut Map<String, Value>) -> String {
    let mut path = description.path.to_owned();
    for field in description.path_fields() {
        let value = args.remove(field).unwrap_or_else(|| panic!("{} needs {field}", description.name));
        path = path.replace(&format!("{{{field}}}"), &encode(&plain(&value)));
    }
    path
}

fn query(args: &Map<String, Value>) -> String {
    let pairs: Vec<_> =
        args.iter().map(|(name, value)| format!("{name}={}", encode(&plain(value)))).collect();
    pairs.join("&")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Percent-encodes everything but letters and digits.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| match byte.is_ascii_alphanumeric() {
        true => encoded + char::from(byte).encode_utf8(&mut [0; 4]),
        false => encoded + &format!("%{byte:02X}"),
    })
}
