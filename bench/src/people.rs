use crate::{http::Http, server::Server};
use parlance_api::ops::Register;
use tokio::task::JoinSet;

/// How many register at the same time: enough to keep two processors busy with hashing.
const PARALLEL: usize = 4;
const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The number among all people of the run.
    pub(crate) index: usize,
    pub(crate) address: String,
    pub(crate) token: String,
}

/// Makes accounts and signs them in.
pub(crate) async fn register(server: &Server, count: usize) -> anyhow::Result<Vec<Person>> {
    let mut tasks = JoinSet::new();
    for part in 0..PARALLEL {
        let connection = Http::open(server.http()).await?;
        tasks.spawn_local(register_part(connection, (part..count).step_by(PARALLEL)));
    }
    let mut people = Vec::with_capacity(count);
    while let Some(part) = tasks.join_next().await {
        people.append(&mut part??);
    }
    people.sort_by_key(|person| person.index);
    Ok(people)
}

async fn register_part(
    mut connection: Http,
    indexes: impl Iterator<Item = usize>,
) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    for index in indexes {
        let register = Register {
            name: format!("person{index:05}"),
            password: PASSWORD.to_owned(),
            display_name: None,
            invitation: None,
            device_name: String::new(),
        };
        let signed_in = connection.ask(&register).await?;
        people.push(Person { index, address: signed_in.me.user.address, token: signed_in.token });
    }
    Ok(people)
}
