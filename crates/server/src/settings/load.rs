//! From file and environment to checked settings.

use super::{
    Settings, SettingsErrors, SettingsFile,
    keys::{Key, Kind, find_key, keys},
    suggest::nearest,
};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

const ENVIRONMENT_PREFIX: &str = "PARLANCE__";
const DEFAULT_FILE: &str = "parlance.toml";

/// Where settings come from; later ones go before earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The file; when `None`, `parlance.toml` in the working folder if there is one.
    pub(crate) file: Option<PathBuf>,
    /// Variables, of which those that begin with `PARLANCE__` count.
    pub(crate) environment: Vec<(String, String)>,
    /// `data.dir` from the command line.
    pub(crate) data_dir: Option<PathBuf>,
}

/// Reads and checks the settings.
///
/// # Errors
/// Everything that cannot be read, is not known, or is not safe.
pub(crate) fn load(sources: &Sources) -> Result<Settings, SettingsErrors> {
    let mut wrong = SettingsErrors::default();
    let mut written = read_file(sources.file.as_deref())?;
    for (name, value) in &sources.environment {
        if let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            set_from_environment(
                &mut written,
                name,
                &path.to_lowercase().replace("__", "."),
                value,
                &mut wrong,
            );
        }
    }
    check_known("", &written, &mut wrong);
    wrong.none_or(())?;
    let mut file = deserialize(&written)?;
    if let Some(dir) = &sources.data_dir {
        file.data.dir.clone_from(dir);
    }
    file.validate()
}

fn read_file(file: Option<&Path>) -> Result<Table, SettingsErrors> {
    let path = match file {
        Some(path) => path,
        None if Path::new(DEFAULT_FILE).exists() => Path::new(DEFAULT_FILE),
        None => return Ok(Table::new()),
    };
    let mut wrong = SettingsErrors::default();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| {
        wrong.add(path.display().to_string(), format!("this file cannot be read: {error}"));
        String::new()
    });
    let table = text.parse::<Table>().unwrap_or_else(|error| {
        wrong.add(path.display().to_string(), format!("this is not TOML: {}", error.to_string().trim_end()));
        Table::new()
    });
    wrong.none_or(table)
}

fn set_from_environment(written: &mut Table, name: &str, path: &str, text: &str, wrong: &mut SettingsErrors) {
    match find_key(path) {
        Some(key) if key.kind != Kind::Section => match from_text(key.kind, text) {
            Some(value) => set(written, path, value),
            None => wrong.add(name, format!("\"{text}\" cannot be read: {}", expectation(key))),
        },
        _ => wrong.add(name, unknown(path)),
    }
}

/// Reads what stands in an environment variable; `None` when it does not fit.
fn from_text(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Switch => text.parse().ok().map(Value::Boolean),
        Kind::Number => text.parse().ok().map(Value::Integer),
        Kind::List if text.trim_start().starts_with('[') => {
            format!("list = {text}").parse::<Table>().ok()?.remove("list")
        }
        Kind::List => Some(Value::Array(
            text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(Value::from).collect(),
        )),
        Kind::Text | Kind::Section => Some(Value::from(text)),
    }
}

fn set(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

fn check_known(path: &str, table: &Table, wrong: &mut SettingsErrors) {
    for (name, value) in table {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (find_key(&path).map(|key| key.kind), value) {
            (None, _) => wrong.add(&path, unknown(&path)),
            (Some(Kind::Section), Value::Table(inner)) => check_known(&path, inner, wrong),
            (Some(Kind::Section), _) => {
                wrong.add(&path, format!("this is a section: write [{path}] and its settings below"))
            }
            (Some(_), _) => {}
        }
    }
}

/// Says that there is no such setting, and which one may have been meant.
pub(crate) fn unknown(path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let same_name = || keys().iter().find(|key| key.name() == name).map(|key| key.path.as_str());
    let meant = nearest(path, keys().iter().map(|key| key.path.as_str())).or_else(same_name);
    match meant {
        Some(meant) => format!("there is no such setting, did you mean {meant}?"),
        None => "there is no such setting: `parlance settings example` shows all there are".to_owned(),
    }
}

/// Turns the table into a value, with everything that is not written at its default.
fn deserialize(written: &Table) -> Result<SettingsFile, SettingsErrors> {
    let defaults = Table::try_from(SettingsFile::default()).expect("the defaults are plain data");
    let mut wrong = SettingsErrors::default();
    for key in keys().iter().filter(|key| key.kind != Kind::Section) {
        let Some(value) = get(written, &key.path) else { continue };
        let mut alone = defaults.clone();
        set(&mut alone, &key.path, value.clone());
        if let Err(error) = alone.try_into::<SettingsFile>() {
            let reason = error.message().lines().next().unwrap_or_default().to_owned();
            wrong.add(&key.path, format!("{reason}; {}", expectation(key)));
        }
    }
    wrong.none_or(())?;
    let mut whole = defaults;
    merge(&mut whole, written);
    Ok(whole.try_into().expect("invariant: each value was accepted alone"))
}

fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => table.get(path),
        Some((section, rest)) => get(table.get(section)?.as_table()?, rest),
    }
}

fn merge(into: &mut Table, from: &Table) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Table(inner)), Value::Table(more)) => merge(inner, more),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

fn expectation(key: &Key) -> String {
    let expected = match key.kind {
        _ if !key.choices.is_empty() => {
            let words: Vec<_> = key.choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            format!("write one of {}", words.join(", "))
        }
        Kind::Switch => "write true or false".to_owned(),
        Kind::Number => "write a whole number above zero".to_owned(),
        Kind::List => "write a text or a list of texts".to_owned(),
        Kind::Text | Kind::Section => "write a text in quotes".to_owned(),
    };
    match key.default.as_ref().or(key.example.as_ref()) {
        Some(value) if key.choices.is_empty() => format!("{expected}, such as {value}"),
        _ => expected,
    }
}
