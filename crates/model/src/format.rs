//! The small languages inside texts: Amazon Resource Names and ranges of addresses, read as eksctl reads them.

use std::{net::IpAddr, str::FromStr};

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

    /// The kind of resource and its name, paths included, where a slash parts them: `role` and `worker`.
    pub fn typed_resource(&self) -> Option<(&'a str, &'a str)> {
        self.resource.split_once('/')
    }
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
