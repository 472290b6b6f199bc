//! The small languages inside texts: Amazon Resource Names and ranges of addresses, read as eksctl reads them.

use std::{net::IpAddr, ops::Range, str::FromStr};

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
        (prefix <= bits)
            .then_some(Self { address, prefix })
            .ok_or(NotACidr)
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
}
