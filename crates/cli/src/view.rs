//! Draws the screen. Looks only at the [`App`].

mod composer;
mod header;
mod list;
mod overlay;
mod rows;
mod theme;
mod timeline;

pub(crate) use theme::Theme;

use crate::app::{App, Drawn, Mode};
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
};

/// Below this width there is no room for the list beside the timeline.
const TWO_PANES_WIDTH: u16 = 60;

/// Draws everything; returns what was seen of the timeline.
pub(crate) fn draw(frame: &mut Frame<'_>, app: &mut App, theme: Theme) -> Drawn {
    let [top, body, hints] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(3), Constraint::Length(1)])
            .areas(frame.area());
    header::draw(frame, top, app, theme);
    let (side, main) = panes(body);
    if let Some(side) = side {
        list::draw(frame, side, app, theme);
    }
    let composer_height = composer::height(app, main.width).min(main.height / 2);
    let [title, middle, below] =
        Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(composer_height)])
            .areas(main);
    header::draw_title(frame, title, app, theme);
    let drawn = match &app.mode {
        Mode::Search(search) => {
            overlay::draw_search(frame, middle, app, search, theme);
            Drawn::default()
        }
        _ => timeline::draw(frame, middle, app, theme),
    };
    composer::draw(frame, below, app, theme);
    header::draw_hints(frame, hints, app, theme);
    match &app.mode {
        Mode::Help { from } => overlay::draw_help(frame, body, *from, theme),
        Mode::Switch { query, index } => overlay::draw_switcher(frame, body, app, query, *index, theme),
        _ => {}
    }
    drawn
}

fn panes(body: Rect) -> (Option<Rect>, Rect) {
    if body.width < TWO_PANES_WIDTH {
        return (None, body);
    }
    let side = (body.width / 3).clamp(20, 32);
    let [side, main] = Layout::horizontal([Constraint::Length(side), Constraint::Min(1)]).areas(body);
    (Some(side), main)
}

#[cfg(test)]
mod tests;
