//! Load balancers that controllers make for Services and Ingresses, and the objects that stay until theirs is gone.
//!
//! The controller for Services runs with the control plane; Ingresses have one only where somebody installed it.

use crate::{
    operations::{
        ec2::{NetworkInterface, Subnet, Tag},
        elb, elbv2,
        kubernetes::ObjectRef,
    },
    sandbox::{event::Event, world::World},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// What keeps an object until its load balancer is gone.
const FINALIZER: &str = "service.kubernetes.io/load-balancer-cleanup";
/// The deployment of the controller for Ingresses.
const CONTROLLER: &str = "aws-load-balancer-controller";

/// A load balancer, and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct Balancer {
    name: String,
    cluster: String,
    object: ObjectRef,
    vpc: String,
    interfaces: Vec<String>,
    group: String,
}

impl Balancer {
    /// Services get classic ones, Ingresses application ones.
    fn is_classic(&self) -> bool {
        self.object.kind == "Service"
    }
}

/// Whether a controller would make a load balancer for an object.
fn wants(live: &Value) -> bool {
    let kind = live.get("kind").and_then(Value::as_str);
    let service_type = live.pointer("/spec/type").and_then(Value::as_str);
    kind == Some("Ingress") || (kind, service_type) == (Some("Service"), Some("LoadBalancer"))
}

impl World<'_> {
    /// An object was written: its controller sees it a moment later.
    pub(super) fn see_balancer(&mut self, cluster: &str, object: &ObjectRef, live: &Value) {
        let has = self
            .region
            .balancers
            .iter()
            .any(|balancer| balancer.is_of(cluster, object));
        let event = Event::BalancerStarts(cluster.to_owned(), object.clone());
        if wants(live) && !has && !self.region.events.awaits(&event) {
            self.soon_about(15.0, 45.0, event);
        }
    }

    /// Whether whoever makes load balancers for objects of a kind runs.
    fn has_controller(&self, cluster: &str, kind: &str) -> bool {
        let Some(held) = self.region.clusters.get(cluster).filter(|held| held.serves()) else {
            return false;
        };
        let deployment = ObjectRef::namespaced("apps/v1", "Deployment", "kube-system", CONTROLLER);
        kind == "Service" || (held.store.get(&deployment).is_ok() && held.store.has_ready_node())
    }

    pub(in crate::sandbox) fn balancer_starts(&mut self, cluster: &str, object: &ObjectRef) {
        let Some(held) = self.region.clusters.get(cluster) else {
            return;
        };
        let network = held.shape.resources_vpc_config.clone();
        if !held.store.get(object).is_ok_and(|live| wants(&live)) {
            return;
        }
        if !self.has_controller(cluster, &object.kind) {
            let event = Event::BalancerStarts(cluster.to_owned(), object.clone());
            return self.soon(Duration::from_secs(60), event);
        }
        let name = format!("a{}", self.random.hex(31));
        let tag = Tag::new(format!("kubernetes.io/cluster/{cluster}"), "owned");
        let group = self.balancer_group(&network.vpc_id, &format!("k8s-elb-{name}"), tag);
        let subnets: Vec<Subnet> = network
            .subnet_ids
            .iter()
            .filter_map(|id| self.region.subnets.get(id))
            .filter(|subnet| subnet.map_public_ip_on_launch)
            .cloned()
            .collect();
        let interfaces = subnets
            .iter()
            .map(|subnet| {
                let interface = NetworkInterface {
                    description: format!("ELB {name}"),
                    requester_managed: true,
                    groups: self.group_identifiers(std::slice::from_ref(&group)),
                    ..self.interface_in(subnet)
                };
                let (id, seen) = (interface.network_interface_id.clone(), self.fresh());
                self.region.interfaces.insert(id.clone(), interface, seen);
                id
            })
            .collect();
        let host = format!("{name}-1234567890.{}.elb.amazonaws.com", self.region.name);
        if let Some(held) = self.region.clusters.get_mut(cluster) {
            let store = &mut held.store;
            store.change(object, &["metadata", "finalizers"], json!([FINALIZER]));
            let ingress = json!([{"hostname": host}]);
            store.change(object, &["status", "loadBalancer", "ingress"], ingress);
        }
        self.region.balancers.push(Balancer {
            name,
            cluster: cluster.to_owned(),
            object: object.clone(),
            vpc: network.vpc_id,
            interfaces,
            group,
        });
    }

    /// An object was deleted. True if it stays until its load balancer is gone, which its controller sees to.
    pub(super) fn keeps_for_balancer(&mut self, cluster: &str, object: &ObjectRef) -> bool {
        if !self
            .region
            .balancers
            .iter()
            .any(|balancer| balancer.is_of(cluster, object))
        {
            return false;
        }
        let now = self.now.to_string();
        if let Some(held) = self.region.clusters.get_mut(cluster) {
            let path = ["metadata", "deletionTimestamp"];
            held.store.change(object, &path, json!(now));
        }
        let event = Event::BalancerStops(cluster.to_owned(), object.clone());
        if self.has_controller(cluster, &object.kind) && !self.region.events.awaits(&event) {
            self.soon_about(20.0, 60.0, event);
        }
        true
    }

    pub(in crate::sandbox) fn balancer_stops(&mut self, cluster: &str, object: &ObjectRef) {
        let place = self
            .region
            .balancers
            .iter()
            .position(|balancer| balancer.is_of(cluster, object));
        // Without a cluster nobody stops it any more.
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return;
        };
        let Some(place) = place else { return };
        let _ = held.store.delete(object);
        let balancer = self.region.balancers.remove(place);
        for id in &balancer.interfaces {
            self.region.interfaces.remove(id);
        }
        if self.region.uses_group(&balancer.group).is_none() {
            self.region.drop_group(&balancer.group);
        }
    }

    /// Classic load balancers.
    pub(in crate::sandbox) fn elb(&self, request: elb::Request) -> elb::Reply {
        let elb::Request::DescribeLoadBalancers(_) = request;
        let found = self
            .region
            .balancers
            .iter()
            .filter(|balancer| balancer.is_classic());
        let shown = found.map(|balancer| elb::LoadBalancerDescription {
            load_balancer_name: balancer.name.clone(),
            vpc_id: Some(balancer.vpc.clone()),
            security_groups: vec![balancer.group.clone()],
        });
        elb::Reply::DescribeLoadBalancers(shown.collect())
    }

    /// Application and network load balancers.
    pub(in crate::sandbox) fn elbv2(&self, request: elbv2::Request) -> elbv2::Reply {
        let elbv2::Request::DescribeLoadBalancers(_) = request;
        let found = self
            .region
            .balancers
            .iter()
            .filter(|balancer| !balancer.is_classic());
        let shown = found.map(|balancer| elbv2::LoadBalancer {
            load_balancer_arn: self.arn(
                "elasticloadbalancing",
                &format!("loadbalancer/app/{0}/{0}", balancer.name),
            ),
            load_balancer_name: balancer.name.clone(),
            vpc_id: Some(balancer.vpc.clone()),
            security_groups: vec![balancer.group.clone()],
        });
        elbv2::Reply::DescribeLoadBalancers(shown.collect())
    }
}

impl Balancer {
    fn is_of(&self, cluster: &str, object: &ObjectRef) -> bool {
        self.cluster == cluster && self.object == *object
    }
}
