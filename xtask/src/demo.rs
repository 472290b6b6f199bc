//! One look at the whole: an apply in the sandbox, and the configurator.

use crate::{page, shell};
use anyhow::{Context, Result};
use std::{fs, process::Command};

const EXAMPLE: &str = "examples/leaderboard-1.0.yaml";
/// Times faster than life: a cluster that takes a quarter of an hour is there in half a minute.
const SPEED: &str = "30";

/// Applies the example to a new sandbox account, shows its status, and serves the page until Ctrl-C.
pub(crate) fn run(no_serve: bool) -> Result<()> {
    let account = shell::root().join("target/demo/account.json");
    if let Some(folder) = account.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    if account.exists() {
        fs::remove_file(&account).with_context(|| format!("cannot remove {}", account.display()))?;
    }
    if !no_serve {
        page::build()?;
    }
    let mut build = shell::cargo();
    // AWS's SDK takes minutes to build, and the demo stays in the sandbox.
    build.args(["build", "--package", "lb-cli", "--no-default-features"]);
    if !no_serve {
        build.args(["--features", "page"]);
    }
    shell::run(&mut build)?;

    let sandbox = format!("--sandbox={}", account.display());
    shell::run(lb().args(["apply", EXAMPLE, &sandbox, "--speed", SPEED, "--yes"]))?;
    shell::run(lb().args(["status", EXAMPLE, &sandbox]))?;
    if !no_serve {
        shell::run(lb().args(["edit", EXAMPLE]))?;
    }
    Ok(())
}

/// The `lb` that was just built.
fn lb() -> Command {
    shell::command(shell::built("lb"))
}
