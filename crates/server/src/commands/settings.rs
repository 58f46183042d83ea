use super::sources;
use crate::{
    args::{Place, SettingsCommand},
    output::{Output, WrongUsage, print},
    settings::{SettingsErrors, example, explanation, find_key, load, reference, schema, unknown},
};
use serde_json::json;

pub(super) fn run(command: SettingsCommand, place: &Place, output: Output) -> anyhow::Result<()> {
    match command {
        SettingsCommand::Check => check(place, output),
        SettingsCommand::Explain { key } => explain(&key, output),
        SettingsCommand::Example => print(&example()),
        SettingsCommand::Reference => print(&reference()),
        SettingsCommand::Schema => print(&schema()),
    }
}

fn check(place: &Place, output: Output) -> anyhow::Result<()> {
    match load(&sources(place)) {
        Ok(settings) => {
            let answer = json!({ "ok": true, "errors": [] });
            output.answer(&answer, || {
                format!(
                    "The settings are right. Domain {}, data in {}.",
                    settings.domain,
                    settings.data_dir.display()
                )
            })
        }
        Err(wrong) => {
            if output.json {
                output.answer(&errors(&wrong), String::new)?;
            }
            Err(wrong.into())
        }
    }
}

fn errors(wrong: &SettingsErrors) -> serde_json::Value {
    let errors: Vec<_> =
        wrong.iter().map(|error| json!({ "key": error.key, "advice": error.advice })).collect();
    json!({ "ok": false, "errors": errors })
}

fn explain(path: &str, output: Output) -> anyhow::Result<()> {
    let Some(key) = find_key(path) else {
        return Err(WrongUsage(format!("{path}: {}", unknown(path))).into());
    };
    let choices: Vec<_> =
        key.choices.iter().map(|(word, meaning)| json!({ "value": word, "meaning": meaning })).collect();
    let answer = json!({
        "key": key.path, "meaning": key.doc, "default": key.default, "example": key.example, "choices": choices,
        "environment": format!("PARLANCE__{}", key.path.replace('.', "__").to_uppercase()),
    });
    output.answer(&answer, || format!("{path}\n\n{}", explanation(key)))
}
