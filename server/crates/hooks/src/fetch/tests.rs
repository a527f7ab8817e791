//! Requests to servers of this machine.

use std::{
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

use super::*;
use crate::capture::lock;

#[test]
fn only_allowed_hosts_are_reached() {
    let fetcher = Fetcher::new(FetchPolicy::default()).unwrap();
    let allowed = ["api.example.com".to_owned(), "*.example.org".to_owned()];
    assert!(fetcher.check("https://api.example.com/x", &allowed).is_ok());
    assert!(fetcher.check("https://a.b.example.org", &allowed).is_ok());
    for url in
        ["https://example.org", "https://evilexample.org", "https://example.com", "file:///etc/passwd", "x"]
    {
        assert!(fetcher.check(url, &allowed).is_err(), "{url}");
    }
    for url in [
        "http://127.0.0.1:3000",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://169.254.169.254/latest",
    ] {
        assert!(fetcher.check(url, &[]).is_err(), "{url}");
    }
}

/// A server that gives the same answer to every request, and keeps what it received.
struct Server {
    port: u16,
    received: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<String>>>::default();
        let keep = received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let (mut request, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).await.unwrap();
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                    request.push_str(&line);
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).await.unwrap();
                request.push_str(&String::from_utf8(body).unwrap());
                lock(&keep).push(request);
                // The client hangs up on answers that are too long.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { port, received }
    }

    async fn saying(body: &str) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        Self::answering(head + body).await
    }

    async fn redirecting(status: u16, to: &str) -> Self {
        let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\n");
        Self::answering(head + "connection: close\r\ncontent-length: 0\r\n\r\n").await
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The one request that it received.
    #[track_caller]
    fn received(&self) -> String {
        let received = lock(&self.received);
        let [request] = &**received else { panic!("{} requests", received.len()) };
        request.clone()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(FetchPolicy { allow_private: true, ..FetchPolicy::default() }).unwrap()
}

fn request(method: &str, url: String) -> FetchRequest {
    let headers = [
        ("Authorization", "Bearer secret"),
        ("cookie", "secret=1"),
        ("X-Api-Key", "secret"),
        ("Accept", "text/plain"),
    ];
    FetchRequest {
        url,
        method: Some(method.into()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: (method == "POST").then(|| "the body".to_owned()),
        redirect: None,
    }
}

async fn fetch(method: &str, url: String) -> Result<FetchResponse, String> {
    fetcher().fetch(request(method, url), &[], &FetchOwner::default()).await
}

#[tokio::test]
async fn a_redirect_to_another_origin_carries_nothing_secret_there() {
    for status in [301, 302, 303] {
        let last = Server::saying("there").await;
        let first = Server::redirecting(status, &last.url()).await;
        assert_eq!(fetch("POST", first.url()).await.unwrap().body, "there");
        let sent = first.received();
        assert!(sent.contains("Bearer secret") && sent.ends_with("the body"), "{sent}");
        let carried = last.received();
        assert!(carried.starts_with("GET ") && carried.contains("text/plain"), "{carried}");
        assert!(!carried.contains("secret") && !carried.contains("the body"), "{carried}");
    }
}

#[tokio::test]
async fn a_redirect_that_would_repeat_the_body_elsewhere_is_not_followed() {
    for status in [307, 308] {
        let last = Server::saying("there").await;
        let first = Server::redirecting(status, &last.url()).await;
        let error = fetch("POST", first.url()).await.unwrap_err();
        assert!(error.contains("the body would go there"), "{error}");
        assert_eq!(lock(&last.received).len(), 0);
        // Without a body it is, and not as the first host is called by another name.
        assert_eq!(fetch("GET", first.url().replace("127.0.0.1", "localhost")).await.unwrap().body, "there");
        assert!(!last.received().contains("secret"));
    }
}

#[tokio::test]
async fn a_redirect_within_an_origin_carries_everything_and_head_stays_head() {
    let server = Server::redirecting(303, "/again").await;
    let error = fetch("HEAD", server.url()).await.unwrap_err();
    assert_eq!(error, "more than 5 redirects");
    let received = lock(&server.received);
    assert_eq!(received.len(), 6);
    assert!(received.iter().all(|request| request.starts_with("HEAD ") && request.contains("Bearer secret")));
}

#[tokio::test]
async fn private_addresses_are_not_reached_by_name_or_by_redirect() {
    struct Loopback;
    #[async_trait]
    impl Names for Loopback {
        async fn look_up(&self, _: &str) -> std::io::Result<Vec<SocketAddr>> {
            Ok(vec![([127, 0, 0, 1], 0).into()])
        }
    }
    let server = Server::saying("inside").await;
    let fetcher = Fetcher::with_names(FetchPolicy::default(), Arc::new(Loopback)).unwrap();
    let url = format!("http://inside.example:{}/", server.port);
    let error = fetcher.fetch(request("GET", url), &[], &FetchOwner::default()).await.unwrap_err();
    assert!(error.contains("private address"), "{error}");
    assert_eq!(lock(&server.received).len(), 0);
    // What a redirect names is checked as what the code names.
    let allowed = ["127.0.0.1".to_owned()];
    let server = Server::redirecting(302, "http://169.254.169.254/latest").await;
    let error = super::tests::fetcher()
        .fetch(request("GET", server.url()), &allowed, &FetchOwner::default())
        .await
        .unwrap_err();
    assert!(error.contains("not among the allowed hosts"), "{error}");
}

#[tokio::test]
async fn an_answer_has_at_most_a_mebibyte() {
    let fits = Server::saying(&"x".repeat(MAX_RESPONSE)).await;
    assert_eq!(fetch("GET", fits.url()).await.unwrap().body.len(), MAX_RESPONSE);
    let too_long = Server::saying(&"x".repeat(MAX_RESPONSE + 1)).await;
    assert_eq!(fetch("GET", too_long.url()).await.unwrap_err(), "the answer is larger than 1024 KiB");
}

/// Name servers that never answer; counts who waits for them.
#[derive(Default)]
struct Dead {
    waiting: AtomicUsize,
}

#[async_trait]
impl Names for Dead {
    async fn look_up(&self, _: &str) -> std::io::Result<Vec<SocketAddr>> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn look_ups_that_are_not_answered_take_a_bounded_number_of_threads() {
    let dead = Arc::new(Dead::default());
    let fetcher = Fetcher::with_names(FetchPolicy::default(), dead.clone()).unwrap();
    let fetch = |owner: FetchOwner, at: usize| {
        let request = request("GET", format!("http://host{at}.example/"));
        let fetcher = &fetcher;
        async move { fetcher.fetch(request, &[], &owner).await.unwrap_err() }
    };
    let one = FetchOwner::default();
    for error in futures::future::join_all((0..100).map(|at| fetch(one.clone(), at))).await {
        assert!(error.contains("was not found in time"), "{error}");
    }
    // Given up, but the threads are still there.
    assert_eq!(dead.waiting.load(Ordering::SeqCst), 4);
    let others = (0..20).flat_map(|_| vec![FetchOwner::default(); 4]).enumerate();
    futures::future::join_all(others.map(|(at, owner)| fetch(owner, at))).await;
    assert_eq!(dead.waiting.load(Ordering::SeqCst), 16);
}
