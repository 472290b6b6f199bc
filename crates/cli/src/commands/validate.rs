//! `lb validate`.

use crate::{
    args::{Calendar, Output},
    diagnostics,
    error::{Error, Exit, Result},
    input,
    ui::{BOLD, RED, Ui, YELLOW, paint},
    words,
};
use clap::ValueEnum;
use lb_model::{
    document::Document,
    problem::{Code, Located, Severity},
    rules::Facts,
    suggest::suggest,
};
use lb_provision::check;
use std::path::PathBuf;

/// Show all problems of a config, with positions.
///
/// Ends with 1 if there is an error. `lb explain CODE` documents a code. A line `# lb: allow CODE reason` at or
/// above the place silences it there.
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    /// The configs; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show only these codes, or all that begin so
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not show these codes, nor any that begin so
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// End with 1 for warnings too
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Show also what `# lb: allow` comments silence
    #[arg(long)]
    no_allow: bool,
    /// The config as it was, for what only a change shows (LB025)
    #[arg(long, value_name = "OLD")]
    before: Option<PathBuf>,
    #[command(flatten)]
    calendar: Calendar,
    #[command(flatten)]
    output: Output,
}

/// What ends with 1 beside errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings
    Warnings,
}

/// One file and what was found in it.
struct Checked {
    name: String,
    document: Document,
    problems: Vec<Located>,
}

/// The answer for programs; its form is fixed.
#[derive(serde::Serialize)]
struct Answer<'a> {
    version: u32,
    files: Vec<FileAnswer<'a>>,
    errors: usize,
    warnings: usize,
}

#[derive(serde::Serialize)]
struct FileAnswer<'a> {
    file: &'a str,
    problems: Vec<ProblemAnswer<'a>>,
}

#[derive(serde::Serialize)]
pub(crate) struct ProblemAnswer<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    path: Option<String>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    fixable: bool,
}

pub(crate) fn run(ui: &mut Ui, validate: &Validate) -> Result {
    known_codes(validate.select.iter().chain(&validate.ignore))?;
    let before = validate.before.as_deref().map(input::read).transpose()?;
    let before = before.map(|input| input.document());
    let mut facts = validate.calendar.facts();
    facts.before = before.as_ref().map(Document::config);
    let mut checked = Vec::new();
    let mut unreadable = false;
    for file in &validate.files {
        match input::read(file) {
            Ok(input) => checked.push(validate.check(&input, &facts)),
            Err(error) if validate.files.len() > 1 => {
                ui.error(&error);
                unreadable = true;
            }
            Err(error) => return Err(error),
        }
    }
    if validate.output.is_json() {
        ui.json(&answer(&checked))?;
    } else {
        for file in &checked {
            ui.data(text(file, ui.width))?;
        }
    }
    let count = |severity| checked.iter().map(|file| file.count(severity)).sum::<usize>();
    let denied = validate.deny == Some(Deny::Warnings) && count(Severity::Warning) > 0;
    let wrong = unreadable || denied || count(Severity::Error) > 0;
    Ok(if wrong { Exit::Problems } else { Exit::Done })
}

impl Validate {
    fn check(&self, input: &input::Input, facts: &Facts<'_>) -> Checked {
        let document = input.document();
        let mut problems = if self.no_allow {
            check::all_problems(&document, facts)
        } else {
            check::problems(&document, facts)
        };
        problems.retain(|located| {
            let begins = |prefix: &String| located.problem.code.0.starts_with(&prefix.to_uppercase());
            (self.select.is_empty() || self.select.iter().any(begins)) && !self.ignore.iter().any(begins)
        });
        Checked {
            name: input.name.clone(),
            document,
            problems,
        }
    }
}

impl Checked {
    fn count(&self, severity: Severity) -> usize {
        self.problems
            .iter()
            .filter(|located| located.problem.severity == severity)
            .count()
    }
}

/// A code that does not exist would select nothing, and hide that.
pub(crate) fn known_codes<'a>(prefixes: impl Iterator<Item = &'a String>) -> Result<()> {
    for prefix in prefixes {
        let upper = prefix.to_uppercase();
        if upper.is_empty() || !check::rules().any(|rule| rule.code.0.starts_with(&upper)) {
            let near = suggest(&upper, check::rules().map(|rule| rule.code.0));
            let hint = near.map_or("`lb explain` lists them all".to_owned(), |near| {
                format!("did you mean `{near}`")
            });
            return Err(Error::usage(format!("no code begins with `{prefix}`; {hint}")));
        }
    }
    Ok(())
}

fn text(file: &Checked, width: usize) -> String {
    let shown = diagnostics::render(&file.name, &file.document, &file.problems, width);
    format!("{shown}{}\n", summary(file))
}

/// `leaderboard-20.yaml: 1 error, 2 warnings; what to do next`.
fn summary(file: &Checked) -> String {
    let name = paint(BOLD, &file.name);
    if file.problems.is_empty() {
        return format!("{name}: no problems ({} rules)", check::rules().count());
    }
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (severity, file.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| match severity {
            Severity::Error => paint(RED, words::count(count, "error")),
            Severity::Warning => paint(YELLOW, words::count(count, "warning")),
            Severity::Info => words::count(count, "info"),
        })
        .collect();
    let mendable = file.problems.iter().filter(|located| fixable(located)).count();
    let fix = if mendable == 0 {
        String::new()
    } else {
        format!("`lb fix` can mend {mendable}, ")
    };
    format!("{name}: {}; {fix}`lb explain CODE` tells more", counts.join(", "))
}

/// Whether `lb fix` removes it without being told to.
fn fixable(located: &Located) -> bool {
    located.problem.fix.as_ref().is_some_and(|fix| fix.safe)
}

fn answer(checked: &[Checked]) -> Answer<'_> {
    let count = |severity| checked.iter().map(|file| file.count(severity)).sum();
    Answer {
        version: 1,
        files: checked
            .iter()
            .map(|file| FileAnswer {
                file: &file.name,
                problems: file.problems.iter().map(problem_answer).collect(),
            })
            .collect(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
    }
}

/// A problem as programs read it.
pub(crate) fn problem_answer(located: &Located) -> ProblemAnswer<'_> {
    let problem = &located.problem;
    ProblemAnswer {
        code: problem.code,
        severity: problem.severity,
        message: &problem.message,
        help: problem.help.as_deref(),
        path: problem.place.path().map(ToString::to_string),
        line: located.start.line,
        column: located.start.column,
        end_line: located.end.line,
        end_column: located.end.column,
        fixable: problem.fix.is_some(),
    }
}
