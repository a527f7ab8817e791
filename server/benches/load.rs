//! Measures a running server over HTTP on 127.0.0.1: `cargo bench -p hookwright --bench load`.
//!
//! Prints one figure a line and asserts nothing. `BENCH_PROJECTS` sets how many projects the memory figure
//! has (100; the target in the plan is 1000).

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]

use std::{
    error::Error,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

type Outcome<T> = Result<T, Box<dyn Error>>;

const HOOK: &str = "export async function onExecuteCredentialsExchange(event, api) {
  api.accessToken.setCustomClaim('plan', event.user.app_metadata.plan ?? 'free');
}";

/// A server process with a data folder of its own.
struct Server {
    process: Child,
    base: String,
    key: String,
    client: Client,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    async fn start() -> Outcome<(Self, Duration)> {
        let folder = tempfile::tempdir()?;
        let binary = env!("CARGO_BIN_EXE_hookwright");
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let base = format!("http://127.0.0.1:{port}");
        let command = |args: &[&str]| {
            let mut command = Command::new(binary);
            command
                .args(args)
                // Cargo's own variables would look like settings.
                .env_clear()
                .env("HOOKWRIGHT_DATA_DIR", folder.path())
                .env("HOOKWRIGHT_LISTEN", format!("127.0.0.1:{port}"))
                .env("HOOKWRIGHT_BASE_URL", &base)
                .env("HOOKWRIGHT_ADMIN_EMAIL", "bench@example.com")
                .env("HOOKWRIGHT_ADMIN_PASSWORD", "bench bench bench")
                .env("HOOKWRIGHT_LOG", "warn");
            command
        };
        let client = Client::builder().no_proxy().pool_max_idle_per_host(32).build()?;
        // The first start makes the data folder, the second is measured.
        let mut first = command(&["serve"]).stdout(Stdio::null()).spawn()?;
        wait(&client, &base).await?;
        first.kill()?;
        first.wait()?;
        let key = command(&["token", "create", "--name", "bench"]).output()?;
        let key = String::from_utf8(key.stdout)?;
        let key = key
            .split_whitespace()
            .find(|word| word.starts_with("hwk_"))
            .ok_or("no key was printed")?
            .to_owned();
        let started = Instant::now();
        let process = command(&["serve"]).stdout(Stdio::null()).spawn()?;
        wait(&client, &base).await?;
        let cold = started.elapsed();
        Ok((Self { process, base, key, client, _folder: folder }, cold))
    }

    async fn api(&self, project: &str, method: &str, path: &str, body: Value) -> Outcome<Value> {
        let request = self
            .client
            .request(method.parse()?, format!("{}/p/{project}/api/v2{path}", self.base))
            .bearer_auth(&self.key)
            .json(&body);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{method} {path}: {status} {text}").into());
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    async fn auth(&self, path: &str, body: Value) -> Outcome<(u16, Value)> {
        let answer = self.client.post(format!("{}/auth{path}", self.base)).json(&body).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await?))
    }

    async fn hook(&self, project: &str, trigger: &str, source: &str) -> Outcome<String> {
        let body = json!({"trigger": trigger, "language": "javascript", "source": source});
        let hook = self.api(project, "POST", "/hooks", body).await?;
        let id = hook["id"].as_str().ok_or("no id")?.to_owned();
        self.api(project, "POST", &format!("/hooks/{id}/deploy"), json!({})).await?;
        Ok(id)
    }

    /// Resident memory: all of it, and the part that is not a view of a file.
    fn memory(&self) -> Outcome<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let mib = |name: &str| -> Outcome<f64> {
            let line = status.lines().find(|line| line.starts_with(name)).ok_or(format!("no {name}"))?;
            Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse::<f64>()? / 1024.0)
        };
        let own = mib("RssAnon")? + mib("RssShmem")?;
        Ok(format!("{:.1} MiB ({own:.1} without mapped files)", mib("VmRSS")?))
    }
}

async fn wait(client: &Client, base: &str) -> Outcome<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match client.get(format!("{base}/readyz")).send().await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            _ if Instant::now() > deadline => return Err("the server did not start".into()),
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}

fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank"
    )]
    let rank = ((times.len() as f64 - 1.0) * share) as usize;
    times.get(rank).copied().unwrap_or_default()
}

fn line(what: &str, figure: impl std::fmt::Display) {
    println!("{what:<64} {figure}");
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (server, cold) = Server::start().await?;
    line("cold start to the first 200", format!("{cold:.1?}"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    line("memory, idle", server.memory()?);

    // Deploy → first live request that runs the new version.
    let id = server.hook("demo", "credentials-exchange", HOOK).await?;
    let (_, user) = server
        .auth("/register", json!({"email": "bench@acme.example", "password": "correct horse battery"}))
        .await?;
    let mut token = user["refresh_token"].as_str().ok_or("no refresh token")?.to_owned();
    let access = user["access_token"].as_str().ok_or("no access token")?.to_owned();
    let (mut times, mut warm) = (Vec::new(), Vec::new());
    for version in 0..20 {
        let revision =
            server.api("demo", "GET", &format!("/hooks/{id}"), Value::Null).await?["draft"]["revision"]
                .clone();
        let source = HOOK.replace("'free'", &format!("'v{version}'"));
        server
            .api(
                "demo",
                "PUT",
                &format!("/hooks/{id}/draft"),
                json!({"source": source, "revision": revision}),
            )
            .await?;
        server.api("demo", "POST", &format!("/hooks/{id}/deploy"), json!({})).await?;
        for times in [&mut times, &mut warm] {
            let started = Instant::now();
            let (status, body) = server.auth("/refresh", json!({"refresh_token": token})).await?;
            times.push(started.elapsed());
            token = body["refresh_token"].as_str().ok_or(format!("refresh answered {status}"))?.to_owned();
        }
    }
    line("deploy answered → first live request done, median", format!("{:.1?}", quantile(&mut times, 0.5)));
    line("  the request after that", format!("{:.1?}", quantile(&mut warm, 0.5)));

    // A dry run of register, whose hash is the larger part: both are shown.
    let mut dry = Vec::new();
    for index in 0..20 {
        let body = json!({"mode": "dry_run", "body": {"email": format!("d{index}@acme.example"), "password": "correct horse battery"}});
        let result = server.api("demo", "POST", "/endpoints/register/test", body).await?;
        let core =
            result["steps"].as_array().into_iter().flatten().find(|step| step["label"] == "Create the user");
        let core = core.and_then(|step| step["duration_us"].as_u64()).unwrap_or_default();
        dry.push((
            Duration::from_micros(result["duration_us"].as_u64().unwrap_or_default()),
            Duration::from_micros(core),
        ));
    }
    let mut whole: Vec<_> = dry.iter().map(|(all, _)| *all).collect();
    let mut rest: Vec<_> = dry.iter().map(|(all, core)| all.saturating_sub(*core)).collect();
    line("dry run of register, median", format!("{:.1?}", quantile(&mut whole, 0.5)));
    line("  without “Create the user” (hash and transaction)", format!("{:.1?}", quantile(&mut rest, 0.5)));

    for connections in [1_usize, 16] {
        let started = Instant::now();
        let each = 400 / connections;
        let workers = (0..connections).map(|_| async {
            for _ in 0..each {
                let request = server.client.get(format!("{}/auth/me", server.base)).bearer_auth(&access);
                if let Ok(answer) = request.send().await {
                    let _ = answer.bytes().await;
                }
            }
        });
        join_all(workers).await;
        let rate = (each * connections) as f64 / started.elapsed().as_secs_f64();
        line(&format!("GET /auth/me, {connections} connections"), format!("{rate:.0} req/s"));
    }
    for connections in [1_usize, 16] {
        let mut tokens = Vec::new();
        for _ in 0..connections {
            let (_, body) = server
                .auth("/login", json!({"email": "bench@acme.example", "password": "correct horse battery"}))
                .await?;
            tokens.push(body["refresh_token"].as_str().ok_or("no refresh token")?.to_owned());
        }
        let each = 320 / connections;
        let started = Instant::now();
        let workers = tokens.into_iter().map(|mut token| {
            let server = &server;
            async move {
                for _ in 0..each {
                    let Ok((_, body)) = server.auth("/refresh", json!({"refresh_token": token})).await else {
                        return;
                    };
                    let Some(next) = body["refresh_token"].as_str() else { return };
                    token = next.to_owned();
                }
            }
        });
        join_all(workers).await;
        let rate = (each * connections) as f64 / started.elapsed().as_secs_f64();
        line(
            &format!("POST /auth/refresh with a hook, {connections} connections"),
            format!("{rate:.0} req/s"),
        );
    }

    let projects: usize = std::env::var("BENCH_PROJECTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    line("memory, after all this", server.memory()?);
    let slug = |index: usize| format!("bench-{index}");
    for index in 0..projects {
        server.api("demo", "POST", "/projects", json!({"name": slug(index), "slug": slug(index)})).await?;
        server.hook(&slug(index), "credentials-exchange", HOOK).await?;
    }
    line(&format!("memory, {projects} more projects with a deployed hook each"), server.memory()?);
    for index in 0..projects {
        let body = json!({"email": "bench@acme.example", "password": "correct horse battery"});
        let url = format!("{}/p/{}/auth/register", server.base, slug(index));
        server.client.post(url).json(&body).send().await?.error_for_status()?;
    }
    // What was freed is given back after a while.
    tokio::time::sleep(Duration::from_secs(3)).await;
    line("memory, each of them called once", server.memory()?);
    Ok(())
}
