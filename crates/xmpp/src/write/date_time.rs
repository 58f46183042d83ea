use jiff::Timestamp;

/// Writes a moment, given in milliseconds since 1970, in UTC with three digits after the second. Moments
/// outside of the years -9999 to 9999 become the last one inside.
///
/// # Source
/// XEP-0082 (1.1.1) section 3.2.
pub fn format_date_time(unix_ms: i64) -> String {
    let moment = Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::MAX);
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Reads a moment as milliseconds since 1970; further digits are dropped. `None` for anything else than a
/// date, a time and an offset from UTC.
///
/// # Source
/// XEP-0082 (1.1.1) section 3.2.
pub fn parse_date_time(text: &str) -> Option<i64> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let is_allowed =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b':' | b'.' | b'T' | b'Z');
    let is_date_time = text.as_bytes().get(10) == Some(&b'T') && text.bytes().all(is_allowed);
    let moment: Timestamp = text.parse().ok().filter(|_| is_date_time)?;
    Some(moment.as_millisecond())
}
