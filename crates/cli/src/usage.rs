//! A command line that cannot be understood, and what was probably meant.

use crate::{args::Lb, error::Error, words};
use clap::{
    CommandFactory as _,
    error::{ContextKind, ContextValue, ErrorKind},
};
use lb_model::suggest::suggest;

/// Commands of other tools, by ours.
const COMMANDS: &[(&str, &[&str])] = &[
    (
        "apply",
        &["create", "up", "update", "upgrade", "scale", "deploy", "sync"],
    ),
    ("cost", &["price", "estimate", "bill"]),
    ("plan", &["diff", "preview", "dry-run", "dryrun"]),
    ("destroy", &["delete", "down", "rm", "remove", "teardown"]),
    ("validate", &["check", "lint", "verify"]),
    ("status", &["get", "describe", "show", "info"]),
    ("inventory", &["list", "ls", "resources"]),
    ("init", &["new", "generate"]),
    ("edit", &["web", "ui", "serve", "open"]),
];

/// Options of other tools, by what is said here instead.
const OPTIONS: &[(&str, &[&str])] = &[
    ("lb plan", &["--dry-run", "--dryrun", "--what-if", "--check"]),
    (
        "--yes",
        &[
            "--approve",
            "--auto-approve",
            "--force",
            "--no-confirm",
            "-f=true",
        ],
    ),
    ("--format json", &["--json", "--output", "-o"]),
    ("lb apply FILE", &["--config-file", "--file", "-f", "--filename"]),
    ("lb status CLUSTER", &["--name", "--cluster"]),
    ("--color never", &["--no-color", "--no-colour"]),
];

/// The error for a command line that clap refused.
pub(crate) fn error(refused: &clap::Error) -> Error {
    let given = |kind| match refused.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let of_command = |what: String| match given(ContextKind::InvalidArg) {
        Some(argument) => format!("{what} `{argument}`"),
        None => what,
    };
    match refused.kind() {
        ErrorKind::UnknownArgument => {
            let option = given(ContextKind::InvalidArg).unwrap_or_default();
            if option.starts_with('-') {
                unknown(
                    "option",
                    &option,
                    option_meant(&option).or_else(|| given(ContextKind::SuggestedArg)),
                )
            } else {
                Error::usage(format!("one argument too many: `{option}`"))
            }
        }
        ErrorKind::InvalidSubcommand => {
            let command = given(ContextKind::InvalidSubcommand).unwrap_or_default();
            unknown(
                "command",
                &command,
                command_meant(&command).map(|meant| format!("lb {meant}")),
            )
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = given(ContextKind::InvalidValue).unwrap_or_default();
            let option = given(ContextKind::InvalidArg).unwrap_or_default();
            if value.is_empty() {
                return Error::usage(format!("`{option}` needs a value"));
            }
            let why = match refused.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
                    format!("it takes {}", words::one_of(valid))
                }
                _ => std::error::Error::source(refused).map_or_else(String::new, ToString::to_string),
            };
            Error::usage(format!("`{value}` does not go with `{option}`: {why}"))
        }
        ErrorKind::MissingRequiredArgument => Error::usage(of_command("something is missing:".to_owned())),
        ErrorKind::ArgumentConflict => {
            let other = given(ContextKind::PriorArg).unwrap_or_default();
            Error::usage(format!("{} with `{other}`", of_command("cannot use".to_owned())))
        }
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            Error::usage(first.strip_prefix("error: ").unwrap_or(first))
        }
    }
}

fn unknown(what: &str, word: &str, meant: Option<String>) -> Error {
    let help = if what == "command" {
        "`lb --help` lists them all"
    } else {
        "`--help` lists them all"
    };
    let meant = meant.map_or_else(|| help.to_owned(), |meant| format!("did you mean `{meant}`"));
    Error::usage(format!("unknown {what} `{word}`; {meant}"))
}

fn option_meant(option: &str) -> Option<String> {
    let name = option.split('=').next().unwrap_or(option);
    let (ours, _) = OPTIONS.iter().find(|(_, theirs)| theirs.contains(&name))?;
    Some((*ours).to_owned())
}

fn command_meant(command: &str) -> Option<String> {
    let known = COMMANDS
        .iter()
        .find(|(_, theirs)| theirs.contains(&command))
        .map(|(ours, _)| *ours);
    let lb = Lb::command();
    let names: Vec<&str> = lb.get_subcommands().map(clap::Command::get_name).collect();
    known
        .or_else(|| suggest(command, names.into_iter()))
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn said(line: &str) -> String {
        error(&Lb::try_parse_from(line.split(' ')).unwrap_err()).message
    }

    #[test]
    fn every_suggested_command_exists() {
        for (ours, _) in COMMANDS {
            assert!(Lb::command().find_subcommand(ours).is_some(), "{ours}");
        }
    }

    #[test]
    fn what_other_tools_call_it_leads_to_ours() {
        assert_eq!(
            said("lb apply x.yaml --dryrun"),
            "unknown option `--dryrun`; did you mean `lb plan`"
        );
        assert_eq!(
            said("lb create cluster"),
            "unknown command `create`; did you mean `lb apply`"
        );
        assert_eq!(
            said("lb valdate x.yaml"),
            "unknown command `valdate`; did you mean `lb validate`"
        );
        assert_eq!(
            said("lb xyzzy"),
            "unknown command `xyzzy`; `lb --help` lists them all"
        );
        assert_eq!(
            said("lb apply x.yaml --spead 4"),
            "unknown option `--spead`; did you mean `--speed`"
        );
    }

    #[test]
    fn a_wrong_value_says_what_is_taken() {
        assert_eq!(
            said("lb validate x.yaml --format xml"),
            "`xml` does not go with `--format <FORM>`: it takes `text` or `json`"
        );
        assert_eq!(
            said("lb apply x.yaml --speed fast"),
            "`fast` does not go with `--speed <N>`: a number from 0.01 to 1000000 is needed, or `max`"
        );
    }
}
