//! The one validator: everything that can be wrong with a config, for every surface that shows it. The rules of the
//! model, and what `lb` does not provision.

use crate::{codes, desired::desired, facts::AccountFacts};
use lb_model::{
    document::Document,
    problem::{Located, Problem, Severity},
    rules::{self, Facts, Rule},
};

/// Every code with its documentation.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::all().chain(codes::RULES)
}

/// The documentation of a code, in any case; `None` if there is no such code.
pub fn explain(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.0.eq_ignore_ascii_case(code))
}

/// All problems of a config, in document order, without what the file allows on purpose.
pub fn problems(document: &Document, facts: &Facts<'_>) -> Vec<Located> {
    document.judge(facts, not_provisioned(document, facts))
}

/// As [`problems`], with what the file allows on purpose.
pub fn all_problems(document: &Document, facts: &Facts<'_>) -> Vec<Located> {
    document.all_problems(facts, not_provisioned(document, facts))
}

/// What `lb` does not provision; an info, for the file is right and eksctl makes it.
fn not_provisioned(document: &Document, facts: &Facts<'_>) -> Vec<Problem> {
    let config = document.config();
    let assumed = AccountFacts::assumed(facts.catalog, &config.metadata.region);
    let mut found = desired(config, &assumed, facts.catalog).err().unwrap_or_default();
    // What a certain account cannot give is found by asking it.
    found.retain(|problem| problem.code.family() == "NP");
    for problem in &mut found {
        problem.severity = Severity::Info;
    }
    found
}
