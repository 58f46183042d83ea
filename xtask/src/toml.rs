//! The part of TOML that manifests and our own lists use.
//!
//! Tables and arrays of tables with keys; strings and arrays of strings are understood, other
//! values are kept as they are written.

/// One table, in the order of the file.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    /// What stands between the brackets; empty for the keys before the first table.
    pub(crate) name: String,
    /// Keys with their values as written.
    pub(crate) entries: Vec<(String, String)>,
}

impl Table {
    /// A string, or nothing when the key is absent or something else.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.raw(key)?.strip_prefix('"')?.strip_suffix('"')
    }

    /// An array of strings; empty when the key is absent.
    pub(crate) fn texts(&self, key: &str) -> Vec<&str> {
        let inner =
            self.raw(key).and_then(|raw| raw.strip_prefix('[')?.strip_suffix(']')).unwrap_or_default();
        inner.split('"').skip(1).step_by(2).collect()
    }

    fn raw(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Reads a file.
///
/// # Errors
/// The first line that is none of the forms understood here.
pub(crate) fn parse(text: &str) -> Result<Vec<Table>, String> {
    let mut tables = vec![Table { name: String::new(), entries: Vec::new() }];
    let mut lines = text.lines().map(without_comment).filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        if line.starts_with('[') {
            tables.push(Table { name: line.trim_matches(['[', ']']).trim().to_owned(), entries: Vec::new() });
            continue;
        }
        let (key, first) = line.split_once('=').ok_or_else(|| format!("neither table nor key: {line}"))?;
        let mut value = first.trim().to_owned();
        while value.starts_with('[') && !value.ends_with(']') {
            value += lines.next().ok_or_else(|| format!("the array {} does not end", key.trim()))?;
        }
        let table = tables.last_mut().expect("the list began with one");
        table.entries.push((key.trim().trim_matches('"').to_owned(), value));
    }
    Ok(tables)
}

fn without_comment(line: &str) -> &str {
    let mut is_inside_string = false;
    for (place, letter) in line.char_indices() {
        match letter {
            '"' => is_inside_string = !is_inside_string,
            '#' if !is_inside_string => return line[..place].trim(),
            _ => {}
        }
    }
    line.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_strings_and_long_arrays_are_understood() {
        let text =
            "first = 1 # one\n[[protocol]]\nname = \"RFC # 1\"\ntests = [\n  \"a\", # b\n  \"c\",\n]\n";
        let tables = parse(text).expect("this is TOML");
        assert_eq!(tables[0].entries, [("first".to_owned(), "1".to_owned())]);
        assert_eq!(tables[1].name, "protocol");
        assert_eq!(tables[1].text("name"), Some("RFC # 1"));
        assert_eq!(tables[1].texts("tests"), ["a", "c"]);
        assert_eq!(tables[1].texts("absent"), Vec::<&str>::new());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(parse("what is this").is_err());
        assert!(parse("open = [\n\"a\",\n").is_err());
    }
}
