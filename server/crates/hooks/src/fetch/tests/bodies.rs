//! Bodies in both directions: their bytes, their codings and their bounds.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::*;

const BINARY: &[u8] = b"\x89PNG\r\n\x1a\n\0\x01\xfe\xff";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn sending(body: &[u8]) -> FetchResponse {
    let server = Server::serving(|sent| Some(ok("", &sent.body))).await;
    let request = FetchRequest { body: Some(Body::of(body.into())), ..request("POST", server.url()) };
    let response = fetcher().fetch(request, &[], &FetchOwner::default()).await.unwrap();
    assert_eq!(server.received().header("content-length"), Some(&*body.len().to_string()));
    response
}

#[tokio::test]
async fn bytes_arrive_as_they_were_sent() {
    let all: Vec<u8> = (0..=255).cycle().take(5000).collect();
    for body in [BINARY, &all, b"", b"\xef\xbb\xbf{}", "text \u{e4}\u{1f600}".as_bytes()] {
        assert_eq!(bytes(sending(body).await), body);
    }
}

#[tokio::test]
async fn a_request_without_a_body_says_so_where_one_is_expected() {
    for (method, expected) in [("PUT", Some("0")), ("GET", None), ("DELETE", None)] {
        let server = Server::saying("").await;
        fetch(method, server.url()).await.unwrap();
        assert_eq!(server.received().header("content-length"), expected, "{method}");
    }
}

#[tokio::test]
async fn compression_is_asked_for_and_undone() {
    let server = Server::answering(ok("content-encoding: gzip\r\n", &gzip(BINARY))).await;
    let response = fetch("GET", server.url()).await.unwrap();
    assert_eq!(server.received().header("accept-encoding"), Some("gzip, deflate, br"));
    assert!(response.headers.contains(&("content-encoding".into(), "gzip".into())));
    assert_eq!(bytes(response), BINARY);
}

#[tokio::test]
async fn a_part_of_an_answer_is_not_asked_for_compressed_and_a_hooks_choice_is_sent() {
    let server = Server::saying("").await;
    for (header, value, expected) in
        [("range", "bytes=0-1", "identity"), ("accept-encoding", "gzip;q=0", "gzip;q=0")]
    {
        let mut request = request("GET", server.url());
        request.headers.push((header.to_owned(), value.to_owned()));
        fetcher().fetch(request, &[], &FetchOwner::default()).await.unwrap();
        assert_eq!(server.all().pop().unwrap().header("accept-encoding"), Some(expected));
    }
}

#[tokio::test]
async fn an_answer_has_at_most_a_mebibyte() {
    let fits = Server::saying("x".repeat(MAX_RESPONSE)).await;
    assert_eq!(bytes(fetch("GET", fits.url()).await.unwrap()).len(), MAX_RESPONSE);
    let announced = Server::saying("x".repeat(MAX_RESPONSE + 1)).await;
    let expected = "the response body has 1048577 bytes; a hook can read at most 1048576 bytes (1024 KiB)";
    assert_eq!(fetch("GET", announced.url()).await.unwrap_err(), expected);
    let chunk = format!("40000\r\n{}\r\n", "x".repeat(0x40000));
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(5));
    let endless = Server::answering(chunked).await;
    let error = fetch("GET", endless.url()).await.unwrap_err();
    assert!(error.contains("has more than 1048576 bytes; a hook can read"), "{error}");
}

#[tokio::test]
async fn a_small_answer_that_decompresses_to_a_large_one_is_refused() {
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 1 << 17);
    let server = Server::answering(ok("content-encoding: gzip\r\n", &bomb)).await;
    let error = fetch("GET", server.url()).await.unwrap_err();
    assert!(error.contains("more than 1048576 bytes when decompressed"), "{error}");
    let damaged = Server::answering(ok("content-encoding: gzip\r\n", b"no gzip")).await;
    let error = fetch("GET", damaged.url()).await.unwrap_err();
    assert_eq!(error, "fetch failed: the response body is not valid gzip");
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_with_its_size() {
    let url = Server::saying("").await.url();
    let request = FetchRequest { body: Some(Body::of(vec![0; MAX_REQUEST + 1])), ..request("POST", url) };
    let error = fetcher().fetch(request, &[], &FetchOwner::default()).await.unwrap_err();
    assert_eq!(error, "the request body has 262145 bytes; a hook can send at most 262144 bytes (256 KiB)");
}

#[tokio::test]
async fn some_answers_have_no_body() {
    let head =
        Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-encoding: gzip\r\n\r\n").await;
    assert!(fetch("HEAD", head.url()).await.unwrap().body.is_none());
    for status in [204, 304] {
        let server = Server::answering(format!("HTTP/1.1 {status} Empty\r\n\r\n")).await;
        let response = fetch("GET", server.url()).await.unwrap();
        assert!(response.status == status && response.body.is_none());
    }
    let empty = Server::saying("").await;
    assert_eq!(fetch("GET", empty.url()).await.unwrap().body, Some(Body::Text(String::new())));
}

#[tokio::test]
async fn chunks_and_provisional_answers_are_understood() {
    let chunked = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n\
                   HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    let server = Server::answering(chunked).await;
    let response = fetch("GET", server.url()).await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(bytes(response), b"abcde");
}

#[tokio::test]
async fn an_answer_that_ends_early_is_an_error() {
    for answer in [
        "content-length: 9\r\nconnection: close\r\n\r\nabc",
        "transfer-encoding: chunked\r\nconnection: close\r\n\r\n9\r\nabc",
    ] {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{answer}")).await;
        let error = fetch("GET", server.url()).await.unwrap_err();
        assert!(error.starts_with("fetch failed: "), "{error}");
    }
    // Without a length the end of the connection is the end of the answer.
    let server = Server::answering("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc").await;
    assert_eq!(bytes(fetch("GET", server.url()).await.unwrap()), b"abc");
}
