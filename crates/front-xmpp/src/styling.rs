//! XEP-0393: Message Styling (1.1.1), and the markdown that people write in other programs.

mod rewrite;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
pub(crate) use rewrite::Rewritten;
use rewrite::{Edit, rewrite};
use std::ops::Range;

/// What a client says when its text is to be shown as it is.
pub(crate) const STYLING: &str = "urn:xmpp:styling:0";

/// Longer spans are left as they are, so that looking for their ends stays cheap.
const SPAN_BYTES_MAX: usize = 1_024;

/// Markdown as a text that clients with message styling show alike, and people can read without.
pub(crate) fn from_markdown(text: &str) -> Rewritten {
    let mut edits = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Start(Tag::Strong) => around(&mut edits, &range, 2, "*"),
            Event::Start(Tag::Emphasis) => around(&mut edits, &range, 1, "_"),
            Event::Start(Tag::Strikethrough) => {
                let marks = if text[range.clone()].starts_with("~~") { 2 } else { 1 };
                around(&mut edits, &range, marks, "~");
            }
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                link(&mut edits, text, &range, &dest_url);
            }
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {
                around(&mut edits, &range, 1, "");
            }
            Event::Text(_) if is_escaped(text, range.start) => {
                edits.push(Edit { range: range.start - 1..range.start, with: String::new() });
            }
            _ => {}
        }
    }
    edits.sort_by_key(|edit| edit.range.start);
    rewrite(text, &edits)
}

fn around(edits: &mut Vec<Edit>, range: &Range<usize>, marks: usize, with: &str) {
    edits.push(Edit { range: range.start..range.start + marks, with: with.to_owned() });
    edits.push(Edit { range: range.end - marks..range.end, with: with.to_owned() });
}

/// `[text](address)` becomes `text (address)`.
fn link(edits: &mut Vec<Edit>, text: &str, range: &Range<usize>, address: &str) {
    let Some(middle) = text[range.clone()].rfind("](").map(|at| range.start + at) else { return };
    let says_it = &text[range.start + 1..middle] == address;
    let with = if says_it { String::new() } else { format!(" ({address})") };
    edits.push(Edit { range: range.start..range.start + 1, with: String::new() });
    edits.push(Edit { range: middle..range.end, with });
}

fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].ends_with('\\') && text[at..].starts_with(|next: char| next.is_ascii_punctuation())
}

/// A text with message styling as markdown.
///
/// What is written with doubled marks is markdown already.
///
/// # Source
/// XEP-0393 sections 5 and 6: blocks by lines, spans within a line.
pub(crate) fn to_markdown(text: &str) -> Rewritten {
    let (mut edits, mut at, mut is_preformatted) = (Vec::new(), 0, false);
    for line in text.split_inclusive('\n') {
        let fence = line.starts_with("```");
        if !fence && !is_preformatted {
            spans(&mut edits, text, at..at + line.len());
        }
        is_preformatted ^= fence;
        at += line.len();
    }
    rewrite(text, &edits)
}

/// Doubles the marks of what is strong or struck through in a line.
fn spans(edits: &mut Vec<Edit>, text: &str, line: Range<usize>) {
    let (mut found, mut at) = (Vec::new(), line.start);
    while at < line.end {
        let Some(next) = text[at..line.end].find(['*', '~', '_', '`']).map(|found| at + found) else { break };
        at = next + 1;
        let mark = text.as_bytes()[next];
        let Some(end) = closing(text, next, line.clone()) else { continue };
        match mark {
            b'`' => at = end + 1,
            b'_' => {}
            _ if is_doubled(text, next) || is_doubled(text, end) => {}
            _ => found.extend([next, end]),
        }
    }
    found.sort_unstable();
    let doubled = |at: usize| Edit { range: at..at, with: text[at..=at].to_owned() };
    edits.extend(found.into_iter().map(doubled));
}

/// Where the span ends that a mark opens, if it opens one.
fn closing(text: &str, at: usize, line: Range<usize>) -> Option<usize> {
    let mark = char::from(text.as_bytes()[at]);
    let before = text[line.start..at].chars().next_back();
    let opens = before.is_none_or(|it| it.is_whitespace() || (it != mark && "*_~`(>".contains(it)));
    let inside = &text[at + 1..text.floor_char_boundary(line.end.min(at + 1 + SPAN_BYTES_MAX))];
    if !opens || inside.starts_with(char::is_whitespace) {
        return None;
    }
    let is_end = |(end, _): &(usize, &str)| *end > 0 && !inside[..*end].ends_with(char::is_whitespace);
    inside.match_indices(mark).find(is_end).map(|(end, _)| at + 1 + end)
}

fn is_doubled(text: &str, at: usize) -> bool {
    let mark = text.as_bytes()[at];
    text.as_bytes().get(at + 1) == Some(&mark) || (at > 0 && text.as_bytes()[at - 1] == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_what_clients_with_styling_show() {
        for (markdown, styled) in [
            ("plain", "plain"),
            ("**strong** and *soft* or _soft_", "*strong* and _soft_ or _soft_"),
            ("~~gone~~ and ~gone~", "~gone~ and ~gone~"),
            ("***both***", "_*both*_"),
            ("**strong *and soft***", "*strong _and soft_*"),
            ("see [the *play*](https://example.org/a)", "see the _play_ (https://example.org/a)"),
            ("[https://example.org](https://example.org)", "https://example.org"),
            ("<https://example.org> <a@example.org>", "https://example.org a@example.org"),
            ("2 \\* 3 \\* 4", "2 * 3 * 4"),
            ("`**code**`", "`**code**`"),
            ("```\n**code**\n```", "```\n**code**\n```"),
            ("> **said**\n\nyes", "> *said*\n\nyes"),
            ("snake_case_name 2*3", "snake_case_name 2*3"),
            ("ü **é** 👩‍👩‍👧", "ü *é* 👩‍👩‍👧"),
        ] {
            assert_eq!(from_markdown(markdown).text, styled, "{markdown}");
        }
    }

    #[test]
    fn styled_text_becomes_markdown() {
        for (styled, markdown) in [
            ("plain", "plain"),
            ("*strong* and _soft_ and ~gone~", "**strong** and _soft_ and ~~gone~~"),
            ("_*both*_", "_**both**_"),
            ("**strong** ~~gone~~ ***x***", "**strong** ~~gone~~ ***x***"),
            ("`*code*` *strong*", "`*code*` **strong**"),
            ("```\n*code*\n```\n*strong*", "```\n*code*\n```\n**strong**"),
            ("> *said*", "> **said**"),
            ("2*3*4 and * a * and *", "2*3*4 and * a * and *"),
            ("*not\nover lines*", "*not\nover lines*"),
            ("* *", "* *"),
            ("👩 *é*", "👩 **é**"),
        ] {
            assert_eq!(to_markdown(styled).text, markdown, "{styled}");
        }
    }

    #[test]
    fn places_move_with_the_text() {
        let rewritten = from_markdown("é **a** @juliet [x](u)!");
        assert_eq!(rewritten.text, "é *a* @juliet x (u)!");
        let place = |at: u32| rewritten.text.chars().nth(rewritten.place(at) as usize);
        assert_eq!(place(0), Some('é'));
        assert_eq!(place(8), Some('@'));
        assert_eq!(rewritten.place(8) + 7, rewritten.place(15));
        assert_eq!(place(22), Some('!'));
        let longer = to_markdown("*a* @juliet");
        assert_eq!(longer.text.chars().nth(longer.place(4) as usize), Some('@'));
    }

    #[test]
    fn no_text_makes_it_stumble() {
        for text in
            ["", "*", "**", "~~~", "`", "\\", "[](", "[]()", "<>", "*\u{301}*", "\u{feff}*a*", "***", "> > *"]
        {
            let _ = (from_markdown(text), to_markdown(text));
        }
    }
}
