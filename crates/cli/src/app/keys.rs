use super::{App, Intent, Mode, Purpose, REACTIONS};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use parlance_client::model::MessageView;

impl App {
    /// A key was pressed.
    pub(crate) fn handle_key(&mut self, key: KeyEvent) {
        self.status = None;
        if self.handle_global(key) {
            return;
        }
        match self.mode.clone() {
            Mode::Compose => self.compose_key(key),
            Mode::Select { seq } => self.select_key(key, seq),
            Mode::ConfirmDelete { seq } => match key.code {
                KeyCode::Char('y') | KeyCode::Enter => self.delete(seq),
                _ => self.mode = Mode::Select { seq },
            },
            Mode::React { seq, typed } => self.react_key(key, seq, typed),
            Mode::Switch { query, index } => self.switch_key(key, query, index),
            Mode::Search(_) => self.search_key(key),
            Mode::Help { from } => self.help_key(key, from),
        }
    }

    /// Something was pasted; it never sends by itself.
    pub(crate) fn handle_paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        match &mut self.mode {
            Mode::Switch { query, .. } => query.push_str(text.trim()),
            Mode::Compose => self.typed(&text),
            _ => {}
        }
    }

    fn handle_global(&mut self, key: KeyEvent) -> bool {
        let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'q') if has_control => {
                self.keep_draft();
                self.intend(Intent::Quit);
            }
            KeyCode::Char('n') if has_control => self.open_neighbour(1),
            KeyCode::Char('p') if has_control => self.open_neighbour(-1),
            KeyCode::Char('k') if has_control => {
                self.mode = Mode::Switch { query: String::new(), index: 0 };
            }
            KeyCode::Char('f') if has_control => {
                self.mode = Mode::Compose;
                self.keep_draft();
                self.composer.set("/search ");
            }
            KeyCode::F(1) => self.mode = Mode::Help { from: 0 },
            KeyCode::PageUp => self.page(-1),
            KeyCode::PageDown => self.page(1),
            _ => return false,
        }
        true
    }

    fn page(&mut self, pages: i32) {
        match &mut self.mode {
            Mode::Help { from } => {
                *from = from.saturating_add_signed(i16::try_from(pages * 10).unwrap_or_default());
            }
            Mode::Search(search) => {
                let step = usize::try_from(pages.unsigned_abs() * 5).unwrap_or_default();
                search.index =
                    if pages < 0 { search.index.saturating_sub(step) } else { search.index + step };
                search.index =
                    search.index.min(search.hits.as_ref().map_or(0, |hits| hits.len().saturating_sub(1)));
            }
            _ => {
                if matches!(self.mode, Mode::Select { .. }) {
                    self.mode = Mode::Compose;
                }
                self.scroll.page(pages);
            }
        }
    }

    fn compose_key(&mut self, key: KeyEvent) {
        let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
        let has_alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter if has_alt || key.modifiers.contains(KeyModifiers::SHIFT) => self.typed("\n"),
            KeyCode::Char('j') if has_control => self.typed("\n"),
            KeyCode::Enter => self.submit(),
            KeyCode::Tab if self.composer.text().starts_with('/') => self.complete(),
            KeyCode::Tab => self.open_neighbour(1),
            KeyCode::BackTab => self.open_neighbour(-1),
            KeyCode::Esc if self.purpose != Purpose::Message => self.leave_purpose(),
            KeyCode::Esc if self.thread.is_some() => self.leave_thread(),
            KeyCode::Esc => self.select_newest(),
            KeyCode::Up if self.composer.is_empty() => self.select_newest(),
            KeyCode::Up => drop(self.composer.up()),
            KeyCode::Down => drop(self.composer.down()),
            KeyCode::Left => self.composer.left(),
            KeyCode::Right => self.composer.right(),
            KeyCode::Home => self.composer.home(),
            KeyCode::End if self.composer.is_empty() => self.scroll.follow_end(),
            KeyCode::End => self.composer.end(),
            KeyCode::Backspace => self.composer.backspace(),
            KeyCode::Delete => self.composer.delete(),
            KeyCode::Char('a') if has_control => self.composer.home(),
            KeyCode::Char('e') if has_control => self.composer.end(),
            KeyCode::Char('w') if has_control => self.composer.delete_word(),
            KeyCode::Char('u') if has_control => self.composer.delete_to_line_start(),
            KeyCode::Char('?') if self.composer.is_empty() => self.mode = Mode::Help { from: 0 },
            KeyCode::Char(letter) if !has_control && !has_alt => self.typed(letter.encode_utf8(&mut [0; 4])),
            _ => {}
        }
    }

    fn typed(&mut self, text: &str) {
        self.composer.insert(text);
        if let Some(conversation) = self.current.clone().filter(|_| !self.composer.text().starts_with('/')) {
            self.intend(Intent::Typing(conversation, true));
        }
    }

    fn select_key(&mut self, key: KeyEvent, seq: u64) {
        match key.code {
            KeyCode::Char('k' | 'K') | KeyCode::Up => self.select_older(seq),
            KeyCode::Char('j' | 'J') | KeyCode::Down => self.select_newer(seq),
            KeyCode::Char('r') | KeyCode::Enter => self.begin_reply(seq),
            KeyCode::Char('e') => self.begin_edit(seq, ""),
            KeyCode::Char('d') | KeyCode::Delete => self.mode = Mode::ConfirmDelete { seq },
            KeyCode::Char('+') => self.mode = Mode::React { seq, typed: String::new() },
            KeyCode::Char('g') => self.show_quoted(seq),
            KeyCode::Char('t') => self.open_thread(seq),
            KeyCode::Char('u') => self.mark_unread(seq),
            KeyCode::Char('?') => self.mode = Mode::Help { from: 0 },
            KeyCode::Esc | KeyCode::Char('i' | 'q') => {
                self.mode = Mode::Compose;
                self.scroll.follow_end();
            }
            KeyCode::Tab => self.open_neighbour(1),
            KeyCode::BackTab => self.open_neighbour(-1),
            _ => {}
        }
    }

    /// Goes to the message that the selected one answers.
    fn show_quoted(&mut self, seq: u64) {
        let answers = |message: &MessageView| message.reply_to.clone().or_else(|| message.thread.clone());
        let quoted = self.message(seq).and_then(|(_, message)| answers(message));
        let place = quoted.and_then(|id| self.messages().find(|(entry, _)| entry.event_id == id));
        match place.map(|(entry, _)| entry.seq) {
            Some(seq) => self.mode = Mode::Select { seq },
            None => self.status = Some("This message answers none that is here.".to_owned()),
        }
    }

    fn react_key(&mut self, key: KeyEvent, seq: u64, mut typed: String) {
        match key.code {
            KeyCode::Esc => self.mode = Mode::Select { seq },
            KeyCode::Enter if !typed.is_empty() => self.react(seq, &typed),
            KeyCode::Backspace => {
                typed.pop();
                self.mode = Mode::React { seq, typed };
            }
            KeyCode::Char(digit @ '1'..='8') if typed.is_empty() => {
                let index = usize::try_from(u32::from(digit) - u32::from('1')).expect("invariant: a digit");
                self.react(seq, REACTIONS[index]);
            }
            KeyCode::Char(letter) => {
                typed.push(letter);
                self.mode = Mode::React { seq, typed };
            }
            _ => {}
        }
    }

    fn switch_key(&mut self, key: KeyEvent, mut query: String, index: usize) {
        let found = self.matching(&query);
        match key.code {
            KeyCode::Esc => self.mode = Mode::Compose,
            KeyCode::Enter => {
                self.mode = Mode::Compose;
                if let Some(id) = found.get(index).cloned() {
                    self.open(&id);
                }
            }
            KeyCode::Up => self.mode = Mode::Switch { query, index: index.saturating_sub(1) },
            KeyCode::Down | KeyCode::Tab => {
                let index = (index + 1).min(found.len().saturating_sub(1));
                self.mode = Mode::Switch { query, index };
            }
            KeyCode::Backspace => {
                query.pop();
                self.mode = Mode::Switch { query, index: 0 };
            }
            KeyCode::Char(letter) => {
                query.push(letter);
                self.mode = Mode::Switch { query, index: 0 };
            }
            _ => {}
        }
    }

    /// The conversations whose title has these letters in this order; those with unread ones first.
    pub(crate) fn matching(&self, query: &str) -> Vec<String> {
        let fits = |title: &str| {
            let mut letters = title.chars().flat_map(char::to_lowercase);
            query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
        };
        let mut found: Vec<_> = self.conversations.iter().filter(|view| fits(&view.title)).collect();
        found.sort_by_key(|view| view.info.unread == 0);
        found.iter().map(|view| view.info.conversation.clone()).collect()
    }

    fn search_key(&mut self, key: KeyEvent) {
        let Mode::Search(search) = &mut self.mode else { return };
        let hits = search.hits.as_deref().unwrap_or_default();
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => self.mode = Mode::Compose,
            KeyCode::Up | KeyCode::Char('k') => search.index = search.index.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => {
                search.index = (search.index + 1).min(hits.len().saturating_sub(1));
            }
            KeyCode::Enter => {
                if let Some(hit) = hits.get(search.index) {
                    let intent = Intent::Jump(hit.conversation.clone(), hit.seq);
                    self.intend(intent);
                }
            }
            _ => {}
        }
    }

    fn help_key(&mut self, key: KeyEvent, from: u16) {
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.mode = Mode::Help { from: from + 1 },
            KeyCode::Up | KeyCode::Char('k') => self.mode = Mode::Help { from: from.saturating_sub(1) },
            _ => self.mode = Mode::Compose,
        }
    }

    fn open_neighbour(&mut self, step: isize) {
        let ids: Vec<&String> = self.conversations.iter().map(|view| &view.info.conversation).collect();
        if ids.is_empty() {
            return;
        }
        let here = ids.iter().position(|id| Some(*id) == self.current.as_ref());
        let next = here.map_or(0, |index| {
            let len = isize::try_from(ids.len()).unwrap_or(isize::MAX);
            let index = isize::try_from(index).unwrap_or_default();
            usize::try_from((index + step).rem_euclid(len)).unwrap_or_default()
        });
        let id = ids[next].clone();
        self.open(&id);
    }
}
