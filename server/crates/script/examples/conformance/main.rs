//! Measures the sandbox by the tests of the web platform and of the language, taken from checkouts by path.
//!
//! ```text
//! conformance [--wpt CHECKOUT] [--test262 CHECKOUT] [--filter TEXT] [--sample N] [--all]
//! ```
//!
//! Every file runs in a fresh instance of the real sandbox. Prints a table of rates, and each failure that `wpt.txt` or
//! `test262.txt` beside this file does not expect (`--all`: every failure); fails if there is one, or if a line of a
//! list is no longer needed.

mod expected;
mod files;
mod report;
mod sandbox;
mod test262;
mod wpt;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use expected::Expected;
use report::Report;

#[derive(Default)]
struct Options {
    wpt: Option<PathBuf>,
    test262: Option<PathBuf>,
    filter: String,
    sample: usize,
    all: bool,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self { sample: 1, ..Self::default() };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            if arg == "--all" {
                options.all = true;
                continue;
            }
            let value = args.next().with_context(|| format!("{arg} needs a value"))?;
            match arg.as_str() {
                "--wpt" => options.wpt = Some(value.into()),
                "--test262" => options.test262 = Some(value.into()),
                "--filter" => options.filter = value,
                "--sample" => options.sample = value.parse()?,
                _ => bail!("unknown option {arg}"),
            }
        }
        Ok(options)
    }
}

fn list(name: &str) -> Result<Expected> {
    Expected::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/conformance").join(name))
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::read()?;
    let complete = options.filter.is_empty() && options.sample == 1;
    let mut good = true;
    if let Some(checkout) = &options.wpt {
        let mut report = Report::new(list("wpt.txt")?);
        wpt::run(checkout, &options.filter, &mut report).await?;
        good &= report.print(complete, options.all)?;
    }
    if let Some(checkout) = &options.test262 {
        let mut report = Report::new(list("test262.txt")?);
        test262::run(checkout, &options.filter, options.sample, &mut report).await?;
        good &= report.print(complete, options.all)?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
