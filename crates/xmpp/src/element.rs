use crate::{
    Error, Limits,
    name::QName,
    namespace::{Mark, Namespaces},
    reference,
    seek::Seek,
    span::Span,
    tag::{self, Kind, RawAttribute, Tag},
};

/// Reads one element from a text that grows, and checks it.
///
/// The text is passed to every call and starts with the element; the state holds offsets into it. A token
/// is judged when it has arrived completely, so that the answer does not depend on how it was torn.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    limits: Limits,
    /// Everything before is checked.
    at: usize,
    seek: Seek,
    open: Vec<Open>,
    /// Of the tag that was read last.
    attributes: Vec<RawAttribute>,
    /// Namespaces and local names of its attributes that have a prefix.
    prefixed: Vec<(Span, Span)>,
    pub(crate) names: Namespaces,
    pub(crate) root: Root,
    pub(crate) children: Vec<ChildSpan>,
}

#[derive(Clone, Debug)]
struct Open {
    name: Span,
    before: Mark,
}

/// The start tag of the element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Root {
    pub(crate) name: QName,
    pub(crate) namespace: Span,
    pub(crate) attributes: Vec<RawAttribute>,
    /// Where its `>` or `/>` is.
    pub(crate) close: Span,
}

/// An element directly below the root.
#[derive(Clone, Debug)]
pub(crate) struct ChildSpan {
    pub(crate) name: QName,
    pub(crate) namespace: Span,
    pub(crate) whole: Span,
}

const CDATA: &[u8] = b"<![CDATA[";

impl Element {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            at: 0,
            seek: Seek::default(),
            open: Vec::new(),
            attributes: Vec::new(),
            prefixed: Vec::new(),
            names: Namespaces::new(),
            root: Root::default(),
            children: Vec::new(),
        }
    }

    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Reads as far as the text goes; gives the length of the element when it is complete.
    pub(crate) fn advance(&mut self, text: &str) -> Result<Option<usize>, Error> {
        self.run(text, |element| element.at > 0 && element.open.is_empty())
    }

    /// The same, but only the start tag.
    pub(crate) fn advance_start(&mut self, text: &str) -> Result<Option<usize>, Error> {
        self.run(text, |element| element.at > 0)
    }

    /// Whether a part of an element has been read.
    pub(crate) fn has_begun(&self) -> bool {
        self.at > 0 || self.seek.has_begun()
    }

    /// Ready for the next element; the bindings of the stream header stay.
    pub(crate) fn reset(&mut self) {
        self.at = 0;
        self.seek = Seek::default();
        self.open.clear();
        self.children.clear();
        self.names.reset();
    }

    /// Gives back memory that one large element needed.
    pub(crate) fn release(&mut self) {
        self.names.release();
        self.open.shrink_to(8);
        self.children.shrink_to(8);
        self.attributes.shrink_to(8);
        self.prefixed.shrink_to(8);
        self.root.attributes.shrink_to(8);
    }

    fn bytes_max(&self) -> usize {
        // Offsets into the declarations of a header and a stanza together must fit into 32 bits.
        (self.limits.stanza_bytes_max as usize).min(1 << 30)
    }

    fn run(&mut self, text: &str, is_done: impl Fn(&Self) -> bool) -> Result<Option<usize>, Error> {
        // One character more than allowed is enough to see that it is too long.
        let text = &text[..text.floor_char_boundary(self.bytes_max().saturating_add(4))];
        while !is_done(self) {
            if !self.step(text)? {
                return if text.len() > self.bytes_max() { Err(Error::StanzaTooLong) } else { Ok(None) };
            }
            if self.at > self.bytes_max() {
                return Err(Error::StanzaTooLong);
            }
            self.seek = Seek::default();
        }
        Ok(Some(self.at))
    }

    /// Reads one token; `false` when it has not arrived completely.
    fn step(&mut self, text: &str) -> Result<bool, Error> {
        match &text.as_bytes()[self.at..] {
            [] | [b'<'] => Ok(false),
            [b'<', b'/', ..] => self.end_tag(text),
            [b'<', b'!', ..] => self.cdata(text),
            [b'<', b'?', ..] => Err(Error::ProcessingInstruction),
            [b'<', ..] => self.start_tag(text),
            _ => self.text(text),
        }
    }

    /// Reading the tag is tried first and its end searched only when that fails: then either it is wrong,
    /// or there is more to come.
    fn start_tag(&mut self, text: &str) -> Result<bool, Error> {
        let inside = self.at + 1;
        if self.seek.has_begun() && self.seek.tag_end(text, inside).is_none() {
            return Ok(false);
        }
        match self.read_start(text) {
            Ok(end) => {
                self.at = end;
                Ok(true)
            }
            Err(error) => match self.seek.tag_end(text, inside) {
                None => Ok(false),
                Some(end) if end > self.bytes_max() => Err(Error::StanzaTooLong),
                Some(_) => Err(error),
            },
        }
    }

    fn read_start(&mut self, text: &str) -> Result<usize, Error> {
        let tag = tag::parse(text, self.at, &self.limits, &mut self.attributes)?;
        if self.open.len() >= self.limits.depth_max as usize {
            return Err(Error::TooDeep);
        }
        self.check_written_names(text)?;
        let before = self.names.mark();
        self.declare(text)?;
        let namespace = self.names.resolve(tag.name.prefix(text))?;
        self.check_meant_names(text)?;
        self.enter(&tag, namespace, before);
        Ok(tag.end)
    }

    /// No two attributes are written alike.
    fn check_written_names(&self, text: &str) -> Result<(), Error> {
        let is_twice = |(index, attribute): (usize, &RawAttribute)| {
            let name = attribute.name.whole.of(text);
            self.attributes[..index].iter().any(|earlier| earlier.name.whole.reads(text, name))
        };
        if self.attributes.iter().enumerate().any(is_twice) { Err(Error::DuplicateAttribute) } else { Ok(()) }
    }

    fn declare(&mut self, text: &str) -> Result<(), Error> {
        for attribute in &self.attributes {
            if let Some(prefix) = attribute.declares(text) {
                let uri = reference::unescape_value(attribute.value.of(text));
                self.names.declare(prefix, &uri, self.limits.namespaces_max)?;
            }
        }
        Ok(())
    }

    /// Every prefix of an attribute is bound, and no two attributes mean the same name.
    fn check_meant_names(&mut self, text: &str) -> Result<(), Error> {
        self.prefixed.clear();
        for attribute in self.attributes.iter().filter(|it| it.kind == Kind::Prefixed) {
            let namespace = self.names.resolve(attribute.name.prefix(text))?;
            let local = attribute.name.local_span();
            let is_same = |it: &(Span, Span)| it.0 == namespace && it.1.reads(text, local.of(text));
            if self.prefixed.iter().any(is_same) {
                return Err(Error::DuplicateAttribute);
            }
            self.prefixed.push((namespace, local));
        }
        Ok(())
    }

    fn enter(&mut self, tag: &Tag, namespace: Span, before: Mark) {
        match self.open.len() {
            0 => self.begin_root(tag, namespace),
            1 => self.children.push(ChildSpan {
                name: tag.name,
                namespace,
                whole: Span::new(self.at, tag.end),
            }),
            _ => {}
        }
        if !tag.is_empty {
            self.open.push(Open { name: tag.name.whole, before });
        } else if !self.open.is_empty() {
            self.names.leave(before);
        }
    }

    fn begin_root(&mut self, tag: &Tag, namespace: Span) {
        let close = Span::new(tag.end - if tag.is_empty { 2 } else { 1 }, tag.end);
        self.root.name = tag.name;
        self.root.namespace = namespace;
        self.root.close = close;
        std::mem::swap(&mut self.root.attributes, &mut self.attributes);
    }

    fn end_tag(&mut self, text: &str) -> Result<bool, Error> {
        let name_at = self.at + 2;
        let Some(close) = self.seek.byte(b'>', text, name_at) else { return Ok(false) };
        if close >= self.bytes_max() {
            return Err(Error::StanzaTooLong);
        }
        let name = end_tag_name(&text[name_at..close]);
        let open = self.open.pop_if(|open| open.name.of(text) == name).ok_or(Error::MismatchedTag)?;
        self.at = close + 1;
        // The declarations of the root stay in scope for whoever looks at its children.
        match self.open.len() {
            0 => return Ok(true),
            1 => self.children.last_mut().expect("invariant: a child was open").whole.ends_at(self.at),
            _ => {}
        }
        self.names.leave(open.before);
        Ok(true)
    }

    fn cdata(&mut self, text: &str) -> Result<bool, Error> {
        let rest = &text.as_bytes()[self.at..];
        let arrived = rest.len().min(CDATA.len());
        match rest {
            [_, _, b'-', ..] => return Err(Error::Comment),
            _ if rest[..arrived] != CDATA[..arrived] => return Err(Error::DocumentType),
            _ if arrived < CDATA.len() => return Ok(false),
            _ if self.open.is_empty() => return Err(Error::StrayText),
            _ => {}
        }
        let Some(end) = self.seek.cdata_end(text, self.at + CDATA.len()) else { return Ok(false) };
        self.at = end + 3;
        Ok(true)
    }

    fn text(&mut self, text: &str) -> Result<bool, Error> {
        if self.open.is_empty() {
            return Err(Error::StrayText);
        }
        let Some(end) = self.seek.byte(b'<', text, self.at) else { return Ok(false) };
        if end > self.bytes_max() {
            return Err(Error::StanzaTooLong);
        }
        reference::check_text(&text[self.at..end])?;
        self.at = end;
        Ok(true)
    }
}

/// The name between `</` and `>`; white space may follow it.
pub(crate) fn end_tag_name(inside: &str) -> &str {
    inside.trim_end_matches([' ', '\t', '\n', '\r'])
}
