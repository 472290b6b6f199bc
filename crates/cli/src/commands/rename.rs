//! `lb rename`.

use crate::{
    error::{Error, Exit, Result},
    input,
    report::difference,
    ui::{BOLD, Ui, paint},
};
use lb_model::rename;
use std::path::PathBuf;

/// Change the environment's name everywhere in a config.
///
/// What follows from the name changes with it: tags of the autoscaler, the argument of bootstrap.sh, bucket, table
/// and log group. Shows the change; `--write` saves it.
#[derive(Debug, clap::Args)]
pub(crate) struct Rename {
    /// The config
    file: PathBuf,
    /// The new name
    name: String,
    /// Save the change
    #[arg(long)]
    write: bool,
}

pub(crate) fn run(ui: &mut Ui, command: &Rename) -> Result {
    let new = &command.name;
    let input = input::read(&command.file)?;
    let document = input.document();
    let old = &document.config().metadata.name;
    if old == new {
        ui.always(format_args!("{}: the environment is `{new}` already", input.name));
        return Ok(Exit::Done);
    }
    if let Some(refusal) = rename::refuse_name(document.config(), new) {
        return Err(Error::usage(refusal));
    }
    let edited = document
        .edit(&rename::rename(document.config(), new))
        .map_err(|error| {
            Error::failed(format!("`{}` cannot be changed: {error}", input.name)).next(format!(
                "`lb validate {}` shows what is wrong with it",
                input.name
            ))
        })?;
    ui.data(difference::between(
        &input.name,
        document.text(),
        edited.document.text(),
    ))?;
    let name = paint(BOLD, &input.name);
    match (&input.path, command.write) {
        (Some(path), true) => {
            input::replace(path, edited.document.text())?;
            ui.always(format_args!(
                "{name}: `{old}` is now `{new}`; a cluster that exists keeps its name"
            ));
        }
        _ => ui.always(format_args!(
            "{name}: `{old}` becomes `{new}`; `--write` saves it"
        )),
    }
    Ok(Exit::Done)
}
