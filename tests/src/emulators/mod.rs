//! What stands in for AWS: emulators and the services' own models, in the environment that `cargo xtask emulators`
//! installs.

pub mod backend;
pub mod models;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The folder of the environment's programs, or `None` where it cannot be had; then a line says that `test` is
/// skipped, and why.
#[allow(clippy::print_stdout, reason = "`cargo xtask test` counts these lines")]
pub fn programs(test: &str) -> Option<PathBuf> {
    static PROGRAMS: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match PROGRAMS.get_or_init(install) {
        Ok(folder) => Some(folder.clone()),
        Err(why) => {
            println!("skipped: {test}: {why}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(crate::root())
        .args(["run", "--quiet", "--package", "xtask", "--", "emulators"])
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("no cargo: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let why = said.lines().rfind(|line| !line.trim().is_empty());
    Err(format!(
        "no emulators: {}",
        why.unwrap_or("`cargo xtask emulators` failed")
    ))
}
