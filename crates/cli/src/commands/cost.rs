//! `lb cost`.

use crate::{
    args::{Account, Calendar, Output, Speed},
    checked,
    error::{Error, Exit, Result},
    input,
    session::Session,
    target,
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use jiff::civil::Date;
use lb_model::{
    catalog::{Catalog, HOURS_A_MONTH},
    rules::Facts,
};
use lb_provision::{
    desired::desired,
    facts::AccountFacts,
    plan::{self, Hourly, Line, desired_cost, observed_cost},
};
use std::{collections::BTreeSet, path::Path};

/// Columns of the name of a part.
const PART_WIDTH: usize = 15;
/// Columns of the prices, the last of which is the largest.
const PRICE_WIDTHS: [usize; 3] = [8, 8, 11];
/// Columns of all of them.
const PRICES_WIDTH: usize = 27;

/// Show what a cluster costs idle and at full scale.
///
/// A config is estimated without an account; a cluster by its name also says what it costs now. List prices, without
/// traffic and taxes.
#[derive(Debug, clap::Args)]
pub(crate) struct Cost {
    /// A config, or a cluster's name; by default the only cluster of the sandbox
    #[arg(value_name = "FILE|CLUSTER")]
    of: Option<String>,
    #[command(flatten)]
    calendar: Calendar,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

/// What was added up.
struct Bill {
    cluster: String,
    region: String,
    cost: plan::Cost,
    /// Whether it is about a cluster that is there, which has a size of now.
    is_there: bool,
}

pub(crate) fn run(ui: &mut Ui, command: &Cost) -> Result {
    let file = command
        .of
        .as_deref()
        .map(Path::new)
        .filter(|of| input::is_file(of));
    let bill = match file {
        Some(file) => of_file(ui, file, &command.calendar.facts())?,
        None => of_cluster(ui, command)?,
    };
    let day = Catalog::builtin().prices_known_as_of();
    if command.output.is_json() {
        ui.json(&serde_json::json!({
            "version": 1,
            "cluster": bill.cluster,
            "region": bill.region,
            "prices_known_as_of": day,
            "cost": bill.cost,
        }))?;
    } else {
        show(ui, &bill, day)?;
    }
    Ok(Exit::Done)
}

fn of_file(ui: &mut Ui, file: &Path, facts: &Facts<'_>) -> Result<Bill> {
    let checked = checked::read(file)?;
    checked.refuse_errors(ui, facts)?;
    let config = checked.config();
    let assumed = AccountFacts::assumed(facts.catalog, &config.metadata.region);
    let desired = checked.provisioned(ui, desired(config, &assumed, facts.catalog))?;
    Ok(Bill {
        cost: desired_cost(&desired, facts.catalog, facts.today),
        cluster: desired.cluster,
        region: desired.region,
        is_there: false,
    })
}

fn of_cluster(ui: &mut Ui, command: &Cost) -> Result<Bill> {
    let target = target::find(command.of.as_deref(), &command.account)?;
    let facts = target.account.rules(&command.calendar)?;
    let session = Session::open(ui, &target, Speed::Max)?;
    let observed = session.look(ui, &BTreeSet::new())?;
    if observed.objects.is_empty() {
        let message = format!("nothing of {} is there, so it costs nothing", target.cluster);
        return Err(Error::failed(message).next("name its config to see what it would cost"));
    }
    Ok(Bill {
        cost: observed_cost(&observed, facts.catalog, facts.today),
        cluster: target.cluster,
        region: target.region,
        is_there: true,
    })
}

fn show(ui: &mut Ui, bill: &Bill, day: Date) -> Result<()> {
    let day = day.strftime("%-d %b %Y");
    let head = paint(BOLD, format_args!("{} in {}", bill.cluster, bill.region));
    ui.line(format_args!("{head}, prices of {day}\n"))?;
    let narrow = ui.width < 72;
    let titles = columns(bill.is_there, ["idle", "now", "full scale"]);
    if !narrow {
        let what = what_width(bill);
        let head = format!("{:<PART_WIDTH$}{:<what$}", "part", "");
        let titles: String = titles
            .iter()
            .map(|(width, title)| format!("{title:>width$}"))
            .collect();
        ui.line(format_args!("  {}", paint(DIM, head + &titles)))?;
    }
    let mut last = None;
    for line in &bill.cost.lines {
        let part = if last == Some(line.part) && !narrow {
            ""
        } else {
            line.part.title()
        };
        last = Some(line.part);
        let what = what(line, what_width(bill), ui.ellipsis());
        row(ui, bill, part, &what, &line.hourly, 3)?;
    }
    let total = bill.cost.total;
    let month = Hourly {
        idle_usd_per_hour: total.idle_usd_per_hour * HOURS_A_MONTH,
        now_usd_per_hour: total.now_usd_per_hour * HOURS_A_MONTH,
        full_usd_per_hour: total.full_usd_per_hour * HOURS_A_MONTH,
    };
    ui.line("")?;
    row(ui, bill, "an hour", "", &total, 2)?;
    row(
        ui,
        bill,
        "a month",
        &format!("of {HOURS_A_MONTH} hours"),
        &month,
        0,
    )?;
    if let Some(without) = bill.cost.without_price_in_words() {
        ui.line(format_args!("\n{without}"))?;
    }
    Ok(())
}

/// What a line is about, in at most `width` columns: names are cut, types are not.
fn what(line: &Line, width: usize, ellipsis: &str) -> String {
    match &line.instance_type {
        Some(instance_type) => {
            let room = width.saturating_sub(instance_type.chars().count() + 2);
            format!("{}, {instance_type}", words::cut(&line.what, room, ellipsis))
        }
        None => words::cut(&line.what, width, ellipsis),
    }
}

/// Columns of what a part is: wide enough for what is there, as far as the prices leave room.
fn what_width(bill: &Bill) -> usize {
    let length = |line: &Line| what(line, usize::MAX, "").chars().count();
    let longest = bill.cost.lines.iter().map(length).max();
    longest.unwrap_or(0).clamp(12, 78 - PART_WIDTH - PRICES_WIDTH)
}

/// What stands in the columns of the prices, with their widths; only what is there has a size of now.
fn columns<T>(is_there: bool, [idle, now, full]: [T; 3]) -> Vec<(usize, T)> {
    let [first, second, last] = PRICE_WIDTHS;
    if is_there {
        vec![(first, idle), (second, now), (last, full)]
    } else {
        vec![(first + second, idle), (last, full)]
    }
}

fn row(ui: &mut Ui, bill: &Bill, part: &str, what: &str, hourly: &Hourly, digits: usize) -> Result<()> {
    let prices = [
        hourly.idle_usd_per_hour,
        hourly.now_usd_per_hour,
        hourly.full_usd_per_hour,
    ];
    let prices = columns(bill.is_there, prices.map(|usd| words::usd(usd, digits)));
    if ui.width < 72 {
        let titles = columns(bill.is_there, ["idle", "now", "at full scale"]);
        let each = prices.iter().zip(titles);
        let each: Vec<String> = each
            .map(|((_, usd), (_, title))| format!("{usd} {title}"))
            .collect();
        ui.line(format_args!("  {}", [part, what].join(" ").trim()))?;
        return ui.line(format_args!("      {}", each.join(", ")));
    }
    let width = what_width(bill);
    let prices: String = prices
        .iter()
        .map(|(width, usd)| format!("{usd:>width$}"))
        .collect();
    ui.line(format_args!("  {part:<PART_WIDTH$}{what:<width$}{prices}"))
}
