//! `hookwright admin …`.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::bail;
use clap::Subcommand;

use super::print;
use crate::{
    config::Config,
    startup::{connect, instance, open},
};

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
    /// List the administrators.
    List,
    /// Give an administrator another password, asked for as in `create`, and end all its sign-ins.
    Password {
        /// E-mail address of the administrator.
        #[arg(long)]
        email: String,
        #[arg(long, env = VARIABLE, hide = true, hide_env_values = true)]
        password: Option<String>,
    },
    /// Remove an administrator and end all its sign-ins. The last one stays.
    Remove {
        /// E-mail address of the administrator.
        #[arg(long)]
        email: String,
    },
}

impl AdminCommand {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        // An administrator can be made before the first start; the rest is about what there is.
        let db = match self {
            Self::Create { .. } => connect(&config).await?,
            _ => open(&config).await?,
        };
        let instance = instance(&config, &db).await?;
        match self {
            Self::Create { email, name, password } => {
                let password = password.map_or_else(ask, Ok)?;
                let name = name.unwrap_or_else(|| email.clone());
                if !instance.create_admin(&email, &name, &password).await? {
                    bail!("there is an administrator {email} already; `admin password` changes its password");
                }
                print(&format!("{email} can sign in to the console now."))?;
            }
            Self::List => {
                for admin in instance.admins().await? {
                    print(&format!("{}\t{}", admin.email, admin.name))?;
                }
            }
            Self::Password { email, password } => {
                let password = password.map_or_else(ask, Ok)?;
                instance.set_admin_password(&email, &password).await?;
                print(&format!("{email} has a new password and has to sign in again."))?;
            }
            Self::Remove { email } => {
                instance.remove_admin(&email).await?;
                print(&format!("{email} is no administrator any more."))?;
            }
        }
        db.close().await;
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
