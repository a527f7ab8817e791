//! Requests to servers of this machine.

mod bodies;
mod connections;
mod headers;
mod redirects;
mod server;

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use self::server::{Server, ok};
use super::*;

fn fetcher() -> Fetcher {
    Fetcher::new(FetchPolicy { allow_private: true, ..FetchPolicy::default() }).unwrap()
}

fn request(method: &str, url: String) -> FetchRequest {
    let headers = [
        ("authorization", "Bearer secret"),
        ("cookie", "secret=1"),
        ("x-api-key", "secret"),
        ("accept", "text/plain"),
    ];
    FetchRequest {
        url,
        method: method.into(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: (method == "POST").then(|| Body::of(b"the body".into())),
        redirect: Redirect::Follow,
    }
}

async fn fetch(method: &str, url: String) -> Result<FetchResponse, String> {
    fetcher().fetch(request(method, url), &[], &FetchOwner::default()).await
}

fn bytes(response: FetchResponse) -> Vec<u8> {
    response.body.map(|body| body.into_bytes().unwrap()).unwrap_or_default()
}

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

#[test]
fn a_refused_url_is_named_without_its_password() {
    let fetcher = fetcher();
    for url in ["https://user:hunter2@a.example/", "https://hunter2@a.example/", "https://user:hunter2@a b/"]
    {
        let error = fetcher.check(url, &[]).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn methods_that_would_open_the_connection_to_something_else_are_refused() {
    for method in ["CONNECT", "TRACE", "track", "a b"] {
        let error = fetch(method, "http://127.0.0.1:8080/".into()).await.unwrap_err();
        assert!(error.contains("method"), "{error}");
    }
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
    assert_eq!(server.all().len(), 0);
    // What a redirect names is checked as what the code names.
    let allowed = ["127.0.0.1".to_owned()];
    let server = Server::redirecting(302, "http://169.254.169.254/latest").await;
    let error = super::tests::fetcher()
        .fetch(request("GET", server.url()), &allowed, &FetchOwner::default())
        .await
        .unwrap_err();
    assert!(error.contains("not among the allowed hosts"), "{error}");
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
    // The first one of each of 21 projects, and those that all share.
    assert_eq!(dead.waiting.load(Ordering::SeqCst), 21 + 16);
    let many = (0..1000).map(|at| fetch(FetchOwner::default(), at));
    futures::future::join_all(many).await;
    assert_eq!(dead.waiting.load(Ordering::SeqCst), 256);
}

#[tokio::test(start_paused = true)]
async fn projects_whose_look_ups_are_not_answered_keep_out_no_other() {
    /// Answers for one name only.
    struct OneAlive(Dead);
    #[async_trait]
    impl Names for OneAlive {
        async fn look_up(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
            if name == "alive.example" {
                return Ok(vec![([127, 0, 0, 1], 0).into()]);
            }
            self.0.look_up(name).await
        }
    }
    let names = Arc::new(OneAlive(Dead::default()));
    let fetcher = Fetcher::with_names(FetchPolicy::default(), names.clone()).unwrap();
    let fetch = |owner: FetchOwner, url: String| {
        let fetcher = &fetcher;
        async move { fetcher.fetch(request("GET", url), &[], &owner).await.unwrap_err() }
    };
    let hanging = (0..8).flat_map(|_| vec![FetchOwner::default(); 4]).enumerate();
    let hanging = hanging.map(|(at, owner)| fetch(owner, format!("http://host{at}.example/")));
    futures::future::join_all(hanging).await;
    assert_eq!(names.0.waiting.load(Ordering::SeqCst), 8 + 16);
    let fifth = FetchOwner::default();
    for _ in 0..3 {
        let error = fetch(fifth.clone(), "http://alive.example/".into()).await;
        // It was found: an address of this machine, which is refused.
        assert!(error.contains("private address"), "{error}");
    }
}
