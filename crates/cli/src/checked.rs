//! A config on its way to an account: read, checked, and refused with its lines where it cannot go on.

use crate::{
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
    document: Document,
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
            let mut problems: Vec<Located> = problems
                .into_iter()
                .map(|problem| self.document.locate(problem))
                .collect();
            problems.sort_by_key(|located| located.span.start);
            self.refuse(ui, &problems)?;
            Err(Error::failed(format!("`{}` cannot be provisioned", self.name)))
        })
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
        let count = words::count(problems.len(), "error");
        Err(
            Error::failed(format!("{} has {count}, so nothing was done", self.name))
                .next("`lb explain CODE` tells more"),
        )
    }
}
