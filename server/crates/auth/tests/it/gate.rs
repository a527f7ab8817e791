//! A place where a hook waits until the test lets it go on.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A server on this machine that answers when it is told to.
pub struct Gate {
    listener: TcpListener,
    url: String,
}

/// A hook that waits.
pub struct Waiting(TcpStream);

impl Gate {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        Self { listener, url }
    }

    /// The source of a hook with this handler that waits here.
    pub fn hook(&self, handler: &str) -> String {
        format!("export async function {handler}() {{ await fetch('{}'); }}", self.url)
    }

    /// The next hook that has come here.
    pub async fn arrival(&self) -> Waiting {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            assert!(stream.read_buf(&mut request).await.unwrap() > 0, "the request was cut");
        }
        Waiting(stream)
    }
}

impl Waiting {
    pub async fn release(mut self) {
        self.0.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
    }
}
