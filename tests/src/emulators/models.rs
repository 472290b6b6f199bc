//! Requests, checked against AWS's own models of its services.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// Checks recorded requests, lines of JSON as `LB_RECORD` makes them, and answers what does not hold, a line each.
/// `programs` has botocore.
///
/// # Errors
/// The check itself fails.
pub fn problems(programs: &Path, requests: &str) -> Result<Vec<String>, String> {
    let mut check = Command::new(programs.join("python"))
        .arg(crate::root().join("tests/models.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("no python: {error}"))?;
    // It reads to the end before it says anything, so this cannot block.
    if let Some(mut input) = check.stdin.take() {
        input
            .write_all(requests.as_bytes())
            .map_err(|error| format!("the check does not read: {error}"))?;
    }
    let output = check.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let problems: Vec<String> = said.lines().map(str::to_owned).collect();
    let talk = String::from_utf8_lossy(&output.stderr);
    let whole = talk.contains("requests checked") && output.status.success() == problems.is_empty();
    if whole {
        Ok(problems)
    } else {
        Err(format!("the check failed: {talk}"))
    }
}
