use super::*;
use crate::sample::{self, JULIET};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use parlance_client::{
    api::{
        error::{ErrorCode, Problem},
        ops::NewPoll,
    },
    model::OutboxState,
};

fn press(app: &mut App, code: KeyCode) {
    app.handle_key(KeyEvent::new(code, KeyModifiers::NONE));
}

fn press_with(app: &mut App, modifiers: KeyModifiers, code: KeyCode) {
    app.handle_key(KeyEvent::new(code, modifiers));
}

fn type_in(app: &mut App, text: &str) {
    text.chars().for_each(|letter| press(app, KeyCode::Char(letter)));
}

/// What is intended beside saying that somebody types and keeping drafts.
fn intents(app: &mut App) -> Vec<Intent> {
    let mut intents = app.take_intents();
    intents.retain(|intent| !matches!(intent, Intent::Typing(..) | Intent::SaveDraft(..)));
    intents
}

fn c1() -> String {
    "c1".to_owned()
}

#[test]
fn enter_sends_and_alt_enter_makes_a_line() {
    let mut app = sample::app();
    type_in(&mut app, "one");
    press_with(&mut app, KeyModifiers::ALT, KeyCode::Enter);
    type_in(&mut app, "two");
    press(&mut app, KeyCode::Enter);
    assert_eq!(intents(&mut app), [Intent::Send { conversation: c1(), draft: Draft::text("one\ntwo") }]);
    assert!(app.composer.is_empty());
}

#[test]
fn nothing_is_sent_when_nothing_is_written() {
    let mut app = sample::app();
    type_in(&mut app, "  ");
    press(&mut app, KeyCode::Enter);
    assert!(intents(&mut app).is_empty());
}

#[test]
fn what_is_pasted_never_sends_itself() {
    let mut app = sample::app();
    app.handle_paste("one\r\ntwo\r\n");
    assert_eq!(app.composer.text(), "one\ntwo\n");
    assert!(intents(&mut app).is_empty());
}

#[test]
fn a_known_name_becomes_a_mention() {
    let mut app = sample::app();
    type_in(&mut app, "hi @juliet");
    press(&mut app, KeyCode::Enter);
    let Some(Intent::Send { draft, .. }) = intents(&mut app).pop() else { panic!("nothing is sent") };
    assert_eq!(draft.mentions[0].who, JULIET);
}

#[test]
fn a_selected_message_is_answered() {
    let mut app = sample::app();
    press(&mut app, KeyCode::Esc);
    assert_eq!(app.selected(), Some(8));
    press(&mut app, KeyCode::Char('k'));
    press(&mut app, KeyCode::Char('K'));
    press(&mut app, KeyCode::Char('k'));
    press(&mut app, KeyCode::Char('j'));
    assert_eq!(app.selected(), Some(5), "deleted messages are stepped over");
    press(&mut app, KeyCode::Char('r'));
    type_in(&mut app, "aye");
    press(&mut app, KeyCode::Enter);
    let draft = Draft { reply_to: Some("e5".into()), ..Draft::text("aye") };
    assert_eq!(intents(&mut app), [Intent::Send { conversation: c1(), draft }]);
}

#[test]
fn after_the_newest_message_there_is_the_composer() {
    let mut app = sample::app();
    press(&mut app, KeyCode::Up);
    assert_eq!(app.selected(), Some(8));
    press(&mut app, KeyCode::Down);
    assert_eq!(app.mode, Mode::Compose);
}

#[test]
fn only_own_messages_can_be_changed() {
    let mut app = sample::app();
    press(&mut app, KeyCode::Esc);
    press(&mut app, KeyCode::Char('e'));
    assert!(app.status.as_deref().is_some_and(|status| status.contains("your own")));
    press(&mut app, KeyCode::Esc);
    press(&mut app, KeyCode::Char('k'));
    press(&mut app, KeyCode::Char('e'));
    assert_eq!(app.composer.text(), "Art thou there?");
    type_in(&mut app, "?");
    press(&mut app, KeyCode::Enter);
    let draft = Draft::text("Art thou there??");
    assert_eq!(intents(&mut app), [Intent::Edit { conversation: c1(), event_id: "e6".into(), draft }]);
}

#[test]
fn leaving_an_edit_brings_the_draft_back() {
    let mut app = sample::app();
    type_in(&mut app, "half a thought");
    app.timeline.as_mut().unwrap().conversation.info.membership.draft = "half a thought".into();
    app.mode = Mode::Select { seq: 6 };
    press(&mut app, KeyCode::Char('e'));
    press(&mut app, KeyCode::Esc);
    assert_eq!((app.composer.text(), &app.purpose), ("half a thought", &Purpose::Message));
}

#[test]
fn deleting_asks_first() {
    let mut app = sample::app();
    app.mode = Mode::Select { seq: 6 };
    press(&mut app, KeyCode::Char('d'));
    press(&mut app, KeyCode::Char('n'));
    assert!(intents(&mut app).is_empty());
    press(&mut app, KeyCode::Char('d'));
    press(&mut app, KeyCode::Char('y'));
    assert_eq!(intents(&mut app), [Intent::Delete { conversation: c1(), event_id: "e6".into() }]);
}

#[test]
fn the_same_emoji_again_takes_it_away() {
    let mut app = sample::app();
    app.mode = Mode::Select { seq: 2 };
    press(&mut app, KeyCode::Char('+'));
    press(&mut app, KeyCode::Char('1'));
    app.mode = Mode::Select { seq: 2 };
    press(&mut app, KeyCode::Char('+'));
    press(&mut app, KeyCode::Char('2'));
    let (conversation, event_id) = (c1(), "e2".to_owned());
    assert_eq!(
        intents(&mut app),
        [
            Intent::React { conversation: c1(), event_id: "e2".into(), emoji: "👍".into() },
            Intent::Unreact { conversation, event_id, emoji: "❤️".into() },
        ]
    );
}

#[test]
fn a_draft_stays_where_it_was_written() {
    let mut app = sample::app();
    type_in(&mut app, "unfinished");
    press(&mut app, KeyCode::Tab);
    assert_eq!(app.current.as_deref(), Some("c2"));
    assert!(app.composer.is_empty());
    assert!(app.take_intents().contains(&Intent::SaveDraft(c1(), "unfinished".into())));
    press_with(&mut app, KeyModifiers::CONTROL, KeyCode::Char('p'));
    let mut view = sample::timeline(sample::evening());
    view.conversation.info.membership.draft = "unfinished".into();
    app.set_timeline(view);
    assert_eq!(app.composer.text(), "unfinished");
}

#[test]
fn the_switcher_finds_by_letters_with_unread_ones_first() {
    let mut app = sample::app();
    press_with(&mut app, KeyModifiers::CONTROL, KeyCode::Char('k'));
    type_in(&mut app, "N");
    assert_eq!(app.matching("n"), ["c2", "c3", "c4"]);
    type_in(&mut app, "o");
    press(&mut app, KeyCode::Enter);
    assert_eq!(app.current.as_deref(), Some("c4"));
}

#[test]
fn commands_ask_for_what_they_need() {
    let mut app = sample::app();
    type_in(&mut app, "/direct tybalt");
    press(&mut app, KeyCode::Enter);
    type_in(&mut app, "/react 🎉");
    press(&mut app, KeyCode::Enter);
    type_in(&mut app, "/dance");
    press(&mut app, KeyCode::Enter);
    assert_eq!(
        intents(&mut app),
        [
            Intent::Direct("tybalt@localhost".into()),
            Intent::React { conversation: c1(), event_id: "e8".into(), emoji: "🎉".into() },
        ]
    );
    assert!(app.status.as_deref().is_some_and(|status| status.contains("/dance")));
    assert_eq!(app.composer.text(), "/dance", "a mistyped command can be mended");
}

#[test]
fn commands_ask_vote_close_and_acknowledge() {
    let mut app = sample::app();
    let events = sample::evening().into_iter().chain(sample::questions()).collect();
    app.set_timeline(sample::timeline(events));
    for line in ["/poll Where? | here | there", "/vote 2", "/vote 0", "/important Hist!", "/ack", "/close"] {
        type_in(&mut app, line);
        press(&mut app, KeyCode::Enter);
    }
    let poll = Some(NewPoll { options: vec!["here".into(), "there".into()], ..NewPoll::default() });
    let send = |draft| Intent::Send { conversation: c1(), draft };
    let vote = |options| Intent::Vote { conversation: c1(), event_id: "e9".into(), options };
    assert_eq!(
        intents(&mut app),
        [
            send(Draft { poll, ..Draft::text("Where?") }),
            vote(vec![1]),
            vote(vec![]),
            send(Draft { needs_acknowledgement: true, ..Draft::text("Hist!") }),
            Intent::Acknowledge { conversation: c1(), event_id: "e10".into() },
        ]
    );
    assert!(app.status.is_some(), "the poll is somebody else's");
}

#[test]
fn what_failed_can_be_tried_again_or_given_up() {
    let mut app = sample::app();
    let problem = Problem::new(ErrorCode::ConversationForbidden);
    let failed = sample::unsent("r1", "no", OutboxState::Failed { problem });
    app.timeline.as_mut().unwrap().unsent = vec![failed, sample::unsent("r2", "wait", OutboxState::Queued)];
    for command in ["/retry", "/discard"] {
        type_in(&mut app, command);
        press(&mut app, KeyCode::Enter);
    }
    assert_eq!(intents(&mut app), [Intent::RetryFailed("r1".into()), Intent::DiscardFailed("r1".into())]);
}

#[test]
fn a_hit_is_shown_where_it_was_said() {
    let mut app = sample::app();
    type_in(&mut app, "/search balcony");
    press(&mut app, KeyCode::Enter);
    app.set_hits("something else", Found { hits: vec![], is_from_server: true });
    app.set_hits("balcony", Found { hits: sample::evening().split_off(3), is_from_server: true });
    press(&mut app, KeyCode::Down);
    press(&mut app, KeyCode::Enter);
    assert_eq!(intents(&mut app), [Intent::Search("balcony".into()), Intent::Jump(c1(), 5)]);
    app.show_hit("c1", 5);
    assert_eq!(app.selected(), Some(5));
    press(&mut app, KeyCode::Esc);
    app.show_hit("c1", 6);
    assert_eq!(app.mode, Mode::Compose, "keys never change their meaning under somebody's fingers");
}

#[test]
fn what_is_seen_at_the_end_is_read_but_only_while_somebody_looks() {
    let mut app = sample::app();
    app.timeline.as_mut().unwrap().conversation.info.membership.read_seq = 4;
    let at_end = Drawn { is_at_bottom: true, ..Drawn::default() };
    app.has_focus = false;
    app.after_draw(&at_end);
    app.has_focus = true;
    app.after_draw(&Drawn::default());
    assert!(intents(&mut app).is_empty());
    app.after_draw(&at_end);
    assert_eq!(intents(&mut app), [Intent::MarkRead(c1(), 8)]);
}

#[test]
fn what_is_marked_as_unread_stays_so_until_something_is_said_or_it_is_opened_again() {
    let mut app = sample::app();
    let at_end = Drawn { is_at_bottom: true, ..Drawn::default() };
    let marked = |app: &mut crate::app::App| {
        let mut timeline = app.timeline.clone().unwrap();
        timeline.conversation.info.membership.read_seq = 4;
        app.set_timeline(timeline);
        app.after_draw(&at_end);
    };
    press(&mut app, KeyCode::Esc);
    let seq = app.selected().unwrap();
    press(&mut app, KeyCode::Char('u'));
    assert_eq!(intents(&mut app), [Intent::MarkUnread(c1(), seq)]);
    marked(&mut app);
    assert_eq!((app.new_from, intents(&mut app)), (Some(5), vec![]));
    app.handle_paste("hello");
    press(&mut app, KeyCode::Enter);
    intents(&mut app);
    app.after_draw(&at_end);
    assert_eq!(intents(&mut app), [Intent::MarkRead(c1(), 8)]);
    let mut app = sample::app();
    marked(&mut app);
    let timeline = app.timeline.clone().unwrap();
    app.open("c2");
    app.open("c1");
    app.set_timeline(timeline);
    intents(&mut app);
    app.after_draw(&at_end);
    assert_eq!(intents(&mut app), [Intent::MarkRead(c1(), 8)]);
}

#[test]
fn what_is_missing_is_asked_for_once_and_again_after_reconnecting() {
    let mut app = sample::app();
    app.timeline.as_mut().unwrap().has_older = true;
    let at_top = Drawn { is_at_top: true, ..Drawn::default() };
    app.after_draw(&at_top);
    app.after_draw(&at_top);
    assert_eq!(intents(&mut app), [Intent::LoadOlder(c1())]);
    app.set_connection(ConnectionState::Syncing);
    app.after_draw(&at_top);
    assert_eq!(intents(&mut app), [Intent::LoadOlder(c1())]);
}

#[test]
fn a_thread_is_shown_alone_and_written_into_until_it_is_left() {
    let mut app = sample::app();
    app.set_timeline(sample::timeline(sample::evening_with_thread()));
    type_in(&mut app, "half a thought");
    app.timeline.as_mut().unwrap().conversation.info.membership.draft = "half a thought".into();
    app.mode = Mode::Select { seq: 9 };
    press(&mut app, KeyCode::Char('t'));
    let shown: Vec<u64> = app.messages().map(|(entry, _)| entry.seq).collect();
    assert_eq!((shown, app.composer.text()), (vec![2, 9, 10], ""));
    type_in(&mut app, "good night");
    press(&mut app, KeyCode::Enter);
    let draft = Draft { thread: Some("e2".into()), ..Draft::text("good night") };
    assert_eq!(intents(&mut app), [Intent::Send { conversation: c1(), draft }]);
    press(&mut app, KeyCode::Esc);
    assert_eq!((app.thread.clone(), app.composer.text()), (None, "half a thought"));
    assert_eq!(app.messages().count(), 8);
}

#[test]
fn looking_at_a_thread_reads_nothing_else() {
    let mut app = sample::app();
    app.set_timeline(sample::timeline(sample::evening_with_thread()));
    app.timeline.as_mut().unwrap().conversation.info.membership.read_seq = 8;
    type_in(&mut app, "/thread");
    press(&mut app, KeyCode::Enter);
    let end = Drawn { is_at_bottom: true, ..Drawn::default() };
    app.after_draw(&end);
    assert!(intents(&mut app).is_empty());
    press(&mut app, KeyCode::Esc);
    app.after_draw(&end);
    assert_eq!(intents(&mut app), [Intent::MarkRead(c1(), 10)]);
}

#[test]
fn a_message_of_a_thread_leads_to_its_first_one() {
    let mut app = sample::app();
    app.set_timeline(sample::timeline(sample::evening_with_thread()));
    app.mode = Mode::Select { seq: 10 };
    press(&mut app, KeyCode::Char('g'));
    assert_eq!(app.selected(), Some(2));
}
