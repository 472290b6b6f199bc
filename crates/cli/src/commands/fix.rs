//! `lb fix`.

use crate::{
    args::Calendar,
    commands::validate::known_codes,
    error::{Error, Exit, Result},
    input,
    report::difference,
    ui::{BOLD, Ui, paint},
    words,
};
use lb_model::{
    document::Document,
    edit::EditError,
    modernize::{Step, modernize},
    preset::{GpuImage, is_image_id},
    problem::{Edit, Fix as Mend, Located},
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
    /// Bring an old file to today's form first: version, images, bootstrap, components
    #[arg(long)]
    modernize: bool,
    /// Your own image for the new version, for the nodegroups that have one
    #[arg(long, value_name = "AMI", requires = "modernize")]
    image: Option<String>,
    #[command(flatten)]
    calendar: Calendar,
}

/// A config after its fixes.
struct Mended {
    text: String,
    /// The steps to today's form.
    steps: Vec<Step>,
    /// Titles of the fixes that were applied, in their order.
    applied: Vec<String>,
    /// What stays, for no fix of it may be applied.
    left: usize,
}

pub(crate) fn run(ui: &mut Ui, fix: &Fix) -> Result {
    if let Some(image) = fix.image.as_deref().filter(|image| !is_image_id(image)) {
        return Err(Error::usage(format!(
            "`{image}` is no image; its id looks like `{}`",
            GpuImage::PLACEHOLDER
        )));
    }
    known_codes(fix.also.iter())?;
    for path in &fix.files {
        let input = input::read(path)?;
        let document = input.document();
        if let Some(problem) = unreadable(&document, fix) {
            return Err(
                Error::failed(format!("`{}` cannot be read: {problem}", input.name))
                    .next(format!("`lb validate {}` shows where", input.name)),
            );
        }
        let mended = mend(&document, fix).map_err(|error| {
            Error::failed(format!("`{}` cannot be changed: {error}", input.name)).next(format!(
                "`lb validate {}` shows what is wrong with it",
                input.name
            ))
        })?;
        let name = paint(BOLD, &input.name);
        if mended.text == document.text() {
            ui.always(format_args!(
                "{name}: nothing to fix; {} left",
                words::count(mended.left, "problem")
            ));
            continue;
        }
        ui.data(difference::between(&input.name, document.text(), &mended.text))?;
        for Step { what, why, .. } in &mended.steps {
            ui.say(format_args!("{name}: {what}: {why}"));
        }
        for title in &mended.applied {
            ui.say(format_args!("{name}: {title}"));
        }
        let steps = mended.steps.iter().filter(|step| !step.edits.is_empty()).count();
        let fixes = words::count(mended.applied.len() + steps, "fix");
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

/// Brings the config to today's form, if asked, then applies one fix after the other, reading the text again in
/// between: a fix may remove several problems, or move the places of others.
fn mend(document: &Document, fix: &Fix) -> std::result::Result<Mended, EditError> {
    let facts = fix.calendar.facts();
    let mut document = document.clone();
    let mut steps = Vec::new();
    if fix.modernize {
        steps = modernize(document.config(), &facts, fix.image.as_deref());
        let edits: Vec<Edit> = steps.iter().flat_map(|step| step.edits.clone()).collect();
        document = document.edit(&edits)?.document;
    }
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
                steps,
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
