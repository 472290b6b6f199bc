//! Agreement with eksctl: its recorded verdicts on thousands of files, against the `YM` and `EK` problems.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::civil::date;
use lb_model::{
    document::Document,
    problem::{Located, Severity},
    rules::{Facts, STRICTER},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
};

/// What eksctl said of a file.
#[derive(Deserialize)]
struct Case {
    id: String,
    accepted: bool,
    phase: String,
    message: String,
    yaml: String,
}

/// A file beside the repository; `None`, said aloud, where it is absent.
fn shared(file: &str) -> Option<String> {
    let path = format!("{}/../../../shared/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {path} is not there");
    }
    text
}

fn read_all(files: &OsStr) -> Vec<String> {
    std::env::split_paths(files)
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

/// What eksctl would refuse; the calendar and the Leaderboard's rules are not its matter.
fn errors(yaml: &str) -> Vec<Located> {
    let mut problems = Document::parse(yaml).problems(&Facts::on(date(2026, 1, 1)));
    problems.retain(|found| {
        found.problem.severity == Severity::Error && ["YM", "EK"].contains(&found.problem.code.family())
    });
    problems
}

fn is_stricter(code: &str) -> bool {
    STRICTER.iter().any(|(stricter, _)| stricter.0 == code)
}

/// A message without its names and numbers.
fn template(message: &str) -> String {
    let quotes = ['"', '`', '\''];
    let parts = message.lines().next().unwrap_or_default().split(quotes);
    let plain: Vec<&str> = parts.step_by(2).collect();
    plain
        .join("…")
        .chars()
        .map(|c| if c.is_ascii_digit() { 'N' } else { c })
        .take(110)
        .collect()
}

#[derive(Default)]
struct Tally {
    agree: usize,
    /// How often each code refused on purpose.
    stricter: BTreeMap<String, usize>,
    false_accepts: BTreeMap<String, Vec<String>>,
    false_refusals: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn judge(&mut self, case: Case) {
        let errors = errors(&case.yaml);
        let codes: BTreeSet<&str> = errors.iter().map(|error| error.problem.code.0).collect();
        match (case.accepted, errors.first()) {
            (true, None) | (false, Some(_)) => self.agree += 1,
            (true, Some(_)) if codes.iter().any(|code| is_stricter(code)) => {
                for code in codes.into_iter().filter(|code| is_stricter(code)) {
                    *self.stricter.entry(code.to_owned()).or_default() += 1;
                }
            }
            (true, Some(first)) => {
                let kind = format!("{} {}", first.problem.code, template(&first.problem.message));
                self.false_refusals.entry(kind).or_default().push(case.id);
            }
            (false, None) => {
                let kind = format!("{} {}", case.phase, template(&case.message));
                self.false_accepts.entry(kind).or_default().push(case.id);
            }
        }
    }

    fn table(title: &str, kinds: &BTreeMap<String, Vec<String>>) -> usize {
        for (kind, ids) in kinds {
            println!("{title}: {:4} {kind}, {}", ids.len(), ids.join(" "));
        }
        kinds.values().map(Vec::len).sum()
    }
}

#[test]
fn what_eksctl_refuses_is_refused_and_what_it_takes_is_taken() {
    // Other files of the same form, instead of the recorded ones.
    let further = std::env::var_os("VERDICT_CASES");
    let mut tally = Tally::default();
    let files = ["eksctl-tests", "mutations", "text", "scalars"];
    let files: Option<Vec<String>> = match &further {
        Some(files) => Some(read_all(files)),
        None => files
            .into_iter()
            .map(|file| shared(&format!("conformance/verdicts/{file}.jsonl")))
            .collect(),
    };
    for cases in files.into_iter().flatten() {
        for line in cases.lines() {
            tally.judge(serde_json::from_str(line).unwrap());
        }
    }
    let accepts = Tally::table("refused by eksctl only", &tally.false_accepts);
    let refusals = Tally::table("refused by us only", &tally.false_refusals);
    let judged = tally.agree + accepts + refusals;
    println!("{judged} judged, {accepts} false accepts, {refusals} false refusals");
    println!("stricter on purpose: {:?}", tally.stricter);
    assert_eq!(accepts, 0, "nothing that eksctl refuses may be accepted");
    assert!(
        tally.agree * 1000 >= judged * 995,
        "{} of {judged} agree",
        tally.agree
    );
    if further.is_some() {
        return;
    }
    // Keys in another case, several documents and odd versions are kinds of cases; all other classes are rare.
    let frequent = ["YM004", "YM011", "EK110"];
    let rare = tally
        .stricter
        .iter()
        .filter(|(code, _)| !frequent.contains(&code.as_str()));
    let rare: usize = rare.map(|(_, count)| count).sum();
    assert!(
        rare * 25 <= judged,
        "{rare} of {judged} are refused on purpose: more than a few"
    );
}

#[test]
fn upstreams_files_have_no_error_but_those_of_their_age() {
    for edition in ["1.0", "2.0"] {
        let file = format!("data/leaderboard/leaderboard_{edition}/config/leaderboard-cluster.yaml");
        let Some(yaml) = shared(&file) else { return };
        let document = Document::parse(yaml);
        let found = |today| {
            let problems = document.problems(&Facts::on(today));
            let codes = problems
                .iter()
                .map(|found| (found.problem.code.0, found.problem.severity));
            codes
                .filter(|(code, _)| ["YM", "EK"].contains(&&code[..2]))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(date(2024, 6, 11)), [], "{file}");
        assert_eq!(
            found(date(2026, 11, 23)),
            [("EK311", Severity::Warning)],
            "{file}"
        );
    }
}

#[test]
fn the_files_of_the_projects_are_judged_as_eksctl_does() {
    let Some(files) = shared("conformance/verdicts/files.tsv") else {
        return;
    };
    let mut tally = Tally::default();
    for line in files.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let Some(yaml) = shared(&format!("data/{}", fields[0])) else {
            return;
        };
        tally.judge(Case {
            id: fields[0].to_owned(),
            accepted: fields[1] == "yes",
            phase: fields[2].to_owned(),
            message: fields.get(3).copied().unwrap_or_default().to_owned(),
            yaml,
        });
    }
    Tally::table("refused by eksctl only", &tally.false_accepts);
    Tally::table("refused by us only", &tally.false_refusals);
    println!("stricter on purpose: {:?}", tally.stricter);
    assert!(tally.false_accepts.is_empty() && tally.false_refusals.is_empty());
}
