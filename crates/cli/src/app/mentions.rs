use parlance_client::api::event::Mention;

/// Finds `@name` in a text and says whom it means: a known address, `everyone` or `here`.
///
/// A bare name means somebody of one's own domain. An unknown name is only text.
pub(crate) fn find_mentions(text: &str, known: &[String], domain: &str) -> Vec<Mention> {
    let letters: Vec<char> = text.chars().collect();
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let begins = letters[at] == '@' && (at == 0 || !letters[at - 1].is_alphanumeric());
        if !begins {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < letters.len() && is_address_letter(letters[end]) {
            end += 1;
        }
        while end > at + 1 && matches!(letters[end - 1], '.' | '-' | '@') {
            end -= 1;
        }
        let word: String = letters[at + 1..end].iter().collect();
        if let Some(who) = meant(&word, known, domain) {
            let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
            mentions.push(Mention { start: place(at), end: place(end), who });
        }
        at = end.max(at + 1);
    }
    mentions
}

fn is_address_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._-@".contains(letter)
}

fn meant(word: &str, known: &[String], domain: &str) -> Option<String> {
    let word = word.to_lowercase();
    if matches!(&*word, "everyone" | "here") {
        return Some(word);
    }
    let address = if word.contains('@') { word } else { format!("{word}@{domain}") };
    known.contains(&address).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(u32, u32, &str)]) {
        let known = ["juliet@localhost".to_owned(), "paris@verona.example".to_owned()];
        let found = find_mentions(text, &known, "localhost");
        let found: Vec<_> = found.iter().map(|mention| (mention.start, mention.end, &*mention.who)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn known_people_are_mentioned_in_code_points() {
        check("@juliet", &[(0, 7, "juliet@localhost")]);
        check("héé 👋 @Juliet, hi", &[(6, 13, "juliet@localhost")]);
        check("ask @paris@verona.example.", &[(4, 25, "paris@verona.example")]);
        check("@everyone and @here", &[(0, 9, "everyone"), (14, 19, "here")]);
    }

    #[test]
    fn strangers_and_mail_addresses_are_text() {
        check("@tybalt @", &[]);
        check("mail juliet@localhost", &[]);
    }
}
