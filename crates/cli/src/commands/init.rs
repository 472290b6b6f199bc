//! `lb init`.

use crate::{
    args::Calendar,
    error::{Error, Exit, Result},
    input,
    ui::{DIM, Ui, paint},
};
use clap::ValueEnum;
use lb_model::{
    catalog::Catalog,
    format::is_account_id,
    leaderboard,
    preset::{GpuImage, Preset, is_environment_name, is_image_id, unfit_name},
};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// Make a config from a few answers.
///
/// Asks for what the flags do not say, if there is a terminal. The file has the purposes of upstream's: a group
/// for the cluster's services, one for the monitor, and GPU pools that scale from zero.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// Which Leaderboard the cluster serves
    #[arg(long)]
    edition: Option<Edition>,
    /// The environment's name: the cluster's, and that of its bucket, table and log group
    #[arg(long)]
    name: Option<String>,
    /// The AWS account, twelve digits
    #[arg(long)]
    account: Option<String>,
    /// The region
    #[arg(long)]
    region: Option<String>,
    /// The Kubernetes version; by default the newest in standard support
    #[arg(long, value_name = "VERSION")]
    kubernetes: Option<String>,
    /// The GPU nodes' image: the id of your own (`ami-...`, with NVIDIA's driver and Xorg), or `stock` for AWS's
    /// AmazonLinux2023 one (2.0 only, unproven)
    #[arg(long)]
    image: Option<String>,
    /// The family that your own image was made from
    #[arg(long, value_name = "FAMILY", default_value = "Ubuntu2404")]
    image_family: String,
    /// Where to write; by default NAME.yaml, `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    calendar: Calendar,
}

/// The editions, as people write them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Edition {
    /// Leaderboard 1.0
    #[value(name = "1.0")]
    V1,
    /// Leaderboard 2.0
    #[value(name = "2.0")]
    V2,
}

impl From<Edition> for leaderboard::Edition {
    fn from(edition: Edition) -> Self {
        match edition {
            Edition::V1 => Self::V1,
            Edition::V2 => Self::V2,
        }
    }
}

pub(crate) fn run(ui: &mut Ui, init: &Init) -> Result {
    let preset = preset(ui, init)?;
    let text = preset.yaml().map_err(|error| Error::usage(error.message))?;
    let path = init
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.yaml", preset.name)));
    if path == Path::new("-") {
        ui.data(text)?;
        return Ok(Exit::Done);
    }
    write(&path, &text, init.force)?;
    let name = path.display();
    ui.say(format_args!(
        "{name} is written: Leaderboard {}, Kubernetes {}",
        preset.edition.number(),
        preset.version
    ));
    ui.say(format_args!(
        "next: `lb validate {name}`, then `lb plan {name} --sandbox`"
    ));
    Ok(Exit::Done)
}

fn edition(ui: &mut Ui, init: &Init) -> Result<leaderboard::Edition> {
    if let Some(edition) = init.edition {
        return Ok(edition.into());
    }
    let question = "Leaderboard edition, 1.0 or 2.0";
    answer(ui, None, "--edition", question, Some("2.0"), |text| {
        let edition = Edition::from_str(text, true).map_err(|_| "`1.0` or `2.0` is needed".to_owned())?;
        Ok(edition.into())
    })
}

fn preset(ui: &mut Ui, init: &Init) -> Result<Preset> {
    let edition = edition(ui, init)?;
    let account = answer(
        ui,
        init.account.as_ref(),
        "--account",
        "AWS account",
        None,
        |text| {
            if is_account_id(text) {
                Ok(text.to_owned())
            } else {
                Err("twelve digits are needed".to_owned())
            }
        },
    )?;
    let question = match edition {
        leaderboard::Edition::V1 => "id of your GPU image (NVIDIA's driver, Xorg), ami-...",
        leaderboard::Edition::V2 => "id of your GPU image (NVIDIA's driver, Xorg), ami-..., or `stock`",
    };
    let image = answer(ui, init.image.as_ref(), "--image", question, None, |text| {
        image(text, &init.image_family)
    })?;
    let mut preset = Preset::current(edition, &account, image);
    if let Some(newest) = Catalog::builtin().recommended_version(init.calendar.day()) {
        newest.name.clone_into(&mut preset.version);
    }
    // These have answers of their own, so without a terminal nobody has to give them.
    if init.name.is_some() || ui.can_ask() {
        preset.name = answer(
            ui,
            init.name.as_ref(),
            "--name",
            "environment's name",
            Some(&preset.name),
            |text| {
                if is_environment_name(text) {
                    Ok(text.to_owned())
                } else {
                    Err(unfit_name(text))
                }
            },
        )?;
    }
    if init.region.is_some() || ui.can_ask() {
        preset.region = answer(
            ui,
            init.region.as_ref(),
            "--region",
            "region",
            Some(&preset.region),
            |text| {
                let known = Catalog::builtin().region(text).map(|_| text.to_owned());
                known.ok_or_else(|| format!("eksctl knows no region `{text}`; take one such as `us-west-2`"))
            },
        )?;
    }
    if let Some(version) = &init.kubernetes {
        preset.version.clone_from(version);
    }
    Ok(preset)
}

fn image(text: &str, family: &str) -> std::result::Result<GpuImage, String> {
    if text == "stock" {
        return Ok(GpuImage::Stock);
    }
    if is_image_id(text) {
        return Ok(GpuImage::Own {
            family: family.to_owned(),
            id: text.to_owned(),
        });
    }
    Err("an id such as `ami-0123456789abcdef0`, or `stock`, is needed".to_owned())
}

/// An answer: what the flag says, else what a person says, asked again until it is one.
fn answer<T>(
    ui: &mut Ui,
    given: Option<&String>,
    flag: &str,
    question: &str,
    default: Option<&str>,
    read: impl Fn(&str) -> std::result::Result<T, String>,
) -> Result<T> {
    if let Some(given) = given {
        return read(given)
            .map_err(|why| Error::usage(format!("`{given}` does not go with `{flag}`: {why}")));
    }
    if !ui.can_ask() {
        return Err(Error::usage(format!(
            "this needs an answer, but there is no terminal; add `{flag}`"
        )));
    }
    let hint = default.map_or_else(String::new, |default| {
        format!(" {}", paint(DIM, format_args!("[{default}]")))
    });
    loop {
        let said = ui.ask(format_args!("{question}{hint}:"))?;
        let text = if said.is_empty() {
            default
        } else {
            Some(said.as_str())
        };
        match text.map(&read) {
            Some(Ok(answer)) => return Ok(answer),
            Some(Err(why)) => ui.always(format_args!("  {why}")),
            // The end of the input, or no answer to what has none of its own.
            None => {
                return Err(Error::refused(format!(
                    "no answer, so nothing was written; `{flag}` gives it"
                )));
            }
        }
    }
}

/// Writes the file; one that is there stays, unless it may be replaced.
fn write(path: &Path, text: &str, force: bool) -> Result<()> {
    if force {
        return input::replace(path, text);
    }
    let file = std::fs::File::options().write(true).create_new(true).open(path);
    match file {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .map_err(|error| Error::file("write", path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::refused(format!(
            "`{}` is there already; `--force` replaces it",
            path.display()
        ))),
        Err(error) => Err(Error::file("write", path, &error)),
    }
}
