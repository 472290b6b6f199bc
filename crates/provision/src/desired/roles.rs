//! IAM: the cluster's role, roles of service accounts and of nodes (eksctl's `iam.go`).

use super::{
    Build,
    policies::{self, Named},
};
use crate::{
    key::Key,
    objects::{OidcProvider, Policy, Role, RolePolicy, Tags},
    text::{Attribute, Text},
};
use lb_model::config::{
    AnyMap, ClusterIAM, ClusterIAMMeta, ClusterIAMServiceAccount, NodeGroupIAM, NodeGroupIAMAddonPolicies,
    OrEmpty, WellKnownPolicies,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A managed policy of AWS's own, by name.
pub(super) fn aws_managed(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

/// A policy that lets AWS services take the role.
pub(super) fn trust_services(services: &[&str], actions: &[&str]) -> Policy {
    let statement = json!({"Effect": "Allow", "Principal": {"Service": services}, "Action": actions});
    Policy::new(policies::document(vec![statement]))
}

/// A policy that lets service accounts of the cluster take the role: one, those that a pattern fits, or all.
pub(super) fn trust_service_account(subject: Option<(&str, &str)>, pattern: Option<&str>) -> Policy {
    let issuer = |claim: &str| {
        Text::hole(&Key::CONTROL_PLANE, Attribute::OpenIdConnectIssuer)
            .then(claim)
            .encode()
    };
    let mut equals = serde_json::Map::new();
    equals.insert(issuer(":aud"), Value::from("sts.amazonaws.com"));
    let mut condition = serde_json::Map::new();
    match (subject, pattern) {
        (Some((namespace, name)), None) => {
            equals.insert(
                issuer(":sub"),
                Value::from(format!("system:serviceaccount:{namespace}:{name}")),
            );
        }
        (Some((namespace, _)), Some(pattern)) => {
            let subject = format!("system:serviceaccount:{namespace}:{pattern}");
            condition.insert("StringLike".to_owned(), json!({issuer(":sub"): subject}));
        }
        (None, _) => {}
    }
    condition.insert("StringEquals".to_owned(), Value::Object(equals));
    Policy::new(policies::document(vec![json!({
        "Effect": "Allow",
        "Principal": {"Federated": [Text::arn(&Key::OIDC_PROVIDER).encode()]},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": condition,
    })]))
}

/// What a role to be made may do, from whatever part of the config.
#[derive(Default)]
pub(super) struct Permissions<'a> {
    pub(super) managed: Vec<String>,
    pub(super) named: Vec<Named>,
    pub(super) inline: Option<&'a AnyMap>,
    /// The name of `inline`; none is eksctl's.
    pub(super) inline_name: Option<&'a str>,
    pub(super) boundary: Option<&'a str>,
    pub(super) role_name: Option<&'a str>,
}

/// Whose nodes a role is for.
pub(super) struct Nodes<'a> {
    /// The nodegroup.
    pub(super) group: &'a str,
    /// Whether EKS starts them.
    pub(super) managed: bool,
    /// Whether add-ons have roles of their own.
    pub(super) with_oidc: bool,
}

impl Nodes<'_> {
    /// AWS's policies for the role: the given ones, or those that nodes need.
    fn managed_policies(&self, given: &[String], pulls: bool) -> Vec<String> {
        let mut policies = given.to_vec();
        if policies.is_empty() {
            policies = vec![
                aws_managed("AmazonEKSWorkerNodePolicy"),
                aws_managed("AmazonSSMManagedInstanceCore"),
            ];
            // With an OIDC provider the add-on has a role of its own for that.
            if !self.with_oidc {
                policies.push(aws_managed("AmazonEKS_CNI_Policy"));
            }
            // EKS wants it by this name for the nodes that it starts.
            if self.managed {
                policies.push(aws_managed("AmazonEC2ContainerRegistryPullOnly"));
            }
        }
        if !self.managed && !pulls {
            policies.push(aws_managed("AmazonEC2ContainerRegistryPullOnly"));
        }
        policies
    }
}

impl Build<'_> {
    /// The role of the cluster, by ARN.
    pub(super) fn service_role(&mut self, iam: &ClusterIAM) -> Text {
        if let Some(arn) = iam.service_role_arn.as_deref().filter(|arn| !arn.is_empty()) {
            return Text::from(arn);
        }
        let mut managed = vec![aws_managed("AmazonEKSClusterPolicy")];
        if iam.vpc_resource_controller_policy.unwrap_or(true) {
            managed.push(aws_managed("AmazonEKSVPCResourceController"));
        }
        let boundary = iam.service_role_permissions_boundary.as_deref();
        let permissions = Permissions {
            managed,
            boundary,
            ..Permissions::default()
        };
        let trust = trust_services(&["eks.amazonaws.com"], &["sts:AssumeRole", "sts:TagSession"]);
        let tags = self.tags.clone();
        self.role(Key::SERVICE_ROLE, trust, permissions, tags);
        Text::arn(&Key::SERVICE_ROLE)
    }

    pub(super) fn service_accounts(&mut self, iam: &ClusterIAM) {
        let ClusterIAM {
            service_role_arn: _,
            service_role_permissions_boundary: _,
            fargate_pod_execution_role_arn: _,
            fargate_pod_execution_role_permissions_boundary: _,
            with_oidc,
            service_accounts,
            pod_identity_associations: _,
            vpc_resource_controller_policy: _,
        } = iam;
        if !with_oidc.unwrap_or(false) {
            return;
        }
        let url =
            Text::from("https://").then(Text::hole(&Key::CONTROL_PLANE, Attribute::OpenIdConnectIssuer));
        let client_id_list = vec!["sts.amazonaws.com".to_owned()];
        let tags = self.tags.clone();
        self.add(
            Key::OIDC_PROVIDER,
            OidcProvider {
                url,
                client_id_list,
                tags,
            },
        );
        for account in service_accounts {
            self.service_account(account);
        }
    }

    pub(super) fn service_account(&mut self, account: &ClusterIAMServiceAccount) {
        let ClusterIAMServiceAccount {
            metadata,
            attach_policy_arns,
            well_known_policies,
            attach_policy,
            attach_role_arn,
            permissions_boundary,
            status: _,
            role_name,
            role_only,
            tags,
            subject_pattern,
        } = account;
        let ClusterIAMMeta {
            name,
            namespace,
            labels,
            annotations,
        } = metadata.clone().unwrap_or_default();
        let namespace = if namespace.or_empty().is_empty() {
            "default"
        } else {
            namespace.or_empty()
        };
        let role = match attach_role_arn.as_deref().filter(|arn| !arn.is_empty()) {
            Some(arn) => Text::from(arn),
            None => {
                let key = |part: &str| Key::irsa(namespace, &name, part);
                let pattern = subject_pattern.as_deref().filter(|pattern| !pattern.is_empty());
                let permissions = Permissions {
                    managed: attach_policy_arns.clone(),
                    named: well_known_policies.as_ref().map(well_known).unwrap_or_default(),
                    inline: attach_policy.as_ref(),
                    inline_name: None,
                    boundary: permissions_boundary.as_deref(),
                    role_name: role_name.as_deref(),
                };
                let trust = trust_service_account(Some((namespace, &name)), pattern);
                let tags = self.tags_and(tags);
                self.role_with_policies(&key, "Role1", trust, permissions, tags)
            }
        };
        if !role_only.unwrap_or(false) {
            self.kubernetes_service_account(namespace, &name, &labels, &annotations, Some(role));
        }
    }

    /// The role of a nodegroup's nodes, unless the config names one; by key, or by ARN if it is not ours.
    pub(super) fn node_role(&mut self, nodes: &Nodes<'_>, iam: &NodeGroupIAM, tags: &Tags) -> Option<Key> {
        let NodeGroupIAM {
            attach_policy,
            attach_policy_arns,
            instance_profile_arn: _,
            instance_role_arn,
            instance_role_name,
            instance_role_permissions_boundary,
            with_addon_policies,
        } = iam;
        if !instance_role_arn.or_empty().is_empty() {
            return None;
        }
        let NodeGroupIAMAddonPolicies {
            image_builder,
            auto_scaler,
            external_dns,
            cert_manager,
            app_mesh,
            app_mesh_preview,
            ebs,
            fsx,
            efs,
            aws_load_balancer_controller,
            alb_ingress,
            x_ray,
            cloud_watch,
        } = with_addon_policies.clone().unwrap_or_default();
        let named = choose(&[
            (image_builder, policies::image_builder),
            (cloud_watch, policies::cloud_watch),
            (auto_scaler, policies::auto_scaler),
            (cert_manager, policies::cert_manager),
            (external_dns, policies::external_dns),
            (app_mesh, policies::app_mesh),
            (app_mesh_preview, policies::app_mesh_preview),
            // Two names of one policy.
            (
                aws_load_balancer_controller.filter(|on| *on).or(alb_ingress),
                policies::load_balancer_controller,
            ),
            (fsx, policies::fsx),
            (ebs, policies::ebs),
            (efs, policies::efs),
            (x_ray, policies::x_ray),
        ]);
        // The image builder's policy contains that of pulling.
        let managed = nodes.managed_policies(attach_policy_arns, image_builder.unwrap_or(false));
        let permissions = Permissions {
            managed,
            named,
            inline: attach_policy.as_ref(),
            inline_name: None,
            boundary: instance_role_permissions_boundary.as_deref(),
            role_name: instance_role_name.as_deref(),
        };
        let key = |part: &str| Key::nodegroup(nodes.group, part);
        let trust = trust_services(&["ec2.amazonaws.com"], &["sts:AssumeRole"]);
        self.role_with_policies(&key, "NodeInstanceRole", trust, permissions, tags.clone());
        Some(key("NodeInstanceRole"))
    }

    /// A role and its inline policies; its ARN.
    pub(super) fn role_with_policies(
        &mut self,
        key: &dyn Fn(&str) -> Key,
        part: &str,
        trust: Policy,
        mut permissions: Permissions<'_>,
        tags: Tags,
    ) -> Text {
        let role = key(part);
        let mut inline: Vec<(String, Value)> = Vec::new();
        for named in std::mem::take(&mut permissions.named) {
            match named {
                Named::Managed(name) => permissions.managed.push(aws_managed(name)),
                Named::Inline(name, statements) => {
                    inline.push((name.to_owned(), policies::document(statements)));
                }
            }
        }
        if let Some(document) = permissions.inline.filter(|document| !document.is_empty()) {
            let name = permissions.inline_name.filter(|name| !name.is_empty());
            inline.push((
                name.unwrap_or("Policy1").to_owned(),
                Value::Object(document.clone()),
            ));
        }
        self.role(role.clone(), trust, permissions, tags);
        for (name, document) in inline {
            // CloudFormation's names of objects have only these; the policy itself keeps its name.
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let part = if plain.is_empty() { "Policy1" } else { &plain };
            let policy = RolePolicy {
                role_name: Text::id(&role),
                policy_name: name,
                policy_document: Policy::new(document),
            };
            self.add(key(part), policy);
        }
        Text::arn(&role)
    }

    fn role(&mut self, key: Key, trust: Policy, permissions: Permissions<'_>, tags: Tags) {
        let asked = permissions.role_name.filter(|name| !name.is_empty());
        let role = Role {
            role_name: asked.map_or_else(|| self.names.role(&key), str::to_owned),
            path: self.names.iam_path(),
            assume_role_policy_document: trust,
            managed_policy_arns: permissions.managed.into_iter().collect::<BTreeSet<_>>(),
            permissions_boundary: permissions
                .boundary
                .filter(|arn| !arn.is_empty())
                .map(str::to_owned),
            tags,
        };
        self.add(key, role);
    }
}

type Choice = (Option<bool>, fn() -> Vec<Named>);

fn choose(choices: &[Choice]) -> Vec<Named> {
    choices
        .iter()
        .filter(|(asked, _)| asked.unwrap_or(false))
        .flat_map(|(_, policies)| policies())
        .collect()
}

/// The policies of `wellKnownPolicies`.
pub(super) fn well_known(asked: &WellKnownPolicies) -> Vec<Named> {
    let WellKnownPolicies {
        image_builder,
        auto_scaler,
        aws_load_balancer_controller,
        external_dns,
        cert_manager,
        ebs_csi_controller,
        efs_csi_controller,
    } = asked;
    choose(&[
        (*image_builder, policies::image_builder),
        (*auto_scaler, policies::auto_scaler),
        (*aws_load_balancer_controller, policies::load_balancer_controller),
        (*external_dns, policies::external_dns),
        (*cert_manager, policies::cert_manager),
        (*ebs_csi_controller, policies::ebs),
        (*efs_csi_controller, policies::efs_csi_controller),
    ])
}
