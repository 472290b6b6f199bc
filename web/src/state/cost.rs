//! What the money goes to.

use lb_provision::plan::{Cost, Part};

/// Hours a month at full scale that are asked for before anybody says otherwise: one working week.
pub(crate) const USUAL_HOURS: i64 = 40;

/// A share of what the cluster costs at full scale.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Share {
    /// What it is paid for.
    pub what: &'static str,
    /// The class of its colour.
    pub class: &'static str,
    /// How much of the whole; all of them are 100.
    pub percent: u32,
    /// The same for drawing; all of them are 1000.
    pub thousandths: u32,
}

/// What the money goes to at full scale, without what rounds to nothing.
pub(crate) fn mix(cost: &Cost) -> Vec<Share> {
    let sum = |is: &dyn Fn(Part, bool) -> bool| -> f64 {
        let lines = cost.lines.iter();
        let of = lines.filter(|line| is(line.part, line.nodes.is_some_and(|nodes| nodes.gpus > 0)));
        of.map(|line| line.hourly.full_usd_per_hour).sum()
    };
    let parts = [
        ("GPU nodes", "m1", sum(&|part, gpu| part == Part::Nodes && gpu)),
        ("other nodes", "m2", sum(&|part, gpu| part == Part::Nodes && !gpu)),
        ("volumes", "m3", sum(&|part, _| part == Part::Volumes)),
        (
            "everything else",
            "m4",
            sum(&|part, _| !matches!(part, Part::Nodes | Part::Volumes)),
        ),
    ];
    let amounts = parts.map(|(_, _, usd)| usd);
    let (percents, thousandths) = (rounded(amounts, 100), rounded(amounts, 1000));
    let shares = parts.into_iter().zip(percents).zip(thousandths);
    shares
        .map(|(((what, class, _), percent), thousandths)| Share {
            what,
            class,
            percent,
            thousandths,
        })
        .filter(|share| share.percent > 0)
        .collect()
}

/// Amounts as whole parts of a whole, which they add up to: who loses most by rounding down is rounded up.
fn rounded<const N: usize>(amounts: [f64; N], whole: u32) -> [u32; N] {
    let sum: f64 = amounts.iter().sum();
    if sum <= 0.0 {
        return [0; N];
    }
    let exact = amounts.map(|amount| amount / sum * f64::from(whole));
    let mut parts = exact.map(|part| part.floor() as u32);
    let mut order: Vec<usize> = (0..N).collect();
    let lost = |index: &usize| exact.get(*index).map_or(0.0, |part| part.fract());
    order.sort_by(|one, other| lost(other).total_cmp(&lost(one)));
    let missing = whole.saturating_sub(parts.iter().sum());
    for index in order.into_iter().take(missing as usize) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{outlook::Outlook, preset::example};
    use lb_model::{document::Document, leaderboard::Edition, rules::Facts};

    #[test]
    fn shares_are_a_whole() {
        assert_eq!(rounded([1.0, 1.0, 1.0], 100).iter().sum::<u32>(), 100);
        assert_eq!(rounded([0.0, 0.0], 100), [0, 0]);
        assert_eq!(rounded([38.056, 0.249, 0.756, 0.255], 100), [97, 0, 2, 1]);
    }

    #[test]
    fn most_of_a_leaderboard_are_its_gpu_nodes() {
        let facts = Facts::on(jiff::civil::date(2026, 11, 23));
        let outlook = Outlook::of(Document::parse(example(Edition::V2)).config(), &facts).unwrap();
        let shares = mix(&outlook.cost);
        assert_eq!((shares[0].what, shares[0].percent), ("GPU nodes", 97));
        assert_eq!(shares.iter().map(|share| share.percent).sum::<u32>(), 100);
    }
}
