//! A server of this machine that answers as a test says.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::capture::lock;

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Received {
    /// Number of the connection that it came on.
    pub(super) connection: usize,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Received {
    /// The value of a header; names are in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Gives the bytes of an answer; without any the server closes the connection.
type Answer = dyn Fn(&Received) -> Option<Vec<u8>> + Send + Sync;

pub(super) struct Server {
    pub(super) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(super) async fn serving(
        answer: impl Fn(&Received) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let (keep, answer) = (Arc::clone(&received), Arc::new(answer));
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                tokio::spawn(serve(stream, connection, Arc::clone(&keep), answer.clone()));
            }
        });
        Self { port, received }
    }

    /// Answers every request with this text.
    pub(super) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::serving(move |_| Some(answer.clone())).await
    }

    /// Answers with this body.
    pub(super) async fn saying(body: impl AsRef<[u8]>) -> Self {
        Self::answering(ok("", body.as_ref())).await
    }

    pub(super) async fn redirecting(status: u16, to: &str) -> Self {
        Self::answering(format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"))
            .await
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn all(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }

    /// The one request that it received.
    #[track_caller]
    pub(super) fn received(&self) -> Received {
        let received = self.all();
        let [request] = &*received else { panic!("{} requests", received.len()) };
        request.clone()
    }
}

/// An answer with status 200.
pub(super) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

async fn serve(stream: TcpStream, connection: usize, keep: Arc<Mutex<Vec<Received>>>, answer: Arc<Answer>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream, connection).await {
        lock(&keep).push(request.clone());
        let Some(answer) = answer(&request) else { return };
        let last = String::from_utf8_lossy(&answer).contains("connection: close");
        // The client hangs up on answers that are too long.
        if stream.write_all(&answer).await.is_err() || last {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Received> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Received { connection, head, body })
}
