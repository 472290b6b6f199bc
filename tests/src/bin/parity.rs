//! Compares what `lb` makes in the sandbox with what eksctl makes: `parity [DIR...]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

use lb_tests::parity::{self, Verdict};
use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares every case, and tells whether none differs.
fn compare() -> Result<bool, String> {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        folders.push(lb_tests::root().join("../shared/conformance/eksctl"));
    }
    let cases = parity::cases(&folders)?;
    if cases.is_empty() {
        return Err("no case there: a case is a folder with an `inventory.json` and a config".to_owned());
    }
    let (mut equal, mut differing, mut refused) = (0, 0, 0);
    let mut unused: Option<BTreeSet<String>> = None;
    for case in &cases {
        let name = case.display();
        match parity::compare(case) {
            Ok(Verdict::Equal(report)) => {
                equal += 1;
                println!("equal    {name}: {}", report.summary);
                unused = Some(match unused {
                    None => report.unused,
                    Some(before) => before.intersection(&report.unused).cloned().collect(),
                });
            }
            Ok(Verdict::Differs(report)) => {
                differing += 1;
                println!("DIFFERS  {name}: {}", report.summary);
                for line in &report.differences {
                    println!("  {line}");
                }
            }
            Ok(Verdict::Refused(reasons)) => {
                refused += 1;
                println!("refused  {name}:");
                for reason in reasons {
                    println!("  {reason}");
                }
            }
            Err(error) => {
                differing += 1;
                println!("FAILED   {name}: {error}");
            }
        }
    }
    for line in unused.iter().flatten().filter(|_| differing == 0) {
        println!("{line}, in no case");
    }
    println!("{equal} equal, {differing} different, {refused} refused");
    Ok(differing == 0)
}
