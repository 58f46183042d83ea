use super::*;
use crate::{error::CATALOGUE, ops::OPERATIONS};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every `$ref` inside a document.
fn references(value: &Value) -> Vec<&str> {
    let own = value["$ref"].as_str().into_iter();
    match value {
        Value::Object(object) => own.chain(object.values().flat_map(references)).collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => own.collect(),
    }
}

fn dangling(document: &Value) -> Vec<&str> {
    let points_nowhere =
        |target: &&str| target.strip_prefix('#').is_none_or(|pointer| document.pointer(pointer).is_none());
    references(document).into_iter().filter(points_nowhere).collect()
}

fn schema<'a>(document: &'a Value, name: &str) -> &'a Value {
    let schema = &document["components"]["schemas"][name];
    assert!(schema.is_object(), "there is no schema {name}");
    schema
}

#[test]
fn every_path_field_is_a_field_of_the_request() {
    for operation in super::schemas::Schemas::collect(super::schemas::Draft::Draft202012).operations {
        let document = openapi();
        let request = schema(&document, &operation.request);
        for field in operation.description.path_fields() {
            assert!(request["properties"][field].is_object(), "{}: {field}", operation.description.name);
            let required = request["required"].as_array().expect("a field of the path is required");
            assert!(required.iter().any(|name| name == field), "{}: {field}", operation.description.name);
        }
    }
}

#[test]
fn no_two_operations_share_a_name_or_an_address() {
    let names: BTreeSet<_> = OPERATIONS.iter().map(|entry| entry.description.name).collect();
    let addresses: BTreeSet<_> =
        OPERATIONS.iter().map(|entry| (entry.description.method.as_str(), entry.description.path)).collect();
    assert_eq!((names.len(), addresses.len()), (OPERATIONS.len(), OPERATIONS.len()));
}

#[test]
fn every_reference_leads_somewhere() {
    for document in [openapi(), asyncapi()] {
        assert!(references(&document).len() > 100);
        assert_eq!(dangling(&document), Vec::<&str>::new());
    }
}

#[test]
fn a_dangling_reference_is_found() {
    let document = serde_json::json!({ "a": [{ "$ref": "#/b" }], "c": { "$ref": "#/a/0" } });
    assert_eq!(dangling(&document), ["#/b"]);
}

#[test]
fn every_operation_is_in_both_documents() {
    let (http, socket) = (openapi(), asyncapi());
    for entry in OPERATIONS {
        let description = &entry.description;
        let operation = &http["paths"][description.path][description.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], description.name);
        assert_eq!(socket["operations"][description.name]["action"], "receive");
        assert!(schema(&http, "Operations")["properties"][description.name].is_object());
    }
}

#[test]
fn every_field_travels_exactly_once_over_http() {
    let document = openapi();
    for operation in super::schemas::Schemas::collect(super::schemas::Draft::Draft202012).operations {
        let description = operation.description;
        let object = &document["paths"][description.path][description.method.as_str().to_lowercase()];
        let parameters = object["parameters"].as_array().into_iter().flatten();
        let body = &object["requestBody"]["content"]["application/json"]["schema"]["properties"];
        let mut sent: Vec<&str> =
            parameters.map(|parameter| parameter["name"].as_str().expect("named")).collect();
        sent.extend(body.as_object().into_iter().flat_map(|body| body.keys().map(String::as_str)));
        let fields = schema(&document, &operation.request)["properties"].as_object();
        let mut fields: Vec<&str> =
            fields.into_iter().flat_map(|fields| fields.keys().map(String::as_str)).collect();
        sent.sort_unstable();
        fields.sort_unstable();
        assert_eq!(sent, fields, "{}", description.name);
    }
}

#[test]
fn every_family_of_operations_is_introduced() {
    let document = openapi();
    for tag in document["tags"].as_array().expect("there are families") {
        assert_ne!(tag["description"], "", "{}: add it to family_description", tag["name"]);
    }
}

#[test]
fn what_the_server_leaves_out_is_never_null() {
    let document = openapi();
    let conversation = &schema(&document, "Conversation")["properties"];
    assert_eq!(conversation["peer"]["$ref"], "#/components/schemas/User");
    let next = &schema(&document, "Synced")["properties"]["next"];
    assert_eq!(next["type"], "string");
}

#[test]
fn the_word_of_a_push_survives_beside_the_type_it_carries() {
    let document = openapi();
    let kinds = schema(&document, "Push")["oneOf"].as_array().expect("one of several pushes");
    let receipt = kinds.iter().find(|kind| kind["allOf"][1]["properties"]["push"]["const"] == "receipt");
    assert_eq!(
        receipt.expect("there is a push of receipts")["allOf"][0]["$ref"],
        "#/components/schemas/Receipt"
    );
}

#[test]
fn the_page_of_errors_has_every_code_with_its_anchor() {
    let page = errors_page();
    for entry in CATALOGUE {
        assert!(page.contains(&format!("<a id=\"{}\">", entry.word)), "{}", entry.word);
        assert!(page.contains(entry.help), "{}", entry.word);
    }
}
