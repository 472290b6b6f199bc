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
mod fuzz;
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
    /// Build the model as WebAssembly, for the test that it says the same as natively
    Wasm,
    /// Damage every config at hand at random, and read, judge and edit it; then let libFuzzer look for more
    Fuzz {
        /// How many damaged files
        #[arg(long, default_value_t = 20_000)]
        runs: usize,
        /// Where the random numbers begin; the same seed gives the same files
        #[arg(long, default_value_t = 1)]
        seed: u32,
        /// How many seconds libFuzzer runs each of its targets; 0 leaves them out, and needs no C++ compiler
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Compare what `lb validate` refuses with eksctl's recorded verdicts
    Agree,
    /// Compare the configs that `lb` works with, its defaults filled in, with recorded ones of eksctl
    Effective {
        /// Files of cases, one JSON object a line with `id`, `yaml` and `effective`; by default the recorded ones
        files: Vec<PathBuf>,
    },
    /// Install the emulators of AWS that the end-to-end tests use, and print the folder of their programs
    Emulators,
    /// Compare what `lb` makes in the sandbox, or on an emulator of AWS, with what eksctl makes
    Parity {
        /// The emulator: `moto` or `ministack`; some minutes, as it runs in real time
        #[arg(long)]
        backend: Option<String>,
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
        Command::Wasm => page::build_model(),
        Command::Fuzz { runs, seed, seconds } => fuzz::fuzz(runs, seed, seconds),
        Command::Agree => agree(),
        Command::Effective { files } => effective(&files),
        Command::Emulators => emulators::programs().map(|folder| println!("{}", folder.display())),
        Command::Parity { backend, folders } => parity(backend.as_deref(), &folders),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
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

/// The tool that compares is with the verdicts; the codes that are stricter on purpose are those of the documents.
fn agree() -> anyhow::Result<()> {
    let shared = shell::root().join("../shared");
    let tool = shared.join("tools/agree.py");
    if !tool.exists() {
        anyhow::bail!("there is no {}", tool.display());
    }
    let table = std::fs::read_to_string(shell::root().join("docs/stricter.md"))?;
    let codes = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let codes: Vec<&str> = codes
        .filter(|code| code.starts_with("YM") || code.starts_with("EK"))
        .collect();
    shell::run(shell::cargo().args(["build", "--quiet", "--package", "lb-cli", "--no-default-features"]))?;
    let verdicts = shared.join("conformance/verdicts");
    let cases = ["eksctl-tests", "mutations", "text", "scalars"];
    shell::run(
        shell::command("python3")
            .args([tool, shell::built("lb")])
            .args(cases.map(|name| verdicts.join(format!("{name}.jsonl"))))
            .args(["--stricter", &codes.join(",")]),
    )
}

/// The comparison lives with the tests that also run it.
fn parity(backend: Option<&str>, folders: &[PathBuf]) -> anyhow::Result<()> {
    let folders = folders
        .iter()
        .map(|folder| {
            folder
                .canonicalize()
                .map_err(|error| anyhow::anyhow!("no folder `{}`: {error}", folder.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    shell::run(&mut check::build(page::is_built()))?;
    let mut compare = shell::command(shell::built("parity"));
    compare.env("LB_TEST_BINARY", shell::built("lb"));
    if let Some(backend) = backend {
        compare.args(["--backend", backend]);
    }
    shell::run(compare.args(folders))
}
