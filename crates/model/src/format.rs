//! The small languages inside texts: Amazon Resource Names and ranges of addresses, read as eksctl reads them.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Range,
    str::FromStr,
};

/// An Amazon Resource Name, taken apart: `arn:aws:iam::111122223333:role/worker`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// `iam`.
    pub service: &'a str,
    /// Empty for services without regions.
    pub region: &'a str,
    /// Twelve digits; empty where the resource belongs to AWS or to the service.
    pub account: &'a str,
    /// Everything behind the account, colons included: `role/worker`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes a text apart. As in eksctl, only the beginning and the number of parts count; what the parts hold
    /// is not looked at.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        (next()? == "arn").then_some(())?;
        Some(Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }

    /// Every resource name in a text, with the byte at which it begins. A name ends at white space, a quote or
    /// a comma.
    pub fn find(text: &'a str) -> impl Iterator<Item = (usize, Self)> {
        text.match_indices("arn:").filter_map(|(at, _)| {
            let before = text.get(..at)?.chars().next_back();
            if before.is_some_and(char::is_alphanumeric) {
                return None;
            }
            let rest = text.get(at..)?;
            let end = rest.find(|c: char| c.is_whitespace() || "\"'`,;<>|\\".contains(c));
            Some((at, Self::parse(rest.get(..end.unwrap_or(rest.len()))?)?))
        })
    }

    /// The bytes of the account, counted from the name's first.
    pub fn account_range(&self) -> Range<usize> {
        let start = "arn:::".len() + self.partition.len() + self.service.len() + self.region.len() + 1;
        start..start + self.account.len()
    }

    /// The bytes of the region, counted from the name's first.
    pub fn region_range(&self) -> Range<usize> {
        let start = "arn:::".len() + self.partition.len() + self.service.len();
        start..start + self.region.len()
    }

    /// The bytes of the resource, counted from the name's first.
    pub fn resource_range(&self) -> Range<usize> {
        let start = self.account_range().end + 1;
        start..start + self.resource.len()
    }

    /// The account if it is one of twelve digits.
    pub fn account_id(&self) -> Option<&'a str> {
        is_account_id(self.account).then_some(self.account)
    }

    /// The kind of resource and its name, paths included, where a slash parts them: `role` and `worker`.
    pub fn typed_resource(&self) -> Option<(&'a str, &'a str)> {
        self.resource.split_once('/')
    }
}

/// Whether a text is an account id: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A range of IP addresses: `192.168.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    /// The address as written, which may lie inside the range.
    pub address: IpAddr,
    /// How many leading bits are common to the range.
    pub prefix: u8,
}

impl Cidr {
    /// The range by its first address.
    pub fn network(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                Ipv4Addr::from_bits(address.to_bits() & mask).into()
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
        };
        Self { address, ..self }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The text is not a range of IP addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACidr;

impl FromStr for Cidr {
    type Err = NotACidr;

    fn from_str(text: &str) -> Result<Self, NotACidr> {
        let (address, prefix) = text.split_once('/').ok_or(NotACidr)?;
        let address: IpAddr = address.parse().map_err(|_| NotACidr)?;
        if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotACidr);
        }
        let prefix: u8 = prefix.parse().map_err(|_| NotACidr)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        if prefix > bits {
            return Err(NotACidr);
        }
        // An address of version 4 in the form of version 6 is one of version 4 to Go.
        let mapped = match address {
            IpAddr::V6(address) => address.to_ipv4_mapped().zip(prefix.checked_sub(96)),
            IpAddr::V4(_) => None,
        };
        Ok(match mapped {
            Some((address, prefix)) => Self {
                address: address.into(),
                prefix,
            },
            None => Self { address, prefix },
        })
    }
}

/// A version number of a project that does not keep to one form: `0.20.0`, `v1.18.1-eksbuild.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseVersion {
    numbers: Vec<u64>,
    is_prerelease: bool,
}

impl LooseVersion {
    /// Reads what eksctl's library for versions reads: numbers parted by dots, perhaps with `v` before and a
    /// suffix behind them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (numbers, suffix) = text.split_at_checked(end)?;
        let numbers = numbers
            .split('.')
            .map(|number| number.parse().ok())
            .collect::<Option<Vec<u64>>>()?;
        let (prerelease, build) = suffix
            .split_once('+')
            .map_or((suffix, None), |(p, b)| (p, Some(b)));
        let is_dotted = |part: &str| {
            part.split('.').all(|part| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '~')
            })
        };
        let fits = (prerelease.is_empty() || is_dotted(prerelease)) && build.is_none_or(is_dotted);
        fits.then_some(Self {
            numbers,
            is_prerelease: !prerelease.is_empty(),
        })
    }

    /// Whether it is `other` or comes later. A version with a suffix comes before the one without.
    pub fn is_at_least(&self, other: &[u64]) -> bool {
        let length = self.numbers.len().max(other.len());
        let padded = |numbers: &[u64]| {
            let mut padded = numbers.to_vec();
            padded.resize(length, 0);
            padded
        };
        let (own, other) = (padded(&self.numbers), padded(other));
        own > other || (own == other && !self.is_prerelease)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_their_ranges_agree() {
        let text = "arn:aws:dynamodb:us-west-2:111122223333:table/leaderboard-20";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(&text[arn.region_range()], "us-west-2");
        assert_eq!(&text[arn.account_range()], "111122223333");
        assert_eq!(&text[arn.resource_range()], "table/leaderboard-20");
        assert_eq!(arn.account_id(), Some("111122223333"));
        assert_eq!(
            Arn::parse("arn:aws:s3:::bucket/key").map(|arn| arn.resource),
            Some("bucket/key")
        );
        assert_eq!(
            Arn::parse("arn:aws:iam::aws:policy/X").and_then(|arn| arn.account_id()),
            None
        );
        assert_eq!(Arn::parse("arn:aws:s3"), None);
    }

    #[test]
    fn names_are_found_inside_other_text() {
        let text = r#"{"role": "arn:aws:iam::111122223333:role/a", "x": learn:aws:s3:::b:c}"#;
        let found: Vec<_> = Arn::find(text).collect();
        assert_eq!(found.len(), 1);
        let (at, arn) = found[0];
        assert_eq!(
            &text[at + arn.resource_range().start..at + arn.resource_range().end],
            "role/a"
        );
    }

    #[test]
    fn the_resource_of_an_arn_keeps_its_colons() {
        let arn = Arn::parse("arn:aws:logs:us-west-2:111122223333:log-group:/aws/eks:*").unwrap();
        assert_eq!(
            (arn.partition, arn.service, arn.region),
            ("aws", "logs", "us-west-2")
        );
        assert_eq!(
            (arn.account, arn.resource),
            ("111122223333", "log-group:/aws/eks:*")
        );
        let role = Arn::parse("arn:aws:iam::111122223333:role/path/worker").unwrap();
        assert_eq!(role.typed_resource(), Some(("role", "path/worker")));
    }

    #[test]
    fn what_is_no_arn() {
        for text in [
            "",
            "arn",
            "arn:aws:iam::111122223333",
            "ARN:aws:iam::1:role/a",
            "aws:iam::1:role/a:b",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_a_range() {
        for text in [
            "192.168.0.0/16",
            "10.1.2.3/0",
            "0.0.0.0/032",
            "fd00::/8",
            "::/128",
        ] {
            assert!(text.parse::<Cidr>().is_ok(), "{text}");
        }
        let wrong = [
            "",
            "/",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0/8",
            "010.0.0.0/8",
            "10.0.0.0/+8",
            "10.0.0.0/8 ",
            "::/129",
            "fe80::1%eth0/64",
            "10.0.0.0/8/8",
            "256.0.0.0/8",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Cidr>(), Err(NotACidr), "{text}");
        }
    }

    #[test]
    fn a_range_begins_at_its_first_address() {
        let network = |text: &str| text.parse::<Cidr>().unwrap().network().to_string();
        assert_eq!(network("10.1.2.3/16"), "10.1.0.0/16");
        assert_eq!(network("10.1.2.3/0"), "0.0.0.0/0");
        assert_eq!(network("10.1.2.3/32"), "10.1.2.3/32");
        assert_eq!(network("fd00::1/64"), "fd00::/64");
        assert_eq!(network("fd00::1/0"), "::/0");
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let is_new = |text: &str| LooseVersion::parse(text).map(|version| version.is_at_least(&[0, 20, 0]));
        for text in ["0.20", "0.20.0", "v0.20.0", "1", "0.20.1-rc1", "0.20.0+build.1"] {
            assert_eq!(is_new(text), Some(true), "{text}");
        }
        for text in ["0", "0.19.9", "v0.20.0-rc1", "0.20.0alpha"] {
            assert_eq!(is_new(text), Some(false), "{text}");
        }
        for text in [
            "", "v", "latest", "$Latest", "1.", ".1", "1..2", " 1", "1.2.x", "1.2!3", "1.2+",
        ] {
            assert_eq!(is_new(text), None, "{text}");
        }
    }
}
