use std::borrow::Cow;

/// What a localpart cannot hold, each with its two digits; the backslash itself comes last.
const CODES: [(char, &str); 10] = [
    (' ', "20"),
    ('"', "22"),
    ('&', "26"),
    ('\'', "27"),
    ('/', "2f"),
    (':', "3a"),
    ('<', "3c"),
    ('>', "3e"),
    ('@', "40"),
    ('\\', "5c"),
];

/// Writes a name from elsewhere, such as `space cadet`, so that it can be a localpart: `space\20cadet`.
/// `None` when it starts or ends with a space.
///
/// # Source
/// XEP-0106 (1.1.1) sections 3 and 4: a backslash is escaped only where it would be read as an escape.
pub fn escape_local(name: &str) -> Option<Cow<'_, str>> {
    if name.starts_with(' ') || name.ends_with(' ') {
        return None;
    }
    let code = |(at, letter): (usize, char)| {
        let (_, digits) = CODES.iter().find(|(special, _)| *special == letter)?;
        let is_needed = letter != '\\' || escape_at(&name[at..]).is_some();
        is_needed.then_some(*digits)
    };
    if name.char_indices().all(|place| code(place).is_none()) {
        return Some(Cow::Borrowed(name));
    }
    let mut out = String::with_capacity(name.len() + 8);
    for place in name.char_indices() {
        match code(place) {
            Some(digits) => out.extend(["\\", digits]),
            None => out.push(place.1),
        }
    }
    Some(Cow::Owned(out))
}

/// Reads a localpart that [`escape_local`] wrote, for people to see. What is no escape stays.
///
/// # Source
/// XEP-0106 (1.1.1) section 4.
pub fn unescape_local(local: &str) -> Cow<'_, str> {
    if !local.contains('\\') {
        return Cow::Borrowed(local);
    }
    let mut out = String::with_capacity(local.len());
    let mut rest = local;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = escape_at(&rest[at..]).filter(|letter| *letter != ' ' || is_inside(local, rest, at));
        out.push(escape.unwrap_or('\\'));
        rest = &rest[at + if escape.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A space is not the first or last letter of a name.
fn is_inside(local: &str, rest: &str, at: usize) -> bool {
    let is_first = rest.len() == local.len() && at == 0;
    !is_first && at + 3 < rest.len()
}

/// The character that the escape at the start of `text` stands for.
fn escape_at(text: &str) -> Option<char> {
    let digits = text.get(1..3)?;
    CODES.iter().find(|(_, code)| *code == digits).map(|(letter, _)| *letter)
}
