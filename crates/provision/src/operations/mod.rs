//! Every call that `lb` can make, as data: one table in which a row is an operation with its typed input, its
//! typed answer and what the rest of the house has to know about it ([`Info`]).
//!
//! Inputs and shapes serialise under the API's own parameter names, and hold the fields that we use. Fields
//! without a comment mean what AWS documents under that name. An answer is the part of AWS's answer that is wanted
//! (`DescribeVpcs` answers all VPCs that match): pages are put together, and percent-encoded policies decoded,
//! by whoever talks to AWS.

#[macro_use]
mod table;

pub mod autoscaling;
pub mod ec2;
pub mod eks;
pub mod elb;
pub mod iam;
pub mod kubernetes;
pub mod logs;
mod small;

pub use small::{elbv2, kms, servicequotas, ssm, sts};
pub use table::{Absent, Access, Family, Info, Operation, Repeat, WrongReply, families};

services! {
    /// EC2 and VPC. Regional.
    Ec2(ec2),
    /// IAM. Global: names are unique in the account.
    Iam(iam),
    /// EKS. Regional.
    Eks(eks),
    /// EC2 Auto Scaling. Regional.
    AutoScaling(autoscaling),
    /// CloudWatch Logs. Regional.
    Logs(logs),
    /// STS.
    Sts(sts),
    /// Systems Manager's parameters. Regional.
    Ssm(ssm),
    /// Service Quotas. Regional.
    ServiceQuotas(servicequotas),
    /// KMS. Regional.
    Kms(kms),
    /// Classic load balancers. Regional.
    Elb(elb),
    /// Application and network load balancers. Regional.
    ElbV2(elbv2),
    /// The Kubernetes API of one cluster.
    Kubernetes(kubernetes),
}
