use super::{Theme, rows::rows};
use crate::{
    app::{App, Drawn, RowKey},
    text::one_line,
};
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::Paragraph,
};

/// The messages, and below them who is typing.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &mut App, theme: Theme) -> Drawn {
    let [messages, typing] = Layout::vertical([Constraint::Min(1), Constraint::Length(1)]).areas(area);
    let Some(timeline) = &app.timeline else {
        draw_nothing(frame, messages, app, theme);
        return Drawn::default();
    };
    let all = rows(app, timeline, messages.width.into(), theme);
    let keys: Vec<RowKey> = all.iter().map(|row| row.key).collect();
    let height = usize::from(messages.height);
    let keep = app.selected();
    let line = typing_line(app);
    let end = app.scroll.resolve(&keys, height, keep);
    let start = end.saturating_sub(height);
    let drawn = Drawn {
        is_at_top: start == 0,
        is_at_bottom: end == all.len(),
        holes: all[start..end].iter().filter_map(|row| row.hole).collect(),
    };
    let is_short = end - start < height;
    let padding = if is_short { height - (end - start) } else { 0 };
    let seen = std::iter::repeat_n(Line::raw(""), padding)
        .chain(all.into_iter().skip(start).take(end - start).map(|row| row.line));
    frame.render_widget(Paragraph::new(seen.collect::<Vec<_>>()), messages);
    let below = if drawn.is_at_bottom { line } else { format!("↓ newer messages below (PgDn)  {line}") };
    frame.render_widget(Paragraph::new(Line::styled(format!(" {below}"), theme.faint())), typing);
    drawn
}

fn typing_line(app: &App) -> String {
    let typing = app.timeline.as_ref().map_or(&[][..], |timeline| &timeline.conversation.typing);
    let names: Vec<String> = typing.iter().map(|address| one_line(app.name(address))).collect();
    match &names[..] {
        [] => String::new(),
        [one] => format!("{one} is typing…"),
        [one, two] => format!("{one} and {two} are typing…"),
        [_, _, _, ..] => format!("{} people are typing…", names.len()),
    }
}

fn draw_nothing(frame: &mut Frame<'_>, area: Rect, app: &App, theme: Theme) {
    let text = if app.current.is_some() { "" } else { "Say /direct USER to talk with somebody." };
    let middle = Rect { y: area.y + area.height / 2, height: 1.min(area.height), ..area };
    frame.render_widget(Paragraph::new(Line::styled(text, theme.faint()).centered()), middle);
}
