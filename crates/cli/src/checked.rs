//! A config on its way to an account: read, checked, and refused with its lines where it cannot go on.

use crate::{
    commands::validate,
    diagnostics,
    error::{Error, Result},
    input,
    ui::Ui,
    words,
};
use lb_model::{
    config::ClusterConfig,
    document::Document,
    problem::{Located, Problem, Severity},
    rules::Facts,
};
use std::path::Path;

/// A config that was read.
pub(crate) struct Checked {
    /// What to call it.
    pub(crate) name: String,
    pub(crate) document: Document,
}

/// Reads a config.
pub(crate) fn read(path: &Path) -> Result<Checked> {
    let input = input::read(path)?;
    Ok(Checked {
        document: input.document(),
        name: input.name,
    })
}

impl Checked {
    /// The config, as far as it could be read.
    pub(crate) fn config(&self) -> &ClusterConfig {
        self.document.config()
    }

    /// Shows the errors of the file and ends, if it has any: no call is made for it.
    pub(crate) fn refuse_errors(&self, ui: &mut Ui, facts: &Facts<'_>) -> Result<()> {
        let mut problems = self.document.problems(facts);
        problems.retain(|located| located.problem.severity == Severity::Error);
        self.refuse(ui, &problems)
    }

    /// Shows what eksctl would refuse and ends, if there is anything; whether AWS still makes such a cluster is not
    /// asked.
    pub(crate) fn refuse_what_eksctl_refuses(&self, ui: &mut Ui, facts: &Facts<'_>) -> Result<()> {
        let mut problems = self.document.problems(facts);
        problems.retain(|located| {
            let problem = &located.problem;
            problem.severity == Severity::Error && ["YM", "EK"].contains(&problem.code.family())
        });
        self.refuse(ui, &problems)
    }

    /// The plan, unless there is none: then what `lb` does not provision or the account cannot give is shown.
    pub(crate) fn provisioned<T>(
        &self,
        ui: &mut Ui,
        planned: std::result::Result<T, Vec<Problem>>,
    ) -> Result<T> {
        planned.or_else(|problems| {
            self.refuse(ui, &self.located(&problems))?;
            Err(Error::failed(format!("`{}` cannot be provisioned", self.name)))
        })
    }

    /// Problems with their lines, in document order.
    fn located(&self, problems: &[Problem]) -> Vec<Located> {
        let each = problems.iter().cloned();
        let mut located: Vec<Located> = each.map(|problem| self.document.locate(problem)).collect();
        located.sort_by_key(|located| located.span.start);
        located
    }

    /// Shows what the account lacks for a plan, which goes on all the same.
    pub(crate) fn warn(&self, ui: &mut Ui, problems: &[Problem]) {
        if !problems.is_empty() {
            let located = self.located(problems);
            let shown = diagnostics::render(&self.name, &self.document, &located, ui.width);
            ui.talk(shown);
        }
    }

    /// The same for a program, as `lb validate` gives them.
    pub(crate) fn json(&self, problems: &[Problem]) -> Vec<serde_json::Value> {
        let each = self.located(problems);
        let values = each
            .iter()
            .map(|located| serde_json::to_value(validate::problem_answer(located)));
        values.filter_map(std::result::Result::ok).collect()
    }

    fn refuse(&self, ui: &mut Ui, problems: &[Located]) -> Result<()> {
        if problems.is_empty() {
            return Ok(());
        }
        ui.talk(diagnostics::render(
            &self.name,
            &self.document,
            problems,
            ui.width,
        ));
        let errors = problems
            .iter()
            .filter(|located| located.problem.severity == Severity::Error);
        let count = words::count(errors.count(), "error");
        Err(
            Error::failed(format!("{} has {count}, so nothing was done", self.name))
                .next("`lb explain CODE` tells more"),
        )
    }
}
