//! A plan with what it was made from.

use super::{Cost, Options, Plan, desired_cost, plan};
use crate::{
    desired::{Desired, desired},
    facts::AccountFacts,
    observed::Observed,
};
use lb_model::{catalog::Catalog, config::ClusterConfig, problem::Problem, rules::Facts};

/// What is there, what should be there, and what leads from one to the other.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What the account answered, or what is assumed of it.
    pub facts: AccountFacts,
    /// What is there.
    pub observed: Observed,
    /// What should be there.
    pub desired: Desired,
    /// What is to be done.
    pub plan: Plan,
    /// What the account lacks for it: warnings only.
    pub lacks: Vec<Problem>,
}

impl Planned {
    /// Plans what makes `observed` be as the config says.
    ///
    /// # Errors
    /// What `lb` does not provision, and what this account cannot give.
    pub fn new(
        config: &ClusterConfig,
        facts: AccountFacts,
        observed: Observed,
        options: Options,
        catalog: &Catalog,
    ) -> Result<Self, Vec<Problem>> {
        let known = facts.clone().keeping(&observed);
        let desired = desired(config, &known, catalog)?;
        let plan = plan(&desired, &observed, options);
        Ok(Self {
            facts,
            observed,
            desired,
            plan,
            lacks: Vec::new(),
        })
    }

    /// Plans a cluster that does not exist yet, in an account that nobody was asked about.
    ///
    /// # Errors
    /// As [`Planned::new`].
    pub fn offline(config: &ClusterConfig, catalog: &Catalog) -> Result<Self, Vec<Problem>> {
        let meta = &config.metadata;
        let assumed = AccountFacts::assumed(catalog, &meta.region);
        let observed = Observed {
            cluster: meta.name.clone(),
            region: meta.region.clone(),
            ..Observed::default()
        };
        Self::new(config, assumed, observed, Options::default(), catalog)
    }

    /// What the cluster costs once the plan is carried out.
    pub fn cost(&self, facts: &Facts<'_>) -> Cost {
        desired_cost(&self.desired, facts.catalog, facts.today)
    }
}
