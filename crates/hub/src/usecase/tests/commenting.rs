use super::rejection;
use crate::{
    Caller, HubError,
    stage::{Stage, message},
    usecase::{NewConversation, Post},
};
use parlance_core::{
    Rejection,
    body::Body,
    conversation::{HistoryVisibility, Kind, Permission, Role, SettingsChange, ThreadDisplay},
    event::Event,
    id::{ConversationId, EventId, Seq},
};
use std::sync::Arc;

/// A channel with an owner and a reader.
struct Channel {
    stage: Stage,
    owner: Caller,
    reader: Caller,
    id: ConversationId,
}

impl Channel {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [owner, reader] = stage.people().await;
        let new = NewConversation {
            kind: Kind::Channel,
            address_name: None,
            name: "bulletin".into(),
            topic: String::new(),
            history: HistoryVisibility::All,
            members: vec![reader.who],
            client_ref: None,
        };
        let id = stage.world.hub.create_conversation(owner, new).await.unwrap();
        Self { stage, owner, reader, id }
    }

    async fn comment(&self, below: EventId) -> Result<Arc<Event>, HubError> {
        let post = Post { thread: Some(below), ..message(self.id, "I shall come", None) };
        self.stage.world.hub.post(self.reader, post).await
    }

    async fn change(&self, change: SettingsChange) {
        self.stage.world.hub.change_settings(self.owner, self.id, change).await.unwrap();
    }
}

#[tokio::test]
async fn a_reader_of_a_channel_comments_when_an_owner_lets_readers() {
    let channel = Channel::new().await;
    let hub = &channel.stage.world.hub;
    let post = channel.stage.post(channel.owner, channel.id, "the fair is on Sunday").await;
    assert_eq!(rejection(channel.comment(post.id).await), Rejection::Forbidden);

    let permissions = Some([(Permission::Comment, Role::Reader)].into());
    channel.change(SettingsChange { permissions, ..SettingsChange::default() }).await;
    let comment = channel.comment(post.id).await.unwrap();
    let below = channel.comment(comment.id).await.unwrap();
    let better = Body::text("I shall come with cake");
    hub.edit(channel.reader, channel.id, comment.id, better, None).await.unwrap();
    let new = hub.post(channel.reader, message(channel.id, "hello all", None)).await;
    assert_eq!(rejection(new), Rejection::Forbidden);
    let edit = hub.edit(channel.reader, channel.id, post.id, Body::text("it is not"), None).await;
    assert_eq!(rejection(edit), Rejection::Forbidden);

    let thread = hub.thread(channel.owner, channel.id, post.id, Seq::ZERO, 9).await.unwrap();
    let said: Vec<_> = thread.items.iter().map(|item| item.event.id).collect();
    assert_eq!(said, [comment.id, below.id], "a comment on a comment is one on the post");
}

#[tokio::test]
async fn how_threads_are_shown_changes_no_message() {
    let channel = Channel::new().await;
    let hub = &channel.stage.world.hub;
    let post = channel.stage.post(channel.owner, channel.id, "the fair is on Sunday").await;
    let answer = Post { thread: Some(post.id), ..message(channel.id, "it will rain", None) };
    let answer = hub.post(channel.owner, answer).await.unwrap();
    for display in [ThreadDisplay::Inline, ThreadDisplay::Topics, ThreadDisplay::Threads] {
        channel.change(SettingsChange { thread_display: Some(display), ..SettingsChange::default() }).await;
        let thread = hub.thread(channel.reader, channel.id, post.id, Seq::ZERO, 9).await.unwrap();
        assert_eq!(thread.items[0].event, answer);
        let row = hub.conversation(channel.reader, channel.id).await.unwrap().row;
        assert_eq!(row.settings.thread_display, display);
    }
}
