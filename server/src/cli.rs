//! The command line. One file per command; `serve` is what runs without any.

mod admin;
mod backup;
mod serve;
mod token;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, LogConfig, LogFormat},
    http,
    startup::StartError,
};

/// The stack of a thread that serves requests. A page of the console is one deep value, whose making takes more than
/// the usual 2 MiB where nothing is optimised. Memory is only taken for what is used.
const THREAD_STACK: usize = 32 << 20;

/// Hookwright: a self-hosted auth server whose behaviour is changed by hooks.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = false)]
pub struct Cli {
    /// Settings file [default: hookwright.toml, if there is one].
    #[arg(long, short, global = true, env = "HOOKWRIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Administrators of the console.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// API keys for the management API.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Write a consistent copy of the SQLite database while the server runs.
    Backup {
        /// File to write; it must not exist yet.
        file: PathBuf,
    },
    /// Print the OpenAPI description.
    Openapi,
    /// Print every setting with its default and what it does.
    Config,
}

impl Cli {
    /// Runs the command and says what went wrong in one line.
    pub fn run(self) -> ExitCode {
        match self.execute() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _closed = writeln!(std::io::stderr(), "hookwright: {error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn execute(self) -> anyhow::Result<()> {
        let command = self.command.unwrap_or(Command::Serve);
        if matches!(command, Command::Config) {
            return Ok(print(crate::config::DEFAULTS.trim_end())?);
        }
        let config = Config::load(self.config.as_deref(), std::env::vars())?;
        if matches!(command, Command::Openapi) {
            let document = http::documentation().openapi(config.server.base());
            return Ok(print(&serde_json::to_string_pretty(&document)?)?);
        }
        start_log(&config.log)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_stack_size(THREAD_STACK)
            .build()?;
        runtime.block_on(async {
            match command {
                Command::Serve => serve::run(config).await,
                Command::Migrate => {
                    crate::startup::connect(&config).await?;
                    Ok(print("The schema is up to date.")?)
                }
                Command::Admin(command) => command.run(config).await,
                Command::Token(command) => command.run(config).await,
                Command::Backup { file } => backup::run(&config, &file).await,
                Command::Openapi | Command::Config => Ok(()),
            }
        })
    }
}

/// Writes a line to standard output.
fn print(text: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever reads has read enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn start_log(config: &LogConfig) -> Result<(), StartError> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.filter)
        .map_err(|error| StartError::Log(error.to_string()))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    }
    .map_err(|error| StartError::Log(error.to_string()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
