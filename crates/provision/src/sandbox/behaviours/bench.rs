//! An account under test with a clock that moves by what calls take.

use crate::{
    clock::after,
    cloud::{CallError, Verdict},
    operations::{Operation, ec2::*, eks, iam},
    sandbox::{Account, Facts, ImageFacts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use std::time::Duration;

pub(super) const REGION: &str = "us-west-2";
pub(super) const OWN_IMAGE: &str = "ami-00254c198912bd2a1";

pub(super) struct Bench {
    pub(super) account: Account,
    pub(super) now: Timestamp,
}

/// A network as a cluster needs it: public subnets in two zones.
pub(super) struct Net {
    pub(super) vpc: String,
    pub(super) subnets: [String; 2],
    pub(super) gateway: String,
    pub(super) group: String,
}

pub(super) fn facts(seed: u64) -> Facts {
    let mut facts = Facts {
        seed,
        start: "2026-11-23T12:00:00Z".parse().unwrap(),
        ..Facts::default()
    };
    facts.images.insert(OWN_IMAGE.into(), ImageFacts::default());
    facts
}

impl Bench {
    pub(super) fn new(seed: u64) -> Self {
        Self::of(facts(seed))
    }

    pub(super) fn of(facts: Facts) -> Self {
        Self {
            now: facts.start,
            account: Account::new(facts),
        }
    }

    /// One call.
    pub(super) fn call<O: Operation>(&mut self, operation: O) -> Result<O::Reply, CallError> {
        let (answer, latency) = self.account.call(REGION, self.now, operation.request());
        self.now = after(self.now, latency);
        answer.map(|reply| O::reply(reply).unwrap())
    }

    /// A call that works, at the latest when the windows of eventual consistency are over.
    pub(super) fn go<O: Operation>(&mut self, operation: O) -> O::Reply {
        for _ in 0..300 {
            match self.call(operation.clone()) {
                Ok(reply) => return reply,
                Err(error)
                    if matches!(
                        error.verdict(),
                        Verdict::Window(_) | Verdict::Warming(_) | Verdict::Retry
                    ) =>
                {
                    self.wait(1)
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("{} did not work in 300 s", O::INFO.operation);
    }

    /// The code of a call that is refused.
    pub(super) fn refused<O: Operation>(&mut self, operation: O) -> String {
        self.call(operation)
            .map(|_| ())
            .expect_err(O::INFO.operation)
            .code
    }

    /// Lets seconds pass.
    pub(super) fn wait(&mut self, seconds: u64) {
        self.now = after(self.now, Duration::from_secs(seconds));
        self.account.advance(self.now);
    }

    /// Lets time pass until something holds.
    pub(super) fn until(&mut self, what: &str, limit: u64, mut holds: impl FnMut(&mut Self) -> bool) {
        for _ in 0..limit {
            if holds(self) {
                return;
            }
            self.wait(1);
        }
        panic!("{what}: not after {limit} s");
    }

    pub(super) fn vpc(&mut self) -> String {
        let input = CreateVpc {
            cidr_block: "192.168.0.0/16".into(),
            ..CreateVpc::default()
        };
        let id = self.go(input).vpc_id;
        self.wait(30);
        id
    }

    pub(super) fn subnet(&mut self, vpc: &str, zone: &str, cidr: &str) -> String {
        let input = CreateSubnet {
            vpc_id: vpc.into(),
            availability_zone: Some(format!("{REGION}{zone}")),
            cidr_block: cidr.into(),
            ..CreateSubnet::default()
        };
        let id = self.go(input).subnet_id;
        self.wait(30);
        id
    }

    pub(super) fn gateway(&mut self, vpc: &str) -> String {
        let id = self.go(CreateInternetGateway::default()).internet_gateway_id;
        let input = AttachInternetGateway {
            internet_gateway_id: id.clone(),
            vpc_id: vpc.into(),
        };
        self.go(input);
        id
    }

    pub(super) fn group(&mut self, vpc: &str, name: &str) -> String {
        let input = CreateSecurityGroup {
            group_name: name.into(),
            description: "test".into(),
            vpc_id: vpc.into(),
            ..CreateSecurityGroup::default()
        };
        let id = self.go(input);
        self.wait(30);
        id
    }

    pub(super) fn address(&mut self) -> String {
        let id = self
            .go(AllocateAddress {
                domain: "vpc".into(),
                ..AllocateAddress::default()
            })
            .allocation_id;
        self.wait(30);
        id
    }

    pub(super) fn nat(&mut self, subnet: &str, address: &str, token: Option<&str>) -> String {
        let input = CreateNatGateway {
            allocation_id: address.into(),
            subnet_id: subnet.into(),
            client_token: token.map(str::to_owned),
            ..CreateNatGateway::default()
        };
        let id = self.go(input).nat_gateway_id;
        self.wait(5);
        id
    }

    pub(super) fn nat_state(&mut self, id: &str) -> NatGateway {
        let input = DescribeNatGateways {
            nat_gateway_ids: vec![id.into()],
            ..DescribeNatGateways::default()
        };
        self.go(input).remove(0)
    }

    pub(super) fn net(&mut self) -> Net {
        let vpc = self.vpc();
        let subnets = [
            self.subnet(&vpc, "a", "192.168.0.0/19"),
            self.subnet(&vpc, "b", "192.168.32.0/19"),
        ];
        let gateway = self.gateway(&vpc);
        let table = self
            .go(CreateRouteTable {
                vpc_id: vpc.clone(),
                ..CreateRouteTable::default()
            })
            .route_table_id;
        self.go(CreateRoute {
            route_table_id: table.clone(),
            destination_cidr_block: "0.0.0.0/0".into(),
            gateway_id: Some(gateway.clone()),
            nat_gateway_id: None,
        });
        for subnet in &subnets {
            self.go(AssociateRouteTable {
                route_table_id: table.clone(),
                subnet_id: subnet.clone(),
            });
            self.go(ModifySubnetAttribute {
                subnet_id: subnet.clone(),
                private_dns_hostname_type_on_launch: None,
                map_public_ip_on_launch: Some(AttributeBooleanValue { value: true }),
            });
        }
        let group = self.group(&vpc, "nodes");
        Net {
            vpc,
            subnets,
            gateway,
            group,
        }
    }

    pub(super) fn create_role(name: &str, service: &str) -> iam::CreateRole {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":["{service}"]}},"Action":["sts:AssumeRole"]}}]}}"#
        );
        iam::CreateRole {
            role_name: name.into(),
            assume_role_policy_document: trust,
            ..iam::CreateRole::default()
        }
    }

    pub(super) fn attach(&mut self, role: &str, policies: &[&str]) {
        for policy in policies {
            let policy_arn = format!("arn:aws:iam::aws:policy/{policy}");
            self.go(iam::AttachRolePolicy {
                role_name: role.into(),
                policy_arn,
            });
        }
    }

    pub(super) fn role(&mut self, name: &str, service: &str, policies: &[&str]) -> String {
        let arn = self.go(Self::create_role(name, service)).arn;
        self.attach(name, policies);
        self.wait(130);
        arn
    }

    /// A node's role in a profile of the same name; the role's ARN.
    pub(super) fn node_role(&mut self, name: &str) -> String {
        let policies = [
            "AmazonEKSWorkerNodePolicy",
            "AmazonEC2ContainerRegistryPullOnly",
            "AmazonEKS_CNI_Policy",
        ];
        let arn = self.role(name, "ec2.amazonaws.com", &policies);
        self.profile(name);
        self.wait(61);
        arn
    }

    pub(super) fn profile(&mut self, name: &str) {
        self.go(iam::CreateInstanceProfile {
            instance_profile_name: name.into(),
            ..iam::CreateInstanceProfile::default()
        });
        self.go(iam::AddRoleToInstanceProfile {
            instance_profile_name: name.into(),
            role_name: name.into(),
        });
    }

    pub(super) fn cluster_input(net: &Net, role: &str) -> eks::CreateCluster {
        eks::CreateCluster {
            name: "lb".into(),
            version: Some("1.34".into()),
            role_arn: role.into(),
            resources_vpc_config: eks::VpcConfigRequest {
                subnet_ids: net.subnets.to_vec(),
                ..eks::VpcConfigRequest::default()
            },
            access_config: Some(eks::CreateAccessConfigRequest {
                authentication_mode: Some("API_AND_CONFIG_MAP".into()),
                bootstrap_cluster_creator_admin_permissions: Some(true),
            }),
            bootstrap_self_managed_addons: Some(false),
            ..eks::CreateCluster::default()
        }
    }

    /// A cluster that is ACTIVE and answers.
    pub(super) fn cluster(&mut self, net: &Net) -> eks::Cluster {
        let role = self.role("cluster", "eks.amazonaws.com", &["AmazonEKSClusterPolicy"]);
        self.go(Self::cluster_input(net, &role));
        self.until("ACTIVE", 900, |bench| bench.describe().status == "ACTIVE");
        self.wait(120);
        self.describe()
    }

    pub(super) fn describe(&mut self) -> eks::Cluster {
        self.go(eks::DescribeCluster { name: "lb".into() })
    }

    pub(super) fn addon(&mut self, name: &str) {
        self.go(eks::CreateAddon {
            cluster_name: "lb".into(),
            addon_name: name.into(),
            ..eks::CreateAddon::default()
        });
    }

    pub(super) fn addon_status(&mut self, name: &str) -> String {
        let input = eks::DescribeAddon {
            cluster_name: "lb".into(),
            addon_name: name.into(),
        };
        self.go(input).status
    }

    pub(super) fn entry_input(arn: &str, kind: &str) -> eks::CreateAccessEntry {
        eks::CreateAccessEntry {
            cluster_name: "lb".into(),
            principal_arn: arn.into(),
            kind: Some(kind.into()),
            ..eks::CreateAccessEntry::default()
        }
    }

    /// User data whose bootstrap joins the cluster.
    pub(super) fn user_data(cluster: &eks::Cluster) -> String {
        let endpoint = cluster.endpoint.as_deref().unwrap();
        let authority = &cluster.certificate_authority.as_ref().unwrap().data;
        STANDARD.encode(format!(
            "#cloud-config\nNODE_LABELS=role=basic-worker\n/etc/eks/bootstrap.sh {} --apiserver-endpoint {endpoint} \
             --b64-cluster-ca {authority} --kubelet-extra-args \"${{KUBELET_EXTRA_ARGS}}\"\n",
            cluster.name
        ))
    }

    pub(super) fn template_data(group: &str, profile: &str, user_data: String) -> LaunchTemplateData {
        LaunchTemplateData {
            image_id: Some(OWN_IMAGE.into()),
            instance_type: Some("t3.large".into()),
            user_data: Some(user_data),
            iam_instance_profile: Some(IamInstanceProfileSpecification {
                arn: None,
                name: Some(profile.into()),
            }),
            network_interfaces: vec![InstanceNetworkInterfaceSpecification {
                device_index: Some(0),
                groups: vec![group.into()],
                ..InstanceNetworkInterfaceSpecification::default()
            }],
            ..LaunchTemplateData::default()
        }
    }

    pub(super) fn template(&mut self, name: &str, data: LaunchTemplateData) -> String {
        let input = CreateLaunchTemplate {
            launch_template_name: name.into(),
            launch_template_data: data,
            ..CreateLaunchTemplate::default()
        };
        let id = self.go(input).launch_template_id;
        self.wait(30);
        id
    }
}
