//! `lb man`.

use crate::{
    args::Lb,
    error::{Error, Exit, Result},
    ui::Ui,
    words,
};
use clap::CommandFactory as _;
use clap_mangen::Man as Page;
use std::{fs, path::PathBuf};

/// Write the manual: one page for `lb` and one for each command.
///
/// Without a folder, the page of one command goes to stdout: `lb man apply | man -l -`.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The command whose page to write; by default `lb` itself
    command: Option<String>,
    /// Write all pages into this folder, such as ~/.local/share/man/man1
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    into: Option<PathBuf>,
}

pub(crate) fn run(ui: &mut Ui, man: &Man) -> Result {
    let mut lb = Lb::command();
    // Gives commands the flags that all of them have, and the names of their pages: `lb-apply`.
    lb.build();
    if let Some(folder) = &man.into {
        fs::create_dir_all(folder).map_err(|error| Error::file("make", folder, &error))?;
        let all: Vec<&clap::Command> = std::iter::once(&lb).chain(lb.get_subcommands()).collect();
        for command in &all {
            let name = command.get_display_name().unwrap_or(command.get_name());
            let path = folder.join(format!("{name}.1"));
            fs::write(&path, page(command)?).map_err(|error| Error::file("write", &path, &error))?;
        }
        let count = words::count(all.len(), "page");
        ui.say(format_args!("{count} in {}", folder.display()));
        return Ok(Exit::Done);
    }
    let command = match &man.command {
        None => &lb,
        Some(name) => lb.find_subcommand(name).ok_or_else(|| unknown(&lb, name))?,
    };
    ui.data(String::from_utf8_lossy(&page(command)?))?;
    Ok(Exit::Done)
}

fn page(command: &clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    let name = command.get_display_name().unwrap_or(command.get_name());
    Page::new(command.clone())
        .title(name)
        .source(concat!("lb ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)?;
    Ok(page)
}

fn unknown(lb: &clap::Command, name: &str) -> Error {
    let names = lb.get_subcommands().map(clap::Command::get_name);
    let near = lb_model::suggest::suggest(name, names).map(|near| format!("; did you mean `{near}`"));
    Error::usage(format!("no command `{name}`{}", near.unwrap_or_default()))
}
