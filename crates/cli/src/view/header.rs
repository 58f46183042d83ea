use super::Theme;
use crate::{
    app::{App, Mode, Purpose},
    text::{cut, one_line, width},
};
use parlance_client::{
    ConnectionState, ConversationView,
    api::model::{Availability, ConversationKind},
};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

/// The line at the top: who, and how the connection stands.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let (state, style) = connection(&app.connection, theme);
    let left = format!(" Parlance  {}", app.me);
    let right = format!("{} ", cut(&state, usize::from(area.width).saturating_sub(width(&left) + 3)));
    let gap = usize::from(area.width).saturating_sub(width(&left) + width(&right));
    let line = Line::from(vec![Span::raw(left), Span::raw(" ".repeat(gap)), Span::styled(right, style)]);
    frame.render_widget(Paragraph::new(line).style(theme.bar()), area);
}

fn connection(state: &ConnectionState, theme: Theme) -> (String, Style) {
    match state {
        ConnectionState::Online => ("● online".to_owned(), theme.good()),
        ConnectionState::Syncing => ("◌ catching up…".to_owned(), theme.accent()),
        ConnectionState::Connecting => ("◌ connecting…".to_owned(), theme.accent()),
        ConnectionState::Offline { reason, .. } => {
            (format!("○ offline, showing what is stored ({})", one_line(reason)), theme.warning())
        }
        ConnectionState::SignedOut { problem } => {
            (format!("✗ signed out: {} Start again to sign in.", problem.title), theme.bad())
        }
    }
}

/// The lines above the timeline: which conversation, and a rule below.
pub(super) fn draw_title(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let columns = usize::from(area.width);
    let (title, about) =
        match app.conversations.iter().find(|view| Some(&view.info.conversation) == app.current.as_ref()) {
            Some(view) if app.thread.is_some() => {
                (format!("{} › thread", one_line(&view.title)), String::new())
            }
            Some(view) => (one_line(&view.title), about(view, app)),
            None => ("No conversation".to_owned(), String::new()),
        };
    let title = format!(" {}", cut(&title, columns.saturating_sub(2)));
    let about = cut(&about, columns.saturating_sub(width(&title) + 3));
    let lines = vec![
        Line::from(vec![
            Span::styled(title, theme.strong()),
            Span::styled(format!("  {about}"), theme.faint()),
        ]),
        Line::styled("─".repeat(columns), theme.faint()),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn about(view: &ConversationView, app: &App) -> String {
    match view.info.kind {
        ConversationKind::Direct => view.presence.as_ref().map_or_else(String::new, |presence| {
            let word = availability(presence.availability);
            let seen =
                presence.last_seen_at.as_deref().filter(|_| presence.availability == Availability::Offline);
            let seen = seen.map_or_else(String::new, |at| format!(", last seen {}", app.times.short(at)));
            let status = one_line(&presence.status);
            if status.is_empty() { format!("{word}{seen}") } else { format!("{word}{seen}, {status}") }
        }),
        ConversationKind::Notes => "only for you".to_owned(),
        ConversationKind::Group | ConversationKind::Channel => {
            let members = view.info.members_count;
            let topic = one_line(&view.info.settings.topic);
            let noun = if members == 1 { "member" } else { "members" };
            if topic.is_empty() { format!("{members} {noun}") } else { format!("{members} {noun}  {topic}") }
        }
    }
}

fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::Online => "online",
        Availability::Away => "away",
        Availability::DoNotDisturb => "do not disturb",
        Availability::Invisible | Availability::Offline => "offline",
    }
}

/// The line at the bottom: what happened, or what keys do now.
pub(super) fn draw_hints(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let line = match &app.status {
        Some(status) => Line::styled(format!(" {}", one_line(status)), theme.warning()),
        None => Line::styled(format!(" {}", hints(app)), theme.faint()),
    };
    frame.render_widget(Paragraph::new(line), area);
}

fn hints(app: &App) -> &'static str {
    match (&app.mode, &app.purpose) {
        (Mode::Compose, Purpose::Message) if app.thread.is_some() => {
            "Enter answer in this thread  ↑ select  Esc back to the conversation"
        }
        (Mode::Compose, Purpose::Edit { .. }) => "Enter save  Esc leave it as it was",
        (Mode::Compose, Purpose::Reply { .. }) => "Enter send  Esc no reply",
        (Mode::Compose, Purpose::Message) => {
            "Enter send  Alt+Enter line  Tab next  Esc select  ^K switch  /help"
        }
        (Mode::Select { .. }, _) => "j/k move  r reply  e edit  d delete  + react  t thread  Esc back",
        (Mode::ConfirmDelete { .. }, _) => "Delete this message for everyone?  y yes  any other key no",
        (Mode::React { .. }, _) => "1–8 choose, or type an emoji and press Enter  Esc back",
        (Mode::Switch { .. }, _) => "Enter open  ↑↓ choose  Esc back",
        (Mode::Search(_), _) => "Enter show in conversation  ↑↓ choose  Esc back",
        (Mode::Help { .. }, _) => "↑↓ scroll  any other key back",
    }
}
