//! What happens by itself: a queue of events, worked off in order of time, then of making.

use super::world::World;
use crate::clock::after;
use crate::operations::kubernetes::ObjectRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Event {
    /// A NAT gateway becomes available or fails.
    NatSettles(String),
    /// A NAT gateway is deleted.
    NatGone(String),
    /// A deleted or failed NAT gateway is shown no longer.
    NatForgotten(String),
    /// A cluster becomes ACTIVE or FAILED.
    ClusterSettles(String),
    /// A cluster is deleted.
    ClusterGone(String),
    /// Logs of a deleted cluster arrive late.
    LateLogs(String),
    /// An update of a cluster or add-on ends.
    UpdateEnds {
        /// The cluster.
        cluster: String,
        /// The update.
        id: String,
    },
    /// An add-on looks whether it can be ACTIVE.
    AddonSettles {
        /// The cluster.
        cluster: String,
        /// The add-on.
        addon: String,
    },
    /// An add-on is deleted.
    AddonGone {
        /// The cluster.
        cluster: String,
        /// The add-on.
        addon: String,
    },
    /// A managed nodegroup takes its next step.
    NodegroupActs {
        /// The cluster.
        cluster: String,
        /// The nodegroup.
        nodegroup: String,
    },
    /// An Auto Scaling group compares what it has with what it wants.
    GroupActs(String),
    /// An instance runs.
    MachineRuns(String),
    /// The kubelet of an instance tries to join, or to become Ready.
    NodeTries(String),
    /// An instance is terminated.
    MachineGone(String),
    /// A terminated instance is shown no longer.
    MachineForgotten(String),
    /// A controller makes a load balancer for an object of a cluster.
    BalancerStarts(String, ObjectRef),
    /// A controller deletes a load balancer, and its object with it.
    BalancerStops(String, ObjectRef),
    /// A claim in a cluster gets its volume.
    ClaimBinds(String, ObjectRef),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Scheduled {
    at: Timestamp,
    order: u64,
    event: Event,
}

/// Events to come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Events {
    /// The next one last.
    queue: Vec<Scheduled>,
    made: u64,
}

impl Events {
    pub(super) fn at(&mut self, at: Timestamp, event: Event) {
        self.made += 1;
        let order = self.made;
        let place = self
            .queue
            .partition_point(|other| (other.at, other.order) > (at, order));
        self.queue.insert(place, Scheduled { at, order, event });
    }

    /// The next event up to `now`.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<(Timestamp, Event)> {
        self.queue
            .pop_if(|next| next.at <= now)
            .map(|next| (next.at, next.event))
    }

    /// When the next event happens.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.queue.last().map(|next| next.at)
    }

    /// Whether that event is to come.
    pub(super) fn awaits(&self, event: &Event) -> bool {
        self.queue.iter().any(|other| other.event == *event)
    }
}

impl World<'_> {
    /// Makes an event happen after a while.
    pub(super) fn soon(&mut self, wait: Duration, event: Event) {
        self.region.events.at(after(self.now, wait), event);
    }

    /// Makes an event happen once a duration with that median and 95th percentile is over, in seconds.
    pub(super) fn soon_about(&mut self, median: f64, p95: f64, event: Event) {
        let at = self.later(median, p95);
        self.region.events.at(at, event);
    }

    /// Lets an event happen.
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::NatSettles(id) => self.nat_settles(&id),
            Event::NatGone(id) => self.nat_gone(&id),
            Event::NatForgotten(id) => {
                self.region.nats.remove(&id);
            }
            Event::ClusterSettles(name) => self.cluster_settles(&name),
            Event::ClusterGone(name) => self.cluster_gone(&name),
            Event::LateLogs(name) => self.late_logs(&name),
            Event::UpdateEnds { cluster, id } => self.update_ends(&cluster, &id),
            Event::AddonSettles { cluster, addon } => self.addon_settles(&cluster, &addon),
            Event::AddonGone { cluster, addon } => self.addon_gone(&cluster, &addon),
            Event::NodegroupActs { cluster, nodegroup } => self.nodegroup_acts(&cluster, &nodegroup),
            Event::GroupActs(name) => self.group_acts(&name),
            Event::MachineRuns(id) => self.machine_runs(&id),
            Event::NodeTries(id) => self.node_tries(&id),
            Event::MachineGone(id) => self.machine_gone(&id),
            Event::BalancerStarts(cluster, object) => self.balancer_starts(&cluster, &object),
            Event::BalancerStops(cluster, object) => self.balancer_stops(&cluster, &object),
            Event::ClaimBinds(cluster, object) => self.claim_binds(&cluster, &object),
            Event::MachineForgotten(id) => {
                self.region.machines.remove(&id);
            }
        }
    }
}
