//! What is built as WebAssembly: the configurator, by trunk into `web/dist`, and the model for a test.

use crate::{
    shell, tools,
    wasm::{self, Compiler},
};
use anyhow::Result;

/// Builds the page as it is shipped: small, aborting on panic, optimised by `wasm-opt`. Trunk's folders take one run at a
/// time.
pub(crate) fn build() -> Result<()> {
    let _alone = shell::alone("page")?;
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

/// Whether there is a page, of whatever age.
pub(crate) fn is_built() -> bool {
    shell::root().join("web/dist/index.html").exists()
}

/// Builds what the model says of a file, in the profile of the page, for node to run in a test.
pub(crate) fn build_model() -> Result<()> {
    let mut cargo = shell::cargo();
    let target = shell::root().join("target/page");
    cargo
        .args([
            "build",
            "--locked",
            "--package",
            "lb-wasm-tests",
            "--bin",
            "lb-wasm-tests",
        ])
        .args(["--profile", "page", "--target", wasm::TARGET])
        .env("CARGO_TARGET_DIR", &target);
    Compiler::find()?.apply(&mut cargo);
    shell::run(&mut cargo)?;
    let built = target.join(wasm::TARGET).join("page/lb-wasm-tests.wasm");
    let mut bindgen = shell::command(tools::wasm_bindgen()?.join("wasm-bindgen"));
    bindgen
        .args([
            "--target",
            "nodejs",
            "--no-typescript",
            "--out-dir",
            "target/wasm-tests",
        ])
        .arg(built);
    shell::run(&mut bindgen)
}
