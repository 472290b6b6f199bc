//! `lb completions`.

use crate::{
    args::Lb,
    error::{Exit, Result},
    ui::Ui,
};
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Write completions for a shell.
///
/// For bash: `lb completions bash > ~/.local/share/bash-completion/completions/lb`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(ui: &mut Ui, completions: &Completions) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Lb::command(), "lb", &mut script);
    ui.data(String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
