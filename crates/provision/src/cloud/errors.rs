//! The one table of error codes: what each means for whoever made the call.
//!
//! Facts: the services' documented codes, and the windows of eventual consistency that other tools have found
//! (Terraform's and eksctl's retries; `aws-facts.md` 3.3 and 3.4 as corrected by `aws-apply.md` 7).

use super::{CallError, Outcome};
use std::time::Duration;

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Passing trouble: nothing was done; again, with growing pauses.
    Retry,
    /// Something else is still going on with the object: again at a calm pace, as long as that may take.
    Wait,
    /// What the call names may be too new to be seen: again until the newest of it is this old, then never.
    Window(Duration),
    /// The credentials ran out: refresh them once, then again.
    Refresh,
    /// It is there already: read it and compare; ours and equal is success.
    Exists,
    /// What was asked for or deleted does not exist; for a delete that is success.
    Absent,
    /// Whether it was done is unknown: settle that first (unique name, token, search by tags).
    Unknown,
    /// Again gives the same answer.
    Never,
}

/// A row: the first that fits an error decides.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The service; empty for all.
    pub service: &'static str,
    /// Beginnings of operations' names; empty for all.
    pub operations: &'static [&'static str],
    /// The code; a leading `*` fits every code that ends so.
    pub code: &'static str,
    /// What the message contains; empty for all.
    pub text: &'static str,
    /// What to do.
    pub verdict: Verdict,
}

impl Row {
    fn fits(&self, error: &CallError) -> bool {
        let code = match self.code.strip_prefix('*') {
            Some(end) => error.code.ends_with(end),
            None => error.code == self.code,
        };
        code && (self.service.is_empty() || self.service == error.service)
            && (self.operations.is_empty() || self.operations.iter().any(|o| error.operation.starts_with(o)))
            && error.message.contains(self.text)
    }
}

/// What to do about an error; [`Verdict::Never`] for what no row knows.
pub fn verdict(error: &CallError) -> Verdict {
    if error.outcome == Outcome::Unknown {
        return Verdict::Unknown;
    }
    ROWS.iter()
        .find(|row| row.fits(error))
        .map_or(Verdict::Never, |row| row.verdict)
}

const fn row(
    service: &'static str,
    operations: &'static [&'static str],
    code: &'static str,
    text: &'static str,
    verdict: Verdict,
) -> Row {
    Row {
        service,
        operations,
        code,
        text,
        verdict,
    }
}

const fn window(seconds: u64) -> Verdict {
    Verdict::Window(Duration::from_secs(seconds))
}

/// Operations for which "not found" is an answer, not a mistake.
const LOOKS_OR_ENDS: &[&str] = &[
    "Describe",
    "Get",
    "List",
    "Delete",
    "Release",
    "Revoke",
    "Remove",
    "Disassociate",
    "Evict",
];

use Verdict::{Absent, Exists, Never, Refresh, Retry, Wait};

/// The table. Order matters: narrow rows stand before wide ones.
pub const ROWS: &[Row] = &[
    // Throttling and passing trouble, everywhere.
    row("", &[], "Throttling", "", Retry),
    row("", &[], "ThrottlingException", "", Retry),
    row("", &[], "ThrottledException", "", Retry),
    row("", &[], "TooManyRequestsException", "", Retry),
    row("", &[], "TooManyRequests", "", Retry),
    row("", &[], "RequestLimitExceeded", "", Retry),
    row("", &[], "RequestThrottled", "", Retry),
    row("", &[], "SlowDown", "", Retry),
    row("", &[], "ServiceUnavailable", "", Retry),
    row("", &[], "Unavailable", "", Retry),
    row("", &[], "RequestTimeout", "", Retry),
    row("eks", &[], "ServiceUnavailableException", "", Retry),
    // Credentials.
    row("", &[], "ExpiredToken", "", Refresh),
    row("", &[], "ExpiredTokenException", "", Refresh),
    row("", &[], "RequestExpired", "", Refresh),
    // IAM.
    row("iam", &[], "ConcurrentModification", "", Retry),
    row("iam", &[], "EntityTemporarilyUnmodifiable", "", Retry),
    row("iam", &[], "OpenIdIdpCommunicationError", "", window(120)),
    row(
        "iam",
        &["CreateServiceLinkedRole"],
        "InvalidInput",
        "has been taken",
        Exists,
    ),
    row(
        "iam",
        &["AddRole"],
        "LimitExceeded",
        "InstanceSessionsPerInstanceProfile",
        Exists,
    ),
    row("iam", &[], "EntityAlreadyExists", "", Exists),
    row("iam", LOOKS_OR_ENDS, "NoSuchEntity", "", Absent),
    row("iam", &["Detach", "Untag"], "NoSuchEntity", "", Absent),
    row("iam", &[], "NoSuchEntity", "", window(30)),
    row("iam", &[], "DeleteConflict", "", Wait),
    // EKS.
    row(
        "eks",
        &["CreateCluster"],
        "InvalidParameterException",
        "could not be assumed",
        window(120),
    ),
    row(
        "eks",
        &["CreateCluster"],
        "InvalidParameterException",
        "Error in role params",
        window(120),
    ),
    row(
        "eks",
        &["CreateCluster"],
        "InvalidParameterException",
        "does not exist",
        window(120),
    ),
    row(
        "eks",
        &["CreateCluster"],
        "InvalidParameterException",
        "Managed Policies associated",
        window(120),
    ),
    row(
        "eks",
        &["CreateCluster"],
        "InvalidParameterException",
        "IAM role's policy must include",
        window(120),
    ),
    row(
        "eks",
        &["CreateAccessEntry"],
        "InvalidParameterException",
        "invalid principal",
        window(60),
    ),
    row(
        "eks",
        &["CreateAddon", "UpdateAddon"],
        "InvalidParameterException",
        "could not be assumed",
        window(60),
    ),
    row("eks", &[], "ResourceInUseException", "in progress", Wait),
    row(
        "eks",
        &["Create"],
        "ResourceInUseException",
        "already exists",
        Exists,
    ),
    row(
        "eks",
        &["Create"],
        "ResourceInUseException",
        "already in use",
        Exists,
    ),
    row("eks", &["Delete", "Update"], "ResourceInUseException", "", Wait),
    row("eks", LOOKS_OR_ENDS, "ResourceNotFoundException", "", Absent),
    row(
        "eks",
        LOOKS_OR_ENDS,
        "ClientException",
        "No cluster found for name",
        Absent,
    ),
    row(
        "eks",
        &["AssociateAccessPolicy"],
        "ResourceNotFoundException",
        "",
        window(30),
    ),
    row(
        "eks",
        &["Update"],
        "InvalidParameterException",
        "No changes needed",
        Exists,
    ),
    // Auto Scaling.
    row(
        "autoscaling",
        &["Create"],
        "AlreadyExists",
        "pending delete",
        Wait,
    ),
    row("autoscaling", &["Create"], "AlreadyExists", "", Exists),
    row("autoscaling", &[], "ScalingActivityInProgress", "", Wait),
    row("autoscaling", &[], "ResourceContention", "", Retry),
    row("autoscaling", &["Delete"], "ResourceInUse", "", Wait),
    row("autoscaling", &[], "ServiceLinkedRoleFailure", "", window(120)),
    row(
        "autoscaling",
        &[],
        "ValidationError",
        "Invalid IAM Instance Profile",
        window(120),
    ),
    row(
        "autoscaling",
        &["Delete", "Terminate"],
        "ValidationError",
        "not found",
        Absent,
    ),
    row(
        "autoscaling",
        &["Terminate"],
        "ValidationError",
        "Instance Id not found",
        Absent,
    ),
    // EC2.
    row(
        "ec2",
        &[],
        "InvalidParameterValue",
        "Invalid IAM Instance Profile",
        window(120),
    ),
    row("ec2", &["Delete", "Detach"], "DependencyViolation", "", Wait),
    row("ec2", &["Release"], "AuthFailure", "", Wait),
    row("ec2", &["Release"], "InvalidIPAddress.InUse", "", Wait),
    row("ec2", &[], "RouteAlreadyExists", "", Exists),
    row("ec2", &[], "Resource.AlreadyAssociated", "", Exists),
    row("ec2", &[], "InvalidKeyPair.Duplicate", "", Exists),
    row("ec2", &[], "InvalidPermission.Duplicate", "", Exists),
    row("ec2", &[], "InvalidGroup.Duplicate", "", Exists),
    row("ec2", &[], "InvalidSubnet.Conflict", "", Exists),
    row(
        "ec2",
        &["CreateLaunchTemplate"],
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "",
        Exists,
    ),
    row("ec2", &["Detach"], "Gateway.NotAttached", "", Absent),
    row("ec2", &["Describe"], "InvalidAMIID.NotFound", "", Absent),
    row("ec2", &[], "InvalidAMIID.NotFound", "", Never),
    row("ec2", LOOKS_OR_ENDS, "*.NotFound", "", Absent),
    row("ec2", LOOKS_OR_ENDS, "*.NotFoundException", "", Absent),
    row("ec2", LOOKS_OR_ENDS, "NatGatewayNotFound", "", Absent),
    row("ec2", &["Detach"], "*.NotFound", "", Absent),
    row("ec2", &[], "*.NotFound", "", window(120)),
    row("ec2", &[], "*.NotFoundException", "", window(120)),
    row("ec2", &[], "NatGatewayNotFound", "", window(120)),
    // Logs, parameters, quotas.
    row("logs", &["Create"], "ResourceAlreadyExistsException", "", Exists),
    row("logs", &[], "OperationAbortedException", "", Retry),
    row("logs", LOOKS_OR_ENDS, "ResourceNotFoundException", "", Absent),
    row("logs", &[], "ResourceNotFoundException", "", window(30)),
    row("ssm", &[], "ParameterNotFound", "", Absent),
    row("service-quotas", &[], "NoSuchResourceException", "", Absent),
    // Kubernetes. A new cluster's API refuses tokens, names and connections for up to two minutes.
    row("kubernetes", &[], "Unauthorized", "", window(120)),
    row("kubernetes", &[], "ConnectionRefused", "", window(180)),
    row("kubernetes", &[], "NameNotResolved", "", window(180)),
    row("kubernetes", LOOKS_OR_ENDS, "NotFound", "", Absent),
    row("kubernetes", &[], "NotFound", "", window(30)),
    row("kubernetes", &[], "AlreadyExists", "", Exists),
    row("kubernetes", &["Replace"], "Conflict", "", Exists),
    // Quotas and refusals that only a person can change.
    row("", &[], "VpcLimitExceeded", "", Never),
    row("", &[], "AddressLimitExceeded", "", Never),
    row("", &[], "NatGatewayLimitExceeded", "", Never),
    row("", &[], "InternetGatewayLimitExceeded", "", Never),
    row("", &[], "SecurityGroupLimitExceeded", "", Never),
    row("", &[], "RulesPerSecurityGroupLimitExceeded", "", Never),
    row("", &[], "LimitExceeded", "", Never),
    row("", &[], "ResourceLimitExceeded", "", Never),
    row("", &[], "AccessDenied", "", Never),
    row("", &[], "AccessDeniedException", "", Never),
    row("", &[], "UnauthorizedOperation", "", Never),
    row("", &[], "UnrecognizedClientException", "", Never),
    row("", &[], "OptInRequired", "", Never),
    row("", &[], "MalformedPolicyDocument", "", Never),
    row("", &[], "UnsupportedAvailabilityZoneException", "", Never),
    row("", &[], "Unsupported", "", Never),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::table;

    /// One error a row, in the order of the table: service, operation, code, message.
    const ERRORS: &[(&str, &str, &str, &str, Verdict)] = &[
        ("iam", "AttachRolePolicy", "Throttling", "Rate exceeded", Retry),
        (
            "ssm",
            "GetParameter",
            "ThrottlingException",
            "Rate exceeded",
            Retry,
        ),
        ("eks", "CreateAddon", "ThrottledException", "", Retry),
        ("eks", "DescribeCluster", "TooManyRequestsException", "", Retry),
        (
            "kubernetes",
            "Evict",
            "TooManyRequests",
            "Cannot evict pod",
            Retry,
        ),
        (
            "ec2",
            "CreateVpc",
            "RequestLimitExceeded",
            "Request limit exceeded.",
            Retry,
        ),
        (
            "autoscaling",
            "DescribeAutoScalingGroups",
            "RequestThrottled",
            "",
            Retry,
        ),
        ("logs", "CreateLogGroup", "SlowDown", "", Retry),
        ("iam", "GetRole", "ServiceUnavailable", "", Retry),
        ("ec2", "DescribeVpcs", "Unavailable", "", Retry),
        ("sts", "GetCallerIdentity", "RequestTimeout", "", Retry),
        ("eks", "ListClusters", "ServiceUnavailableException", "", Retry),
        ("iam", "GetRole", "ExpiredToken", "", Refresh),
        ("eks", "DescribeCluster", "ExpiredTokenException", "", Refresh),
        ("ec2", "DescribeVpcs", "RequestExpired", "", Refresh),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            "ConcurrentModification",
            "",
            Retry,
        ),
        ("iam", "TagRole", "EntityTemporarilyUnmodifiable", "", Retry),
        (
            "iam",
            "CreateOpenIDConnectProvider",
            "OpenIdIdpCommunicationError",
            "",
            window(120),
        ),
        (
            "iam",
            "CreateServiceLinkedRole",
            "InvalidInput",
            "name X has been taken in this account",
            Exists,
        ),
        (
            "iam",
            "AddRoleToInstanceProfile",
            "LimitExceeded",
            "quota for InstanceSessionsPerInstanceProfile: 1",
            Exists,
        ),
        ("iam", "CreateRole", "EntityAlreadyExists", "", Exists),
        ("iam", "DeleteRole", "NoSuchEntity", "", Absent),
        ("iam", "DetachRolePolicy", "NoSuchEntity", "", Absent),
        (
            "iam",
            "AttachRolePolicy",
            "NoSuchEntity",
            "The role cannot be found",
            window(30),
        ),
        ("iam", "DeleteRole", "DeleteConflict", "", Wait),
        (
            "eks",
            "CreateCluster",
            "InvalidParameterException",
            "Role X could not be assumed because",
            window(120),
        ),
        (
            "eks",
            "CreateCluster",
            "InvalidParameterException",
            "Error in role params",
            window(120),
        ),
        (
            "eks",
            "CreateCluster",
            "InvalidParameterException",
            "The role does not exist",
            window(120),
        ),
        (
            "eks",
            "CreateCluster",
            "InvalidParameterException",
            "the Amazon EKS Managed Policies associated",
            window(120),
        ),
        (
            "eks",
            "CreateCluster",
            "InvalidParameterException",
            "IAM role's policy must include x",
            window(120),
        ),
        (
            "eks",
            "CreateAccessEntry",
            "InvalidParameterException",
            "is invalid: invalid principal.",
            window(60),
        ),
        (
            "eks",
            "CreateAddon",
            "InvalidParameterException",
            "could not be assumed",
            window(60),
        ),
        (
            "eks",
            "DeleteCluster",
            "ResourceInUseException",
            "has an operation in progress",
            Wait,
        ),
        (
            "eks",
            "CreateAddon",
            "ResourceInUseException",
            "Addon already exists.",
            Exists,
        ),
        (
            "eks",
            "CreateAccessEntry",
            "ResourceInUseException",
            "is already in use on this cluster",
            Exists,
        ),
        (
            "eks",
            "DeleteCluster",
            "ResourceInUseException",
            "Cluster has nodegroups attached",
            Wait,
        ),
        ("eks", "DescribeCluster", "ResourceNotFoundException", "", Absent),
        (
            "eks",
            "DeleteCluster",
            "ClientException",
            "No cluster found for name: x",
            Absent,
        ),
        (
            "eks",
            "AssociateAccessPolicy",
            "ResourceNotFoundException",
            "",
            window(30),
        ),
        (
            "eks",
            "UpdateClusterConfig",
            "InvalidParameterException",
            "No changes needed for the logging",
            Exists,
        ),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            "AlreadyExists",
            "is pending delete",
            Wait,
        ),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            "AlreadyExists",
            "already exists",
            Exists,
        ),
        (
            "autoscaling",
            "DeleteAutoScalingGroup",
            "ScalingActivityInProgress",
            "",
            Wait,
        ),
        (
            "autoscaling",
            "UpdateAutoScalingGroup",
            "ResourceContention",
            "",
            Retry,
        ),
        ("autoscaling", "DeleteAutoScalingGroup", "ResourceInUse", "", Wait),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            "ServiceLinkedRoleFailure",
            "",
            window(120),
        ),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            "ValidationError",
            "Invalid IAM Instance Profile name",
            window(120),
        ),
        (
            "autoscaling",
            "DeleteAutoScalingGroup",
            "ValidationError",
            "AutoScalingGroup 'x' not found",
            Absent,
        ),
        (
            "autoscaling",
            "TerminateInstanceInAutoScalingGroup",
            "ValidationError",
            "Instance Id not found",
            Absent,
        ),
        (
            "ec2",
            "RunInstances",
            "InvalidParameterValue",
            "Invalid IAM Instance Profile name",
            window(120),
        ),
        ("ec2", "DeleteSubnet", "DependencyViolation", "", Wait),
        ("ec2", "ReleaseAddress", "AuthFailure", "", Wait),
        ("ec2", "ReleaseAddress", "InvalidIPAddress.InUse", "", Wait),
        ("ec2", "CreateRoute", "RouteAlreadyExists", "", Exists),
        (
            "ec2",
            "AssociateRouteTable",
            "Resource.AlreadyAssociated",
            "",
            Exists,
        ),
        ("ec2", "ImportKeyPair", "InvalidKeyPair.Duplicate", "", Exists),
        (
            "ec2",
            "AuthorizeSecurityGroupIngress",
            "InvalidPermission.Duplicate",
            "",
            Exists,
        ),
        ("ec2", "CreateSecurityGroup", "InvalidGroup.Duplicate", "", Exists),
        ("ec2", "CreateSubnet", "InvalidSubnet.Conflict", "", Exists),
        (
            "ec2",
            "CreateLaunchTemplate",
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "",
            Exists,
        ),
        ("ec2", "DetachInternetGateway", "Gateway.NotAttached", "", Absent),
        ("ec2", "DescribeImages", "InvalidAMIID.NotFound", "", Absent),
        ("ec2", "RunInstances", "InvalidAMIID.NotFound", "", Never),
        ("ec2", "DescribeVpcs", "InvalidVpcID.NotFound", "", Absent),
        (
            "ec2",
            "DescribeLaunchTemplates",
            "InvalidLaunchTemplateName.NotFoundException",
            "",
            Absent,
        ),
        ("ec2", "DescribeNatGateways", "NatGatewayNotFound", "", Absent),
        (
            "ec2",
            "DetachInternetGateway",
            "InvalidInternetGatewayID.NotFound",
            "",
            Absent,
        ),
        ("ec2", "CreateSubnet", "InvalidVpcID.NotFound", "", window(120)),
        (
            "ec2",
            "CreateLaunchTemplateVersion",
            "InvalidLaunchTemplateName.NotFoundException",
            "",
            window(120),
        ),
        ("ec2", "CreateRoute", "NatGatewayNotFound", "", window(120)),
        (
            "logs",
            "CreateLogGroup",
            "ResourceAlreadyExistsException",
            "",
            Exists,
        ),
        (
            "logs",
            "PutRetentionPolicy",
            "OperationAbortedException",
            "",
            Retry,
        ),
        ("logs", "DeleteLogGroup", "ResourceNotFoundException", "", Absent),
        (
            "logs",
            "PutRetentionPolicy",
            "ResourceNotFoundException",
            "",
            window(30),
        ),
        ("ssm", "GetParameter", "ParameterNotFound", "", Absent),
        (
            "service-quotas",
            "GetServiceQuota",
            "NoSuchResourceException",
            "",
            Absent,
        ),
        ("kubernetes", "Apply", "Unauthorized", "", window(120)),
        ("kubernetes", "Readyz", "ConnectionRefused", "", window(180)),
        ("kubernetes", "Readyz", "NameNotResolved", "", window(180)),
        ("kubernetes", "Get", "NotFound", "", Absent),
        (
            "kubernetes",
            "Apply",
            "NotFound",
            "namespaces not found",
            window(30),
        ),
        ("kubernetes", "Apply", "AlreadyExists", "", Exists),
        (
            "kubernetes",
            "Replace",
            "Conflict",
            "the object has been modified",
            Exists,
        ),
        ("ec2", "CreateVpc", "VpcLimitExceeded", "", Never),
        ("ec2", "AllocateAddress", "AddressLimitExceeded", "", Never),
        ("ec2", "CreateNatGateway", "NatGatewayLimitExceeded", "", Never),
        (
            "ec2",
            "CreateInternetGateway",
            "InternetGatewayLimitExceeded",
            "",
            Never,
        ),
        (
            "ec2",
            "CreateSecurityGroup",
            "SecurityGroupLimitExceeded",
            "",
            Never,
        ),
        (
            "ec2",
            "AuthorizeSecurityGroupIngress",
            "RulesPerSecurityGroupLimitExceeded",
            "",
            Never,
        ),
        (
            "iam",
            "CreateRole",
            "LimitExceeded",
            "Cannot exceed quota for RolesPerAccount: 1000",
            Never,
        ),
        ("eks", "CreateCluster", "ResourceLimitExceeded", "", Never),
        ("iam", "CreateRole", "AccessDenied", "", Never),
        ("eks", "CreateCluster", "AccessDeniedException", "", Never),
        ("ec2", "CreateVpc", "UnauthorizedOperation", "", Never),
        ("eks", "ListClusters", "UnrecognizedClientException", "", Never),
        ("ec2", "DescribeVpcs", "OptInRequired", "", Never),
        ("iam", "CreateRole", "MalformedPolicyDocument", "", Never),
        (
            "eks",
            "CreateCluster",
            "UnsupportedAvailabilityZoneException",
            "",
            Never,
        ),
        ("ec2", "RunInstances", "Unsupported", "", Never),
    ];

    fn error(service: &'static str, operation: &'static str, code: &str, message: &str) -> CallError {
        CallError {
            service,
            operation,
            code: code.into(),
            message: message.into(),
            request_id: None,
            outcome: Outcome::Refused,
        }
    }

    #[test]
    fn every_row_decides_its_own_error_and_no_earlier_row_takes_it() {
        assert_eq!(ERRORS.len(), ROWS.len());
        for (place, (service, operation, code, message, expected)) in ERRORS.iter().enumerate() {
            let error = error(service, operation, code, message);
            let first = ROWS.iter().position(|row| row.fits(&error));
            assert_eq!(first, Some(place), "{error}");
            assert_eq!(error.verdict(), *expected, "{error}");
        }
    }

    #[test]
    fn a_lost_answer_is_unknown_and_an_unknown_code_is_final() {
        assert_eq!(error("ec2", "CreateVpc", "Surprise", "").verdict(), Never);
        let lost = CallError {
            outcome: Outcome::Unknown,
            ..error("ec2", "CreateVpc", "RequestLimitExceeded", "")
        };
        assert_eq!(lost.verdict(), Verdict::Unknown);
    }

    #[test]
    fn rows_name_services_and_operations_that_exist() {
        for row in ROWS {
            let known = |name: &str| table().any(|info| info.operation.starts_with(name));
            assert!(
                row.service.is_empty() || table().any(|info| info.service == row.service),
                "{row:?}"
            );
            assert!(row.operations.iter().all(|name| known(name)), "{row:?}");
        }
    }

    #[test]
    fn operations_have_one_row_each_and_tokens_only_where_repeats_need_them() {
        let mut names: Vec<_> = table().map(|info| (info.service, info.operation)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for info in table() {
            let reads = ["Describe", "Get", "List", "Readyz"]
                .iter()
                .any(|verb| info.operation.starts_with(verb));
            assert_eq!(reads, info.access == crate::operations::Access::Read, "{info:?}");
        }
    }
}
