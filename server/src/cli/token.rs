//! `hookwright token …`.

use anyhow::Context as _;
use clap::Subcommand;
use contract::{
    ids::ApiKeyId,
    manage::{ApiKey, CreateApiKey, Scope},
};
use manage::Actor;

use super::print;
use crate::{
    config::Config,
    startup::{connect, instance, open},
};

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
    /// List the API keys that work, with the ids that `revoke` takes.
    List {
        /// Slug of the project whose keys are listed [default: the keys that open every project].
        #[arg(long)]
        project: Option<String>,
    },
    /// End an API key at once.
    Revoke {
        /// Its id.
        id: ApiKeyId,
        /// Slug of the only project that the key opens [default: it opens every project].
        #[arg(long)]
        project: Option<String>,
    },
}

impl TokenCommand {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let actor = Actor::system();
        // A key can be made before the first start; the rest is about what there is.
        let db = match self {
            Self::Create { .. } => connect(&config).await?,
            _ => open(&config).await?,
        };
        let instance = instance(&config, &db).await?;
        match self {
            Self::Create { name, project, scopes, expires_in_days } => {
                let scopes: Vec<Scope> = scopes
                    .iter()
                    .map(|scope| scope.trim().parse())
                    .collect::<Result<_, _>>()
                    .context("--scopes")?;
                let scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes };
                let request = CreateApiKey { name, scopes, expires_in_days };
                print(&instance.create_api_key(&actor, project.as_deref(), request).await?.token)?;
            }
            Self::List { project } => {
                for key in instance.api_keys(&actor, project.as_deref()).await? {
                    print(&line(&key))?;
                }
            }
            Self::Revoke { id, project } => {
                instance.revoke_api_key(&actor, project.as_deref(), &id).await?;
                print("The key opens nothing any more.")?;
            }
        }
        db.close().await;
        Ok(())
    }
}

/// Id, first characters, name, scopes; by the first characters a key is found again that somebody has seen somewhere.
fn line(key: &ApiKey) -> String {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let used = if key.last_used_at.is_some() { "used" } else { "never used" };
    let ends = if key.expires_at.is_some() { "expires" } else { "does not expire" };
    format!("{}\t{}…\t{}\t{used}, {ends}\t{}", key.id, key.prefix, key.name, scopes.join(","))
}
