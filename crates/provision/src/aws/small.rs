//! Services of which we need a few operations.

/// CloudWatch Logs.
pub(super) mod logs {
    use aws_sdk_cloudwatchlogs::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::logs::{self, LogGroup};

    pub(in crate::aws) fn call(
        client: &Client,
        request: logs::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { logs, client, request;
            CreateLogGroup => create_log_group(log_group_name, tags);
            DescribeLogGroups => describe_log_groups(log_group_name_prefix) -> *;
            PutRetentionPolicy => put_retention_policy(log_group_name, retention_in_days);
            DeleteRetentionPolicy => delete_retention_policy(log_group_name);
            DeleteLogGroup => delete_log_group(log_group_name);
            ListTagsForResource => list_tags_for_resource(resource_arn) -> tags;
            TagResource => tag_resource(resource_arn, tags);
            UntagResource => untag_resource(resource_arn, tag_keys);
        }
    }

    reads! {
        LogGroup { log_group_name, arn, retention_in_days, kms_key_id }
    }
}

/// STS.
pub(super) mod sts {
    use aws_sdk_sts::{Client, operation::get_caller_identity::GetCallerIdentityOutput};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::Read;
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::sts::{self, CallerIdentity};

    pub(in crate::aws) fn call(
        client: &Client,
        request: sts::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { sts, client, request;
            GetCallerIdentity => get_caller_identity() -> (identity);
        }
    }

    fn identity(out: GetCallerIdentityOutput) -> CallerIdentity {
        CallerIdentity {
            user_id: Read::read(out.user_id),
            account: Read::read(out.account),
            arn: Read::read(out.arn),
        }
    }
}

/// Systems Manager's parameters.
pub(super) mod ssm {
    use aws_sdk_ssm::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::ssm::{self, Parameter};

    pub(in crate::aws) fn call(
        client: &Client,
        request: ssm::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { ssm, client, request;
            GetParameter => get_parameter(name) -> parameter;
        }
    }

    reads! {
        Parameter { name, value, version }
    }
}

/// Service Quotas.
pub(super) mod servicequotas {
    use aws_sdk_servicequotas::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::servicequotas::{self, ServiceQuota};

    pub(in crate::aws) fn call(
        client: &Client,
        request: servicequotas::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { servicequotas, client, request;
            GetServiceQuota => get_service_quota(service_code, quota_code) -> quota;
            GetAWSDefaultServiceQuota => get_aws_default_service_quota(service_code, quota_code) -> quota;
        }
    }

    reads! {
        ServiceQuota { service_code, quota_code, quota_name, value }
    }
}

/// KMS.
pub(super) mod kms {
    use aws_sdk_kms::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::kms::{self, Grant, KeyMetadata};

    pub(in crate::aws) fn call(
        client: &Client,
        request: kms::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { kms, client, request;
            DescribeKey => describe_key(key_id) -> key_metadata;
            GetKeyPolicy => get_key_policy(key_id, policy_name) -> policy;
            ListGrants => list_grants(key_id, grantee_principal) -> *;
        }
    }

    reads! {
        KeyMetadata { key_id, arn, enabled, key_state, key_manager, key_spec }
        Grant from GrantListEntry { grant_id, grantee_principal, operations }
    }

    reads_words! { GrantOperation }
}

/// Classic load balancers.
pub(super) mod elb {
    use aws_sdk_elasticloadbalancing::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::elb::{self, LoadBalancerDescription};

    pub(in crate::aws) fn call(
        client: &Client,
        request: elb::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { elb, client, request;
            DescribeLoadBalancers => describe_load_balancers(load_balancer_names) -> *;
        }
    }

    reads! {
        LoadBalancerDescription { load_balancer_name, vpc_id, security_groups }
    }
}

/// Application and network load balancers.
pub(super) mod elbv2 {
    use aws_sdk_elasticloadbalancingv2::{Client, types};
    use futures_util::future::BoxFuture;

    use crate::aws::convert::{Give, Read};
    use crate::aws::fault::Fault;
    use crate::operations::Reply;
    use crate::operations::elbv2::{self, LoadBalancer};

    pub(in crate::aws) fn call(
        client: &Client,
        request: elbv2::Request,
    ) -> BoxFuture<'_, Result<Reply, Fault>> {
        calls! { elbv2, client, request;
            DescribeLoadBalancers => describe_load_balancers(names) -> *;
        }
    }

    reads! {
        LoadBalancer { load_balancer_arn, load_balancer_name, vpc_id, security_groups }
    }
}
