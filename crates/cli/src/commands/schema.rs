//! `lb schema`.

use crate::{
    error::{Exit, Result},
    ui::Ui,
};
use lb_model::json_schema::json_schema;

/// Write the JSON Schema of the file, for editors.
///
/// Save it beside the config, and name it in the file's first line:
/// `# yaml-language-server: $schema=lb.schema.json`
#[derive(Debug, clap::Args)]
pub(crate) struct Schema {}

pub(crate) fn run(ui: &mut Ui, _: &Schema) -> Result {
    ui.json(&json_schema())?;
    Ok(Exit::Done)
}
