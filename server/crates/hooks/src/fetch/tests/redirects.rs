//! Which answers are redirects, and what is sent to where they lead.

use super::*;

async fn fetch_with(redirect: Redirect, url: String) -> Result<FetchResponse, String> {
    let request = FetchRequest { redirect, ..request("GET", url) };
    fetcher().fetch(request, &[], &FetchOwner::default()).await
}

#[tokio::test]
async fn a_redirect_to_another_origin_carries_nothing_secret_there() {
    for status in [301, 302, 303] {
        let last = Server::saying("there").await;
        let first = Server::redirecting(status, &last.url()).await;
        assert_eq!(bytes(fetch("POST", first.url()).await.unwrap()), b"there");
        let sent = first.received();
        assert!(sent.head.contains("Bearer secret") && sent.body == b"the body", "{sent:?}");
        let carried = last.received();
        assert!(carried.head.starts_with("GET ") && carried.head.contains("text/plain"), "{carried:?}");
        assert!(!carried.head.contains("secret") && carried.body.is_empty(), "{carried:?}");
    }
}

#[tokio::test]
async fn a_redirect_that_would_repeat_the_body_elsewhere_is_not_followed() {
    for status in [307, 308] {
        let last = Server::saying("there").await;
        let first = Server::redirecting(status, &last.url()).await;
        let error = fetch("POST", first.url()).await.unwrap_err();
        assert!(error.contains("the body would go there"), "{error}");
        assert_eq!(last.all().len(), 0);
        // Without a body it is, and not as the first host is called by another name.
        assert_eq!(
            bytes(fetch("GET", first.url().replace("127.0.0.1", "localhost")).await.unwrap()),
            b"there"
        );
        assert!(!last.received().head.contains("secret"));
    }
}

#[tokio::test]
async fn a_redirect_within_an_origin_carries_everything_and_head_stays_head() {
    let server = Server::redirecting(303, "/again").await;
    let error = fetch("HEAD", server.url()).await.unwrap_err();
    assert_eq!(error, "the server redirects more than 20 times");
    let received = server.all();
    assert_eq!(received.len(), 21);
    assert!(
        received.iter().all(|sent| sent.head.starts_with("HEAD ") && sent.head.contains("Bearer secret"))
    );
}

#[tokio::test]
async fn twenty_redirects_are_followed() {
    let server = Server::serving(|sent| {
        let at: u32 =
            sent.head.strip_prefix("GET /").and_then(|rest| rest.split(' ').next()?.parse().ok())?;
        Some(match at {
            20 => ok("", b"there"),
            _ => format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", at + 1).into(),
        })
    })
    .await;
    let response = fetch("GET", format!("{}0", server.url())).await.unwrap();
    assert_eq!((response.url, response.redirected), (format!("{}20", server.url()), true));
}

#[tokio::test]
async fn method_and_body_of_the_next_request_follow_from_the_status() {
    for (method, status, expected) in [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 301, "PUT"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("DELETE", 302, "DELETE"),
        ("DELETE", 303, "GET"),
    ] {
        let server = Server::serving(move |sent| {
            let redirect = format!("HTTP/1.1 {status} Moved\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n");
            Some(if sent.head.contains(" /next ") { ok("", b"") } else { redirect.into() })
        })
        .await;
        let mut request = request(method, server.url());
        request.headers.extend(
            [("content-type", "text/x"), ("content-language", "de"), ("x-kept", "1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        request.body = Some(Body::of(b"the body".into()));
        fetcher().fetch(request, &[], &FetchOwner::default()).await.unwrap();
        let next = server.all().pop().unwrap();
        assert!(next.head.starts_with(&format!("{expected} /next ")), "{method} {status}: {next:?}");
        assert_eq!(next.header("x-kept"), Some("1"));
        let kept = expected == method;
        assert_eq!(next.body == b"the body", kept, "{method} {status}");
        assert_eq!(next.header("content-type").is_some(), kept, "{method} {status}");
        assert_eq!(next.header("content-language").is_some(), kept, "{method} {status}");
    }
}

#[tokio::test]
async fn other_statuses_with_a_location_and_redirects_without_one_are_answers() {
    for status in [200, 201, 300, 304, 305, 306, 400] {
        let server = Server::redirecting(status, "/never").await;
        let response = fetch("GET", server.url()).await.unwrap();
        assert_eq!((response.status, response.redirected), (status, false));
        server.received();
    }
    for status in [301, 302, 303, 307, 308] {
        let answer = format!("HTTP/1.1 {status} Moved\r\ncontent-length: 2\r\n\r\nhi");
        let server = Server::answering(answer).await;
        for redirect in [Redirect::Follow, Redirect::Error, Redirect::Manual] {
            let response = fetch_with(redirect, server.url()).await.unwrap();
            assert_eq!((response.status, response.redirected), (status, false));
            assert_eq!(bytes(response), b"hi");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_or_an_answer_when_the_code_wants_that() {
    let server = Server::redirecting(307, "/never").await;
    let error = fetch_with(Redirect::Error, server.url()).await.unwrap_err();
    assert!(error.contains("answered with a redirect (307"), "{error}");
    let response = fetch_with(Redirect::Manual, server.url()).await.unwrap();
    assert_eq!((response.status, response.redirected, response.url), (307, false, server.url()));
    assert!(response.headers.contains(&("location".into(), "/never".into())));
}

#[tokio::test]
async fn a_location_that_cannot_be_fetched_is_an_error() {
    for (location, expected) in [
        ("http://[", "invalid URL"),
        ("ftp://a.example/", "only http and https"),
        ("data:,x", "only http and https"),
        ("http://me:secret@127.0.0.1/", "user name or password"),
    ] {
        let server = Server::redirecting(302, location).await;
        let error = fetch("GET", server.url()).await.unwrap_err();
        assert!(error.contains(expected) && !error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn the_url_of_an_answer_has_no_fragment() {
    let server = Server::saying("").await;
    let response = fetch("GET", format!("{}a?b#c", server.url())).await.unwrap();
    assert_eq!(response.url, format!("{}a?b", server.url()));
    assert!(server.received().head.starts_with("GET /a?b HTTP/1.1"));
}
