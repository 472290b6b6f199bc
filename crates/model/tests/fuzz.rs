//! Random damage to every file at hand, without end if wanted: reading, judging and editing never panic, and an edit
//! that is made means what was meant. `cargo xtask fuzz` runs it for longer, from another seed each time.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

#[path = "../../../fuzz/src/lib.rs"]
mod checks;
mod corpus;

use checks::Random;

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
    let seeds = [corpus::files(), corpus::cases()].concat();
    let mut edits = 0;
    for run in 0..runs {
        let mut random = Random::new((seed as u64) << 32 | run as u64);
        let bytes = damaged(&seeds, &mut random);
        let result = std::panic::catch_unwind(|| {
            let document = checks::parse(&bytes);
            checks::mend(&document, &checks::judge(&document));
            checks::sequence(&document, &mut Random::new(run as u64), 3);
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
