//! `hookwright serve`.

use tokio::net::TcpListener;

use super::print;
use crate::{config::Config, startup::Server};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", config.server.listen))?;
    let base = config.server.base().to_owned();
    let server = Server::build(config).await?;
    let welcome = server.prepare().await?;
    let running = server.start(listener)?;

    print(&format!("Hookwright {} is ready.", env!("CARGO_PKG_VERSION")))?;
    match &welcome.setup_token {
        Some(token) => {
            print(&format!(
                "  Make the first administrator (this link works once): {base}/console/setup?token={token}"
            ))?;
        }
        None => print(&format!("  Sign in to the console: {base}/console"))?,
    }
    if welcome.has_default_project {
        print(&format!(
            "  Try the demo project: curl -X POST {base}/auth/register -H 'content-type: application/json' \
             -d '{{\"email\":\"dana@example.com\",\"password\":\"correct horse battery\"}}'"
        ))?;
    }
    print(&format!("  API reference: {base}/api/reference"))?;

    stop_signal().await?;
    tracing::info!("server.shutdown.started");
    running.stop().await;
    Ok(())
}

/// Ends when the process is asked to stop.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
