/// The commands, with their arguments and what they do.
pub(crate) const COMMANDS: &[(&str, &str, &str)] = &[
    ("help", "", "all keys and commands"),
    ("search", "WORDS", "find messages"),
    ("react", "EMOJI", "react to a message; again takes it away"),
    ("poll", "QUESTION | OPTION | OPTION…", "ask a question"),
    ("vote", "NUMBER…", "choose in the newest poll, or the selected; 0 takes it back"),
    ("close", "", "close your newest poll, or the selected"),
    ("important", "TEXT", "send a message that others are to acknowledge"),
    ("ack", "", "acknowledge the newest message that asks, or the selected"),
    ("edit", "[TEXT]", "change your newest, or the selected"),
    ("reply", "", "answer the newest, or the selected"),
    ("thread", "", "the thread of the newest, or the selected"),
    ("delete", "", "delete your newest, or the selected"),
    ("direct", "USER", "talk with one person"),
    ("group", "NAME USER…", "make a group; put long names in quotes"),
    ("retry", "", "try again what could not be sent"),
    ("discard", "", "give up what could not be sent"),
    ("quit", "", "leave"),
];

/// What a line that begins with `/` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Search(String),
    React(String),
    Poll { question: String, options: Vec<String> },
    Vote(Vec<u32>),
    ClosePoll,
    Important(String),
    Acknowledge,
    Edit(String),
    Reply,
    Thread,
    Delete,
    Direct(String),
    Group { name: String, users: Vec<String> },
    Retry,
    Discard,
    Quit,
}

/// Reads a line that begins with `/`; the error is for people.
pub(crate) fn parse(line: &str) -> Result<Command, String> {
    let line = line.trim();
    let (name, rest) = line[1..].split_once(char::is_whitespace).unwrap_or((&line[1..], ""));
    let rest = rest.trim();
    let needs = |what: &str| {
        if rest.is_empty() { Err(format!("/{name} needs {what}")) } else { Ok(rest.to_owned()) }
    };
    Ok(match name {
        "help" => Command::Help,
        "search" => Command::Search(needs("words to look for")?),
        "react" => Command::React(needs("an emoji")?),
        "poll" => poll(&needs("a question and options")?)?,
        "vote" => Command::Vote(numbers(&needs("the number of an option")?)?),
        "close" => Command::ClosePoll,
        "important" => Command::Important(needs("words to send")?),
        "ack" => Command::Acknowledge,
        "edit" => Command::Edit(rest.to_owned()),
        "reply" => Command::Reply,
        "thread" => Command::Thread,
        "delete" => Command::Delete,
        "direct" => Command::Direct(needs("a user")?),
        "group" => group(&needs("a name and users")?)?,
        "retry" => Command::Retry,
        "discard" => Command::Discard,
        "quit" => Command::Quit,
        _ => return Err(format!("there is no /{name}; /help lists what there is")),
    })
}

fn poll(rest: &str) -> Result<Command, String> {
    let mut parts = rest.split('|').map(|part| part.trim().to_owned());
    let question = parts.next().unwrap_or_default();
    let options: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    if question.is_empty() || options.len() < 2 {
        return Err("/poll needs a question and two options, with | between them".to_owned());
    }
    Ok(Command::Poll { question, options })
}

/// The options, from 0, that people call by numbers from 1; 0 is none.
fn numbers(rest: &str) -> Result<Vec<u32>, String> {
    let words = rest.split([' ', ',']).filter(|word| !word.is_empty());
    let numbers: Option<Vec<u32>> = words.map(|word| word.parse().ok()).collect();
    let numbers = numbers.ok_or("/vote needs numbers of options")?;
    Ok(numbers.into_iter().filter_map(|number| number.checked_sub(1)).collect())
}

fn group(rest: &str) -> Result<Command, String> {
    let (name, users) = match rest.strip_prefix('"') {
        Some(rest) => rest.split_once('"').ok_or("the quote of the name does not end")?,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    let users = users.split_whitespace().map(|user| user.trim_start_matches('@').to_owned()).collect();
    Ok(Command::Group { name: name.to_owned(), users })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_their_arguments() {
        assert_eq!(parse("/search but soft "), Ok(Command::Search("but soft".into())));
        let poll = Command::Poll { question: "Where?".into(), options: vec!["here".into(), "there".into()] };
        assert_eq!(parse("/poll Where? | here |there"), Ok(poll));
        assert_eq!(parse("/vote 1, 3"), Ok(Command::Vote(vec![0, 2])));
        assert_eq!(parse("/vote 0"), Ok(Command::Vote(vec![])));
        assert_eq!(parse("/edit"), Ok(Command::Edit(String::new())));
        let group =
            Command::Group { name: "Friday lunch".into(), users: vec!["juliet".into(), "nurse".into()] };
        assert_eq!(parse("/group \"Friday lunch\" @juliet nurse"), Ok(group));
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(parse("/direct"), Err("/direct needs a user".into()));
        assert!(parse("/poll Where? | here").is_err());
        assert!(parse("/vote here").is_err());
        assert!(parse("/dance").is_err_and(|error| error.contains("/help")));
        assert!(parse("/group \"Friday").is_err());
    }

    #[test]
    fn every_listed_command_is_known() {
        for (name, ..) in COMMANDS {
            let error = parse(&format!("/{name}")).err().unwrap_or_default();
            assert!(!error.contains("there is no"), "{name}");
        }
    }
}
