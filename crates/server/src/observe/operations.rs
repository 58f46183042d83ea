use http::Method;
use parlance_api::ops::OPERATIONS;
use std::{collections::HashMap, sync::LazyLock};

/// The name of the operation behind a request, for metrics and logs: one of a short list, whatever
/// strangers ask for.
pub(crate) fn operation_name(method: &Method, route: Option<&str>) -> &'static str {
    static NAMES: LazyLock<HashMap<(&str, &str), &'static str>> = LazyLock::new(|| {
        OPERATIONS
            .iter()
            .map(|entry| {
                ((entry.description.method.as_str(), entry.description.path), entry.description.name)
            })
            .collect()
    });
    match route {
        None => "web",
        Some("/v1/ws") => "socket",
        Some(route) => NAMES.get(&(method.as_str(), route)).copied().unwrap_or("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_under_their_operation() {
        assert_eq!(
            operation_name(&Method::POST, Some("/v1/conversations/{conversation}/events")),
            "event.send"
        );
        assert_eq!(operation_name(&Method::GET, Some("/v1/ws")), "socket");
        assert_eq!(operation_name(&Method::GET, Some("/docs")), "other");
        assert_eq!(operation_name(&Method::GET, None), "web");
    }
}
