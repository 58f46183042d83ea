//! The terminal: waits for keys and news, draws, and does what the app intends.

use crate::{
    app::{App, Drawn, Intent},
    times::Times,
    view::{self, Theme},
};
use anyhow::Context;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, Event, EventStream,
    KeyEventKind,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use parlance_client::{Client, Found, Notice, error::ClientError};
use ratatui::DefaultTerminal;
use std::time::Duration;

/// How often a draft is kept while it is being written.
const DRAFT_EVERY: Duration = Duration::from_secs(2);

/// What came of something that took a while.
enum Outcome {
    Opened(Result<String, ClientError>),
    Jumped(String, u64, Result<(), ClientError>),
    Loaded,
    Found(String, Result<Found, ClientError>),
}

struct Shell {
    client: Client,
    app: App,
    running: FuturesUnordered<BoxFuture<'static, Outcome>>,
    is_over: bool,
}

/// Shows the account until the person leaves.
pub(crate) async fn run(client: Client) -> anyhow::Result<()> {
    let me = client.me().await?.user.address;
    let app = App::new(me, Times::here());
    let mut shell = Shell { client, app, running: FuturesUnordered::new(), is_over: false };
    let mut terminal = ratatui::try_init().context("use this terminal")?;
    let asked = crossterm::execute!(std::io::stdout(), EnableBracketedPaste, EnableFocusChange);
    let outcome = match asked {
        Ok(()) => shell.run(&mut terminal).await,
        Err(error) => Err(error.into()),
    };
    let undone = crossterm::execute!(std::io::stdout(), DisableFocusChange, DisableBracketedPaste);
    ratatui::restore();
    outcome.and(undone.map_err(Into::into))
}

impl Shell {
    async fn run(&mut self, terminal: &mut DefaultTerminal) -> anyhow::Result<()> {
        let theme = Theme::from_environment();
        let mut keys = EventStream::new();
        let mut changes = self.client.subscribe();
        let mut draft_timer = tokio::time::interval(DRAFT_EVERY);
        self.refresh().await?;
        while !self.is_over {
            self.prepare().await?;
            let mut drawn = Drawn::default();
            terminal.draw(|frame| drawn = view::draw(frame, &mut self.app, theme))?;
            self.app.after_draw(&drawn);
            if self.carry_out().await? {
                continue;
            }
            tokio::select! {
                event = keys.next() => {
                    let event = event.context("the terminal is gone")??;
                    self.handle_terminal(event);
                    while let Some(Some(event)) = keys.next().now_or_never() {
                        self.handle_terminal(event?);
                    }
                }
                notice = changes.next() => {
                    self.handle_notice(notice.context("the client has stopped")?)?;
                    while let Some(Some(notice)) = changes.next().now_or_never() {
                        self.handle_notice(notice)?;
                    }
                    self.refresh().await?;
                }
                Some(outcome) = self.running.next() => {
                    self.handle_outcome(outcome);
                    self.refresh().await?;
                }
                _ = draft_timer.tick() => self.app.keep_draft(),
            }
            self.carry_out().await?;
        }
        Ok(())
    }

    fn handle_terminal(&mut self, event: Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.app.handle_key(key),
            Event::Paste(text) => self.app.handle_paste(&text),
            Event::FocusGained => self.app.has_focus = true,
            Event::FocusLost => self.app.has_focus = false,
            _ => {}
        }
    }

    fn handle_notice(&mut self, notice: Notice) -> anyhow::Result<()> {
        if let Notice::Broken { reason } = notice {
            anyhow::bail!(reason);
        }
        Ok(())
    }

    /// Looks at everything again.
    async fn refresh(&mut self) -> anyhow::Result<()> {
        self.app.times = Times::here();
        self.app.set_connection(self.client.connection_state().await?);
        self.app.set_conversations(self.client.conversations().await?);
        self.refresh_timeline().await
    }

    /// Brings what is about to be drawn: a conversation that was just opened has no timeline yet.
    async fn prepare(&mut self) -> anyhow::Result<()> {
        if self.app.timeline.is_none() { self.refresh_timeline().await } else { Ok(()) }
    }

    async fn refresh_timeline(&mut self) -> anyhow::Result<()> {
        let Some(id) = self.app.current.clone() else { return Ok(()) };
        match self.client.timeline(&id).await {
            Ok(timeline) => self.app.set_timeline(timeline),
            Err(ClientError::UnknownConversation) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Does what the app intends; `true` when something was done that shows.
    async fn carry_out(&mut self) -> anyhow::Result<bool> {
        let mut has_done = false;
        loop {
            let intents = self.app.take_intents();
            if intents.is_empty() {
                return Ok(has_done);
            }
            for intent in intents {
                has_done = true;
                self.do_one(intent).await?;
            }
            self.refresh().await?;
        }
    }

    async fn do_one(&mut self, intent: Intent) -> Result<(), ClientError> {
        let client = &self.client;
        match intent {
            Intent::Send { conversation, draft } => drop(client.send(&conversation, draft).await?),
            Intent::Edit { conversation, event_id, draft } => {
                client.edit(&conversation, &event_id, draft).await?;
            }
            Intent::Delete { conversation, event_id } => drop(client.delete(&conversation, &event_id).await?),
            Intent::React { conversation, event_id, emoji } => {
                client.react(&conversation, &event_id, &emoji).await?;
            }
            Intent::Unreact { conversation, event_id, emoji } => {
                client.unreact(&conversation, &event_id, &emoji).await?;
            }
            Intent::Vote { conversation, event_id, options } => {
                client.vote(&conversation, &event_id, options).await?;
            }
            Intent::ClosePoll { conversation, event_id } => {
                client.close_poll(&conversation, &event_id).await?;
            }
            Intent::Acknowledge { conversation, event_id } => {
                client.acknowledge(&conversation, &event_id).await?;
            }
            Intent::MarkRead(conversation, seq) => client.mark_read(&conversation, seq).await?,
            Intent::MarkUnread(conversation, from) => client.mark_unread(&conversation, from).await?,
            Intent::Typing(conversation, active) => client.set_typing(&conversation, active).await?,
            Intent::SaveDraft(conversation, text) => client.set_draft(&conversation, &text).await?,
            Intent::RetryFailed(client_ref) => drop(client.retry(&client_ref).await?),
            Intent::DiscardFailed(client_ref) => drop(client.discard(&client_ref).await?),
            Intent::Quit => self.is_over = true,
            slow => self.begin(slow),
        }
        Ok(())
    }

    /// Begins what needs the server's answer.
    fn begin(&mut self, intent: Intent) {
        let client = self.client.clone();
        let work = async move {
            match intent {
                Intent::LoadOlder(id) => loaded(client.load_older(&id).await),
                Intent::Fill(id, hole) => loaded(client.fill(&id, hole).await),
                Intent::Jump(id, seq) => {
                    let result = client.load_around(&id, seq).await;
                    Outcome::Jumped(id, seq, result)
                }
                Intent::Search(words) => {
                    let result = client.search(&words, None).await;
                    Outcome::Found(words, result)
                }
                Intent::Direct(user) => Outcome::Opened(client.open_direct(&user).await),
                Intent::Group { name, users } => Outcome::Opened(client.create_group(&name, users).await),
                _ => Outcome::Loaded,
            }
        };
        self.running.push(work.boxed());
    }

    fn handle_outcome(&mut self, outcome: Outcome) {
        let result = match outcome {
            Outcome::Opened(Ok(id)) => {
                self.app.open(&id);
                Ok(())
            }
            Outcome::Jumped(id, seq, Ok(())) => {
                self.app.show_hit(&id, seq);
                Ok(())
            }
            Outcome::Found(words, Ok(found)) => {
                self.app.set_hits(&words, found);
                Ok(())
            }
            Outcome::Loaded => Ok(()),
            Outcome::Opened(Err(error))
            | Outcome::Jumped(_, _, Err(error))
            | Outcome::Found(_, Err(error)) => Err(error),
        };
        if let Err(error) = result {
            self.app.status = Some(error.to_string());
        }
    }
}

/// What could not be fetched stays a hole on the screen, and is asked for again when connected.
fn loaded(_: Result<(), ClientError>) -> Outcome {
    Outcome::Loaded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{JULIET, ROMEO, World};
    use crossterm::event::{KeyCode, KeyEvent};
    use jiff::civil::date;

    async fn shell(world: &World) -> Shell {
        let app = App::new(ROMEO.to_owned(), Times::utc(date(2024, 6, 21)));
        Shell { client: world.client(), app, running: FuturesUnordered::new(), is_over: false }
    }

    /// One turn of the loop with a key, without the drawing.
    async fn press(shell: &mut Shell, code: KeyCode) {
        shell.handle_terminal(Event::Key(KeyEvent::from(code)));
        shell.carry_out().await.unwrap();
        shell.prepare().await.unwrap();
    }

    async fn until_listed(shell: &mut Shell, count: usize) {
        let mut changes = shell.client.subscribe();
        shell.refresh().await.unwrap();
        while shell.app.conversations.len() < count {
            let notice = tokio::time::timeout(Duration::from_secs(20), changes.next()).await;
            notice.expect("it is listed in time");
            shell.refresh().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_conversation_that_is_opened_shows_at_once() {
        let world = World::start().await;
        world.say("c", JULIET, "one");
        world.say("d", JULIET, "two");
        let mut shell = shell(&world).await;
        until_listed(&mut shell, 2).await;
        for _ in 0..3 {
            press(&mut shell, KeyCode::Tab).await;
            assert_eq!(shell.app.messages().count(), 1);
        }
    }

    #[tokio::test]
    async fn what_is_typed_and_sent_is_on_the_screen_at_once() {
        let world = World::start().await;
        world.say("c", JULIET, "one");
        let mut shell = shell(&world).await;
        until_listed(&mut shell, 1).await;
        world.close();
        for letter in "aye".chars() {
            press(&mut shell, KeyCode::Char(letter)).await;
        }
        press(&mut shell, KeyCode::Enter).await;
        let timeline = shell.app.timeline.as_ref().unwrap();
        let is_sent = shell.app.messages().count() == 2;
        assert!(is_sent || timeline.unsent.len() == 1);
    }
}
