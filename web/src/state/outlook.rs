//! What an apply of a config would do, how long that takes and what the cluster costs then: from the planner and the prices
//! of `lb`.

use crate::components::words;
use lb_model::{config::ClusterConfig, path::Path, problem::Problem, rules::Facts};
use lb_provision::{
    objects::Spec,
    plan::{Action, Cost, Planned, Step, Timeline, properties},
};
use std::cell::OnceCell;

/// What a config leads to in an account in which nothing of it is there yet.
#[derive(Debug)]
pub(crate) struct Outlook {
    /// The plan, with what it is made from.
    pub planned: Planned,
    /// When its steps run.
    pub timeline: Timeline,
    /// What the cluster costs.
    pub cost: Cost,
    /// What each step is found by, in lower case.
    words: OnceCell<Vec<String>>,
}

impl Outlook {
    /// Plans a config.
    ///
    /// # Errors
    /// Why it cannot be planned.
    pub(crate) fn of(config: &ClusterConfig, facts: &Facts<'_>) -> Result<Self, Vec<Problem>> {
        let planned = Planned::offline(config, facts.catalog)?;
        Ok(Self {
            timeline: planned.plan.timeline(),
            cost: planned.cost(facts),
            words: OnceCell::new(),
            planned,
        })
    }

    /// The steps that have all words of a query in their name, kind or fields.
    pub(crate) fn found<'a>(&'a self, query: &str) -> Vec<&'a Step> {
        let steps = &self.planned.plan.steps;
        let query = query.to_lowercase();
        let asked: Vec<&str> = query.split_whitespace().collect();
        if asked.is_empty() {
            return steps.iter().collect();
        }
        let words = self.words.get_or_init(|| steps.iter().map(words_of).collect());
        let has = |words: &str| asked.iter().all(|word| words.contains(word));
        let each = steps.iter().zip(words);
        each.filter(|(_, words)| has(words))
            .map(|(step, _)| step)
            .collect()
    }

    /// What the plan comes to: `115 objects to create`, `4 changes`, `Nothing to change`.
    pub(crate) fn title(&self) -> String {
        match self.count() {
            (0, _) => "Nothing to change".to_owned(),
            (n, true) => format!("{} to create", words::count(n, "object")),
            (n, false) => words::count(n, "change"),
        }
    }

    /// The same where there is little room: `115 objects`.
    pub(crate) fn plan_label(&self) -> String {
        match self.count() {
            (0, _) => "no change".to_owned(),
            (n, true) => words::count(n, "object"),
            (n, false) => words::count(n, "change"),
        }
    }

    /// How many steps there are, and whether all of them create.
    fn count(&self) -> (usize, bool) {
        let steps = &self.planned.plan.steps;
        let creates = steps.iter().all(|step| step.action == Action::Create);
        (steps.len(), creates)
    }

    /// What an hour costs idle and at full scale: `$0.25–39/h`.
    pub(crate) fn cost_label(&self) -> String {
        let total = &self.cost.total;
        let (idle, full) = (total.idle_usd_per_hour, total.full_usd_per_hour);
        let digits = if full < 10.0 { 2 } else { 0 };
        let (idle, most) = (words::money(idle), words::figure(full, digits));
        if words::money(full) == idle {
            format!("{idle}/h")
        } else {
            format!("{idle}\u{2013}{most}/h")
        }
    }

    /// The Kubernetes version of the cluster.
    pub(crate) fn version(&self) -> &str {
        let mut specs = self.planned.desired.objects.values().map(|wanted| &wanted.spec);
        let version = specs.find_map(|spec| match spec {
            Spec::Cluster(cluster) => Some(cluster.version.as_str()),
            _ => None,
        });
        version.unwrap_or_default()
    }

    /// The value of the config that a step's object is made for.
    pub(crate) fn origin(&self, step: &Step, config: &ClusterConfig) -> Option<Path> {
        self.planned.desired.origin(&step.key, config)
    }
}

fn words_of(step: &Step) -> String {
    let mut words = step.key.to_string();
    if let Some(spec) = step.shown() {
        words.push(' ');
        words.push_str(spec.noun());
        for (path, value) in properties(spec) {
            words.extend([" ", &path, " ", &value]);
        }
    }
    words.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::preset::example;
    use lb_model::{document::Document, leaderboard::Edition};

    fn outlook(edition: Edition) -> Outlook {
        let facts = Facts::on(jiff::civil::date(2026, 11, 23));
        Outlook::of(Document::parse(example(edition)).config(), &facts).unwrap()
    }

    #[test]
    fn the_answer_stands_in_the_label() {
        for edition in [Edition::V1, Edition::V2] {
            let outlook = outlook(edition);
            let steps = outlook.planned.plan.steps.len();
            assert_eq!(outlook.title(), format!("{steps} objects to create"));
            assert_eq!(outlook.plan_label(), format!("{steps} objects"));
            assert_eq!(outlook.version(), "1.35");
        }
        assert_eq!(outlook(Edition::V2).cost_label(), "$0.25\u{2013}39/h");
    }

    #[test]
    fn a_step_is_found_by_name_kind_and_field() {
        let outlook = outlook(Edition::V2);
        let keys = |query| {
            let found = outlook.found(query).into_iter();
            found.map(|step| step.key.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(keys("").len(), outlook.planned.plan.steps.len());
        assert_eq!(keys("elastic ADDRESS"), ["NATIP"]);
        assert_eq!(
            keys("launch template g5.12xlarge"),
            ["ng:submission-worker-g5x12/NodeGroupLaunchTemplate"]
        );
        assert_eq!(keys("no such thing"), Vec::<String>::new());
    }
}
