//! `cargo xtask`: what a contributor or CI runs.
//!
//! It installs the tools that a command needs, says what it installs, and puts them into a folder of the
//! user's cache that outlives the target folder.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to the person at the terminal"
)]

mod check;
mod demo;
mod page;
mod shell;
mod tools;
mod wasm;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Everything that a contributor or CI runs.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check: format, page, clippy, tests, browser tests, docs
    Test {
        /// Count a test that is skipped for lack of `../shared` as a failure
        #[arg(long)]
        require_shared: bool,
    },
    /// Apply an example to the sandbox, show it, and serve the configurator
    Demo {
        /// End after the status
        #[arg(long)]
        no_serve: bool,
    },
    /// Build the configurator into `web/dist`
    Page,
    /// Compare what `lb` makes in the sandbox with what eksctl makes
    Parity {
        /// Folders with an `inventory.json` and a config, or folders of such folders; by default the recorded
        /// cases in `../shared/conformance/eksctl`
        folders: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Test { require_shared } => check::all(require_shared),
        Command::Demo { no_serve } => demo::run(no_serve),
        Command::Page => page::build(),
        Command::Parity { folders } => parity(&folders),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The comparison lives with the tests that also run it.
fn parity(folders: &[PathBuf]) -> anyhow::Result<()> {
    let folders = folders
        .iter()
        .map(|folder| {
            folder
                .canonicalize()
                .map_err(|error| anyhow::anyhow!("no folder `{}`: {error}", folder.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    shell::run(
        shell::cargo()
            .args(["run", "--quiet", "--package", "lb-tests", "--bin", "parity", "--"])
            .args(folders),
    )
}
