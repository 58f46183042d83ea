use super::Theme;
use crate::{
    app::{App, RowKey},
    text::{cut, harmless, one_line, width, wrap},
};
use parlance_client::{
    TimelineView,
    api::{
        event::{Body, MembershipChange, Poll, SettingsChange, Tally, ThreadDisplay},
        model::{ConversationKind, Hole},
    },
    model::{Action, Entry, Line as Told, MessageView, OutboxEntry, OutboxState, Progress, What},
};
use ratatui::text::{Line, Span};

/// One row of the timeline.
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) line: Line<'static>,
    pub(super) hole: Option<Hole>,
}

/// Lays a timeline out in rows of `columns`.
pub(super) fn rows(app: &App, timeline: &TimelineView, columns: usize, theme: Theme) -> Vec<Row> {
    let mut layout = Rows { app, timeline, columns, theme, rows: Vec::new(), above: None };
    if timeline.has_older && app.thread.is_none() {
        layout.note("┄┄ older messages ┄┄", RowKey::Other);
    }
    for told in &timeline.lines {
        match told {
            Told::Hole(hole) => layout.hole(*hole),
            Told::Entry(entry) if is_shown(timeline, entry) && app.is_shown(entry) => layout.entry(entry),
            Told::Entry(_) => {}
        }
    }
    let unsent: Vec<_> = timeline.unsent.iter().filter(|unsent| app.is_shown_unsent(unsent)).collect();
    if !unsent.is_empty() && layout.above.is_none_or(|above| above.sender != timeline.me) {
        let name = format!(" {}", layout.name(&timeline.me));
        layout.push(RowKey::Other, Line::styled(name, theme.person(&timeline.me)));
    }
    for unsent in unsent {
        layout.unsent(unsent);
    }
    layout.rows
}

/// Who belongs to a direct conversation goes without saying.
fn is_shown(timeline: &TimelineView, entry: &Entry) -> bool {
    let is_direct = timeline.conversation.info.kind == ConversationKind::Direct;
    !(is_direct && matches!(entry.what, What::Membership { .. }))
}

struct Rows<'a> {
    app: &'a App,
    timeline: &'a TimelineView,
    columns: usize,
    theme: Theme,
    rows: Vec<Row>,
    above: Option<&'a Entry>,
}

impl<'a> Rows<'a> {
    fn push(&mut self, key: RowKey, line: Line<'static>) {
        self.rows.push(Row { key, line, hole: None });
    }

    fn note(&mut self, text: &str, key: RowKey) {
        let text = cut(text, self.columns);
        let line = Line::styled(text, self.theme.faint()).centered();
        self.push(key, line);
    }

    fn hole(&mut self, hole: Hole) {
        let count = hole.to - hole.from + 1;
        let noun = if count == 1 { "event is" } else { "events are" };
        self.note(&format!("┄┄ {count} {noun} not here yet ┄┄"), RowKey::Hole { from: hole.from });
        self.rows.last_mut().expect("invariant: pushed above").hole = Some(hole);
        self.above = None;
    }

    fn entry(&mut self, entry: &'a Entry) {
        self.day(entry);
        if self
            .app
            .new_from
            .is_some_and(|from| entry.seq >= from && self.above.is_none_or(|above| above.seq < from))
        {
            let rule = rule(" new ", self.columns);
            self.push(RowKey::Other, Line::styled(rule, self.theme.warning()));
        }
        match &entry.what {
            What::Message(message) => self.message(entry, message),
            What::Deleted => {
                self.author(entry);
                self.body_row(entry.seq, 1, "(deleted)", self.theme.faint());
            }
            What::Membership { user, change, .. } => {
                let text = self.membership(&entry.sender, user, *change);
                self.note(&text, RowKey::Event { seq: entry.seq, part: 0 });
            }
            What::Settings(change) => {
                let text = format!("{} {}", self.name(&entry.sender), settings(change));
                self.note(&text, RowKey::Event { seq: entry.seq, part: 0 });
            }
            What::Pin { pinned, .. } => {
                let verb = if *pinned { "pinned" } else { "unpinned" };
                let text = format!("{} {verb} a message", self.name(&entry.sender));
                self.note(&text, RowKey::Event { seq: entry.seq, part: 0 });
            }
        }
        self.above = Some(entry);
    }

    fn day(&mut self, entry: &Entry) {
        let times = &self.app.times;
        let Some(day) = times.day(&entry.at) else { return };
        if self.above.is_none_or(|above| times.day(&above.at) != Some(day)) {
            let rule = rule(&format!(" {} ", times.day_name(day)), self.columns);
            self.push(RowKey::Other, Line::styled(rule, self.theme.faint()));
        }
    }

    fn message(&mut self, entry: &'a Entry, message: &MessageView) {
        let mut part = usize::from(self.author(entry));
        let root = message.thread.as_ref().filter(|_| self.app.thread.is_none());
        if let Some(quoted) = message.reply_to.as_ref().or(root) {
            let text = cut(&format!("│ {}", self.quote(quoted)), self.columns.saturating_sub(3));
            self.body_row(entry.seq, part, &text, self.theme.faint());
            part += 1;
        }
        if let Some(forwarded) = &message.forwarded {
            let text = format!("forwarded from {}", self.name(&forwarded.sender));
            self.body_row(entry.seq, part, &text, self.theme.faint());
            part += 1;
        }
        let text = match &message.poll {
            Some(poll) => poll.question.clone(),
            None => body(&message.body),
        };
        let tail = self.tail(entry, message);
        let lines = wrap(&harmless(&text), self.columns.saturating_sub(4));
        let last = lines.len() - 1;
        for (index, line) in lines.into_iter().enumerate() {
            let style = if message.mentions_me { self.theme.strong() } else { ratatui::style::Style::new() };
            let tail = if index == last { tail.as_str() } else { "" };
            self.text_row(entry.seq, part, (line, style), tail);
            part += 1;
        }
        for (text, style) in answers(message, entry.sender == self.timeline.me, self.theme) {
            self.body_row(entry.seq, part, &text, style);
            part += 1;
        }
        let below = self.below(message);
        if !below.is_empty() {
            self.body_row(entry.seq, part, &below, self.theme.accent());
        }
    }

    /// The author's line, unless the message above is from the same person at about the same time.
    fn author(&mut self, entry: &Entry) -> bool {
        let times = &self.app.times;
        let is_grouped = self.above.is_some_and(|above| {
            above.sender == entry.sender
                && matches!(above.what, What::Message(_) | What::Deleted)
                && times.day(&above.at) == times.day(&entry.at)
                && !times.is_apart(&above.at, &entry.at)
        });
        if !is_grouped {
            let name = self.name(&entry.sender);
            let line = Line::from(vec![
                Span::styled(format!(" {name}"), self.theme.person(&entry.sender)),
                Span::styled(format!("  {}", times.clock(&entry.at)), self.theme.faint()),
            ]);
            self.push(RowKey::Event { seq: entry.seq, part: 0 }, line);
        }
        !is_grouped
    }

    fn tail(&self, entry: &Entry, message: &MessageView) -> String {
        let edited = if message.edited_at.is_some() { " (edited)" } else { "" };
        let pinned = if message.pinned { " 📌" } else { "" };
        let ticks = match self.timeline.receipts.progress(entry.seq, &self.timeline.me) {
            _ if entry.sender != self.timeline.me => "",
            Progress::Stored => " ✓",
            Progress::Delivered => " ✓✓",
            Progress::Read => " ✓✓ read",
        };
        format!("{edited}{pinned}{ticks}")
    }

    fn below(&self, message: &MessageView) -> String {
        let reactions = message.reactions.iter().map(|reaction| {
            let mine = if reaction.mine { "•" } else { "" };
            format!("{}{mine} {}", one_line(&reaction.emoji), reaction.count)
        });
        let answers = (message.replies > 0).then(|| format!("↳ {} in thread", message.replies));
        reactions.chain(answers).collect::<Vec<_>>().join("  ")
    }

    fn body_row(&mut self, seq: u64, part: usize, text: &str, style: ratatui::style::Style) {
        self.text_row(seq, part, (cut(text, self.columns.saturating_sub(3)), style), "");
    }

    fn text_row(
        &mut self,
        seq: u64,
        part: usize,
        (text, style): (String, ratatui::style::Style),
        tail: &str,
    ) {
        let is_selected = self.app.selected() == Some(seq);
        let bar = if is_selected { " ▶ " } else { "   " };
        let fits = width(&text) + width(tail) + 3 <= self.columns;
        let tail_style = self.theme.faint();
        let mut spans = vec![Span::styled(bar, self.theme.accent()), Span::styled(text, style)];
        if fits {
            spans.push(Span::styled(tail.to_owned(), tail_style));
        }
        let line = Line::from(spans);
        let line = if is_selected { line.style(self.theme.selected()) } else { line };
        self.push(RowKey::Event { seq, part }, line);
        if !fits {
            let line =
                Line::from(vec![Span::raw(bar), Span::styled(tail.trim_start().to_owned(), tail_style)]);
            self.push(RowKey::Event { seq, part }, line);
        }
    }

    fn unsent(&mut self, unsent: &OutboxEntry) {
        let what = match &unsent.action {
            Action::Send(_) => unsent.action.text().unwrap_or("(sealed)").to_owned(),
            Action::Edit(_) => format!("changing to: {}", unsent.action.text().unwrap_or("(sealed)")),
            Action::Delete(_) => "deleting a message".to_owned(),
            Action::React(op) => format!("reacting {}", op.emoji),
            Action::Unreact(op) => format!("taking {} away", op.emoji),
            Action::Vote(_) => "voting".to_owned(),
            Action::ClosePoll(_) => "closing a poll".to_owned(),
            Action::Acknowledge(_) => "acknowledging a message".to_owned(),
        };
        let (state, style) = match &unsent.state {
            OutboxState::Queued => ("… not sent yet".to_owned(), self.theme.faint()),
            OutboxState::Sending => ("… sending".to_owned(), self.theme.faint()),
            OutboxState::Waiting { problem, .. } => {
                (format!("… waiting: {}", problem.title), self.theme.warning())
            }
            OutboxState::Failed { problem } => {
                (format!("✗ not sent: {} /retry or /discard", problem.title), self.theme.bad())
            }
        };
        for line in wrap(&harmless(&what), self.columns.saturating_sub(4)) {
            let line = Line::from(vec![Span::raw("   "), Span::styled(line, self.theme.faint())]);
            self.push(RowKey::Other, line);
        }
        for line in wrap(&state, self.columns.saturating_sub(4)) {
            self.push(RowKey::Other, Line::from(vec![Span::raw("   "), Span::styled(line, style)]));
        }
    }

    fn name(&self, address: &str) -> String {
        one_line(self.timeline.name(address))
    }

    fn quote(&self, event_id: &str) -> String {
        match self.app.messages().find(|(entry, _)| entry.event_id == event_id) {
            Some((entry, message)) => {
                format!("{}: {}", self.name(&entry.sender), one_line(&body(&message.body)))
            }
            None => "an earlier message".to_owned(),
        }
    }

    fn membership(&self, sender: &str, user: &str, change: MembershipChange) -> String {
        let (sender_name, user_name) = (self.name(sender), self.name(user));
        let is_self = sender == user;
        match change {
            MembershipChange::Joined if is_self => format!("{user_name} joined"),
            MembershipChange::Joined => format!("{sender_name} added {user_name}"),
            MembershipChange::Left => format!("{user_name} left"),
            MembershipChange::Removed => format!("{sender_name} removed {user_name}"),
            MembershipChange::Banned => format!("{sender_name} banned {user_name}"),
            MembershipChange::Unbanned => format!("{sender_name} lets {user_name} come back"),
            MembershipChange::Role => format!("{sender_name} gave {user_name} another role"),
            MembershipChange::Requested => format!("{user_name} asks to join"),
            MembershipChange::RequestClosed => format!("the request of {user_name} was closed"),
        }
    }
}

/// How a poll stands, and who is asked to confirm the message.
fn answers(message: &MessageView, is_own: bool, theme: Theme) -> Vec<(String, ratatui::style::Style)> {
    let poll = message.poll.iter().flat_map(|poll| poll_lines(poll, &message.tally, theme));
    let acknowledged = &message.acknowledged;
    let text = match (is_own, acknowledged.mine) {
        (true, _) => format!("❗ acknowledged by {}", acknowledged.count),
        (false, true) => "❗ you acknowledged this".to_owned(),
        (false, false) => "❗ please acknowledge: /ack".to_owned(),
    };
    let asked = message.needs_acknowledgement.then(|| (text, theme.warning()));
    poll.chain(asked).collect()
}

const BAR_COLUMNS: u64 = 10;

fn poll_lines(poll: &Poll, tally: &Tally, theme: Theme) -> Vec<(String, ratatui::style::Style)> {
    let voters = tally.voters.max(1);
    let mut lines: Vec<_> = poll
        .options
        .iter()
        .zip(&tally.options)
        .enumerate()
        .map(|(place, (option, choice))| {
            let filled = (choice.count * BAR_COLUMNS).div_ceil(voters).min(BAR_COLUMNS) as usize;
            let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR_COLUMNS as usize - filled));
            let mine = if choice.mine { "•" } else { " " };
            (format!("{}.{mine}{bar} {}  {}", place + 1, choice.count, one_line(option)), theme.accent())
        })
        .collect();
    let kind = match (poll.anonymous, poll.multiple) {
        (true, true) => "anonymous poll, several choices",
        (true, false) => "anonymous poll",
        (false, true) => "poll, several choices",
        (false, false) => "poll",
    };
    let state = if tally.closed { ", closed" } else { "" };
    lines.push((format!("{kind}{state}, voters: {}", tally.voters), theme.faint()));
    lines
}

/// The words of a body.
pub(super) fn body(body: &Body) -> String {
    match body {
        Body::Text { text, .. } => text.clone(),
        Body::Opaque { .. } => "(sealed: this program cannot open it)".to_owned(),
    }
}

fn settings(change: &SettingsChange) -> String {
    match change {
        SettingsChange { name: Some(name), .. } => format!("named this {}", one_line(name)),
        SettingsChange { topic: Some(topic), .. } => format!("set the topic: {}", one_line(topic)),
        SettingsChange { thread_display: Some(display), .. } => match display {
            ThreadDisplay::Threads => "chose to show threads beside the conversation".to_owned(),
            ThreadDisplay::Inline => "chose to show threads within the conversation".to_owned(),
            ThreadDisplay::Topics => "chose to show the conversation as topics".to_owned(),
        },
        SettingsChange { archived: Some(true), .. } => "archived this conversation".to_owned(),
        SettingsChange { archived: Some(false), .. } => "opened this conversation again".to_owned(),
        _ => "changed the settings".to_owned(),
    }
}

fn rule(text: &str, columns: usize) -> String {
    let rest = columns.saturating_sub(width(text));
    let left = rest / 2;
    format!("{}{text}{}", "─".repeat(left), "─".repeat(rest - left))
}
