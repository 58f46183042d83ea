//! Runs the examples of `vectors/search_words.json` that every implementation of the search words
//! passes.

use parlance_core::search::words;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    text: String,
    words: Vec<String>,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/vectors/search_words.json");
    let text = std::fs::read_to_string(path).expect("the vectors are there");
    serde_json::from_str::<Vectors>(&text).expect("the vectors are well-formed").cases
}

#[test]
fn texts_have_the_words_that_the_vectors_say() {
    let wrong: Vec<_> = cases()
        .into_iter()
        .map(|case| (case.name, words(&case.text), case.words))
        .filter(|(_, found, expected)| found != expected)
        .collect();
    assert!(wrong.is_empty(), "name, found, expected: {wrong:#?}");
}

#[test]
fn the_words_of_the_words_are_the_words() {
    for case in cases() {
        for word in case.words {
            assert_eq!(words(&word), [word.as_str()], "{}", case.name);
        }
    }
}
