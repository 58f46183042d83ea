//! The operations and pushes on the WebSocket, as an AsyncAPI document.

use super::schemas::{Draft, OperationSchemas, Schemas, reference};
use serde_json::{Map, Value, json};

const CHANNEL: &str = "socket";

/// An AsyncAPI document of the WebSocket: each operation as a request with its answer, and the pushes.
///
/// # Source
/// AsyncAPI Specification 3.0.0. The document speaks for the server: it *receives* requests and
/// *sends* answers and pushes.
pub fn asyncapi() -> Value {
    let schemas = Schemas::collect(Draft::Draft07);
    let calls: Vec<Call> =
        std::iter::once(Call::hello()).chain(schemas.operations.iter().map(Call::new)).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": info(),
        "defaultContentType": "application/json",
        "channels": { CHANNEL: channel(&calls) },
        "operations": operations(&calls),
        "components": { "messages": messages(&calls), "schemas": schemas.definitions },
    })
}

fn info() -> Value {
    json!({
        "title": "Parlance",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "The native protocol over a WebSocket. One text message is one frame. The first frame of a \
            client is `hello`; then every operation of `/openapi.json` can follow under its name. The server \
            answers each request once, in any order, and pushes what happens in between.",
        "license": { "name": "Apache-2.0" },
    })
}

/// One kind of request.
struct Call {
    name: &'static str,
    summary: &'static str,
    args: Value,
    answer: Value,
}

impl Call {
    fn hello() -> Self {
        Self {
            name: "hello",
            summary: "The first request on a socket: says who is there.",
            args: reference("Hello"),
            answer: reference("Welcome"),
        }
    }

    fn new(operation: &OperationSchemas) -> Self {
        Self {
            name: operation.description.name,
            summary: operation.description.summary,
            args: operation.request_reference(),
            answer: operation.answer.clone(),
        }
    }

    fn request_key(&self) -> String {
        format!("{}.request", self.name)
    }

    fn answer_key(&self) -> String {
        format!("{}.answer", self.name)
    }

    fn request(&self) -> Value {
        json!({
            "name": self.name,
            "title": format!("Request {}", self.name),
            "summary": self.summary,
            "payload": {
                "type": "object",
                "required": ["id", "op"],
                "properties": {
                    "id": id("Chosen by the client; comes back with the answer."),
                    "op": { "const": self.name },
                    "args": self.args,
                },
                "additionalProperties": false,
            },
        })
    }

    fn answer(&self) -> Value {
        json!({
            "name": format!("{} answered", self.name),
            "title": format!("Answer to {}", self.name),
            "payload": {
                "type": "object",
                "required": ["id", "ok"],
                "properties": { "id": id("The request's id."), "ok": self.answer },
            },
        })
    }
}

fn id(description: &str) -> Value {
    json!({ "description": description, "type": "integer", "minimum": 0 })
}

fn channel(calls: &[Call]) -> Value {
    let keys = calls.iter().flat_map(|call| [call.request_key(), call.answer_key()]);
    let keys = keys.chain(["refused".to_owned(), "push".to_owned()]);
    json!({
        "address": "/v1/ws",
        "title": "The socket",
        "description": "Authenticated by `hello`, or by the `Authorization` header of the HTTP request.",
        "messages": keys.map(|key| (key.clone(), at("#/components/messages", &key))).collect::<Map<_, _>>(),
        "bindings": { "ws": { "method": "GET", "bindingVersion": "0.1.0" } },
    })
}

fn messages(calls: &[Call]) -> Value {
    let mut messages = Map::new();
    for call in calls {
        messages.insert(call.request_key(), call.request());
        messages.insert(call.answer_key(), call.answer());
    }
    messages.insert("refused".into(), refused());
    messages.insert("push".into(), push());
    Value::Object(messages)
}

fn refused() -> Value {
    json!({
        "name": "refused",
        "title": "A request was not done",
        "payload": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "id": id("The request's id; absent when the frame could not be read."),
                "error": reference("Problem"),
            },
        },
    })
}

fn push() -> Value {
    json!({ "name": "push", "title": "Something happened", "payload": reference("Push") })
}

fn operations(calls: &[Call]) -> Value {
    let requests = calls.iter().map(|call| (call.name.to_owned(), receives(call)));
    let pushes = json!({
        "action": "send",
        "title": "push",
        "summary": "Tells what happened, as it happens.",
        "channel": at("#/channels", CHANNEL),
        "messages": [in_channel("push")],
    });
    Value::Object(requests.chain([("push".to_owned(), pushes)]).collect())
}

fn receives(call: &Call) -> Value {
    json!({
        "action": "receive",
        "title": call.name,
        "summary": call.summary,
        "channel": at("#/channels", CHANNEL),
        "messages": [in_channel(&call.request_key())],
        "reply": {
            "channel": at("#/channels", CHANNEL),
            "messages": [in_channel(&call.answer_key()), in_channel("refused")],
        },
    })
}

fn in_channel(message: &str) -> Value {
    at(&format!("#/channels/{CHANNEL}/messages"), message)
}

fn at(place: &str, key: &str) -> Value {
    json!({ "$ref": format!("{place}/{key}") })
}
