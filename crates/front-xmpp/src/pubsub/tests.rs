mod bookmarks;
mod nodes;
mod notifying;
mod profile;

use crate::stage::Client;

/// Sends a request about the client's own account, and answers with the answer.
async fn ask(client: &mut Client, kind: &str, to: &str, content: &str) -> String {
    let to = if to.is_empty() { String::new() } else { format!(" to='{to}'") };
    client.send(&format!("<iq type='{kind}' id='q'{to}>{content}</iq>")).await;
    client.seen.last().unwrap().clone()
}

fn pubsub(content: &str) -> String {
    format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'>{content}</pubsub>")
}

fn owner(content: &str) -> String {
    format!("<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'>{content}</pubsub>")
}

fn form(fields: &[(&str, &str)]) -> String {
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("<field var='pubsub#{name}'><value>{value}</value></field>"))
        .collect();
    format!("<x xmlns='jabber:x:data' type='submit'>{fields}</x>")
}

async fn publish(
    client: &mut Client,
    node: &str,
    id: &str,
    payload: &str,
    options: &[(&str, &str)],
) -> String {
    let options = match options {
        [] => String::new(),
        some => format!("<publish-options>{}</publish-options>", form(some)),
    };
    let publish = format!("<publish node='{node}'><item id='{id}'>{payload}</item></publish>{options}");
    ask(client, "set", "", &pubsub(&publish)).await
}

async fn items(client: &mut Client, to: &str, node: &str) -> String {
    ask(client, "get", to, &pubsub(&format!("<items node='{node}'/>"))).await
}

/// Says what a client wants to know, by the road that clients take.
async fn announce(client: &mut Client, nodes: &[&str]) -> String {
    let features: String = nodes.iter().map(|node| format!("<feature var='{node}+notify'/>")).collect();
    let ver = nodes.concat();
    client
        .send(&format!(
            "<presence id='p'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='{ver}'/>\
             </presence>"
        ))
        .await;
    let question = client.seen.last().unwrap().clone();
    let id = question.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    client
        .send(&format!(
            "<iq type='result' to='example.org' id='{id}'>\
             <query xmlns='http://jabber.org/protocol/disco#info'>{features}</query></iq>"
        ))
        .await;
    question
}

/// The first lets the second see when they are there.
async fn befriend(one: &Client, other: &Client) {
    let hub = &one.front.xmpp.hub;
    hub.request_presence(other.seat().caller, one.who.id).await.unwrap();
    hub.approve_presence(one.seat().caller, other.who.id).await.unwrap();
}
