use super::Theme;
use crate::{
    app::App,
    text::{cut, one_line, width},
};
use parlance_client::{
    ConversationView,
    api::model::{Availability, ConversationKind},
};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph},
};

/// The conversations: presence, title, how much is unread.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let block = Block::new().borders(Borders::RIGHT).border_style(theme.faint());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if app.conversations.is_empty() {
        let text = vec![
            Line::raw(""),
            Line::styled(" Nobody here yet.", theme.faint()),
            Line::styled(" /direct USER", theme.faint()),
        ];
        frame.render_widget(Paragraph::new(text), inner);
        return;
    }
    let height = usize::from(inner.height);
    let current =
        app.conversations.iter().position(|view| Some(&view.info.conversation) == app.current.as_ref());
    let first = current.map_or(0, |index| (index + 1).saturating_sub(height));
    let lines: Vec<Line<'_>> = app
        .conversations
        .iter()
        .skip(first)
        .take(height)
        .map(|view| {
            line(view, Some(&view.info.conversation) == app.current.as_ref(), inner.width.into(), theme)
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

fn line(view: &ConversationView, is_current: bool, columns: usize, theme: Theme) -> Line<'static> {
    let badge = badge(view);
    let mark = if is_current { "▌" } else { " " };
    let room = columns.saturating_sub(width(&badge) + 5);
    let star = if view.info.membership.preferences.favourite { "★ " } else { "" };
    let title = cut(&format!("{star}{}", one_line(&view.title)), room);
    let gap = columns.saturating_sub(width(&title) + width(&badge) + 4);
    let is_muted = view.info.membership.preferences.muted;
    let style = match (view.info.unread > 0, is_muted) {
        (_, true) => theme.faint(),
        (true, false) => theme.strong(),
        (false, false) => ratatui::style::Style::new(),
    };
    let line = Line::from(vec![
        Span::styled(mark, theme.accent()),
        Span::styled(
            format!("{} ", symbol(view)),
            if is_online(view) { theme.good() } else { theme.faint() },
        ),
        Span::styled(title, style),
        Span::raw(" ".repeat(gap)),
        Span::styled(badge, if view.info.mentions > 0 { theme.warning() } else { theme.accent() }),
        Span::raw(" "),
    ]);
    if is_current { line.style(theme.strong()) } else { line }
}

fn badge(view: &ConversationView) -> String {
    let failed = if view.unsent > 0 { format!("↑{} ", view.unsent) } else { String::new() };
    let draft = if view.info.membership.draft.is_empty() { "" } else { "✎" };
    let unread = match (view.info.unread, view.info.mentions) {
        (0, _) => draft.to_owned(),
        (unread, 0) => unread.to_string(),
        (unread, _) => format!("@{unread}"),
    };
    if view.typing.is_empty() { format!("{failed}{unread}") } else { format!("… {failed}{unread}") }
}

fn is_online(view: &ConversationView) -> bool {
    view.presence.as_ref().is_some_and(|presence| presence.availability == Availability::Online)
}

fn symbol(view: &ConversationView) -> &'static str {
    match (view.info.kind, view.presence.as_ref().map(|presence| presence.availability)) {
        (ConversationKind::Group, _) => "#",
        (ConversationKind::Channel, _) => "»",
        (ConversationKind::Notes, _) => "✎",
        (ConversationKind::Direct, Some(Availability::Online)) => "●",
        (ConversationKind::Direct, Some(Availability::Away)) => "◐",
        (ConversationKind::Direct, Some(Availability::DoNotDisturb)) => "⊘",
        (ConversationKind::Direct, Some(_)) => "○",
        (ConversationKind::Direct, None) => "·",
    }
}
