//! Instances, as Auto Scaling groups start and end them.

use super::{not_found, offers::architecture};
use crate::{
    operations::ec2::{
        DescribeInstances, IamInstanceProfile, Instance, InstancePlacement, InstanceState,
        LaunchTemplateData, NetworkInterface, NetworkInterfaceAssociation, NetworkInterfaceAttachment,
        StateReason, Subnet, Tag,
    },
    sandbox::{
        Answer, Refusal,
        event::Event,
        shelf::{Described, Seen},
        world::World,
    },
};
use lb_model::catalog::Catalog;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An instance with what DescribeInstances does not show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct Machine {
    pub(in crate::sandbox) shape: Instance,
    /// The Auto Scaling group that started it.
    pub(in crate::sandbox) scaling: String,
    /// The version of the launch template that it was started from.
    pub(in crate::sandbox) template: (String, String),
    pub(in crate::sandbox) groups: Vec<String>,
    /// Base64.
    pub(in crate::sandbox) user_data: String,
    /// The name of its profile.
    pub(in crate::sandbox) profile: String,
    /// The cluster and node that it has become.
    pub(in crate::sandbox) node: Option<(String, String)>,
    /// Why it is no Ready node yet.
    pub(in crate::sandbox) trouble: Option<String>,
    /// What user data wrote to the console when that went wrong.
    #[serde(default)]
    pub(in crate::sandbox) shown: Option<String>,
    /// How often it tried.
    pub(in crate::sandbox) tries: u32,
}

/// What an instance is started with.
pub(in crate::sandbox) struct Launch<'a> {
    pub(in crate::sandbox) data: &'a LaunchTemplateData,
    pub(in crate::sandbox) template: (String, String),
    pub(in crate::sandbox) subnet: &'a Subnet,
    pub(in crate::sandbox) scaling: &'a str,
    pub(in crate::sandbox) tags: Vec<Tag>,
}

/// How long terminated instances are shown.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// How often the interface of the CNI stays behind (`aws-apply.md` 6, behaviour 40).
const LEFT_BEHIND: f64 = 0.2;

impl Described for Machine {
    fn tags(&self) -> &[Tag] {
        &self.shape.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        let shape = &self.shape;
        Some(match filter {
            "instance-id" => test(&shape.instance_id),
            "instance-state-name" => test(&shape.state.name),
            "instance-type" => test(&shape.instance_type),
            "vpc-id" => shape.vpc_id.as_deref().is_some_and(test),
            "subnet-id" => shape.subnet_id.as_deref().is_some_and(test),
            "availability-zone" => test(&shape.placement.availability_zone),
            "image-id" => test(&shape.image_id),
            "key-name" => shape.key_name.as_deref().is_some_and(test),
            "instance.group-id" => self.groups.iter().any(|group| test(group)),
            "private-dns-name" => shape.private_dns_name.as_deref().is_some_and(test),
            _ => return None,
        })
    }
}

impl Machine {
    /// Whether it counts against quotas and groups.
    pub(in crate::sandbox) fn lives(&self) -> bool {
        matches!(self.shape.state.name.as_str(), "pending" | "running")
    }

    /// Whether it was put into a placement group.
    pub(in crate::sandbox) fn is_in(&self, placement_group: &str) -> bool {
        self.shape.placement.group_name.as_deref() == Some(placement_group)
    }
}

impl World<'_> {
    pub(super) fn describe_instances(&mut self, input: DescribeInstances) -> Answer<Vec<Instance>> {
        let missing = |id: &str| not_found("InvalidInstanceID.NotFound", id);
        let found = self
            .region
            .machines
            .describe(&input.instance_ids, &input.filters, self.now, missing)?;
        Ok(found.into_iter().map(|machine| machine.shape.clone()).collect())
    }

    /// What stands in the way of starting an instance of that type in that zone: EC2's refusal of RunInstances.
    pub(in crate::sandbox) fn room_for(&self, instance_type: &str, zone: &str) -> Answer<()> {
        let Some(instance) = Catalog::builtin().instance(instance_type) else {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("Invalid value '{instance_type}' for InstanceType."),
            ));
        };
        if !self.offers(instance_type, zone) {
            return Err(Refusal::new(
                "Unsupported",
                format!(
                    "Your requested instance type ({instance_type}) is not supported in your requested Availability \
                     Zone ({zone})."
                ),
            ));
        }
        let quota = instance
            .quota_family()
            .and_then(|family| Catalog::builtin().quota(family.quota_key())?.code);
        if let Some(limit) = quota.and_then(|code| self.quota(code)) {
            let counts = |name: &str| {
                Catalog::builtin()
                    .instance(name)
                    .filter(|other| other.quota_family() == instance.quota_family())
                    .map_or(0, |other| other.vcpus)
            };
            let running = self.region.machines.values().filter(|machine| machine.lives());
            let used: u32 = running.map(|machine| counts(&machine.shape.instance_type)).sum();
            if f64::from(used + instance.vcpus) > limit {
                return Err(Refusal::new(
                    "VcpuLimitExceeded",
                    format!(
                        "You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the \
                         instance bucket that the specified instance type belongs to. Please visit \
                         http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
                    ),
                ));
            }
        }
        if self.region.capacity.get(&format!("{instance_type} {zone}")) == Some(&0) {
            return Err(Refusal::new(
                "InsufficientInstanceCapacity",
                format!(
                    "We currently do not have sufficient {instance_type} capacity in the Availability Zone you \
                     requested ({zone}). Our system will be working on provisioning additional capacity."
                ),
            ));
        }
        Ok(())
    }

    /// Starts an instance; its image, profile and groups were looked at before.
    pub(in crate::sandbox) fn start_machine(&mut self, launch: &Launch<'_>, profile: (&str, &str)) -> String {
        let data = launch.data;
        let instance_type = data.instance_type.clone().unwrap_or_default();
        let zone = launch.subnet.availability_zone.clone();
        if let Some(left) = self.region.capacity.get_mut(&format!("{instance_type} {zone}")) {
            *left = left.saturating_sub(1);
        }
        let id = self.random.id("i");
        let first = data.network_interfaces.first();
        let groups = first.map_or(&data.security_group_ids, |first| &first.groups);
        let groups = self.groups_or_default(groups, &launch.subnet.vpc_id);
        // An instance that starts with several interfaces gets no public address by itself.
        let wants_public = first
            .and_then(|first| first.associate_public_ip_address)
            .unwrap_or(launch.subnet.map_public_ip_on_launch && data.network_interfaces.len() <= 1);
        let public_ip = wants_public.then(|| self.public_ip());
        let (address, seen) = self.add_interfaces(&id, launch, public_ip.clone());
        let mut tags = launch.tags.clone();
        tags.push(Tag::new("aws:autoscaling:groupName", launch.scaling));
        tags.push(Tag::new("aws:ec2launchtemplate:id", &launch.template.0));
        tags.push(Tag::new("aws:ec2launchtemplate:version", &launch.template.1));
        let shape = Instance {
            instance_id: id.clone(),
            image_id: data.image_id.clone().unwrap_or_default(),
            instance_type,
            state: InstanceState {
                name: "pending".into(),
            },
            vpc_id: Some(launch.subnet.vpc_id.clone()),
            subnet_id: Some(launch.subnet.subnet_id.clone()),
            private_dns_name: Some(self.private_dns(&address)),
            private_ip_address: Some(address),
            public_ip_address: public_ip,
            placement: InstancePlacement {
                availability_zone: zone,
                group_name: data
                    .placement
                    .as_ref()
                    .and_then(|placement| placement.group_name.clone()),
            },
            iam_instance_profile: Some(IamInstanceProfile {
                arn: profile.1.to_owned(),
                id: String::new(),
            }),
            key_name: data.key_name.clone(),
            security_groups: self.group_identifiers(&groups),
            instance_lifecycle: data
                .instance_market_options
                .as_ref()
                .and_then(|market| market.market_type.clone()),
            launch_time: self.now,
            tags,
            ..Instance::default()
        };
        let machine = Machine {
            shape,
            scaling: launch.scaling.to_owned(),
            template: launch.template.clone(),
            groups,
            user_data: data.user_data.clone().unwrap_or_default(),
            profile: profile.0.to_owned(),
            node: None,
            trouble: None,
            shown: None,
            tries: 0,
        };
        self.region.machines.insert(&id, machine, seen);
        self.soon_about(18.0, 30.0, Event::MachineRuns(id.clone()));
        id
    }

    /// The host name that EC2 gives to an address.
    fn private_dns(&self, address: &str) -> String {
        let host = address.replace('.', "-");
        match self.region.name.as_str() {
            "us-east-1" => format!("ip-{host}.ec2.internal"),
            region => format!("ip-{host}.{region}.compute.internal"),
        }
    }

    /// Gives an instance its interfaces. Answers the address of the first one, and from when reads see them.
    fn add_interfaces(
        &mut self,
        machine: &str,
        launch: &Launch<'_>,
        public_ip: Option<String>,
    ) -> (String, Seen) {
        let asked = &launch.data.network_interfaces;
        let (groups, kind) = match asked.first() {
            Some(first) => (&first.groups, first.interface_type.as_deref()),
            None => (&launch.data.security_group_ids, None),
        };
        let first = self.machine_interface(machine, launch, (groups, kind), public_ip);
        let (address, seen) = (first.private_ip_address.clone(), self.fresh());
        let interfaces = &mut self.region.interfaces;
        interfaces.insert(first.network_interface_id.clone(), first, seen);
        for further in asked.iter().skip(1) {
            let kind = further.interface_type.as_deref();
            let further = self.machine_interface(machine, launch, (&further.groups, kind), None);
            let interfaces = &mut self.region.interfaces;
            interfaces.insert(further.network_interface_id.clone(), further, seen);
        }
        (address, seen)
    }

    fn machine_interface(
        &mut self,
        machine: &str,
        launch: &Launch<'_>,
        (groups, kind): (&[String], Option<&str>),
        public_ip: Option<String>,
    ) -> NetworkInterface {
        let of_template = launch.data.tag_specifications.iter();
        let tag_set = of_template
            .filter(|s| s.resource_type == "network-interface")
            .flat_map(|s| s.tags.clone());
        NetworkInterface {
            groups: self.group_identifiers(&self.groups_or_default(groups, &launch.subnet.vpc_id)),
            attachment: Some(NetworkInterfaceAttachment {
                attachment_id: self.random.id("eni-attach"),
                instance_id: Some(machine.to_owned()),
                delete_on_termination: true,
            }),
            association: public_ip.map(|public_ip| NetworkInterfaceAssociation {
                public_ip,
                allocation_id: None,
            }),
            tag_set: tag_set.collect(),
            interface_type: kind.unwrap_or("interface").to_owned(),
            ..self.interface_in(launch.subnet)
        }
    }

    /// The interface that the CNI adds to a node for its pods.
    pub(in crate::sandbox) fn add_cni_interface(&mut self, id: &str) {
        let Some(machine) = self.region.machines.get(id) else {
            return;
        };
        let subnet = machine
            .shape
            .subnet_id
            .as_deref()
            .and_then(|subnet| self.region.subnets.get(subnet))
            .cloned();
        let (Some(subnet), groups) = (subnet, machine.groups.clone()) else {
            return;
        };
        let interface = NetworkInterface {
            description: format!("aws-K8S-{id}"),
            groups: self.group_identifiers(&groups),
            attachment: Some(NetworkInterfaceAttachment {
                attachment_id: self.random.id("eni-attach"),
                instance_id: Some(id.to_owned()),
                delete_on_termination: true,
            }),
            tag_set: vec![Tag::new("node.k8s.amazonaws.com/instance_id", id)],
            ..self.interface_in(&subnet)
        };
        let seen = self.fresh();
        self.region
            .interfaces
            .insert(interface.network_interface_id.clone(), interface, seen);
    }

    pub(in crate::sandbox) fn machine_runs(&mut self, id: &str) {
        let Some(machine) = self
            .region
            .machines
            .get_mut(id)
            .filter(|m| m.shape.state.name == "pending")
        else {
            return;
        };
        let (template, number) = machine.template.clone();
        let scaling = machine.scaling.clone();
        if let Some((code, message)) = self.trouble_at_start(&template, &number) {
            return self.machine_fails(&scaling, id, code, message);
        }
        let Some(machine) = self.region.machines.get_mut(id) else {
            return;
        };
        machine.shape.state.name = "running".into();
        let instance = Catalog::builtin().instance(&machine.shape.instance_type);
        // From the launch to a Ready node: about 100 s, with a GPU's driver 150 to 240 s.
        let (median, p95) = match instance.map(lb_model::catalog::Instance::gpu_count) {
            Some(0) | None => (80.0, 110.0),
            Some(_) => (165.0, 220.0),
        };
        self.activity_succeeds(&scaling, id);
        self.soon_about(median, p95, Event::NodeTries(id.to_owned()));
    }

    /// Why an instance of that version of a template ends before it runs.
    fn trouble_at_start(&self, template: &str, number: &str) -> Option<(&'static str, &'static str)> {
        let version = self.template_version(Some(template), None, number).ok()?;
        self.volume_trouble(&version.launch_template_data)
    }

    /// An instance that EC2 itself ends because it cannot start it.
    fn machine_fails(&mut self, scaling: &str, id: &str, code: &str, message: &str) {
        let reason = format!("{code}: {message}");
        self.activity_fails(
            scaling,
            id,
            &format!(
                "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: \
                 {reason}"
            ),
        );
        self.end_machine(id, "");
        if let Some(machine) = self.region.machines.get_mut(id) {
            machine.shape.state_reason = Some(StateReason {
                code: code.to_owned(),
                message: reason,
            });
        }
        self.soon(Duration::from_secs(30), Event::GroupActs(scaling.to_owned()));
    }

    /// Begins to end an instance.
    pub(in crate::sandbox) fn end_machine(&mut self, id: &str, why: &str) {
        let Some(machine) = self.region.machines.get_mut(id).filter(|machine| machine.lives()) else {
            return;
        };
        machine.shape.state.name = "shutting-down".into();
        machine.shape.state_reason = Some(StateReason {
            code: "Client.UserInitiatedShutdown".into(),
            message: why.to_owned(),
        });
        let freed = format!(
            "{} {}",
            machine.shape.instance_type, machine.shape.placement.availability_zone
        );
        if let Some(left) = self.region.capacity.get_mut(&freed) {
            *left += 1;
        }
        self.soon_about(75.0, 200.0, Event::MachineGone(id.to_owned()));
    }

    pub(in crate::sandbox) fn machine_gone(&mut self, id: &str) {
        let Some(machine) = self.region.machines.get_mut(id) else {
            return;
        };
        machine.shape.state.name = "terminated".into();
        machine.shape.state_transition_reason = Some("User initiated".into());
        machine.shape.vpc_id = None;
        machine.shape.subnet_id = None;
        machine.shape.public_ip_address = None;
        let (node, scaling) = (machine.node.take(), machine.scaling.clone());
        let stays = self.random.chance(LEFT_BEHIND);
        let attached = |interface: &NetworkInterface| {
            interface
                .attachment
                .as_ref()
                .is_some_and(|a| a.instance_id.as_deref() == Some(id))
        };
        if stays
            && let Some(left) = self
                .region
                .interfaces
                .values_mut()
                .find(|i| attached(i) && i.description.starts_with("aws-K8S-"))
        {
            left.attachment = None;
            left.status = "available".into();
        }
        self.region.interfaces.retain(|interface| !attached(interface));
        if let Some((cluster, name)) = node {
            self.remove_node(&cluster, &name);
        }
        self.soon(REMEMBERED, Event::MachineForgotten(id.to_owned()));
        self.soon(Duration::ZERO, Event::GroupActs(scaling));
    }

    /// Whether an image can run on a type.
    pub(in crate::sandbox) fn fits(&self, image_architecture: &str, instance_type: &str) -> bool {
        Catalog::builtin()
            .instance(instance_type)
            .is_some_and(|i| architecture(i) == image_architecture)
    }
}
