use std::iter::once;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// One entry of the index.
pub type Word = String;

/// Longest word that is indexed, in characters; longer ones are cut.
const WORD_CHARS_MAX: usize = 64;

/// The words of a text as the index sees them: NFKC, lower case, without diacritics; scripts
/// written without spaces become overlapping pairs of characters.
///
/// The web client has the same function; `vectors/search_words.json` of the api crate holds the
/// examples that both pass.
pub fn words(text: &str) -> Vec<Word> {
    let mut splitter = Splitter::default();
    if text.is_ascii() {
        // The same without the tables of Unicode: most texts are, and indexing is mostly this.
        text.chars().for_each(|c| splitter.push_ascii(c.to_ascii_lowercase()));
        splitter.end_run();
        return splitter.words;
    }
    let lower = text.nfkd().flat_map(char::to_lowercase);
    for c in lower.filter(|c| !is_diacritic(*c) && !is_invisible(*c)).flat_map(plain).nfc() {
        splitter.push(c);
    }
    splitter.end_run();
    splitter.words
}

#[derive(Default)]
struct Splitter {
    words: Vec<Word>,
    letters: String,
    ideographs: Vec<char>,
}

impl Splitter {
    fn push_ascii(&mut self, c: char) {
        if c.is_ascii_alphanumeric() { self.letters.push(c) } else { self.end_run() }
    }

    fn push(&mut self, c: char) {
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            self.end_run();
        } else if is_unspaced(c) {
            self.end_letters();
            self.ideographs.push(c);
        } else {
            self.end_ideographs();
            self.letters.push(c);
        }
    }

    fn end_run(&mut self) {
        self.end_letters();
        self.end_ideographs();
    }

    fn end_letters(&mut self) {
        if !self.letters.is_empty() {
            self.words.push(self.letters.chars().take(WORD_CHARS_MAX).collect());
            self.letters.clear();
        }
    }

    fn end_ideographs(&mut self) {
        match self.ideographs.as_slice() {
            [] => {}
            [single] => self.words.push(single.to_string()),
            many => self.words.extend(many.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
        self.ideographs.clear();
    }
}

/// Marks that one may leave out in writing: those of Latin, Greek, Cyrillic, Hebrew and Arabic, and
/// those around symbols. Marks of other scripts are parts of their words.
fn is_diacritic(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}')
}

/// What changes how a word looks or breaks and not which word it is: soft hyphen, tatweel, word
/// joiner, direction marks, byte order mark, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{0640}' | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Letters that many keyboards do not have, as people write them without, and Arabic digits.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' => ('d', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        '\u{0660}'..='\u{0669}' => (ascii_digit(c, '\u{0660}'), None),
        '\u{06F0}'..='\u{06F9}' => (ascii_digit(c, '\u{06F0}'), None),
        _ => (c, None),
    };
    once(first).chain(second)
}

/// The digit that is as far from zero as this one is from its own zero.
fn ascii_digit(digit: char, zero: char) -> char {
    char::from_digit(digit as u32 - zero as u32, 10).unwrap_or(digit)
}

/// Han, Hiragana, Katakana, Hangul, Thai, Lao, Khmer and Myanmar.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{323AF}'
        | '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}' | '\u{1000}'..='\u{109F}')
}
