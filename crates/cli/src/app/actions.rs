use super::{
    App, Intent, Mode, Purpose, Search,
    command::{self, Command},
    completion::complete,
    mentions::find_mentions,
};
use parlance_client::{
    Draft,
    api::{event::Body, ops::NewPoll},
    model::{Entry, MessageView, OutboxState},
};

impl App {
    /// Enter: sends what was written, or does what it says.
    pub(super) fn submit(&mut self) {
        let text = self.composer.text().trim_end().to_owned();
        if text.starts_with('/') && !text.contains('\n') && self.purpose == Purpose::Message {
            match command::parse(&text) {
                Ok(command) => {
                    self.composer.set("");
                    self.run(command);
                }
                Err(reason) => self.status = Some(reason),
            }
            return;
        }
        let Some(conversation) = self.current.clone().filter(|_| !text.trim().is_empty()) else { return };
        let purpose = std::mem::take(&mut self.purpose);
        let draft = Draft { thread: self.thread.clone(), ..self.draft(text) };
        self.composer.set("");
        self.intend(Intent::Typing(conversation.clone(), false));
        self.scroll.follow_end();
        match purpose {
            Purpose::Edit { event_id } => self.intend(Intent::Edit { conversation, event_id, draft }),
            Purpose::Reply { event_id } => {
                let draft = Draft { reply_to: Some(event_id), ..draft };
                self.intend(Intent::Send { conversation, draft });
            }
            Purpose::Message => {
                if self.thread.is_none() {
                    self.intend(Intent::SaveDraft(conversation.clone(), String::new()));
                }
                self.intend(Intent::Send { conversation, draft });
            }
        }
        self.new_from = None;
        self.is_left_unread = false;
    }

    fn run(&mut self, command: Command) {
        match command {
            Command::Help => self.mode = Mode::Help { from: 0 },
            Command::Quit => self.intend(Intent::Quit),
            Command::Search(words) => self.search(words),
            Command::Direct(user) => {
                let user = self.full_address(&user);
                self.intend(Intent::Direct(user));
            }
            Command::Group { name, users } => {
                let users = users.iter().map(|user| self.full_address(user)).collect();
                self.intend(Intent::Group { name, users });
            }
            Command::React(emoji) => match self.chosen(|entry| !self.is_mine(entry)) {
                Some(seq) => self.react(seq, &emoji),
                None => self.nothing_there(),
            },
            Command::Poll { question, options } => {
                let poll = Some(NewPoll { options, ..NewPoll::default() });
                self.say(Draft { poll, ..self.draft(question) });
            }
            Command::Important(text) => {
                self.say(Draft { needs_acknowledgement: true, ..self.draft(text) });
            }
            Command::Vote(options) => match self.chosen_message(|_, message| message.poll.is_some()) {
                Some((conversation, event_id)) => {
                    self.intend(Intent::Vote { conversation, event_id, options });
                }
                None => self.nothing_there(),
            },
            Command::ClosePoll => {
                match self.chosen_message(|entry, message| message.poll.is_some() && self.is_mine(entry)) {
                    Some((conversation, event_id)) => {
                        self.intend(Intent::ClosePoll { conversation, event_id });
                    }
                    None => self.nothing_there(),
                }
            }
            Command::Acknowledge => {
                let waits = |entry: &Entry, message: &MessageView| {
                    message.needs_acknowledgement && !message.acknowledged.mine && !self.is_mine(entry)
                };
                match self.chosen_message(waits) {
                    Some((conversation, event_id)) => {
                        self.intend(Intent::Acknowledge { conversation, event_id });
                    }
                    None => self.nothing_there(),
                }
            }
            Command::Reply => match self.chosen(|entry| !self.is_mine(entry)) {
                Some(seq) => self.begin_reply(seq),
                None => self.nothing_there(),
            },
            Command::Thread => match self.chosen(|_| true) {
                Some(seq) => self.open_thread(seq),
                None => self.nothing_there(),
            },
            Command::Edit(text) => match self.chosen(|entry| self.is_mine(entry)) {
                Some(seq) => self.begin_edit(seq, &text),
                None => self.nothing_there(),
            },
            Command::Delete => match self.chosen(|entry| self.is_mine(entry)) {
                Some(seq) => self.mode = Mode::ConfirmDelete { seq },
                None => self.nothing_there(),
            },
            Command::Retry => self.for_each_failed(Intent::RetryFailed),
            Command::Discard => self.for_each_failed(Intent::DiscardFailed),
        }
    }

    /// Looks for words everywhere.
    pub(super) fn search(&mut self, words: String) {
        self.intend(Intent::Search(words.clone()));
        self.mode = Mode::Search(Search { query: words, hits: None, is_local: false, index: 0 });
    }

    /// Begins an answer to a message.
    pub(super) fn begin_reply(&mut self, seq: u64) {
        if let Some((entry, _)) = self.message(seq) {
            let event_id = entry.event_id.clone();
            self.purpose = Purpose::Reply { event_id };
        }
        self.mode = Mode::Compose;
    }

    /// Begins to change a message, or changes it at once when `text` says how.
    pub(super) fn begin_edit(&mut self, seq: u64, text: &str) {
        self.mode = Mode::Compose;
        let Some((entry, message)) = self.message(seq) else { return };
        if !self.is_mine(entry) {
            self.status = Some("Only your own messages can be changed.".to_owned());
            return;
        }
        let Body::Text { text: present, .. } = &message.body else {
            self.status = Some("This message is sealed and cannot be changed here.".to_owned());
            return;
        };
        let (event_id, present) = (entry.event_id.clone(), present.clone());
        if text.is_empty() {
            self.keep_draft();
            self.composer.set(&present);
            self.purpose = Purpose::Edit { event_id };
        } else if let Some(conversation) = self.current.clone() {
            let draft = self.draft(text.to_owned());
            self.intend(Intent::Edit { conversation, event_id, draft });
        }
    }

    /// Deletes a message for everyone; the question has been answered.
    pub(super) fn delete(&mut self, seq: u64) {
        self.mode = Mode::Compose;
        if let (Some(conversation), Some((entry, _))) = (self.current.clone(), self.message(seq)) {
            let event_id = entry.event_id.clone();
            self.intend(Intent::Delete { conversation, event_id });
        }
    }

    /// Makes everything from a message on unread again.
    pub(super) fn mark_unread(&mut self, seq: u64) {
        self.mode = Mode::Compose;
        if let Some(conversation) = self.current.clone() {
            self.intend(Intent::MarkUnread(conversation, seq));
        }
    }

    /// Puts an emoji on a message, or takes it away when it is there.
    pub(super) fn react(&mut self, seq: u64, emoji: &str) {
        self.mode = Mode::Compose;
        let (Some(conversation), Some((entry, message))) = (self.current.clone(), self.message(seq)) else {
            return;
        };
        let is_on = message.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.mine);
        let (event_id, emoji) = (entry.event_id.clone(), emoji.to_owned());
        self.intend(if is_on {
            Intent::Unreact { conversation, event_id, emoji }
        } else {
            Intent::React { conversation, event_id, emoji }
        });
    }

    fn say(&mut self, draft: Draft) {
        if let Some(conversation) = self.current.clone() {
            self.scroll.follow_end();
            self.intend(Intent::Send { conversation, draft });
        }
    }

    /// Tab in a command: completes it.
    pub(super) fn complete(&mut self) {
        let people = self.people();
        let (line, choices) = complete(self.composer.text(), &people);
        self.composer.set(&line);
        self.status = (!choices.is_empty()).then(|| choices.join("  "));
    }

    /// Leaves an edit or a reply; the draft comes back.
    pub(super) fn leave_purpose(&mut self) {
        if let Purpose::Edit { .. } = std::mem::take(&mut self.purpose) {
            let draft = self.timeline.as_ref().map(|view| view.conversation.info.membership.draft.clone());
            self.composer.set(&draft.unwrap_or_default());
        }
    }

    fn for_each_failed(&mut self, intent: impl Fn(String) -> Intent) {
        let unsent = self.timeline.iter().flat_map(|timeline| &timeline.unsent);
        let is_stuck = |state: &OutboxState| matches!(state, OutboxState::Failed { .. });
        let failed: Vec<String> =
            unsent.filter(|entry| is_stuck(&entry.state)).map(|entry| entry.client_ref.clone()).collect();
        if failed.is_empty() {
            self.status = Some("Nothing has failed here.".to_owned());
        }
        failed.into_iter().for_each(|client_ref| self.intend(intent(client_ref)));
    }

    fn nothing_there(&mut self) {
        self.status = Some("There is no message to do this with.".to_owned());
    }

    pub(super) fn is_mine(&self, entry: &Entry) -> bool {
        entry.sender == self.me
    }

    fn draft(&self, text: String) -> Draft {
        let mentions = find_mentions(&text, &self.people(), self.domain());
        Draft { text, mentions, ..Draft::default() }
    }

    fn people(&self) -> Vec<String> {
        let named = self.timeline.iter().flat_map(|timeline| timeline.names.keys().cloned());
        let peers =
            self.conversations.iter().filter_map(|view| Some(view.info.peer.as_ref()?.address.clone()));
        named.chain(peers).collect()
    }

    fn domain(&self) -> &str {
        self.me.split_once('@').map_or("", |(_, domain)| domain)
    }

    fn full_address(&self, user: &str) -> String {
        if user.contains('@') { user.to_owned() } else { format!("{user}@{}", self.domain()) }
    }
}
