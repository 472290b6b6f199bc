//! Every check, in stages, with the minutes that each took.

use crate::{
    page,
    shell::{self, cargo, run},
    tools,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A stage that has run, or could not.
struct Stage {
    name: &'static str,
    took: Duration,
    /// What went wrong.
    failure: Option<String>,
}

/// Stages in their order, and the tests that lacked something.
#[derive(Default)]
struct Report {
    stages: Vec<Stage>,
    skipped: Vec<String>,
}

impl Report {
    /// Runs a stage, whatever became of those before it: one run tells everything that is wrong.
    fn stage(&mut self, name: &'static str, work: impl FnOnce(&mut Vec<String>) -> Result<()>) {
        eprintln!("\n== {name}");
        let start = Instant::now();
        let failure = work(&mut self.skipped).err().map(|error| format!("{error:#}"));
        if let Some(failure) = &failure {
            eprintln!("{name}: {failure}");
        }
        self.stages.push(Stage {
            name,
            took: start.elapsed(),
            failure,
        });
    }

    /// Whether the stage of this name has run well.
    fn passed(&self, name: &str) -> bool {
        self.stages
            .iter()
            .any(|stage| stage.name == name && stage.failure.is_none())
    }

    fn end(&self, require_shared: bool) -> Result<()> {
        println!("\nminutes  stage");
        for stage in &self.stages {
            let minutes = stage.took.as_secs_f64() / 60.0;
            let mark = stage
                .failure
                .as_ref()
                .map_or_else(String::new, |failure| format!("  FAILED: {failure}"));
            println!("{minutes:>7.1}  {}{mark}", stage.name);
        }
        let all: Duration = self.stages.iter().map(|stage| stage.took).sum();
        println!("{:>7.1}  in all", all.as_secs_f64() / 60.0);
        for skipped in &self.skipped {
            println!("{skipped}");
        }
        println!("{} tests skipped", self.skipped.len());
        let failed = self.stages.iter().filter(|stage| stage.failure.is_some()).count();
        if failed > 0 {
            bail!("{failed} of {} stages failed", self.stages.len());
        }
        if require_shared && !self.skipped.is_empty() {
            bail!("tests were skipped, and `--require-shared` forbids it");
        }
        Ok(())
    }
}

/// Runs every check.
pub(crate) fn all(require_shared: bool) -> Result<()> {
    let mut report = Report::default();
    report.stage("format", |_| run(cargo().args(["fmt", "--all", "--check"])));
    report.stage("page", |_| page::build());
    report.stage("model as WebAssembly", |_| page::build_model());
    let page = report.passed("page");
    report.stage("build and lint", |_| run(&mut build(page)));
    report.stage("tests", |skipped| {
        let mut crates = whole("test", page);
        crates.args(["--lib", "--bins"]);
        for name in integration_tests()? {
            crates.args(["--test", &name]);
        }
        run_tests(&mut crates, skipped)?;
        run_tests(whole("test", page).arg("--doc"), skipped)
    });
    report.stage("end to end", |skipped| {
        run_tests(whole("test", page).args(["--test", "it"]), skipped)
    });
    report.stage("emulators", |skipped| {
        run_tests(whole("test", page).args(["--test", "emulators"]), skipped)
    });
    if page {
        report.stage("browser", |skipped| {
            tools::chromium()?;
            run_tests(whole("test", page).args(["--test", "browser"]), skipped)
        });
    }
    report.stage("docs", |_| {
        // Without AWS: its SDK would be checked a second time for nothing.
        let doc = [
            "doc",
            "--workspace",
            "--no-deps",
            "--locked",
            "--no-default-features",
        ];
        run(cargo()
            .args(doc)
            .args(features(page))
            .env("RUSTDOCFLAGS", "--deny warnings"))
    });
    report.end(require_shared)
}

/// `lb` embeds the page, so what needs it is checked with it only if there is one.
fn features(page: bool) -> &'static [&'static str] {
    if page { &["--features", "lb-cli/page"] } else { &[] }
}

/// Builds everything that is tested, in the profile of `cargo test`, which would compile our own crates once more
/// otherwise.
pub(crate) fn build(page: bool) -> Command {
    let mut cargo = whole("build", page);
    cargo.args(["--all-targets", "--profile", "test"]);
    cargo
}

/// Cargo on all packages with the same features in every stage, so that nothing is compiled twice (AWS's SDK takes
/// minutes), and with clippy as the compiler of our own crates, so that linting is no second check of all others.
fn whole(subcommand: &str, page: bool) -> Command {
    let mut cargo = cargo();
    cargo
        .args([subcommand, "--workspace", "--locked"])
        .args(features(page))
        .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
        // How `cargo clippy` hands its arguments to the driver.
        .env("CLIPPY_ARGS", "--deny=warnings__CLIPPY_HACKERY__")
        // The end-to-end tests would build `lb` by itself, with the features that it needs alone.
        .env("LB_TEST_BINARY", shell::built("lb"));
    cargo
}

/// The integration tests of the crates; those of `tests` have stages of their own.
fn integration_tests() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for package in folder(&shell::root().join("crates"))? {
        let tests = package.join("tests");
        if tests.is_dir() {
            let files = folder(&tests)?.into_iter();
            let sources = files.filter(|file| file.extension().is_some_and(|end| end == "rs"));
            names.extend(sources.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())));
        }
    }
    names.sort();
    Ok(names)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?)
}

/// Runs tests, shows what matters of what they print, and keeps the lines that say what was skipped.
fn run_tests(command: &mut Command, skipped: &mut Vec<String>) -> Result<()> {
    // What a passing test prints is shown only on request, and a skipped test passes.
    command
        .args(["--no-fail-fast", "--", "--show-output"])
        .stdout(Stdio::piped());
    let typed = shell::typed(command);
    let mut child = command
        .spawn()
        .with_context(|| format!("`{typed}` does not start"))?;
    let output = child.stdout.take().context("the tests have no output")?;
    let mut of_passed = false;
    for line in BufReader::new(output).lines() {
        let line = line?;
        match line.as_str() {
            "successes:" => of_passed = true,
            "failures:" => of_passed = false,
            _ if line.starts_with("test result:") => of_passed = false,
            _ => {}
        }
        if line.starts_with("skipped:") {
            skipped.push(line);
        } else if !of_passed && !line.ends_with("... ok") && !line.is_empty() {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{typed}` ended with {status}");
    }
    Ok(())
}
