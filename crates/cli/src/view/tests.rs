use super::*;
use crate::{
    app::{Purpose, Search},
    sample,
};
use parlance_client::{
    ConnectionState,
    api::error::{ErrorCode, Problem},
    model::OutboxState,
};
use ratatui::{Terminal, backend::TestBackend};

/// Compares the screen with `golden/<name>.txt`; `UPDATE_GOLDEN=1` writes it anew.
fn check(name: &str, (width, height): (u16, u16), app: &mut App) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| drop(draw(frame, app, Theme::plain()))).unwrap();
    let screen = text_of(terminal.backend().buffer());
    let path = format!("{}/src/view/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &screen).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(screen, golden, "\n{screen}");
}

fn text_of(buffer: &ratatui::buffer::Buffer) -> String {
    let rows = (0..buffer.area.height).map(|y| {
        let mut row = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                row.push_str(symbol);
                skip = crate::text::width(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        format!("{}\n", row.trim_end())
    });
    rows.collect()
}

#[test]
fn a_conversation_on_a_small_terminal() {
    check("conversation", (80, 24), &mut sample::app());
}

#[test]
fn without_room_for_the_list() {
    check("narrow", (44, 16), &mut sample::app());
}

#[test]
fn a_group_says_who_came() {
    let mut app = sample::app();
    let info = &mut app.timeline.as_mut().unwrap().conversation.info;
    info.kind = parlance_client::api::model::ConversationKind::Group;
    check("group", (80, 30), &mut app);
}

#[test]
fn a_poll_shows_how_it_stands() {
    let mut app = sample::app();
    let events = sample::evening().into_iter().chain(sample::questions()).collect();
    app.set_timeline(sample::timeline(events));
    check("poll", (80, 30), &mut app);
}

#[test]
fn a_thread_stands_alone() {
    let mut app = sample::app();
    app.set_timeline(sample::timeline(sample::evening_with_thread()));
    app.thread = Some("e2".into());
    check("thread", (80, 16), &mut app);
}

#[test]
fn what_is_not_sent_says_why() {
    let mut app = sample::app();
    app.set_connection(ConnectionState::Offline { reason: "connection refused".into(), retry_in_ms: 900 });
    let problem = Problem::new(ErrorCode::ConversationForbidden);
    app.timeline.as_mut().unwrap().unsent = vec![
        sample::unsent("a", "Parting is such sweet sorrow", OutboxState::Failed { problem }),
        sample::unsent("b", "Good night, good night!", OutboxState::Queued),
    ];
    check("unsent", (80, 24), &mut app);
}

#[test]
fn a_reply_to_a_selected_message() {
    let mut app = sample::app();
    app.purpose = Purpose::Reply { event_id: "e2".into() };
    app.composer.set("I take thee at thy word.\nCall me but love");
    app.timeline.as_mut().unwrap().conversation.typing = vec![sample::JULIET.into()];
    check("reply", (80, 24), &mut app);
}

#[test]
fn a_selected_message_with_reactions_to_choose() {
    let mut app = sample::app();
    app.mode = Mode::React { seq: 2, typed: String::new() };
    check("react", (80, 24), &mut app);
}

#[test]
fn holes_older_messages_and_what_is_new() {
    let mut app = sample::app();
    let mut events = sample::evening();
    events.drain(3..5);
    let mut view = sample::timeline(events);
    view.has_older = true;
    app.set_timeline(view);
    app.new_from = Some(6);
    check("holes", (80, 24), &mut app);
}

#[test]
fn scrolled_back_says_that_there_is_more_below() {
    let mut app = sample::app();
    app.scroll.page(-1);
    check("scrolled", (80, 16), &mut app);
}

#[test]
fn the_help_page() {
    check("help", (80, 44), &mut {
        let mut app = sample::app();
        app.mode = Mode::Help { from: 0 };
        app
    });
}

#[test]
fn the_switcher() {
    let mut app = sample::app();
    app.mode = Mode::Switch { query: "n".into(), index: 1 };
    check("switcher", (80, 24), &mut app);
}

#[test]
fn hits_of_a_search() {
    let mut app = sample::app();
    let hits = sample::evening().split_off(3);
    let hits = hits.into_iter().filter(|event| event.seq != 7).collect();
    app.mode = Mode::Search(Search { query: "good".into(), hits: Some(hits), is_local: true, index: 1 });
    check("search", (80, 24), &mut app);
}

#[test]
fn nobody_to_talk_with_yet() {
    let mut app = App::new(sample::ROMEO.into(), crate::times::Times::utc(jiff::civil::date(2024, 6, 21)));
    check("empty", (80, 12), &mut app);
}

#[test]
fn any_size_can_be_drawn() {
    for size in [(1, 1), (5, 3), (20, 4), (60, 5), (300, 100)] {
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        for mode in [Mode::Compose, Mode::Help { from: 3 }, Mode::Switch { query: String::new(), index: 0 }] {
            let mut app = sample::app();
            app.mode = mode;
            app.composer.set("several\nlines of\n日本語です of text");
            terminal.draw(|frame| drop(draw(frame, &mut app, Theme::plain()))).unwrap();
        }
    }
}
