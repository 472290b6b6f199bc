//! The command line: every command, and the flags that several commands share.

use crate::{commands, ui::Color};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

/// Clusters for the CARLA Leaderboard, from the eksctl file that describes them.
///
/// Ends with 0 when done, 1 on problems or failure, 2 when the command line is wrong, 3 when nothing was
/// done because it was not confirmed or is not ours.
#[derive(Debug, Parser)]
#[command(
    name = "lb",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(disable_help_subcommand = true, max_term_width = 90)]
pub(crate) struct Lb {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) color: Color,
    /// Say only problems and the last line
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
}

/// The commands, in the order in which people meet them; each is documented at its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Init),
    Validate(commands::validate::Validate),
    Fix(commands::fix::Fix),
    Explain(commands::explain::Explain),
    Rename(commands::rename::Rename),
    Edit(commands::edit::Edit),
    Plan(commands::plan::Plan),
    Cost(commands::cost::Cost),
    Apply(commands::apply::Apply),
    Status(commands::status::Status),
    Inventory(commands::inventory::Inventory),
    Destroy(commands::destroy::Destroy),
    Kubeconfig(commands::kubeconfig::Kubeconfig),
    Token(commands::token::Token),
    IamPolicy(commands::iam_policy::IamPolicy),
    Schema(commands::schema::Schema),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One document, or one event a line, with a `version`
    Json,
}

/// How the answer is written.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// The form of the answer
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = "Output")]
    pub(crate) format: Format,
}

impl Output {
    /// Whether a program reads the answer.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

/// The day that the calendar of Kubernetes versions is read at.
#[derive(Debug, Args)]
pub(crate) struct Calendar {
    /// Read the calendar at this day instead of today's, such as 2026-11-23
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Date>,
}

/// Which account a command works on.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// Work on a simulated account instead of AWS, kept in FILE or in your state folder
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, help_heading = "Account")]
    pub(crate) sandbox: Option<Option<PathBuf>>,
    /// The region, where the config does not name it
    #[arg(long, env = "AWS_REGION", hide_env = true, help_heading = "Account")]
    pub(crate) region: Option<String>,
}

/// How fast the simulated account runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Speed {
    /// So many times faster than life.
    Times(f64),
    /// As fast as the machine can: no waiting at all.
    Max,
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse() {
            Ok(times) if (0.01..=1e6).contains(&times) => Ok(Self::Times(times)),
            _ => Err("a number from 0.01 to 1000000 is needed, or `max`".to_owned()),
        }
    }
}

/// Flags of what writes to an account.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// How many times faster than life the sandbox runs, or `max`
    #[arg(long, value_name = "N", default_value = "1", help_heading = "Account")]
    pub(crate) speed: Speed,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

impl Work {
    /// How fast the account runs.
    ///
    /// # Errors
    /// It is AWS, whose time nobody sets.
    pub(crate) fn speed(&self, account: &crate::account::Account) -> crate::error::Result<Speed> {
        match account {
            #[cfg(feature = "aws")]
            crate::account::Account::Aws if self.speed != Speed::Times(1.0) => {
                Err(crate::error::Error::usage(
                    "AWS runs at its own speed; leave out `--speed`, or add `--sandbox`",
                ))
            }
            _ => Ok(self.speed),
        }
    }
}
