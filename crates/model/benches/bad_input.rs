//! How long hostile files take to be read and judged, each against the bound of 50 ms: `cargo bench -p lb-model`.
//! A name, or a part of one, as argument measures those files only.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/inputs/mod.rs"]
mod inputs;

use jiff::civil::date;
use lb_model::{document::Document, rules::Facts};
use std::time::{Duration, Instant};

/// How long a bad file may take.
const BOUND: Duration = Duration::from_millis(50);
/// The best of so many runs counts, for others work on the machine too.
const RUNS: usize = 3;

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let (mut measured, mut over) = (0, 0);
    for (name, bytes) in inputs::hostile() {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let runs = (0..RUNS).map(|_| {
            let start = Instant::now();
            let document = Document::from_bytes(&bytes);
            let problems = document.problems(&Facts::on(date(2026, 11, 23))).len();
            (start.elapsed(), problems)
        });
        let (took, problems) = runs.min().unwrap();
        let mark = if took > BOUND { "OVER" } else { "" };
        println!(
            "{:>9.1} ms {problems:>5} problems  {name} {mark}",
            took.as_secs_f64() * 1e3
        );
        measured += 1;
        over += usize::from(took > BOUND);
    }
    println!("{measured} files, {over} over {BOUND:?}");
}
