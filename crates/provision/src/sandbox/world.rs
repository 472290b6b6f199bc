//! The state of a region, and what a call or an event sees of the account.

use super::{
    Facts,
    autoscaling::Group,
    ec2::{instances::Machine, network::VpcState, templates::TemplateState},
    eks::ClusterState,
    event::Events,
    iam::Iam,
    kubernetes::Balancer,
    logs::LogGroupState,
    random::Random,
    shelf::{Seen, Shelf},
    throttle::Throttle,
    tokens::Tokens,
};
use crate::{
    clock::after,
    operations::ec2::{
        Address, InternetGateway, KeyPairInfo, NatGateway, NetworkInterface, PlacementGroup, RouteTable,
        SecurityGroup, SecurityGroupRule, Subnet, Volume,
    },
};
use jiff::{Timestamp, civil::Date, tz::Offset};
use lb_model::catalog::Catalog;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What a region holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Region {
    pub(super) name: String,
    pub(super) vpcs: Shelf<VpcState>,
    pub(super) subnets: Shelf<Subnet>,
    pub(super) gateways: Shelf<InternetGateway>,
    pub(super) tables: Shelf<RouteTable>,
    pub(super) addresses: Shelf<Address>,
    pub(super) nats: Shelf<NatGateway>,
    pub(super) groups: Shelf<SecurityGroup>,
    pub(super) rules: Shelf<SecurityGroupRule>,
    /// By name.
    pub(super) keys: Shelf<KeyPairInfo>,
    /// By name.
    #[serde(default)]
    pub(super) placements: Shelf<PlacementGroup>,
    pub(super) templates: Shelf<TemplateState>,
    pub(super) interfaces: Shelf<NetworkInterface>,
    pub(super) machines: Shelf<Machine>,
    pub(super) scaling: BTreeMap<String, Group>,
    pub(super) clusters: BTreeMap<String, ClusterState>,
    pub(super) logs: BTreeMap<String, LogGroupState>,
    /// Of Services and Ingresses.
    #[serde(default)]
    pub(super) balancers: Vec<Balancer>,
    /// Of claims.
    #[serde(default)]
    pub(super) volumes: Shelf<Volume>,
    /// Instances that AWS still has, where that is limited.
    pub(super) capacity: BTreeMap<String, u32>,
    /// Security groups that somebody makes in the next VPC.
    #[serde(default)]
    pub(super) later_groups: BTreeSet<String>,
    pub(super) tokens: Tokens,
    pub(super) throttle: Throttle,
    pub(super) events: Events,
}

/// What a call or an event works on: one region, the account's IAM, chance and the moment.
pub(super) struct World<'a> {
    pub(super) facts: &'a Facts,
    pub(super) iam: &'a mut Iam,
    pub(super) region: &'a mut Region,
    pub(super) random: &'a mut Random,
    pub(super) now: Timestamp,
}

impl World<'_> {
    /// From when reads see what is made now (`aws-apply.md` 6, behaviour 2).
    pub(super) fn fresh(&mut self) -> Seen {
        let id = if self.random.chance(0.8) {
            Duration::ZERO
        } else {
            self.random.between(0.0, 5.0)
        };
        let filter = id + self.random.lasting(1.5, 12.0);
        Seen {
            id: after(self.now, id),
            filter: after(self.now, filter),
        }
    }

    /// The moment a duration with that median and 95th percentile ends, in seconds from now.
    pub(super) fn later(&mut self, median: f64, p95: f64) -> Timestamp {
        after(self.now, self.random.lasting(median, p95))
    }

    /// The day on the account's clock.
    pub(super) fn today(&self) -> Date {
        Offset::UTC.to_datetime(self.now).date()
    }

    /// The zones of the region that exist for this account.
    pub(super) fn zones(&self) -> Vec<String> {
        self.facts
            .zones
            .get(&self.region.name)
            .cloned()
            .or_else(|| Catalog::builtin().zones(&self.region.name))
            .filter(|zones| !zones.is_empty())
            .unwrap_or_else(|| {
                ["a", "b", "c"]
                    .map(|letter| format!("{}{letter}", self.region.name))
                    .to_vec()
            })
    }

    /// Whether a zone offers an instance type.
    pub(super) fn offers(&self, instance_type: &str, zone: &str) -> bool {
        self.facts.every_type_everywhere
            || Catalog::builtin()
                .zones_offering(instance_type, &self.region.name)
                .is_none_or(|zones| zones.iter().any(|offering| offering == zone))
    }

    /// A quota by its code, the account's own or AWS's default; None for codes that the sandbox does not count.
    pub(super) fn quota(&self, code: &str) -> Option<f64> {
        self.facts.quotas.get(code).copied().or_else(|| {
            let quota = Catalog::builtin()
                .quotas()
                .iter()
                .find(|quota| quota.code == Some(code))?;
            Some(quota.limit as f64)
        })
    }

    /// Whether one more than `used` is within a quota.
    pub(super) fn allows(&self, code: &str, used: usize) -> bool {
        self.quota(code).is_none_or(|limit| (used as f64) < limit)
    }

    /// An ARN of this region.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition(),
            self.region.name,
            self.facts.account
        )
    }

    /// The partition of the region.
    pub(super) fn partition(&self) -> &'static str {
        Catalog::builtin()
            .region(&self.region.name)
            .map_or("aws", |region| region.partition)
    }
}
