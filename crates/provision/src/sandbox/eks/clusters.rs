//! Clusters: making, showing, deleting.

use super::{
    ClusterState,
    checks::{MODES, check_logging},
    invalid,
};
use crate::{
    operations::{
        ec2::{NetworkInterface, NetworkInterfaceAttachment, Subnet},
        eks::{
            AccessConfigResponse, Certificate, Cluster, ClusterHealth, CreateCluster, DeleteCluster,
            DescribeCluster, Identity, Issue, KubernetesNetworkConfig, ListClusters, Oidc, UpgradePolicy,
            VpcConfigResponse,
        },
    },
    sandbox::{Answer, Refusal, event::Event, kubernetes::Store, shelf::Seen, tags, world::World},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use lb_model::catalog::Catalog;
use std::collections::{BTreeMap, BTreeSet};

/// Clusters that an account may have in a region.
const CLUSTERS: usize = 100;
const ADMIN: &str = "cluster-access-policy/AmazonEKSClusterAdminPolicy";

impl World<'_> {
    pub(super) fn create_cluster(&mut self, input: CreateCluster) -> Answer<Cluster> {
        let name = &input.name;
        let mut letters = name.chars();
        let first = letters.next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !first || name.len() > 100 || !letters.all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            return Err(invalid(format!(
                "The cluster name '{name}' is invalid: it matches ^[0-9A-Za-z][A-Za-z0-9-_]*"
            )));
        }
        let access = input.access_config.clone().unwrap_or_default();
        let mode = access.authentication_mode.unwrap_or_else(|| "CONFIG_MAP".into());
        if !MODES.contains(&mode.as_str()) {
            return Err(invalid(format!("Invalid authentication mode: {mode}")));
        }
        check_logging(&input.logging.clone().unwrap_or_default())?;
        let tags = tags::map_at_creation(&input.tags)?;
        let find = |world: &mut Self, id: &str| world.region.clusters.get(id).map(|held| held.shape.clone());
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            if world.region.clusters.contains_key(name) {
                let text = format!("Cluster already exists with name: {name}");
                return Err(Refusal::new("ResourceInUseException", text));
            }
            if world.region.clusters.len() >= CLUSTERS {
                return Err(Refusal::new(
                    "ResourceLimitExceeded",
                    "You have reached the limit of clusters",
                ));
            }
            let shape = world.new_cluster(&input, mode, tags)?;
            let bootstrap = access.bootstrap_cluster_creator_admin_permissions.unwrap_or(true);
            let state = ClusterState {
                shape: Cluster {
                    access_config: AccessConfigResponse {
                        bootstrap_cluster_creator_admin_permissions: Some(bootstrap),
                        ..shape.access_config.clone()
                    },
                    ..shape
                },
                api: Timestamp::MAX,
                interfaces: Vec::new(),
                addons: BTreeMap::new(),
                conflicts: BTreeSet::new(),
                entries: BTreeMap::new(),
                identities: BTreeMap::new(),
                nodegroups: BTreeMap::new(),
                updates: BTreeMap::new(),
                self_managed: input.bootstrap_self_managed_addons.unwrap_or(true),
                store: Store::default(),
            };
            let shape = state.shape.clone();
            world.region.clusters.insert(name.clone(), state);
            world.make_linked_role("eks.amazonaws.com");
            world.soon_about(585.0, 780.0, Event::ClusterSettles(name.clone()));
            Ok((shape, name.clone()))
        })
    }

    fn new_cluster(
        &mut self,
        input: &CreateCluster,
        mode: String,
        tags: BTreeMap<String, String>,
    ) -> Answer<Cluster> {
        let today = self.today();
        let default = || {
            Catalog::builtin()
                .recommended_version(today)
                .map(|version| version.name.to_owned())
        };
        let version = input.version.clone().or_else(default).unwrap_or_default();
        if !self.offered(&version) {
            return Err(invalid(format!("unsupported Kubernetes version {version}")));
        }
        self.check_cluster_role(&input.role_arn)?;
        let asked = &input.resources_vpc_config;
        let subnets = self.check_subnets(&asked.subnet_ids, &asked.security_group_ids)?;
        let vpc_id = subnets
            .first()
            .map_or_else(String::new, |subnet| subnet.vpc_id.clone());
        let public = asked.endpoint_public_access.unwrap_or(true);
        let private = asked.endpoint_private_access.unwrap_or(false);
        if !public && !private {
            return Err(invalid("Private and public endpoint access cannot be false"));
        }
        let network = input.kubernetes_network_config.clone().unwrap_or_default();
        let service_ipv4_cidr = Some(self.service_cidr(network.service_ipv4_cidr.as_deref(), &vpc_id)?);
        let cidrs = &asked.public_access_cidrs;
        Ok(Cluster {
            name: input.name.clone(),
            arn: self.arn("eks", &format!("cluster/{}", input.name)),
            created_at: self.now,
            version,
            role_arn: input.role_arn.clone(),
            resources_vpc_config: VpcConfigResponse {
                subnet_ids: asked.subnet_ids.clone(),
                security_group_ids: asked.security_group_ids.clone(),
                cluster_security_group_id: None,
                vpc_id,
                endpoint_public_access: public,
                endpoint_private_access: private,
                public_access_cidrs: if cidrs.is_empty() {
                    vec!["0.0.0.0/0".into()]
                } else {
                    cidrs.clone()
                },
            },
            kubernetes_network_config: KubernetesNetworkConfig {
                service_ipv4_cidr,
                service_ipv6_cidr: None,
                ip_family: Some("ipv4".into()),
            },
            logging: input.logging.clone().unwrap_or_default(),
            status: "CREATING".into(),
            tags,
            encryption_config: input.encryption_config.clone(),
            access_config: AccessConfigResponse {
                authentication_mode: mode,
                ..AccessConfigResponse::default()
            },
            upgrade_policy: UpgradePolicy {
                support_type: input
                    .upgrade_policy
                    .as_ref()
                    .and_then(|policy| policy.support_type.clone())
                    .or_else(|| Some("EXTENDED".into())),
            },
            zonal_shift_config: input.zonal_shift_config.clone(),
            deletion_protection: input.deletion_protection.unwrap_or(false),
            ..Cluster::default()
        })
    }

    pub(in crate::sandbox) fn cluster_settles(&mut self, name: &str) {
        let Some(cluster) = self
            .region
            .clusters
            .get(name)
            .filter(|held| held.shape.status == "CREATING")
        else {
            return;
        };
        let config = cluster.shape.resources_vpc_config.clone();
        let subnets: Vec<Subnet> = config
            .subnet_ids
            .iter()
            .filter_map(|id| self.region.subnets.get(id))
            .cloned()
            .collect();
        let whole = subnets.len() == config.subnet_ids.len()
            && self.iam.role_of_arn(&cluster.shape.role_arn).is_some();
        if !whole {
            if let Some(cluster) = self.region.clusters.get_mut(name) {
                cluster.shape.status = "FAILED".into();
                cluster.shape.health = Some(ClusterHealth {
                    issues: vec![Issue {
                        code: "ResourceNotFound".into(),
                        message: "the cluster's role or a subnet is gone".into(),
                        resource_ids: Vec::new(),
                    }],
                });
            }
            return;
        }
        let group = self.make_cluster_group(&config.vpc_id, name);
        let groups: Vec<String> = std::iter::once(group.clone())
            .chain(config.security_group_ids)
            .collect();
        let interfaces = self.control_plane_interfaces(name, &subnets, &groups);
        let id = self.random.hex(32).to_uppercase();
        let region = self.region.name.clone();
        let issuer = format!("https://oidc.eks.{region}.amazonaws.com/id/{id}");
        // IAM cannot reach the issuer at once, and the API answers a little later than EKS says.
        let ready = self.later(1.0, 20.0);
        self.iam.issuers.insert(issuer.clone(), ready);
        let api = self.later(15.0, 90.0);
        let body = STANDARD.encode(self.random.hex(600));
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let Some(cluster) = self.region.clusters.get_mut(name) else {
            return;
        };
        cluster.shape.status = "ACTIVE".into();
        cluster.shape.endpoint = Some(format!("https://{id}.gr7.{region}.eks.amazonaws.com"));
        cluster.shape.certificate_authority = Some(Certificate {
            data: STANDARD.encode(pem),
        });
        cluster.shape.identity = Some(Identity {
            oidc: Oidc { issuer },
        });
        cluster.shape.platform_version = Some("eks.1".into());
        cluster.shape.resources_vpc_config.cluster_security_group_id = Some(group);
        cluster.api = api;
        cluster.interfaces = interfaces;
        cluster.store = Store::new(self.now);
        self.begin_entries(name);
        self.begin_logs(name);
    }

    /// The interfaces through which the control plane reaches nodes: in two zones.
    fn control_plane_interfaces(&mut self, name: &str, subnets: &[Subnet], groups: &[String]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        let mut zones: Vec<&str> = Vec::new();
        for subnet in subnets {
            if zones.len() == 2 || zones.contains(&subnet.availability_zone.as_str()) {
                continue;
            }
            zones.push(&subnet.availability_zone);
            let interface = NetworkInterface {
                description: format!("Amazon EKS {name}"),
                requester_managed: true,
                groups: self.group_identifiers(groups),
                attachment: Some(NetworkInterfaceAttachment {
                    attachment_id: self.random.id("ela-attach"),
                    ..NetworkInterfaceAttachment::default()
                }),
                ..self.interface_in(subnet)
            };
            ids.push(interface.network_interface_id.clone());
            let seen = Seen {
                id: self.now,
                filter: self.now,
            };
            self.region
                .interfaces
                .insert(interface.network_interface_id.clone(), interface, seen);
        }
        ids
    }

    /// The entries that EKS makes itself: its own, and the creator's.
    pub(super) fn begin_entries(&mut self, name: &str) {
        let Some(cluster) = self
            .region
            .clusters
            .get(name)
            .filter(|cluster| cluster.has_entries())
        else {
            return;
        };
        let creator = cluster
            .shape
            .access_config
            .bootstrap_cluster_creator_admin_permissions
            .unwrap_or(true);
        let (partition, account) = (self.partition(), self.facts.account.clone());
        let own = format!(
            "arn:{partition}:iam::{account}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
        );
        self.insert_entry(
            name,
            &own,
            "STANDARD",
            vec!["eks:managed".into()],
            None,
            BTreeMap::new(),
        );
        if creator {
            let caller = self.facts.caller.clone();
            self.insert_entry(name, &caller, "STANDARD", Vec::new(), None, BTreeMap::new());
            let policy = format!("arn:{partition}:eks::aws:{ADMIN}");
            self.insert_policy(name, &caller, &policy, "cluster", Vec::new());
        }
    }

    /// The log group of a cluster that logs.
    pub(super) fn begin_logs(&mut self, name: &str) {
        let logs = self.region.clusters.get(name).is_some_and(|cluster| {
            cluster
                .shape
                .logging
                .cluster_logging
                .iter()
                .any(|setup| setup.enabled && !setup.types.is_empty())
        });
        if logs {
            self.make_log_group(&format!("/aws/eks/{name}/cluster"), BTreeMap::new());
        }
    }

    pub(super) fn describe_cluster(&mut self, input: DescribeCluster) -> Answer<Cluster> {
        self.cluster(&input.name).map(|cluster| cluster.shape.clone())
    }

    pub(super) fn list_clusters(&mut self, _: ListClusters) -> Answer<Vec<String>> {
        Ok(self.region.clusters.keys().cloned().collect())
    }

    pub(super) fn delete_cluster(&mut self, input: DeleteCluster) -> Answer<Cluster> {
        let name = &input.name;
        let cluster = self.cluster_mut(name)?;
        let busy = matches!(
            cluster.shape.status.as_str(),
            "CREATING" | "UPDATING" | "DELETING"
        );
        if cluster.shape.status == "ACTIVE" && cluster.shape.deletion_protection {
            return Err(Refusal::new(
                "InvalidRequestException",
                format!("Cannot delete the cluster {name} because deletion protection is enabled"),
            ));
        }
        if !cluster.nodegroups.is_empty() {
            let text = format!("Cluster has nodegroups attached: {name}");
            return Err(Refusal::new("ResourceInUseException", text));
        }
        if busy {
            let text = format!("Cannot delete because cluster {name} currently has an operation in progress");
            return Err(Refusal::new("ResourceInUseException", text));
        }
        cluster.shape.status = "DELETING".into();
        let shape = cluster.shape.clone();
        self.soon_about(165.0, 480.0, Event::ClusterGone(name.clone()));
        Ok(shape)
    }

    pub(in crate::sandbox) fn cluster_gone(&mut self, name: &str) {
        let Some(cluster) = self.region.clusters.remove(name) else {
            return;
        };
        for id in &cluster.interfaces {
            self.region.interfaces.remove(id);
        }
        // A group that a rule or an interface still names outlives its cluster.
        if let Some(group) = &cluster.shape.resources_vpc_config.cluster_security_group_id
            && self.region.uses_group(group).is_none()
        {
            self.region.drop_group(group);
        }
        if let Some(identity) = &cluster.shape.identity {
            self.iam.issuers.remove(&identity.oidc.issuer);
        }
        let logged = cluster
            .shape
            .logging
            .cluster_logging
            .iter()
            .any(|setup| setup.enabled);
        if logged && self.random.chance(0.3) {
            let wait = self.random.between(5.0, 50.0);
            self.soon(wait, Event::LateLogs(name.to_owned()));
        }
    }

    pub(in crate::sandbox) fn late_logs(&mut self, name: &str) {
        self.make_log_group(&format!("/aws/eks/{name}/cluster"), BTreeMap::new());
    }
}
