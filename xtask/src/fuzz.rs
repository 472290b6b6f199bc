//! Random input for the model: damage to every config at hand, and libFuzzer's targets in `fuzz/`, which follow the
//! coverage of the code.

use crate::shell::{self, command, read, root, run};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

/// The programs in `fuzz/fuzz_targets`, and the longest input of each in bytes. Every edit and fix reads the whole file again, so
/// more of them are tried on small files.
const TARGETS: [(&str, usize); 3] = [("parse", 20_000), ("rules", 4_000), ("edit", 4_000)];

/// What makes the compiler count which code an input reaches, as cargo-fuzz asks for it; addresses are not checked, for
/// there is no `unsafe` in our crates.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
                     -Ccodegen-units=1 --cfg fuzzing";

/// `runs` damaged files, the same for the same seed; then each target for so many seconds, none for 0.
pub(crate) fn fuzz(runs: usize, seed: u32, seconds: u32) -> Result<()> {
    run(shell::cargo()
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
        .env("FUZZ_SEED", seed.to_string()))?;
    if seconds == 0 {
        return Ok(());
    }
    let folder = build()?;
    for (target, longest) in TARGETS {
        follow(&folder.join(target), target, longest, seed, seconds)?;
    }
    Ok(())
}

/// Builds the targets; gives the folder where they are.
fn build() -> Result<PathBuf> {
    let said = read(command("rustc").arg("-vV"))?;
    let host = said
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say for which machine it compiles")?;
    let target = root().join("target/fuzz");
    let mut cargo = shell::cargo();
    cargo
        .args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml"])
        // With a target named, the flags are not for build scripts and macros, which have nobody to count for.
        .args(["--target", host])
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", FLAGS);
    run(&mut cargo).context("the engine of libFuzzer needs a C++ compiler: `apt-get install g++`")?;
    Ok(target.join(host).join("release"))
}

/// Runs one target. What it learns stays in `target/fuzz/corpus`; an input that fails is shown and kept.
fn follow(program: &PathBuf, target: &str, longest: usize, seed: u32, seconds: u32) -> Result<()> {
    let work = root().join("target/fuzz");
    let corpus = work.join("corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let mut fuzzer = command(program);
    fuzzer.arg(&corpus).args(["fuzz/seeds", "examples"]);
    let data = root().join("../shared/data");
    if data.is_dir() {
        fuzzer.arg(data);
    }
    fuzzer.args([
        format!("-max_total_time={seconds}"),
        format!("-seed={seed}"),
        format!("-artifact_prefix={}/{target}-", work.display()),
        "-timeout=10".to_owned(),
        format!("-max_len={longest}"),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
    ]);
    run(&mut fuzzer)
}
