//! Files of others, beside the repository: recorded runs of eksctl and the Leaderboard's own configs.

use crate::root;
use std::path::PathBuf;

/// The path of something in `../shared`, or `None` where it is absent; then a line says that `test` is skipped.
#[allow(clippy::print_stdout, reason = "`cargo xtask test` counts these lines")]
pub fn path(test: &str, below: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(below);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {test}: there is no ../shared/{below}");
    None
}
