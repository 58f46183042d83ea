use crate::reference::is_char;

/// Appends `text` so that it can stand between two tags.
///
/// Characters that XML cannot carry, not even as a reference, become U+FFFD: one of them would end the
/// receiver's stream.
///
/// # Source
/// XML 1.0 (fifth edition) sections 2.2, 2.4 and 2.11 (a carriage return must be a reference to arrive).
pub fn push_text(out: &mut String, text: &str) {
    push(out, text, |letter| match letter {
        '\r' => Some("&#13;"),
        _ => None,
    });
}

/// Appends `value` so that it can stand between quotes of either kind.
///
/// Tabs and line ends become references, or the receiver would read spaces; what XML cannot carry becomes
/// U+FFFD.
///
/// # Source
/// XML 1.0 (fifth edition) sections 2.2, 2.3 and 3.3.3.
pub fn push_attribute_value(out: &mut String, value: &str) {
    push(out, value, |letter| match letter {
        '"' => Some("&quot;"),
        '\'' => Some("&apos;"),
        '\t' => Some("&#9;"),
        '\n' => Some("&#10;"),
        '\r' => Some("&#13;"),
        _ => None,
    });
}

fn push(out: &mut String, text: &str, special: impl Fn(char) -> Option<&'static str>) {
    let escaped = |letter| match letter {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        letter if !is_char(letter) => Some("\u{fffd}"),
        letter => special(letter),
    };
    let mut from = 0;
    for (at, letter) in text.char_indices() {
        if let Some(replacement) = escaped(letter) {
            out.push_str(&text[from..at]);
            out.push_str(replacement);
            from = at + letter.len_utf8();
        }
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut out = String::new();
        push_text(&mut out, "a<b>&\"c'\r\n\u{1}\u{ffff}é]]>");
        assert_eq!(out, "a&lt;b&gt;&amp;\"c'&#13;\n\u{fffd}\u{fffd}é]]&gt;");
    }

    #[test]
    fn values_are_escaped() {
        let mut out = String::new();
        push_attribute_value(&mut out, "a<b>&\"c'\r\n\t\0");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;c&apos;&#13;&#10;&#9;\u{fffd}");
    }
}
