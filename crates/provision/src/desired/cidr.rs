//! The addresses of subnets (eksctl's `vpc.go`).

use std::net::Ipv4Addr;

/// A range of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    network: u32,
    prefix: u32,
}

impl Cidr {
    /// Reads `192.168.0.0/16`; host bits are cleared.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/')?;
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        Some(Self {
            network: u32::from(address) & mask,
            prefix,
        })
    }

    /// The pieces for public and private subnets in `zones` zones: the VPC is cut into 8 pieces for up to 4 zones and
    /// into 16 for up to 8; zone `i` has piece `i` and piece `zones + i`. `None` where eksctl refuses.
    pub(crate) fn subnets(self, zones: usize) -> Option<(Vec<String>, Vec<String>)> {
        let bits = match zones * 2 {
            2 => 1,
            4..=8 => 3,
            10..=16 => 4,
            _ => return None,
        };
        // One zone alone has two pieces, yet of the size of eight.
        let size = if bits == 1 { 3 } else { bits };
        let prefix = self.prefix + size;
        if !(16..=24).contains(&self.prefix) || !(16..=28).contains(&prefix) {
            return None;
        }
        let piece = |index: usize| {
            let offset = u32::try_from(index).ok()?.checked_mul(1 << (32 - prefix))?;
            Some(format!(
                "{}/{prefix}",
                Ipv4Addr::from(self.network.checked_add(offset)?)
            ))
        };
        Some((
            (0..zones).map(piece).collect::<Option<_>>()?,
            (zones..zones * 2).map(piece).collect::<Option<_>>()?,
        ))
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.network), self.prefix)
    }
}

/// The first address of a range, to sort by; what is no range comes first.
pub(crate) fn first_address(cidr: &str) -> u32 {
    Cidr::parse(cidr).map_or(0, |cidr| cidr.network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_zones_have_eighths() {
        let (public, private) = Cidr::parse("192.168.0.0/16").unwrap().subnets(3).unwrap();
        assert_eq!(public, ["192.168.0.0/19", "192.168.32.0/19", "192.168.64.0/19"]);
        assert_eq!(
            private,
            ["192.168.96.0/19", "192.168.128.0/19", "192.168.160.0/19"]
        );
    }

    #[test]
    fn no_vpc_is_too_small_or_too_large_without_being_refused() {
        let subnets = |cidr: &str, zones| Cidr::parse(cidr).and_then(|cidr| cidr.subnets(zones));
        assert!(subnets("10.0.0.0/24", 2).is_some());
        assert!(subnets("10.0.0.0/25", 2).is_none());
        assert!(subnets("10.0.0.0/8", 2).is_none());
        assert!(subnets("10.0.0.0/16", 9).is_none());
        assert!(subnets("255.255.0.0/16", 8).is_some());
        assert_eq!(subnets("10.0.0.0", 2), None);
        assert_eq!(Cidr::parse("10.1.2.3/16").unwrap().to_string(), "10.1.0.0/16");
    }
}
