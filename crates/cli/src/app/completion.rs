use super::command::COMMANDS;

/// Completes a line that begins with `/`: the command, or the people after it.
///
/// Returns the new line and, when it is not the only way, what else fits.
pub(crate) fn complete(line: &str, people: &[String]) -> (String, Vec<String>) {
    let Some((command, _)) = line.split_once(' ') else {
        let names: Vec<String> = COMMANDS.iter().map(|(name, ..)| format!("/{name}")).collect();
        return finish("", line, &names);
    };
    if !matches!(command, "/direct" | "/group") {
        return (line.to_owned(), Vec::new());
    }
    let start = line.rfind(' ').map_or(0, |at| at + 1);
    let names: Vec<String> =
        people.iter().map(|address| address.split('@').next().unwrap_or(address).to_owned()).collect();
    finish(&line[..start], &line[start..], &names)
}

fn finish(before: &str, begun: &str, choices: &[String]) -> (String, Vec<String>) {
    let mut fitting: Vec<String> =
        choices.iter().filter(|choice| choice.starts_with(begun)).cloned().collect();
    fitting.sort();
    fitting.dedup();
    match &fitting[..] {
        [] => (format!("{before}{begun}"), fitting),
        [only] => (format!("{before}{only} "), Vec::new()),
        [first, rest @ ..] => {
            let same = rest.iter().fold(first.as_str(), |same, other| common(same, other));
            (format!("{before}{same}"), fitting.clone())
        }
    }
}

fn common<'a>(left: &'a str, right: &str) -> &'a str {
    let same = left.char_indices().zip(right.chars()).find(|((_, a), b)| a != b);
    let end = same.map_or(left.len().min(right.len()), |((at, _), _)| at);
    &left[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_people_are_completed() {
        let people =
            ["juliet@localhost".to_owned(), "julius@localhost".to_owned(), "nurse@localhost".to_owned()];
        assert_eq!(complete("/se", &people), ("/search ".into(), vec![]));
        assert_eq!(complete("/re", &people).1, ["/react", "/reply", "/retry"]);
        assert_eq!(complete("/direct n", &people).0, "/direct nurse ");
        assert_eq!(
            complete("/group x ju", &people),
            ("/group x juli".into(), vec!["juliet".into(), "julius".into()])
        );
        assert_eq!(complete("/search n", &people).0, "/search n");
    }
}
