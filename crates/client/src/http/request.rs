use crate::server::Server;
use parlance_api::operation::{Method, Operation};
use serde_json::{Map, Value};
use url::Url;

/// An operation as an HTTP request.
#[derive(Debug, PartialEq)]
pub(super) struct Parts {
    pub(super) method: reqwest::Method,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    pub(super) body: Option<Value>,
}

impl Parts {
    pub(super) fn url(&self, server: &Server) -> Url {
        let mut url = server.http_url(self.segments.iter().map(String::as_str));
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

/// Puts the fields of an operation where HTTP wants them: path, query or body.
pub(super) fn build<Op: Operation>(operation: &Op) -> Result<Parts, serde_json::Error> {
    let description = Op::DESCRIPTION;
    let mut fields: Map<String, Value> = serde_json::from_value(serde_json::to_value(operation)?)?;
    let segments = description.path.split('/').skip(1).map(|part| segment(part, &mut fields)).collect();
    let is_query = matches!(description.method, Method::Get | Method::Delete);
    Ok(Parts {
        method: method(description.method),
        segments,
        query: if is_query { fields.iter().filter_map(query_pair).collect() } else { Vec::new() },
        body: (!is_query).then_some(Value::Object(fields)),
    })
}

fn segment(part: &str, fields: &mut Map<String, Value>) -> String {
    match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(field) => plain(&fields.shift_remove(field).unwrap_or_default()),
        None => part.to_owned(),
    }
}

fn query_pair((name, value): (&String, &Value)) -> Option<(String, String)> {
    (!value.is_null()).then(|| (name.clone(), plain(value)))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlance_api::ops;
    use serde_json::json;

    fn check<Op: Operation>(operation: &Op, method: &str, address: &str, body: Option<Value>) {
        let parts = build(operation).expect("operations are JSON objects");
        let url = parts.url(&Server::parse("http://localhost:8080").unwrap());
        assert_eq!((parts.method.as_str(), url.as_str()), (method, address));
        assert_eq!(parts.body, body);
    }

    #[test]
    fn fields_of_the_path_are_percent_encoded() {
        let react = ops::React {
            conversation: "a/b".into(),
            event: "é?".into(),
            emoji: "👍".into(),
            client_ref: Some("r1".into()),
        };
        let address = "http://localhost:8080/v1/conversations/a%2Fb/events/%C3%A9%3F/reactions/%F0%9F%91%8D";
        check(&react, "PUT", address, Some(json!({"client_ref": "r1"})));
    }

    #[test]
    fn the_other_fields_of_a_get_are_its_query() {
        let list = ops::ListEvents {
            conversation: "c".into(),
            before: Some(7),
            limit: 50,
            ..ops::ListEvents::default()
        };
        check(&list, "GET", "http://localhost:8080/v1/conversations/c/events?before=7&limit=50", None);
        let find = ops::FindUsers { query: "jul & co".into() };
        check(&find, "GET", "http://localhost:8080/v1/users?query=jul+%26+co", None);
    }

    #[test]
    fn the_other_fields_of_a_post_are_its_body() {
        let sign_in =
            ops::SignIn { user: "romeo".into(), password: "…".into(), device_name: String::new() };
        let body = json!({"user": "romeo", "password": "…"});
        check(&sign_in, "POST", "http://localhost:8080/v1/auth/sign-in", Some(body));
    }
}
