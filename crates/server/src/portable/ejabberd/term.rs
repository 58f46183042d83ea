//! Terms of Erlang as text, of which only constants are read.
//!
//! # Source
//! Erlang/OTP 25 reference manual, "Data Types".

/// Deepest nesting.
const DEPTH_MAX: usize = 64;

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Atom(String),
    Number(i64),
    /// A binary or a string.
    Bytes(Vec<u8>),
    Tuple(Vec<Term>),
    List(Vec<Term>),
}

impl Term {
    /// The parts of a tuple or list.
    pub(super) fn parts(&self) -> &[Term] {
        match self {
            Self::Tuple(parts) | Self::List(parts) => parts,
            _ => &[],
        }
    }

    /// A part of a tuple.
    pub(super) fn at(&self, place: usize) -> Option<&Term> {
        self.parts().get(place)
    }

    /// A text or the name of an atom.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Atom(name) => Some(name),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of a key in a list of pairs.
    pub(super) fn get(&self, key: &str) -> Option<&Term> {
        self.parts().iter().find(|pair| pair.at(0).and_then(Term::text) == Some(key))?.at(1)
    }
}

/// Reads one term; `None` when it is none, or has parts that are no constants.
pub(super) fn read(text: &[u8]) -> Option<Term> {
    let mut reader = Reader { text, at: 0 };
    let term = reader.term(0)?;
    reader.takes(b'.');
    reader.peek().is_none().then_some(term)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn term(&mut self, depth: usize) -> Option<Term> {
        match self.peek()? {
            b'{' if depth < DEPTH_MAX => self.parts(b'}', depth + 1).map(Term::Tuple),
            b'[' if depth < DEPTH_MAX => self.parts(b']', depth + 1).map(Term::List),
            b'<' => self.binary(),
            b'"' => self.strings(),
            b'\'' => Some(Term::Atom(String::from_utf8(self.quoted(b'\'', true)?).ok()?)),
            b'-' | b'0'..=b'9' => self.number().map(Term::Number),
            b'a'..=b'z' => Some(Term::Atom(self.word())),
            _ => None,
        }
    }

    fn parts(&mut self, end: u8, depth: usize) -> Option<Vec<Term>> {
        self.at += 1;
        let mut parts = Vec::new();
        if self.takes(end) {
            return Some(parts);
        }
        loop {
            parts.push(self.term(depth)?);
            if self.takes(end) {
                return Some(parts);
            }
            self.takes(b',').then_some(())?;
        }
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'@');
        let length = rest.iter().take_while(is_part).count();
        self.at += length;
        String::from_utf8_lossy(&rest[..length]).into_owned()
    }

    fn number(&mut self) -> Option<i64> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
        self.at += length;
        std::str::from_utf8(&rest[..length]).ok()?.parse().ok()
    }

    /// Strings that stand behind each other are one.
    fn strings(&mut self) -> Option<Term> {
        let mut bytes = Vec::new();
        while self.peek() == Some(b'"') {
            bytes.extend(self.quoted(b'"', true)?);
        }
        Some(Term::Bytes(bytes))
    }

    /// Bytes, or strings of them, each perhaps in UTF-8.
    fn binary(&mut self) -> Option<Term> {
        (self.takes(b'<') && self.takes(b'<')).then_some(())?;
        let mut bytes = Vec::new();
        while !self.takes(b'>') {
            match self.peek()? {
                b'"' => bytes.extend(self.segment()?),
                _ => bytes.push(u8::try_from(self.number()?).ok()?),
            }
            self.takes(b',');
        }
        self.takes(b'>').then_some(Term::Bytes(bytes))
    }

    fn segment(&mut self) -> Option<Vec<u8>> {
        let start = self.at;
        let coded = self.quoted(b'"', true)?;
        let end = self.at;
        if self.peek() == Some(b'"') {
            let more = self.segment()?;
            return Some([coded, more].concat());
        }
        if self.takes(b'/') {
            return (self.word() == "utf8").then_some(coded);
        }
        // Without a type, every character is one byte.
        self.at = start;
        let plain = self.quoted(b'"', false)?;
        self.at = end;
        Some(plain)
    }

    /// What stands between quotes; escaped characters in UTF-8 or as one byte.
    fn quoted(&mut self, quote: u8, is_utf8: bool) -> Option<Vec<u8>> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'\\' => match u8::try_from(self.escaped()?) {
                    Ok(byte) if byte.is_ascii() || !is_utf8 => bytes.push(byte),
                    other => {
                        let code = other.map(u32::from).ok()?;
                        bytes.extend(char::from_u32(code)?.to_string().bytes());
                    }
                },
                byte if byte == quote => return Some(bytes),
                byte => bytes.push(byte),
            }
        }
    }

    fn escaped(&mut self) -> Option<u32> {
        Some(u32::from(match self.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 0x08,
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'e' => 0x1b,
            b's' => b' ',
            b'd' => 0x7f,
            b'x' => return self.hexadecimal(),
            byte @ b'0'..=b'7' => return self.octal(byte),
            byte => byte,
        }))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        (self.next()? == b'{').then_some(())?;
        let start = self.at;
        while self.next()? != b'}' {}
        u32::from_str_radix(std::str::from_utf8(&self.text[start..self.at - 1]).ok()?, 16).ok()
    }

    fn octal(&mut self, first: u8) -> Option<u32> {
        let mut code = u32::from(first - b'0');
        for _ in 0..2 {
            match self.text.get(self.at) {
                Some(digit @ b'0'..=b'7') => code = code * 8 + u32::from(digit - b'0'),
                _ => break,
            }
            self.at += 1;
        }
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Term {
        Term::Bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn what_ejabberd_writes_is_read() {
        let text = "{msg,{<<\"a\">>,<<>>},\n  [<<\"two \"\n    \"lines\\n\">>,<<\"\u{e4}\\\"\"/utf8>>,<<195,164>>,-4,'At om',\"x\"]}.";
        let term = read(text.as_bytes()).unwrap();
        assert_eq!(term.at(0).and_then(Term::text), Some("msg"));
        assert_eq!(term.at(1), Some(&Term::Tuple(vec![bytes("a"), bytes("")])));
        let expected = vec![
            bytes("two lines\n"),
            bytes("\u{e4}\""),
            bytes("\u{e4}"),
            Term::Number(-4),
            Term::Atom("At om".to_owned()),
            bytes("x"),
        ];
        assert_eq!(term.at(2), Some(&Term::List(expected)));
    }

    #[test]
    fn what_is_no_constant_is_refused() {
        for text in ["{a,#Fun<x>}.", "{a", "<<\"open", "f(x).", "{a} {b}", "<<300>>", ""] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read("[".repeat(70).as_bytes()), None);
    }
}
