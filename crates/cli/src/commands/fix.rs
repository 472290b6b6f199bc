//! `lb fix`.

use crate::{
    args::Calendar,
    error::{Error, Exit, Result},
    input,
    report::difference,
    ui::{BOLD, Ui, paint},
    words,
};
use lb_model::{
    document::Document,
    problem::{Fix as Mend, Located},
};
use std::path::PathBuf;

/// Apply the safe fixes, keeping comments.
///
/// Shows the change; `--write` saves it. A fix is safe if it cannot change what the cluster is meant to be; the
/// others are applied only by name.
#[derive(Debug, clap::Args)]
pub(crate) struct Fix {
    /// The configs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Save the change
    #[arg(long)]
    write: bool,
    /// Apply the fixes of these codes too, which change what the cluster is
    #[arg(long = "unsafe", value_name = "CODE", value_delimiter = ',')]
    also: Vec<String>,
    #[command(flatten)]
    calendar: Calendar,
}

/// A config after its fixes.
struct Mended {
    text: String,
    /// Titles of the fixes that were applied, in their order.
    applied: Vec<String>,
    /// What stays, for no fix of it may be applied.
    left: usize,
}

pub(crate) fn run(ui: &mut Ui, fix: &Fix) -> Result {
    for path in &fix.files {
        let input = input::read(path)?;
        let document = input.document();
        if let Some(problem) = unreadable(&document, fix) {
            return Err(
                Error::failed(format!("`{}` cannot be read: {problem}", input.name))
                    .next(format!("`lb validate {}` shows where", input.name)),
            );
        }
        let mended = mend(document.text(), fix)?;
        let name = paint(BOLD, &input.name);
        if mended.applied.is_empty() {
            ui.always(format_args!(
                "{name}: nothing to fix; {} left",
                words::count(mended.left, "problem")
            ));
            continue;
        }
        ui.data(difference::between(&input.name, document.text(), &mended.text))?;
        for title in &mended.applied {
            ui.say(format_args!("{name}: {title}"));
        }
        let fixes = words::count(mended.applied.len(), "fix");
        let left = words::count(mended.left, "problem");
        match (&input.path, fix.write) {
            (Some(path), true) => {
                input::replace(path, &mended.text)?;
                ui.always(format_args!("{name}: {fixes} applied, {left} left"));
            }
            (Some(_), false) => {
                ui.always(format_args!(
                    "{name}: {fixes} to apply, {left} left; `--write` saves them"
                ));
            }
            (None, _) => {}
        }
    }
    Ok(Exit::Done)
}

/// The first problem of a text that is not YAML at all, so that nothing can be changed in it.
fn unreadable(document: &Document, fix: &Fix) -> Option<String> {
    if document.is_yaml() {
        return None;
    }
    document
        .problems(&fix.calendar.facts())
        .first()
        .map(|located| located.problem.message.clone())
}

/// Applies one fix after the other, reading the text again in between: a fix may remove several problems, or
/// move the places of others.
fn mend(text: &str, fix: &Fix) -> Result<Mended> {
    let facts = fix.calendar.facts();
    let mut document = Document::parse(text);
    let mut applied = Vec::new();
    let mut refused: Vec<Mend> = Vec::new();
    loop {
        let problems = document.problems(&facts);
        let next = problems
            .iter()
            .find_map(|located| wanted(located, fix).filter(|mend| !refused.contains(mend)));
        let Some(next) = next else {
            return Ok(Mended {
                text: document.text().to_owned(),
                applied,
                left: problems.len(),
            });
        };
        match document.edit(&next.edits) {
            Ok(edited) if edited.document.problems(&facts).len() < problems.len() => {
                document = edited.document;
                applied.push(next.title.clone());
            }
            // It cannot be written, or brings as much as it removes: someone has to look at it.
            _ => refused.push(next.clone()),
        }
    }
}

/// The fix of a problem, if it may be applied.
fn wanted<'a>(located: &'a Located, fix: &Fix) -> Option<&'a Mend> {
    let problem = &located.problem;
    let named = fix
        .also
        .iter()
        .any(|code| problem.code.0.eq_ignore_ascii_case(code));
    problem.fix.as_ref().filter(|mend| mend.safe || named)
}
