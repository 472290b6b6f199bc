//! Policies by name: `wellKnownPolicies` and `withAddonPolicies` (eksctl's `iam_helper.go` and `statement.go`).

mod load_balancers;

pub(super) use load_balancers::load_balancer_controller;

use serde_json::{Value, json};

/// What a named policy stands for.
pub(super) enum Named {
    /// The name of a policy that AWS manages.
    Managed(&'static str),
    /// An inline policy: its name and its statements.
    Inline(&'static str, Vec<Value>),
}

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": [resource]})
}

fn allow_on(actions: &[String], resources: &[&str]) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

/// A policy document of statements.
pub(super) fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub(super) fn image_builder() -> Vec<Named> {
    vec![Named::Managed("AmazonEC2ContainerRegistryPowerUser")]
}

pub(super) fn ebs() -> Vec<Named> {
    vec![Named::Managed("service-role/AmazonEBSCSIDriverPolicy")]
}

pub(super) fn cloud_watch() -> Vec<Named> {
    vec![Named::Managed("CloudWatchAgentServerPolicy")]
}

pub(super) fn auto_scaler() -> Vec<Named> {
    let read = [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
    ];
    let write = [
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "ec2:DescribeImages",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
    ];
    vec![Named::Inline(
        "PolicyAutoScaling",
        vec![allow(&read, "*"), allow(&write, "*")],
    )]
}

pub(super) fn external_dns() -> Vec<Named> {
    let list = [
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
    ];
    vec![
        Named::Inline("PolicyExternalDNSChangeSet", vec![change_records()]),
        Named::Inline("PolicyExternalDNSHostedZones", vec![allow(&list, "*")]),
    ]
}

pub(super) fn cert_manager() -> Vec<Named> {
    let list = ["route53:ListResourceRecordSets", "route53:ListHostedZonesByName"];
    vec![
        Named::Inline("PolicyCertManagerChangeSet", vec![change_records()]),
        Named::Inline(
            "PolicyCertManagerGetChange",
            vec![allow(&["route53:GetChange"], "arn:aws:route53:::change/*")],
        ),
        Named::Inline("PolicyCertManagerHostedZones", vec![allow(&list, "*")]),
    ]
}

fn change_records() -> Value {
    allow(
        &["route53:ChangeResourceRecordSets"],
        "arn:aws:route53:::hostedzone/*",
    )
}

pub(super) fn efs_csi_controller() -> Vec<Named> {
    let only = |action: &str, tag: &str| {
        let tag = format!("aws:{tag}/efs.csi.aws.com/cluster");
        let condition = json!({"StringLike": {tag: "true"}});
        json!({"Effect": "Allow", "Action": [action], "Resource": ["*"], "Condition": condition})
    };
    let read = [
        "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeFileSystems",
    ];
    let statements = vec![
        allow(&read, "*"),
        only("elasticfilesystem:CreateAccessPoint", "RequestTag"),
        only("elasticfilesystem:TagResource", "RequestTag"),
        only("elasticfilesystem:DeleteAccessPoint", "ResourceTag"),
    ];
    vec![Named::Inline("PolicyEFSCSIController", statements)]
}

pub(super) fn efs() -> Vec<Named> {
    let interfaces = [
        "ec2:DescribeSubnets",
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:DescribeNetworkInterfaceAttribute",
    ];
    vec![
        Named::Inline("PolicyEFS", vec![allow(&["elasticfilesystem:*"], "*")]),
        Named::Inline("PolicyEFSEC2", vec![allow(&interfaces, "*")]),
    ]
}

pub(super) fn fsx() -> Vec<Named> {
    let link = [
        "iam:CreateServiceLinkedRole",
        "iam:AttachRolePolicy",
        "iam:PutRolePolicy",
    ];
    vec![
        Named::Inline("PolicyFSX", vec![allow(&["fsx:*"], "*")]),
        Named::Inline(
            "PolicyServiceLinkRole",
            vec![allow(&link, "arn:aws:iam::*:role/aws-service-role/*")],
        ),
    ]
}

pub(super) fn x_ray() -> Vec<Named> {
    let actions = [
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ];
    vec![Named::Inline("PolicyXRay", vec![allow(&actions, "*")])]
}

pub(super) fn app_mesh() -> Vec<Named> {
    vec![Named::Inline("PolicyAppMesh", vec![mesh("appmesh:*")])]
}

pub(super) fn app_mesh_preview() -> Vec<Named> {
    vec![Named::Inline(
        "PolicyAppMeshPreview",
        vec![mesh("appmesh-preview:*")],
    )]
}

fn mesh(all: &str) -> Value {
    let actions = [
        "servicediscovery:CreateService",
        "servicediscovery:DeleteService",
        "servicediscovery:GetService",
        "servicediscovery:GetInstance",
        "servicediscovery:RegisterInstance",
        "servicediscovery:DeregisterInstance",
        "servicediscovery:ListInstances",
        "servicediscovery:ListNamespaces",
        "servicediscovery:ListServices",
        "servicediscovery:GetInstancesHealthStatus",
        "servicediscovery:UpdateInstanceCustomHealthStatus",
        "servicediscovery:GetOperation",
        "route53:GetHealthCheck",
        "route53:CreateHealthCheck",
        "route53:UpdateHealthCheck",
        "route53:ChangeResourceRecordSets",
        "route53:DeleteHealthCheck",
        all,
    ];
    allow(&actions, "*")
}
