//! XEP-0050: Ad-Hoc Commands (1.3.0). A command asks at most once before it is run.

use crate::{
    discovery::{ITEMS, write_info},
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    payload::FRONT,
    xep::{administration, invitations},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_hub::{HubError, IdentityRefusal};
use parlance_xmpp::{Element, StanzaCondition, forms::Form, ns, write::Writer};
use std::collections::VecDeque;

pub(crate) const COMMANDS: &str = "http://jabber.org/protocol/commands";
/// Most commands of one client that wait for an answer; the oldest is forgotten for another.
const WAITING_MAX: usize = 8;

const ALL: &[&[Command]] = &[administration::COMMANDS, invitations::COMMANDS];

pub(super) const HANDLERS: &[Handler] =
    &[Handler { at: At::Server, wants: Wants::Set, namespace: COMMANDS, name: "command", answer: command }];

/// Something that can be asked for.
pub(super) struct Command {
    pub(super) node: &'static str,
    /// What it is called for people.
    pub(super) name: &'static str,
    pub(super) audience: Audience,
    /// What has to be known before it is run, if anything.
    pub(super) form: Option<fn() -> Form>,
    pub(super) run: for<'a> fn(&'a Iq<'a>, &'a Form) -> BoxFuture<'a, Result<Done, Refused>>,
}

/// Who may run a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Who administers the domain; with the word for it in the log.
    Administrators(&'static str),
    /// Who may invite people to this server.
    Inviters,
}

/// What came of a command.
pub(super) enum Done {
    /// A sentence for people.
    Note(&'static str),
    /// What was asked for.
    Data(Form),
}

/// What a client wants done with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Run,
    Cancel,
    Back,
}

/// The commands of one client that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct Waiting(VecDeque<(String, &'static str)>);

impl Waiting {
    /// Remembers a command; the id of its session.
    fn add(&mut self, node: &'static str) -> String {
        if self.0.len() == WAITING_MAX {
            self.0.pop_front();
            metrics::counter!("parlance_xmpp_commands_forgotten_total").increment(1);
        }
        let id = fresh_id();
        self.0.push_back((id.clone(), node));
        id
    }

    fn has(&self, id: &str, node: &str) -> bool {
        self.0.iter().any(|(known, of)| known == id && *of == node)
    }

    fn remove(&mut self, id: &str) {
        self.0.retain(|(known, _)| known != id);
    }
}

fn fresh_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

fn find(node: &str) -> Option<&'static Command> {
    ALL.iter().flat_map(|commands| commands.iter()).find(|command| command.node == node)
}

/// Whether somebody may run a command.
async fn may_run(iq: &Iq<'_>, command: &Command) -> Result<bool, HubError> {
    match command.audience {
        Audience::Administrators(_) => match iq.xmpp.hub.administration_by(iq.seat.caller).await {
            Ok(_) => Ok(true),
            Err(HubError::Identity(IdentityRefusal::Forbidden)) => Ok(false),
            Err(error) => Err(error),
        },
        Audience::Inviters => iq.xmpp.hub.may_create_invitation(iq.seat.caller).await,
    }
}

/// The command of this name.
///
/// # Errors
/// `item-not-found` or, for tasks of administration that are not offered, `feature-not-implemented`;
/// `forbidden` for those who may not run it.
async fn allowed(iq: &Iq<'_>, node: &str) -> Result<&'static Command, Refused> {
    let command = find(node).ok_or_else(|| match node.starts_with(administration::ADMIN) {
        true => StanzaCondition::FeatureNotImplemented,
        false => StanzaCondition::ItemNotFound,
    })?;
    if may_run(iq, command).await? { Ok(command) } else { Err(StanzaCondition::Forbidden.into()) }
}

/// The commands that the asker may run.
///
/// # Source
/// XEP-0050 section 2.2.
pub(crate) async fn items(iq: &Iq<'_>) -> Answer {
    let mut xml = Writer::new();
    xml.start("query").namespace(ITEMS).attribute("node", COMMANDS);
    for command in ALL.iter().flat_map(|commands| commands.iter()) {
        if may_run(iq, command).await? {
            xml.start("item").attribute("jid", &iq.xmpp.settings.domain);
            xml.attribute("node", command.node).attribute("name", command.name).end();
        }
    }
    Ok(xml.finish())
}

/// Writes what the list of commands is, or one of them.
///
/// # Source
/// XEP-0050 section 2.2.
pub(crate) async fn write_node_info(iq: &Iq<'_>, node: &str, xml: &mut Writer<'_>) -> Result<(), Refused> {
    if node == COMMANDS {
        write_info(xml, ("automation", "command-list", "Commands"), std::iter::empty());
        return Ok(());
    }
    let command = allowed(iq, node).await?;
    write_info(xml, ("automation", "command-node", command.name), [COMMANDS, ns::FORMS].into_iter());
    Ok(())
}

/// # Source
/// XEP-0050 sections 2.4 and 4.
fn command(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let node = iq.payload.attribute("node").ok_or(StanzaCondition::BadRequest)?;
        let command = allowed(&iq, node).await?;
        let action = Action::read(&iq.payload)?;
        match (iq.payload.attribute("sessionid"), action) {
            (None, Action::Run) => begin(&iq, command).await,
            (None, _) => Err(bad("<bad-action xmlns='http://jabber.org/protocol/commands'/>")),
            (Some(session), action) => go_on(&iq, command, session, action).await,
        }
    }
    .boxed()
}

impl Action {
    /// # Source
    /// XEP-0050 section 4.1; `malformed-action` in section 4.4.
    fn read(command: &Element) -> Result<Self, Refused> {
        match command.attribute("action") {
            None | Some("execute" | "next" | "complete") => Ok(Self::Run),
            Some("cancel") => Ok(Self::Cancel),
            Some("prev") => Ok(Self::Back),
            Some(_) => Err(bad("<malformed-action xmlns='http://jabber.org/protocol/commands'/>")),
        }
    }
}

/// A request that is wrong in a way of its own.
fn bad(why: &'static str) -> Refused {
    Refused::from(StanzaCondition::BadRequest).application(why)
}

async fn begin(iq: &Iq<'_>, command: &'static Command) -> Answer {
    let Some(form) = command.form else {
        let nothing = Form::new(parlance_xmpp::forms::FormType::Submit);
        return run(iq, command, &fresh_id(), &nothing).await;
    };
    let session = iq.seat.with(|state| state.commands.add(command.node));
    Ok(written(command, &session, "executing", |xml| {
        xml.start("actions").attribute("execute", "complete").start("complete").end().end();
        form().write(xml);
    }))
}

/// What the client said to a form. A command that was refused can be answered once more.
async fn go_on(iq: &Iq<'_>, command: &Command, session: &str, action: Action) -> Answer {
    if !iq.seat.with(|state| state.commands.has(session, command.node)) {
        return Err(bad("<bad-sessionid xmlns='http://jabber.org/protocol/commands'/>"));
    }
    let forget = || iq.seat.with(|state| state.commands.remove(session));
    match action {
        Action::Back => Err(bad("<bad-action xmlns='http://jabber.org/protocol/commands'/>")),
        Action::Cancel => {
            forget();
            Ok(written(command, session, "canceled", |_| {}))
        }
        Action::Run => {
            let form = iq.payload.child(ns::FORMS, "x").and_then(|form| Form::read(form).ok());
            let form =
                form.ok_or_else(|| bad("<bad-payload xmlns='http://jabber.org/protocol/commands'/>"))?;
            let answer = run(iq, command, session, &form).await?;
            forget();
            Ok(answer)
        }
    }
}

async fn run(iq: &Iq<'_>, command: &Command, session: &str, form: &Form) -> Answer {
    if let Audience::Administrators(operation) = command.audience {
        tracing::info!(user.id = %iq.seat.caller.who, operation, front = FRONT, "administration");
    }
    let done = (command.run)(iq, form).await?;
    Ok(written(command, session, "completed", |xml| match &done {
        Done::Note(text) => {
            xml.start("note").attribute("type", "info").text(text).end();
        }
        Done::Data(form) => form.write(xml),
    }))
}

fn written(
    command: &Command,
    session: &str,
    status: &str,
    content: impl FnOnce(&mut Writer<'static>),
) -> String {
    let mut xml = Writer::new();
    xml.start("command").namespace(COMMANDS).attribute("node", command.node);
    xml.attribute("sessionid", session).attribute("status", status);
    content(&mut xml);
    xml.finish()
}

#[cfg(test)]
pub(crate) mod tests;
