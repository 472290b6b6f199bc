//! The calendar of Kubernetes versions.

use super::{Facts, Rule};
use crate::{
    catalog::Support,
    config::{ClusterConfig, OrEmpty},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};
use jiff::civil::Date;

const CODE: Code = Code("LB020");

/// A change of support this near is worth a warning: time to test the next version.
const SOON_DAYS: i32 = 60;

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "Kubernetes version out of support",
    doc: "\
EKS keeps a Kubernetes version for about 26 months: 14 in standard support, 12 in extended support. After that no \
cluster of the version can be created, and running control planes are upgraded by AWS, without their self-managed \
nodes. In extended support the control plane costs 0.60 USD an hour in place of 0.10.

An error is a version that EKS does not offer on the day: gone, or not there yet. A warning is extended support, and a \
change of support within 60 days. Versions that the catalog does not know are left to eksctl's own check. The dates \
are data with a date of their own; `--today` asks about another day.",
    bad: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.29'}\n",
    good: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let version = config.metadata.version.or_empty();
    let Some((is_error, message)) = judge(version, facts) else {
        return;
    };
    let path = Path::root().key("metadata").key("version");
    let place = Place::Value(path.clone());
    let mut problem = if is_error {
        Problem::error(CODE, place, message)
    } else {
        Problem::warning(CODE, place, message)
    };
    let better = facts
        .catalog
        .recommended_version(facts.today)
        .map(|version| version.name);
    if let Some(better) = better.filter(|better| *better != version) {
        // A new version asks for new images, so it is never changed without asking.
        let edits = vec![Edit::Set {
            path,
            value: better.into(),
        }];
        problem = problem
            .with_help(format!("choose `{better}`, and images for it"))
            .with_fix(Fix::on_request(format!("Choose {better}"), edits));
    }
    problems.push(problem);
}

/// Whether it is an error, and what is to be said; `None` if there is nothing.
fn judge(version: &str, facts: &Facts<'_>) -> Option<(bool, String)> {
    let days_until = |day: Date| facts.today.until(day).map_or(i32::MAX, |span| span.get_days());
    match facts.catalog.support(version, facts.today) {
        Support::Gone { since } => Some((
            true,
            format!(
                "Kubernetes `{version}` cannot be created since {}",
                in_words(since)
            ),
        )),
        Support::NotYet { from } => Some((
            true,
            format!("EKS offers Kubernetes `{version}` from {} on", in_words(from)),
        )),
        Support::Extended { until } if days_until(until) < SOON_DAYS => Some((
            false,
            format!(
                "Kubernetes `{version}` is in extended support, and cannot be created from {} on",
                in_words(until)
            ),
        )),
        Support::Extended { until } => Some((
            false,
            format!(
                "Kubernetes `{version}` is in extended support until {}, at six times the price of the control plane",
                in_words(until)
            ),
        )),
        Support::Standard { until } if days_until(until) < SOON_DAYS => Some((
            false,
            format!(
                "standard support of Kubernetes `{version}` ends on {}; the control plane then costs six times as much",
                in_words(until)
            ),
        )),
        Support::Standard { .. } | Support::Unknown => None,
    }
}

/// `23 Mar 2026`.
fn in_words(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Severity;
    use jiff::civil::date;

    fn say(version: &str, today: Date) -> Option<(Severity, String)> {
        let mut config = ClusterConfig::default();
        config.metadata.version = Some(version.to_owned());
        let mut problems = Vec::new();
        check(&config, &Facts::on(today), &mut problems);
        assert!(problems.len() < 2);
        problems.pop().map(|problem| (problem.severity, problem.message))
    }

    #[test]
    fn a_version_is_judged_by_the_day() {
        let severity = |version, today| say(version, today).map(|(severity, _)| severity);
        assert_eq!(severity("1.29", date(2024, 6, 11)), None);
        assert_eq!(severity("1.29", date(2025, 1, 22)), None);
        assert_eq!(severity("1.29", date(2025, 1, 23)), Some(Severity::Warning));
        assert_eq!(severity("1.29", date(2025, 6, 1)), Some(Severity::Warning));
        assert_eq!(severity("1.29", date(2026, 3, 23)), Some(Severity::Error));
        assert_eq!(severity("1.29", date(2023, 7, 1)), Some(Severity::Error));
        assert_eq!(severity("1.24", date(2023, 7, 1)), None);
        assert_eq!(severity("auto", date(2026, 11, 23)), None);
        assert_eq!(severity("1.99", date(2026, 11, 23)), None);
    }

    #[test]
    fn the_words_name_the_day() {
        let (_, message) = say("1.29", date(2026, 11, 23)).unwrap();
        assert_eq!(message, "Kubernetes `1.29` cannot be created since 23 Mar 2026");
    }
}
