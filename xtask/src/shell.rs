//! Running programs.

use anyhow::{Context, Result, bail};
use std::{
    env,
    ffi::OsStr,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where cargo puts a program that it builds in the dev profile.
pub(crate) fn built(program: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    target.join("debug").join(program)
}

/// The cargo that runs us, at the root of the repository, as if a person had started it: what cargo tells us about this
/// package would make it compile dependencies again whose build scripts read that.
pub(crate) fn cargo() -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let ours = ["CARGO_MANIFEST_", "CARGO_PKG_"];
    for (name, _) in env::vars_os() {
        let is_ours = |name: &str| ours.iter().any(|start| name.starts_with(start));
        if name.to_str().is_some_and(is_ours) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// A program at the root of the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The command as a person would type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command that may print what it likes; an error names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("`{}` does not start", typed(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", typed(command));
    }
    Ok(())
}

/// Runs a command for what it prints to its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("`{}` does not start", typed(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}: {}",
            typed(command),
            output.status,
            said.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first file of this name in the folders of `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Whether we run as root, so that packages of the system can be installed.
pub(crate) fn is_root() -> bool {
    read(command("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// Puts folders in front of the `PATH` of `command`.
pub(crate) fn prepend_path(command: &mut Command, folders: impl IntoIterator<Item = PathBuf>) -> Result<()> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().chain(env::split_paths(&old));
    command.env(
        "PATH",
        env::join_paths(all).context("a folder of the tools has a `:` in its name")?,
    );
    Ok(())
}

/// Waits until no other run holds this lock, and holds it as long as the file lives.
pub(crate) fn alone(name: &str) -> Result<File> {
    let folder = root().join("target");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{name}.lock"));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let locked = match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another run that builds the {name}");
            file.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(()),
    };
    locked.with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}
