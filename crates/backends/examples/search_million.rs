//! How long searches take in a store of a million messages.
//!
//! `cargo run --profile bench -p parlance-backends --example search_million [messages] [directory]`
//!
//! Words come as often as in natural language (Zipf's law over 50,000 words), and so do
//! conversations (2,000 of them). What was made in a directory is used again.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "measures time and prints its results")]

use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, Message},
    id::{ConversationId, PrincipalId},
};
use parlance_hub::ports::{
    Append, Clock, Create, Directory, Draft, Entropy, EventLog, Search, SearchRequest, StoreError,
    SystemClock, SystemEntropy,
};
use std::{path::PathBuf, sync::Arc, time::Instant};
use uuid::Uuid;

const WORDS: usize = 50_000;
const CONVERSATIONS: usize = 2_000;
const AT_ONCE: usize = 10_000;
const ROUNDS: usize = 200;

/// In everything, in a tenth, and in three of the smallest conversations.
const READERS: [(&str, usize, usize); 3] = [("all", 0, 1), ("a tenth", 5, 10), ("three small", 1_900, 33)];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let messages = arguments.next().map_or(1_000_000, |text| text.parse().expect("a number of messages"));
    let temporary = tempfile::tempdir().expect("a directory to write in");
    let directory = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let path = directory.join("million.db");
    let is_new = !path.exists();
    let store = Arc::new(SqliteStore::open(path, SqliteOptions::default()).expect("a store"));
    let mut dice = Dice(42);
    if is_new {
        fill(&store, &mut dice, messages).await;
    }
    wait_for_index(&store).await;
    println!("reader       query            p50 ms    p99 ms    max ms  hits");
    for (reader, (name, ..)) in READERS.iter().enumerate() {
        for (query, words, is_prefix) in queries() {
            measure(&store, &mut dice, (reader, name), query, words, is_prefix).await;
        }
    }
}

/// The `n`th most frequent word, in letters.
fn word(n: usize) -> String {
    let mut rest = n as u64 * 7_919 % 50_021;
    let mut text = String::new();
    for _ in 0..4 {
        text.push(char::from(b"bcdfghklmnprstvw"[(rest % 16) as usize]));
        text.push(char::from(b"aeiou"[(rest / 16 % 5) as usize]));
        rest /= 15;
    }
    format!("{text}{}", n % 10)
}

type MakeWords = fn(&mut Dice) -> Vec<String>;

fn queries() -> [(&'static str, MakeWords, bool); 9] {
    [
        ("most common", |_| vec![word(0)], false),
        ("common", |dice| vec![word(dice.below(100))], false),
        ("medium", |dice| vec![word(1_000 + dice.below(1_000))], false),
        ("rare", |dice| vec![word(30_000 + dice.below(19_000))], false),
        ("two common", |dice| vec![word(dice.below(20)), word(dice.below(100))], false),
        ("common + rare", |dice| vec![word(dice.below(20)), word(30_000 + dice.below(19_000))], false),
        ("1 letter", |dice| vec![word(dice.below(1_000))[..1].to_owned()], true),
        ("3 letters", |dice| vec![word(dice.below(1_000))[..3].to_owned()], true),
        ("5 letters", |dice| vec![word(dice.below(1_000))[..5].to_owned()], true),
    ]
}

async fn measure(
    store: &SqliteStore,
    dice: &mut Dice,
    (reader, name): (usize, &str),
    query: &str,
    words: MakeWords,
    last_is_prefix: bool,
) {
    let (mut waits, mut hits) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let request = request(principal(reader), words(dice), last_is_prefix);
        let began = Instant::now();
        hits += store.search(request).await.expect("an answer").len();
        waits.push(began.elapsed());
    }
    waits.sort_unstable();
    let at = |part: f64| waits[((ROUNDS - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "{name:12} {query:13} {:9.2} {:9.2} {:9.2} {:5.1}",
        at(0.5),
        at(0.99),
        at(1.0),
        hits as f64 / ROUNDS as f64
    );
}

fn request(who: PrincipalId, words: Vec<String>, last_is_prefix: bool) -> SearchRequest {
    SearchRequest {
        who,
        words,
        last_is_prefix,
        from: None,
        within: Vec::new(),
        has: Vec::new(),
        before: None,
        after: None,
        older_than: None,
        limit: 20,
    }
}

async fn wait_for_index(store: &SqliteStore) {
    let began = Instant::now();
    while let Err(StoreError::Unavailable(_)) =
        store.search(request(principal(0), vec![word(0)], false)).await
    {}
    println!("index complete after {:.1} s", began.elapsed().as_secs_f64());
}

fn principal(reader: usize) -> PrincipalId {
    PrincipalId(Uuid::from_u128(1 + reader as u128))
}

async fn fill(store: &Arc<SqliteStore>, dice: &mut Dice, messages: usize) {
    let began = Instant::now();
    let domain = store.ensure_domain("bench.example").await.expect("a domain");
    for conversation in 0..CONVERSATIONS {
        let is_in = |(_, (_, first, step)): &(usize, &(&str, usize, usize))| {
            conversation >= *first && (conversation - first).is_multiple_of(*step)
        };
        let readers =
            READERS.iter().enumerate().filter(is_in).map(|(reader, _)| (principal(reader), Role::Member));
        let founding = Kind::Group.founding(SettingsChange::default(), &readers.collect::<Vec<_>>());
        append(store.clone(), conversation, founding, Some(Create::new(domain, Kind::Group))).await;
    }
    let (words, conversations) = (Zipf::new(WORDS), Zipf::new(CONVERSATIONS));
    for _ in 0..messages.div_ceil(AT_ONCE) {
        let mut waiting = vec![Vec::new(); CONVERSATIONS];
        for _ in 0..AT_ONCE {
            let count = 3 + dice.below(15);
            let text: Vec<String> = (0..count).map(|_| word(words.pick(dice))).collect();
            let message = Content::Message(Message::plain(Body::text(text.join(" "))));
            waiting[conversations.pick(dice)].push(message);
        }
        let waiting = waiting.into_iter().enumerate().filter(|(_, contents)| !contents.is_empty());
        let appends: Vec<_> = waiting
            .map(|(conversation, contents)| tokio::spawn(append(store.clone(), conversation, contents, None)))
            .collect();
        for append in appends {
            append.await.expect("an append that ends");
        }
    }
    println!("{messages} messages stored after {:.1} s", began.elapsed().as_secs_f64());
}

async fn append(
    store: Arc<SqliteStore>,
    conversation: usize,
    contents: Vec<Content>,
    create: Option<Create>,
) {
    let at = SystemClock.now();
    let draft = |content| Draft { id: SystemEntropy.event_id(at), content, extras: None };
    let append = Append {
        conversation: ConversationId(Uuid::from_u128(1_000_000 + conversation as u128)),
        create,
        rules_version: None,
        sender: principal(0),
        device: None,
        client_ref: None,
        at,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    };
    store.append(append).await.expect("durable events");
}

/// Picks the `n`th of many with a frequency of `1 / n`.
struct Zipf(Vec<f64>);

impl Zipf {
    fn new(count: usize) -> Self {
        let mut sum = 0.0;
        Self(
            (1..=count)
                .map(|rank| {
                    sum += 1.0 / rank as f64;
                    sum
                })
                .collect(),
        )
    }

    fn pick(&self, dice: &mut Dice) -> usize {
        let total = self.0.last().copied().unwrap_or_default();
        let at = dice.below(1 << 30) as f64 / f64::from(1 << 30) * total;
        self.0.partition_point(|sum| *sum < at).min(self.0.len() - 1)
    }
}

/// Numbers that look random and are the same each time (a 64-bit linear congruential generator
/// with Knuth's constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }
}
