//! `hookwright token …`.

use anyhow::Context as _;
use clap::Subcommand;
use contract::manage::{CreateApiKey, Scope};
use manage::Actor;

use super::print;
use crate::{config::Config, startup::Server};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make an API key and print it. It cannot be shown again.
    Create {
        /// Name for people.
        #[arg(long)]
        name: String,
        /// Slug of the only project that the key opens [default: every project].
        #[arg(long)]
        project: Option<String>,
        /// What it may do, separated by commas, such as read:hooks,update:hooks [default: everything].
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        /// Days until it stops working [default: it does not].
        #[arg(long)]
        expires_in_days: Option<u32>,
    },
}

impl TokenCommand {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Create { name, project, scopes, expires_in_days } = self;
        let scopes: Vec<Scope> =
            scopes.iter().map(|scope| scope.trim().parse()).collect::<Result<_, _>>().context("--scopes")?;
        let request = CreateApiKey { name, scopes: (!scopes.is_empty()).then_some(scopes), expires_in_days };
        let server = Server::build(config).await?;
        let key = server.app().manage().create_api_key(&Actor::system(), project.as_deref(), request).await?;
        server.close().await;
        print(&key.token)?;
        Ok(())
    }
}
