use crate::{Error, ns::XML, span::Span};

/// The namespace that declarations themselves are in.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The bindings in scope, those of the stream header below those of the elements that are open.
///
/// The same namespace is kept once, so that bindings in scope mean the same when their spans are equal:
/// comparing them costs the same for long names, of which a peer may declare many that differ little.
#[derive(Clone, Debug)]
pub(crate) struct Namespaces {
    /// Every prefix and namespace that was declared since the last reset.
    text: String,
    bindings: Vec<Binding>,
    /// How many bindings, and how much of the text, belong to the stream header.
    base: Mark,
    /// Whether an element without prefix was found while nothing bound the default.
    uses_nothing: bool,
}

#[derive(Clone, Copy, Debug)]
struct Binding {
    prefix: Span,
    uri: Span,
    is_used: bool,
}

/// A moment to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    bindings: usize,
    text: usize,
}

impl Namespaces {
    pub(crate) fn new() -> Self {
        let base = Mark { bindings: 0, text: 0 };
        let mut names = Self { text: String::new(), bindings: Vec::new(), base, uses_nothing: false };
        names.push("xml", XML);
        names.base = names.mark();
        names
    }

    /// Binds a prefix; the empty prefix is the default.
    ///
    /// # Source
    /// Namespaces in XML 1.0 (third edition) sections 3 and 5.
    pub(crate) fn declare(&mut self, prefix: &str, uri: &str, max: u32) -> Result<(), Error> {
        match prefix {
            "xmlns" => return Err(Error::ReservedNamespace),
            "xml" if uri == XML => return Ok(()),
            _ if prefix == "xml" || uri == XML || uri == XMLNS => return Err(Error::ReservedNamespace),
            _ if uri.is_empty() && !prefix.is_empty() => return Err(Error::EmptyNamespace),
            _ => {}
        }
        if self.bindings.len() > max as usize {
            return Err(Error::TooManyNamespaces);
        }
        self.push(prefix, uri);
        Ok(())
    }

    fn push(&mut self, prefix: &str, uri: &str) {
        let known = self.bindings.iter().find(|binding| binding.uri.reads(&self.text, uri));
        let known = known.map(|binding| binding.uri);
        let prefix = self.keep(prefix);
        let uri = known.unwrap_or_else(|| self.keep(uri));
        self.bindings.push(Binding { prefix, uri, is_used: false });
    }

    fn keep(&mut self, part: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(part);
        Span::new(start, self.text.len())
    }

    /// The namespace of an element with this prefix, to be read with [`Self::text_of`]. Remembers that a
    /// binding of the stream header was needed.
    pub(crate) fn resolve(&mut self, prefix: &str) -> Result<Span, Error> {
        match self.position(prefix) {
            Some(index) => {
                let binding = &mut self.bindings[index];
                binding.is_used = true;
                Ok(binding.uri)
            }
            None if prefix.is_empty() => {
                self.uses_nothing = true;
                Ok(Span::default())
            }
            None => Err(Error::UndeclaredPrefix),
        }
    }

    /// What a prefix means now; `None` when nothing binds it.
    pub(crate) fn lookup(&self, prefix: &str) -> Option<&str> {
        self.position(prefix).map(|index| self.text_of(self.bindings[index].uri))
    }

    fn position(&self, prefix: &str) -> Option<usize> {
        self.bindings.iter().rposition(|binding| binding.prefix.reads(&self.text, prefix))
    }

    pub(crate) fn text_of(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Everything in scope, the innermost last.
    pub(crate) fn in_scope(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bindings[1..].iter().map(|binding| self.pair(binding))
    }

    /// The bindings of the stream header that the element made use of.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_header = self.bindings[1..self.base.bindings].iter();
        let used = of_header.filter(|binding| binding.is_used).map(|binding| self.pair(binding));
        used.chain(self.uses_nothing.then_some(("", "")))
    }

    fn pair(&self, binding: &Binding) -> (&str, &str) {
        (binding.prefix.of(&self.text), binding.uri.of(&self.text))
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { bindings: self.bindings.len(), text: self.text.len() }
    }

    /// The declarations since `mark` go out of scope; what [`Self::resolve`] gave stays readable.
    pub(crate) fn leave(&mut self, mark: Mark) {
        self.bindings.truncate(mark.bindings);
    }

    /// What is declared now belongs to the stream header.
    pub(crate) fn keep_as_base(&mut self) {
        self.base = self.mark();
    }

    /// Back to the bindings of the stream header, for the next element.
    pub(crate) fn reset(&mut self) {
        self.bindings.truncate(self.base.bindings);
        self.text.truncate(self.base.text);
        self.uses_nothing = false;
        self.bindings.iter_mut().for_each(|binding| binding.is_used = false);
    }

    /// Gives back memory that one large element needed.
    pub(crate) fn release(&mut self) {
        self.text.shrink_to(1024);
        self.bindings.shrink_to(16);
    }
}
