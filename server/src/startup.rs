//! Builds the server from its settings, and runs it.

mod descriptors;
mod error;
mod file_size;
mod key;
mod listener;
mod prune;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use auth::{Auth, AuthOptions, HashParams};
use delivery::mail::{Mailer, RetrySchedule, SmtpConfig};
use hooks::{FetchPolicy, Hooks};
use manage::{ClockWatch, Instance, Manage};
use script::{Sandbox, SandboxConfig};
use store::{Claim, Clock, Db, SystemClock, private};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::error::StartError;
use crate::{
    config::Config,
    http::{self, AppState, Services},
    site::Site,
};

/// The services, ready to be served.
pub struct Server {
    app: AppState,
    mailer: Arc<Mailer>,
    clock_watch: ClockWatch,
    claim: Claim,
}

/// What the person who starts the server should know.
#[derive(Debug)]
pub struct Welcome {
    /// Opens the page that makes the first administrator; none: there is one.
    pub setup_token: Option<String>,
    /// Whether requests that name no project find one.
    pub has_default_project: bool,
}

impl Server {
    /// Builds every service and loads what is deployed.
    ///
    /// # Errors
    /// When the database does not answer or a key, a setting or the sandbox is of no use.
    pub async fn build(mut config: Config) -> Result<Self, StartError> {
        descriptors::fit(&mut config);
        file_size::survive_limit();
        let db = attach(&config).await?;
        // Before the migrations, which could change the schema under the server that has the database.
        let claim = db.claim()?;
        db.migrate().await?;
        let vault = key::vault(&config, &db).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mailer = Arc::new(Mailer::new(db.clone(), clock.clone(), smtp(&config)?));
        let auth = Auth::new(db.clone(), vault.clone(), clock.clone(), mailer.clone(), auth_options(&config));
        let hooks = Hooks::new(
            db.clone(),
            Sandbox::new(sandbox_config(&config))?,
            clock.clone(),
            vault.clone(),
            mailer.clone(),
            FetchPolicy { allow_private: config.hooks.allow_private_addresses, ..FetchPolicy::default() },
        )?;
        hooks.set_token_signer(Arc::new(auth.clone()));
        hooks.reload().await?;
        let manage = Manage::new(
            db.clone(),
            clock.clone(),
            vault,
            hooks.clone(),
            auth.clone(),
            config.server.base().to_owned(),
        );
        // Before anything is written with a clock that may be wrong.
        let clock_watch = manage.clock_watch(prune::uptime()).await?;
        let services = Services {
            config,
            db,
            clock,
            hooks,
            auth,
            manage,
            site: Site::of_build(),
            documentation: http::documentation(),
        };
        Ok(Self { app: AppState::new(services), mailer, clock_watch, claim })
    }

    /// The services.
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// First start: the demo project, the administrator of the settings or else the token of the one-time link.
    ///
    /// # Errors
    /// When the administrator of the settings cannot be made.
    pub async fn prepare(&self) -> Result<Welcome, StartError> {
        let manage = self.app.manage();
        manage.seed_demo().await?;
        if let Some((email, password)) = self.app.config().admin.credentials()
            && manage.setup_state().await?.needs_setup
        {
            manage.create_admin(email, email, password).await?;
        }
        let setup_token = manage.setup_token().await?;
        Ok(Welcome { setup_token, has_default_project: self.app.hooks().default_project().is_some() })
    }

    /// Serves on `listener` in the background, with the workers.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start(self, listener: TcpListener) -> Result<Running, StartError> {
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let shutdown = CancellationToken::new();
        let tasks = TaskTracker::new();
        let config = self.app.config();
        let watch = Duration::from_secs(config.hooks.watch_seconds);
        let prune_every = Duration::from_secs(config.retention.prune_minutes * 60);

        tasks.spawn(self.mailer.clone().run(shutdown.clone()));
        let hooks = self.app.hooks().clone();
        let stop = shutdown.clone();
        tasks.spawn(async move { hooks.watch(watch, stop).await });
        tasks.spawn(prune::every(prune_every, self.app.clone(), self.clock_watch, shutdown.clone()));

        let (router, stop, connections) = (http::router(self.app.clone()), shutdown.clone(), tasks.clone());
        let config = config.server.clone();
        tasks.spawn(async move { listener::serve(listener, router, &config, connections, stop).await });
        tasks.close();
        Ok(Running { app: self.app, address, shutdown, tasks, _claim: self.claim })
    }
}

/// A server that serves.
pub struct Running {
    app: AppState,
    address: SocketAddr,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    /// Given up last, when nothing is written any more.
    _claim: Claim,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The services.
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// Takes no more requests, lets those that run end (for as long as the settings say), and writes what is queued.
    pub async fn stop(self) {
        self.shutdown.cancel();
        let patience = Duration::from_secs(self.app.config().server.shutdown_seconds);
        let served = async {
            self.tasks.wait().await;
            // Those whose client has hung up, too: cut, they would lose their after-hooks and records.
            self.app.auth().idle().await;
        };
        if tokio::time::timeout(patience, served).await.is_err() {
            tracing::warn!("server.shutdown.cut_short");
        }
        close(&self.app).await;
    }
}

/// Connects to the database and brings its schema up to date.
///
/// # Errors
/// When the data folder cannot be made, the database does not answer, or a migration fails.
pub async fn connect(config: &Config) -> Result<Db, StartError> {
    let db = attach(config).await?;
    db.migrate().await?;
    Ok(db)
}

/// Connects to the database, which is made if it is missing.
async fn attach(config: &Config) -> Result<Db, StartError> {
    private::make_folder(&config.data_dir)
        .map_err(|source| StartError::DataDir { folder: config.data_dir.display().to_string(), source })?;
    Ok(Db::connect(&config.database_url(), &config.database.options()).await?)
}

/// Connects to the database as it is: nothing is made and nothing migrated, since the server may be running, and its
/// program may be an older one.
///
/// # Errors
/// When there is no such database, or it does not answer.
pub async fn open(config: &Config) -> Result<Db, StartError> {
    let options = store::Options { create: false, ..config.database.options() };
    Ok(Db::connect(&config.database_url(), &options).await?)
}

/// What the command line needs of the services: no hooks and no sandbox, so that it is a way in when those do not work.
///
/// # Errors
/// When the key is missing or wrong, or the database does not answer.
pub async fn instance(config: &Config, db: &Db) -> Result<Instance, StartError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mailer = Arc::new(Mailer::new(db.clone(), clock.clone(), None));
    let auth =
        Auth::new(db.clone(), key::vault(config, db).await?, clock.clone(), mailer, auth_options(config));
    Ok(Instance::new(db.clone(), clock, auth))
}

async fn close(app: &AppState) {
    app.hooks().shut_down().await;
    app.db().close().await;
}

fn smtp(config: &Config) -> Result<Option<SmtpConfig>, StartError> {
    let url = config.mail.smtp_url.reveal();
    if url.is_empty() {
        return Ok(None);
    }
    let mut smtp = SmtpConfig::from_url(url)?;
    smtp.retry = RetrySchedule(config.mail.retry_schedule_seconds.clone());
    Ok(Some(smtp))
}

fn auth_options(config: &Config) -> AuthOptions {
    let defaults = AuthOptions::default();
    let hash = HashParams {
        memory_kib: config.auth.argon2_memory_kib,
        iterations: config.auth.argon2_iterations,
        parallelism: config.auth.argon2_parallelism,
    };
    let hash_threads =
        if config.auth.hash_threads == 0 { defaults.hash_threads } else { config.auth.hash_threads };
    AuthOptions { base_url: config.server.base().to_owned(), hash, hash_threads, ..defaults }
}

fn sandbox_config(config: &Config) -> SandboxConfig {
    let defaults = SandboxConfig::default();
    SandboxConfig {
        slots: config.hooks.slots,
        instances: config.hooks.instances,
        scan: config.hooks.page_scan,
        per_tenant: config.hooks.slots_per_project,
        queue_timeout: Duration::from_millis(config.hooks.queue_timeout_ms),
        threads: if config.hooks.threads == 0 { defaults.threads } else { config.hooks.threads },
    }
}
