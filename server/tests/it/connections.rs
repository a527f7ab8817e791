//! Connections that wait, and how many there may be: with real sockets.

use std::{
    net::SocketAddr,
    process::{Child, Command},
    time::Duration,
};

use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::app::TestApp;

/// Longer than any wait here; a test that comes to it has failed.
const PATIENCE: Duration = Duration::from_secs(60);
const HALF_HEAD: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n";
const WHOLE_HEAD: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("connected")
}

async fn half(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address).await;
    stream.write_all(HALF_HEAD).await.expect("sent");
    stream
}

/// Sends a whole request and reads its answer.
async fn asked(stream: &mut TcpStream) -> String {
    stream.write_all(WHOLE_HEAD).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"{\"status\":\"alive\"}") {
        let mut part = [0; 1024];
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut part)).await.expect("in time");
        let read = read.expect("an answer");
        assert!(read > 0, "closed after {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads the head of a request.
async fn requested(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a request"));
    }
}

/// Waits until the server closes a connection.
async fn closed(stream: &mut TcpStream) {
    let mut rest = [0; 1024];
    loop {
        match tokio::time::timeout(PATIENCE, stream.read(&mut rest)).await.expect("closed in time") {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed_and_an_idle_one_stays_longer() {
    let variables = [("HOOKWRIGHT_HEAD_TIMEOUT_SECONDS", "1"), ("HOOKWRIGHT_IDLE_TIMEOUT_SECONDS", "3600")];
    let app = TestApp::start_with(&variables).await;
    let address = app.running.address();
    let mut idle = connect(address).await;
    asked(&mut idle).await;
    closed(&mut connect(address).await).await;
    closed(&mut half(address).await).await;

    // The time runs from the first byte of a head: the next one of a connection has as much as the first.
    let mut second = connect(address).await;
    asked(&mut second).await;
    second.write_all(HALF_HEAD).await.expect("sent");
    closed(&mut second).await;

    // A head that comes byte by byte gains nothing.
    let mut slow = connect(address).await;
    let drip = async {
        for byte in HALF_HEAD.iter().cycle() {
            if slow.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, drip).await.expect("closed in time");
    asked(&mut idle).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_the_end() {
    let app = TestApp::start_with(&[("HOOKWRIGHT_IDLE_TIMEOUT_SECONDS", "1")]).await;
    let mut idle = connect(app.running.address()).await;
    asked(&mut idle).await;
    closed(&mut idle).await;
}

#[tokio::test]
async fn a_request_that_runs_is_not_cut_by_the_bounds_of_waiting() {
    let variables = [
        ("HOOKWRIGHT_HEAD_TIMEOUT_SECONDS", "1"),
        ("HOOKWRIGHT_IDLE_TIMEOUT_SECONDS", "1"),
        ("HOOKWRIGHT_ALLOW_PRIVATE_ADDRESSES", "true"),
    ];
    let app = TestApp::start_with(&variables).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let slow = listener.local_addr().expect("an address");
    let source = format!("export async function beforeSignup() {{ await fetch('http://{slow}/'); }}");
    let hook = app.live("beforeSignup", &source).await;
    let mut settings = app.read(&format!("/hooks/{hook}")).await["settings"].clone();
    settings["wall_ms"] = json!(30_000);
    app.api(Method::PATCH, &format!("/hooks/{hook}"), json!({"settings": settings})).await.expect(200);
    let serve = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        requested(&mut stream).await;
        // Longer than both bounds.
        closed(&mut half(app.running.address()).await).await;
        closed(&mut half(app.running.address()).await).await;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("answered");
    };
    let (reply, ()) = tokio::join!(app.register("a@work.example"), serve);
    reply.expect(201);
}

#[tokio::test]
async fn when_all_places_are_taken_the_one_that_waited_longest_makes_room() {
    let app = TestApp::start_with(&[("HOOKWRIGHT_MAX_CONNECTIONS", "16")]).await;
    let address = app.running.address();
    let mut waiting = Vec::new();
    for _ in 0..64 {
        waiting.push(half(address).await);
        let mut other = connect(address).await;
        assert!(asked(&mut other).await.starts_with("HTTP/1.1 200"));
    }
    closed(&mut waiting[0]).await;
    // A half head that was not closed is still good.
    let last = waiting.last_mut().expect("one");
    last.write_all(b"\r\n").await.expect("sent");
    let mut answer = [0; 12];
    let read = tokio::time::timeout(PATIENCE, last.read_exact(&mut answer)).await;
    read.expect("in time").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn stopping_closes_connections_that_wait_at_once_and_lets_a_request_end() {
    let variables = [("HOOKWRIGHT_SHUTDOWN_SECONDS", "600"), ("HOOKWRIGHT_ALLOW_PRIVATE_ADDRESSES", "true")];
    let app = TestApp::start_with(&variables).await;
    let address = app.running.address();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let slow = listener.local_addr().expect("an address");
    let source = format!(
        "export async function beforeSignup() {{ await fetch('http://{slow}/').catch((e) => {{ throw new Error(String(e)); }}); }}"
    );
    let hook = app.live("beforeSignup", &source).await;
    let mut settings = app.read(&format!("/hooks/{hook}")).await["settings"].clone();
    settings["wall_ms"] = json!(30_000);
    app.api(Method::PATCH, &format!("/hooks/{hook}"), json!({"settings": settings})).await.expect(200);

    let (mut fresh, mut half, mut idle) =
        (connect(address).await, half(address).await, connect(address).await);
    asked(&mut idle).await;
    let mut second = connect(address).await;
    asked(&mut second).await;
    second.write_all(HALF_HEAD).await.expect("sent");

    let TestApp { running, base, client, .. } = app;
    let body = json!({"email": "a@work.example", "password": crate::app::PASSWORD});
    let register = client.post(format!("{base}/p/acme/auth/register")).json(&body).send();
    let stop = async {
        let (mut stream, _) = listener.accept().await.expect("the hook's connection");
        requested(&mut stream).await;
        let answer = async {
            for stream in [&mut fresh, &mut half, &mut idle, &mut second] {
                closed(stream).await;
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("answered");
        };
        tokio::join!(running.stop(), answer);
    };
    let (reply, ()) = tokio::time::timeout(PATIENCE, async { tokio::join!(register, stop) })
        .await
        .expect("nothing is waited for but the request");
    let reply = reply.expect("an answer");
    assert_eq!(reply.status(), 201, "{:?}", reply.text().await);
}

/// A server as a program, with a limit of its file descriptors.
struct Program {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Program {
    fn start(descriptors: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("ulimit -n {descriptors}; exec \"$0\" serve")])
            .arg(env!("CARGO_BIN_EXE_hookwright"))
            .env_clear()
            .env("HOOKWRIGHT_DATA_DIR", folder.path())
            .current_dir(folder.path());
        let (child, address) = crate::storage::serve(&mut command);
        Self { child, address, _folder: folder }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

#[tokio::test]
async fn half_heads_do_not_use_up_the_descriptors() {
    let server = Program::start(256);
    let mut held = Vec::new();
    for _ in 0..240 {
        held.push(half(server.address).await);
    }
    for _ in 0..3 {
        let mut other = connect(server.address).await;
        assert!(asked(&mut other).await.starts_with("HTTP/1.1 200"));
        held.push(other);
    }
    // The database has descriptors too.
    let reply = reqwest::get(format!("http://{}/readyz", server.address)).await.expect("an answer");
    assert_eq!(reply.status(), 200);
}
