use super::{Theme, rows::body};
use crate::{
    app::{App, Mode, Purpose, REACTIONS},
    text::{cut, one_line, width},
};
use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph},
};

/// Most lines of the composer that are seen at once.
const LINES_MAX: usize = 6;
const PROMPT: &str = " > ";

/// How high the composer wants to be, with its rule.
pub(super) fn height(app: &App, columns: u16) -> u16 {
    let lines = lines(app.composer.text(), columns).len().clamp(1, LINES_MAX);
    let purpose = usize::from(purpose(app).is_some());
    u16::try_from(lines + purpose + 1).expect("invariant: bounded above")
}

/// The composer, or what asks for a key instead of it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let block = Block::new().borders(Borders::TOP).border_style(theme.faint());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    match &app.mode {
        Mode::React { typed, .. } => draw_reactions(frame, inner, typed, theme),
        Mode::ConfirmDelete { .. } => {
            let question = Line::styled(" Delete this message for everyone? y/n", theme.bad());
            frame.render_widget(Paragraph::new(question), inner);
        }
        _ => draw_text(frame, inner, app, theme),
    }
}

fn draw_reactions(frame: &mut Frame<'_>, area: Rect, typed: &str, theme: Theme) {
    let mut spans: Vec<Span<'_>> = REACTIONS
        .iter()
        .enumerate()
        .flat_map(|(index, emoji)| {
            [Span::styled(format!(" {} ", index + 1), theme.faint()), Span::raw(*emoji)]
        })
        .collect();
    if !typed.is_empty() {
        spans.push(Span::raw(format!("   {typed}▏")));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

fn draw_text(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let about = purpose(app);
    let top = u16::from(about.is_some());
    if let Some(about) = about {
        let line = Line::styled(cut(&format!(" {about}"), area.width.into()), theme.accent());
        frame.render_widget(Paragraph::new(line), Rect { height: 1.min(area.height), ..area });
    }
    let area = Rect { y: area.y + top, height: area.height.saturating_sub(top), ..area };
    let lines = lines(app.composer.text(), area.width);
    let (row, column) = cursor(app.composer.before_cursor(), area.width);
    let first = (row + 1).saturating_sub(usize::from(area.height));
    let shown: Vec<Line<'_>> = lines
        .into_iter()
        .enumerate()
        .skip(first)
        .map(|(index, line)| {
            let prompt = if index == 0 { PROMPT } else { "   " };
            Line::from(vec![Span::styled(prompt, theme.accent()), Span::raw(line)])
        })
        .collect();
    frame.render_widget(Paragraph::new(shown), area);
    if app.mode == Mode::Compose && area.height > 0 {
        let offset = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(offset(column + width(PROMPT))).min(area.right().saturating_sub(1));
        frame.set_cursor_position(Position { x, y: area.y + offset(row - first) });
    }
}

fn purpose(app: &App) -> Option<String> {
    let quoted = |event_id: &str| {
        let found = app.messages().find(|(entry, _)| entry.event_id == event_id);
        found.map_or_else(
            || "an earlier message".to_owned(),
            |(entry, message)| format!("{}: {}", app.name(&entry.sender), one_line(&body(&message.body))),
        )
    };
    match &app.purpose {
        Purpose::Message => None,
        Purpose::Reply { event_id } => Some(format!("replying to {}", quoted(event_id))),
        Purpose::Edit { event_id } => Some(format!("changing {}", quoted(event_id))),
    }
}

fn lines(text: &str, columns: u16) -> Vec<String> {
    // One column stays free for the cursor after the last letter.
    let room = usize::from(columns).saturating_sub(width(PROMPT) + 1).max(1);
    text.split('\n').flat_map(|line| broken(line, room)).collect()
}

/// Breaks at the edge, whatever stands there, so that the cursor is where the eye expects it.
fn broken(line: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for letter in line.chars() {
        let last = lines.last_mut().expect("invariant: never empty");
        if width(last) + width(letter.encode_utf8(&mut [0; 4])) > room {
            lines.push(letter.to_string());
        } else {
            last.push(letter);
        }
    }
    lines
}

fn cursor(before: &str, columns: u16) -> (usize, usize) {
    let lines = lines(before, columns);
    (lines.len() - 1, lines.last().map_or(0, |line| width(line)))
}
