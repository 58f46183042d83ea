//! The operations over HTTP, as an OpenAPI document.

use super::schemas::{Draft, OperationSchemas, Schemas, reference};
use crate::{
    error::{CATALOGUE, CatalogueEntry},
    operation::{Cost, Description, Method, Needs},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// An OpenAPI document of every operation over HTTP, with the schemas of all WebSocket frames.
///
/// # Source
/// OpenAPI Specification 3.1.1; problems are RFC 9457 documents.
pub fn openapi() -> Value {
    let schemas = Schemas::collect(Draft::Draft202012);
    json!({
        "openapi": "3.1.1",
        "info": info(),
        "servers": [{ "url": "/", "description": "The server that gave you this document." }],
        "security": [{ "token": [] }],
        "tags": tags(&schemas.operations),
        "paths": paths(&schemas),
        "components": {
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token of a sign-in, from `auth.sign_in` or `auth.register`.",
            }},
            "responses": problems(),
            "schemas": definitions(schemas),
        },
    })
}

fn info() -> Value {
    json!({
        "title": "Parlance",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "One server, every protocol, one conversation.",
        "description": "The native protocol over HTTP. The same operations exist on the WebSocket at `/v1/ws`, \
            under the name that is the `operationId` here; `/asyncapi.json` describes it. A field without a \
            value is left out. Times are RFC 3339 in UTC with milliseconds. Ids are opaque.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

/// Tags are the families of operations: what stands before the dot.
fn tags(operations: &[OperationSchemas]) -> Value {
    let mut names: Vec<&str> = operations.iter().map(|operation| family(&operation.description)).collect();
    names.dedup();
    names.into_iter().map(|name| json!({ "name": name, "description": family_description(name) })).collect()
}

fn family_description(name: &str) -> &'static str {
    match name {
        "server" => "What a server tells everybody.",
        "auth" => "Signing in and out, and making accounts.",
        "invitation" => "Inviting people to the server.",
        "me" => "My own account.",
        "device" => "My sign-ins; each is a device.",
        "presence" => "Who is there. Never kept.",
        "contact" => "My address book, and whom I block.",
        "user" => "Finding people.",
        "report" => "Telling those who answer for this server, and for a conversation, about somebody.",
        "sync" => "Catching up after an absence.",
        "conversation" => "Conversations, and my own position, draft and preferences in them.",
        "member" => "Who is in a conversation, and who asks to be.",
        "link" => "Links that let people into a conversation.",
        "directory" => "Groups and channels that everybody on this server may find.",
        "event" => "Messages, and what is done with them.",
        "scheduled" => "Messages that are sent at a later time.",
        "arrangement" => "How my conversations are sorted.",
        "folder" => "My folders of conversations.",
        "search" => "Finding messages.",
        _ => "",
    }
}

fn family(description: &Description) -> &'static str {
    description.name.split('.').next().unwrap_or(description.name)
}

fn paths(schemas: &Schemas) -> Value {
    let mut paths = Map::new();
    for operation in &schemas.operations {
        let Description { path, method, .. } = operation.description;
        paths.entry(path).or_insert_with(|| json!({}))[method.as_str().to_lowercase()] =
            operation_object(operation, &schemas.definitions[&operation.request]);
    }
    Value::Object(paths)
}

fn operation_object(operation: &OperationSchemas, request: &Value) -> Value {
    let description = &operation.description;
    let fields = Fields::split(description, request);
    let mut object = json!({
        "operationId": description.name,
        "tags": [family(description)],
        "summary": description.summary,
        "x-rate-limit": rate_limit(description.cost),
    });
    if request["description"] != description.summary {
        object["description"] = request["description"].clone();
    }
    if description.needs == Needs::Nobody {
        object["security"] = json!([]);
    }
    if !fields.parameters.is_empty() {
        object["parameters"] = Value::Array(fields.parameters);
    }
    let has_body = fields.body.is_some();
    if let Some(body) = fields.body {
        object["requestBody"] = body;
    }
    object["responses"] = responses(operation, has_body);
    object
}

/// Where the fields of a request travel in HTTP.
struct Fields {
    parameters: Vec<Value>,
    body: Option<Value>,
}

impl Fields {
    fn split(description: &Description, request: &Value) -> Self {
        let in_path: BTreeSet<&str> = description.path_fields().collect();
        let path = in_path.iter().map(|name| parameter("path", name, request));
        let others = request["properties"].as_object().into_iter().flat_map(Map::keys);
        let others: Vec<&str> = others.map(String::as_str).filter(|name| !in_path.contains(name)).collect();
        if matches!(description.method, Method::Get | Method::Delete) {
            let query = others.iter().map(|name| parameter("query", name, request));
            return Self { parameters: path.chain(query).collect(), body: None };
        }
        Self { parameters: path.collect(), body: body(&others, request) }
    }
}

fn parameter(place: &str, name: &str, request: &Value) -> Value {
    let mut schema = request["properties"][name].clone();
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    without_null(&mut schema);
    json!({
        "name": name,
        "in": place,
        "required": is_required(name, request),
        "description": description,
        "schema": schema,
    })
}

/// In an address a field is there or not; there is no way to write `null`.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema["type"].as_array() {
        schema["type"] = types.iter().find(|kind| **kind != "null").cloned().unwrap_or_default();
    }
    if schema["default"].is_null() {
        schema.as_object_mut().map(|schema| schema.remove("default"));
    }
}

fn is_required(name: &str, request: &Value) -> bool {
    request["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name))
}

fn body(names: &[&str], request: &Value) -> Option<Value> {
    if names.is_empty() {
        return None;
    }
    let properties: Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), request["properties"][name].clone())).collect();
    let required: Vec<&&str> = names.iter().filter(|name| is_required(name, request)).collect();
    let must_be_there = !required.is_empty();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if must_be_there {
        schema["required"] = json!(required);
    }
    Some(json!({ "required": must_be_there, "content": { "application/json": { "schema": schema } } }))
}

fn responses(operation: &OperationSchemas, has_body: bool) -> Value {
    let mut responses = json!({ "200": {
        "description": "Done.",
        "content": { "application/json": { "schema": operation.answer } },
    }});
    for status in problem_statuses(&operation.description, has_body) {
        responses[status.to_string()] = json!({ "$ref": format!("#/components/responses/Problem{status}") });
    }
    responses["default"] = json!({ "$ref": "#/components/responses/Problem" });
    responses
}

fn problem_statuses(description: &Description, has_body: bool) -> Vec<u16> {
    let signs_in = description.needs == Needs::User || description.cost == Cost::SignIn;
    let reads = matches!(description.method, Method::Get);
    let names_something = description.path_fields().next().is_some();
    [
        (400, true),
        (401, signs_in),
        (403, true),
        (404, names_something || !reads),
        (409, !reads),
        (413, has_body),
        (415, has_body),
        (422, true),
        (429, true),
        (503, true),
    ]
    .into_iter()
    .filter_map(|(status, is_expected)| is_expected.then_some(status))
    .collect()
}

/// One shared response for each status in the catalogue, and one for any.
fn problems() -> Value {
    let statuses: BTreeSet<u16> = CATALOGUE.iter().map(|entry| entry.http).collect();
    let mut problems = json!({ "Problem": problem("Any problem (RFC 9457).") });
    for status in statuses {
        problems[format!("Problem{status}")] = problem_with_status(status);
    }
    problems
}

fn problem_with_status(status: u16) -> Value {
    let entries = CATALOGUE.iter().filter(|entry| entry.http == status);
    let lines: Vec<String> =
        entries.map(|CatalogueEntry { word, summary, .. }| format!("- `{word}`: {summary}")).collect();
    let mut response = problem(&lines.join("\n"));
    if matches!(status, 429 | 503) {
        response["headers"] = json!({ "Retry-After": {
            "description": "Seconds to wait; `retry_after_ms` says it more exactly.",
            "schema": { "type": "integer", "minimum": 0 },
        }});
    }
    response
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": { "schema": reference("Problem") } },
    })
}

fn rate_limit(cost: Cost) -> &'static str {
    match cost {
        Cost::Read => "read",
        Cost::Write => "write",
        Cost::Message => "message",
        Cost::SignIn => "sign_in",
        Cost::Register => "register",
        Cost::Lookup => "lookup",
        Cost::Link => "link",
        Cost::Report => "report",
        Cost::Signal => "signal",
        Cost::Search => "search",
    }
}

/// The named types, and a table of operations from which the types of a WebSocket client follow.
fn definitions(schemas: Schemas) -> Value {
    let mut properties = json!({ "hello": call(reference("Hello"), reference("Welcome")) });
    for operation in &schemas.operations {
        properties[operation.description.name] =
            call(operation.request_reference(), operation.answer.clone());
    }
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    let table = json!({
        "description": "Every operation by name, with its fields and its answer. For generators; never on the wire.",
        "type": "object",
        "required": required,
        "properties": properties,
    });
    let mut definitions = schemas.definitions;
    definitions.insert("Operations".into(), table);
    definitions.sort_keys();
    Value::Object(definitions)
}

fn call(args: Value, answer: Value) -> Value {
    json!({
        "type": "object",
        "required": ["args", "answer"],
        "properties": { "args": args, "answer": answer },
    })
}
