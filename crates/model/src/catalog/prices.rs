//! What things cost by the hour, from the list prices of `data/costs.tsv`: one place for every total that is shown.

use super::Catalog;

/// Hours of a month, by which AWS sells storage.
pub const HOURS_A_MONTH: f64 = 730.0;

/// A volume, as far as it has a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume<'a> {
    /// `gp3`, `io2`, ...
    pub kind: &'a str,
    /// Its size in GiB.
    pub gib: i64,
    /// Its operations a second, if it was asked for a number of them.
    pub iops: Option<i64>,
    /// Its throughput in MiB a second, if it was asked for one.
    pub throughput: Option<i64>,
}

impl Catalog {
    /// What something costs by the hour that is sold by the hour, such as `nat-gateway`; 0 if it is unknown.
    pub fn usd_per_hour(&self, key: &str) -> f64 {
        self.cost(key)
            .filter(|cost| cost.per == "hour")
            .map_or(0.0, |cost| cost.usd)
    }

    /// What a volume costs by the hour in USD; `None` for a kind without a known price.
    pub fn volume_usd_per_hour(&self, volume: &Volume<'_>) -> Option<f64> {
        let (free_iops, free_throughput) = match volume.kind {
            "gp3" => (3_000, 125),
            _ => (0, 0),
        };
        let beyond = |asked: Option<i64>, free: i64, what: &str| {
            let price = self.cost(&format!("{}-{what}", volume.kind));
            price.map_or(0.0, |price| price.usd * (asked.unwrap_or(0) - free).max(0) as f64)
        };
        let storage = self.cost(&format!("{}-storage", volume.kind))?;
        let month = storage.usd * volume.gib.max(0) as f64
            + beyond(volume.iops, free_iops, "iops")
            + beyond(volume.throughput, free_throughput, "throughput");
        Some(month / HOURS_A_MONTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(kind: &str, gib: i64, iops: Option<i64>, throughput: Option<i64>) -> Option<i64> {
        let volume = Volume {
            kind,
            gib,
            iops,
            throughput,
        };
        let hour = Catalog::builtin().volume_usd_per_hour(&volume)?;
        Some((hour * HOURS_A_MONTH * 1000.0).round() as i64)
    }

    #[test]
    fn volumes_cost_by_size_and_by_what_is_asked_beyond_the_usual() {
        assert_eq!(month("gp3", 100, None, None), Some(8_000));
        assert_eq!(month("gp3", 100, Some(3_000), Some(125)), Some(8_000));
        assert_eq!(month("gp3", 100, Some(4_000), Some(225)), Some(17_000));
        assert_eq!(month("io2", 100, Some(1_000), None), Some(77_500));
        assert_eq!(month("gp9", 100, None, None), None);
        assert_eq!(month("gp2", -1, None, None), Some(0));
    }
}
