//! IPv4 ranges as EC2 reads them.

use std::{fmt, str::FromStr};

/// An IPv4 range whose address is its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    first: u32,
    bits: u8,
}

impl Cidr {
    pub(super) fn bits(self) -> u8 {
        self.bits
    }

    /// How many addresses it holds.
    pub(super) fn size(self) -> u64 {
        1 << (32 - u32::from(self.bits))
    }

    fn last(self) -> u32 {
        self.first | u32::try_from(self.size() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last() <= self.last()
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.first <= other.last() && other.first <= self.last()
    }

    pub(super) fn holds(self, address: &str) -> bool {
        address.parse().is_ok_and(|address: std::net::Ipv4Addr| {
            let address = u32::from(address);
            self.first <= address && address <= self.last()
        })
    }

    /// The address at `offset`.
    pub(super) fn address(self, offset: u32) -> String {
        std::net::Ipv4Addr::from(self.first.saturating_add(offset)).to_string()
    }

    /// Reads a range and moves its address to the first one, as rules of security groups are read.
    pub(super) fn rounded(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let address: std::net::Ipv4Addr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        Some(Self {
            first: u32::from(address) & mask,
            bits,
        })
    }
}

impl FromStr for Cidr {
    type Err = ();

    /// Fails if the text is no range or its address is not the first.
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::rounded(text)
            .filter(|cidr| cidr.to_string() == text)
            .ok_or(())
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", std::net::Ipv4Addr::from(self.first), self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cidr = |text: &str| text.parse::<Cidr>();
        assert!(cidr("10.0.0.1/16").is_err() && cidr("10.0.0.0/33").is_err() && cidr("10.0.0/8").is_err());
        assert_eq!(
            Cidr::rounded("10.0.0.1/16").map(|c| c.to_string()).as_deref(),
            Some("10.0.0.0/16")
        );
        let vpc = cidr("192.168.0.0/16").unwrap();
        let subnet = cidr("192.168.96.0/19").unwrap();
        assert!(vpc.contains(subnet) && !subnet.contains(vpc) && vpc.overlaps(subnet));
        assert!(!subnet.overlaps(cidr("192.168.128.0/19").unwrap()));
        assert!(cidr("0.0.0.0/0").unwrap().holds("8.8.8.8") && !subnet.holds("192.168.128.1"));
        assert_eq!(
            (subnet.size(), subnet.address(5).as_str()),
            (8192, "192.168.96.5")
        );
    }
}
