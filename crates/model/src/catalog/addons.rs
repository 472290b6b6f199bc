//! What EKS recommends for add-ons that need IAM.

use super::table::Row;

/// A service account of an add-on, and what its role needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddonIdentity {
    /// The add-on: `vpc-cni`.
    pub addon: &'static str,
    /// The service account that its pods run under.
    pub service_account: &'static str,
    /// ARNs of managed policies, parted by commas.
    policies: &'static str,
}

impl AddonIdentity {
    /// ARNs of the managed policies that EKS recommends for the role.
    pub fn policies(&self) -> impl Iterator<Item = &'static str> {
        self.policies.split(',')
    }
}

impl Row for AddonIdentity {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[addon, service_account, policies] = fields else {
            return None;
        };
        Some(Self {
            addon,
            service_account,
            policies,
        })
    }
}
