//! Quotas, prices, regions and known images.

use super::table::Row;

/// What a new account may have of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Our name for it, as in `g-vcpus`.
    pub key: &'static str,
    /// The service that limits it.
    pub service: &'static str,
    /// Its code in Service Quotas, under which AWS is asked for more; `None` if it cannot be raised there.
    pub code: Option<&'static str>,
    /// The default.
    pub limit: u64,
    /// The unit of the limit.
    pub unit: &'static str,
    /// What is counted, in words.
    pub what: &'static str,
}

impl Row for Quota {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[key, service, code, limit, unit, what] = fields else {
            return None;
        };
        let code = (code != "-").then_some(code);
        Some(Self {
            key,
            service,
            code,
            limit: limit.parse().ok()?,
            unit,
            what,
        })
    }
}

/// A list price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Our name for it, as in `nat-gateway`.
    pub key: &'static str,
    /// The price in USD.
    pub usd: f64,
    /// What it is for one of: `hour`, `GB`, `GB-month`, `IOPS-month`, `MiB/s-month`.
    pub per: &'static str,
}

impl Row for Cost {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[key, usd, per] = fields else { return None };
        Some(Self {
            key,
            usd: usd.parse().ok()?,
            per,
        })
    }
}

/// An AWS region that eksctl accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// `us-west-2`.
    pub name: &'static str,
    /// The second field of ARNs there: `aws`, `aws-cn`, ...
    pub partition: &'static str,
    /// The account from whose registry EKS gives its own images there.
    pub eks_account: &'static str,
}

impl Region {
    /// What the host names of AWS's services end with.
    pub fn dns_suffix(&self) -> &'static str {
        match self.partition {
            "aws-cn" => "amazonaws.com.cn",
            "aws-iso" => "c2s.ic.gov",
            "aws-iso-b" => "sc2s.sgov.gov",
            "aws-iso-e" => "cloud.adc-e.uk",
            "aws-iso-f" => "csp.hci.ic.gov",
            _ => "amazonaws.com",
        }
    }

    /// The registry of EKS's own images, without a slash at its end.
    pub fn eks_registry(&self) -> String {
        format!("{}.dkr.ecr.{}.{}", self.eks_account, self.name, self.dns_suffix())
    }
}

impl Row for Region {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let (name, partition, eks_account) = match *fields {
            [name, partition] => (name, partition, "602401143452"),
            [name, partition, eks_account] => (name, partition, eks_account),
            _ => return None,
        };
        Some(Self {
            name,
            partition,
            eks_account,
        })
    }
}

/// A machine image that a Leaderboard config has named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// `ami-...`.
    pub id: &'static str,
    /// The only region it exists in.
    pub region: &'static str,
    /// The Kubernetes version it is for.
    pub version: &'static str,
}

impl Row for Image {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[id, region, version] = fields else {
            return None;
        };
        Some(Self { id, region, version })
    }
}
