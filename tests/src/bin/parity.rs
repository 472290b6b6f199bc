//! Compares what `lb` makes with what eksctl makes: `parity [--backend NAME] [DIR...]`. Without a name it makes it in the
//! sandbox, else on the emulator of this name.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

use lb_tests::{
    emulators::{self, backend::Emulator},
    parity::{self, Report, Verdict},
};
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

/// The emulator and the folders that the arguments name.
fn asked() -> Result<(Option<Emulator>, Vec<PathBuf>), String> {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut emulator = None;
    if folders
        .first()
        .is_some_and(|first| first.as_os_str() == "--backend")
    {
        let name = folders.get(1).map(|name| name.display().to_string());
        emulator = Some(Emulator {
            name: name.ok_or("which backend? `moto` or `ministack`")?,
            programs: emulators::programs("parity").ok_or("no emulators")?,
            // Cargo puts the programs of this package beside each other.
            account: std::env::current_exe()
                .map_err(|error| error.to_string())?
                .with_file_name("account"),
        });
        folders.drain(..2);
    }
    Ok((emulator, folders))
}

/// Compares every case, and tells whether none differs.
fn compare() -> Result<bool, String> {
    let (emulator, mut folders) = asked()?;
    if folders.is_empty() {
        folders.push(lb_tests::root().join("../shared/conformance/eksctl"));
    }
    let cases = parity::cases(&folders)?;
    if cases.is_empty() {
        return Err("no case there: a case is a folder with an `inventory.json` and a config".to_owned());
    }
    let (mut equal, mut differing, mut refused, mut not_here) = (0, 0, 0, 0);
    let mut unused: Option<BTreeSet<String>> = None;
    for case in &cases {
        let name = case.display();
        match parity::compare(case, emulator.as_ref()) {
            Ok(Verdict::Equal(report)) => {
                equal += 1;
                println!("equal    {name}: {}", report.summary);
                say_left_out(&report);
                unused = Some(match unused {
                    None => report.unused,
                    Some(before) => before.intersection(&report.unused).cloned().collect(),
                });
            }
            Ok(Verdict::Differs(report)) => {
                differing += 1;
                println!("DIFFERS  {name}: {}", report.summary);
                say_left_out(&report);
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
            Ok(Verdict::NotHere(what)) => {
                not_here += 1;
                println!("not here {name}: names {what} of a VPC that `lb` makes");
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
    print!("{equal} equal, {differing} different, {refused} refused");
    println!(
        "{}",
        if not_here > 0 {
            format!(", {not_here} not here")
        } else {
            String::new()
        }
    );
    Ok(differing == 0)
}

fn say_left_out(report: &Report) {
    for refused in &report.left_out {
        println!("  without that nodegroup: {refused}");
    }
}
