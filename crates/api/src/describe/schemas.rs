//! The schemas of every type on the wire, in one map of definitions.

use crate::{
    error::{CATALOGUE, Problem},
    event::{Content, Permission},
    frame::{Answer, Hello, Push, Request, Welcome},
    model::AccountChange,
    operation::Description,
    ops::OPERATIONS,
};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Where references point, in both documents.
const DEFINITIONS: &str = "/components/schemas";

/// Which version of JSON Schema to write.
#[derive(Clone, Copy)]
pub(super) enum Draft {
    /// For OpenAPI 3.1.
    Draft202012,
    /// For AsyncAPI 3.0, whose own schema language extends this one.
    Draft07,
}

/// Everything on the wire.
pub(super) struct Schemas {
    /// Each named type.
    pub(super) definitions: Map<String, Value>,
    /// The operations, in the order of their table.
    pub(super) operations: Vec<OperationSchemas>,
}

/// One operation with references to its types.
pub(super) struct OperationSchemas {
    /// Name, address and conditions.
    pub(super) description: Description,
    /// The name of the request's type in [`Schemas::definitions`].
    pub(super) request: String,
    /// A reference to the answer's type.
    pub(super) answer: Value,
}

impl OperationSchemas {
    /// A reference to the request's type.
    pub(super) fn request_reference(&self) -> Value {
        reference(&self.request)
    }
}

/// A reference to a named type.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#{DEFINITIONS}/{name}") })
}

impl Schemas {
    /// Collects every type: requests as the server reads them, everything else as it writes it.
    pub(super) fn collect(draft: Draft) -> Self {
        let mut reads = generator(draft, SchemaSettings::for_deserialize);
        let mut writes = generator(draft, SchemaSettings::for_serialize);
        reads.subschema_for::<Request>();
        reads.subschema_for::<Hello>();
        writes.subschema_for::<Welcome>();
        writes.subschema_for::<Push>();
        writes.subschema_for::<Answer<Value>>();
        writes.subschema_for::<Problem>();
        writes.subschema_for::<Content>();
        writes.subschema_for::<AccountChange>();
        writes.subschema_for::<Permission>();
        let operations = OPERATIONS
            .iter()
            .map(|entry| OperationSchemas {
                description: entry.description,
                request: referred_name(&(entry.request)(&mut reads).to_value()),
                answer: (entry.answer)(&mut writes).to_value(),
            })
            .collect();
        Self { definitions: merge(reads, writes), operations }
    }
}

fn generator(draft: Draft, contract: fn(SchemaSettings) -> SchemaSettings) -> SchemaGenerator {
    let settings = match draft {
        Draft::Draft202012 => SchemaSettings::draft2020_12(),
        Draft::Draft07 => SchemaSettings::draft07(),
    };
    contract(settings.with(|settings| settings.definitions_path = DEFINITIONS.into())).into_generator()
}

/// A type that is both read and written is described as it is read, which allows more.
fn merge(mut reads: SchemaGenerator, mut writes: SchemaGenerator) -> Map<String, Value> {
    let mut definitions = writes.take_definitions(true);
    definitions.values_mut().for_each(forbid_null_where_absence_is_meant);
    definitions.extend(reads.take_definitions(true));
    definitions.insert("ErrorCode".into(), error_codes());
    definitions.sort_keys();
    definitions.values_mut().for_each(tidy);
    definitions
}

fn referred_name(schema: &Value) -> String {
    let target = schema["$ref"].as_str().expect("requests are named types, so their schema is a reference");
    target.rsplit('/').next().unwrap_or(target).to_owned()
}

fn error_codes() -> Value {
    json!({
        "description": "The codes of this version. A newer server may know more of them.",
        "type": "string",
        "enum": CATALOGUE.iter().map(|entry| entry.word).collect::<Vec<_>>(),
    })
}

/// The server leaves a field without value out and never writes `null` for it.
fn forbid_null_where_absence_is_meant(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        let required = object.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| required.as_array().is_some_and(|names| names.contains(&json!(name)));
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            properties
                .iter_mut()
                .filter(|(name, _)| !is_required(name))
                .for_each(|(_, schema)| forbid_null(schema));
        }
    }
    each_child(schema, forbid_null_where_absence_is_meant);
}

fn forbid_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    object.retain(|key, value| key != "default" || !value.is_null());
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            object["type"] = only.clone();
        }
    }
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else { return };
    choices.retain(|choice| choice["type"] != "null");
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        object.extend(only);
    }
}

/// Makes schemas easier to digest for people and for generators.
fn tidy(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        plain_description(object);
        separate_reference(object);
    }
    each_child(schema, tidy);
}

/// Rust's links between doc comments mean nothing outside of them.
fn plain_description(object: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace("[`", "`").replace("`]", "`");
    }
}

/// Some generators stop reading at a `$ref`, so whatever else constrains goes beside it.
fn separate_reference(object: &mut Map<String, Value>) {
    let is_note = |key: &str| matches!(key, "$ref" | "description" | "default" | "allOf");
    if !object.contains_key("$ref") || object.keys().all(|key| is_note(key)) {
        return;
    }
    let target = object.remove("$ref").expect("was just looked for");
    let description = object.remove("description");
    let rest = Value::Object(std::mem::take(object));
    object.extend(description.map(|text| ("description".to_owned(), text)));
    object.insert("allOf".into(), json!([{ "$ref": target }, rest]));
}

fn each_child(schema: &mut Value, action: fn(&mut Value)) {
    match schema {
        Value::Object(object) => object.values_mut().for_each(action),
        Value::Array(items) => items.iter_mut().for_each(action),
        _ => {}
    }
}
