//! What an account must have before anything is made in it, looked at before the first write.
//!
//! A plan decides what is asked: a plan without steps asks nothing, and only what its steps make or change is looked
//! at. What cannot be asked (a permission is missing, an emulator does not know the call) is said, and stops nothing.

mod account;
mod images;
mod keys;
mod named;
mod quotas;
#[cfg(test)]
mod tests;
mod version;

pub use account::other_account;

use crate::{
    desired::Desired,
    execute::{Cx, Failure},
    facts::AccountFacts,
    key::Key,
    observed::Observed,
    plan::{Action, Plan, Step},
    support,
};
use lb_model::{
    catalog::Catalog,
    config::{ClusterConfig, NodeGroupRef},
    path::Path,
    problem::{Place, Problem, Severity},
    rename,
};
use std::collections::BTreeSet;

/// What a preflight is about.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The config.
    pub config: &'a ClusterConfig,
    /// What is known without an account.
    pub catalog: &'a Catalog,
    /// What the account answered.
    pub facts: &'a AccountFacts,
    /// What is there.
    pub observed: &'a Observed,
    /// What should be there.
    pub desired: &'a Desired,
    /// What is to be done.
    pub plan: &'a Plan,
}

/// Everything that the account lacks for a plan: errors that keep it from coming true now, warnings for later.
///
/// # Errors
/// The run was asked to stop.
pub async fn preflight(cx: &Cx<'_>, case: &Case<'_>) -> Result<Vec<Problem>, Failure> {
    let mut findings = Findings::default();
    if case.plan.steps.is_empty() {
        return Ok(findings.problems);
    }
    images::check(case, cx.now(), &mut findings);
    version::check(cx, case, &mut findings).await?;
    quotas::check(cx, case, &mut findings).await?;
    keys::check(cx, case, &mut findings).await?;
    named::check(cx, case, &mut findings).await?;
    Ok(findings.told())
}

/// ARNs of the roles that a config gives to what AWS makes: they must be there at once, and whether they are is looked
/// at with the principals that a config maps.
pub fn given_roles(config: &ClusterConfig) -> BTreeSet<String> {
    named::roles(config).into_iter().map(|(_, arn)| arn).collect()
}

/// What was found, and what could not be looked at.
#[derive(Default)]
struct Findings {
    problems: Vec<Problem>,
    not_checked: Vec<(&'static str, Failure)>,
}

impl Findings {
    /// The answer of a read that only a preflight makes. A refusal is remembered under the name of what cannot be
    /// looked at without it; what does not exist is `None` as well.
    fn answer<T>(&mut self, what: &'static str, answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) if failure.is_absent() => Ok(None),
            Err(failure) if failure.is_stop() => Err(failure),
            Err(failure) => {
                if self.not_checked.iter().all(|(named, _)| *named != what) {
                    self.not_checked.push((what, failure));
                }
                Ok(None)
            }
        }
    }

    /// Whether something could not be looked at.
    fn is_blind(&self, what: &'static str) -> bool {
        self.not_checked.iter().any(|(named, _)| *named == what)
    }

    fn told(mut self) -> Vec<Problem> {
        for (what, failure) in &self.not_checked {
            let place = Place::Value(Path::root().key("metadata").key("name"));
            let message = format!("{what} could not be looked at: {failure}");
            let problem = Problem::warning(support::NOT_CHECKED, place, message);
            self.problems.push(
                problem.with_help("allow the call, or be sure of it yourself; nothing else depends on it"),
            );
        }
        self.problems
    }
}

impl Case<'_> {
    /// The steps that make an object or change it.
    fn making(&self) -> impl Iterator<Item = &Step> {
        self.plan
            .steps
            .iter()
            .filter(|step| !matches!(step.action, Action::Delete | Action::Await | Action::Roll))
    }

    /// Whether something of a nodegroup is made or changed.
    fn touches(&self, group: &NodeGroupRef<'_>) -> bool {
        self.making()
            .any(|step| step.key.nodegroup_name() == Some(group.name.as_str()))
    }

    /// Whether an object is made.
    fn creates(&self, key: &Key) -> bool {
        self.making()
            .any(|step| step.key == *key && matches!(step.action, Action::Create | Action::Replace))
    }

    /// The nodegroups of which something is made or changed.
    fn groups(&self) -> Vec<NodeGroupRef<'_>> {
        self.config
            .all_node_groups()
            .filter(|group| self.touches(group))
            .collect()
    }

    /// The partition of the region, as in ARNs.
    fn partition(&self) -> &'static str {
        self.catalog
            .region(&self.config.metadata.region)
            .map_or("aws", |region| region.partition)
    }
}

/// Every text of a config that is an ARN, with where it stands.
fn arns(config: &ClusterConfig) -> Vec<(Path, String)> {
    let mut texts = rename::texts(config);
    texts.retain(|(_, text)| text.starts_with("arn:"));
    texts
}

/// A finding that stops an apply.
fn error(code: lb_model::problem::Code, path: Path, message: String, help: impl Into<String>) -> Problem {
    found(Severity::Error, code, path, message, help)
}

fn found(
    severity: Severity,
    code: lb_model::problem::Code,
    path: Path,
    message: String,
    help: impl Into<String>,
) -> Problem {
    let place = Place::Value(path);
    let problem = match severity {
        Severity::Error => Problem::error(code, place, message),
        Severity::Warning => Problem::warning(code, place, message),
        Severity::Info => Problem::info(code, place, message),
    };
    problem.with_help(help)
}
