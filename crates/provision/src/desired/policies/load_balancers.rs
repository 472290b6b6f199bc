//! What the AWS load balancer controller may do (eksctl's `loadBalancerControllerStatements`).

use super::{Named, allow, allow_on};
use serde_json::{Value, json};

/// The tag by which the controller knows its own.
const REQUEST_TAG: &str = "aws:RequestTag/elbv2.k8s.aws/cluster";
const RESOURCE_TAG: &str = "aws:ResourceTag/elbv2.k8s.aws/cluster";
const SECURITY_GROUPS: [&str; 1] = ["arn:aws:ec2:*:*:security-group/*"];
const BALANCERS: [&str; 3] = [
    "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*",
    "arn:aws:elasticloadbalancing:*:*:loadbalancer/net/*/*",
    "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*/*",
];
const LISTENERS: [&str; 4] = [
    "arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*",
    "arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*",
    "arn:aws:elasticloadbalancing:*:*:listener-rule/net/*/*/*",
    "arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*",
];
const ALL: [&str; 1] = ["*"];

/// The policy of the AWS load balancer controller.
pub(in crate::desired) fn load_balancer_controller() -> Vec<Named> {
    let statements = [look(), security_groups(), balancers()].concat();
    vec![Named::Inline("PolicyAWSLoadBalancerController", statements)]
}

/// Actions of one service.
fn of(service: &str, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{service}:{name}")).collect()
}

/// A statement that holds only where `condition` does.
fn when(actions: &[String], resources: &[&str], condition: Value) -> Value {
    let mut statement = allow_on(actions, resources);
    if let Some(statement) = statement.as_object_mut() {
        statement.insert("Condition".to_owned(), condition);
    }
    statement
}

/// Whether a request and a resource carry the controller's tag: `false` means that they do.
fn tagged(request: Option<&str>, resource: Option<&str>) -> Value {
    let pairs = [(REQUEST_TAG, request), (RESOURCE_TAG, resource)];
    let pairs = pairs
        .into_iter()
        .filter_map(|(tag, missing)| Some((tag.to_owned(), Value::from(missing?))));
    json!({"Null": pairs.collect::<serde_json::Map<_, _>>()})
}

fn look() -> Vec<Value> {
    let linked = json!({"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}});
    let network = [
        "DescribeAccountAttributes",
        "DescribeAddresses",
        "DescribeAvailabilityZones",
        "DescribeInternetGateways",
        "DescribeVpcs",
        "DescribeVpcPeeringConnections",
        "DescribeSubnets",
        "DescribeSecurityGroups",
        "DescribeInstances",
        "DescribeNetworkInterfaces",
        "DescribeTags",
        "GetCoipPoolUsage",
        "DescribeCoipPools",
        "GetSecurityGroupsForVpc",
        "DescribeIpamPools",
        "DescribeRouteTables",
    ];
    let balancers = [
        "DescribeLoadBalancers",
        "DescribeLoadBalancerAttributes",
        "DescribeListeners",
        "DescribeListenerCertificates",
        "DescribeSSLPolicies",
        "DescribeRules",
        "DescribeTargetGroups",
        "DescribeTargetGroupAttributes",
        "DescribeTargetHealth",
        "DescribeTags",
        "DescribeTrustStores",
        "DescribeListenerAttributes",
        "DescribeCapacityReservation",
    ];
    let firewall = [
        "GetWebACL",
        "GetWebACLForResource",
        "AssociateWebACL",
        "DisassociateWebACL",
    ];
    let shield = [
        "GetSubscriptionState",
        "DescribeProtection",
        "CreateProtection",
        "DeleteProtection",
    ];
    let others = [
        of("cognito-idp", &["DescribeUserPoolClient"]),
        of("acm", &["ListCertificates", "DescribeCertificate"]),
        of("iam", &["ListServerCertificates", "GetServerCertificate"]),
        of("waf-regional", &firewall),
        of("wafv2", &firewall),
        of("shield", &shield),
    ];
    vec![
        when(&of("iam", &["CreateServiceLinkedRole"]), &ALL, linked),
        allow_on(
            &[of("ec2", &network), of("elasticloadbalancing", &balancers)].concat(),
            &ALL,
        ),
        allow_on(&others.concat(), &ALL),
    ]
}

fn security_groups() -> Vec<Value> {
    let rules = ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"];
    let with_group = [&rules[..], &["DeleteSecurityGroup"]].concat();
    let mut made = tagged(Some("false"), None);
    if let Some(made) = made.as_object_mut() {
        made.insert(
            "StringEquals".to_owned(),
            json!({"ec2:CreateAction": "CreateSecurityGroup"}),
        );
    }
    vec![
        allow_on(&of("ec2", &rules), &ALL),
        allow(&["ec2:CreateSecurityGroup"], "*"),
        when(&of("ec2", &["CreateTags"]), &SECURITY_GROUPS, made),
        when(
            &of("ec2", &["CreateTags", "DeleteTags"]),
            &SECURITY_GROUPS,
            tagged(Some("true"), Some("false")),
        ),
        when(&of("ec2", &with_group), &ALL, tagged(None, Some("false"))),
    ]
}

fn balancers() -> Vec<Value> {
    let elb = |names: &[&str]| of("elasticloadbalancing", names);
    let tags = elb(&["AddTags", "RemoveTags"]);
    let change = [
        "ModifyLoadBalancerAttributes",
        "SetIpAddressType",
        "SetSecurityGroups",
        "SetSubnets",
        "DeleteLoadBalancer",
        "ModifyTargetGroup",
        "ModifyTargetGroupAttributes",
        "DeleteTargetGroup",
        "ModifyListenerAttributes",
        "ModifyCapacityReservation",
        "ModifyIpPools",
    ];
    let listeners = ["CreateListener", "DeleteListener", "CreateRule", "DeleteRule"];
    let rules = [
        "SetWebAcl",
        "ModifyListener",
        "AddListenerCertificates",
        "RemoveListenerCertificates",
        "ModifyRule",
        "SetRulePriorities",
    ];
    let mut at_creation = tagged(Some("false"), None);
    if let Some(at_creation) = at_creation.as_object_mut() {
        let actions =
            json!({"elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"]});
        at_creation.insert("StringEquals".to_owned(), actions);
    }
    vec![
        when(
            &elb(&["CreateLoadBalancer", "CreateTargetGroup"]),
            &ALL,
            tagged(Some("false"), None),
        ),
        allow_on(&elb(&listeners), &ALL),
        when(&tags, &BALANCERS, tagged(Some("true"), Some("false"))),
        allow_on(&tags, &LISTENERS),
        when(&elb(&change), &ALL, tagged(None, Some("false"))),
        when(&elb(&["AddTags"]), &BALANCERS, at_creation),
        allow_on(&elb(&["RegisterTargets", "DeregisterTargets"]), &BALANCERS[..1]),
        allow_on(&elb(&rules), &ALL),
    ]
}
