//! How a node is set up.

use super::errors::Condition;
use crate::errors::Refused;
use parlance_hub::usecase::NODE_ITEMS_MAX;
use parlance_xmpp::{
    StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The meaning of the fields of a form about a node.
pub(crate) const NODE_CONFIG: &str = "http://jabber.org/protocol/pubsub#node_config";
const PREFIX: &str = "pubsub#";
/// Where those stand whom the owner lets read, in what is kept.
const MEMBERS: &str = "members";

/// What can be set.
struct Choice {
    name: &'static str,
    label: &'static str,
    kind: Kind,
    usual: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    /// `1` or `0`.
    Switch,
    /// A number of items, or `max`.
    Count,
    /// One of these.
    OneOf(&'static [&'static str]),
    Line,
    /// Any number of lines.
    Lines,
}

/// # Source
/// XEP-0060 (1.26.0) section 16.4.4. Access by leave of the owner (`authorize`) is not offered: nobody
/// would ask them.
const CHOICES: &[Choice] = &[
    Choice { name: "title", label: "Name", kind: Kind::Line, usual: "" },
    Choice { name: "description", label: "Description", kind: Kind::Line, usual: "" },
    Choice { name: "type", label: "Namespace of the items", kind: Kind::Line, usual: "" },
    Choice {
        name: "access_model",
        label: "Who may read",
        kind: Kind::OneOf(&["open", "presence", "roster", "whitelist"]),
        usual: "presence",
    },
    Choice {
        name: "roster_groups_allowed",
        label: "Groups of contacts that may read",
        kind: Kind::Lines,
        usual: "",
    },
    Choice {
        name: "publish_model",
        label: "Who may publish",
        kind: Kind::OneOf(&["publishers"]),
        usual: "publishers",
    },
    Choice { name: "max_items", label: "Most items", kind: Kind::Count, usual: "1" },
    Choice { name: "persist_items", label: "Keep items", kind: Kind::Switch, usual: "1" },
    Choice {
        name: "send_last_published_item",
        label: "When the newest item is sent",
        kind: Kind::OneOf(&["never", "on_sub", "on_sub_and_presence"]),
        usual: "on_sub_and_presence",
    },
    Choice { name: "deliver_notifications", label: "Tell of items", kind: Kind::Switch, usual: "1" },
    Choice { name: "deliver_payloads", label: "Tell what is in items", kind: Kind::Switch, usual: "1" },
    Choice { name: "notify_retract", label: "Tell of retracted items", kind: Kind::Switch, usual: "1" },
    Choice { name: "notify_delete", label: "Tell that the node is gone", kind: Kind::Switch, usual: "1" },
    Choice { name: "notify_config", label: "Tell of another set-up", kind: Kind::Switch, usual: "0" },
    Choice {
        name: "notification_type",
        label: "Type of what tells",
        kind: Kind::OneOf(&["headline", "normal"]),
        usual: "headline",
    },
];

/// Nodes that nobody but their owner reads unless they say so, and that hold many items.
const PRIVATE: &[&str] = &[super::bookmarks::NODE, super::displayed::NODE, "storage:bookmarks"];

/// How a node is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NodeConfig {
    /// What differs from the usual.
    values: BTreeMap<&'static str, String>,
    /// Who may read where only those may whom the owner names.
    pub(crate) members: Vec<String>,
}

/// Who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessModel {
    /// Everybody.
    Open,
    /// Who sees the owner's presence.
    Presence,
    /// Contacts in certain groups.
    Roster,
    /// Whom the owner names.
    Whitelist,
}

impl NodeConfig {
    /// The set-up of a node that is made without saying how.
    pub(crate) fn usual(node: &str) -> Self {
        let mut config = Self::default();
        if PRIVATE.contains(&node) {
            config.values.insert("access_model", "whitelist".to_owned());
            config.values.insert("max_items", "max".to_owned());
            config.values.insert("send_last_published_item", "never".to_owned());
        }
        config
    }

    /// Reads what was kept.
    pub(crate) fn read(kept: &str) -> Self {
        let Ok(Value::Object(kept)) = serde_json::from_str(kept) else { return Self::default() };
        let text = |name: &str| kept.get(name)?.as_str().map(str::to_owned);
        let values = CHOICES.iter().filter_map(|choice| Some((choice.name, text(choice.name)?))).collect();
        let members = kept.get(MEMBERS).and_then(Value::as_array).into_iter().flatten();
        Self { values, members: members.filter_map(|it| it.as_str().map(str::to_owned)).collect() }
    }

    /// Writes down what is to be kept.
    pub(crate) fn keep(&self) -> String {
        let values = self.values.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        let mut kept: Map<String, Value> = values.collect();
        kept.insert(MEMBERS.to_owned(), self.members.clone().into());
        Value::Object(kept).to_string()
    }

    fn get(&self, name: &str) -> &str {
        let usual = || CHOICES.iter().find(|choice| choice.name == name).map_or("", |choice| choice.usual);
        self.values.get(name).map_or_else(usual, String::as_str)
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name) == "1"
    }

    /// Who may read.
    pub(crate) fn access_model(&self) -> AccessModel {
        match self.get("access_model") {
            "open" => AccessModel::Open,
            "presence" => AccessModel::Presence,
            "roster" => AccessModel::Roster,
            _ => AccessModel::Whitelist,
        }
    }

    /// Whether contacts in one of these groups may read.
    pub(crate) fn is_for_groups(&self, groups: &[String]) -> bool {
        self.get("roster_groups_allowed").lines().any(|allowed| groups.iter().any(|group| group == allowed))
    }

    /// Most items, at least one.
    pub(crate) fn items_max(&self) -> usize {
        self.get("max_items").parse().unwrap_or(NODE_ITEMS_MAX).clamp(1, NODE_ITEMS_MAX)
    }

    pub(crate) fn persists(&self) -> bool {
        self.is_on("persist_items")
    }

    pub(crate) fn delivers_notifications(&self) -> bool {
        self.is_on("deliver_notifications")
    }

    pub(crate) fn delivers_payloads(&self) -> bool {
        self.is_on("deliver_payloads")
    }

    pub(crate) fn tells_of_retracting(&self) -> bool {
        self.is_on("notify_retract")
    }

    pub(crate) fn tells_of_deleting(&self) -> bool {
        self.is_on("notify_delete")
    }

    pub(crate) fn tells_of_configuring(&self) -> bool {
        self.is_on("notify_config")
    }

    /// Whether somebody who comes is sent the newest item.
    pub(crate) fn sends_last_on_presence(&self) -> bool {
        self.get("send_last_published_item") == "on_sub_and_presence"
    }

    /// The type of the messages that tell of items.
    pub(crate) fn notification_type(&self) -> &str {
        self.get("notification_type")
    }

    /// Takes over what a form says; fields that are not known mean nothing.
    ///
    /// # Errors
    /// `not-acceptable` for a value that is not offered.
    pub(crate) fn apply(&mut self, form: &Form) -> Result<(), Refused> {
        for (choice, field) in known(form) {
            let value = choice.normal(field).ok_or_else(|| {
                Refused::from(StanzaCondition::NotAcceptable).text(format!("{PREFIX}{}", choice.name))
            })?;
            if value == choice.usual {
                self.values.remove(choice.name);
            } else {
                self.values.insert(choice.name, value);
            }
        }
        Ok(())
    }

    /// Takes over how another server had it. What is not offered stays as usual, but a way to read that is not
    /// offered becomes the strictest.
    pub(crate) fn adopt(&mut self, form: &Form) {
        for (choice, field) in known(form) {
            let is_access = choice.name == "access_model";
            match choice.normal(field) {
                Some(value) if value == choice.usual => drop(self.values.remove(choice.name)),
                Some(value) => drop(self.values.insert(choice.name, value)),
                None if is_access => drop(self.values.insert(choice.name, "whitelist".to_owned())),
                None => {}
            }
        }
    }

    /// What it is, without what could be chosen.
    pub(crate) fn bare_form(&self) -> Form {
        CHOICES.iter().fold(Form::of_type(FormType::Form, NODE_CONFIG), |form, choice| {
            let field = Field::new(&format!("{PREFIX}{}", choice.name));
            let value = self.get(choice.name);
            form.field(value.lines().fold(field, |field, line| field.value(line)))
        })
    }

    /// Refuses when a node is set up in another way than a publisher wants.
    ///
    /// # Source
    /// XEP-0060 (1.26.0) section 7.1.5.
    pub(crate) fn check(&self, wanted: &Form) -> Result<(), Refused> {
        let is_met = |(choice, field): (&Choice, &Field)| {
            choice.normal(field).is_some_and(|value| value == self.get(choice.name))
        };
        if known(wanted).all(is_met) { Ok(()) } else { Err(Condition::PreconditionNotMet.into()) }
    }

    /// The form that shows it.
    pub(crate) fn form(&self) -> Form {
        CHOICES.iter().fold(Form::of_type(FormType::Form, NODE_CONFIG), |form, choice| {
            form.field(choice.field(self.get(choice.name)))
        })
    }
}

fn known(form: &Form) -> impl Iterator<Item = (&'static Choice, &Field)> {
    form.fields.iter().filter_map(|field| {
        let name = field.name.strip_prefix(PREFIX)?;
        Some((CHOICES.iter().find(|choice| choice.name == name)?, field))
    })
}

impl Choice {
    /// The value of an answer as it is kept; `None` for one that is not offered.
    fn normal(&self, field: &Field) -> Option<String> {
        let first = field.values.first().map_or("", String::as_str).trim();
        match self.kind {
            Kind::Switch => field.boolean().map(|is_on| u8::from(is_on).to_string()),
            Kind::Count if first == "max" => Some("max".to_owned()),
            Kind::Count => match first.parse::<usize>() {
                Ok(NODE_ITEMS_MAX) => Some("max".to_owned()),
                Ok(count) if count <= NODE_ITEMS_MAX => Some(count.to_string()),
                _ => None,
            },
            Kind::OneOf(offered) => offered.contains(&first).then(|| first.to_owned()),
            Kind::Line => Some(first.to_owned()),
            Kind::Lines => Some(field.values.join("\n")),
        }
    }

    fn field(&self, value: &str) -> Field {
        let field = Field::new(&format!("{PREFIX}{}", self.name)).label(self.label);
        match self.kind {
            Kind::Switch => field.kind(FieldType::Boolean).value(value),
            Kind::Count | Kind::Line => field.kind(FieldType::TextSingle).value(value),
            Kind::Lines => value
                .lines()
                .fold(field.kind(FieldType::ListMulti), |field, line| field.option(line, line).value(line)),
            Kind::OneOf(offered) => offered
                .iter()
                .fold(field.kind(FieldType::ListSingle), |field, one| field.option(one, one))
                .value(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(fields: &[(&str, &str)]) -> Form {
        fields.iter().fold(Form::new(FormType::Submit), |form, (name, value)| {
            form.field(Field::new(&format!("pubsub#{name}")).value(value))
        })
    }

    #[test]
    fn what_is_set_up_is_kept() {
        let mut config = NodeConfig::usual("urn:example");
        assert_eq!((config.access_model(), config.items_max()), (AccessModel::Presence, 1));
        let wanted = options(&[
            ("access_model", "open"),
            ("max_items", "max"),
            ("persist_items", "false"),
            ("x", "y"),
        ]);
        config.apply(&wanted).unwrap();
        config.members.push("bob@example.org".to_owned());
        let kept = NodeConfig::read(&config.keep());
        assert_eq!(kept, config);
        assert_eq!((kept.access_model(), kept.items_max()), (AccessModel::Open, NODE_ITEMS_MAX));
        assert!(!kept.persists() && kept.tells_of_retracting());
        assert_eq!(kept.check(&wanted), Ok(()));
        assert_eq!(kept.check(&options(&[("max_items", "10")])), Err(Condition::PreconditionNotMet.into()));
    }

    #[test]
    fn what_is_not_offered_is_not_accepted() {
        for (name, value) in [
            ("access_model", "authorize"),
            ("publish_model", "open"),
            ("max_items", "100000"),
            ("max_items", "-1"),
            ("persist_items", "perhaps"),
        ] {
            let refused = NodeConfig::default().apply(&options(&[(name, value)])).unwrap_err();
            assert_eq!(refused.condition(), StanzaCondition::NotAcceptable, "{name} {value}");
        }
    }
}
