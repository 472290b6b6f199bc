//! The rules: what each code means, an example of either side, and the check that finds it.
//!
//! A rule sees the typed config and [`Facts`], never text, so it gives the same answer in the command line,
//! the browser and a library. `YM` problems come from reading the text; their documentation stands in the same
//! registry, without a check. Each family is one list of [`Rule`]s, and `FAMILIES` is the only place that
//! knows all lists.

mod ek;
mod lb001;
mod lb002;
mod lb003;
mod lb004;
mod lb005;
mod lb006;
mod lb007;
mod lb008;
mod lb009;
mod lb020;
mod lb023;
mod lb024;
mod lb025;
mod lb031;
mod lb032;
mod lb033;
mod lb034;
mod lb035;
mod lb036;
mod lb037;
mod lb038;
mod lb039;
mod lb040;
mod lb041;
mod lb042;
mod lb050;
mod lb051;
mod lb052;
mod lb053;
mod lb061;
mod pools;
mod ym;

pub use ek::STRICTER;
pub(crate) use ek::is_plain_name;

use crate::{
    catalog::Catalog,
    config::ClusterConfig,
    problem::{Code, Problem},
};
use jiff::civil::Date;

/// What a rule knows of the world besides the config.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The day that the calendar is read on. Rules have no clock.
    pub today: Date,
    /// Versions, images, instance types and prices.
    pub catalog: &'a Catalog,
    /// The config as it was before, where that is known: what has changed says more than what is there.
    pub before: Option<&'a ClusterConfig>,
}

impl Facts<'static> {
    /// The built-in catalog, read on `today`.
    pub fn on(today: Date) -> Self {
        Self {
            today,
            catalog: Catalog::builtin(),
            before: None,
        }
    }
}

/// Finds the problems of one rule.
pub type Check = fn(&ClusterConfig, &Facts<'_>, &mut Vec<Problem>);

/// A code with everything that `lb explain` and the configurator say of it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its stable name.
    pub code: Code,
    /// What is wrong, in at most seven words.
    pub title: &'static str,
    /// What the rule looks at, and what happens to those who ignore it. Paragraphs are parted by empty lines.
    pub doc: &'static str,
    /// The part of a file that has the problem; what a complete file needs besides is left out. Empty where no
    /// short one shows it.
    pub bad: &'static str,
    /// The same part without the problem.
    pub good: &'static str,
    /// Finds it; `None` where reading the text does.
    pub check: Option<Check>,
}

/// The lists of all families, in the order in which they are shown.
static FAMILIES: &[&[&[Rule]]] = &[&[ym::RULES], ek::SECTIONS, &[LB]];

/// The Leaderboard's rules and the calendar, one file a rule.
static LB: &[Rule] = &[
    lb001::RULE,
    lb002::RULE,
    lb003::RULE,
    lb004::RULE,
    lb005::RULE,
    lb006::RULE,
    lb007::RULE,
    lb008::RULE,
    lb009::RULE,
    lb020::RULE,
    lb023::RULE,
    lb024::RULE,
    lb025::RULE,
    lb031::RULE,
    lb032::RULE,
    lb033::RULE,
    lb034::RULE,
    lb035::RULE,
    lb036::RULE,
    lb037::RULE,
    lb038::RULE,
    lb039::RULE,
    lb040::RULE,
    lb041::RULE,
    lb042::RULE,
    lb050::RULE,
    lb051::RULE,
    lb052::RULE,
    lb053::RULE,
    lb061::RULE,
];

/// Every rule of every family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten().copied().flatten()
}

/// The rule of a code, written in any case of letters.
pub fn explain(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.0.eq_ignore_ascii_case(code))
}

/// What every rule says of `config`, rule by rule.
pub fn check(config: &ClusterConfig, facts: &Facts<'_>) -> Vec<Problem> {
    check_while(config, facts, |_| true)
}

/// As [`check`], until `go_on`, asked behind each rule with what was found so far, has enough.
pub(crate) fn check_while(
    config: &ClusterConfig,
    facts: &Facts<'_>,
    mut go_on: impl FnMut(&mut Vec<Problem>) -> bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for check in all().filter_map(|rule| rule.check) {
        check(config, facts, &mut problems);
        if !go_on(&mut problems) {
            break;
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        document::Document,
        problem::{Located, Severity},
        testing::edited,
    };
    use jiff::civil::date;
    use std::collections::BTreeSet;

    /// An example as a complete file: what it leaves out is filled in.
    fn complete(example: &str) -> String {
        let mut text = String::new();
        for (key, value) in [
            ("apiVersion:", "apiVersion: eksctl.io/v1alpha5\n"),
            ("kind:", "kind: ClusterConfig\n"),
            (
                "metadata:",
                "metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}\n",
            ),
        ] {
            if !example.lines().any(|line| line.starts_with(key)) {
                text.push_str(value);
            }
        }
        text + example
    }

    fn codes(example: &str) -> BTreeSet<Code> {
        let problems = Document::parse(complete(example)).problems(&Facts::on(date(2026, 11, 23)));
        problems.iter().map(|located| located.problem.code).collect()
    }

    #[test]
    fn every_code_is_documented_once() {
        let mut seen = BTreeSet::new();
        for rule in all() {
            assert!(seen.insert(rule.code), "{} is there twice", rule.code);
            assert!(
                ["YM", "EK", "LB", "AC", "NP"].contains(&rule.code.family()),
                "{}",
                rule.code
            );
            assert!(rule.doc.len() > 40, "{} says too little", rule.code);
            let words = rule.title.split_whitespace().count();
            assert!(
                (1..=7).contains(&words),
                "{}: the title has {words} words",
                rule.code
            );
        }
    }

    #[test]
    fn the_bad_example_has_the_problem_and_the_good_one_has_not() {
        for rule in all() {
            let Rule { code, bad, good, .. } = rule;
            assert!(bad.is_empty() || codes(bad).contains(code), "{code}: {bad}");
            assert!(!codes(good).contains(code), "{code}: {good}");
        }
    }

    #[test]
    fn every_fix_removes_its_problem_and_brings_no_error() {
        let facts = Facts::on(date(2026, 11, 23));
        let problems = |text: &str| -> Vec<Problem> {
            let located = Document::parse(text).problems(&facts);
            located.into_iter().map(|located| located.problem).collect()
        };
        let examples = all()
            .filter(|rule| rule.check.is_some())
            .map(|rule| complete(rule.bad));
        let mut fixes = 0;
        for text in examples.chain(upstream()) {
            let before = problems(&text);
            for problem in &before {
                let Some(fix) = &problem.fix else { continue };
                fixes += 1;
                let after = problems(&edited(&text, &fix.edits));
                let count = |problems: &[Problem]| problems.iter().filter(|p| p.code == problem.code).count();
                assert!(count(&after) < count(&before), "{problem:?}");
                // A new version or image may ask for more, and such a fix is not applied unasked.
                let errors =
                    |problems: &[Problem]| problems.iter().filter(|p| p.severity == Severity::Error).count();
                assert!(!fix.safe || errors(&after) <= errors(&before), "{problem:?}");
            }
        }
        assert!(fixes > 10);
    }

    #[test]
    fn codes_are_explained_in_any_case() {
        assert_eq!(explain("lb020").map(|rule| rule.code), Some(Code("LB020")));
        assert!(explain("LB999").is_none());
    }

    /// A file of the Leaderboard's history; `None` where it is not at hand.
    fn history(file: &str) -> Option<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/leaderboard");
        if !root.exists() {
            println!("skipped: no {}", root.display());
            return None;
        }
        Some(std::fs::read_to_string(root.join(file)).unwrap())
    }

    /// The two configs as upstream has them.
    fn upstream() -> Vec<String> {
        let files = ["leaderboard_1.0", "leaderboard_2.0"];
        files
            .iter()
            .filter_map(|folder| history(&format!("{folder}/config/leaderboard-cluster.yaml")))
            .collect()
    }

    /// What is said of a text, each as `LB020 Error 7:12`.
    fn said(text: &str, today: Date) -> Vec<String> {
        let problems = Document::parse(text).problems(&Facts::on(today));
        let line = |located: &Located| {
            let Located { problem, start, .. } = located;
            format!(
                "{} {:?} {}:{}",
                problem.code, problem.severity, start.line, start.column
            )
        };
        problems.iter().map(line).collect()
    }

    #[test]
    fn upstream_is_told_of_its_age_its_wildcard_and_its_open_port() {
        for text in upstream() {
            let always = [
                "LB004 Warning 67:39",
                "LB037 Warning 105:5",
                "LB037 Warning 143:5",
                "LB037 Warning 181:5",
                "LB037 Warning 219:5",
            ];
            let [bucket, ports @ ..] = always;
            let with_age = [&["LB020 Error 7:12", bucket, "EK311 Warning 72:16"], &ports[..]].concat();
            assert_eq!(said(&text, date(2026, 11, 23)), with_age);
            assert_eq!(said(&text, date(2024, 6, 11)), always);
        }
    }

    #[test]
    fn the_mistakes_of_the_leaderboard_s_history_are_found_at_their_lines() {
        for (file, problem) in [
            ("06_2023-03-21_77b4b3c_x", "LB038 Warning 93:9"),
            ("06_2023-03-21_77b4b3c_x", "LB038 Warning 93:14"),
            ("18_2023-05-22_a4958f8_10", "LB004 Error 55:25"),
            ("18_2023-05-22_a4958f8_10", "LB004 Error 56:25"),
            ("23_2023-06-09_67a590c_20", "YM001 Error 60:29"),
            ("25_2023-06-13_36fd36a_10", "LB007 Warning 15:36"),
            ("35_2023-06-21_6ba0f7b_10", "LB004 Warning 68:50"),
            ("36_2023-06-21_6ba0f7b_20", "LB004 Warning 68:50"),
            ("37_2023-06-22_05b8ca6_10", "LB024 Error 81:10"),
            ("38_2023-06-22_05b8ca6_20", "LB024 Error 81:10"),
        ] {
            let Some(text) = history(&format!("history/{file}.yaml")) else {
                return;
            };
            let said = said(&text, date(2023, 7, 1));
            assert!(
                said.iter().any(|line| line == problem),
                "{file}: no {problem} in {said:?}"
            );
        }
    }
}
