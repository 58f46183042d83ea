use super::{Writer, call::Answer};
use crate::sim::reader::saw;
use parlance_core::{
    body::{Body, Mention, Mentioned},
    conversation::Permission,
    id::Seq,
    poll::Poll,
};
use parlance_hub::{
    ports::Place,
    usecase::{HistoryPlace, Post},
};

impl Writer {
    pub(super) async fn post(&self) {
        let Some(conversation) = self.conversation() else { return };
        let body = self.body();
        let reply_to = self.message(conversation).filter(|_| self.chance.happens(150)).map(|(_, id)| id);
        let thread = self.message(conversation).filter(|_| self.chance.happens(100)).map(|(_, id)| id);
        let poll = self.chance.happens(200).then(poll);
        let caller = self.device.caller;
        self.send(conversation, Permission::Post, |hub, client_ref| {
            let post = Post {
                conversation,
                client_ref: Some(client_ref),
                body: body.clone(),
                reply_to,
                thread,
                forward: None,
                poll: poll.clone(),
                needs_acknowledgement: poll.is_some(),
                extras: None,
            };
            async move { hub.post(caller, post).await }
        })
        .await;
    }

    fn body(&self) -> Body {
        let text = format!("{} says {}", self.device.name, self.chance.below(1_000_000));
        if !self.chance.happens(150) {
            return Body::text(text);
        }
        let named = self.device.caller.who;
        Body::Text { text, mentions: vec![Mention { start: 0, end: 1, who: Mentioned::Principal(named) }] }
    }

    /// Edits, deletes, pins, reacts, votes or acknowledges.
    pub(super) async fn touch_message(&self) {
        let Some(conversation) = self.conversation() else { return };
        let Some((_, target)) = self.message(conversation) else { return };
        let caller = self.device.caller;
        match self.chance.below(6) {
            0 => {
                let body = self.body();
                self.send(conversation, Permission::Post, |hub, client_ref| {
                    let body = body.clone();
                    async move { hub.edit(caller, conversation, target, body, Some(client_ref)).await }
                })
                .await;
            }
            1 => {
                self.send(conversation, Permission::Post, |hub, client_ref| async move {
                    hub.delete_event(caller, conversation, target, Some(client_ref)).await
                })
                .await;
            }
            2 => {
                let added = self.chance.happens(700);
                self.send(conversation, Permission::React, |hub, client_ref| async move {
                    hub.react(caller, conversation, target, "+", added, Some(client_ref)).await
                })
                .await;
            }
            3 => {
                let options: Vec<_> = (0..3).filter(|_| self.chance.happens(500)).collect();
                self.send(conversation, Permission::React, |hub, client_ref| {
                    let options = options.clone();
                    async move { hub.vote(caller, conversation, target, options, Some(client_ref)).await }
                })
                .await;
            }
            4 => {
                self.insist(conversation, |hub| async move {
                    hub.acknowledge(caller, conversation, target, None).await
                })
                .await;
            }
            _ => {
                let pinned = self.chance.happens(700);
                self.insist(conversation, |hub| async move {
                    hub.pin(caller, conversation, target, pinned).await
                })
                .await;
            }
        }
    }

    pub(super) async fn mark_read(&self) {
        let Some(conversation) = self.conversation() else { return };
        let position = self.device.model.lock().conversations.get(&conversation).map(|known| known.position);
        let Some(position) = position else { return };
        let seq = if self.chance.happens(700) { position } else { Seq(self.chance.below(position.0 + 1)) };
        let caller = self.device.caller;
        let read = self
            .insist(conversation, |hub| async move {
                hub.mark_delivered(caller, conversation, seq).await?;
                hub.mark_read(caller, conversation, seq).await
            })
            .await;
        if read.is_some() {
            self.note(&format!("has read {conversation} up to {seq}"));
            self.world.journal.read(caller.who, conversation, seq);
        }
    }

    pub(super) async fn mark_unread(&self) {
        let Some(conversation) = self.conversation() else { return };
        let from = Seq(self.chance.below(self.world.disk.head(conversation).0 + 2));
        let caller = self.device.caller;
        self.insist(conversation, |hub| async move { hub.mark_unread(caller, conversation, from).await })
            .await;
    }

    pub(super) async fn keep_draft(&self) {
        let Some(conversation) = self.conversation() else { return };
        let text = format!("draft {}", self.chance.below(1_000));
        let caller = self.device.caller;
        self.insist(conversation, |hub| {
            let text = text.clone();
            async move { hub.set_draft(caller, conversation, text).await }
        })
        .await;
    }

    /// Reads the newest events of a conversation that may be none of the reader's business.
    pub(super) async fn peek(&self) {
        let Some(conversation) = self.chance.pick(&self.world.disk.conversations()).copied() else { return };
        let caller = self.device.caller;
        let place = HistoryPlace::At(Place::Newest);
        let answer = self
            .ask(conversation, None, |hub| async move { hub.history(caller, conversation, place, 10).await })
            .await;
        if let Answer::Yes(history) = answer {
            history.items.iter().for_each(|item| saw(&self.world, &self.device, &item.event));
        }
    }
}

fn poll() -> Poll {
    Poll {
        question: String::new(),
        options: ["one", "two", "three"].map(str::to_owned).into(),
        multiple: true,
        anonymous: false,
        closes_at: None,
    }
}
