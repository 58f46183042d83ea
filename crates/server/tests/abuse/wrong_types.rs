//! Every field of every operation with values it does not take, made from the schemas.

use crate::{client::Site, socket::Socket};
use parlance_api::{operation::Entry, ops::OPERATIONS};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

/// The schema of a request with its definitions.
struct Request {
    schema: Value,
    definitions: Map<String, Value>,
}

impl Request {
    fn of(entry: &Entry) -> Self {
        let mut generator = SchemaGenerator::default();
        let schema = (entry.request)(&mut generator).to_value();
        Self { schema, definitions: generator.take_definitions(true) }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) else {
            return schema;
        };
        self.resolve(&self.definitions[name])
    }

    fn fields(&self) -> Map<String, Value> {
        self.resolve(&self.schema)["properties"].as_object().cloned().unwrap_or_default()
    }

    fn required(&self) -> Vec<String> {
        let required = self.resolve(&self.schema)["required"].as_array().cloned().unwrap_or_default();
        required.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    /// The types of JSON that a field takes.
    fn types(&self, schema: &Value) -> Vec<String> {
        let schema = self.resolve(schema);
        for several in ["anyOf", "oneOf"] {
            if let Some(options) = schema[several].as_array() {
                return options.iter().flat_map(|option| self.types(option)).collect();
            }
        }
        match &schema["type"] {
            Value::String(one) => vec![one.clone()],
            Value::Array(several) => {
                several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
            }
            _ if schema.get("enum").is_some() || schema.get("const").is_some() => vec!["string".into()],
            _ => vec!["object".into()],
        }
    }

    /// A value of the right type; what it says is right too, as far as types can tell.
    fn example(&self, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        for several in ["anyOf", "oneOf"] {
            if let Some(options) = schema[several].as_array() {
                return self.example(&options[0]);
            }
        }
        if let Some(choices) = schema["enum"].as_array() {
            return choices[0].clone();
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        match self.types(schema)[0].as_str() {
            "string" => json!("x"),
            "integer" => json!(1),
            "boolean" => json!(true),
            "array" => json!([]),
            "object" => {
                let required = schema["required"].as_array().cloned().unwrap_or_default();
                let names = required.iter().filter_map(Value::as_str);
                names.map(|name| (name.to_owned(), self.example(&schema["properties"][name]))).collect()
            }
            other => panic!("no example of {other}"),
        }
    }

    fn right(&self) -> Map<String, Value> {
        let fields = self.fields();
        self.required().into_iter().map(|name| (name.clone(), self.example(&fields[&name]))).collect()
    }
}

/// Values of each type of JSON.
fn values() -> Vec<(&'static str, &'static str)> {
    vec![
        ("null", "null"),
        ("boolean", "true"),
        ("integer", "0"),
        ("integer", "-1"),
        ("integer", "9007199254740993"),
        ("integer", "18446744073709551615"),
        ("number", "18446744073709551616"),
        ("number", "-9223372036854775809"),
        ("number", "1.5"),
        ("number", "1e300"),
        ("string", "\"\""),
        ("string", "\"x\\u0000y\""),
        ("string", "\"1\""),
        ("array", "[]"),
        ("array", "[null]"),
        ("array", "[[[[]]]]"),
        ("object", "{}"),
        ("object", "{\"x\":{}}"),
    ]
}

/// Sends arguments as they stand, and answers with the status and code.
async fn status(socket: &mut Socket, id: u64, operation: &str, args: &str) -> (u64, String) {
    socket.send(format!(r#"{{"id":{id},"op":"{operation}","args":{args}}}"#)).await;
    let answer = socket.answer(id).await;
    (answer.status(), answer.code().to_owned())
}

fn written(args: &Map<String, Value>, field: &str, value: &str) -> String {
    let others =
        args.iter().filter(|(name, _)| *name != field).map(|(name, value)| format!("\"{name}\":{value}"));
    let all: Vec<_> = others.chain([format!("\"{field}\":{value}")]).collect();
    format!("{{{}}}", all.join(","))
}

/// Operations that end the session that asks, or cost a password.
fn is_left_out(operation: &str) -> bool {
    matches!(operation, "auth.sign_out" | "auth.sign_in" | "auth.register" | "me.change_password")
}

#[tokio::test]
async fn h14_a_value_of_another_type_is_refused_in_every_field_of_every_operation() {
    let site = Site::open().await;
    let mut socket = site.person("owner").await.connect().await;
    let mut id = 1_000;
    for entry in OPERATIONS {
        let (request, name) = (Request::of(entry), entry.description.name);
        for (field, schema) in request.fields() {
            let types = request.types(&schema);
            for (kind, value) in values() {
                id += 1;
                let is_right = types.iter().any(|right| right == kind);
                if is_right && is_left_out(name) {
                    continue;
                }
                let args = written(&request.right(), &field, value);
                let (status, code) = status(&mut socket, id, name, &args).await;
                assert!(status < 500, "{name} {args}: {code}");
                let is_known = code == "request.malformed" || code == "request.invalid_value";
                assert!(is_right || is_known, "{name} takes {args}: {status} {code}");
            }
        }
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h14_a_missing_double_or_unknown_field_is_refused_by_every_operation() {
    let site = Site::open().await;
    let mut socket = site.person("owner").await.connect().await;
    let mut id = 1_000;
    for entry in OPERATIONS {
        let (request, name) = (Request::of(entry), entry.description.name);
        let right = request.right();
        let mut wrong = vec![written(&right, "no_such_field", "1"), "[]".into(), "\"x\"".into(), "1".into()];
        for field in request.required() {
            let mut lacking = right.clone();
            lacking.remove(&field);
            wrong.push(Value::Object(lacking).to_string());
        }
        for (field, schema) in request.fields() {
            let value = request.example(&schema);
            wrong.push(written(&right, &field, &format!("{value},\"{field}\":{value}")));
        }
        for args in wrong {
            id += 1;
            let (status, code) = status(&mut socket, id, name, &args).await;
            assert_eq!((status, code.as_str()), (400, "request.malformed"), "{name} {args}");
        }
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h14_numbers_at_the_edges_are_answered() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let event = owner.say(&group, "hello").await;
    let edges =
        [0, 1, 2, (1 << 31) - 1, 1 << 32, (1 << 53) + 1, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX];
    for edge in edges {
        let text = edge.to_string();
        for (operation, args) in [
            ("event.list", json!({ "before": edge })),
            ("event.list", json!({ "after": edge })),
            ("event.list", json!({ "around": edge })),
            ("event.thread", json!({ "event": event, "after": edge })),
            ("conversation.mark_read", json!({ "seq": edge })),
            ("conversation.mark_unread", json!({ "seq": edge })),
            ("conversation.mark_delivered", json!({ "seq": edge })),
        ] {
            let mut args = args;
            args["conversation"] = json!(group);
            assert_eq!(owner.call(operation, args.clone()).await.code(), "ok", "{operation} {args}");
        }
        for (operation, args) in [
            ("sync", json!({ "since": format!("1-{text}") })),
            ("sync", json!({ "since": format!("{text}-1") })),
            ("sync", json!({ "positions": { (group.clone()): { "epoch": edge, "seq": edge } } })),
            ("sync", json!({ "positions": { (group.clone()): { "epoch": 1, "seq": edge } } })),
            ("search", json!({ "query": "hello", "cursor": text })),
        ] {
            assert_eq!(owner.call(operation, args.clone()).await.code(), "ok", "{operation} {args}");
        }
        for operation in ["sync", "conversation.list"] {
            let answer = owner.call(operation, json!({ "cursor": text })).await;
            assert_eq!(answer.code(), "request.invalid_value", "{operation} with a cursor of nobody's");
        }
        for (operation, args) in [
            ("event.list", json!({ "conversation": group, "limit": edge })),
            ("member.list", json!({ "conversation": group, "limit": edge })),
            ("sync", json!({ "limit": edge, "window": 1 })),
            ("sync", json!({ "window": edge })),
            ("search", json!({ "query": "hello", "limit": edge })),
            ("link.create", json!({ "conversation": group, "uses": edge })),
            ("link.create", json!({ "conversation": group, "expires_in_s": edge })),
            ("invitation.create", json!({ "uses": edge })),
            ("invitation.create", json!({ "expires_in_s": edge })),
            ("conversation.change_settings", json!({ "conversation": group, "slow_mode_s": edge })),
        ] {
            let answer = owner.call(operation, args.clone()).await;
            assert!(answer.status < 500, "{operation} {args}: {}", answer.text());
        }
    }
    let moments = [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "-9999-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "now",
        "2026-01-01",
        "2026-01-01T00:00:00+99:99",
        "99999-01-01T00:00:00Z",
        "292278994-08-17T07:12:55Z",
    ];
    for moment in moments {
        let answer = owner.call("event.list", json!({ "conversation": group, "from_time": moment })).await;
        assert!(answer.status < 500, "{moment}: {}", answer.text());
    }
    site.check_is_well().await;
}
