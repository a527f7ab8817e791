//! A mail server on this machine that answers as told and writes down what it hears.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// What it was told: the lines of the client, those of the message included.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn heard(&self, start: &str) -> bool {
        self.lines().iter().any(|line| line.starts_with(start))
    }
}

/// Starts a server without TLS; gives its port. `answers` are the replies to a command, in place of the friendly one.
pub async fn start(answers: &[(&'static str, &'static str)]) -> (u16, Heard) {
    let answers: HashMap<_, _> = answers.iter().copied().collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let ears = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // One conversation at a time is enough. A client that hangs up has said what it wanted.
            let _ = talk(stream, &answers, &ears).await;
        }
    });
    (port, heard)
}

async fn talk(
    stream: TcpStream,
    answers: &HashMap<&'static str, &'static str>,
    heard: &Heard,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 test\r\n").await?;
    let mut in_message = false;
    while let Some(line) = lines.next_line().await? {
        heard.0.lock().unwrap().push(line.clone());
        if in_message && line != "." {
            continue;
        }
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let friendly = match verb.as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let answer = *answers.get(verb.as_str()).unwrap_or(&friendly);
        in_message = verb == "DATA" && answer.starts_with('3');
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
