//! The list of all settings, read from the schema of [`SettingsFile`] and thus from its comments.

use super::SettingsFile;
use schemars::{Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;
use std::sync::LazyLock;

/// What can be written for a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Section,
    Text,
    Number,
    Switch,
    List,
}

/// One setting or section.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The whole key with dots, as in `http.listen`.
    pub(crate) path: String,
    /// Meaning, unit, and what one notices; whole sentences.
    pub(crate) doc: String,
    pub(crate) kind: Kind,
    /// The default as written in the file; `None` when there is none.
    pub(crate) default: Option<String>,
    /// A value to show where there is no default.
    pub(crate) example: Option<String>,
    /// The words that can be chosen from, each with its meaning; empty when anything can be written.
    pub(crate) choices: Vec<(String, String)>,
}

impl Key {
    /// The last part of the key.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

/// All settings and sections: a section comes before its settings, settings before inner sections.
pub(crate) fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let defaults = serde_json::to_value(SettingsFile::default()).expect("settings are plain data");
        let mut keys = Vec::new();
        collect("", schema_inlined().as_value(), &defaults, &mut keys);
        keys
    });
    &KEYS
}

/// Finds a setting or section by its whole key.
pub(crate) fn find_key(path: &str) -> Option<&'static Key> {
    keys().iter().find(|key| key.path == path)
}

/// The JSON schema of the file; nothing in it is required.
pub(super) fn schema_inlined() -> Schema {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(RecursiveTransform(|schema: &mut Schema| {
            schema.remove("required");
        }))
        .into_generator()
        .into_root_schema_for::<SettingsFile>()
}

fn collect(path: &str, schema: &Value, defaults: &Value, keys: &mut Vec<Key>) {
    let properties = schema["properties"].as_object().expect("a section has properties");
    let is_section = |schema: &Value| schema.get("properties").is_some();
    for (name, inner) in properties.iter().filter(|(_, inner)| !is_section(inner)) {
        keys.push(setting(join(path, name), inner, &defaults[name]));
    }
    for (name, inner) in properties.iter().filter(|(_, inner)| is_section(inner)) {
        let path = join(path, name);
        keys.push(Key { kind: Kind::Section, default: None, ..setting(path.clone(), inner, &Value::Null) });
        collect(&path, inner, &defaults[name], keys);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn setting(path: String, schema: &Value, default: &Value) -> Key {
    let shown_default = schema.get("x-default").unwrap_or(default);
    Key {
        path,
        doc: schema["description"].as_str().unwrap_or_default().replace('\n', " "),
        kind: kind(schema),
        default: (!shown_default.is_null()).then(|| shown_default.to_string()),
        example: schema["examples"].get(0).map(Value::to_string),
        choices: choices(schema),
    }
}

fn kind(schema: &Value) -> Kind {
    let has_type = |schema: &Value, name: &str| match &schema["type"] {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    };
    let is_list_somewhere = schema["anyOf"]
        .as_array()
        .is_some_and(|variants| variants.iter().any(|variant| kind(variant) == Kind::List));
    if has_type(schema, "array") || is_list_somewhere {
        Kind::List
    } else if has_type(schema, "boolean") {
        Kind::Switch
    } else if has_type(schema, "integer") {
        Kind::Number
    } else {
        Kind::Text
    }
}

fn choices(schema: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let variants = schema["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    variants.iter().map(|variant| (text(&variant["const"]), text(&variant["description"]))).collect()
}
