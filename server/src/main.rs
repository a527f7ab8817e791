//! `hookwright`: the server and the few commands around it.

use clap::Parser as _;

/// Gives memory back after a burst. The system's own allocator keeps what each thread once used, which with password
/// hashing is 19 MiB a thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    hookwright::cli::Cli::parse().run()
}
