use super::*;
use axum::body::Body;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn get_page(method: &str, path: &str) -> (StatusCode, String, String) {
    let request = http::Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    let response = router().oneshot(request).await.expect("routers do not fail");
    let kind =
        response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (status, kind) = (response.status(), kind.to_owned());
    let body = response.into_body().collect().await.expect("a whole body").to_bytes();
    (status, kind, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn unknown_addresses_of_the_api_are_problems_and_others_are_pages() {
    let (status, kind, body) = get_page("GET", "/v1/nothing").await;
    assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
    assert!(body.contains("request.unknown_operation"));
    for path in ["/", "/c/some-conversation", "/invite/abc"] {
        let (status, kind, _) = get_page("GET", path).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"), "{path}");
    }
    assert_eq!(get_page("GET", "/assets/gone-1234.js").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get_page("POST", "/").await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(get_page("POST", "/docs").await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn every_error_has_its_anchor() {
    let (status, _, body) = get_page("GET", "/docs/errors").await;
    assert_eq!(status, StatusCode::OK);
    for entry in parlance_api::error::CATALOGUE {
        assert!(body.contains(&format!("id=\"{}\"", entry.word)), "{}", entry.word);
    }
}

#[tokio::test]
async fn the_documentation_loads_nothing_from_elsewhere() {
    for path in ["/docs", "/docs/errors", "/docs/reader.js", "/docs/style.css"] {
        let (status, _, body) = get_page("GET", path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            !body.contains("//cdn") && !body.contains("src=\"http") && !body.contains("<script>"),
            "{path}"
        );
    }
}

#[test]
fn only_files_with_a_hash_in_their_name_are_kept_for_ever() {
    assert!(assets::caching("assets/index-4f3a.js").contains("immutable"));
    assert_eq!(assets::caching("index.html"), "no-cache");
    assert_eq!(assets::caching("sw.js"), "no-cache");
    assert_eq!(assets::content_type("assets/a.js"), "text/javascript; charset=utf-8");
    assert_eq!(assets::content_type("strange"), "application/octet-stream");
}
