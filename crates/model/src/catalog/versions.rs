//! Kubernetes versions and AMI families.

use super::table::Row;
use jiff::civil::Date;

/// The number behind `1.` of a Kubernetes version; `None` for anything but `1.NN`.
pub fn minor(version: &str) -> Option<u32> {
    let digits = version.strip_prefix("1.")?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// A Kubernetes version on EKS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `1.NN`.
    pub name: &'static str,
    /// When EKS began to offer it.
    pub released: Date,
    /// The first day of extended support.
    pub extended_from: Date,
    /// The first day on which no cluster of this version can be created.
    pub gone_from: Date,
    /// Whether eksctl has a name for it.
    pub eksctl: bool,
}

impl Version {
    /// How EKS stands to it on a day.
    pub fn support(&self, today: Date) -> Support {
        if today < self.released {
            Support::NotYet { from: self.released }
        } else if today < self.extended_from {
            Support::Standard {
                until: self.extended_from,
            }
        } else if today < self.gone_from {
            Support::Extended {
                until: self.gone_from,
            }
        } else {
            Support::Gone {
                since: self.gone_from,
            }
        }
    }
}

impl Row for Version {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[name, released, extended_from, gone_from, eksctl] = fields else {
            return None;
        };
        minor(name)?;
        Some(Self {
            name,
            released: released.parse().ok()?,
            extended_from: extended_from.parse().ok()?,
            gone_from: gone_from.parse().ok()?,
            eksctl: yes(eksctl)?,
        })
    }
}

/// How EKS stands to a Kubernetes version on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// EKS does not offer it yet.
    NotYet {
        /// When it begins to.
        from: Date,
    },
    /// In standard support.
    Standard {
        /// The first day of extended support.
        until: Date,
    },
    /// In extended support, at six times the price of the control plane.
    Extended {
        /// The first day on which no cluster of this version can be created.
        until: Date,
    },
    /// No cluster of this version can be created.
    Gone {
        /// The first such day.
        since: Date,
    },
    /// Not in the catalog.
    Unknown,
}

/// How nodes of an AMI family are told what to do when they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserData {
    /// cloud-init's YAML with commands; bootstrap is `/etc/eks/bootstrap.sh`.
    CloudConfig,
    /// MIME parts with nodeadm's `NodeConfig`.
    Nodeadm,
    /// Bottlerocket's settings.
    Toml,
    /// Windows.
    PowerShell,
}

/// An AMI family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The name that a config gives.
    pub name: &'static str,
    /// The minor of the first Kubernetes version with a stock image; `None` without limit.
    pub first_minor: Option<u32>,
    /// The minor of the last one.
    pub last_minor: Option<u32>,
    /// The form of its nodes' user data.
    pub user_data: UserData,
    /// Whether the stock image for GPU types brings NVIDIA's driver.
    pub nvidia_driver: bool,
}

impl Family {
    /// Whether there is a stock image for a Kubernetes version; true for a version that is not `1.NN`, which is
    /// another rule's matter.
    pub fn has_image_for(&self, version: &str) -> bool {
        minor(version).is_none_or(|minor| {
            self.first_minor.is_none_or(|first| first <= minor)
                && self.last_minor.is_none_or(|last| minor <= last)
        })
    }
}

impl Row for Family {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[name, first, last, user_data, nvidia_driver] = fields else {
            return None;
        };
        Some(Self {
            name,
            first_minor: limit(first)?,
            last_minor: limit(last)?,
            user_data: match user_data {
                "cloud-config" => UserData::CloudConfig,
                "nodeadm" => UserData::Nodeadm,
                "toml" => UserData::Toml,
                "powershell" => UserData::PowerShell,
                _ => return None,
            },
            nvidia_driver: yes(nvidia_driver)?,
        })
    }
}

fn limit(field: &str) -> Option<Option<u32>> {
    if field == "-" {
        Some(None)
    } else {
        minor(field).map(Some)
    }
}

fn yes(field: &str) -> Option<bool> {
    match field {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_minors_are_versions() {
        assert_eq!(minor("1.35"), Some(35));
        for other in [
            "1.",
            "1.035",
            "1.35.1",
            "v1.35",
            "2.1",
            "1.x",
            "1.99999999999",
            "",
        ] {
            assert_eq!(minor(other), None, "{other}");
        }
    }
}
