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
    modernize::{Step, modernize},
    preset::{GpuImage, is_image_id},
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
    /// The fixes that were applied, in their order, as their titles.
    applied: Vec<String>,
    /// The fixes that were not, with the reason.
    refused: Vec<(Mend, String)>,
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
        let mended = mend(&document, fix);
        let name = paint(BOLD, &input.name);
        let not_done = mended.steps.iter().filter_map(|step| {
            let refused = step.refused.as_ref()?;
            Some((&step.what, refused.to_string()))
        });
        let refused = mended
            .refused
            .iter()
            .map(|(mend, why)| (&mend.title, why.clone()));
        for (what, why) in not_done.chain(refused) {
            ui.always(format_args!("{name}: not done: {what}: {why}"));
        }
        if mended.text == document.text() {
            ui.always(format_args!(
                "{name}: nothing to fix; {} left",
                words::count(mended.left, "problem")
            ));
            continue;
        }
        ui.data(difference::between(&input.name, document.text(), &mended.text))?;
        let steps = mended.steps.iter().filter(|step| step.refused.is_none());
        for Step { what, why, .. } in steps.clone() {
            ui.say(format_args!("{name}: {what}: {why}"));
        }
        for title in &mended.applied {
            ui.say(format_args!("{name}: {title}"));
        }
        let steps = steps.filter(|step| !step.edits.is_empty()).count();
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
fn mend(document: &Document, fix: &Fix) -> Mended {
    let facts = fix.calendar.facts();
    let mut document = document.clone();
    let mut steps = Vec::new();
    if fix.modernize {
        let modern = modernize(&document, &facts, fix.image.as_deref());
        (document, steps) = (modern.document, modern.steps);
    }
    let mut applied = Vec::new();
    let mut refused: Vec<(Mend, String)> = Vec::new();
    loop {
        let problems = document.problems(&facts);
        let is_refused = |mend: &Mend| refused.iter().any(|(other, _)| other == mend);
        let next = problems
            .iter()
            .find_map(|located| wanted(located, fix).filter(|mend| !is_refused(mend)));
        let Some(next) = next else {
            return Mended {
                text: document.text().to_owned(),
                steps,
                applied,
                refused,
                left: problems.len(),
            };
        };
        match document.edit(&next.edits) {
            Ok(edited) => {
                let after = edited.document.problems(&facts);
                if weight(&after) < weight(&problems) {
                    document = edited.document;
                    applied.push(next.title.clone());
                    // What stood in the way of others may be gone.
                    refused.clear();
                } else {
                    refused.push((next.clone(), brings(&problems, &after)));
                }
            }
            Err(error) => refused.push((next.clone(), error.to_string())),
        }
    }
}

/// What a fix has to make less: first what is wrong with the text and its types, for no rule sees what is there until it is
/// right; then everything.
fn weight(problems: &[Located]) -> (usize, usize) {
    let of_text = problems
        .iter()
        .filter(|found| found.problem.code.family() == "YM");
    (of_text.count(), problems.len())
}

/// Why a fix that brings as much as it removes is not applied: someone has to look at it.
fn brings(before: &[Located], after: &[Located]) -> String {
    let mut known: Vec<&str> = before
        .iter()
        .map(|found| found.problem.message.as_str())
        .collect();
    let new = after.iter().find(|found| {
        let at = known.iter().position(|message| *message == found.problem.message);
        at.map(|at| known.swap_remove(at)).is_none()
    });
    match new.map(|found| &found.problem) {
        Some(problem) => format!(
            "then `{}` would be found: {}; change both by hand",
            problem.code, problem.message
        ),
        None => "as many problems would be left; change it by hand".to_owned(),
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
