//! `hookwright admin …`.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::bail;
use clap::Subcommand;

use super::print;
use crate::{config::Config, startup::Server};

/// Variable that holds the new administrator's password.
const VARIABLE: &str = "HOOKWRIGHT_PASSWORD";

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make an administrator. The password comes from HOOKWRIGHT_PASSWORD, else from the terminal or standard input.
    Create {
        /// E-mail address to sign in with.
        #[arg(long)]
        email: String,
        /// Name for people [default: the address].
        #[arg(long)]
        name: Option<String>,
        #[arg(long, env = VARIABLE, hide = true, hide_env_values = true)]
        password: Option<String>,
    },
}

impl AdminCommand {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Create { email, name, password } = self;
        let password = password.map_or_else(ask, Ok)?;
        let name = name.unwrap_or_else(|| email.clone());
        let server = Server::build(config).await?;
        let made = server.app().manage().create_admin(&email, &name, &password).await?;
        server.close().await;
        if !made {
            bail!("there is an administrator {email} already");
        }
        print(&format!("{email} can sign in to the console now."))?;
        Ok(())
    }
}

fn ask() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("Password: ")?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
