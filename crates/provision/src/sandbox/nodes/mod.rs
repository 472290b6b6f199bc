//! How an instance becomes a node: it joins only if everything that has to be right is right.

mod boot;

use super::{
    cidr::Cidr, ec2::instances::Machine, eks::ClusterState, event::Event, kubernetes::NewNode, world::World,
};
use boot::{Boot, Settings};
use std::time::Duration;

/// What it was that kept an instance from being a Ready node.
struct Trouble {
    why: String,
    /// What its console shows of it: what fails in user data. The kubelet's own trouble is in the journal only.
    shown: Option<String>,
}

impl<T: Into<String>> From<T> for Trouble {
    fn from(why: T) -> Self {
        Self {
            why: why.into(),
            shown: None,
        }
    }
}

impl World<'_> {
    /// The kubelet tries to join, or, once it has, to become Ready.
    pub(super) fn node_tries(&mut self, id: &str) {
        let Some(machine) = self.region.machines.get(id).filter(|machine| machine.lives()) else {
            return;
        };
        if machine.node.is_none() {
            match self.join(machine) {
                Ok((cluster, node)) => {
                    let name = node.name.clone();
                    if let Some(held) = self.region.clusters.get_mut(&cluster) {
                        held.store.add_node(&node, self.now);
                    }
                    if let Some(machine) = self.region.machines.get_mut(id) {
                        machine.node = Some((cluster, name));
                    }
                }
                Err(trouble) => return self.try_again(id, trouble),
            }
        }
        let Some(machine) = self.region.machines.get(id) else {
            return;
        };
        let Some((cluster, node)) = machine.node.clone() else {
            return;
        };
        match self.ready(machine, &cluster) {
            Ok(()) => {
                let newly = self
                    .region
                    .clusters
                    .get_mut(&cluster)
                    .is_some_and(|held| held.store.node_ready(&node, self.now));
                if let Some(machine) = self.region.machines.get_mut(id) {
                    machine.trouble = None;
                }
                if newly {
                    self.add_cni_interface(id);
                    self.place_addons(&cluster);
                }
            }
            Err(trouble) => {
                // Of the network the kubelet knows; that images cannot be pulled shows in its pods.
                if trouble.why.starts_with("container runtime")
                    && let Some(held) = self.region.clusters.get_mut(&cluster)
                {
                    held.store.node_waits(&node, &trouble.why);
                }
                self.try_again(id, trouble);
            }
        }
    }

    /// Kubelets never give up, but ask less and less often.
    fn try_again(&mut self, id: &str, trouble: Trouble) {
        let Some(machine) = self.region.machines.get_mut(id) else {
            return;
        };
        machine.trouble = Some(trouble.why);
        machine.shown = trouble.shown;
        machine.tries += 1;
        let wait = if machine.tries < 40 { 10 } else { 300 };
        self.soon(Duration::from_secs(wait), Event::NodeTries(id.to_owned()));
    }

    /// The node that an instance becomes, if the control plane lets it in.
    fn join(&self, machine: &Machine) -> Result<(String, NewNode), Trouble> {
        let image = self.image(&machine.shape.image_id).ok_or("its image is gone")?;
        let boot = Boot::read(&machine.user_data, image.family)?;
        // A bootstrap that asks EKS for the cluster runs in user data, and what it is answered is on the console.
        let asking = |why: Trouble, answer: String| match boot.settings {
            Settings::Asked => Trouble {
                shown: Some(answer),
                ..why
            },
            Settings::Given { .. } => why,
        };
        self.reaches_the_internet(machine).map_err(|why| {
            let url = format!(
                "https://eks.{}.amazonaws.com/clusters/{}",
                self.region.name, boot.cluster
            );
            asking(why, format!("Could not connect to the endpoint URL: \"{url}\""))
        })?;
        let held = self
            .region
            .clusters
            .get(&boot.cluster)
            .filter(|held| held.serves());
        let held = held.ok_or_else(|| {
            let answer = format!(
                "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster \
                 found for name: {}.",
                boot.cluster
            );
            asking(format!("there is no cluster `{}`", boot.cluster).into(), answer)
        })?;
        self.reaches_the_api(machine, held)?;
        let role = self.role_of(machine)?;
        self.finds(&boot, held, role)
            .map_err(|(why, answer)| match answer {
                Some(answer) => asking(why, answer),
                None => why,
            })?;
        self.is_let_in(machine, held)?;
        let instance_type = machine.shape.instance_type.clone();
        let node = NewNode {
            name: machine.shape.private_dns_name.clone().unwrap_or_default(),
            provider: format!(
                "aws:///{}/{}",
                machine.shape.placement.availability_zone, machine.shape.instance_id
            ),
            zone: machine.shape.placement.availability_zone.clone(),
            region: self.region.name.clone(),
            architecture: if image.shape.architecture == "arm64" {
                "arm64"
            } else {
                "amd64"
            }
            .into(),
            version: held.shape.version.clone(),
            address: machine.shape.private_ip_address.clone().unwrap_or_default(),
            labels: boot.labels_for(&machine.shape.instance_id),
            taints: boot.taints,
            instance_type,
        };
        Ok((boot.cluster, node))
    }

    /// Whether a kubelet finds its cluster by what it was given or is answered; else why not, and EKS's answer.
    fn finds(
        &self,
        boot: &Boot,
        held: &ClusterState,
        role: &super::iam::RoleState,
    ) -> Result<(), (Trouble, Option<String>)> {
        match &boot.settings {
            Settings::Given { endpoint, authority } => {
                if held.shape.endpoint.as_ref() != Some(endpoint) {
                    return Err((format!("`{endpoint}` is not the cluster's endpoint").into(), None));
                }
                if held.shape.certificate_authority.as_ref().map(|ca| &ca.data) != Some(authority) {
                    return Err(("the certificate authority is not the cluster's".into(), None));
                }
                Ok(())
            }
            Settings::Asked
                if role.has("AmazonEKSWorkerNodePolicy") || role.allows_inline("eks:DescribeCluster") =>
            {
                Ok(())
            }
            Settings::Asked => {
                let arn = self.arn("eks", &format!("cluster/{}", boot.cluster));
                let answer = format!(
                    "An error occurred (AccessDeniedException) when calling the DescribeCluster operation: User: {} is \
                     not authorized to perform: eks:DescribeCluster on resource: {arn}",
                    role.shape.arn
                );
                Err(("its role may not call eks:DescribeCluster".into(), Some(answer)))
            }
        }
    }

    /// A way out of the subnet: images are pulled and services called through it.
    fn reaches_the_internet(&self, machine: &Machine) -> Result<(), Trouble> {
        let subnet = machine.shape.subnet_id.as_deref().unwrap_or_default();
        let vpc = machine.shape.vpc_id.as_deref().unwrap_or_default();
        let route = self
            .region
            .default_route(subnet, vpc)
            .filter(|route| self.region.leads(route, vpc));
        let route = route.ok_or("its subnet has no route to the internet")?;
        if route.gateway_id.is_some() && machine.shape.public_ip_address.is_none() {
            return Err("it has no public address in a subnet whose way out is an internet gateway".into());
        }
        let open =
            |rule: &crate::operations::ec2::SecurityGroupRule| rule.cidr_ipv4.as_deref() == Some("0.0.0.0/0");
        if !self.region.lets(&machine.groups, true, 443, &open) {
            return Err("its security groups let nothing out to the internet on port 443".into());
        }
        Ok(())
    }

    /// The public address that the rest of the world sees an instance under.
    fn seen_as(&self, machine: &Machine) -> Option<String> {
        machine.shape.public_ip_address.clone().or_else(|| {
            let subnet = machine.shape.subnet_id.as_deref()?;
            let route = self
                .region
                .default_route(subnet, machine.shape.vpc_id.as_deref()?)?;
            if route.transit_gateway_id.is_some() {
                return Some(super::ec2::routes::TRANSIT_ADDRESS.to_owned());
            }
            let nat = self.region.nats.get(route.nat_gateway_id.as_deref()?)?;
            nat.nat_gateway_addresses.first()?.public_ip.clone()
        })
    }

    fn reaches_the_api(&self, machine: &Machine, held: &ClusterState) -> Result<(), Trouble> {
        let config = &held.shape.resources_vpc_config;
        let inside =
            config.endpoint_private_access && machine.shape.vpc_id.as_deref() == Some(config.vpc_id.as_str());
        if inside {
            // Names inside the VPC lead to the control plane's own interfaces.
            let groups: Vec<String> = config
                .cluster_security_group_id
                .iter()
                .chain(&config.security_group_ids)
                .cloned()
                .collect();
            let from_node = |rule: &crate::operations::ec2::SecurityGroupRule| {
                let group = rule.referenced_group_info.as_ref().map(|peer| &peer.group_id);
                let cidr = rule.cidr_ipv4.as_deref().and_then(Cidr::rounded);
                group.is_some_and(|group| machine.groups.contains(group))
                    || cidr.is_some_and(|cidr| {
                        cidr.holds(machine.shape.private_ip_address.as_deref().unwrap_or(""))
                    })
            };
            if !self.region.lets(&groups, false, 443, &from_node) {
                return Err("the control plane's security groups do not let it in on port 443".into());
            }
            return Ok(());
        }
        let address = self.seen_as(machine).unwrap_or_default();
        let allowed = |cidr: &String| Cidr::rounded(cidr).is_some_and(|cidr| cidr.holds(&address));
        if !config.endpoint_public_access || !config.public_access_cidrs.iter().any(allowed) {
            return Err(format!("the API is not open to its address `{address}`").into());
        }
        Ok(())
    }

    /// The role behind the profile of an instance.
    fn role_of(&self, machine: &Machine) -> Result<&super::iam::RoleState, Trouble> {
        let profile = self
            .iam
            .profile(&machine.profile)
            .ok_or("its instance profile is gone")?;
        let role = profile
            .role
            .as_deref()
            .and_then(|role| self.iam.role(role))
            .ok_or("its profile holds no role")?;
        if !super::policy::trusts(&role.shape.assume_role_policy_document, "ec2.amazonaws.com") {
            return Err("its role does not trust ec2.amazonaws.com".into());
        }
        Ok(role)
    }

    /// Authentication: an entry of type EC2_LINUX for the very role, or the mapping in aws-auth.
    fn is_let_in(&self, machine: &Machine, held: &ClusterState) -> Result<(), Trouble> {
        let role = &self.role_of(machine)?.shape;
        let entry = held.entries.get(&role.arn).filter(|_| held.has_entries());
        if let Some(entry) = entry.filter(|entry| entry.shape.kind == "EC2_LINUX") {
            // A role that was made again under the same name is someone else.
            return match entry.role_id.as_ref() == Some(&role.role_id) {
                true => Ok(()),
                false => Err("Unauthorized: its role was made again after its access entry".into()),
            };
        }
        let mapped =
            held.shape.access_config.authentication_mode != "API" && held.store.maps_node_role(&role.arn);
        if mapped {
            Ok(())
        } else {
            Err(format!("Unauthorized: no access entry for `{}`", role.arn).into())
        }
    }

    /// A node is Ready once its images can be pulled and the CNI gives it addresses.
    fn ready(&self, machine: &Machine, cluster: &str) -> Result<(), Trouble> {
        let held = self.region.clusters.get(cluster).ok_or("its cluster is gone")?;
        let role = self.role_of(machine)?;
        let pulls = [
            "AmazonEC2ContainerRegistryPullOnly",
            "AmazonEC2ContainerRegistryReadOnly",
            "AmazonEC2ContainerRegistryPowerUser",
            "AmazonEC2ContainerRegistryFullAccess",
        ];
        if !pulls.iter().any(|policy| role.has(policy)) && !role.allows_inline("ecr:") {
            return Err("its role may not pull images from ECR".into());
        }
        if !held.has_cni() {
            return Err("container runtime network not ready: there is no CNI".into());
        }
        let may = |role: &super::iam::RoleState| {
            role.has("AmazonEKS_CNI_Policy") || role.allows_inline("ec2:AssignPrivateIpAddresses")
        };
        let of_account = held
            .cni_role()
            .and_then(|arn| self.iam.role_of_arn(arn))
            .filter(|_| {
                let issuer = held
                    .shape
                    .identity
                    .as_ref()
                    .and_then(|identity| identity.oidc.issuer.strip_prefix("https://"));
                issuer.is_some_and(|issuer| self.iam.provider_of(issuer).is_some())
            });
        let of_pods = held.cni_identity().and_then(|arn| self.iam.role_of_arn(arn));
        if ![Some(role), of_account, of_pods].into_iter().flatten().any(may) {
            return Err("container runtime network not ready: the CNI may not assign addresses".into());
        }
        Ok(())
    }

    /// A node's instance is gone.
    pub(super) fn remove_node(&mut self, cluster: &str, node: &str) {
        if let Some(held) = self.region.clusters.get_mut(cluster) {
            held.store.remove_node(node);
        }
    }
}
