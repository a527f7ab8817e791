//! The data folder as operators and disks treat it, on the program itself.

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::PASSWORD;

/// A server in a process of its own; killed when this is dropped.
struct Program {
    child: Child,
    base: String,
    client: reqwest::Client,
}

/// The program in `data`, started by a shell that runs `before` first.
fn command(data: &Path, before: &str, arguments: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{before} exec \"$PROGRAM\" {arguments}")).current_dir(data);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("PROGRAM", env!("CARGO_BIN_EXE_hookwright")).env("HOOKWRIGHT_DATA_DIR", data.join("data"));
    command.env("HOOKWRIGHT_AUTH_ARGON2_MEMORY_KIB", "8").env("HOOKWRIGHT_AUTH_ARGON2_ITERATIONS", "1");
    command.env("HOOKWRIGHT_PASSWORD", PASSWORD);
    command
}

/// What the program says when it does not start.
#[track_caller]
fn refusal(mut command: Command) -> String {
    let output = command.env("HOOKWRIGHT_LISTEN", "127.0.0.1:0").output().expect("run");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    told
}

/// Starts a server on a free port and waits until it says that it is ready. Another program may take the port first: then
/// another one is tried.
pub(crate) fn serve(command: &mut Command) -> (Child, SocketAddr) {
    for _ in 0..5 {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        command.env("HOOKWRIGHT_LISTEN", address.to_string()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        if let Some(ready) = lines.next() {
            let ready = ready.expect("text");
            assert!(ready.contains("is ready"), "{ready}");
            // Kept open: the server writes more lines.
            std::thread::spawn(move || lines.count());
            return (child, address);
        }
        let _ended = child.wait().expect("its end");
    }
    panic!("no server has started");
}

impl Program {
    fn start(mut command: Command) -> Self {
        let (child, address) = serve(&mut command);
        Self { child, base: format!("http://{address}"), client: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn ready(&self) -> (u16, Value) {
        let answer = self.client.get(self.url("/readyz")).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn post(&self, path: &str, email: &str) -> StatusCode {
        let body = json!({"email": email, "password": PASSWORD});
        self.client.post(self.url(path)).json(&body).send().await.expect("an answer").status()
    }

    async fn register(&self, email: &str) -> u16 {
        self.post("/auth/register", email).await.as_u16()
    }

    async fn login(&self, email: &str) -> u16 {
        self.post("/auth/login", email).await.as_u16()
    }

    /// The largest file that the program may write, in bytes.
    #[cfg(target_os = "linux")]
    fn limit_files(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:");
        let pid = self.child.id().to_string();
        let done = Command::new("prlimit").args(["--pid", &pid, &limit]).status().expect("prlimit");
        assert!(done.success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn folder() -> tempfile::TempDir {
    crate::app::install_provider();
    tempfile::tempdir().expect("a folder")
}

/// A limit on the size of files is a disk that cannot be extended: SQLite reports an I/O error.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn n24_writes_go_on_when_a_disk_that_was_full_has_space_again() {
    let folder = folder();
    let program = Program::start(command(folder.path(), "", "serve"));
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let email = format!("before{round}@example.com");
        assert_eq!(program.register(&email).await, 201);
        acknowledged.push(email);
        assert_eq!(program.ready().await.0, 200);

        program.limit_files("1");
        for n in 0..3 {
            assert_eq!(program.register(&format!("full{round}-{n}@example.com")).await, 503);
        }
        let (status, body) = program.ready().await;
        assert_eq!((status, body["error"].as_str()), (503, Some("unavailable")), "{body}");

        program.limit_files("unlimited");
        assert_eq!(program.ready().await.0, 200);
        for n in 0..3 {
            // Nothing of the refused attempt is there.
            let email = format!("full{round}-{n}@example.com");
            assert_eq!(program.register(&email).await, 201);
            acknowledged.push(email);
        }
        for email in &acknowledged {
            assert_eq!(program.login(email).await, 200, "{email}");
        }
    }
}

#[tokio::test]
async fn a_deleted_database_is_not_ready() {
    let folder = folder();
    let program = Program::start(command(folder.path(), "", "serve"));
    assert_eq!(program.ready().await.0, 200);
    let database = folder.path().join("data/hookwright.db");
    std::fs::remove_file(&database).expect("removed");
    let (status, body) = program.ready().await;
    assert_eq!(status, 503);
    assert!(body["message"].as_str().is_some_and(|text| text.contains("deleted or replaced")), "{body}");
    assert_eq!(program.register("dana@example.com").await, 503);
    assert!(!database.exists(), "no empty one is made");
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_refused_and_other_commands_are_not() {
    let folder = folder();
    let program = Program::start(command(folder.path(), "", "serve"));
    let told = refusal(command(folder.path(), "", "serve"));
    assert!(told.contains("another server uses") && told.contains(&program.child.id().to_string()), "{told}");
    for arguments in [
        "backup copy.db",
        "migrate",
        "admin create --email dana@example.com",
        "admin list",
        "token create --name ci",
    ] {
        let output = command(folder.path(), "", arguments).output().expect("run");
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // Killed, as by a crash: the lock ends with the process.
    drop(program);
    let next = Program::start(command(folder.path(), "", "serve"));
    assert_eq!(next.ready().await.0, 200);
}

#[tokio::test]
async fn a_wrong_or_missing_key_keeps_the_server_from_starting() {
    let folder = folder();
    let program = Program::start(command(folder.path(), "", "serve"));
    assert_eq!(program.register("dana@example.com").await, 201);
    drop(program);
    let key = folder.path().join("data/secret.key");
    let right = std::fs::read_to_string(&key).expect("a key");
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let commands = ["serve", "admin list", "token create --name ci"];

    std::fs::remove_file(&key).expect("removed");
    for arguments in commands {
        let told = refusal(command(folder.path(), "", arguments));
        assert!(told.contains("secret.key") && told.contains("hookwright.db"), "{arguments}: {told}");
        assert!(!key.exists(), "no new key is made");
    }
    std::fs::write(&key, other).expect("written");
    for arguments in commands {
        let told = refusal(command(folder.path(), "", arguments));
        assert!(told.contains("secret.key") && told.contains("hookwright.db"), "{arguments}: {told}");
    }
    let mut wrong = command(folder.path(), "", "serve");
    wrong.env("HOOKWRIGHT_SECRET_KEY", other);
    let told = refusal(wrong);
    assert!(told.contains("HOOKWRIGHT_SECRET_KEY") && told.contains("hookwright.db"), "{told}");

    // The right key by either way.
    let mut given = command(folder.path(), "", "serve");
    given.env("HOOKWRIGHT_SECRET_KEY", right.trim());
    let program = Program::start(given);
    assert_eq!(program.login("dana@example.com").await, 200);
    drop(program);
    std::fs::write(&key, right).expect("written");
    let program = Program::start(command(folder.path(), "", "serve"));
    assert_eq!(program.login("dana@example.com").await, 200);
}

#[tokio::test]
async fn a_key_that_was_there_before_the_database_is_used() {
    let folder = folder();
    let key = folder.path().join("data/secret.key");
    std::fs::create_dir(folder.path().join("data")).expect("made");
    let given = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    std::fs::write(&key, given).expect("written");
    let program = Program::start(command(folder.path(), "", "serve"));
    assert_eq!(program.register("dana@example.com").await, 201);
    assert_eq!(std::fs::read_to_string(&key).expect("a key"), given);
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_its_owners_alone_under_every_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
    for umask in ["000", "022", "077"] {
        let folder = folder();
        let data = folder.path().join("data");
        let umask = format!("umask {umask};");
        let program = Program::start(command(folder.path(), &umask, "serve"));
        assert_eq!(program.register("dana@example.com").await, 201);
        let backup = command(folder.path(), &umask, "backup data/hookwright.copy").output().expect("run");
        assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
        assert_eq!(mode(&data), 0o700, "{umask}");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&data).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert_eq!(mode(&path), 0o600, "{umask} {}", path.display());
            names.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
        for name in ["hookwright.db", "hookwright.db-wal", "hookwright.db-shm", "secret.key"] {
            assert!(names.iter().any(|there| there == name), "{name} of {names:?}");
        }
        drop(program);

        // As an older version left them.
        for name in &names {
            let wide = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(data.join(name), wide).expect("changed");
        }
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("changed");
        let _program = Program::start(command(folder.path(), &umask, "serve"));
        assert_eq!(mode(&data), 0o700);
        for name in ["hookwright.db", "hookwright.db-wal", "hookwright.db-shm", "secret.key"] {
            assert_eq!(mode(&data.join(name)), 0o600, "{umask} {name}");
        }
    }
}
