//! Every metric of the program in one list, and what the shell itself records.

use http::StatusCode;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by size.
    Histogram(&'static [f64]),
}

struct Metric {
    name: &'static str,
    kind: Kind,
    /// What the values of labels are, empty without labels.
    labels: &'static str,
    help: &'static str,
}

const SECONDS: Kind =
    Kind::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]);

const COUNTS: Kind = Kind::Histogram(&[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0]);
const LISTENER: &str = "listener: http or admin";

const METRICS: &[Metric] = &[
    metric("parlance_build_info", Kind::Gauge, "version", "Always 1; the label says which version runs."),
    metric("parlance_uptime_seconds", Kind::Gauge, "", "How long the server has been running."),
    metric("parlance_process_resident_bytes", Kind::Gauge, "", "Memory of the process that is in RAM."),
    metric(
        "parlance_process_open_files_count",
        Kind::Gauge,
        "",
        "File descriptors in use; each connection needs one.",
    ),
    metric("parlance_process_open_files_max", Kind::Gauge, "", "File descriptors that the system allows."),
    metric(
        "parlance_process_processor_seconds",
        Kind::Gauge,
        "",
        "Processor time used, in the program and in the kernel for it.",
    ),
    metric(
        "parlance_connections_open",
        Kind::Gauge,
        LISTENER,
        "Open connections, WebSockets included; bounded by limits.connections_max.",
    ),
    metric("parlance_connections_accepted_total", Kind::Counter, LISTENER, "Connections accepted."),
    metric(
        "parlance_connections_refused_total",
        Kind::Counter,
        "because: total (limits.connections_max), address (limits.connections_per_address_max), unencrypted (not a trusted proxy)",
        "Connections closed at once.",
    ),
    metric(
        "parlance_connections_accept_errors_total",
        Kind::Counter,
        "",
        "Connections that the system could not hand over, mostly for want of file descriptors.",
    ),
    metric(
        "parlance_tls_handshake_errors_total",
        Kind::Counter,
        "",
        "Connections that did not manage to set up encryption.",
    ),
    metric(
        "parlance_tls_certificate_expiry_seconds",
        Kind::Gauge,
        "",
        "When the certificate ends, in seconds since 1970.",
    ),
    metric(
        "parlance_http_requests_total",
        Kind::Counter,
        "operation, code: the HTTP status",
        "Requests answered.",
    ),
    metric(
        "parlance_wakes_dropped_total",
        Kind::Counter,
        "",
        "Wakes that found no room on the bus; those who missed one read the log a moment later.",
    ),
    metric(
        "parlance_nodes_refused_total",
        Kind::Counter,
        "bound: nodes, subscribers, bytes (limits.nodes_bytes_per_account_max), size",
        "What clients wanted to keep on the server and was too much.",
    ),
    metric(
        "parlance_relays_refused_total",
        Kind::Counter,
        "front",
        "Messages passed from one connection to another that found no place there; their senders were told.",
    ),
    metric(
        "parlance_remotes_refused_total",
        Kind::Counter,
        "",
        "People on other servers who did not become known, because of limits.remote_people_per_user_max.",
    ),
    metric(
        "parlance_routes_open",
        Kind::Gauge,
        "",
        "Components that are connected, and later other servers.",
    ),
    metric(
        "parlance_outward_refused_total",
        Kind::Counter,
        "",
        "Messages to other servers that were refused, because there was no way or limits.events_per_remote_max waited.",
    ),
    metric(
        "parlance_outward_given_back_total",
        Kind::Counter,
        "",
        "Messages that did not arrive within xmpp.component_wait_max; their senders were told.",
    ),
    metric(
        "parlance_reports_total",
        Kind::Counter,
        "",
        "Reports about others that were kept for administrators.",
    ),
    metric(
        "parlance_reports_dropped_total",
        Kind::Counter,
        "",
        "Reports that gave way to newer ones, because of limits.reports_max or too many of one person.",
    ),
    metric(
        "parlance_scheduled_refused_total",
        Kind::Counter,
        "",
        "Messages for a later time that were not kept, because of limits.scheduled_per_user_max.",
    ),
    metric(
        "parlance_folders_refused_total",
        Kind::Counter,
        "",
        "Folders that were not made because of limits.folders_per_user_max, and conversations beyond those of one folder.",
    ),
    metric(
        "parlance_scheduled_sent_total",
        Kind::Counter,
        "outcome: sent, or refused by the rules of their conversations; they stay where their authors see them",
        "Messages for a later time whose time has come.",
    ),
    metric(
        "parlance_messages_expired_total",
        Kind::Counter,
        "",
        "Messages that were purged because their time had come.",
    ),
    metric("parlance_push_sent_total", Kind::Counter, "", "Notifications that push services were sent."),
    metric(
        "parlance_push_refused_total",
        Kind::Counter,
        "",
        "Notifications that push services answered with an error, and registrations that ended without an answer.",
    ),
    metric(
        "parlance_push_registrations_refused_total",
        Kind::Counter,
        "",
        "Registrations for notifications that were refused, because of limits.push_registrations_per_user_max or too many of one device.",
    ),
    metric("parlance_push_waiting", Kind::Gauge, "", "Notifications that wait for push services."),
    metric("parlance_xmpp_streams", Kind::Gauge, "", "Open streams of XMPP, over whatever transport."),
    metric(
        "parlance_xmpp_commands_forgotten_total",
        Kind::Counter,
        "",
        "Commands of clients of XMPP that were forgotten because too many of the same client waited for an answer.",
    ),
    metric(
        "parlance_xmpp_rooms_overrun_total",
        Kind::Counter,
        "",
        "Clients taken out of a room because too much of it waited for them.",
    ),
    metric("parlance_websockets", Kind::Gauge, "", "Open native WebSockets."),
    metric(
        "parlance_operations_total",
        Kind::Counter,
        "operation, code: ok or a code of the error catalogue",
        "Native operations answered, over HTTP and WebSocket.",
    ),
    metric(
        "parlance_rate_limited_total",
        Kind::Counter,
        "bucket, answer: limited, or refused or forgotten when no more can be remembered",
        "Requests that met one of limits.rates.",
    ),
    metric(
        "parlance_store_queue_length",
        Kind::Gauge,
        "",
        "Writes that wait for their commit; when it stays high, the disk is too slow.",
    ),
    metric("parlance_store_commit_seconds", SECONDS, "", "How long a durable commit takes."),
    metric("parlance_store_batch_events", COUNTS, "", "How many events were committed together."),
    metric("parlance_search_lag_events", Kind::Gauge, "", "Events that are not in the search index yet."),
    metric("parlance_http_request_seconds", SECONDS, "operation", "How long answering took."),
];

const fn metric(name: &'static str, kind: Kind, labels: &'static str, help: &'static str) -> Metric {
    Metric { name, kind, labels, help }
}

/// Why a connection was closed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedBecause {
    /// There are as many as the server takes.
    Total,
    /// There are as many as one address may have.
    Address,
    /// It is not encrypted and does not come from a proxy that encrypts.
    Unencrypted,
}

/// Begins recording. What is recorded before is lost.
///
/// # Errors
/// When somebody else records already.
pub(crate) fn install() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Kind::Histogram(bounds) = metric.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)?;
        }
    }
    let handle = builder.install_recorder()?;
    for metric in METRICS {
        let help = match metric.labels {
            "" => metric.help.to_owned(),
            labels => format!("{} Labels: {labels}.", metric.help),
        };
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, help),
            Kind::Gauge => describe_gauge!(metric.name, help),
            Kind::Histogram(_) => describe_histogram!(metric.name, help),
        }
    }
    gauge!("parlance_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

pub(crate) fn connection_opened(listener: &'static str) {
    gauge!("parlance_connections_open", "listener" => listener).increment(1.0);
    counter!("parlance_connections_accepted_total", "listener" => listener).increment(1);
}

pub(crate) fn connection_closed(listener: &'static str) {
    gauge!("parlance_connections_open", "listener" => listener).decrement(1.0);
}

pub(crate) fn connection_refused(because: RefusedBecause) {
    let because = match because {
        RefusedBecause::Total => "total",
        RefusedBecause::Address => "address",
        RefusedBecause::Unencrypted => "unencrypted",
    };
    counter!("parlance_connections_refused_total", "because" => because).increment(1);
}

pub(crate) fn accept_failed() {
    counter!("parlance_connections_accept_errors_total").increment(1);
}

pub(crate) fn handshake_failed() {
    counter!("parlance_tls_handshake_errors_total").increment(1);
}

pub(crate) fn set_certificate_expiry(expiry: SystemTime) {
    let seconds = expiry.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    gauge!("parlance_tls_certificate_expiry_seconds").set(seconds);
}

pub(crate) fn request_answered(operation: &'static str, status: StatusCode, elapsed: Duration) {
    let code = status.as_str().to_owned();
    counter!("parlance_http_requests_total", "operation" => operation, "code" => code).increment(1);
    histogram!("parlance_http_request_seconds", "operation" => operation).record(elapsed.as_secs_f64());
}

pub(super) fn set_uptime(uptime: Duration) {
    gauge!("parlance_uptime_seconds").set(uptime.as_secs_f64());
}

pub(super) fn set_resident_bytes(bytes: f64) {
    gauge!("parlance_process_resident_bytes").set(bytes);
}

pub(super) fn set_open_files(count: usize) {
    gauge!("parlance_process_open_files_count").set(count as f64);
}

pub(super) fn set_open_files_max(max: u64) {
    gauge!("parlance_process_open_files_max").set(max as f64);
}

pub(super) fn set_processor_seconds(seconds: f64) {
    gauge!("parlance_process_processor_seconds").set(seconds);
}

#[cfg(test)]
mod tests;
