use super::{Theme, rows::body};
use crate::{
    app::{App, COMMANDS, Search},
    text::{cut, one_line, width},
};
use parlance_client::api::event::{Content, Event};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

const KEYS: &[(&str, &str)] = &[
    ("Enter", "send"),
    ("Alt+Enter, Ctrl+J", "new line"),
    ("Tab, Ctrl+N / Ctrl+P", "next, previous conversation"),
    ("Ctrl+K", "switch conversation by name"),
    ("PgUp / PgDn", "older, newer messages"),
    ("Ctrl+F, /search", "find messages"),
    ("Esc or ↑", "select a message"),
    ("j / k", "selected: newer, older"),
    ("r  e  d  +", "selected: reply, edit, delete, react"),
    ("g", "selected: go to the quoted message"),
    ("t", "selected: its thread alone; Esc leaves it"),
    ("u", "selected: mark as unread from here"),
    ("? or F1", "this page"),
    ("Ctrl+C, /quit", "leave"),
];

/// All keys and commands.
pub(super) fn draw_help(frame: &mut Frame<'_>, body: Rect, from: u16, theme: Theme) {
    let mut lines = vec![Line::styled("Keys", theme.strong())];
    lines.extend(KEYS.iter().map(|(keys, what)| pair(keys, what, theme)));
    lines.push(Line::raw(""));
    lines.push(Line::styled("Commands", theme.strong()));
    lines.extend(
        COMMANDS
            .iter()
            .map(|(name, arguments, what)| pair(format!("/{name} {arguments}").trim_end(), what, theme)),
    );
    lines.push(Line::raw(""));
    lines.push(Line::styled("Marks", theme.strong()));
    lines.extend(
        [
            ("✓", "stored on the server"),
            ("✓✓", "on a device of somebody"),
            ("✓✓ read", "read by somebody"),
            ("✗", "not sent, with the reason"),
        ]
        .iter()
        .map(|(mark, what)| pair(mark, what, theme)),
    );
    let area = centered(body, 66, u16::try_from(lines.len() + 2).unwrap_or(u16::MAX));
    let most = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(area.height.saturating_sub(2));
    frame.render_widget(Clear, area);
    let block = Block::bordered().title(" Help ").border_style(theme.accent());
    frame.render_widget(Paragraph::new(lines).scroll((from.min(most), 0)).block(block), area);
}

fn pair<'a>(left: &str, right: &'a str, theme: Theme) -> Line<'a> {
    let gap = " ".repeat(22_usize.saturating_sub(width(left)).max(1));
    Line::from(vec![Span::styled(format!(" {left}"), theme.accent()), Span::raw(gap), Span::raw(right)])
}

/// Conversations by name.
pub(super) fn draw_switcher(
    frame: &mut Frame<'_>,
    screen: Rect,
    app: &App,
    query: &str,
    index: usize,
    theme: Theme,
) {
    let area = centered(screen, 44, 14);
    frame.render_widget(Clear, area);
    let block = Block::bordered().title(" Switch to ").border_style(theme.accent());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let mut lines = vec![Line::raw(format!(" {query}▏"))];
    let room = usize::from(inner.height).saturating_sub(1);
    let found = app.matching(query);
    let first = (index + 1).saturating_sub(room);
    for (place, id) in found.iter().enumerate().skip(first).take(room) {
        let Some(view) = app.conversations.iter().find(|view| view.info.conversation == *id) else {
            continue;
        };
        let unread = if view.info.unread > 0 { format!(" ({})", view.info.unread) } else { String::new() };
        let line = Line::raw(cut(&format!(" {}{unread}", one_line(&view.title)), inner.width.into()));
        lines.push(if place == index { line.style(theme.selected()) } else { line });
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// What a search found.
pub(super) fn draw_search(frame: &mut Frame<'_>, area: Rect, app: &App, search: &Search, theme: Theme) {
    let columns = usize::from(area.width);
    let title = match &search.hits {
        None => format!(" Looking for “{}”…", search.query),
        Some(hits) if hits.is_empty() => format!(" Nothing found for “{}”.", search.query),
        Some(hits) => format!(" {} found for “{}”", hits.len(), search.query),
    };
    let place = if search.is_local { " in what is stored here (no connection)" } else { "" };
    let mut lines = vec![Line::styled(cut(&format!("{title}{place}"), columns), theme.accent())];
    let hits = search.hits.as_deref().unwrap_or_default();
    let room = usize::from(area.height).saturating_sub(1) / 2;
    let first = (search.index + 1).saturating_sub(room.max(1));
    for (index, hit) in hits.iter().enumerate().skip(first).take(room) {
        let is_chosen = index == search.index;
        lines.extend(
            hit_lines(app, hit, columns, theme)
                .map(|line| if is_chosen { line.style(theme.selected()) } else { line }),
        );
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn hit_lines(app: &App, hit: &Event, columns: usize, theme: Theme) -> [Line<'static>; 2] {
    let place = app.conversations.iter().find(|view| view.info.conversation == hit.conversation);
    let place = place.map_or("another conversation", |view| &view.title);
    let words = match &hit.content {
        Content::Message(message) => one_line(&body(&message.body)),
        _ => String::new(),
    };
    let about =
        format!(" {}  {}  {}", one_line(place), one_line(app.name(&hit.sender)), app.times.short(&hit.at));
    [Line::styled(cut(&about, columns), theme.faint()), Line::raw(cut(&format!("   {words}"), columns))]
}

fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
