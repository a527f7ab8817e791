//! Connections that are used again, and servers that close them.

use std::{sync::Mutex, time::Duration};

use super::*;
use crate::capture::lock;

/// Answers the first request of a connection, and closes it when another one comes.
async fn closing() -> Server {
    let answered = Mutex::new(Vec::new());
    Server::serving(move |sent| {
        let mut answered = lock(&answered);
        let first = !answered.contains(&sent.connection);
        answered.push(sent.connection);
        first.then(|| ok("", b"here"))
    })
    .await
}

async fn send(fetcher: &Fetcher, request: FetchRequest) -> Result<FetchResponse, String> {
    fetcher.fetch(request, &[], &FetchOwner::default()).await
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (server, fetcher) = (Server::saying("here").await, fetcher());
    for method in ["GET", "GET", "GET"] {
        send(&fetcher, request(method, server.url())).await.unwrap();
    }
    assert!(server.all().iter().all(|sent| sent.connection == 1));
}

#[tokio::test]
async fn a_request_on_a_connection_that_the_server_closes_is_sent_once_more() {
    let (server, fetcher) = (closing().await, fetcher());
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "GET"] {
        assert_eq!(send(&fetcher, request(method, server.url())).await.unwrap().status, 200, "{method}");
    }
    let mut keyed = request("POST", server.url());
    keyed.headers.push(("idempotency-key".to_owned(), "1".to_owned()));
    assert_eq!(send(&fetcher, keyed).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_request_that_may_have_been_carried_out_is_not_repeated() {
    let (server, fetcher) = (Server::serving(|_| None).await, fetcher());
    let error = send(&fetcher, request("POST", server.url())).await.unwrap_err();
    assert!(error.contains("closed the connection") && error.contains("idempotency-key"), "{error}");
    server.received();
    // A request that can be repeated is sent twice and no more.
    let error = send(&fetcher, request("GET", server.url())).await.unwrap_err();
    assert!(error.contains("closed the connection") && !error.contains("idempotency-key"), "{error}");
    assert_eq!(server.all().len(), 3);
}

#[tokio::test]
async fn a_post_does_not_use_a_connection_that_was_idle() {
    let (server, fetcher) = (closing().await, fetcher());
    for _ in 0..2 {
        assert_eq!(send(&fetcher, request("POST", server.url())).await.unwrap().status, 200);
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    assert_eq!(server.all().iter().map(|sent| sent.connection).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_request_that_is_given_up_ends_its_connection() {
    let (sender, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (asked, waiting) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        use tokio::io::AsyncReadExt as _;
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        asked.send(()).unwrap();
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        sender.send(()).unwrap();
    });
    let fetcher = fetcher();
    tokio::select! {
        _ = send(&fetcher, request("GET", url)) => panic!("the server never answers"),
        _ = waiting => {}
    }
    assert_eq!(ended.recv().await, Some(()));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_with_the_limit() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let policy = FetchPolicy { allow_private: true, timeout: Duration::from_millis(50) };
    let error = send(&Fetcher::new(policy).unwrap(), request("GET", url)).await.unwrap_err();
    assert_eq!(error, "the server did not answer in time (0.05 s)");
}
