//! Every check, in stages, with the minutes that each took.

use crate::{
    page,
    shell::{self, cargo, run},
    tools,
};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
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

/// Stages in their order, and the tests that found no `../shared`.
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
        println!("{} tests skipped for lack of `../shared`", self.skipped.len());
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
    // `lb` embeds the page, so what needs it is checked with it only if there is one.
    let features: &[&str] = if report.passed("page") {
        &["--features", "lb-cli/page"]
    } else {
        &[]
    };
    report.stage("clippy", |_| {
        let clippy = ["clippy", "--workspace", "--all-targets", "--locked"];
        run(cargo()
            .args(clippy)
            .args(features)
            .args(["--", "--deny", "warnings"]))
    });
    report.stage("tests", |skipped| {
        let test = ["test", "--workspace", "--exclude", "lb-tests", "--locked"];
        run_tests(cargo().args(test).args(features), skipped)
    });
    report.stage("end to end", |skipped| {
        run_tests(
            cargo().args(["test", "--package", "lb-tests", "--test", "it", "--locked"]),
            skipped,
        )
    });
    if report.passed("page") {
        report.stage("browser", |skipped| {
            tools::chromium()?;
            run_tests(
                cargo().args(["test", "--package", "lb-tests", "--test", "browser", "--locked"]),
                skipped,
            )
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
            .args(features)
            .env("RUSTDOCFLAGS", "--deny warnings"))
    });
    report.end(require_shared)
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
