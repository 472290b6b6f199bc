use super::*;
use crate::operations::table;

/// An error for each row, in the order of the table: verdict, service, operation, code, message.
const CASES: &str = "\
retry: iam AttachRolePolicy Throttling Rate exceeded
retry: ssm GetParameter ThrottlingException Rate exceeded
retry: eks CreateAddon ThrottledException
retry: eks DescribeCluster TooManyRequestsException
retry: kubernetes Evict TooManyRequests Cannot evict pod
retry: ec2 CreateVpc RequestLimitExceeded Request limit exceeded.
retry: autoscaling DescribeAutoScalingGroups RequestThrottled
retry: iam GetRole RequestThrottledException
retry: ec2 DescribeVpcs EC2ThrottledException
retry: ec2 DescribeVpcs PriorRequestNotComplete
retry: logs CreateLogGroup SlowDown
retry: iam GetRole ServiceUnavailable
retry: ec2 DescribeVpcs Unavailable
retry: sts GetCallerIdentity RequestTimeout
retry: eks ListClusters ServiceUnavailableException
refresh: iam GetRole ExpiredToken
refresh: eks DescribeCluster ExpiredTokenException
refresh: ec2 DescribeVpcs RequestExpired
retry: iam UpdateAssumeRolePolicy ConcurrentModification
retry: iam TagRole EntityTemporarilyUnmodifiable
window 120: iam CreateOpenIDConnectProvider OpenIdIdpCommunicationError
exists: iam CreateServiceLinkedRole InvalidInput name X has been taken in this account
exists: iam AddRoleToInstanceProfile LimitExceeded quota for InstanceSessionsPerInstanceProfile: 1
exists: iam CreateRole EntityAlreadyExists
absent: iam DeleteRole NoSuchEntity
absent: iam DetachRolePolicy NoSuchEntity
window 30: iam AttachRolePolicy NoSuchEntity The role cannot be found
wait: iam DeleteRole DeleteConflict
window 120: eks CreateCluster InvalidParameterException Role X could not be assumed because
window 120: eks CreateCluster InvalidParameterException Error in role params
window 120: eks CreateCluster InvalidParameterException The role does not exist
window 120: eks CreateCluster InvalidParameterException the Amazon EKS Managed Policies associated
window 120: eks CreateCluster InvalidParameterException IAM role's policy must include x
window 60: eks CreateAccessEntry InvalidParameterException is invalid: invalid principal.
window 120: eks CreateAddon InvalidParameterException could not be assumed
window 120: eks CreateNodegroup InvalidParameterException The specified launch template, with template ID x, does not exist.
window 120: eks CreateNodegroup InvalidParameterException doesn't have the Amazon EKS Managed Policies associated with it
wait: eks DeleteCluster ResourceInUseException has an operation in progress
exists: eks CreateAddon ResourceInUseException Addon already exists.
exists: eks CreateAccessEntry ResourceInUseException is already in use on this cluster
wait: eks DeleteCluster ResourceInUseException Cluster has nodegroups attached
absent: eks DescribeCluster ResourceNotFoundException
absent: eks DeleteCluster ClientException No cluster found for name: x
window 30: eks AssociateAccessPolicy ResourceNotFoundException
exists: eks UpdateClusterConfig InvalidParameterException No changes needed for the logging
wait: autoscaling CreateAutoScalingGroup AlreadyExists is pending delete
exists: autoscaling CreateAutoScalingGroup AlreadyExists already exists
wait: autoscaling DeleteAutoScalingGroup ScalingActivityInProgress
retry: autoscaling UpdateAutoScalingGroup ResourceContention
wait: autoscaling DeleteAutoScalingGroup ResourceInUse
warming 120: autoscaling CreateAutoScalingGroup ServiceLinkedRoleFailure
window 120: autoscaling CreateAutoScalingGroup ValidationError Invalid IAM Instance Profile name
window 60: autoscaling CreateAutoScalingGroup ValidationError The subnet ID 'x' does not exist
window 60: autoscaling CreateAutoScalingGroup ValidationError The placement group 'x' is unknown.
absent: autoscaling DeleteAutoScalingGroup ValidationError AutoScalingGroup 'x' not found
window 120: ec2 RunInstances InvalidParameterValue Invalid IAM Instance Profile name
wait: ec2 DeleteSubnet DependencyViolation
wait: ec2 DeletePlacementGroup InvalidPlacementGroup.InUse
wait: ec2 ReleaseAddress AuthFailure
wait: ec2 ReleaseAddress InvalidIPAddress.InUse
exists: ec2 CreateRoute RouteAlreadyExists
exists: ec2 AssociateRouteTable Resource.AlreadyAssociated
exists: ec2 ImportKeyPair InvalidKeyPair.Duplicate
exists: ec2 CreatePlacementGroup InvalidPlacementGroup.Duplicate
exists: ec2 AuthorizeSecurityGroupIngress InvalidPermission.Duplicate
exists: ec2 CreateSecurityGroup InvalidGroup.Duplicate
exists: ec2 CreateSubnet InvalidSubnet.Conflict
exists: ec2 CreateLaunchTemplate InvalidLaunchTemplateName.AlreadyExistsException
absent: ec2 DetachInternetGateway Gateway.NotAttached
absent: ec2 DescribeImages InvalidAMIID.NotFound
never: ec2 RunInstances InvalidAMIID.NotFound
absent: ec2 DescribeVpcs InvalidVpcID.NotFound
absent: ec2 DescribeLaunchTemplates InvalidLaunchTemplateName.NotFoundException
absent: ec2 DescribeNatGateways NatGatewayNotFound
absent: ec2 DescribePlacementGroups InvalidPlacementGroup.Unknown
absent: ec2 DetachInternetGateway InvalidInternetGatewayID.NotFound
window 120: ec2 CreateSubnet InvalidVpcID.NotFound
window 120: ec2 CreateLaunchTemplateVersion InvalidLaunchTemplateName.NotFoundException
window 120: ec2 CreateRoute NatGatewayNotFound
exists: logs CreateLogGroup ResourceAlreadyExistsException
retry: logs PutRetentionPolicy OperationAbortedException
absent: logs DeleteLogGroup ResourceNotFoundException
window 30: logs PutRetentionPolicy ResourceNotFoundException
absent: ssm GetParameter ParameterNotFound
absent: service-quotas GetServiceQuota NoSuchResourceException
absent: kms DescribeKey NotFoundException
warming 120: kubernetes Apply Unauthorized
warming 180: kubernetes Readyz ConnectionRefused
warming 180: kubernetes Readyz NameNotResolved
absent: kubernetes Get NotFound
window 30: kubernetes Apply NotFound namespaces not found
exists: kubernetes Apply AlreadyExists
exists: kubernetes Replace Conflict the object has been modified
window 120: ec2 DescribeVpcs ConnectionRefused
window 120: sts GetCallerIdentity ConnectionFailed
window 120: iam GetRole NameNotResolved
never: ec2 CreateVpc VpcLimitExceeded
never: ec2 AllocateAddress AddressLimitExceeded
never: ec2 CreateNatGateway NatGatewayLimitExceeded
never: ec2 CreateInternetGateway InternetGatewayLimitExceeded
never: ec2 CreateSecurityGroup SecurityGroupLimitExceeded
never: ec2 AuthorizeSecurityGroupIngress RulesPerSecurityGroupLimitExceeded
never: iam CreateRole LimitExceeded Cannot exceed quota for RolesPerAccount: 1000
never: eks CreateCluster ResourceLimitExceeded
never: iam CreateRole AccessDenied
never: eks CreateCluster AccessDeniedException
never: ec2 CreateVpc UnauthorizedOperation
never: eks ListClusters UnrecognizedClientException
never: ec2 DescribeVpcs OptInRequired
never: iam CreateRole MalformedPolicyDocument
never: eks CreateCluster UnsupportedAvailabilityZoneException
never: ec2 RunInstances Unsupported";

fn verdict_named(name: &str) -> Verdict {
    match name.split_once(' ') {
        Some(("window", seconds)) => window(seconds.parse().unwrap()),
        Some(("warming", seconds)) => warming(seconds.parse().unwrap()),
        _ => [Retry, Wait, Refresh, Exists, Absent, Never]
            .into_iter()
            .find(|verdict| format!("{verdict:?}").eq_ignore_ascii_case(name))
            .unwrap(),
    }
}

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
    for (place, case) in CASES.lines().enumerate() {
        let (name, rest) = case.split_once(": ").unwrap();
        let words: Vec<&str> = rest.splitn(4, ' ').collect();
        let error = error(
            words[0],
            words[1],
            words[2],
            words.get(3).copied().unwrap_or_default(),
        );
        assert_eq!(
            ROWS.iter().position(|row| row.fits(&error)),
            Some(place),
            "{case}"
        );
        assert_eq!(error.verdict(), verdict_named(name), "{case}");
    }
    assert_eq!(CASES.lines().count(), ROWS.len());
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
