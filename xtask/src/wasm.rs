//! A compiler for `wasm32-unknown-unknown`.

use crate::{
    shell::{command, find, read},
    tools,
};
use anyhow::{Context, Result, anyhow};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Its name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Which compiler builds the page.
pub(crate) enum Compiler {
    /// The toolchain in use has the target's standard library.
    Toolchain,
    /// Debian's compiler, which builds the standard library from its sources and links with this linker.
    Debian { linker: PathBuf },
}

impl Compiler {
    /// The compiler that is there, or can be installed: by rustup, else from Debian's packages.
    pub(crate) fn find() -> Result<Self> {
        if toolchain_has_target() {
            return Ok(Self::Toolchain);
        }
        if let Some(debian) = debian() {
            return Ok(debian);
        }
        let refused = match add_by_rustup() {
            Ok(()) if toolchain_has_target() => return Ok(Self::Toolchain),
            Ok(()) => anyhow!("rustup added it, but the compiler in use is not rustup's"),
            Err(error) => error,
        };
        let first = refused.to_string().lines().next().unwrap_or_default().to_owned();
        eprintln!("rustup brings no {TARGET} here ({first})");
        tools::debian(
            &format!("a compiler for {TARGET} (else: `rustup target add {TARGET}`)"),
            &["rustc-web", "rust-web-src", "lld-22"],
        )?;
        debian().context("Debian's rustc-web, rust-web-src and lld-22 are installed, but not where expected")
    }

    /// Makes cargo, run by `command`, build with this compiler.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Self::Debian { linker } = self {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                // Building the standard library is unstable; this compiler is used for nothing else.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

fn toolchain_has_target() -> bool {
    read(command("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
}

fn add_by_rustup() -> Result<()> {
    if find("rustup").is_none() {
        return Err(anyhow!("there is no rustup"));
    }
    eprintln!("installing {TARGET}: `rustup target add {TARGET}`");
    read(command("rustup").args(["target", "add", TARGET])).map(drop)
}

/// Debian's compiler, if its sources and a linker are there too.
fn debian() -> Option<Compiler> {
    let sources = Path::new("/usr/lib/rustlib/src/rust/library/std");
    let linker = find("wasm-ld-22")?;
    (Path::new(DEBIAN_RUSTC).exists() && sources.exists()).then_some(Compiler::Debian { linker })
}
