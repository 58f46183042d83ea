use super::*;
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn page() -> String {
    let mut out = String::from(
        "# Metrics\n\n\
         What `/metrics` on the admin listener tells, in the text format of Prometheus. This page is\n\
         generated from the program.\n\n| metric | kind | labels | meaning |\n|---|---|---|---|\n",
    );
    for metric in METRICS {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        writeln!(out, "| `{}` | {kind} | {} | {} |", metric.name, metric.labels, metric.help)
            .expect("strings grow");
    }
    out
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file below a folder.
fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names that stand directly inside `counter!(`, `gauge!(` or `histogram!(`.
fn recorded_in(text: &str) -> Vec<String> {
    ["counter!(", "gauge!(", "histogram!("]
        .into_iter()
        .flat_map(|call| text.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned))
        .collect()
}

#[test]
fn the_page_of_metrics_is_fresh() {
    let path = crates().join("../docs/reference/metrics.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, page()).expect("the reference is writable");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page(), "docs/reference/metrics.md is stale: run the tests with UPDATE_GOLDEN=1");
}

#[test]
fn every_recorded_metric_is_in_the_list_and_every_listed_one_is_recorded() {
    let mut files = Vec::new();
    sources(&crates(), &mut files);
    let mut recorded = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("observe/metrics/tests.rs")) {
        recorded.extend(recorded_in(&fs::read_to_string(file).expect("a readable source")));
    }
    for name in &recorded {
        assert!(METRICS.iter().any(|metric| metric.name == *name), "{name} is missing in observe/metrics.rs");
    }
    for metric in METRICS {
        assert!(recorded.iter().any(|name| name == metric.name), "nobody records {}", metric.name);
    }
}

#[test]
fn names_say_what_they_count_and_in_which_unit() {
    for metric in METRICS {
        let is_total = metric.name.ends_with("_total");
        assert!(metric.name.starts_with("parlance_") && metric.help.ends_with('.'), "{}", metric.name);
        assert_eq!(is_total, metric.kind == Kind::Counter, "{}", metric.name);
    }
}
