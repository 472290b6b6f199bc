//! The account and its one function.

use super::{
    Answer, Facts, Refusal,
    iam::Iam,
    random::Random,
    world::{Region, World},
};
use crate::{
    cloud::CallError,
    operations::{Access, Reply, Request},
};
use jiff::Timestamp;
use lb_model::catalog::Catalog;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A simulated AWS account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    facts: Facts,
    now: Timestamp,
    random: Random,
    iam: Iam,
    regions: BTreeMap<String, Region>,
}

impl Account {
    /// A new account.
    pub fn new(facts: Facts) -> Self {
        Self {
            now: facts.start,
            random: Random::new(facts.seed),
            iam: Iam::new(&facts),
            regions: BTreeMap::new(),
            facts,
        }
    }

    /// What it was made from.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The latest moment that it has seen.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The names of all clusters, by region.
    pub fn clusters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.regions.iter().flat_map(|(region, state)| {
            state
                .clusters
                .keys()
                .map(move |name| (region.as_str(), name.as_str()))
        })
    }

    /// Lets time pass up to `now`; a moment before the latest one changes nothing. True if anything happened.
    pub fn advance(&mut self, now: Timestamp) -> bool {
        self.now = self.now.max(now);
        let mut happened = false;
        loop {
            // Regions share IAM, so what happens first in any of them happens first.
            let next = self
                .regions
                .values_mut()
                .filter_map(|region| region.events.next().map(|at| (at, region)))
                .min_by_key(|(at, _)| *at);
            let Some((_, region)) = next else { return happened };
            let Some((at, event)) = region.events.due(self.now) else {
                return happened;
            };
            happened = true;
            let mut world = World {
                facts: &self.facts,
                iam: &mut self.iam,
                region,
                random: &mut self.random,
                now: at,
            };
            world.happen(event);
        }
    }

    /// Makes a call in a region at a moment (the latest one, if that is later), and says how long the answer takes.
    /// What is done is done at once; the answer travels.
    pub fn call(
        &mut self,
        region: &str,
        now: Timestamp,
        request: Request,
    ) -> (Result<Reply, CallError>, Duration) {
        self.advance(now);
        let info = request.info();
        let latency = match info.access {
            Access::Read => self.random.lasting(0.08, 0.25),
            Access::Write => self.random.lasting(0.3, 0.9),
        };
        let answer = self.answer(region, request);
        let answer = answer.map_err(|refusal| CallError {
            request_id: Some(self.random.uuid()),
            ..CallError::new(info, refusal.code, refusal.message)
        });
        (answer, latency)
    }

    fn answer(&mut self, region: &str, request: Request) -> Answer<Reply> {
        if Catalog::builtin().region(region).is_none() && !self.facts.zones.contains_key(region) {
            return Err(Refusal::new(
                "NameNotResolved",
                format!("there is no region `{region}`: its endpoint does not resolve"),
            ));
        }
        if !self.regions.contains_key(region) {
            self.regions
                .insert(region.to_owned(), Region::new(region, &self.facts));
        }
        let Some(state) = self.regions.get_mut(region) else {
            return Err(Refusal::new("InternalFailure", "the region is missing"));
        };
        let info = request.info();
        let global = matches!(info.service, "iam");
        let throttle = if global {
            &mut self.iam.throttle
        } else {
            &mut state.throttle
        };
        if !throttle.take(info, self.now) {
            return Err(match info.service {
                "ec2" => Refusal::new("RequestLimitExceeded", "Request limit exceeded."),
                "eks" | "service-quotas" => Refusal::new("TooManyRequestsException", "Too Many Requests"),
                "kubernetes" => Refusal::new("TooManyRequests", "too many requests"),
                "logs" | "ssm" | "kms" => Refusal::new("ThrottlingException", "Rate exceeded"),
                _ => Refusal::new("Throttling", "Rate exceeded"),
            });
        }
        let mut world = World {
            facts: &self.facts,
            iam: &mut self.iam,
            region: state,
            random: &mut self.random,
            now: self.now,
        };
        Ok(match request {
            Request::Ec2(request) => Reply::Ec2(world.ec2(request)?),
            Request::Iam(request) => Reply::Iam(world.iam(request)?),
            Request::Eks(request) => Reply::Eks(world.eks(request)?),
            Request::AutoScaling(request) => Reply::AutoScaling(world.autoscaling(request)?),
            Request::Logs(request) => Reply::Logs(world.logs(request)?),
            Request::Sts(request) => Reply::Sts(world.sts(request)),
            Request::Ssm(request) => Reply::Ssm(world.ssm(request)?),
            Request::ServiceQuotas(request) => Reply::ServiceQuotas(world.quotas(request)?),
            Request::Kms(request) => Reply::Kms(world.kms(request)?),
            Request::Elb(request) => Reply::Elb(world.elb(request)),
            Request::ElbV2(request) => Reply::ElbV2(world.elbv2(request)),
            Request::Kubernetes(request) => Reply::Kubernetes(world.kubernetes(request)?),
        })
    }
}
