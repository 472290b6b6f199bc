//! Random damage to every file at hand, without end if wanted: reading, judging and editing never panic, and an edit
//! that is made means what was meant. `cargo xtask fuzz` runs it for longer, from another seed each time.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use jiff::civil::date;
use lb_model::{
    document::Document,
    modernize::modernize,
    path::Path,
    problem::{Edit, Located},
    rename::rename,
    rules::Facts,
};
use serde_json::{Value, json};
use std::path::{Path as FilePath, PathBuf};

/// How many damaged files a plain test run looks at.
const RUNS: usize = 300;

/// Pieces that mean something to YAML, to eksctl or to the rules.
const PIECES: &[&str] = &[
    "\n",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "#",
    "&a ",
    "*a",
    "<<: *a",
    "!!int ",
    "|\n",
    ">-\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "?",
    "---\n",
    "%YAML 1.2\n",
    "\u{feff}",
    "\u{200b}",
    "\r\n",
    "null",
    "yes",
    "0x1F",
    "1e400",
    "9223372036854775808",
    "name: a",
    "nodeGroups:",
    "arn:aws:iam::111122223333:role/a",
    "bootstrap.sh leaderboard-10",
    "$(",
    "`",
    "EOF",
    "<<EOF",
    "# lb: allow LB004 x",
    "iam: {}",
    "taints: {a: b:c}",
    "g5.xlarge",
    "1.29",
    "10.0.0.0/8",
    "\\",
    "*",
];

/// A small generator of our own: a run is told by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn files(folder: &FilePath, into: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            into.extend(std::fs::read_to_string(path));
        }
    }
}

/// The examples, and every config of others that is at hand.
fn seeds() -> Vec<String> {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds = Vec::new();
    for folder in ["examples", "../shared/data"] {
        files(&root.join(folder), &mut seeds);
    }
    let cases = std::fs::read_to_string(root.join("../shared/conformance/verdicts/mutations.jsonl"))
        .unwrap_or_default();
    let yaml = cases.lines().filter_map(|line| {
        serde_json::from_str::<Value>(line).ok()?["yaml"]
            .as_str()
            .map(str::to_owned)
    });
    seeds.extend(yaml);
    seeds
}

/// A seed with a few pieces put in, taken out, doubled or taken from another seed.
fn damaged(seeds: &[String], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone().into_bytes();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].bytes())),
            2 => drop(bytes.splice(at..end, PIECES[random.below(PIECES.len())].bytes())),
            3 => {
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            4 => {
                let other = seeds[random.below(seeds.len())].as_bytes();
                let from = random.below(other.len());
                let part = &other[from..(from + random.below(200)).min(other.len())];
                bytes.splice(at..end, part.iter().copied());
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes
}

/// Reading and judging.
fn parse(bytes: &[u8]) -> (Document, Vec<Located>) {
    let document = Document::from_bytes(bytes);
    let problems = document.problems(&Facts::on(date(2026, 11, 23)));
    for found in &problems {
        assert!(found.span.end <= document.text().len() && found.span.start <= found.span.end);
        let _ = document.path_at(found.span.start);
    }
    (document, problems)
}

/// Fixes, renaming, and values set at what a problem is about: made right, or refused.
fn edit(document: &Document, problems: &[Located]) {
    let facts = Facts::on(date(2026, 11, 23));
    for fix in problems
        .iter()
        .take(8)
        .filter_map(|found| found.problem.fix.as_ref())
    {
        edited(document, &fix.edits);
    }
    edited(document, &rename(document.config(), "staging-leaderboard-10"));
    for step in modernize(document.config(), &facts, None) {
        edited(document, &step.edits);
    }
    for path in problems
        .iter()
        .take(4)
        .filter_map(|found| found.problem.place.path())
    {
        for value in [json!("y"), json!(["a"]), json!({"b": {"c": 1}})] {
            edited(
                document,
                &[Edit::Set {
                    path: path.clone(),
                    value,
                }],
            );
        }
        edited(document, &[Edit::Remove { path: path.clone() }]);
    }
    edited(
        document,
        &[Edit::Insert {
            path: Path::root().key("nodeGroups"),
            index: 0,
            value: json!({"name": "new"}),
        }],
    );
}

fn edited(document: &Document, edits: &[Edit]) {
    let Ok(edited) = document.edit(edits) else {
        return;
    };
    // All that was changed, taken back.
    let mut texts = vec![document.text().to_owned()];
    for splice in &edited.splices {
        let text = texts.last().unwrap();
        let after = splice.apply(text);
        assert_eq!(splice.inverse(text).apply(&after), *text);
        texts.push(after);
    }
    assert_eq!(texts.last().unwrap(), edited.document.text());
}

#[test]
fn damage_never_panics() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<usize>().ok())
    };
    let (runs, seed) = (
        number("FUZZ_RUNS").unwrap_or(RUNS),
        number("FUZZ_SEED").unwrap_or(1),
    );
    let seeds = seeds();
    let mut edits = 0;
    for run in 0..runs {
        let mut random = Random((seed as u64) << 32 | run as u64);
        // The first numbers of neighbouring seeds are alike.
        for _ in 0..4 {
            let _ = random.below(2);
        }
        let bytes = damaged(&seeds, &mut random);
        let result = std::panic::catch_unwind(|| {
            let (document, problems) = parse(&bytes);
            edit(&document, &problems);
            document.is_yaml()
        });
        match result {
            Ok(is_yaml) => edits += usize::from(is_yaml),
            Err(panic) => {
                println!(
                    "FUZZ_SEED={seed}, run {run}:\n{}",
                    String::from_utf8_lossy(&bytes)
                );
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!(
        "{runs} damaged files from {} seeds, {edits} of them still YAML",
        seeds.len()
    );
}
