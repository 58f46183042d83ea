/// Whether there is a web address in a text: `http://` or `https://`, and something after it.
pub fn has_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let begins = ["http://", "https://"];
    begins.iter().any(|begin| {
        text.match_indices(begin)
            .any(|(at, _)| text[at + begin.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_found_anywhere_in_a_text() {
        for text in
            ["https://example.org", "see (HTTP://example.org/a)", "[x](http://[::1]/)", "http://例え.jp"]
        {
            assert!(has_link(text), "{text:?}");
        }
        for text in ["", "http:// nothing", "https://", "example.org", "ftp://example.org"] {
            assert!(!has_link(text), "{text:?}");
        }
    }
}
