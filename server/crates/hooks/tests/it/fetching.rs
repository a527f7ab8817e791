//! What hooks fetch, from their code to a server of this machine and back.

use std::sync::Arc;

use contract::{catalogue::triggers::Trigger, manage::HookSettings};
use delivery::mail::Mailer;
use hooks::{FetchPolicy, Hooks};
use serde_json::{Value, json};
use store::vault::Vault;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::world::*;

/// A world whose hooks reach this machine.
async fn world_with_network() -> World {
    let world = world().await;
    let policy = FetchPolicy { allow_private: true, ..FetchPolicy::default() };
    let mailer = Arc::new(Mailer::new(world.db.clone(), world.clock.clone(), None));
    let (db, clock) = (world.db.clone(), world.clock.clone());
    let hooks = Hooks::new(db, SANDBOX.clone(), clock, Vault::new([7; 32]), mailer, policy).unwrap();
    hooks.reload().await.unwrap();
    World { hooks, ..world }
}

/// A server that answers one request of eight bytes with eight bytes and several header lines of one name.
async fn server() -> (String, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let received = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
        while !request.ends_with(b"\x89PNG\0\x01\xfe\xff") {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "{request:?}");
            request.extend_from_slice(&buffer[..read]);
        }
        let head = "HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nlink: </a>\r\nlink: </b>\r\ncontent-length: 8\r\n\r\n";
        stream.write_all(&[head.as_bytes(), b"\xff\xfe\x01\0GNP\x89"].concat()).await.unwrap();
        request
    });
    (url, received)
}

#[tokio::test]
async fn n24_bytes_and_header_lines_pass_between_a_hook_and_a_server() {
    let world = world_with_network().await;
    let (url, received) = server().await;
    let source = format!(
        "export async function beforeSignup() {{
            const body = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 0xfe, 0xff]);
            const answer = await fetch('{url}', {{ method: 'POST', body, headers: {{ 'x-latin': 'caf\u{e9}' }} }});
            return {{ cookies: answer.headers.getSetCookie(), link: answer.headers.get('link'), bytes: [...await answer.bytes()] }};
        }}"
    );
    world.deploy(Trigger::PreUserRegistration, &source).await;
    let fired = world.fire().await;
    let request = received.await.unwrap();
    assert!(request.windows(15).any(|part| part == b"x-latin: caf\xe9\r\n"));
    let run = fired.run();
    assert_eq!(
        run.output,
        json!({"cookies": ["a=1", "b=2"], "link": "</a>, </b>", "bytes": [255, 254, 1, 0, 71, 78, 80, 137]})
    );
    let [call] = &*run.host_calls else { panic!("{:?}", run.host_calls) };
    assert_eq!(call.args[0]["body"], "(binary, 8 bytes)");
    assert_eq!(call.args[0]["headers"], json!({"x-latin": "caf\u{e9}"}));
    assert_eq!(
        (&call.result["body"], &call.result["headers"]["link"]),
        (&json!("(binary, 8 bytes)"), &json!(["</a>", "</b>"]))
    );
    assert_eq!(call.result["headers"]["set-cookie"], json!(["•••", "•••"]));
}

#[tokio::test]
async fn n24_a_password_in_a_url_is_refused_and_in_no_record() {
    let world = world_with_network().await;
    let source = "export async function beforeSignup() {
        const errors = [];
        for (const url of ['http://user:hunter2@127.0.0.1:1/', 'http://hunter2@127.0.0.1:1/', 'http://user:hunter2@a b/'])
            await fetch(url).catch((error) => errors.push(error.name));
        await fetch('http://user:hunter2@127.0.0.1:1/');
        return errors;
    }";
    world.deploy(Trigger::PreUserRegistration, source).await;
    let fired = world.fire().await;
    let run = fired.run();
    let error = run.error.as_ref().unwrap();
    assert_eq!((&*error.name, run.host_calls.len()), ("TypeError", 0));
    assert!(error.message.contains("must not hold a user name or password"), "{}", error.message);
    let record = serde_json::to_string(&run).unwrap();
    assert!(!record.contains("hunter2"), "{record}");
}

#[tokio::test]
async fn a_hosts_list_holds_for_every_form_of_a_request() {
    let world = world_with_network().await;
    let settings = HookSettings { allowed_hosts: vec!["api.example.com".into()], ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    let source = "export async function beforeSignup() {
        const seen = [];
        for (const input of ['http://127.0.0.1:1/', new URL('http://127.0.0.1:1/'), new Request('http://127.0.0.1:1/').clone()])
            seen.push(await fetch(input).catch((error) => error.message.includes('not among the allowed hosts')));
        return seen;
    }";
    world.redeploy(&hook, source).await;
    let fired = world.fire().await;
    assert_eq!(fired.run().output, Value::from(vec![true; 3]));
}
