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
mod emulators;
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
    /// Run every check: format, page, clippy, tests, emulators of AWS, browser tests, docs
    Test {
        /// Count a skipped test as a failure, whether it lacks `../shared` or something else
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
    /// Damage every config at hand at random, and read, judge and edit it; a panic is shown with its file
    Fuzz {
        /// How many damaged files
        #[arg(long, default_value_t = 20_000)]
        runs: usize,
        /// Where the random numbers begin; the same seed gives the same files
        #[arg(long, default_value_t = 1)]
        seed: u32,
    },
    /// Compare the configs that `lb` works with, its defaults filled in, with recorded ones of eksctl
    Effective {
        /// Files of cases, one JSON object a line with `id`, `yaml` and `effective`; by default the recorded ones
        files: Vec<PathBuf>,
    },
    /// Install the emulators of AWS that the end-to-end tests use, and print the folder of their programs
    Emulators,
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
        Command::Fuzz { runs, seed } => fuzz(runs, seed),
        Command::Effective { files } => effective(&files),
        Command::Emulators => emulators::programs().map(|folder| println!("{}", folder.display())),
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

/// The targets are a test, which takes its bounds by its environment.
fn fuzz(runs: usize, seed: u32) -> anyhow::Result<()> {
    shell::run(
        shell::cargo()
            .args([
                "test",
                "--quiet",
                "--package",
                "lb-model",
                "--test",
                "fuzz",
                "--",
                "--nocapture",
            ])
            .env("FUZZ_RUNS", runs.to_string())
            .env("FUZZ_SEED", seed.to_string()),
    )
}

/// The comparison is a test, which takes other cases by its environment.
fn effective(files: &[PathBuf]) -> anyhow::Result<()> {
    let files = files
        .iter()
        .map(|file| {
            file.canonicalize()
                .map_err(|error| anyhow::anyhow!("no file `{}`: {error}", file.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut test = shell::cargo();
    test.args([
        "test",
        "--quiet",
        "--package",
        "lb-model",
        "--test",
        "effective",
        "--",
    ])
    .arg("--nocapture");
    if !files.is_empty() {
        test.env("EFFECTIVE_CASES", std::env::join_paths(files)?);
    }
    shell::run(&mut test)
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
