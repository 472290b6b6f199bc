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
    /// What the call names may be too new to be seen: again for so long after the first refusal, then never.
    Window(Duration),
    /// Something that many calls need has only just been made (a service-linked role, an API server): again for so long
    /// after the first refusal, and one caller at a time, since what one finds out holds for all.
    Warming(Duration),
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

const fn warming(seconds: u64) -> Verdict {
    Verdict::Warming(Duration::from_secs(seconds))
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
    row("", &[], "RequestThrottledException", "", Retry),
    row("", &[], "EC2ThrottledException", "", Retry),
    row("", &[], "PriorRequestNotComplete", "", Retry),
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
        window(120),
    ),
    // A role, a template or a subnet that EKS does not see yet.
    row(
        "eks",
        &["CreateNodegroup", "UpdateNodegroupVersion"],
        "InvalidParameterException",
        "does not exist",
        window(120),
    ),
    row(
        "eks",
        &["CreateNodegroup"],
        "InvalidParameterException",
        "Managed Policies associated",
        window(120),
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
    row("autoscaling", &[], "ServiceLinkedRoleFailure", "", warming(120)),
    row(
        "autoscaling",
        &[],
        "ValidationError",
        "Invalid IAM Instance Profile",
        window(120),
    ),
    // A template, subnet, security group or placement group that Auto Scaling does not see yet.
    row(
        "autoscaling",
        &["Create", "Update"],
        "ValidationError",
        "does not exist",
        window(60),
    ),
    row(
        "autoscaling",
        &["Create", "Update"],
        "ValidationError",
        "is unknown",
        window(60),
    ),
    row(
        "autoscaling",
        &["Delete", "Terminate"],
        "ValidationError",
        "not found",
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
    row("ec2", &["Delete"], "InvalidPlacementGroup.InUse", "", Wait),
    row("ec2", &["Release"], "AuthFailure", "", Wait),
    row("ec2", &["Release"], "InvalidIPAddress.InUse", "", Wait),
    row("ec2", &[], "RouteAlreadyExists", "", Exists),
    row("ec2", &[], "Resource.AlreadyAssociated", "", Exists),
    row("ec2", &[], "InvalidKeyPair.Duplicate", "", Exists),
    row("ec2", &[], "InvalidPlacementGroup.Duplicate", "", Exists),
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
    row("ec2", LOOKS_OR_ENDS, "InvalidPlacementGroup.Unknown", "", Absent),
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
    row("kms", &[], "NotFoundException", "", Absent),
    // Kubernetes. A new cluster's API refuses tokens, names and connections for up to two minutes.
    row("kubernetes", &[], "Unauthorized", "", warming(120)),
    row("kubernetes", &[], "ConnectionRefused", "", warming(180)),
    row("kubernetes", &[], "NameNotResolved", "", warming(180)),
    row("kubernetes", LOOKS_OR_ENDS, "NotFound", "", Absent),
    row("kubernetes", &[], "NotFound", "", window(30)),
    row("kubernetes", &[], "AlreadyExists", "", Exists),
    row("kubernetes", &["Replace"], "Conflict", "", Exists),
    // Nothing was sent: the network is away for a moment, or for good.
    row("", &[], "ConnectionRefused", "", window(120)),
    row("", &[], "ConnectionFailed", "", window(120)),
    row("", &[], "NameNotResolved", "", window(120)),
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
mod tests;
