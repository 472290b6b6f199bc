//! `lb`: the cluster of an eksctl `ClusterConfig`, from the command line.
//!
//! Arguments come in ([`args`]), a command does its work with `lb-model` and `lb-provision` ([`commands`]), the
//! answer goes to stdout and talk to stderr ([`ui`]), and the exit code says how it ended ([`error`]).

mod account;
mod args;
#[cfg(feature = "aws")]
mod aws;
mod calendar;
mod checked;
mod commands;
mod diagnostics;
mod error;
mod input;
#[cfg(feature = "aws")]
mod kubeconfig;
mod outcome;
mod pace;
mod record;
mod report;
#[cfg(feature = "page")]
mod server;
mod session;
mod target;
mod ui;
mod usage;
mod words;

use args::{Command, Lb};
use clap::{Parser as _, error::ErrorKind};
use error::{Exit, Result};
use std::process::ExitCode;
use ui::{Color, Ui};

fn main() -> ExitCode {
    let exit = match Lb::try_parse() {
        Ok(lb) => {
            let mut ui = Ui::new(lb.color, lb.quiet);
            run(&mut ui, lb.command).unwrap_or_else(|error| {
                ui.error(&error);
                error.exit
            })
        }
        Err(refused) => help_or_usage(&refused),
    };
    ExitCode::from(exit as u8)
}

fn run(ui: &mut Ui, command: Command) -> Result {
    match command {
        Command::Init(init) => commands::init::run(ui, &init),
        Command::Validate(validate) => commands::validate::run(ui, &validate),
        Command::Fix(fix) => commands::fix::run(ui, &fix),
        Command::Rename(rename) => commands::rename::run(ui, &rename),
        Command::Explain(explain) => commands::explain::run(ui, &explain),
        Command::Edit(edit) => commands::edit::run(ui, &edit),
        Command::Plan(plan) => commands::plan::run(ui, &plan),
        Command::Cost(cost) => commands::cost::run(ui, &cost),
        Command::Apply(apply) => commands::apply::run(ui, &apply),
        Command::Status(status) => commands::status::run(ui, &status),
        Command::Inventory(inventory) => commands::inventory::run(ui, &inventory),
        Command::Destroy(destroy) => commands::destroy::run(ui, &destroy),
        Command::Kubeconfig(kubeconfig) => commands::kubeconfig::run(ui, &kubeconfig),
        Command::Token(token) => commands::token::run(ui, &token),
        Command::IamPolicy(policy) => commands::iam_policy::run(ui, &policy),
        Command::Schema(schema) => commands::schema::run(ui, &schema),
        Command::Completions(completions) => commands::completions::run(ui, &completions),
        Command::Man(man) => commands::man::run(ui, &man),
    }
}

/// Help and version are answers; everything else that clap gives back is a wrong command line.
fn help_or_usage(refused: &clap::Error) -> Exit {
    let mut ui = Ui::new(Color::Auto, false);
    let rendered = refused.render();
    let text = rendered.ansi();
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            ui.data(text).map_or_else(|error| error.exit, |()| Exit::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ui.talk(text);
            Exit::Usage
        }
        _ => {
            let error = usage::error(refused);
            ui.error(&error);
            error.exit
        }
    }
}
