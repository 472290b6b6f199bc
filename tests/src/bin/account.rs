//! Answers calls from a sandbox account in a file: a line of JSON for a line of JSON. What it is asked changes nothing
//! in the file.
//!
//! `account FILE` reads `{"region", "service", "operation", "parameters"}` and writes `{"answer"}` or
//! `{"code", "message"}`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

use lb_provision::{
    operations::Request,
    sandbox::{Account, store::Store},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, Write as _},
    process::ExitCode,
};

const SECOND: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), String> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("which account? `account FILE`")?;
    let account = Store::new(path)
        .read(Clone::clone)
        .map_err(|error| error.to_string())?;
    let mut account = account.ok_or("there is no account in that file")?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let answer = answer(&mut account, &line)?;
        println!("{answer}");
        std::io::stdout().flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn answer(account: &mut Account, line: &str) -> Result<Value, String> {
    let asked: Value = serde_json::from_str(line).map_err(|error| format!("{error} in {line}"))?;
    let word = |key: &str| asked.get(key).and_then(Value::as_str).unwrap_or_default();
    let variant = match word("service") {
        "ec2" => "Ec2",
        "eks" => "Eks",
        "iam" => "Iam",
        "ssm" => "Ssm",
        "service-quotas" => "ServiceQuotas",
        "sts" => "Sts",
        other => {
            return Err(format!(
                "`{other}` is asked of the sandbox for the first time: add it here"
            ));
        }
    };
    let operation = word("operation");
    let parameters = asked.get("parameters").cloned().unwrap_or_default();
    let request: Request = serde_json::from_value(json!({ variant: { operation: parameters } }))
        .map_err(|error| format!("{error} in {line}"))?;
    // A second a call, so that calls are not too many.
    let now = account.now() + SECOND;
    let (answer, _) = account.call(word("region"), now, request);
    Ok(match answer {
        // As they are serialised, an answer stands below its service and operation.
        Ok(reply) => json!({ "answer": json!(reply).pointer(&format!("/{variant}/{operation}")) }),
        Err(error) => json!({ "code": error.code, "message": error.message }),
    })
}
