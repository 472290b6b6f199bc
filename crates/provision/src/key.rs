//! The logical names of objects, as eksctl's templates give them.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// The logical name of an object: `VPC`, `SubnetPublicUSWEST2A`, `ng:basic-worker/SG`,
/// `irsa:kube-system/fluentd/Role1`. The same object has the same key in every life of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Cow<'static, str>);

impl Key {
    /// The VPC that `lb` makes.
    pub const VPC: Self = Self::of("VPC");
    /// The internet gateway.
    pub const INTERNET_GATEWAY: Self = Self::of("InternetGateway");
    /// What attaches the internet gateway to the VPC.
    pub const GATEWAY_ATTACHMENT: Self = Self::of("VPCGatewayAttachment");
    /// The route table of all public subnets.
    pub const PUBLIC_ROUTE_TABLE: Self = Self::of("PublicRouteTable");
    /// The default route of the public route table.
    pub const PUBLIC_SUBNET_ROUTE: Self = Self::of("PublicSubnetRoute");
    /// The EKS cluster.
    pub const CONTROL_PLANE: Self = Self::of("ControlPlane");
    /// The security group that EKS makes for the cluster, and does not always take away again.
    pub const CLUSTER_SECURITY_GROUP: Self = Self::of("ControlPlane.ClusterSecurityGroup");
    /// The security group that is handed to EKS for its network interfaces.
    pub const CONTROL_PLANE_SECURITY_GROUP: Self = Self::of("ControlPlaneSecurityGroup");
    /// The security group that all nodes share.
    pub const SHARED_NODE_SECURITY_GROUP: Self = Self::of("ClusterSharedNodeSecurityGroup");
    /// The IAM role of the cluster.
    pub const SERVICE_ROLE: Self = Self::of("ServiceRole");
    /// The IAM provider that trusts the cluster's service accounts.
    pub const OIDC_PROVIDER: Self = Self::of("OIDCProvider");
    /// The log group of the control plane.
    pub const LOG_GROUP: Self = Self::of("LogGroup");

    const fn of(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A key of the cluster's own objects, or one that was read back from a tag.
    pub fn new(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// Resource `part` of nodegroup `name`: `ng:basic-worker/SG`.
    pub fn nodegroup(name: &str, part: &str) -> Self {
        Self::new(format!("ng:{name}/{part}"))
    }

    /// Resource `part` made for service account `namespace/name`: `irsa:default/submission-worker/Role1`.
    pub fn irsa(namespace: &str, name: &str, part: &str) -> Self {
        Self::new(format!("irsa:{namespace}/{name}/{part}"))
    }

    /// Resource `part` of an add-on: `addon:vpc-cni/Addon`.
    pub fn addon(name: &str, part: &str) -> Self {
        Self::new(format!("addon:{name}/{part}"))
    }

    /// Resource `part` made for the pods of service account `namespace/name`: `podidentity:submissions-uploader/Role1`.
    pub fn pod_identity(namespace: &str, name: &str, part: &str) -> Self {
        Self::new(format!("podidentity:{namespace}-{name}/{part}"))
    }

    /// The access entry of a principal that is not a node role: `accessentry:ARN/AccessEntry`.
    pub fn access_entry(principal_arn: &str) -> Self {
        Self::new(format!("accessentry:{principal_arn}/AccessEntry"))
    }

    /// A Kubernetes object: `k8s:kube-system/ServiceAccount/fluentd`; `-` stands for no namespace.
    pub fn kubernetes(namespace: Option<&str>, kind: &str, name: &str) -> Self {
        Self::new(format!("k8s:{}/{kind}/{name}", namespace.unwrap_or("-")))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nodegroup that this object belongs to, if it belongs to one: the middle of `ng:NAME/PART`.
    pub fn nodegroup_name(&self) -> Option<&str> {
        let (name, _) = self.0.strip_prefix("ng:")?.split_once('/')?;
        Some(name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_a_nodegroups_group_belongs_to_the_nodegroup() {
        assert_eq!(
            Key::new("ng:gpu/SG/ingress/tcp/22-22/::/0").nodegroup_name(),
            Some("gpu")
        );
        assert_eq!(Key::CONTROL_PLANE.nodegroup_name(), None);
    }
}
