//! Header lines in both directions.

use super::*;

#[tokio::test]
async fn every_line_of_an_answer_is_kept() {
    let lines = "set-cookie: a=1\r\nlink: </a>\r\nSet-Cookie: b=2; Expires=Wed, 01 Jan 2031 00:00:00 GMT\r\nlink: </b>\r\nx-latin: caf\u{e9}\r\n";
    let latin: Vec<u8> = lines.chars().map(|char| char as u8).collect();
    let answer = [b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", &*latin, b"\r\n"].concat();
    let response = fetch("GET", Server::answering(answer).await.url()).await.unwrap();
    let of = |wanted: &str| -> Vec<String> {
        let lines = response.headers.iter().filter(|(name, _)| name == wanted);
        lines.map(|(_, value)| value.clone()).collect()
    };
    assert_eq!(of("set-cookie"), ["a=1", "b=2; Expires=Wed, 01 Jan 2031 00:00:00 GMT"]);
    assert_eq!(of("link"), ["</a>", "</b>"]);
    assert_eq!(of("x-latin"), ["caf\u{e9}"]);
}

#[tokio::test]
async fn every_line_of_a_request_is_sent_and_defaults_give_way() {
    let server = Server::saying("").await;
    let mut request = request("GET", server.url());
    request.headers.extend(
        [("x-a", "1"), ("x-a", "2"), ("accept", "b/c"), ("user-agent", "mine")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    fetcher().fetch(request, &[], &FetchOwner::default()).await.unwrap();
    let head = server.received().head;
    let of = |wanted: &str| head.lines().filter_map(|line| line.strip_prefix(wanted)).collect::<Vec<_>>();
    assert_eq!(of("x-a: "), ["1", "2"]);
    assert_eq!(of("accept: "), ["text/plain", "b/c"]);
    assert_eq!(of("user-agent: "), ["mine"]);
    assert_eq!(of("accept-language: "), ["*"]);
}
