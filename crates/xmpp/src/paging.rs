//! Result set management: lists that are read in pages.

use crate::{Element, ns, write::Writer};

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most; 0 asks for the count alone. `None` leaves it to the server.
    pub max: Option<u32>,
    /// Where the page is.
    pub position: Position,
}

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The first page.
    Start,
    /// Behind an item, perhaps also before another.
    After(String, Option<String>),
    /// Directly before an item.
    Before(String),
    /// The last page.
    End,
    /// From an item by its number, from 0.
    Index(u32),
}

/// A number that is none, or a page in several places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page that is asked for is not understood")]
pub struct PageError;

impl PageRequest {
    /// Reads `<set/>`.
    ///
    /// # Errors
    /// [`PageError`].
    ///
    /// # Source
    /// XEP-0059 (1.0) section 2.
    pub fn read(set: &Element) -> Result<Self, PageError> {
        let text = |name| set.text_of(ns::RSM, name);
        let number = |name| text(name).map(|it| it.trim().parse().map_err(|_| PageError)).transpose();
        let max = number("max")?;
        let before = text("before").map(|it| it.into_owned());
        let position = match (text("after").filter(|it| !it.is_empty()), before, number("index")?) {
            (Some(after), before, None) => {
                Position::After(after.into_owned(), before.filter(|it| !it.is_empty()))
            }
            (None, Some(before), None) if before.is_empty() => Position::End,
            (None, Some(before), None) => Position::Before(before),
            (None, None, Some(index)) => Position::Index(index),
            (None, None, None) => Position::Start,
            (_, _, Some(_)) => return Err(PageError),
        };
        Ok(Self { max, position })
    }
}

/// What a page holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageResult<'a> {
    /// The first item; `None` when the page is empty.
    pub first: Option<&'a str>,
    /// The number of the first item, from 0.
    pub index: Option<u32>,
    /// The last item; `None` when the page is empty.
    pub last: Option<&'a str>,
    /// How many items the whole list has.
    pub count: Option<u64>,
}

impl PageResult<'_> {
    /// Writes `<set/>`.
    ///
    /// # Source
    /// XEP-0059 (1.0) section 2.
    pub fn write(&self, xml: &mut Writer<'_>) {
        xml.start("set").namespace(ns::RSM);
        if let Some(first) = self.first {
            let index = self.index.map(|index| index.to_string());
            xml.start("first").attribute_if("index", index.as_deref()).text(first).end();
        }
        if let Some(last) = self.last {
            xml.text_element("last", last);
        }
        if let Some(count) = self.count {
            xml.text_element("count", &count.to_string());
        }
        xml.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Framed, Limits};

    fn read(content: &str) -> Result<PageRequest, PageError> {
        let xml = format!("<set xmlns='http://jabber.org/protocol/rsm'>{content}</set>");
        PageRequest::read(&Framed::new(Limits::default()).read(xml.as_bytes()).unwrap().parse())
    }

    fn position(content: &str) -> Position {
        read(content).unwrap().position
    }

    /// The requests of XEP-0059 section 2.
    #[test]
    fn pages_are_asked_for_in_each_way() {
        assert_eq!(read("<max>10</max>"), Ok(PageRequest { max: Some(10), position: Position::Start }));
        assert_eq!(position("<max>0</max>"), Position::Start);
        assert_eq!(position("<max>10</max><after>a@b</after>"), Position::After("a@b".into(), None));
        assert_eq!(
            position("<after>a</after><before>b</before>"),
            Position::After("a".into(), Some("b".into()))
        );
        assert_eq!(position("<before/>"), Position::End);
        assert_eq!(position("<before>c</before>"), Position::Before("c".into()));
        assert_eq!(position("<index>371</index>"), Position::Index(371));
        for wrong in ["<max>x</max>", "<max>-1</max>", "<index/>", "<index>1</index><after>a</after>"] {
            assert_eq!(read(wrong), Err(PageError), "{wrong}");
        }
    }

    #[test]
    fn a_page_says_where_it_is() {
        let written = |page: PageResult<'_>| {
            let mut xml = Writer::new();
            page.write(&mut xml);
            xml.finish()
        };
        assert_eq!(
            written(PageResult { first: Some("a"), index: Some(0), last: Some("<"), count: Some(800) }),
            "<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>a</first><last>&lt;</last>\
             <count>800</count></set>"
        );
        assert_eq!(
            written(PageResult { count: Some(0), ..PageResult::default() }),
            "<set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set>"
        );
    }
}
