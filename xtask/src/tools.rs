//! The tools that builds and tests need: found, or installed with a line that says so.

use crate::shell::{self, command, find, read, run};
use anyhow::{Context, Result, anyhow, bail};
use std::{env, fs, path::PathBuf};

/// Releases of trunk 0.22, newest first, with the first compiler that builds each.
const TRUNK: [(&str, (u32, u32, u32)); 3] = [
    ("0.22.1", (1, 96, 1)),
    ("0.22.0", (1, 96, 1)),
    ("0.22.0-beta.1", (1, 90, 0)),
];

/// The package of npm that carries `wasm-opt`, as WebAssembly itself: it runs wherever node does.
const BINARYEN: &str = "132.0.0";

/// Where installed tools are kept between builds: one folder a tool and version.
fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("no folder for tools; set HOME or XDG_CACHE_HOME")?;
    Ok(base.join("lb/tools"))
}

/// The folder of a tool, installed into it by `install` if it is not there yet.
///
/// A run that was stopped halfway leaves no `bin`, so the next one installs again.
pub(crate) fn tool(
    name: &str,
    version: &str,
    program: &str,
    install: impl FnOnce(&PathBuf) -> Result<()>,
) -> Result<PathBuf> {
    let folder = cache()?.join(format!("{name}-{version}"));
    let bin = folder.join(program);
    if !bin.exists() {
        eprintln!("installing {name} {version} into {}", folder.display());
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        install(&folder)?;
        if !bin.exists() {
            bail!(
                "{name} {version} was installed, but there is no {}",
                bin.display()
            );
        }
    }
    bin.parent()
        .map(PathBuf::from)
        .ok_or_else(|| anyhow!("{} has no folder", bin.display()))
}

/// `cargo install` into `folder`. The tools run for seconds; what counts is the time to build them.
fn cargo_install(name: &str, version: &str, locked: bool, folder: &PathBuf) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .args(["install", "--quiet", name, "--version", version, "--root"])
        .arg(folder)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    if locked {
        cargo.arg("--locked");
    }
    run(&mut cargo).with_context(|| format!("{name} {version} cannot be installed"))
}

/// The folder with trunk, which builds the page.
pub(crate) fn trunk() -> Result<PathBuf> {
    let compiler = compiler()?;
    let (version, _) = TRUNK
        .into_iter()
        .find(|(_, needs)| compiler >= *needs)
        .ok_or_else(|| {
            let (a, b, c) = compiler;
            anyhow!("trunk 0.22 needs Rust 1.90, this is {a}.{b}.{c}; update the toolchain")
        })?;
    tool("trunk", version, "bin/trunk", |folder| {
        cargo_install("trunk", version, true, folder)
    })
}

/// The version of the compiler that builds tools.
fn compiler() -> Result<(u32, u32, u32)> {
    let said = read(command("rustc").arg("--version"))?;
    let number = said.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split(['.', '-']).map_while(|part| part.parse().ok());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(major), Some(minor), Some(patch)) => Ok((major, minor, patch)),
        _ => bail!("cannot read the compiler's version out of `{said}`"),
    }
}

/// The folder with a wasm-bindgen of exactly the version that the page is linked with; its two halves speak
/// a protocol that has no compatibility between versions.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    let lock = shell::root().join("Cargo.lock");
    let text = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let version = locked_version(&text, "wasm-bindgen")
        .context("Cargo.lock has no wasm-bindgen, so there is no page to build")?;
    // Without its lock file, which names versions that are not always to be had.
    tool("wasm-bindgen-cli", &version, "bin/wasm-bindgen", |folder| {
        cargo_install("wasm-bindgen-cli", &version, false, folder)
    })
}

/// The version of a package in a lock file.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let mut lines = lock
        .lines()
        .skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

/// The folder with `wasm-opt`.
pub(crate) fn wasm_opt() -> Result<PathBuf> {
    tool("binaryen", BINARYEN, "node_modules/.bin/wasm-opt", |folder| {
        if find("npm").is_none() {
            bail!("wasm-opt is missing and so is npm, which brings it: `apt-get install nodejs npm`");
        }
        run(command("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(folder)
            .arg(format!("binaryen@{BINARYEN}")))
        .with_context(|| format!("`npm install binaryen@{BINARYEN}` does not bring wasm-opt"))
    })
}

/// Chromium and its driver for the browser tests.
pub(crate) fn chromium() -> Result<()> {
    if find("chromium").is_some() && find("chromedriver").is_some() {
        return Ok(());
    }
    debian(
        "chromium and chromedriver, for the browser tests",
        &["chromium", "chromium-driver"],
    )
}

/// Installs packages of Debian's; an error is one line with the tool and the command.
pub(crate) fn debian(what: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!("`apt-get install {}`", packages.join(" "));
    if find("apt-get").is_none() || !shell::is_root() {
        bail!("{what}: missing; install as root: {by_hand}");
    }
    eprintln!("installing {what}: {by_hand}");
    let mut install = command("apt-get");
    install
        .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    // A new machine has no list of packages, an old one a stale list.
    read(command("apt-get").args(["update", "--quiet=2"]))
        .and_then(|_| read(&mut install))
        .with_context(|| format!("{what}: {by_hand} does not work"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_package_itself() {
        let lock = "[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "yew"), None);
    }
}
