//! `hookwright`: the server and the few commands around it.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    hookwright::cli::Cli::parse().run()
}
