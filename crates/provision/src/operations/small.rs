//! Services of which we need one or two operations.

/// STS: who is calling.
pub mod sts {
    shapes! { "PascalCase";
    /// A caller.
    CallerIdentity { user_id: String, account: String, arn: String }
    }

    operations! { Sts, "sts", "PascalCase";
    /// Who is calling. Needs no permission.
    Read GetCallerIdentity(STS, Same) -> CallerIdentity {}
    }
}

/// Systems Manager: AWS's public parameters that name images.
pub mod ssm {
    shapes! { "PascalCase";
    /// A parameter.
    Parameter { name: String, value: String, version: i64 }
    }

    operations! { Ssm, "ssm", "PascalCase";
    /// A parameter; `ParameterNotFound` if there is none.
    Read GetParameter(SSM, Same, "ssm:GetParameter") -> Parameter { name: String }
    }
}

/// Service Quotas: how much of something an account may have. Says nothing of how much it has.
pub mod servicequotas {
    shapes! { "PascalCase";
    /// A quota.
    ServiceQuota { service_code: String, quota_code: String, quota_name: String, value: f64 }
    }

    operations! { ServiceQuotas, "service-quotas", "PascalCase";
    /// The account's quota; `NoSuchResourceException` where it never asked for another than the default.
    Read GetServiceQuota(QUOTAS, Same, "servicequotas:GetServiceQuota") -> ServiceQuota {
        service_code: String,
        quota_code: String,
    }
    /// The quota of a new account.
    Read GetAWSDefaultServiceQuota(QUOTAS, Same, "servicequotas:GetAWSDefaultServiceQuota") -> ServiceQuota {
        service_code: String,
        quota_code: String,
    }
    }
}

/// KMS: whether a key can be used by those who must.
pub mod kms {
    shapes! { "PascalCase";
    /// A key.
    KeyMetadata {
        key_id: String,
        arn: String,
        enabled: bool,
        /// `Enabled`, `Disabled`, `PendingDeletion`, ...
        key_state: String,
        /// `AWS` or `CUSTOMER`.
        key_manager: String,
        /// `SYMMETRIC_DEFAULT`, ...
        key_spec: String,
    }

    /// A permission that was given beside the key's policy.
    Grant { grant_id: String, grantee_principal: String, operations: Vec<String> }
    }

    operations! { Kms, "kms", "PascalCase";
    /// A key, by id, ARN or alias; `NotFoundException` if there is none.
    Read DescribeKey(KMS, Same, "kms:DescribeKey") -> KeyMetadata { key_id: String }
    /// The policy of a key, as JSON text.
    Read GetKeyPolicy(KMS, Same, "kms:GetKeyPolicy") -> String {
        key_id: String,
        /// `default` is the only one.
        policy_name: String,
    }
    /// The grants of a key for one principal.
    Read ListGrants(KMS, Same, "kms:ListGrants") -> Vec<Grant> { key_id: String, grantee_principal: Option<String> }
    }
}

/// Application and network load balancers, which Services and Ingresses leave behind: only looked for, by the VPC.
pub mod elbv2 {
    shapes! { "PascalCase";
    /// A load balancer.
    LoadBalancer {
        load_balancer_arn: String,
        load_balancer_name: String,
        vpc_id: Option<String>,
        security_groups: Vec<String>,
    }
    }

    operations! { ElbV2, "elbv2", "PascalCase";
    /// The region's load balancers.
    Read DescribeLoadBalancers(ELB, Same, "elasticloadbalancing:DescribeLoadBalancers") -> Vec<LoadBalancer> {
        names: Vec<String>,
    }
    }
}
