use super::{
    super::{Portable, Unreadable},
    Open, Reading, map, too_large,
};
use std::collections::BTreeMap;

/// Most nodes of one person that are set up; a server keeps no more.
const NODES_MAX: usize = parlance_hub::usecase::NODES_MAX;

/// How a node is set up, as far as it was read.
#[derive(Default)]
struct SetUp {
    form: String,
    members: Vec<String>,
    subscribers: Vec<String>,
}

impl Reading<'_> {
    /// # Source
    /// XEP-0227 (1.1) section 4.9.2.
    pub(super) fn items(&mut self, document: &mut Open, name: &str) -> anyhow::Result<()> {
        while let Some(items) = document.next_child()? {
            let node = items.attribute("node").unwrap_or_default();
            while let Some(item) = document.next_child()? {
                match document.fill(item)? {
                    Some(item) => (self.take)(Ok(map::item(name, node, &item)))?,
                    None => (self.take)(Err(too_large(name)))?,
                }
            }
        }
        Ok(())
    }

    /// # Source
    /// XEP-0227 (1.1) section 4.9.1.
    pub(super) fn set_ups(&mut self, document: &mut Open, name: &str) -> anyhow::Result<()> {
        let mut set_ups = BTreeMap::<String, SetUp>::new();
        while let Some(part) = document.next_child()? {
            let Some(part) = document.fill(part)? else {
                (self.take)(Err(too_large(name)))?;
                continue;
            };
            let node = part.attribute("node").unwrap_or_default();
            if set_ups.len() == NODES_MAX && !set_ups.contains_key(node) {
                let why = "too many nodes".to_owned();
                (self.take)(Err(Unreadable { place: format!("{name}: {node}"), why }))?;
                continue;
            }
            let set_up = set_ups.entry(node.to_owned()).or_default();
            match part.name() {
                "configure" => {
                    set_up.form = part.children().next().map(|form| form.xml()).unwrap_or_default()
                }
                "affiliations" => set_up.members = map::named(&part, ("affiliation", "member")),
                "subscriptions" => set_up.subscribers = map::named(&part, ("subscription", "subscribed")),
                _ => {}
            }
        }
        for (node, SetUp { form, members, subscribers }) in set_ups {
            let owner = name.to_owned();
            (self.take)(Ok(Portable::Node { owner, node, form, members, subscribers }))?;
        }
        Ok(())
    }
}
