use crate::{
    Error,
    seek::Seek,
    tag::{attribute, is_blank, skip_blanks},
};

/// Whether a document starts with an XML declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declaration {
    /// Not enough of it has arrived.
    Unknown,
    /// The document starts with something else.
    Absent,
    /// It is there and as it should be, up to this offset.
    Until(usize),
}

const START: &[u8] = b"<?xml";

/// Looks at the start of a document.
pub(crate) fn find(text: &str, seek: &mut Seek, bytes_max: u32) -> Result<Declaration, Error> {
    let bytes = text.as_bytes();
    let arrived = bytes.len().min(START.len());
    match bytes {
        [] | [b'<'] => Ok(Declaration::Unknown),
        [b'<', b'?', ..] if bytes[..arrived] != START[..arrived] => Err(Error::ProcessingInstruction),
        [b'<', b'?', ..] => match bytes.get(START.len()) {
            None => Ok(Declaration::Unknown),
            Some(byte) if is_blank(*byte) => read(text, seek, bytes_max),
            Some(b'?') => Err(Error::Syntax("an XML declaration of version 1.0")),
            Some(_) => Err(Error::ProcessingInstruction),
        },
        _ => Ok(Declaration::Absent),
    }
}

fn read(text: &str, seek: &mut Seek, bytes_max: u32) -> Result<Declaration, Error> {
    let end = seek.tag_end(text, 1);
    if end.unwrap_or(text.len()) > bytes_max as usize {
        return Err(Error::StanzaTooLong);
    }
    let Some(end) = end else { return Ok(Declaration::Unknown) };
    check(&text[..end])?;
    Ok(Declaration::Until(end))
}

/// Checks an XML declaration, from `<?xml` to `>`.
///
/// # Source
/// XML 1.0 (fifth edition) section 2.8, productions 23 to 26, 32, 80 and 81; RFC 6120 sections 11.4 to
/// 11.6: version 1.0 and UTF-8.
fn check(text: &str) -> Result<(), Error> {
    let inside = text.strip_suffix("?>").ok_or(Error::Syntax("?> at the end of the XML declaration"))?;
    let (version, at) = pseudo_attribute(inside, "<?xml".len(), "version")?;
    if version != Some("1.0") {
        return Err(Error::Syntax("an XML declaration of version 1.0"));
    }
    let (encoding, at) = pseudo_attribute(inside, at, "encoding")?;
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
        return Err(Error::Encoding);
    }
    let (standalone, at) = pseudo_attribute(inside, at, "standalone")?;
    if standalone.is_some_and(|standalone| !matches!(standalone, "yes" | "no")) {
        return Err(Error::Syntax("standalone is yes or no"));
    }
    match skip_blanks(inside.as_bytes(), at) == inside.len() {
        true => Ok(()),
        false => Err(Error::Syntax("version, encoding and standalone in the XML declaration")),
    }
}

/// The value of a part of the declaration, if it comes next, and where the rest begins.
fn pseudo_attribute<'a>(text: &'a str, at: usize, name: &str) -> Result<(Option<&'a str>, usize), Error> {
    let start = skip_blanks(text.as_bytes(), at);
    let is_apart = text.as_bytes().get(at).is_some_and(|byte| is_blank(*byte));
    if !is_apart || !text[start..].starts_with(name) {
        return Ok((None, at));
    }
    let found = attribute(text, start, u32::MAX)?;
    match found.name.whole.of(text) == name {
        true => Ok((Some(found.value.of(text)), found.value.end() + 1)),
        false => Ok((None, at)),
    }
}
