//! The data that Prosody writes as a Lua table, read without running anything.
//!
//! # Source
//! Lua 5.4 reference manual section 3.1 (strings, numbers) and 3.4.9 (table constructors), of which only
//! constants are read.

/// Deepest nesting of tables.
const DEPTH_MAX: usize = 64;

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Number(f64),
    Text(Vec<u8>),
    Table(Vec<(Value, Value)>),
}

impl Value {
    /// What a table keeps under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.entries().iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }

    /// What a table holds, in the order of the file.
    pub(crate) fn entries(&self) -> &[(Value, Value)] {
        match self {
            Self::Table(entries) => entries,
            _ => &[],
        }
    }

    /// A string that is text.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// A string.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn whole(&self) -> Option<u32> {
        match self {
            Self::Number(number) if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number) => {
                Some(*number as u32)
            }
            _ => None,
        }
    }
}

/// Reads a file that is `return` and one constant.
///
/// # Errors
/// The byte at which it is anything else.
pub(crate) fn read(file: &[u8]) -> Result<Value, usize> {
    let mut reader = Reader { file, at: 0 };
    let value = reader.file_value();
    value.filter(|_| reader.is_at_end()).ok_or(reader.at)
}

struct Reader<'f> {
    file: &'f [u8],
    at: usize,
}

impl Reader<'_> {
    fn file_value(&mut self) -> Option<Value> {
        self.word("return")?;
        let value = self.value(0)?;
        self.takes(b';');
        Some(value)
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while self.file.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.file.get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.takes(byte).then_some(())
    }

    fn name(&mut self) -> Option<&str> {
        self.peek()?;
        let rest = &self.file[self.at..];
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take_while(is_part).count();
        self.at += length;
        std::str::from_utf8(&rest[..length]).ok().filter(|name| !name.is_empty())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        (self.name()? == word).then_some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        match self.peek()? {
            b'{' if depth < DEPTH_MAX => self.table(depth + 1),
            quote @ (b'"' | b'\'') => self.string(quote),
            b'-' | b'0'..=b'9' => self.number(),
            _ => match self.name()? {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "nil" => Some(Value::Nil),
                _ => None,
            },
        }
    }

    fn number(&mut self) -> Option<Value> {
        let rest = &self.file[self.at..];
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = rest.iter().take_while(is_part).count();
        let number = std::str::from_utf8(&rest[..length]).ok()?.parse().ok()?;
        self.at += length;
        Some(Value::Number(number))
    }

    fn table(&mut self, depth: usize) -> Option<Value> {
        self.expect(b'{')?;
        let (mut entries, mut place) = (Vec::new(), 0);
        while !self.takes(b'}') {
            let key = self.key(depth)?;
            let value = self.value(depth)?;
            place += u32::from(key.is_none());
            entries.push((key.unwrap_or(Value::Number(f64::from(place))), value));
            if !self.takes(b';') && !self.takes(b',') && self.peek() != Some(b'}') {
                return None;
            }
        }
        Some(Value::Table(entries))
    }

    /// The key of an entry; inside is `None` for one that goes by its place.
    fn key(&mut self, depth: usize) -> Option<Option<Value>> {
        if self.takes(b'[') {
            let key = self.value(depth)?;
            self.expect(b']')?;
            self.expect(b'=')?;
            return Some(Some(key));
        }
        let start = self.at;
        let name = self.name().map(|name| name.as_bytes().to_vec());
        if let Some(name) = name
            && self.takes(b'=')
        {
            return Some(Some(Value::Text(name)));
        }
        self.at = start;
        Some(None)
    }

    fn string(&mut self, quote: u8) -> Option<Value> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let byte = self.next()?;
            match byte {
                b'\\' => text.push(self.escaped()?),
                b'\n' => return None,
                _ if byte == quote => return Some(Value::Text(text)),
                _ => text.push(byte),
            }
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.file.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn escaped(&mut self) -> Option<u8> {
        Some(match self.next()? {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' | b'\n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'x' => return self.coded(16, 2, 2),
            b'0'..=b'9' => {
                self.at -= 1;
                return self.coded(10, 1, 3);
            }
            byte @ (b'\\' | b'"' | b'\'') => byte,
            _ => return None,
        })
    }

    fn coded(&mut self, radix: u32, digits_min: usize, digits_max: usize) -> Option<u8> {
        let rest = &self.file[self.at..];
        let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
        let length = rest.iter().take(digits_max).take_while(is_digit).count();
        self.at += length;
        let digits = std::str::from_utf8(&rest[..length]).ok().filter(|_| length >= digits_min)?;
        u8::from_str_radix(digits, radix).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prosody_writes_is_read() {
        let file = b"return {\n\t[\"salt\"] = \"a\\\"\\\\\\n\\195\\164\";\n\tn = -4.5e1,\n\t[false] = { true; nil };\n\t'x';\n};\n";
        let read = read(file).unwrap();
        assert_eq!(read.get("salt").and_then(Value::text), Some("a\"\\\n\u{e4}"));
        assert_eq!(read.get("n"), Some(&Value::Number(-45.0)));
        let list = [(1.0, Value::Bool(true)), (2.0, Value::Nil)];
        let list = list.map(|(place, value)| (Value::Number(place), value)).to_vec();
        assert_eq!(read.entries()[2], (Value::Bool(false), Value::Table(list)));
        assert_eq!(read.entries()[3], (Value::Number(1.0), Value::Text(b"x".to_vec())));
    }

    #[test]
    fn what_would_have_to_be_run_is_refused() {
        for file in [
            "return os.execute('x')",
            "return { f() }",
            "return { x = 1 + 1 }",
            "local x = 1 return x",
            "return { 1 2 }",
            "return 'open",
            "return '\\300'",
            "return 1 os.exit()",
            "return",
            "",
        ] {
            assert!(read(file.as_bytes()).is_err(), "{file}");
        }
        let deep = format!("return {}{}", "{".repeat(65), "}".repeat(65));
        assert!(read(deep.as_bytes()).is_err());
    }
}
