//! The configurator, built by trunk into `web/dist`.

use crate::{shell, tools, wasm::Compiler};
use anyhow::Result;

/// Builds the page as it is shipped: small, aborting on panic, optimised by `wasm-opt`.
pub(crate) fn build() -> Result<()> {
    let compiler = Compiler::find()?;
    let mut trunk = shell::command("trunk");
    shell::prepend_path(
        &mut trunk,
        [tools::trunk()?, tools::wasm_bindgen()?, tools::wasm_opt()?],
    )?;
    trunk
        .args(["build", "--release", "--cargo-profile", "page", "--locked"])
        .current_dir(shell::root().join("web"))
        // Its own folder: the compiler and the standard library are others than the workspace's.
        .env("CARGO_TARGET_DIR", shell::root().join("target/page"));
    if std::env::var_os("NO_COLOR").is_some() {
        // Trunk takes only `true` and `false`; by the convention any value means the same.
        trunk.env("NO_COLOR", "true");
    }
    compiler.apply(&mut trunk);
    shell::run(&mut trunk)
}
