//! All that can be wrong with a config: the rules of the model, and what `lb` does not provision.

use lb_model::{
    catalog::Catalog,
    document::Document,
    problem::{Located, Problem, Severity},
    rules::{self, Facts, Rule},
};
use lb_provision::{codes, desired::desired, facts::AccountFacts};

/// Every code with its documentation.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::all().chain(codes::RULES)
}

/// All problems of a config, in document order. What `lb` does not provision is an info here: the file is right,
/// and eksctl makes it.
pub(crate) fn problems(document: &Document, facts: &Facts<'_>) -> Vec<Located> {
    document.judge(facts, refused(document, facts))
}

/// As [`problems`], with those that the file allows.
pub(crate) fn all_problems(document: &Document, facts: &Facts<'_>) -> Vec<Located> {
    document.all_problems(facts, refused(document, facts))
}

/// What `lb` does not provision.
fn refused(document: &Document, facts: &Facts<'_>) -> Vec<Problem> {
    let config = document.config();
    let assumed = AccountFacts::assumed(facts.catalog, &config.metadata.region);
    let mut others = desired(config, &assumed, Catalog::builtin())
        .err()
        .unwrap_or_default();
    // What a certain account cannot give is found by asking it.
    others.retain(|problem| problem.code.family() == "NP");
    for problem in &mut others {
        problem.severity = Severity::Info;
    }
    others
}
